"""Compare with pyx12 on the same claims: `python -m benchmarks.compare [FILE]`.

`read` turns a file into claims; `format` also checks it against its implementation guide; `scrub` does
that, checks by every shipped rule and makes the JSON of each result, in one process; `pyx12` validates
against its maps of the guide. They take turns, each time in a fresh process on one processor. Rates are per
second of processor time; start-up is in none of them.
"""

from __future__ import annotations

import argparse
import dataclasses
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.claims import SETTINGS, Mix, write
from benchmarks.measure import WORKS, Cost, count, measured

_SMALL = 20  # claims of the file that is measured to be taken off


@dataclasses.dataclass(slots=True)
class _Subject:
    """One work with its file and what it cost in each round."""

    work: str
    path: Path
    claims: int
    lines: int
    costs: list[Cost] = dataclasses.field(default_factory=list)
    failed: str = ""

    @property
    def rates(self) -> list[float]:
        """Claims a second of processor time, a round each."""
        return [self.claims / cost.cpu for cost in self.costs]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table; return 1 when a work failed."""
    options = _parser().parse_args(arguments)
    if options.file and options.pyx12_claims:
        print("compare: --pyx12-claims is for generated files", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        subjects, small = _prepare(options, Path(folder))
        for _ in range(options.rounds):
            for subject in subjects:
                _measure(subject, small)
    _print(subjects, options.type)
    return 1 if any(subject.failed for subject in subjects) else 0


def _prepare(options: argparse.Namespace, folder: Path) -> tuple[list[_Subject], Path]:
    mix = Mix(options.type, claims=options.claims, seed=options.seed, errors=options.errors)
    small = _file(dataclasses.replace(mix, claims=_SMALL), folder)
    path = Path(options.file).absolute() if options.file else _file(mix, folder)
    fewer = min(options.pyx12_claims or options.claims, options.claims)
    other = path if options.file or fewer == options.claims else None
    other = other or _file(dataclasses.replace(mix, claims=fewer), folder)
    off = count(small)
    subjects = []
    for work in WORKS:
        its = other if work == "pyx12" else path
        claims, lines = count(its)
        if claims <= _SMALL:
            raise SystemExit(f"compare: a file needs more than {_SMALL} claims to be measured")
        subjects.append(_Subject(work, its, claims - off[0], lines - off[1]))
    return subjects, small


def _file(mix: Mix, folder: Path) -> Path:
    path = folder / f"{mix.claims}.837"
    with path.open("wb") as stream:
        write(mix, stream)
    return path


def _measure(subject: _Subject, small: Path) -> None:
    if subject.failed:
        return
    try:
        cost = measured(subject.work, subject.path, small)
    except RuntimeError as error:
        subject.failed = str(error)
        return
    whole = subject.claims + _SMALL
    if cost.claims not in (-1, whole):
        subject.failed = f"{whole - cost.claims:,} of {whole:,} claims could not be done"
    subject.costs.append(cost)


def _print(subjects: list[_Subject], claim_type: str) -> None:
    theirs = next(s for s in subjects if s.work == "pyx12")
    base = median(theirs.rates) if theirs.costs else 0.0
    print(f"{claim_type} claims; Python {platform.python_version()}, pyx12 {version('pyx12')}")
    print(
        f"{'':8}{'claims':>9}{'claims/s':>10}{'(slowest-fastest)':>20}{'by clock':>10}{'lines/s':>10}", end=""
    )
    print(f"{'pyx12 is 1':>12}{'peak MB':>9}")
    for subject in subjects:
        if subject.failed:
            print(f"{subject.work:8} failed: {subject.failed}")
            continue
        rate = median(subject.rates)
        clock = median(subject.claims / cost.wall for cost in subject.costs)
        peak = max(cost.memory for cost in subject.costs) / 1e6
        spread = f"({min(subject.rates):,.0f}-{max(subject.rates):,.0f})"
        lines = rate * subject.lines / subject.claims
        ratio = f"{rate / base:,.1f}" if base else "-"
        print(
            f"{subject.work:8}{subject.claims:>9,}{rate:>10,.0f}{spread:>20}{clock:>10,.0f}{lines:>10,.0f}",
            end="",
        )
        print(f"{ratio:>12}{peak:>9,.0f}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("file", nargs="?", metavar="FILE", help="an 837 file; default: generate one")
    parser.add_argument("--type", choices=tuple(SETTINGS), default="professional")
    parser.add_argument("--claims", type=int, default=2000)
    parser.add_argument("--pyx12-claims", type=int, metavar="N", help="give pyx12 only the first N claims")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=float, default=0.0, help="share of claims with a planted error")
    parser.add_argument("--rounds", type=int, default=3)
    return parser


if __name__ == "__main__":
    sys.exit(main())
