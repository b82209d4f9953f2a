"""The claim as a form: sections, fields and service lines, and which of them findings point at.

A value is found by its JSON Pointer, and what a finding points at is always shown, also when it is absent
or when the layout has never heard of it. Nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrubber_reports.clean import shown
from scrubber_reports.form_layout import COLUMNS, LINE_EXTRAS, SECTIONS, Field
from scrubber_reports.views import ClaimView, FindingView, path_of, pointer_parts
from scrubber_reports.words import severity_rank

Json = Mapping[str, Any]

_DIAGNOSES = "/diagnoses/"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

#: More service lines than this: the lines without findings are folded away.
FOLD_LINES = 12


@dataclass(slots=True)
class Cell:
    """One value of the form. `marks` are the numbers of the findings that point at it."""

    pointer: str
    label: str
    box: str
    value: str | None
    marks: list[int] = field(default_factory=list)
    related_marks: list[int] = field(default_factory=list)
    severity: str = ""

    @property
    def hit(self) -> bool:
        """True when a finding points here."""
        return bool(self.marks or self.related_marks)


@dataclass(slots=True)
class Section:
    """A part of the form with a heading and fields."""

    title: str
    cells: list[Cell]


@dataclass(slots=True)
class LineRow:
    """A service line: one list of cells a column, and the fields that have no column."""

    number: str
    row: Cell
    columns: list[list[Cell]]
    more: list[Cell]

    @property
    def hit(self) -> bool:
        """True when a finding points at the line or anything in it."""
        return (
            self.row.hit or any(c.hit for c in self.more) or any(c.hit for col in self.columns for c in col)
        )


@dataclass(slots=True)
class Form:
    """A claim laid out to be read. `folded` are lines without findings; unused columns are left out."""

    sections: list[Section]
    column_titles: tuple[tuple[str, str], ...]
    lines: list[LineRow]
    folded: list[LineRow]


def claim_form(claim: Json, view: ClaimView) -> Form:
    """Return the form of a claim's JSON with the marks of its findings (those that failed)."""
    return _FormBuilder(claim, view.findings).build()


class _FormBuilder:
    def __init__(self, claim: Json, findings: Iterable[FindingView]) -> None:
        self._claim = claim
        self._targets: dict[str, list[tuple[FindingView, bool]]] = {}
        for finding in findings:
            for place in finding.places:
                self._targets.setdefault(place.pointer, []).append((finding, place.related))
        self._seen: set[str] = set()

    def build(self) -> Form:
        sections = [Section(title, self._cells(fields)) for title, fields in SECTIONS]
        rows = [self._line(index) for index in self._line_indexes()]
        rest = [
            self._cell(p, path_of(p) or "The claim as a whole", "")
            for p in self._targets
            if p not in self._seen
        ]
        sections.append(Section("Also concerned", rest))
        folded = [row for row in rows if not row.hit] if len(rows) > FOLD_LINES else []
        used = [i for i in range(len(COLUMNS)) if any(row.columns[i] for row in rows)]
        for row in rows:
            row.columns = [row.columns[i] for i in used]
        return Form(
            sections=[s for s in sections if s.cells],
            column_titles=tuple(COLUMNS[i][:2] for i in used),
            lines=[row for row in rows if row not in folded],
            folded=folded,
        )

    def _cells(self, fields: Sequence[Field]) -> list[Cell]:
        cells = [cell for label, box, pattern in fields for cell in self._matching(pattern, label, box)]
        return [c for c in cells if c.value is not None or c.hit]

    def _matching(self, pattern: str, label: str, box: str) -> list[Cell]:
        """Return a cell for every value the pattern stands for, and for what findings miss there."""
        if "*" not in pattern:
            return [self._cell(pattern, label, box)]
        head, tail = pattern.split("*", 1)
        items = _at(self._claim, head.rstrip("/"))
        indexes = set(range(len(items))) if isinstance(items, list) else set()
        indexes |= {int(p) for p in self._parts_after(head) if p.isdecimal() and len(p) < 5}
        if not indexes and head.rstrip("/") in self._targets:
            return [self._cell(head.rstrip("/"), label or "Codes", box)]
        cells = []
        for index in sorted(indexes):
            text = _letter(index) if head == _DIAGNOSES else label
            cells.append(self._cell(f"{head}{index}{tail}", text, box))
        return cells

    def _parts_after(self, head: str) -> Iterable[str]:
        return (target[len(head) :].split("/", 1)[0] for target in self._targets if target.startswith(head))

    def _line_indexes(self) -> list[int]:
        lines = self._claim.get("lines")
        indexes = set(range(len(lines))) if isinstance(lines, list) else set()
        return sorted(
            indexes | {int(p) for p in self._parts_after("/lines/") if p.isdecimal() and len(p) < 5}
        )

    def _line(self, index: int) -> LineRow:
        base = f"/lines/{index}"
        row = self._cell(base, f"Line {index + 1}", "")
        columns = []
        for title, box, patterns in COLUMNS:
            cells = [c for pattern in patterns for c in self._matching(f"{base}/{pattern}", title, box)]
            columns.append([c for c in cells if c.value is not None or c.hit])
        for cell in columns[3]:
            if cell.value is not None and cell.value.isdecimal() and 0 < int(cell.value) <= len(_LETTERS):
                cell.value = _letter(int(cell.value) - 1)
        more = [self._cell(f"{base}/{tail}", label, "") for label, tail in LINE_EXTRAS]
        more += [
            self._cell(p, path_of(p), "")
            for p in self._targets
            if p.startswith(base + "/") and p not in self._seen
        ]
        number = shown(_at(self._claim, f"{base}/number") or index + 1, 10)
        return LineRow(number, row, columns, [c for c in more if c.value is not None or c.hit])

    def _cell(self, pointer: str, label: str, box: str) -> Cell:
        """Return the cell of a pointer with the marks of the findings that point exactly there."""
        self._seen.add(pointer)
        cell = Cell(pointer, shown(label, 80), box, _text(_at(self._claim, pointer)))
        for finding, related in self._targets.get(pointer, ()):
            (cell.related_marks if related else cell.marks).append(finding.number)
            if not related and (
                not cell.severity or severity_rank(finding.severity) < severity_rank(cell.severity)
            ):
                cell.severity = finding.severity
        return cell


def _text(value: Any) -> str | None:
    """Return a value as it is shown; a part that has values of its own is only said to be there."""
    if value is None or value == "":
        return None
    if isinstance(value, str | int | float):
        return shown(value)
    members = value.values() if isinstance(value, Mapping) else value
    return "given" if any(_text(member) for member in members) else None


def _letter(index: int) -> str:
    return _LETTERS[index] if index < len(_LETTERS) else str(index + 1)


def _at(claim: Any, pointer: str) -> Any:
    """Return what stands at a JSON Pointer, None when it is absent."""
    value = claim
    for part in pointer_parts(pointer):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value
