"""Reads one guide in YAML into the values of `scrubber.guides.model`; notes every mistake with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast, get_args

from scrubber.guides.formats import FORMATS, formats_by_code
from scrubber.guides.maps import data_elements, external_codes
from scrubber.guides.model import Composite, Element, Guide, Loop, Segment, Usage
from scrubber.guides.qualify import with_qualifiers
from scrubber.packs.diagnostics import closest, listing
from scrubber.packs.guide_structure import SEGMENTS, Structure
from scrubber.packs.yaml_marks import Document, Place

_LOOP_KEYS = ("name", "usage", "repeat", "children")
_AGAIN_KEYS = ("same_as", "usage")
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
_COUNT = re.compile(r"[1-9][0-9]{0,8}")


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
        for key in ("schema", "guide", "transaction", "name", "loop"):
            if key not in data:
                self._say((), f"The guide has no `{key}`", f"Add `{key}:`")
        schema, guide_id, transaction, name = (
            self._text((), data, key, "") for key in ("schema", "guide", "transaction", "name")
        )
        if schema not in ("", "1"):
            self._say(("schema",), f"This version reads schema 1, not {schema}", "Write `schema: 1`")
        top = self._top(data)
        ids = (guide_id, *self._texts((), data, "aliases"))
        if self.document.problems or top is None:
            return None
        return Guide(guide_id, ids, transaction, name, with_qualifiers(top))

    def _top(self, data: Mapping[str, Any]) -> Loop | None:
        """Return the outermost loop, None when there are mistakes."""
        body = data.get("loop")
        if isinstance(body, dict) and len(body) == 1:
            ((name, inner),) = body.items()
            top = self._node(("loop", name), name, inner, 0, "")
            if not isinstance(top, Segment):
                return top
        if "loop" in data:
            self._say(("loop",), "`loop` is the outermost loop: one name, with what is in it", "Write `ISA:`")
        return None

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

    def _text(self, place: Place, body: Mapping[str, Any], key: str, default: str) -> str:
        """Return a text, "" when something else stands there."""
        if key not in body:
            return default
        value = body[key]
        return value if self._is_text((*place, key), value, f"`{key}`") else ""

    def _is_text(self, place: Place, value: Any, what: str) -> bool:
        """Return whether a value is a text that says something; if not, note the mistake."""
        if value in (None, ""):
            self._say(place, f"{what} is empty", "Give it a value")
        elif not isinstance(value, str):
            found = "list" if isinstance(value, list) else "mapping"
            opening = "[" if isinstance(value, list) else "{"
            message = f"{what} is a text; here is a {found}"
            self._say(place, message, f"A text that begins with `{opening}` needs quotes")
        return isinstance(value, str) and value != ""

    def _texts(self, place: Place, body: Mapping[str, Any], key: str) -> list[str]:
        """Return the texts of a list, none when there is no list."""
        items = enumerate(self._list(place, body, key))
        return [
            text for i, text in items if self._is_text((*place, key, i), text, f"Item {i + 1} of `{key}`")
        ]

    def _list(self, place: Place, body: Mapping[str, Any], key: str) -> list[Any]:
        """Return a list, empty when there is none."""
        value = body.get(key, [])
        if isinstance(value, list):
            return value
        if value is None:
            self._say((*place, key), f"`{key}` is empty", "Give it a value, or remove the key")
            return []
        remedy = f'Write `{key}: ["{value}"]`' if isinstance(value, str) else "Put `- ` before each item"
        self._say((*place, key), f"`{key}` is a list", remedy)
        return []

    def _mapping(self, place: Place, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return a mapping, empty when there is none."""
        value = body.get(key, {})
        if isinstance(value, dict):
            return value
        if value is None:
            self._say((*place, key), f"`{key}` is empty", "Give it a value, or remove the key")
            return {}
        self._say((*place, key), f"`{key}` is a mapping of keys", "Write `{key: value}`")
        return {}

    def _node(self, place: Place, name: str, body: Any, position: int, path: str) -> Loop | Segment | None:
        """Return a loop or a segment; `path` is that of the loops around it."""
        if not isinstance(body, dict):
            self._say(place, f"`{name}` is neither a loop nor a segment", "Give it `children` or `elements`")
            return None
        if "same_as" in body:
            self._known(place, body, _AGAIN_KEYS)
            same = self._text(place, body, "same_as", "")
            found = self.loops.get(same)
            if found is None:
                if same:
                    message = f"There is no loop `{same}` before this"
                    self._say((*place, "same_as"), message, "", closest(same, self.loops))
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
        if key not in body and default is not None:
            return default
        value = body.get(key)
        if value == "unlimited":
            return 0
        if isinstance(value, str) and _COUNT.fullmatch(value):
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
        loop = Loop(name, self._text(place, body, "name", name), usage, position, most, tuple(children))
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
        if body.get("checked", "true") not in ("true", "false"):
            self._say((*place, "checked"), "`checked` is `true` or `false`", "Write `checked: false`")
        if body.get("source") == []:
            self._say((*place, "source"), "`source` is an empty list", "Name one, or write `checked: false`")
        for i, key in enumerate(self._texts(place, body, "source")):
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
        keys = [f"{i:02}" for i in range(1, len(numbers) + 1)]
        what = f"`{name}` has the elements 01 to {keys[-1]}"
        self._listed((*place, "elements"), listed, keys, what)
        elements: list[Element | Composite] = []
        for key, number in zip(keys, numbers, strict=True):
            before = elements[-1] if elements else None
            here = (*place, "elements", key)
            if number in self.structure.composites:
                elements.append(self._composite(here, number, listed.get(key)))
            else:
                elements.append(self._simple(here, number, listed.get(key), before, len(keys)))
        usage, most = self._usage(place, body), self._count(place, body, "max", 1)
        title, relations = self._text(place, body, "name", name), self.structure.relations[name]
        return Segment(name, title, usage, position, most, tuple(elements), relations)

    def _listed(self, place: Place, listed: Mapping[str, Any], keys: Sequence[str], what: str) -> None:
        """Note elements or components that are not there, and those of which nothing is said."""
        for key, body in listed.items():
            if key not in keys:
                near = next((k for k in keys if k.lstrip("0") == key.lstrip("0")), None)
                self._say((*place, key), f"{what}; `{key}` is none of them", "", near)
            elif body is None:
                remedy = "Write `R: what it is` or `S: what it is`, or remove the key: then it is not used"
                self._say((*place, key), f"`{key}` is empty", remedy)

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
        return cast(Usage, given[0]), self._text(place, body, given[0], "?")

    def _composite(self, place: Place, number: str, body: Any) -> Composite:
        usage, name = self._named(place, body)
        listed = self._mapping(place, body, "components") if isinstance(body, dict) else {}
        numbers = self.structure.composites[number]
        if usage != "N" and not listed:
            self._say(place, f"`{number}` is a composite; its components are not listed", "Add `components:`")
        keys = [str(i) for i in range(1, len(numbers) + 1)]
        self._listed((*place, "components"), listed, keys, f"`{number}` has {len(numbers)} components")
        components: list[Element] = []
        for key, inner in zip(keys, numbers, strict=True):
            before = components[-1] if components else None
            here = (*place, "components", key)
            components.append(self._simple(here, inner, listed.get(key), before, len(keys)))
        repeat = self._count(place, body, "repeat", 1) if isinstance(body, dict) else 1
        return Composite(name, usage, number, tuple(components), repeat)

    def _simple(
        self, place: Place, number: str, body: Any, before: Element | Composite | None, beside: int
    ) -> Element:
        """Return an element; `beside` is how many there are, with itself."""
        usage, name = self._named(place, body)
        kind, least, most = data_elements().get(number, ("AN", 1, 80))
        spec = body if isinstance(body, dict) else {}
        listed = self._mapping(place, spec, "formats")
        formats = formats_by_code(number, before)
        formats |= {code: self._format((*place, "formats"), listed, code) for code in listed}
        by = self._count(place, spec, "format_by", 0)
        if by > beside:
            self._say((*place, "format_by"), f"`format_by` is an element beside it: 1 to {beside}")
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
            self._format(place, spec, "format") or None,
            formats,
            by or None,
        )

    def _format(self, place: Place, body: Mapping[str, Any], key: str) -> str:
        """Return the format that stands under a key, "" when there is none."""
        format = self._text(place, body, key, "")
        if format and format not in FORMATS:
            remedy = f"Known are {listing(sorted(FORMATS), limit=30)}"
            self._say((*place, key), f"There is no format `{format}`", remedy, closest(format, FORMATS))
        return format

    def _codes(self, place: Place, spec: Mapping[str, Any]) -> frozenset[str] | None:
        codes = set(self._texts(place, spec, "codes"))
        if spec.get("codes") == []:
            self._say((*place, "codes"), "`codes` is an empty list", "List codes, or remove the key")
        listed = self._text(place, spec, "codes_from", "")
        if listed:
            known = external_codes()
            if listed not in known:
                message, remedy = (
                    f"There is no list of codes `{listed}`",
                    f"Known are {listing(sorted(known))}",
                )
                self._say((*place, "codes_from"), message, remedy, closest(listed, known))
            codes |= known.get(listed, frozenset())
        return frozenset(codes) or None
