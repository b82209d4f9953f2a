"""NCCI procedure-to-procedure edits of Medicare: `ccipra-v322r0-f1.TXT` to `-f4`, `ccioph-...` for hospitals.

Lines of seven cells between tabs, after six lines of heading: column 1, column 2, `*` for edits older than
1996, first day, last day or `*`, modifier indicator, rationale. A pair may come again with other days.
Each quarter's files hold all edits that ever were; the rationale is not kept.

Of a quarter there is also what changed: `..._Additions_Eff_07-01-2026.txt`, `..._Deletions_...` and
`..._CCMIChgs_...`, lines of column 1, column 2 and modifier indicator, here applied to the quarter before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from scrubber.reference.editing import FOR_EVER, NumberedRow
from scrubber.reference.errors import NativeFileError
from scrubber.reference.layouts.layout import (
    Change,
    ChangeKind,
    Changes,
    Layout,
    Note,
    RowError,
    always,
    code,
    day,
)
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period, quarter

#: NCCI began in 1996; a quarter's files say what counted on each day since.
_BEGAN = dt.date(1996, 1, 1)
_VERSION_OF_1994 = 1994
_CELLS = 7
_PAIR_CELLS = 3
_CODE = re.compile(r"[A-Z0-9]{5}")
_CHANGES = re.compile(
    r".*(?P<kind>additions|deletions|ccmichgs)_eff_(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d{4})\.txt",
    re.IGNORECASE,
)
_KINDS: dict[str, ChangeKind] = {"additions": "add", "deletions": "end", "ccmichgs": "change"}


def _read(text: NativeText) -> Iterator[NumberedRow | Note]:
    days: dict[str, int] = {"*": FOR_EVER}  # the same few hundred days come again and again
    begun = False
    for number, line in text.lines():
        cells = line.split("\t")
        if not begun and (len(cells) < _CELLS or not _CODE.fullmatch(cells[0])):
            yield Note(number, "a line of the heading", refused=False)
            continue
        begun = True
        try:
            if len(cells) != _CELLS:
                raise RowError(f"{len(cells)} cells between tabs instead of {_CELLS}")
            first, second, _, begin, end, indicator, _ = cells
            if begin not in days or begin == "*":
                days[begin] = day(begin, "effective date")
            if end not in days:
                days[end] = day(end, "deletion date")
            if indicator not in ("0", "1", "9"):
                raise RowError("the modifier indicator is none of 0, 1 and 9")
            if not (len(first) == len(second) == 5 and first.isalnum() and second.isalnum()):
                raise RowError("a column is no procedure code")
            yield number, (first, second, days[begin], days[end], indicator)
        except RowError as error:
            if line.strip():
                yield Note(number, str(error))
            else:
                yield Note(number, "an empty line", refused=False)


def _period(text: NativeText, name_of_files: re.Pattern[str]) -> Period | None:
    found = name_of_files.fullmatch(text.name)
    if found is None:
        return None
    return _of_all_days(quarter(_VERSION_OF_1994 + int(found["version"]), int(found["release"]) + 1))


def _of_all_days(period: Period) -> Period:
    return replace(period, begin=_BEGAN)


def _must_be_all(names: Sequence[str], name_of_files: re.Pattern[str]) -> None:
    """Refuse files of which one is missing. Raises NativeFileError."""
    parts = {int(found["part"]) for name in names if (found := name_of_files.fullmatch(name))}
    missing = sorted({1, 2, 3, 4} - parts) if parts else []
    if missing:
        told = " and ".join(f"f{part}" for part in missing)
        raise NativeFileError(
            f"the edition comes in four files, and {told} is not among them"
            if len(missing) == 1
            else f"the edition comes in four files, and {told} are not among them",
            "give all four in one command",
        )


def _read_changes(text: NativeText) -> Iterator[Change | Note]:
    found = _CHANGES.fullmatch(text.name)
    assert found is not None
    kind = _KINDS[found["kind"].lower()]
    begun = False
    for number, cells in text.records("\t"):
        if not begun and not (len(cells) >= _PAIR_CELLS and _CODE.fullmatch(cells[0].strip())):
            yield Note(number, "a line of the heading", refused=False)
            continue
        begun = True
        try:
            if len(cells) < _PAIR_CELLS:
                raise RowError(f"{len(cells)} cells between tabs instead of {_PAIR_CELLS}")
            pair = code(cells[0], "column 1"), code(cells[1], "column 2")
            indicators = [cell.strip() for cell in cells[2:] if cell.strip() in ("0", "1", "9")]
            if not indicators:
                raise RowError("the modifier indicator is none of 0, 1 and 9")
            yield Change(number, kind, pair, (indicators[-1],))  # of two, the old and the new one
        except RowError as error:
            yield Note(number, str(error))


def _period_of_changes(text: NativeText) -> Period | None:
    found = _CHANGES.fullmatch(text.name)
    if found is None:
        return None
    month = int(found["month"])
    if found["day"] != "01" or month not in (1, 4, 7, 10):
        return None
    return _of_all_days(quarter(int(found["year"]), (month + 2) // 3))


def _layout(files: str, about: str, not_about: str) -> Layout:
    names = re.compile(rf"{files}-v(?P<version>\d\d)(?P<release>[0-3])r\d+-f(?P<part>\d)\.txt", re.IGNORECASE)
    changes = Changes(
        lambda name: bool(_CHANGES.fullmatch(name)), _period_of_changes, _read_changes, about, not_about
    )
    return Layout(
        ("column_1", "column_2", "from", "to", "modifier_indicator"),
        always(_read),
        lambda name: bool(names.fullmatch(name)),
        partial(_period, name_of_files=names),
        must_be_all=partial(_must_be_all, name_of_files=names),
        ends_lines=True,
        changes=changes,
    )


PRACTITIONER = _layout("ccipra", "practitioner", "hospital")
HOSPITAL = _layout("ccioph", "hospital", "practitioner")
