"""How two scrubbing processes compare with one: `python -m benchmarks.scaling`.

Measured with the real supervisor, from the first result of a run to its last, so that start-up is left out.
Beside it, in the same run, a plain loop in one and in two processes shows what the machine gives: a shared
processor gives less than two. The quotient of the two gains is what the supervisor keeps.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.claims import SETTINGS, Mix, write
from benchmarks.measure import ROOT, environment

_PROBE = 3000  # claims that tell how many make the run long enough
_LOOP = 20_000_000  # turns of the plain loop for one process


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.837"
        _write(options, path, _PROBE)
        claims = max(_PROBE, int(_PROBE / _run(path, 1) * options.seconds * 1.25))
        _write(options, path, claims)
        ours: dict[int, list[float]] = {1: [], 2: []}
        pure: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(options.rounds):
            for jobs in (1, 2):
                pure[jobs].append(_loops(jobs))
                ours[jobs].append(_run(path, jobs))
    gain = {name: median(times[1]) / median(times[2]) for name, times in (("ours", ours), ("pure", pure))}
    print(f"{claims:,} {options.type} claims, {os.cpu_count()} processors, {options.rounds} rounds, seconds")
    for name, times, extra in (("scrubber", ours, gain["ours"]), ("plain loop", pure, gain["pure"])):
        each = "  ".join(f"jobs {jobs}: {median(times[jobs]):6.2f}" for jobs in (1, 2))
        print(f"{name:12}{each}  gain {extra:.2f}")
    print(f"scrubber / plain loop: {gain['ours'] / gain['pure']:.2f}")
    return 0


def _write(options: argparse.Namespace, path: Path, claims: int) -> None:
    with path.open("wb") as stream:
        write(Mix(options.type, claims=claims, seed=options.seed), stream)


def _run(path: Path, jobs: int) -> float:
    """Scrub a file in a fresh process with so many workers; return the seconds from first to last result."""
    command = [sys.executable, "-m", "benchmarks.scaling", "--run", str(path), str(jobs)]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout))


def _supervised(path: str, jobs: int) -> float:
    from scrubber.packs.load import builtin_rules_dir, load_packs
    from scrubber.pipeline import BUILDER_NAMES
    from scrubber.supervisor import ClaimScrubbed, RunOptions, scrub_files

    bundle = load_packs([builtin_rules_dir()], BUILDER_NAMES)
    start = last = 0.0
    with open(os.devnull, "wb") as out:
        for event in scrub_files([path], bundle, RunOptions(jobs=jobs)):
            if isinstance(event, ClaimScrubbed):
                out.write(event.reply.result)
                last = time.perf_counter()
                start = start or last
    return last - start


def _loop(turns: int) -> int:
    value = 1
    for _ in range(turns):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
    return value


def _loops(jobs: int) -> float:
    """Return the seconds that a fixed amount of arithmetic takes when so many processes share it."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        pool.map(_loop, [1000] * jobs, chunksize=1)  # until all are there
        start = time.perf_counter()
        pool.map(_loop, [2 * _LOOP // jobs] * jobs, chunksize=1)
        return time.perf_counter() - start


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--type", choices=tuple(SETTINGS), default="professional")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long one process should take")
    parser.add_argument("--rounds", type=int, default=2)
    return parser


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        print(json.dumps(_supervised(sys.argv[2], int(sys.argv[3]))))
    else:
        sys.exit(main())
