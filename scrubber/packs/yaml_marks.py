"""Reads one YAML file as plain text values, and remembers where each of them stands.

YAML's own typing is a trap for codes (`00100` is 64, `NO` is False, `12:30` is 750), so every scalar stays
text and the schema gives it its type; only a bare `null`, `~` or nothing is None. What makes a rule hard
to read or unsafe to load is refused: tags, anchors, aliases, merge keys, duplicate keys, tabs, several
documents in one file, very large or very deep files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from scrubber.packs.diagnostics import Diagnostic
from scrubber.packs.yaml_hints import split_lines, syntax_problem
from scrubber.packs.yaml_quoting import has_lost_quote, in_quotes

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: the same result, slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_BYTES = 1_000_000
MAX_DEPTH = 40

#: A place in a file: the keys and list positions that lead to it, `('require', 'any', 0, 'field')`.
Place = tuple[str | int, ...]
Data = dict[str, Any] | list[Any] | str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A line and a column, both from 1."""

    line: int
    col: int


@dataclass(slots=True)
class Marks:
    """Where the keys and values of one file stand. Asking for an unknown place gives its nearest parent.

    `keys` and `values` hold the parser's own events; lines and columns are only worked out when asked for,
    because most files have no mistakes.
    """

    lines: list[str]
    keys: dict[Place, yaml.Event] = field(default_factory=dict)
    values: dict[Place, yaml.Event] = field(default_factory=dict)
    #: Keys without a colon inside braces (`{message: a, b}`): usually a comma in unquoted text.
    bare: set[Place] = field(default_factory=set)

    def key(self, place: Place) -> Mark:
        """Return where the key at this place stands (for a list item: where the item begins)."""
        while place:
            event = self.keys.get(place) or self.values.get(place)
            if event is not None:
                return _mark(event.start_mark)
            place = place[:-1]
        return Mark(1, 1)

    def value(self, place: Place) -> Mark:
        """Return where the value at this place begins."""
        while place and place not in self.values:
            place = place[:-1]
        event = self.values.get(place)
        return Mark(1, 1) if event is None else _mark(event.start_mark)

    def rest(self, mark: Mark) -> str:
        """Return what stands on a line from a mark on."""
        return self.lines[mark.line - 1][mark.col - 1 :]

    def inside(self, place: Place, text: str, nth: int = 0) -> Mark:
        """Return where `text` stands for the nth time (from 0) in the scalar at a place, else its start."""
        event = self.values.get(place)
        if event is None:
            return self.value(place)
        start, end = _mark(event.start_mark), _mark(event.end_mark)
        col = start.col - 1
        for number in range(start.line, min(end.line, len(self.lines)) + 1):
            line = self.lines[number - 1]
            line = line[: end.col - 1] if number == end.line else line
            while (found := line.find(text, col)) >= 0:
                if nth == 0:
                    return Mark(number, found + 1)
                nth -= 1
                col = found + 1
            col = 0
        return start


@dataclass(slots=True)
class Document:
    """One file as it was read. `complete` is False when its data must not be used."""

    file: str
    data: Data
    marks: Marks
    problems: list[Diagnostic]
    complete: bool

    def problem(
        self, mark: Mark, message: str, remedy: str = "", suggestion: str | None = None
    ) -> Diagnostic:
        """Return a diagnostic at a place of this file."""
        return Diagnostic(self.file, mark.line, mark.col, message, remedy, suggestion)


def read_yaml(raw: bytes, file: str) -> Document:
    """Return the data and marks of one YAML file; mistakes are in `problems`, nothing is raised.

    `file` is the name shown in diagnostics. With a duplicate key the first one counts and the data can
    still be checked; any other mistake leaves `complete` False and the data empty.
    """
    document = Document(file, None, Marks([]), [], False)
    text = _text(raw, document)
    if text is None:
        return document
    document.marks.lines = split_lines(text)
    reader = _Reader(document)
    try:
        reader.read(text)
    except yaml.YAMLError as error:
        document.problems.append(syntax_problem(error, text, file, reader.last_scalar, reader.last_open))
    except _StopReading:
        pass
    else:
        document.complete = not reader.refused
    if not document.complete:
        document.data = None
    return document


def _text(raw: bytes, document: Document) -> str | None:
    """Return the file's text, or None after noting why it cannot be one."""
    start = Mark(1, 1)
    if len(raw) > MAX_BYTES:
        message = f"The file is larger than {MAX_BYTES:,} bytes"
        document.problems.append(document.problem(start, message, "Split it into several files"))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        mark = Mark(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        document.problems.append(
            document.problem(mark, "The file is not UTF-8", "Save it with the encoding UTF-8")
        )
        return None
    if "\t" in text:
        before_tab = text[: text.index("\t")]
        mark = Mark(before_tab.count("\n") + 1, len(before_tab) - before_tab.rfind("\n"))
        document.problems.append(document.problem(mark, "A tab character", "Indent with spaces"))
        return None
    return text


class _StopReading(Exception):
    """Raised when going on would only produce consequences of the first mistake."""


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read."""

    place: Place
    target: dict[str, Any] | list[Any]
    flow: bool
    key: str | None = None
    key_event: Any = None
    skip: bool = False


class _Reader:
    """Builds plain data from YAML events.

    Events rather than nodes: anchors, aliases, tags and quoting are visible, and depth is counted before
    anything is built, so that neither a bomb of aliases nor one of brackets costs anything.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.marks = document.marks
        self.stack: list[_Open] = []
        self.refused = False
        self.documents = 0
        self.last_scalar = (0, 0)
        self.last_open = (0, 0)

    def read(self, text: str) -> None:
        event: Any
        for event in yaml.parse(text, Loader=_Loader):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
                self._open(event)
            elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                self.stack.pop()
            elif kind is yaml.AliasEvent:
                remedy = (
                    "Aliases are not read: write the value itself; a text that begins with `*` needs quotes"
                )
                self._refuse(event, f"An alias (`*{event.anchor}`)", remedy)
                self._put(event, None)
            elif kind is yaml.DocumentStartEvent:
                self.documents += 1
                if self.documents > 1:
                    self._refuse(
                        event,
                        "A second document in one file",
                        "One file holds one document; remove the `---`",
                    )
                    raise _StopReading

    def _refuse(self, event: Any, message: str, remedy: str) -> None:
        self.refused = True
        self.document.problems.append(self.document.problem(_mark(event.start_mark), message, remedy))

    def _check(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(
                event,
                f"An anchor (`&{event.anchor}`)",
                "Anchors are not read: write the value where it is needed",
            )
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(
                event, f"A tag (`{tag}`)", "Tags are not read; a text that begins with `!` needs quotes"
            )

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if event.anchor is not None or event.tag is not None:
            self._check(event)
        plain = not event.style
        if event.value or not plain:  # else it is what a key lacks
            begin: Any = event.start_mark
            self.last_scalar = (begin.line, begin.column)
        parent = self.stack[-1] if self.stack else None
        if parent is not None and isinstance(parent.target, dict) and parent.key_event is None:
            self._key(parent, event, plain)
            return
        value = event.value
        if plain and has_lost_quote(value):
            message, remedy = "A quote that closes here is opened nowhere", f"Write {in_quotes(value)}"
            self.document.problems.append(self.document.problem(_last(event.end_mark), message, remedy))
        self._put(event, None if plain and value in ("", "null", "~") else value)

    def _key(self, parent: _Open, event: yaml.ScalarEvent, plain: bool) -> None:
        name = event.value
        parent.key, parent.key_event, parent.skip = name, event, False
        if plain and name == "<<":
            self._refuse(
                event, "A merge key (`<<`)", "Merging is not read: write the keys where they are needed"
            )
            parent.skip = True
        elif plain and name in ("", "null", "~"):
            self._refuse(event, "A key without a name", "A key is text; quote it if it is meant literally")
            parent.skip = True
        elif name in parent.target:
            first = self.marks.key((*parent.place, name))
            self.document.problems.append(
                self.document.problem(
                    _mark(event.start_mark),
                    f"The key `{name}` is given twice; the first is on line {first.line}",
                    "Keep one of them",
                )
            )
            parent.skip = True
        else:
            self.marks.keys[(*parent.place, name)] = event

    def _open(self, event: Any) -> None:
        self._check(event)
        if len(self.stack) >= MAX_DEPTH:
            self._refuse(event, f"Nested more than {MAX_DEPTH} levels deep", "Flatten it")
            raise _StopReading
        parent = self.stack[-1] if self.stack else None
        if parent is not None and isinstance(parent.target, dict) and parent.key_event is None:
            message = "A key that is itself a mapping or list"
            remedy = "A text that begins with `{` or `[` needs quotes"
            self._refuse(event, message, remedy)
            raise _StopReading
        target: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        place = self._put(event, target)
        self.last_open = (event.start_mark.line, event.start_mark.column)
        self.stack.append(_Open(place, target, bool(event.flow_style)))

    def _put(self, event: Any, value: Data) -> Place:
        """Store a value under the key or position it belongs to and return its place."""
        if not self.stack:
            self.document.data = value
            self.marks.values[()] = event
            return ()
        parent = self.stack[-1]
        if isinstance(parent.target, list):
            place: Place = (*parent.place, len(parent.target))
            parent.target.append(value)
        else:
            if parent.key_event is None:  # an alias used as a key; refused already
                raise _StopReading
            key, key_event = parent.key or "", parent.key_event
            parent.key_event = None
            place = (*parent.place, key)
            if parent.skip:
                # Children of a second key would hide the marks of the first: give them a place of their own.
                return (*parent.place, f"{key} (again)")
            parent.target[key] = value
            if value is None and parent.flow and _mark(event.end_mark) == _mark(key_event.end_mark):
                self.marks.bare.add(place)
        self.marks.values[place] = event
        return place


def _last(end: Any) -> Mark:
    """Return where the last character before an end stands."""
    return Mark(end.line + 1, end.column)


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)
