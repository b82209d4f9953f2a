"""One row of the field table: where a claim path stands in X12. And the rows that many loops share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal["code", "text", "name", "id", "npi", "phone", "amount", "quantity", "number", "date"]
#: Kinds of what a path may name: values of the table, parts of the claim, and yes or no.
PathKind = Literal[
    "object", "flag", "code", "text", "name", "id", "npi", "phone", "amount", "quantity", "number", "date"
]
#: What makes an item of a collection inside a loop: a segment, one composite of it, or three elements of it.
Each = Literal["segment", "composite", "triplet"]
#: A piece of a value that has several: the ends of a date span, the date and the hour of a date and time.
Part = Literal["from", "through", "date", "hour"]


@dataclass(frozen=True, slots=True)
class Field:
    """One place of one path.

    `element` and `component` count from 1; `last` is the last component (or element, when there is no
    component) of a list; a list without `last` has one member a segment. `where` is (element, values): the
    qualifier that the segment must carry, or for `each` composite the qualifier in its first component.
    `payer` asks whether REF04 names another payer. `part` picks a piece of a date. `words` are the model's
    words for X12 codes, None for a code that does not say the value. `code` asks for certain codes in
    component 2 of a composite. `owner` is the part of the claim that the loop fills. `required`: the guide
    demands the value, so a rule may compare it without a `when`.
    """

    path: str
    kind: Kind
    loop: str
    segment: str
    element: int
    component: int | None = None
    last: int | None = None
    where: tuple[int, frozenset[str]] | None = None
    payer: Literal["this", "other"] | None = None
    part: Part | None = None
    each: Each = "segment"
    words: Mapping[str, str | None] | None = field(default=None, hash=False)
    code: frozenset[str] | None = None
    owner: str = ""
    form: str | None = None
    required: bool = False

    @property
    def relative(self) -> str:
        """The path below the object that the loop fills."""
        return self.path.removeprefix(self.owner + ".") if self.owner else self.path

    @property
    def collection(self) -> str | None:
        """The path of the collection whose items the segment makes, if it makes any."""
        below = self.relative
        end = below.find("[].")
        return self.path[: len(self.path) - len(below) + end + 2] if end >= 0 else None

    @property
    def place(self) -> str:
        """The place as people write it: `2300 REF02 (G1)`, `2400 SV101-3..6`."""
        out = f"{self.loop} {self.segment}"
        if self.each == "composite":
            out += f"-{self.component}"
        elif self.each == "triplet":
            out += f"{self.element:02}" + (f"..{self.last:02} by threes" if self.last else "")
        else:
            out += f"{self.element:02}"
            if self.component is not None:
                out += f"-{self.component}" + (f"..{self.last}" if self.last else "")
            elif self.last is not None and self.last != self.element:
                out += f"..{self.last:02}"
        notes = []
        if self.where is not None and self.where[0] != (0 if self.each == "composite" else self.element):
            notes.append(", ".join(sorted(self.where[1])))
        if self.payer is not None:
            notes.append("with 2U" if self.payer == "other" else "without 2U")
        if self.code is not None:
            notes.append("codes " + ", ".join(sorted(self.code)))
        return f"{out} ({'; '.join(notes)})" if notes else out


def rows(loop: str, segment: str, *fields: Field) -> list[Field]:
    """Put rows into a segment of a loop."""
    return [replace(field, loop=loop, segment=segment) for field in fields]


def f(path: str, kind: Kind, element: int, component: int | None = None, **rest: Any) -> Field:
    """Make a row that has no loop and segment yet; `where` is (element, "A|B")."""
    if "where" in rest:
        at, values = rest["where"]
        rest["where"] = (at, frozenset(values.split("|")))
    return Field(path, kind, "", "", element, component, **rest)


def qualified(loop: str, segment: str, kind: Kind, element: int, names: Mapping[str, str]) -> list[Field]:
    """Rows of segments that differ by the qualifier in their first element: qualifier → path."""
    return rows(loop, segment, *(f(path, kind, element, where=(1, q)) for q, path in names.items()))


def name(prefix: str, loop: str, *, person: bool = True, npi: bool = True) -> list[Field]:
    """NM1: entity type, name, and NPI where the loop has one."""
    out = [f(f"{prefix}.entity_type", "code", 2), f(f"{prefix}.last_name", "name", 3)]
    if person:
        out += [
            f(f"{prefix}.first_name", "name", 4),
            f(f"{prefix}.middle_name", "name", 5),
            f(f"{prefix}.suffix", "name", 7),
        ]
    if npi:
        out.append(f(f"{prefix}.npi", "npi", 9, where=(8, "XX")))
    return rows(loop, "NM1", *out)


def address(prefix: str, loop: str) -> list[Field]:
    """N3 and N4."""
    return [
        *rows(loop, "N3", f(f"{prefix}.lines[]", "text", 1, last=2)),
        *rows(
            loop,
            "N4",
            f(f"{prefix}.city", "text", 1),
            f(f"{prefix}.state", "code", 2),
            f(f"{prefix}.zip", "code", 3),
            f(f"{prefix}.country", "code", 4),
            f(f"{prefix}.subdivision", "code", 7),
        ),
    ]


#: A PER's numbers: qualifier → (path, kind, elements it may stand at).
_NUMBERS: Mapping[str, tuple[str, Kind, tuple[int, ...]]] = {
    "TE": ("phone", "phone", (4, 6, 8)),
    "EX": ("phone_extension", "text", (6, 8)),  # always after a number
    "FX": ("fax", "phone", (4, 6, 8)),
    "EM": ("email", "text", (4, 6, 8)),
}


def contact(prefix: str, loop: str) -> list[Field]:
    """PER: a name, and up to three numbers that say what they are. The first of each counts."""
    out = [f(f"{prefix}.contact_name", "name", 2)]
    for qualifier, (path, kind, elements) in _NUMBERS.items():
        out += [f(f"{prefix}.{path}", kind, at, where=(at - 1, qualifier)) for at in elements]
    return rows(loop, "PER", *out)


def phone_contact(prefix: str, loop: str) -> list[Field]:
    """PER of loops that take nothing but a telephone and its extension."""
    return rows(
        loop,
        "PER",
        f(f"{prefix}.contact_name", "name", 2),
        f(f"{prefix}.phone", "phone", 4, where=(3, "TE")),
        f(f"{prefix}.phone_extension", "text", 6, where=(5, "EX")),
    )


def secondary_ids(prefix: str, loop: str, qualifiers: str, *, payer: bool = False) -> list[Field]:
    """REF that repeats with different qualifiers; with `payer`, REF04 may say whose number it is."""
    where = (1, qualifiers)
    out = [
        f(f"{prefix}.secondary_ids[].qualifier", "code", 1, where=where),
        f(f"{prefix}.secondary_ids[].id", "id", 2, where=where),
    ]
    if payer:
        out.append(f(f"{prefix}.secondary_ids[].payer_id", "id", 4, 2, where=where))
    return rows(loop, "REF", *out)


def provider(
    path: str,
    loop: str,
    ids: str = "",
    *,
    person: bool = True,
    taxonomy: bool = False,
    places: bool = False,
    payer: bool = False,
) -> list[Field]:
    """The NM1, PRV, N3, N4 and REF of a provider loop; `ids` are its REF qualifiers."""
    out = name(path, loop, person=person)
    if taxonomy:
        out += rows(loop, "PRV", f(f"{path}.taxonomy", "code", 3))
    if places:
        out += address(f"{path}.address", loop)
    if ids:
        out += secondary_ids(path, loop, ids, payer=payer)
    return owned(path, out)


def owned(owner: str, fields: Iterable[Field]) -> list[Field]:
    """Rows of a loop that fills a part of the claim."""
    return [replace(field, owner=owner) for field in fields]
