"""Overlays: what changes a guide. Corrections of maps that are wrong, and the companion guides of payers.

An overlay names places as `docs/paths.md` does: `2010BA NM109`, `2300 REF02 (G1)`, `2400 SV101-2`, a whole
segment `2300 REF (G1)` or loop `2310B`; `*` is any loop, `HI01..12-2` and `SV101-3..6` are spans. The code in
brackets is one of the first element of the segment (of HL: of the third).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, model_validator

from scrubber.guides.formats import FORMATS
from scrubber.guides.model import Composite, Element, Guide, Loop, Segment, Usage
from scrubber.guides.qualify import with_qualifiers
from scrubber.packs.diagnostics import Diagnostic, PackErrors, closest, listing
from scrubber.packs.parse import parse
from scrubber.packs.shapes import SNAKE, Given, SchemaOne, Strict, Text, Whole, mistake
from scrubber.packs.yaml_marks import Document, Place

ANY_LOOP = "*"
#: The word for an element that is absent, in `format_by`.
ABSENT = "absent"
_HIERARCHY, _HIERARCHY_LEVEL = "HL", 3

_ADDRESS = re.compile(
    r"(?P<loop>\*|[0-9A-Z]{2,6})"
    r"(?: (?P<segment>[A-Z][A-Z0-9]{1,2}?)"
    r"(?:(?P<first>[0-9]{2})(?:\.\.(?P<last>[0-9]{2}))?(?:-(?P<part>[0-9]{1,2})(?:\.\.(?P<end>[0-9]{1,2}))?)?)?"
    r"(?: \((?P<codes>[A-Z0-9]+(?:, ?[A-Z0-9]+)*)\))?)?"
)
_HOW = "Write loop, segment, element, component: `2300 REF02 (G1)`, `2400 SV101-2`, `2310B`"

# --- the files ------------------------------------------------------------------------------------------


def _codes(value: Any) -> Any:
    if value == "any":
        return {"any": "true"}
    if isinstance(value, list):
        return {"set": value}
    return value


class CodesShape(Strict):
    """What becomes of a list of codes: set anew, longer, shorter. `any` lifts it."""

    set: Given[list[Text]] = None
    """Exactly these codes."""
    add: list[Text] = Field(default_factory=list)
    """These codes too."""
    remove: list[Text] = Field(default_factory=list)
    """Not these codes."""
    any: str | None = None
    """Any code."""

    @model_validator(mode="after")
    def _leaves_some(self) -> CodesShape:
        if self.set == []:
            raise mistake("No code would be right", remedy="List codes; what is not to be sent is `usage: N`")
        return self


class ChangeShape(Strict):
    """One change of one place, or of several that change alike."""

    at: Text | list[Text]
    """Loop, segment and element: `2300 REF02 (G1)`; in brackets the code that tells which one."""
    why: Given[Text] = None
    """Why, for whoever gets the finding."""
    references: list[Text] = Field(default_factory=list)
    """Who says so: keys of `sources.yaml`."""
    usage: Given[Usage] = None
    """Whether it must, may or must not be sent."""
    codes: Annotated[
        Given[CodesShape],
        BeforeValidator(_codes, json_schema_input_type=Literal["any"] | list[Text] | CodesShape),
    ] = None
    """The codes that may stand there."""
    least: Given[Whole] = None
    """At least so many characters."""
    most: Given[Whole] = None
    """At most so many characters."""
    repeat: Given[Whole | str] = None
    """How often it may stand there: a number, or `unlimited`."""
    format: Given[Text] = None
    """How the value is written."""
    format_by: dict[str, Text] = Field(default_factory=dict)
    """How the value is written, by the code that stands in the element `by`."""
    by: Given[Whole] = None
    """The element whose code decides the format."""

    @model_validator(mode="after")
    def _is_a_change(self) -> ChangeShape:
        if not self.at:
            raise mistake("`at` is an empty list", key="at", remedy="Name the places to change")
        told = self.model_fields_set - {"at", "why", "references"}
        if not told:
            raise mistake(
                "This changes nothing", key="at", remedy="Say what is different, such as `usage: R`"
            )
        for name in (*([self.format] if self.format else []), *self.format_by.values()):
            if name not in FORMATS:
                key = "format" if name == self.format else "format_by"
                raise mistake(
                    f"There is no format `{name}`",
                    key=key,
                    remedy=f"Known are {listing(sorted(FORMATS), limit=30)}",
                    suggestion=closest(name, FORMATS),
                )
        if self.repeat not in (None, "unlimited") and not (isinstance(self.repeat, int) and self.repeat > 0):
            raise mistake(
                f"`{self.repeat}` is no number of times",
                key="repeat",
                remedy="Write a number, or `unlimited`",
            )
        return self


class OverlayShape(Strict):
    """A file of corrections (`overlay`), or a payer's companion guide (`payer`)."""

    schema_: SchemaOne = Field(alias="schema")
    """The version of the rule language: 1."""
    overlay: Given[Annotated[str, Field(pattern=SNAKE)]] = None
    """The name of these corrections."""
    payer: Given[Annotated[str, Field(pattern=SNAKE)]] = None
    """The key of the payer whose companion guide this is."""
    title: Text
    """What it is, for people."""
    guides: list[Text] = Field(min_length=1)
    """The guides that it changes."""
    references: list[Text] = Field(default_factory=list)
    """Who says so: keys of `sources.yaml`."""
    changes: list[ChangeShape] = Field(min_length=1)
    """What is different."""

    @model_validator(mode="after")
    def _is_one_kind(self) -> OverlayShape:
        if (self.overlay is None) == (self.payer is None):
            raise mistake(
                "This is neither corrections nor a companion guide",
                remedy="Name it with `overlay:`, or bind it to a payer with `payer:`, not both",
            )
        return self


# --- the values -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """A place of a guide. No segment: the loop itself; `first` 0: the segment; `part` 0: the element."""

    loop: str
    segment: str = ""
    first: int = 0
    last: int = 0
    part: int = 0
    end: int = 0
    codes: frozenset[str] = frozenset()

    @property
    def is_span(self) -> bool:
        """True for several elements or components: those the guide does not use are passed over."""
        return self.last > self.first or self.end > self.part


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One change of one address, and where it is written. Identity is the place it is written at."""

    address: Address
    text: str
    shape: ChangeShape
    file: str
    line: int
    col: int

    def problem(self, message: str, remedy: str = "", suggestion: str | None = None) -> Diagnostic:
        """Return a diagnostic at the change."""
        return Diagnostic(self.file, self.line, self.col, message, remedy, suggestion)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Changes of the guides with these ids. `payer`: whose companion guide it is (its key), else ""."""

    name: str
    payer: str
    title: str
    guides: tuple[str, ...]
    changes: tuple[Change, ...]
    references: tuple[str, ...]
    document: Document

    def problem(self, place: Place, message: str, remedy: str, suggestion: str | None = None) -> Diagnostic:
        """Return a diagnostic at a value of the file."""
        return self.document.problem(self.document.marks.value(place), message, remedy, suggestion)


def read_overlay(raw: bytes, shown: str) -> tuple[Overlay | None, list[Diagnostic]]:
    """Return the overlay of a file, None with what is wrong with it."""
    shape, document = parse(raw, shown, OverlayShape, "An overlay")
    if shape is None:
        return None, document.problems
    changes = [change for i, each in enumerate(shape.changes) for change in _changes(each, i, document)]
    if document.problems:
        return None, document.problems
    cited = dict.fromkeys([*shape.references, *(key for each in shape.changes for key in each.references)])
    name, payer = shape.overlay or shape.payer or "", shape.payer or ""
    overlay = Overlay(name, payer, shape.title, tuple(shape.guides), tuple(changes), tuple(cited), document)
    return overlay, []


def misplaced(
    overlay: Overlay, payer: str | None, guides: Collection[str], cited: Collection[str] | None
) -> Iterator[Diagnostic]:
    """Yield what an overlay names that is not there: guides, sources, and the payer whose folder it is in.

    `payer` is "" for one of corrections/, which is for everybody, None for one of a payer whose key cannot be
    read. `cited` None leaves sources unchecked.
    """
    if overlay.payer != payer and not (payer is None and overlay.payer):
        bound = f"is bound to the payer `{overlay.payer}`" if overlay.payer else "is bound to no payer"
        remedy = "Write `overlay:` and its name" if payer == "" else f"Write `payer: {payer or 'its key'}`"
        place = ("payer" if overlay.payer else "overlay",)
        yield overlay.problem(place, f"This overlay {bound}", f"{remedy}, or move the file")
    for i, guide_id in enumerate(overlay.guides):
        if guide_id not in guides:
            message, remedy = f"There is no guide `{guide_id}`", f"There are {listing(sorted(guides))}"
            yield overlay.problem(("guides", i), message, remedy, closest(guide_id, guides))
    if cited is None:
        return
    for key in overlay.references:
        if key not in cited:
            message = f"There is no source `{key}`"
            yield overlay.problem(
                _cited_at(overlay, key), message, "Add it to sources.yaml", closest(key, cited)
            )


def _cited_at(overlay: Overlay, key: str) -> Place:
    """Return where an overlay cites a source first."""
    data: Any = overlay.document.data
    lists: list[tuple[Place, Any]] = [(("references",), data.get("references", []))]
    for i, change in enumerate(data["changes"]):
        lists.append((("changes", i, "references"), change.get("references", [])))
    return next((*place, keys.index(key)) for place, keys in lists if key in keys)


def _changes(shape: ChangeShape, index: int, document: Document) -> Iterator[Change]:
    texts = [shape.at] if isinstance(shape.at, str) else shape.at
    for i, text in enumerate(texts):
        place = ("changes", index, "at", *(() if isinstance(shape.at, str) else (i,)))
        mark = document.marks.value(place)
        address = parse_address(text)
        if address is None:
            document.problems.append(document.problem(mark, f"`{text}` is no place of a guide", _HOW))
        elif bad := _unfit(address, shape):
            document.problems.append(document.problem(mark, f"`{text}` {bad}"))
        else:
            yield Change(address, text, shape, document.file, mark.line, mark.col)


def parse_address(text: str) -> Address | None:
    """Return the place that a text names, None when it names none."""
    found = _ADDRESS.fullmatch(text)
    if found is None or (found["loop"] == ANY_LOOP and not found["segment"]):
        return None
    first, part = int(found["first"] or 0), int(found["part"] or 0)
    codes = frozenset(code.strip() for code in (found["codes"] or "").split(",") if code.strip())
    last, end = int(found["last"] or first), int(found["end"] or part)
    if last < first or end < part:
        return None
    return Address(found["loop"], found["segment"] or "", first, last, part, end, codes)


def _unfit(address: Address, shape: ChangeShape) -> str | None:
    """Return why a change does not go with the kind of place it names."""
    inner = shape.model_fields_set & {"codes", "least", "most", "format", "format_by", "by"}
    if inner and not address.first:
        kind = "a segment" if address.segment else "a loop"
        return f"is {kind}; {listing(sorted(inner))} is said of an element"
    return None


# --- applying them --------------------------------------------------------------------------------------


def apply(guide: Guide, overlay: Overlay) -> Guide:
    """Return the guide with the changes. Raises PackErrors when an address is not in it."""
    worker = _Worker(overlay.changes)
    top = worker.loop(guide.top)
    problems = [_not_found(guide, change) for change in overlay.changes if change not in worker.applied]
    if problems or worker.problems:
        raise PackErrors([*problems, *worker.problems])
    return replace(guide, top=with_qualifiers(top))


class _Worker:
    """Goes through a guide once and makes every change where it belongs."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._by_segment: dict[str, list[Change]] = {}
        self._by_loop: dict[str, list[Change]] = {}
        for change in changes:
            where = self._by_segment if change.address.segment else self._by_loop
            where.setdefault(change.address.segment or change.address.loop, []).append(change)
        self.applied: set[Change] = set()
        self.problems: list[Diagnostic] = []

    def loop(self, loop: Loop) -> Loop:
        """Return a loop, and all inside of it, changed."""
        children: list[Loop | Segment] = []
        for child in loop.children:
            children.append(self.loop(child) if isinstance(child, Loop) else self._segment(loop, child))
        if any(new is not old for new, old in zip(children, loop.children, strict=True)):
            loop = replace(loop, children=tuple(children))
        for change in self._by_loop.get(loop.id, ()):
            self.applied.add(change)
            loop = replace(loop, usage=change.shape.usage or loop.usage, most=_times(change, loop.most))
        return loop

    def _segment(self, loop: Loop, segment: Segment) -> Segment:
        for change in self._by_segment.get(segment.id, ()):
            address = change.address
            if address.loop in (ANY_LOOP, loop.id) and _is_meant(segment, address.codes):
                segment = self._changed(segment, change)
        return segment

    def _changed(self, segment: Segment, change: Change) -> Segment:
        address = change.address
        if not address.first:
            self.applied.add(change)
            return replace(
                segment, usage=change.shape.usage or segment.usage, most=_times(change, segment.most)
            )
        elements = list(segment.elements)
        for number in range(address.first, min(address.last, len(elements)) + 1):
            elements[number - 1] = self._element(elements[number - 1], change, len(elements))
        return replace(segment, elements=tuple(elements))

    def _element(self, spec: Element | Composite, change: Change, beside: int) -> Element | Composite:
        address, shape = change.address, change.shape
        if address.is_span and spec.usage == "N":
            return spec
        if not address.part:
            self.applied.add(change)
            if isinstance(spec, Element):
                return self._simple(spec, change, beside)
            if shape.usage in ("R", "S") and not spec.components:
                self._say(
                    change, "is a composite whose components the guide does not list: it cannot be used"
                )
            return replace(spec, usage=shape.usage or spec.usage, repeat=_times(change, spec.repeat))
        if isinstance(spec, Element):
            return spec
        parts = list(spec.components)
        for number in range(address.part, min(address.end, len(parts)) + 1):
            if not (address.is_span and parts[number - 1].usage == "N"):
                self.applied.add(change)
                parts[number - 1] = self._simple(parts[number - 1], change, len(parts))
        return replace(spec, components=tuple(parts))

    def _simple(self, spec: Element, change: Change, beside: int) -> Element:
        """Return an element changed; `beside` is how many there are, with itself."""
        shape = change.shape
        if shape.by is not None and not 0 < shape.by <= beside:
            self._say(change, f"has the elements 1 to {beside} beside it; `by: {shape.by}` is none of them")
        formats = {("" if code == ABSENT else code): name for code, name in shape.format_by.items()}
        least = spec.least if shape.least is None else shape.least
        most = spec.most if shape.most is None else shape.most
        if not spec.least <= least <= most <= spec.most:
            self._say(change, f"has {spec.least} to {spec.most} characters; a guide can only narrow that")
        return replace(
            spec,
            usage=shape.usage or spec.usage,
            least=least,
            most=most,
            codes=self._listed(spec, change),
            repeat=_times(change, spec.repeat),
            format=shape.format or spec.format,
            formats={**spec.formats, **formats} if formats else spec.formats,
            format_by=shape.by or spec.format_by,
        )

    def _listed(self, spec: Element, change: Change) -> frozenset[str] | None:
        shape = change.shape.codes
        if shape is None:
            return spec.codes
        if shape.any is not None:
            return None
        if shape.set is not None:
            return frozenset(shape.set)
        if spec.codes is None:  # any code is right already
            return None
        absent = [code for code in shape.remove if code not in spec.codes]
        if absent and change.address.loop != ANY_LOOP:
            near = closest(absent[0], spec.codes)
            self._say(change, f"does not list {listing(absent)}: nothing to remove", suggestion=near)
        return (spec.codes | set(shape.add)) - set(shape.remove)

    def _say(self, change: Change, what: str, suggestion: str | None = None) -> None:
        self.problems.append(change.problem(f"`{change.text}` {what}", "", suggestion))


def _times(change: Change, before: int) -> int:
    repeat = change.shape.repeat
    return before if repeat is None else 0 if repeat == "unlimited" else int(repeat)


def qualifying(segment: Segment) -> frozenset[str]:
    """Return the codes that a segment of a guide goes by: those of its first element, of HL its third."""
    number = _HIERARCHY_LEVEL if segment.id == _HIERARCHY else 1
    spec: Element | Composite = segment.elements[number - 1]
    if isinstance(spec, Composite):
        if not spec.components:
            return frozenset()
        spec = spec.components[0]
    return spec.codes or frozenset()


def _is_meant(segment: Segment, codes: frozenset[str]) -> bool:
    return not codes or bool(codes & qualifying(segment))


def _not_found(guide: Guide, change: Change) -> Diagnostic:
    """Say which part of an address is not in the guide, and what was probably meant."""
    address = change.address
    by_loop: dict[str, list[Segment]] = {guide.top.id: []}
    for loop, segment in guide.top.segments():
        by_loop.setdefault(loop.id, []).append(segment)
    where = f"in guide {guide.id}"
    if address.loop != ANY_LOOP and address.loop not in by_loop:
        return change.problem(
            f"There is no loop `{address.loop}` {where}", "", _instead(change.text, address.loop, by_loop)
        )
    here = [s for loop, found in by_loop.items() if address.loop in (ANY_LOOP, loop) for s in found]
    named = [s for s in here if s.id == address.segment]
    inside = where if address.loop == ANY_LOOP else f"in loop {address.loop} of guide {guide.id}"
    if not named:
        ids = {s.id for s in here}
        return change.problem(
            f"There is no segment `{address.segment}` {inside}",
            f"There are {listing(sorted(ids), limit=20)}",
            _instead(change.text, address.segment, ids),
        )
    meant = [s for s in named if _is_meant(s, address.codes)]
    if not meant:
        known = sorted({code for s in named for code in qualifying(s)})
        shown = ", ".join(sorted(address.codes))
        return change.problem(
            f"No `{address.segment}` {inside} goes by `{shown}`",
            f"There are {listing(known, limit=20)}",
            _instead(change.text, shown, known),
        )
    return change.problem(_no_element(address, meant, inside), _HOW)


def _no_element(address: Address, meant: Sequence[Segment], inside: str) -> str:
    most = max(len(segment.elements) for segment in meant)
    if address.first > most:
        return f"`{address.segment}` {inside} has {most} elements; there is no {address.first:02}"
    spec = meant[0].elements[address.first - 1]
    name = f"`{address.segment}{address.first:02}`"
    if isinstance(spec, Element):
        return f"{name} {inside} is no composite: it has no component {address.part}"
    return f"{name} {inside} has {len(spec.components)} components; there is no {address.part}"


def _instead(text: str, wrong: str, known: Mapping[str, Any] | Sequence[str] | set[str]) -> str | None:
    near = closest(wrong, cast("Sequence[str]", list(known)))
    return text.replace(wrong, near, 1) if near is not None else None
