"""Segment handlers, generated from the field table: one small function per loop and segment.

A handler moves the elements of one segment into the object that its loop fills. Generating them keeps the
table the only place that knows where a value stands, and is as fast as writing them by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any

from scrubber.claim.fields import FIELDS, Field
from scrubber.claim.fields.loops import Loop
from scrubber.claim.making import maker
from scrubber.claim.model import ClaimType
from scrubber.claim.shape import attribute, member_at, members
from scrubber.claim.values import Remembered, read_amount, read_date, read_number
from scrubber.guides.code import Code

#: (object the loop fills, elements, component separator)
Handler = Callable[[Any, list[str], str], None]

_READERS: Mapping[str, Callable[[str], Any]] = {
    "amount": read_amount,
    "quantity": read_amount,
    "number": read_number,
    "date": read_date,
}
_REMEMBERED: Mapping[str, Remembered[Any]] = {
    "amount": Remembered(read_amount),
    "number": Remembered(read_number),
    "date": Remembered(read_date),
}
_BIRTH = "date_of_birth"
_MADE: dict[tuple[ClaimType, Loop, str], Handler] = {}


def handler(claim_type: ClaimType, loop: Loop, segment: str) -> Handler | None:
    """Return the handler of a segment of a loop, if the model has a place for anything in it."""
    found = _MADE.get((claim_type, loop, segment))
    if found is None:
        rows = rows_of(claim_type, loop, segment)
        if rows:  # only of what the table has is anything kept: files may name any segments
            found = _MADE[claim_type, loop, segment] = _handler(claim_type, loop, segment, rows)
    return found


def _handler(claim_type: ClaimType, loop: Loop, segment: str, rows: Sequence[Field]) -> Handler:
    code = Code()
    _Writer(code, "sep", "return", _spread(claim_type), _several(rows)).write(rows)
    made = code.made("o, e, sep", f"handler {loop.id} {segment}")
    return _unpadded(made) if segment == "ISA" else made


def rows_of(claim_type: ClaimType, loop: Loop, segment: str) -> Sequence[Field]:
    """Return the rows of the field table that a segment of a loop fills."""
    return _rows(claim_type).get((loop.id, loop.owner), {}).get(segment, [])


def write_handler(code: Code, claim_type: ClaimType, rows: Sequence[Field], component: str) -> None:
    """Write what moves the elements of a segment into `o`, and then returns True."""
    if rows:
        _Writer(code, repr(component), "return True", _spread(claim_type), _several(rows)).write(rows)
    code.emit("return True")


def parted(rows: Iterable[Field]) -> Mapping[int, Sequence[Field]]:
    """Return the rows that ask for components, by the element whose components they are."""
    out: dict[int, list[Field]] = {}
    for row in rows:
        if row.component is not None and row.each == "segment" and row.part is None:
            out.setdefault(row.element, []).append(row)
    return out


def read_parts(rows: Sequence[Field], parts: Sequence[str]) -> tuple[Any, ...]:
    """Return what rows of one element ask for: of each a value or a tuple of values; None: it has none."""
    return tuple(_part(row, parts) for row in rows)


def are_plain_items(rows: Sequence[Field]) -> bool:
    """Return whether all composites of a segment are items by themselves, of plain values."""
    return all(
        row.each == "composite" and row.collection is not None and not (row.part or row.code) for row in rows
    )


def read_item(rows: Sequence[Field], parts: Sequence[str]) -> tuple[Any, ...]:
    """Return the number of the collection that a composite is an item of, and its values; -1: of none."""
    if "".join(parts[1:]).strip():
        for number, (where, group) in enumerate(groupby(rows, key=lambda row: row.where)):
            if where is not None and parts[0] in where[1]:
                return number, *(_part(row, parts) for row in group)
    return (-1,)


def _part(row: Field, parts: Sequence[str]) -> Any:
    assert row.component is not None
    last = row.last if row.each == "segment" else None  # else it is the segment's last element
    texts = [text for text in parts[row.component - 1 : last or row.component] if text]
    words, read = row.words or {}, _READERS.get(row.kind)
    found = [words.get(text, text) if read is None else read(text) for text in texts]
    if last is not None:
        return tuple(found) or None
    return found[0] if found else None


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
    return frozenset(_several(FIELDS[claim_type]))


def _several(rows: Iterable[Field]) -> frozenset[str]:
    return frozenset(path for path, n in Counter(row.path for row in rows).items() if n > 1)


def _unpadded(handler: Handler) -> Handler:
    """ISA is the only segment of fixed width: its values are padded."""
    return lambda target, elements, sep: handler(target, [element.strip() for element in elements], sep)


@dataclass(slots=True)
class _Writer:
    """A handler being written.

    `mark` is the expression of the component separator, `done` what ends the handler early. `spread` are the
    lists that several segments add to, `first_wins` the values that may stand at several places of a segment.
    """

    code: Code
    mark: str
    done: str
    spread: frozenset[str]
    first_wins: frozenset[str]

    def write(self, rows: Sequence[Field]) -> None:
        if rows[0].each == "composite":
            self._composites(rows)
        elif rows[0].each == "triplet":
            self._triplets(rows)
        else:
            self._segment(rows)

    # --- one segment ------------------------------------------------------------------------------

    def _segment(self, rows: Sequence[Field]) -> None:
        """Rows without a qualifier first, then those behind one; an `elif` for each value of REF01, DTP01."""
        code = self.code
        if code.length is None:
            code.emit("n = len(e)")
        for element, asking in parted(rows).items():
            if element in code.parts and not code.lacks(element):
                code.emit(f"{', '.join(self._named(row, rows) for row in asking)}, = p{element}")
        if rows[0].segment == "PER":
            self._look_at_contact(rows)
        self._group([row for row in rows if row.where is None], rows)
        tests = list(dict.fromkeys(row.where for row in rows if row.where is not None))
        chained = code.length is None and len(tests) > 1 and _are_disjoint(tests)
        if chained:
            code.emit(f"q = e[{tests[0][0]}] if n > {tests[0][0]} else ''")
        for i, test in enumerate(tests):
            behind = [row for row in rows if row.where == test]
            if chained:
                code.emit(f"{'elif' if i else 'if'} {_is_one_of('q', test[1])}:")
                code.depth += 1
                self._payers(behind, rows)
                code.depth -= 1
                continue
            with code.when(self._is_of(*test)) as may_be:
                if may_be:
                    self._payers(behind, rows)

    def _look_at_contact(self, rows: Sequence[Field]) -> None:
        """Of several contacts the first one counts; see slots.contact_segments."""
        code = self.code
        named, *others = dict.fromkeys(".".join(["o", *self._names(row)]) for row in rows)
        told = " or ".join(f"{holder} is not None" for holder in (named, *others))
        with code.when(code.has(2)) as may_be:
            if may_be:
                name = code.at(2)
                code.emit(f"if {name} and {name} != {named} and ({told}): {self.done}")

    def _is_of(self, element: int, values: frozenset[str]) -> str:
        """Return the test that an element is there and one of some values."""
        code = self.code
        if element in code.known:
            return str(code.known[element] in values)
        if code.length is not None:
            return "False" if code.lacks(element) else _is_one_of(code.at(element), values)
        return f"n > {element} and {_is_one_of(code.at(element), values)}"

    def _payers(self, rows: Sequence[Field], every: Sequence[Field]) -> None:
        """Write rows of one qualifier: REF04 may say that a segment is about another payer."""
        code = self.code
        for payer in dict.fromkeys(row.payer for row in rows):
            named = f"{'' if code.length is not None else 'n > 4 and '}{code.at(4)}.strip()"
            named = "False" if code.lacks(4) else named
            test = {None: "True", "other": named, "this": f"not ({named})" if named != "False" else "True"}[
                payer
            ]
            with code.when(test) as may_be:
                if may_be:
                    self._group([row for row in rows if row.payer == payer], every)

    def _group(self, rows: Sequence[Field], every: Sequence[Field]) -> None:
        """Write rows of one qualifier: the test for each further element stands inside the one before."""
        code = self.code
        start = code.depth
        made: dict[str, str] = {}
        for row in rows:
            if row.collection is not None and row.collection not in made:
                made[row.collection] = self._item(row)
        for element, group in groupby(sorted(rows, key=lambda row: row.element), key=lambda row: row.element):
            if code.lacks(element):
                break
            if code.length is None:
                code.emit(f"if n > {element}:")
                code.depth += 1
            members = list(group)
            if element not in code.parts and any(row.component is not None for row in members):
                code.emit(f"p = {code.at(element)}.split({self.mark})")
            for row in members:
                target = made[row.collection] if row.collection is not None else "o"
                if row.component is not None and element in code.parts:
                    self._read_already(row, target, self._named(row, every))
                else:
                    self._element(row, target)
        code.depth = start

    def _item(self, row: Field) -> str:
        """Write the making of an item of a collection; return its variable."""
        assert row.collection is not None
        part = member_at(row.collection).part
        assert part is not None
        name = f"i_{part.__name__.lower()}"
        self.code.emit(f"{name} = {self.code.constant(maker(part))}()")
        self._add(f"o.{row.relative.partition('[].')[0]}", name)
        return name

    def _add(self, items: str, value: str) -> None:
        """Write the addition to a list, which may be the one of all that have nothing."""
        self.code.emit(f"if {items}: {items}.append({value})")
        self.code.emit(f"else: {items} = [{value}]")

    @staticmethod
    def _named(row: Field, rows: Sequence[Field]) -> str:
        """Return the name of a component that was read before."""
        return f"x{list(rows).index(row)}"

    def _read_already(self, row: Field, target: str, name: str) -> None:
        """Write the assignment of what a row asks of the components of an element."""
        with self.code.when(f"{name} is not None"):
            holder, attr = self._holder(row, target)
            if row.last is None:
                self.code.emit(f"{holder}.{attr} = {name}")
            elif row.path in self.spread:
                self.code.emit(f"{holder}.{attr} = [*{holder}.{attr}, *{name}]")
            else:
                self.code.emit(f"{holder}.{attr} = [*{name}]")

    def _element(self, row: Field, target: str) -> None:
        """Write the reading of one row's element or component."""
        code = self.code
        if row.path.endswith("[]"):
            self._list(row, target)
        elif row.component is not None:
            with code.when(f"len(p) >= {row.component}"):
                self._value(row, target, f"p[{row.component - 1}]", "''")
        else:
            form = code.known.get(row.element - 1)
            self._value(
                row,
                target,
                code.at(row.element),
                code.at(row.element - 1) if form is None else repr(form),
                first_wins=row.path in self.first_wins,
                present=row.element in code.present,
                plain=row.element in code.plain,
                day=code.days.get(row.element),
            )

    def _list(self, row: Field, target: str) -> None:
        code = self.code
        if row.last is None:
            with code.when(code.at(row.element)):
                holder, name = self._holder(row, target)
                self._add(f"{holder}.{name}", self._read(row, code.at(row.element)))
            return
        start = code.depth
        asked = [i for i in range(row.element, row.last + 1) if not code.lacks(i)]
        full = not row.component and code.length is not None and code.present.issuperset(asked)
        if full:
            code.emit(f"vs = [{', '.join(map(code.at, asked))}]")
        elif row.component:
            code.emit(f"if len(p) >= {row.component}:")
            code.depth += 1
            code.emit(f"vs = p[{row.component - 1}:{row.last}]")
        else:
            code.emit(f"vs = e[{row.element}:{row.last + 1}]")
        if not full:
            code.emit("if '' in vs: vs = [v for v in vs if v]")
        with code.when("True" if full else "vs"):
            read = self._read(row, "v")
            if read != "v":
                code.emit(f"vs = [{read} for v in vs]")
            holder, name = self._holder(row, target)
            whole = f"[*{holder}.{name}, *vs]" if row.path in self.spread else "vs"
            code.emit(f"{holder}.{name} = {whole}")
        code.depth = start

    def _value(
        self,
        row: Field,
        target: str,
        value: str,
        form: str,
        *,
        first_wins: bool = False,
        present: bool = False,
        plain: bool = False,
        day: tuple[str, str] | None = None,
    ) -> None:
        """Write the assignment of a value; `form` is where the format qualifier of a date stands.

        `present`: it is known not to be empty. `plain`: an amount is known to be a plain decimal. `day`: its
        dates were read before, see `Code`.
        """
        code = self.code
        if day is not None and row.kind == "date" and not first_wins:
            asked = {"from": day[0], "through": day[1]}.get(row.part or "")
            if asked is None and row.part is None and day[1] == "None":
                asked = day[0]
            if asked is not None:
                holder, name = self._holder(row, target)
                code.emit(f"{holder}.{name} = {asked}")
                return
        if row.part is not None:
            code.emit(f"v = {value}")
            value, present = "v", False
        if row.part in ("from", "through"):
            end = "v.partition('-')[0]" if row.part == "from" else "v.partition('-')[2] or (v and f'{v}-')"
            code.emit(f"if {form} == 'RD8': v = {end}")
        if row.part in ("through", "hour"):
            if row.part == "through":
                code.emit("else: v = ''")
            else:
                code.emit(f"v = v[8:] if {form} == 'DT' else ''")
            holder, name = self._holder(row, target)
            code.emit(f"{holder}.{name} = None")  # a second date segment replaces the first one whole
        with code.when("True" if present else value):
            holder, name = self._holder(row, target)
            read = self._read(row, value, plain=plain)
            if first_wins:
                code.emit(f"if {holder}.{name} is None: {holder}.{name} = {read}")
            elif row.words is not None:
                code.emit(f"{holder}.{name} = {code.constant(row.words)}.get({value}, {value})")
            else:
                code.emit(f"{holder}.{name} = {read}")

    def _read(self, row: Field, value: str, *, plain: bool = False) -> str:
        """Return what reads the text of a value."""
        code = self.code
        if row.part == "hour" or row.kind not in _READERS:
            return value
        if row.kind in ("amount", "quantity"):
            # Only the short ones come again and again: 1, 0, 150.
            remembered = code.constant(_REMEMBERED["amount"])
            read = code.constant(Decimal if plain else read_amount)
            return f"({remembered}[{value}] if len({value}) < 5 else {read}({value}))"
        if row.path.endswith(_BIRTH):  # hardly ever the same
            return f"{code.constant(read_date)}({value})"
        return f"{code.constant(_REMEMBERED[row.kind])}[{value}]"

    def _names(self, row: Field) -> list[str]:
        """Return the names that lead to a value from the object or item it belongs to."""
        base = row.collection or row.owner
        return (row.path.removeprefix(f"{base}.") if base else row.path).removesuffix("[]").split(".")

    def _holder(self, row: Field, target: str) -> tuple[str, str]:
        """Write what creates the objects on the way to a value; return the last one and the value's name."""
        base, names = row.collection or row.owner, self._names(row)
        if row.loop == "2010BB" and names[0] == "billing_provider":
            # Not for the subscribers before, who have the same provider.
            self.code.emit(f"{target}.{names[0]} = {self.code.constant(copy)}({target}.{names[0]})")
        for end, name in enumerate(names[:-1], 1):
            member = member_at(".".join(filter(None, [base, *names[:end]])))
            if member.optional:
                variable = f"t{end}"
                assert member.part is not None
                made = self.code.constant(maker(member.part))
                self.code.emit(f"{variable} = {target}.{name}")
                self.code.emit(f"if {variable} is None: {variable} = {target}.{name} = {made}()")
                target = variable
            else:
                target = f"{target}.{name}"
        return target, attribute(names[-1])

    # --- several items a segment ------------------------------------------------------------------

    def _composites(self, rows: Sequence[Field]) -> None:
        """HI: every element is an item of its own, of the collection that its qualifier says."""
        code = self.code
        counted = self._segment_counts(rows)
        if code.parts:
            self._read_items(rows, counted)
            return
        code.emit("for c in e[1:]:")
        code.depth += 1
        code.emit(f"e = c.split({self.mark})")
        code.emit("n = len(e)")
        code.emit("if (n < 2 or not e[1]) and not ''.join(e[1:]).strip(): continue")
        branch = "if"
        for where, group in groupby(rows, key=lambda row: row.where):
            assert where is not None
            members = list(group)
            code.emit(f"{branch} {_is_one_of('e[0]', where[1])}:")
            code.depth += 1
            item = self._item(members[0]) if members[0].collection else "o"
            if members[0].collection in counted:
                code.emit(f"{item}.segment_position = {counted[members[0].collection]}")
            for row in members:
                assert row.component is not None
                target = item if row.collection else "o"
                also = f" and {_is_one_of('e[1]', row.code)}" if row.code is not None else ""
                with code.when(f"n >= {row.component}{also}"):
                    self._value(row, target, f"e[{row.component - 1}]", f"e[{row.component - 2}]")
            code.depth -= 1
            branch = "elif"
        code.depth -= 1

    def _read_items(self, rows: Sequence[Field], counted: Mapping[str | None, str]) -> None:
        """Write the making of items whose values were read before: see `read_item`."""
        code = self.code
        code.emit(f"for m in ({', '.join(f'p{element}' for element in code.parts)},):")
        code.depth += 1
        for number, (_, group) in enumerate(groupby(rows, key=lambda row: row.where)):
            asked = list(group)
            collection = asked[0].collection
            assert collection is not None
            part = member_at(collection).part
            assert part is not None
            names, values = (
                [self._names(row)[-1] for row in asked],
                [f"m[{i}]" for i, _ in enumerate(asked, 1)],
            )
            if collection in counted:
                names.append("segment_position")
                values.append(counted[collection])
            made = code.constant(maker(part, *names))
            code.emit(f"{'elif' if number else 'if'} m[0] == {number}:")
            items = asked[0].relative.partition("[].")[0]
            code.depth += 1
            self._add(f"o.{items}", f"{made}({', '.join(values)})")
            code.depth -= 1
        code.depth -= 1

    def _segment_counts(self, rows: Sequence[Field]) -> Mapping[str | None, str]:
        """Write the numbers of this segment among those of each collection whose items keep them."""
        out: dict[str | None, str] = {}
        for collection in dict.fromkeys(row.collection for row in rows if row.collection is not None):
            part = member_at(collection).part
            if part is not None and "segment_position" in members(part):
                out[collection] = f"s{len(out)}"
                items = f"o.{collection.removesuffix('[]')}"
                last = f"({items}[-1].segment_position or 0) + 1"
                self.code.emit(f"{out[collection]} = {last} if {items} else 1")
        return out

    def _triplets(self, rows: Sequence[Field]) -> None:
        """CAS: a group in the first element, then reason, amount and quantity, again and again."""
        code = self.code
        code.emit("for k in range(2, len(e), 3):")
        code.depth += 1
        code.emit("p = e[k:k + 3]")
        code.emit("if not ''.join(p).strip(): continue")
        target = self._item(rows[0])
        for row in rows:
            if row.last is None:
                self._value(row, target, f"e[{row.element}]", "''")
            else:
                with code.when(f"len(p) > {row.element - 2}"):
                    self._value(row, target, f"p[{row.element - 2}]", "''")
        code.depth -= 1


def _are_disjoint(tests: Sequence[tuple[int, frozenset[str]]]) -> bool:
    """Return whether tests look at one element and at most one of them can hold."""
    values = [value for _, known in tests for value in known]
    return len({element for element, _ in tests}) == 1 and len(set(values)) == len(values)


def _is_one_of(value: str, known: Iterable[str]) -> str:
    words: Sequence[str] = sorted(known)
    return f"{value} == {words[0]!r}" if len(words) == 1 else f"{value} in {set(words)!r}"
