"""Reference tables: import and look-ups of code pairs in the native layout: `python -m benchmarks.reference`.

Makes the four files of a quarter of NCCI code pairs with fictitious codes, imports them by the command line,
and asks for all ordered pairs of claims of five lines, the way rules do: claims a second of processor time.
Linux only (peak memory).
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import ROOT, environment
from scrubber.engine.tables import finder
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import read_store

_TABLE = "ncci_ptp_practitioner"
_COMMAND = "from scrubber.cli import main; main()"
_HEADING = "Heading\t\t\t\t\t\t\r\n" * 6
_KEYS = ("column_1", "column_2")
_DAY = dt.date(2026, 8, 18)
#: As in practice: most codes are column 1 of some pairs, a few of very many.
_CODES = 10_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        files = _written(Path(folder), options.rows, options.seed)
        data = Path(folder) / "data"
        size = sum(file.stat().st_size for file in files) / 1e6
        seconds, peak = _import(files, data)
        (stored,) = data.glob("*.sqlite")
        print(f"import     {options.rows:>10,} rows, {size:,.0f} MB of text, in {seconds:.1f} s")
        print(f"memory     {peak:>10,.0f} MB at most")
        print(f"store      {stored.stat().st_size / 1e6:>10,.0f} MB")
        for name, known in (("any code", _CODES), ("one practice, 300 codes", 300)):
            _look_ups(data, name, known, options)
    return 0


def _written(folder: Path, rows: int, seed: int) -> list[Path]:
    """Write the files of an edition; pairs are sorted within each, as the publisher's are."""
    chance = random.Random(seed)
    codes = [_code(number) for number in range(_CODES)]
    pairs = _pairs(codes, rows, chance)
    files = []
    for part in range(1, 5):
        path = folder / f"ccipra-v322r0-f{part}.TXT"
        with path.open("w", encoding="latin-1", newline="") as stream:
            stream.write(_HEADING)
            for first, second in itertools.islice(pairs, -(-rows // 4)):
                ended = chance.random() < 0.15
                days = f"{chance.choice(_BEGINS)}\t{'20221231' if ended else '*'}"
                stream.write(f"{first}\t{second}\t\t{days}\t{chance.choice('01')}\tA reason\r\n")
        files.append(path)
    return files


_BEGINS = [f"{year}{month:02}01" for year in range(2000, 2022) for month in (1, 4, 7, 10)]


def _code(number: int) -> str:
    """Return a fictitious code: a letter and four digits."""
    return f"{'TUVWXYZ'[number % 7]}{number:04d}"


def _pairs(codes: Sequence[str], rows: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield pairs: of each code with its share of the others, which is from few to very many."""
    shares = [chance.paretovariate(1.2) for _ in codes]
    total = sum(shares)
    left = rows
    while left > 0:
        for code, share in zip(codes, shares, strict=True):
            count = min(left, len(codes), max(1, round(rows * share / total)))
            for other in sorted(chance.sample(codes, count)):
                yield code, other
            left -= count
            if left <= 0:
                return


def _import(files: Sequence[Path], data: Path) -> tuple[float, float]:
    """Return how long the import takes and how many megabytes of memory it has at most."""
    words = ["data", "import", _TABLE, *map(str, files), "--data", str(data)]
    start = time.perf_counter()
    run = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *words], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        raise SystemExit(f"reference: the import ended with {run.returncode}")
    return time.perf_counter() - start, used.ru_maxrss / 1000


def _look_ups(data: Path, name: str, known: int, options: argparse.Namespace) -> None:
    """Ask for all ordered pairs of the codes of some claims, and print how many claims a second that is."""
    chance = random.Random(options.seed + 1)
    rows = StoredRows(load_tables([builtin_rules_dir()])[_TABLE], read_store(data))
    codes = [_code(number) for number in chance.sample(range(_CODES), known)]
    claims = [chance.sample(codes, options.lines) for _ in range(options.claims)]
    find, found = finder(rows, _KEYS), 0
    start = time.process_time()
    for claim in claims:
        for first, second in itertools.permutations(claim, 2):
            found += find((first, second), _DAY) is not None
    seconds = time.process_time() - start
    asked = options.claims * options.lines * (options.lines - 1)
    print(
        f"look-ups   {options.claims / seconds:>10,.0f} claims/s of {options.lines} lines, {name}: "
        f"{seconds / asked * 1e6:.2f} µs a pair, {found:,} of {asked:,} found"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--claims", type=int, default=20_000)
    parser.add_argument("--lines", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
