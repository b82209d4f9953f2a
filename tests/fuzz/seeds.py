"""Write the corpus: small files that differ in what the reader decides by. `python -m tests.fuzz.seeds`"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from benchmarks.claims import Mix, as_bytes
from scrubber.read.claim_json import claim_to_json
from tests.read.files import STYLES, read, render, segments_of

CORPUS = Path(__file__).with_name("corpus")

#: Settings of each type, put together so that every kind of segment occurs.
_PROFESSIONAL = (
    "office_visit",
    "anesthesia",
    "ambulance",
    "equipment",
    "infusion",
    "vision",
    "chiropractic",
    "dependent",
    "repriced",
    "notes",
    "every_provider",
    "workers_compensation",
)
_INSTITUTIONAL = ("inpatient", "outpatient", "skilled_nursing", "dependent", "every_provider", "repriced")
_DENTAL = ("fillings", "dentures", "orthodontics", "predetermination", "one_date", "every_provider")


def _made(claim_type: Any, setting: str | None = None, **wanted: Any) -> bytes:
    settings = frozenset({setting}) if setting else None
    options = {"claims": 1, "lines": (1, 2), "coordination": 0.4, "settings": settings, **wanted}
    return as_bytes(Mix(claim_type, **options))[0]


def seeds() -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of every file of the corpus."""
    for number, name in enumerate(_PROFESSIONAL, 1):
        yield f"professional-{name}.837", _made("professional", name, seed=number)
    for number, name in enumerate(_INSTITUTIONAL, 1):
        yield f"institutional-{name}.837", _made("institutional", name, seed=number)
    for number, name in enumerate(_DENTAL, 1):
        yield f"dental-{name}.837", _made("dental", name, seed=number)
    marks = (("*:^~", "\r\n"), ("|>^\n", ""), ("\x1d\x1f\x1c\x1e", ""), ("+&%!", "\n"), ("\t`=;", ""))
    for number, (delimiters, newline) in enumerate(marks):
        kind = ("professional", "institutional")[number % 2]
        options = {"encoding": ("latin-1", "utf-8", "ascii")[number % 3], "claims": 2, "seed": 40 + number}
        yield f"delimiters-{number}.837", _made(kind, delimiters=delimiters, newline=newline, **options)
    two = [_made("professional", delimiters=d, seed=s) for s, d in enumerate(("*:^~", "|>^!"), 60)]
    yield "interchanges-of-two-kinds.837", b"".join(two)
    three = [("*:^~", "\n"), ("*:^\n", ""), ("\x1d\x1f\x1c\x1e", "")]
    files = [_made("institutional", delimiters=d, newline=n, seed=7, lines=(1, 1)) for d, n in three]
    yield "interchanges-of-three-kinds.837", b"\r\n".join(files)
    yield "transactions.837", _made("professional", claims=4, transactions=2, groups=2, seed=70, lines=(1, 1))
    yield "errors.837", _made("professional", claims=3, errors=1.0, seed=71, lines=(1, 1))
    for seed, style in ((3, 0), (5, 1), (8, 5)):
        text = render(segments_of(seed), STYLES[style])
        yield f"random-{seed}.837", text[:9_000]
    claims = [claim_to_json(item.claim) for item in read(_made("professional", claims=2, seed=80))]
    for number, kind in enumerate(("institutional", "dental"), 81):
        claims += [claim_to_json(item.claim) for item in read(_made(kind, seed=number))]
    yield "one.json", orjson.dumps(claims[0])
    yield "array.json", orjson.dumps(claims[1:])
    yield "lines.json", b"\n".join(map(orjson.dumps, claims))
    yield "not-claims.json", b'[{"lines": [{"charge": 1e400}]}, null, {"claim_type": "vision"}, [[]]]'


def main() -> None:
    CORPUS.mkdir(exist_ok=True)
    for old in CORPUS.iterdir():
        old.unlink()
    for name, data in seeds():
        (CORPUS / name).write_bytes(data)


if __name__ == "__main__":
    main()
