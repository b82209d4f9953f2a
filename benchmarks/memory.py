"""Peak memory of every process of a run, by size of file: `python -m benchmarks.memory [--full]`. Linux only.

Runs the command line (`scrub FILE --format json --out /dev/null`) and looks at VmHWM of the supervisor and
its workers until they end. It should not depend on the size of the file.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.claims import SETTINGS, Mix, write
from benchmarks.measure import ROOT, environment

_SIZES = (5_000, 200_000)
_FULL = 1_000_000
_COMMAND = "from scrubber.cli import main; main()"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    if not Path("/proc/self/status").exists():
        print("memory: needs /proc (Linux)", file=sys.stderr)
        return 2
    sizes = (*_SIZES, _FULL) if options.full else _SIZES
    print(f"{'claims':>10}{'file MB':>9}{'seconds':>9}{'supervisor MB':>15}  workers MB")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "claims.837"
            with path.open("wb") as stream:
                write(Mix(options.type, claims=size, seed=options.seed), stream)
            start = time.perf_counter()
            peaks = _peaks(path, options.jobs)
            seconds = time.perf_counter() - start
            megabytes = path.stat().st_size / 1e6
        supervisor, *workers = (peak / 1e6 for peak in peaks)
        each = ", ".join(f"{peak:.0f}" for peak in workers)
        print(f"{size:>10,}{megabytes:>9,.0f}{seconds:>9,.0f}{supervisor:>15,.0f}  {each}", flush=True)
    return 0


def _peaks(path: Path, jobs: int) -> list[int]:
    """Return the peak memory in bytes of the supervisor and then of its workers."""
    words = ["scrub", str(path), "--format", "json", "--out", "/dev/null", "--jobs", str(jobs)]
    command = [sys.executable, "-c", _COMMAND, *words]
    run = subprocess.Popen(command, cwd=ROOT, env=environment(), stderr=subprocess.DEVNULL)
    seen: dict[int, int] = {run.pid: 0}
    while run.poll() is None:
        for pid in (run.pid, *_children(run.pid)):
            if peak := _high_water(pid):
                seen[pid] = peak
        time.sleep(0.05)
    if run.returncode > 1:
        raise SystemExit(f"memory: the scrubber ended with {run.returncode}")
    return list(seen.values())


def _children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [int(child) for child in found if b"resource_tracker" not in _words(int(child))]


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b"resource_tracker"  # it is gone: nothing to look at


def _high_water(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    row = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(row.split()[1]) * 1024


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--type", choices=tuple(SETTINGS), default="professional")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--full", action="store_true", help="also a file of a million claims")
    return parser


if __name__ == "__main__":
    sys.exit(main())
