"""Compare with pyx12 on the same claims: `python -m benchmarks.compare [FILE]`.

`read` turns a file into claims; `format` also checks it against its implementation guide; `scrub` does
that, checks by every shipped rule and makes the JSON of each result, in one process; `synthetic` does so by
300 made-up rules instead; `pyx12` validates against its maps of the guide. They take turns, each time in a
fresh process on one processor. Rates are per second of processor time; start-up is in none of them.

When the file is a generated one without errors, a second one in which every claim has an error shows what
errors cost: `format`, and `unproven`, which is `scrub` without the rules' amendments. `slower` is how many
times as long a claim takes as in the first file.
"""

from __future__ import annotations

import argparse
import dataclasses
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.claims import SETTINGS, Mix, write
from benchmarks.measure import Cost, count, measured

_SMALL = 20  # claims of the file that is measured to be taken off
_MANY = 100_000  # so many that what is learnt of a file's segments is paid for
_FEW = 1000  # pyx12 learns nothing


#: Works that are also done where every claim has an error, and the work of the first file they are held to.
_WRONG = {"format": "format", "unproven": "scrub"}


@dataclasses.dataclass(slots=True)
class _Subject:
    """One work with its file and what it cost in each round. `peer` is what its rate is held to."""

    work: str
    path: Path
    small: Path
    claims: int
    lines: int
    peer: _Subject | None = None
    costs: list[Cost] = dataclasses.field(default_factory=list)
    failed: str = ""

    @property
    def rates(self) -> list[float]:
        """Claims a second of processor time, a round each."""
        return [self.claims / cost.cpu for cost in self.costs]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print tables; return 1 when a work failed."""
    options = _parser().parse_args(arguments)
    if options.file and options.pyx12_claims:
        print("compare: --pyx12-claims is for generated files", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        subjects = _prepare(options, Path(folder))
        clean = not options.file and not options.errors
        wrong = _prepare_wrong(options, Path(folder), subjects) if clean else []
        for _ in range(options.rounds):
            for subject in (*subjects, *wrong):
                _measure(subject)
    print(f"{options.type} claims; Python {platform.python_version()}, pyx12 {version('pyx12')}")
    _print(subjects, "pyx12 is 1", lambda own, peer: own / peer)
    if wrong:
        print("where every claim has an error, amendments not proven")
        _print(wrong, "slower", lambda own, peer: peer / own)
    return 1 if any(subject.failed for subject in (*subjects, *wrong)) else 0


def _prepare(options: argparse.Namespace, folder: Path) -> list[_Subject]:
    mix = Mix(options.type, claims=options.claims, seed=options.seed, errors=options.errors)
    small = _file(dataclasses.replace(mix, claims=_SMALL), folder)
    path = Path(options.file).absolute() if options.file else _file(mix, folder)
    fewer = min(options.pyx12_claims or _FEW, options.claims)
    other = path if options.file or fewer == options.claims else None
    pyx12 = _subject("pyx12", other or _file(dataclasses.replace(mix, claims=fewer), folder), small)
    pyx12.peer = pyx12
    return [*(_subject(work, path, small, pyx12) for work in ("read", "format", "scrub", "synthetic")), pyx12]


def _prepare_wrong(options: argparse.Namespace, folder: Path, first: list[_Subject]) -> list[_Subject]:
    mix = Mix(options.type, claims=options.claims, seed=options.seed, errors=1.0)
    path, small = _file(mix, folder), _file(dataclasses.replace(mix, claims=_SMALL), folder)
    peers = {subject.work: subject for subject in first}
    return [_subject(work, path, small, peers[peer]) for work, peer in _WRONG.items()]


def _subject(work: str, path: Path, small: Path, peer: _Subject | None = None) -> _Subject:
    off, (claims, lines) = count(small), count(path)
    if claims <= _SMALL:
        raise SystemExit(f"compare: a file needs more than {_SMALL} claims to be measured")
    return _Subject(work, path, small, claims - off[0], lines - off[1], peer)


def _file(mix: Mix, folder: Path) -> Path:
    path = folder / f"{mix.claims}-{mix.errors}.837"
    with path.open("wb") as stream:
        write(mix, stream)
    return path


def _measure(subject: _Subject) -> None:
    if subject.failed:
        return
    try:
        cost = measured(subject.work, subject.path, subject.small)
    except RuntimeError as error:
        subject.failed = str(error)
        return
    whole = subject.claims + _SMALL
    if cost.claims not in (-1, whole):
        subject.failed = f"{whole - cost.claims:,} of {whole:,} claims could not be done"
    subject.costs.append(cost)


def _print(subjects: list[_Subject], held: str, hold: Callable[[float, float], float]) -> None:
    """Print a table; the column `held` is what `hold` makes of a work's rate and its peer's."""
    print(
        f"{'':10}{'claims':>9}{'claims/s':>10}{'(slowest-fastest)':>20}{'by clock':>10}{'lines/s':>10}",
        end="",
    )
    print(f"{held:>12}{'peak MB':>9}")
    for subject in subjects:
        if subject.failed:
            print(f"{subject.work:10} failed: {subject.failed}")
            continue
        rate = median(subject.rates)
        clock = median(subject.claims / cost.wall for cost in subject.costs)
        peak = max(cost.memory for cost in subject.costs) / 1e6
        spread = f"({min(subject.rates):,.0f}-{max(subject.rates):,.0f})"
        lines = rate * subject.lines / subject.claims
        peer = subject.peer
        ratio = f"{hold(rate, median(peer.rates)):,.1f}" if peer is not None and peer.costs else "-"
        print(
            f"{subject.work:10}{subject.claims:>9,}{rate:>10,.0f}{spread:>20}{clock:>10,.0f}{lines:>10,.0f}",
            end="",
        )
        print(f"{ratio:>12}{peak:>9,.0f}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("file", nargs="?", metavar="FILE", help="an 837 file; default: generate one")
    parser.add_argument("--type", choices=tuple(SETTINGS), default="professional")
    parser.add_argument("--claims", type=int, default=_MANY)
    parser.add_argument(
        "--pyx12-claims",
        type=int,
        metavar="N",
        help=f"give pyx12 only the first N claims (default: {_FEW:,})",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=float, default=0.0, help="share of claims with a planted error")
    parser.add_argument("--rounds", type=int, default=3)
    return parser


if __name__ == "__main__":
    sys.exit(main())
