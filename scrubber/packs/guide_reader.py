"""Reads one guide in YAML into the values of `scrubber.guides.model`; notes every mistake with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast, get_args

from scrubber.guides.formats import FORMATS, formats_by_code
from scrubber.guides.maps import data_elements, external_codes
from scrubber.guides.model import Composite, Element, Guide, Loop, Segment, Usage
from scrubber.guides.qualify import with_qualifiers
from scrubber.packs.diagnostics import closest, listing
from scrubber.packs.guide_structure import SEGMENTS, Structure
from scrubber.packs.yaml_marks import Document, Place

_LOOP_KEYS = ("name", "usage", "repeat", "children", "same_as")
_SEGMENT_KEYS = ("name", "usage", "max", "elements", "source", "checked")
_ELEMENT_KEYS = (
    "R",
    "S",
    "codes",
    "codes_from",
    "least",
    "most",
    "repeat",
    "format",
    "formats",
    "format_by",
    "components",
)


@dataclass(slots=True)
class GuideReader:
    """Reads one guide; mistakes go into the document."""

    document: Document
    structure: Structure
    #: The sources that may be cited; None leaves them unchecked.
    sources: Collection[str] | None = None
    loops: dict[str, Loop] = field(default_factory=dict)

    def guide(self) -> Guide | None:
        """Return the guide, None when there are mistakes."""
        data = self.document.data
        if not isinstance(data, dict):
            if not self.document.problems:
                self._say((), "A guide is a mapping of keys", "Compare it with a shipped one")
            return None
        self._known((), data, ("schema", "guide", "aliases", "transaction", "name", "loop"))
        if data.get("schema", "1") != "1":
            self._say(("schema",), f"This version reads schema 1, not {data['schema']}", "Write `schema: 1`")
        for key in ("schema", "guide", "transaction", "name", "loop"):
            if key not in data:
                self._say((), f"The guide has no `{key}`", f"Add `{key}:`")
        body = data.get("loop")
        top = None
        if isinstance(body, dict) and len(body) == 1:
            ((name, inner),) = body.items()
            top = self._node(("loop", name), name, inner, 0, "")
        elif "loop" in data:
            self._say(("loop",), "`loop` is the outermost loop: one name, with what is in it", "Write `ISA:`")
        ids = (str(data.get("guide")), *map(str, self._list((), data, "aliases")))
        if self.document.problems or not isinstance(top, Loop):
            return None
        return Guide(ids[0], ids, str(data["transaction"]), str(data["name"]), with_qualifiers(top))

    def _say(self, place: Place, message: str, remedy: str = "", suggestion: str | None = None) -> None:
        mark = self.document.marks.value(place)
        self.document.problems.append(self.document.problem(mark, message, remedy, suggestion))

    def _known(self, place: Place, body: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        for key in body:
            if key not in keys:
                mark = self.document.marks.key((*place, key))
                message, remedy = f"There is no key `{key}` here", f"Known are {listing(keys)}"
                problem = self.document.problem(mark, message, remedy, closest(key, keys))
                self.document.problems.append(problem)

    def _list(self, place: Place, body: Mapping[str, Any], key: str) -> list[Any]:
        """Return a list, empty when there is none."""
        value = body.get(key, [])
        if isinstance(value, list):
            return value
        remedy = f'Write `{key}: ["{value}"]`' if isinstance(value, str) else "Put `- ` before each item"
        self._say((*place, key), f"`{key}` is a list", remedy)
        return []

    def _mapping(self, place: Place, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return a mapping, empty when there is none."""
        value = body.get(key, {})
        if isinstance(value, dict):
            return value
        self._say((*place, key), f"`{key}` is a mapping of keys", "Write `{key: value}`")
        return {}

    def _node(self, place: Place, name: str, body: Any, position: int, path: str) -> Loop | Segment | None:
        """Return a loop or a segment; `path` is that of the loops around it."""
        if not isinstance(body, dict):
            self._say(place, f"`{name}` is neither a loop nor a segment", "Give it `children` or `elements`")
            return None
        if "same_as" in body:
            found = self.loops.get(str(body["same_as"]))
            if found is None:
                self._say(
                    (*place, "same_as"),
                    f"There is no loop `{body['same_as']}` before this",
                    "",
                    closest(str(body["same_as"]), self.loops),
                )
                return None
            usage = self._usage(place, body) if "usage" in body else found.usage
            return replace(found, position=position, usage=usage)
        if "children" in body:
            return self._loop(place, name, body, position, path)
        if "elements" in body:
            return self._segment(place, name, body, position)
        self._say(place, f"`{name}` is neither a loop nor a segment", "Give it `children` or `elements`")
        return None

    def _usage(self, place: Place, body: Mapping[str, Any]) -> Usage:
        usage = body.get("usage")
        if usage in get_args(Usage):
            return cast(Usage, usage)
        self._say(
            (*place, "usage") if "usage" in body else place,
            "`usage` is R, S or N",
            "Say whether it is required, situational or not used",
        )
        return "S"

    def _count(self, place: Place, body: Mapping[str, Any], key: str, default: int | None = None) -> int:
        """Return a number, 0 for `unlimited`."""
        value = body.get(key)
        if value is None and default is not None:
            return default
        if value == "unlimited":
            return 0
        if isinstance(value, str) and value.isdigit() and int(value) > 0:
            return int(value)
        self._say(
            (*place, key) if key in body else place,
            f"`{key}` is a number from 1 on, or `unlimited`",
            f"Write `{key}: 1`",
        )
        return 1

    def _loop(self, place: Place, name: str, body: dict[str, Any], position: int, path: str) -> Loop:
        self._known(place, body, _LOOP_KEYS)
        inner = f"{path}/{name}".lstrip("/")
        children: list[Loop | Segment] = []
        items = self._list(place, body, "children")
        for at, (child_place, child_name, child) in self._children((*place, "children"), items):
            node = self._node(child_place, child_name, child, at, inner)
            if node is not None:
                children.append(node)
        if not children or not isinstance(children[0], Segment):
            self._say(
                place,
                f"The loop `{name}` does not begin with a segment",
                "Put the segment that opens it first",
            )
        usage, most = self._usage(place, body), self._count(place, body, "repeat")
        loop = Loop(name, str(body.get("name", name)), usage, position, most, tuple(children))
        parent = path.rpartition("/")[2]
        self.loops[f"{parent}/{name}" if parent else name] = loop
        return loop

    def _children(self, place: Place, items: list[Any]) -> Iterator[tuple[int, tuple[Place, str, Any]]]:
        """Yield children with their position: those of one `any_order` share it."""
        for at, item in enumerate(items):
            here = (*place, at)
            if not isinstance(item, dict) or len(item) != 1:
                self._say(here, "A child is one name with what is in it", "Write `- NM1:` and its keys below")
                continue
            ((name, body),) = item.items()
            if name != "any_order":
                yield at, ((*here, name), name, body)
                continue
            for i, inner in enumerate(self._list(here, item, name)):
                if isinstance(inner, dict) and len(inner) == 1:
                    ((inner_name, inner_body),) = inner.items()
                    yield at, ((*here, name, i, inner_name), inner_name, inner_body)
                else:
                    self._say((*here, name, i), "A child is one name with what is in it")

    def _segment(self, place: Place, name: str, body: dict[str, Any], position: int) -> Segment | None:
        self._known(place, body, _SEGMENT_KEYS)
        for i, key in enumerate(self._list(place, body, "source")):
            if self.sources is not None and key not in self.sources:
                message = f"There is no source `{key}`"
                self._say(
                    (*place, "source", i), message, "Add it to sources.yaml", closest(key, self.sources)
                )
        numbers = self.structure.segments.get(name)
        if numbers is None:
            self._say(
                place,
                f"There is no segment `{name}` in {SEGMENTS}",
                "",
                closest(name, self.structure.segments),
            )
            return None
        listed = self._mapping(place, body, "elements")
        for key in listed:
            if not (key.isdigit() and 0 < int(key) <= len(numbers)):
                self._say(
                    (*place, "elements", key),
                    f"`{name}` has the elements 01 to {len(numbers):02}; `{key}` is none of them",
                )
        elements: list[Element | Composite] = []
        for i, number in enumerate(numbers, 1):
            key = f"{i:02}"
            before = elements[-1] if elements else None
            elements.append(self._element((*place, "elements", key), number, listed.get(key), before))
        usage, most = self._usage(place, body), self._count(place, body, "max", 1)
        title, relations = str(body.get("name", name)), self.structure.relations[name]
        return Segment(name, title, usage, position, most, tuple(elements), relations)

    def _element(
        self, place: Place, number: str, body: Any, before: Element | Composite | None
    ) -> Element | Composite:
        if number in self.structure.composites:
            return self._composite(place, number, body)
        return self._simple(place, number, body, before)

    def _named(self, place: Place, body: Any) -> tuple[Usage, str]:
        """Return usage and name of an element; what is not listed is not used."""
        if body is None:
            return "N", "not used"
        if not isinstance(body, dict):
            self._say(
                place, "An element is a mapping: `{R: what it is}`", "Write R for required, S for situational"
            )
            return "S", "?"
        self._known(place, body, _ELEMENT_KEYS)
        given = [key for key in ("R", "S") if key in body]
        if len(given) != 1:
            self._say(place, "An element is either R or S", "Write `R: what it is` or `S: what it is`")
            return "S", "?"
        return cast(Usage, given[0]), str(body[given[0]])

    def _composite(self, place: Place, number: str, body: Any) -> Composite:
        usage, name = self._named(place, body)
        listed = self._mapping(place, body, "components") if isinstance(body, dict) else {}
        numbers = self.structure.composites[number]
        if usage != "N" and not listed:
            self._say(place, f"`{number}` is a composite; its components are not listed", "Add `components:`")
        for key in listed:
            if not (key.isdigit() and 0 < int(key) <= len(numbers)):
                self._say(
                    (*place, "components", key),
                    f"`{number}` has {len(numbers)} components; `{key}` is none of them",
                )
        components: list[Element] = []
        for i, inner in enumerate(numbers, 1):
            before = components[-1] if components else None
            components.append(self._simple((*place, "components", str(i)), inner, listed.get(str(i)), before))
        repeat = self._count(place, body, "repeat", 1) if isinstance(body, dict) else 1
        return Composite(name, usage, number, tuple(components), repeat)

    def _simple(self, place: Place, number: str, body: Any, before: Element | Composite | None) -> Element:
        usage, name = self._named(place, body)
        kind, least, most = data_elements().get(number, ("AN", 1, 80))
        spec = body if isinstance(body, dict) else {}
        formats = {str(k): str(v) for k, v in self._mapping(place, spec, "formats").items()}
        for format in (*formats.values(), *([spec["format"]] if "format" in spec else [])):
            if format not in FORMATS:
                self._say(
                    place,
                    f"There is no format `{format}`",
                    f"Known are {listing(sorted(FORMATS), limit=30)}",
                    closest(str(format), FORMATS),
                )
        formats = formats_by_code(number, before) | formats
        by = self._count(place, spec, "format_by", 0)
        shortest, longest = self._count(place, spec, "least", least), self._count(place, spec, "most", most)
        if not least <= shortest <= longest <= most:
            message = f"Data element {number} has {least} to {most} characters; a guide can only narrow that"
            self._say(place, message, "Mend `least` or `most`")
        return Element(
            name,
            usage,
            number,
            kind,
            shortest,
            longest,
            self._codes(place, spec),
            self._count(place, spec, "repeat", 1),
            spec.get("format"),
            {code: name for code, name in formats.items() if name in FORMATS},
            by or None,
        )

    def _codes(self, place: Place, spec: Mapping[str, Any]) -> frozenset[str] | None:
        codes = {str(code) for code in self._list(place, spec, "codes")}
        listed = spec.get("codes_from")
        if listed is not None:
            known = external_codes()
            if listed not in known:
                self._say(
                    (*place, "codes_from"),
                    f"There is no list of codes `{listed}`",
                    f"Known are {listing(sorted(known))}",
                    closest(str(listed), known),
                )
            codes |= known.get(str(listed), frozenset())
        return frozenset(codes) or None
