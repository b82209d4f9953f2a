"""Segment handlers, generated from the field table: one small function per loop and segment.

A handler moves the elements of one segment into the object that its loop fills. Generating them keeps the
table the only place that knows where a value stands, and is as fast as writing them by hand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

from scrubber.claim.fields import FIELDS, Field
from scrubber.claim.fields.loops import Loop
from scrubber.claim.model import ClaimType
from scrubber.claim.shape import attribute, member_at, members
from scrubber.claim.values import Remembered, read_amount, read_date, read_number

#: (object the loop fills, elements, component separator)
Handler = Callable[[Any, list[str], str], None]

#: What reads the values of a kind. Of amounts only the short ones come again and again: 1, 0, 150.
_READERS = {
    "amount": "(AMOUNTS[v] if len(v) < 5 else read_amount(v))",
    "quantity": "(AMOUNTS[v] if len(v) < 5 else read_amount(v))",
    "number": "NUMBERS[v]",
    "date": "DATES[v]",
}
_SCOPE: dict[str, Any] = {
    "AMOUNTS": Remembered(read_amount),
    "read_amount": read_amount,
    "DATES": Remembered(read_date),
    "NUMBERS": Remembered(read_number),
}


@cache
def handlers(claim_type: ClaimType, loop: Loop) -> Mapping[str, Handler]:
    """Return the handlers of a loop by segment. They are made when the first file has the loop."""
    out: dict[str, Handler] = {}
    for segment, rows in _rows(claim_type).get((loop.id, loop.owner), {}).items():
        handler = _compile(f"{loop.id} {segment}", rows, _spread(claim_type))
        out[segment] = _unpadded(handler) if segment == "ISA" else handler
    return out


@cache
def _rows(claim_type: ClaimType) -> Mapping[tuple[str, str], Mapping[str, list[Field]]]:
    """Return the rows of the field table by (loop, owner) and segment."""
    out: dict[tuple[str, str], dict[str, list[Field]]] = {}
    for row in FIELDS[claim_type]:
        out.setdefault((row.loop, row.owner), {}).setdefault(row.segment, []).append(row)
    return out


@cache
def _spread(claim_type: ClaimType) -> frozenset[str]:
    """Return the paths that have several rows."""
    return frozenset(path for path, n in Counter(row.path for row in FIELDS[claim_type]).items() if n > 1)


def _unpadded(handler: Handler) -> Handler:
    """ISA is the only segment of fixed width: its values are padded."""
    return lambda target, elements, sep: handler(target, [element.strip() for element in elements], sep)


def _compile(name: str, rows: list[Field], spread: frozenset[str]) -> Handler:
    several = frozenset(p for p, count in Counter(row.path for row in rows).items() if count > 1)
    writer = _Writer(spread, several)
    writer.write(rows)
    scope = {**_SCOPE, **writer.constants}
    source = "\n".join([f"def handle(o, e, sep):  # {name}", *writer.lines])
    exec(compile(source, f"<handler {re.sub(r'[^0-9A-Z]', '_', name)}>", "exec"), scope)
    handle: Handler = scope["handle"]
    return handle


@dataclass(slots=True)
class _Writer:
    """Source of one handler being written.

    `spread` are the lists that several segments add to, `first_wins` the values that may stand at several
    places of one segment.
    """

    spread: frozenset[str]
    first_wins: frozenset[str]
    lines: list[str] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    depth: int = 1

    def emit(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def constant(self, value: Any) -> str:
        name = value.__name__ if isinstance(value, type) else f"K{len(self.constants)}"
        self.constants[name] = value
        return name

    def write(self, rows: list[Field]) -> None:
        if rows[0].each == "composite":
            self._composites(rows)
        elif rows[0].each == "triplet":
            self._triplets(rows)
        else:
            self._segment(rows)

    # --- one segment ------------------------------------------------------------------------------

    def _segment(self, rows: list[Field]) -> None:
        """Rows without a qualifier first, then those behind one; an `elif` for each value of REF01, DTP01."""
        self.emit("n = len(e)")
        if rows[0].segment == "PER":  # of several contacts the first one counts; see slots.contact_segments
            named, *others = dict.fromkeys(".".join(["o", *self._names(row)]) for row in rows)
            told = " or ".join(f"{holder} is not None" for holder in (named, *others))
            self.emit(f"if n > 2 and e[2] and e[2] != {named} and ({told}): return")
        plain = [row for row in rows if row.where is None]
        self._group(plain)
        tests = list(dict.fromkeys(row.where for row in rows if row.where is not None))
        chained = len(tests) > 1 and _are_disjoint(tests)
        if chained:
            self.emit(f"q = e[{tests[0][0]}] if n > {tests[0][0]} else ''")
        for i, test in enumerate(tests):
            element, values = test
            start = self.depth
            if chained:
                self.emit(f"{'elif' if i else 'if'} {_is_one_of('q', values)}:")
            else:
                self.emit(f"if n > {element} and {_is_one_of(f'e[{element}]', values)}:")
            self.depth += 1
            behind = [row for row in rows if row.where == test]
            for payer in dict.fromkeys(row.payer for row in behind):
                self._group([row for row in behind if row.payer == payer], payer)
            self.depth = start

    def _group(self, rows: list[Field], payer: str | None = None) -> None:
        """Write rows of one qualifier: the test for each further element stands inside the one before."""
        start = self.depth
        if payer is not None:
            named = "n > 4 and e[4].strip()"
            self.emit(f"if {named}:" if payer == "other" else f"if not ({named}):")
            self.depth += 1
        made: dict[str, str] = {}
        for row in rows:
            if row.collection is not None and row.collection not in made:
                made[row.collection] = self._item(row)
        for element, group in groupby(sorted(rows, key=lambda row: row.element), key=lambda row: row.element):
            self.emit(f"if n > {element}:")
            self.depth += 1
            members = list(group)
            parted = [row for row in members if row.component is not None]
            if parted:
                self.emit(f"p = e[{element}].split(sep)")
            for row in members:
                target = made[row.collection] if row.collection is not None else "o"
                self._element(row, target)
        self.depth = start

    def _item(self, row: Field) -> str:
        """Write the making of an item of a collection; return its variable."""
        assert row.collection is not None
        made = self.constant(member_at(row.collection).part)
        name = f"i_{made.lower()}"
        self.emit(f"{name} = {made}()")
        self.emit(f"o.{row.relative.partition('[].')[0]}.append({name})")
        return name

    def _element(self, row: Field, target: str) -> None:
        """Write the reading of one row's element or component."""
        start = self.depth
        if row.path.endswith("[]"):
            self._list(row, target)
        elif row.component is not None:
            self.emit(f"if len(p) >= {row.component}:")
            self.depth += 1
            self.emit(f"v = p[{row.component - 1}]")
            self._value(row, target, "''")
        else:
            self.emit(f"v = e[{row.element}]")
            self._value(row, target, f"e[{row.element - 1}]", first_wins=row.path in self.first_wins)
        self.depth = start

    def _list(self, row: Field, target: str) -> None:
        start = self.depth
        if row.last is None:
            self.emit(f"v = e[{row.element}]")
            self.emit("if v:")
            self.depth += 1
            holder, name = self._holder(row, target)
            self.emit(f"{holder}.{name}.append({_read(row)})")
            self.depth = start
            return
        if row.component:
            self.emit(f"if len(p) >= {row.component}:")
            self.depth += 1
            self.emit(f"vs = p[{row.component - 1}:{row.last}]")
        else:
            self.emit(f"vs = e[{row.element}:{row.last + 1}]")
        self.emit("if '' in vs: vs = [v for v in vs if v]")
        self.emit("if vs:")
        self.depth += 1
        if _read(row) != "v":
            self.emit(f"vs = [{_read(row)} for v in vs]")
        holder, name = self._holder(row, target)
        self.emit(f"{holder}.{name}.extend(vs)" if row.path in self.spread else f"{holder}.{name} = vs")
        self.depth = start

    def _value(self, row: Field, target: str, form: str, *, first_wins: bool = False) -> None:
        """Write the assignment of `v`; `form` is where the format qualifier of a date stands."""
        if row.part in ("from", "through"):
            end = "v.partition('-')[0]" if row.part == "from" else "v.partition('-')[2] or (v and f'{v}-')"
            self.emit(f"if {form} == 'RD8': v = {end}")
        if row.part in ("through", "hour"):
            if row.part == "through":
                self.emit("else: v = ''")
            else:
                self.emit(f"v = v[8:] if {form} == 'DT' else ''")
            holder, name = self._holder(row, target)
            self.emit(f"{holder}.{name} = None")  # a second date segment replaces the first one whole
        start = self.depth
        self.emit("if v:")
        self.depth += 1
        holder, name = self._holder(row, target)
        if first_wins:
            self.emit(f"if {holder}.{name} is None: {holder}.{name} = {_read(row)}")
        elif row.words is not None:
            self.emit(f"{holder}.{name} = {self.constant(row.words)}.get(v, v)")
        else:
            self.emit(f"{holder}.{name} = {_read(row)}")
        self.depth = start

    def _names(self, row: Field) -> list[str]:
        """Return the names that lead to a value from the object or item it belongs to."""
        base = row.collection or row.owner
        return (row.path.removeprefix(f"{base}.") if base else row.path).removesuffix("[]").split(".")

    def _holder(self, row: Field, target: str) -> tuple[str, str]:
        """Write what creates the objects on the way to a value; return the last one and the value's name."""
        base, names = row.collection or row.owner, self._names(row)
        for end, name in enumerate(names[:-1], 1):
            member = member_at(".".join(filter(None, [base, *names[:end]])))
            if member.optional:
                variable = f"t{end}"
                made = self.constant(member.part)
                self.emit(f"{variable} = {target}.{name}")
                self.emit(f"if {variable} is None: {variable} = {target}.{name} = {made}()")
                target = variable
            else:
                target = f"{target}.{name}"
        return target, attribute(names[-1])

    # --- several items a segment ------------------------------------------------------------------

    def _composites(self, rows: list[Field]) -> None:
        """HI: every element is an item of its own, of the collection that its qualifier says."""
        counted = self._segment_counts(rows)
        self.emit("for c in e[1:]:")
        self.depth += 1
        self.emit("e = c.split(sep)")
        self.emit("n = len(e)")
        self.emit("if (n < 2 or not e[1]) and not ''.join(e[1:]).strip(): continue")
        branch = "if"
        for where, group in groupby(rows, key=lambda row: row.where):
            assert where is not None
            start, members = self.depth, list(group)
            self.emit(f"{branch} {_is_one_of('e[0]', where[1])}:")
            self.depth += 1
            item = self._item(members[0]) if members[0].collection else "o"
            if members[0].collection in counted:
                self.emit(f"{item}.segment_position = {counted[members[0].collection]}")
            for row in members:
                assert row.component is not None
                target, depth = item if row.collection else "o", self.depth
                also = f" and {_is_one_of('e[1]', row.code)}" if row.code is not None else ""
                self.emit(f"if n >= {row.component}{also}:")
                self.depth += 1
                self.emit(f"v = e[{row.component - 1}]")
                self._value(row, target, f"e[{row.component - 2}]")
                self.depth = depth
            self.depth, branch = start, "elif"

    def _segment_counts(self, rows: list[Field]) -> Mapping[str | None, str]:
        """Write the numbers of this segment among those of each collection whose items keep them."""
        out: dict[str | None, str] = {}
        for collection in dict.fromkeys(row.collection for row in rows if row.collection is not None):
            part = member_at(collection).part
            if part is not None and "segment_position" in members(part):
                out[collection] = f"s{len(out)}"
                items = f"o.{collection.removesuffix('[]')}"
                self.emit(f"{out[collection]} = ({items}[-1].segment_position or 0) + 1 if {items} else 1")
        return out

    def _triplets(self, rows: list[Field]) -> None:
        """CAS: a group in the first element, then reason, amount and quantity, again and again."""
        self.emit("for k in range(2, len(e), 3):")
        self.depth += 1
        self.emit("p = e[k:k + 3]")
        self.emit("if not ''.join(p).strip(): continue")
        target = self._item(rows[0])
        for row in rows:
            start = self.depth
            if row.last is None:
                self.emit(f"v = e[{row.element}]")
            else:
                self.emit(f"if len(p) > {row.element - 2}:")
                self.depth += 1
                self.emit(f"v = p[{row.element - 2}]")
            self._value(row, target, "''")
            self.depth = start


def _read(row: Field) -> str:
    """Return what reads the text `v`."""
    return _READERS.get(row.kind, "v") if row.part != "hour" else "v"


def _are_disjoint(tests: Sequence[tuple[int, frozenset[str]]]) -> bool:
    """Return whether tests look at one element and at most one of them can hold."""
    values = [value for _, known in tests for value in known]
    return len({element for element, _ in tests}) == 1 and len(set(values)) == len(values)


def _is_one_of(value: str, known: Iterable[str]) -> str:
    words: Sequence[str] = sorted(known)
    return f"{value} == {words[0]!r}" if len(words) == 1 else f"{value} in {set(words)!r}"
