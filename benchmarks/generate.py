"""Write a file of fictitious claims: `python -m benchmarks.generate --claims 1000 --out FILE`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.claims import ERRORS, SETTINGS, Mix, write


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what the options ask for; return 2 when they make no sense."""
    options = _parser().parse_args(arguments)
    if options.list:
        _list()
        return 0
    try:
        fewest, _, most = options.lines.partition("-")
        mix = Mix(
            claim_type=options.type,
            claims=options.claims,
            seed=options.seed,
            lines=(int(fewest), int(most or fewest)),
            coordination=options.coordination,
            errors=options.errors,
            claims_a_subscriber=options.claims_a_subscriber,
            subscribers_a_provider=options.subscribers_a_provider,
            transactions=options.transactions,
            groups=options.groups,
            interchanges=options.interchanges,
            delimiters=options.delimiters,
            newline={"none": "", "lf": "\n", "crlf": "\r\n"}[options.newline],
            encoding=options.encoding,
            settings=frozenset(options.settings.split(",")) if options.settings else None,
        )
        if options.out == "-":
            planted = write(mix, sys.stdout.buffer)
        else:
            with Path(options.out).open("wb") as stream:
                planted = write(mix, stream)
    except ValueError as error:
        print(f"generate: {error}", file=sys.stderr)
        return 2
    if options.labels:
        with Path(options.labels).open("w", encoding="utf-8") as labels:
            for label in planted:
                labels.write(json.dumps(dataclasses.asdict(label)) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    default = Mix()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("--type", choices=tuple(SETTINGS), default=default.claim_type)
    parser.add_argument("--claims", type=int, default=default.claims)
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--lines", default="2-3", help="fewest-most service lines a claim (default 2-3)")
    parser.add_argument(
        "--coordination", type=float, default=default.coordination, help="share with other payers"
    )
    parser.add_argument(
        "--errors", type=float, default=default.errors, help="share of claims with a planted error"
    )
    parser.add_argument("--claims-a-subscriber", type=int, default=default.claims_a_subscriber)
    parser.add_argument("--subscribers-a-provider", type=int, default=default.subscribers_a_provider)
    parser.add_argument("--transactions", type=int, default=1, help="transactions a group")
    parser.add_argument("--groups", type=int, default=1, help="groups an interchange")
    parser.add_argument("--interchanges", type=int, default=1)
    parser.add_argument(
        "--delimiters", default=default.delimiters, help="element, component, repetition, terminator"
    )
    parser.add_argument(
        "--newline", choices=("none", "lf", "crlf"), default="lf", help="after each terminator"
    )
    parser.add_argument("--encoding", choices=("ascii", "latin-1", "utf-8"), default=default.encoding)
    parser.add_argument("--settings", metavar="NAME,NAME", help="only these (see --list)")
    parser.add_argument("--out", default="-", metavar="FILE", help="default: standard output")
    parser.add_argument(
        "--labels", metavar="FILE.jsonl", help="write where the errors are, one JSON object a line"
    )
    parser.add_argument("--list", action="store_true", help="list settings and kinds of errors, and stop")
    return parser


def _list() -> None:
    for claim_type, names in SETTINGS.items():
        print(f"settings, {claim_type}: {', '.join(names)}")
    for kind, description in ERRORS.items():
        print(f"{kind:40} {description}")


if __name__ == "__main__":
    sys.exit(main())
