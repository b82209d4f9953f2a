"""Turns a YAML syntax error into a sentence about the author's text, with what to do about it.

libyaml says where it gave up, seldom why. Most of its errors in rule files come from a few habits, each
of which has its own hint here: an index without quotes, a colon or a brace in unquoted text, a backslash
in double quotes, a bracket that is not closed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

from scrubber.packs.diagnostics import Diagnostic
from scrubber.packs.yaml_quoting import begins_with_placeholder, in_quotes, is_placeholder, value_of

#: What YAML takes for the end of a line; `str.splitlines` knows more, and line numbers would drift.
_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
#: A text in quotes, to its end.
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'")}
#: A key and what follows it without a space; that of a URL is no key.
_JOINED = re.compile(r"[A-Za-z_][\w-]*:(?=[^\s/])")
_INDEXED = re.compile(r"[A-Za-z_][\w.]*(?:\[[\d*]*\][\w.]*)+")


def split_lines(text: str) -> list[str]:
    """Return the lines of a YAML text, counted as the parser counts them."""
    return _BREAK.split(text)


def syntax_problem(
    error: yaml.YAMLError,
    text: str,
    file: str,
    last_scalar: tuple[int, int] = (0, 0),
    last_open: tuple[int, int] = (0, 0),
) -> Diagnostic:
    """Return the diagnostic for an error that the YAML parser raised on `text`.

    `last_scalar` and `last_open` are the lines and columns (from 0) where the last text before the error
    began, and the innermost mapping or list.
    """
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        line, col = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Diagnostic(
            file, line, col, "A control character", "Remove it; it is invisible in most editors"
        )
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Diagnostic(file, 1, 1, "This is not YAML", "Compare it with one of the shipped rules")
    lines = split_lines(text)
    at = (error.problem_mark.line, error.problem_mark.column)
    opened = (error.context_mark.line, error.context_mark.column) if error.context_mark else at
    place, message, remedy = _explain(error.problem or "", _Spot(lines, at, opened, last_scalar, last_open))
    return Diagnostic(file, place[0] + 1, place[1] + 1, message, remedy)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the parser gave up (`at`), where what it was reading began (`opened`), and what came last."""

    lines: list[str]
    at: tuple[int, int]
    opened: tuple[int, int]
    last_scalar: tuple[int, int]
    last_open: tuple[int, int]

    @property
    def at_end(self) -> bool:
        return self.at[0] >= len(self.lines) or (
            self.at[0] == len(self.lines) - 1 and self.at[1] >= len(self.line)
        )

    @property
    def line(self) -> str:
        return self.lines[self.at[0]] if self.at[0] < len(self.lines) else ""

    @property
    def here(self) -> str:
        return self.line[self.at[1] : self.at[1] + 1]


#: Place, what is wrong, remedy.
_Hint = tuple[tuple[int, int], str, str]


def _explain(problem: str, spot: _Spot) -> _Hint:
    for cause in (_late_quote, _placeholder_first):
        found = cause(spot)
        if found is not None:
            return found
    for fragment, hint in _HINTS:
        if fragment in problem:
            return hint(spot)
    value = value_of(spot.line)
    if value is not None and value[1][0] in "-?>|!":
        return _unquoted((spot.at[0], value[0]), value[1])
    message = "This is not valid YAML here"
    row = min(spot.at[0], len(spot.lines) - 1)
    return (row, spot.at[1]), message, "Check the quotes, brackets and indentation around this place"


def _placeholder_first(spot: _Spot) -> _Hint | None:
    """Return the hint for a message that begins with a placeholder, which is a mapping without quotes."""
    for row in dict.fromkeys((spot.last_open[0], spot.opened[0], spot.at[0])):
        value = value_of(spot.lines[row]) if row < len(spot.lines) else None
        if value is None:
            continue
        col, text = value
        if begins_with_placeholder(text) or (is_placeholder(text) and spot.at == _continued(spot.lines, row)):
            more = " ..." if _continued(spot.lines, row) is not None else ""
            return _unquoted((row, col), text + more)
    return None


def _continued(lines: list[str], row: int) -> tuple[int, int] | None:
    """Return where the text of a line goes on, in the next line that is indented further."""
    if row + 1 >= len(lines):
        return None
    indents = [len(line) - len(line.lstrip()) for line in lines[row : row + 2]]
    return (row + 1, indents[1]) if indents[1] > indents[0] else None


def _unquoted(place: tuple[int, int], text: str) -> _Hint:
    return place, f"A text may not begin with `{text[0]}`", f"Put quotes around all of it: {in_quotes(text)}"


def _second_colon(spot: _Spot) -> _Hint:
    value = value_of(spot.line)
    if value is not None and value[1][0] in _QUOTED:
        return _after_value(spot)
    message = "A second `: ` on one line, or a line indented too far"
    return spot.at, message, "Text that contains `: ` needs quotes; keys of one mapping start in one column"


def _bad_start(spot: _Spot) -> _Hint:
    value = value_of(spot.line)
    if value is not None and value[0] == spot.at[1]:
        return _unquoted(spot.at, value[1])
    return spot.at, f"A text may not begin with `{spot.here}`", "Put it in quotes"


def _bad_escape(spot: _Spot) -> _Hint:
    # libyaml points at the backslash or at what follows it, depending on the escape.
    back = max(spot.line.rfind("\\", 0, spot.at[1] + 1), 0)
    escape = spot.line[back : back + 2]
    message = f"`{escape}` means nothing inside double quotes"
    return (spot.at[0], back), message, "Use single quotes for text with backslashes, such as patterns"


def _open_quote(spot: _Spot) -> _Hint:
    return spot.opened, "A quote that is opened here is never closed", "Close it"


def _no_key(spot: _Spot) -> _Hint:
    joined = _JOINED.match(spot.lines[spot.opened[0]], spot.opened[1])
    if joined is not None:
        place = (spot.opened[0], joined.end())
        return place, f"A space is missing after `{joined.group()}`", "A key ends with a colon and a space"
    message = "A line without a key"
    return spot.opened, message, "Write `key: value`, or indent it under the key it belongs to"


def _no_value(spot: _Spot) -> _Hint:
    if spot.at_end:
        row, col = spot.last_open
        closing = "}" if spot.lines[row][col : col + 1] == "{" else "]"
        return (row, col), f"A bracket that is opened here is not closed with `{closing}`", f"Add `{closing}`"
    value = value_of(spot.line)
    if value is not None and value[0] == spot.at[1]:
        return _unquoted(spot.at, value[1])
    return spot.at, "A value is missing here", "Remove the comma before, or write the value"


def _too_deep(spot: _Spot) -> _Hint:
    return spot.at, "Nested hundreds of levels deep", "Flatten it"


def _second_document(spot: _Spot) -> _Hint:
    return spot.at, "Text after the end of the document", "One file holds one document; remove the `...`"


def _late_quote(spot: _Spot) -> _Hint | None:
    """Return the hint for a text that was closed by a quote which was to open another one.

    Then other text begins right behind it.
    """
    row, col = spot.last_scalar
    quote = spot.lines[row][col : col + 1]
    if quote not in _QUOTED:
        return None
    rest = "\n".join([spot.lines[row][col:], *spot.lines[row + 1 :]])
    closed = _QUOTED[quote].match(rest)
    if closed is None or not rest[closed.end() : closed.end() + 1].strip(" \t\n,:]}"):
        return None
    text = closed.group()
    breaks = text.count("\n")
    where = f"in column {col + closed.end()}"
    if breaks:
        where = f"on line {row + 1 + breaks}"
    elif ", " not in text and ": " not in text:  # more likely one text, with a quote in it
        return None
    message = f"A quote that is opened here is closed only {where}"
    remedy = "Close it where the text ends"
    if quote == "'":
        remedy += "; inside single quotes write a quote twice: ''"
    return (row, col), message, remedy


def _in_brackets(spot: _Spot) -> _Hint:
    row, col = spot.at
    if spot.here == "[":
        for found in _INDEXED.finditer(spot.line):
            if found.start() <= col < found.end():
                message = f"An index inside braces needs quotes: `{found.group()}`"
                return (row, found.start()), message, f'Write "{found.group()}"'
    closing = "}" if spot.lines[spot.opened[0]][spot.opened[1] : spot.opened[1] + 1] == "{" else "]"
    if row > spot.opened[0] or not spot.here:
        return (
            spot.opened,
            f"A bracket that is opened here is not closed with `{closing}`",
            f"Add `{closing}`",
        )
    return (
        spot.at,
        f"A comma or `{closing}` is missing before this",
        "Separate values with commas; text that contains `, `, `: `, brackets or quotes needs quotes",
    )


def _after_value(spot: _Spot) -> _Hint:
    before = spot.line[: spot.at[1]].rstrip()
    if before.endswith(("}", "]")):
        remedy = "A text that begins with `{` or `[` needs quotes around all of it"
        return spot.at, "Text after a closing bracket", remedy
    if before.endswith(('"', "'")):
        remedy = "Put quotes around all of it; inside single quotes write a quote twice: ''"
        value = value_of(spot.line)
        if value is not None and value[1][0] in _QUOTED:
            remedy = f"Put quotes around all of it: {in_quotes(value[1])}"
        return spot.at, "Text after a closing quote", remedy
    if spot.here in ("}", "]", ","):
        return spot.at, f"A `{spot.here}` that nothing opens", "Remove it, or open the bracket before"
    message = "This line does not line up with the keys above it"
    return spot.at, message, "Keys of one mapping start in one column"


#: What libyaml (and PyYAML's own parser) say, and the hint for it; the first that fits is taken.
_HINTS: tuple[tuple[str, Callable[[_Spot], _Hint]], ...] = (
    ("expected ',' or", _in_brackets),
    ("mapping values are not allowed", _second_colon),
    ("cannot start any token", _bad_start),
    ("escape", _bad_escape),
    ("end of stream", _open_quote),
    ("could not find expected ':'", _no_key),
    ("expected key", _after_value),
    ("expected <block end>", _after_value),
    ("document start", _second_document),
    ("nesting depth", _too_deep),
    ("node content", _no_value),
)
