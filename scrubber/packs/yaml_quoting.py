"""How to write a text that YAML takes for something else, because of how it begins or ends."""

from __future__ import annotations

import re

_VALUE = re.compile(r"(\s*(?:- +)*[A-Za-z_][\w-]*: +)(\S.*?)(?:\s+#.*|\s*)")
#: A placeholder of a message: nothing else in rules has braces around one name alone.
_PLACEHOLDER = re.compile(r"\{[\w.*\[\]]+\}")


def value_of(line: str) -> tuple[int, str] | None:
    """Return the column (from 0) and the text of what stands behind `key: ` on a line of its own."""
    found = _VALUE.fullmatch(line)
    return (found.end(1), found[2]) if found else None


def begins_with_placeholder(text: str) -> bool:
    """Return whether a text begins with a placeholder, and goes on."""
    found = _PLACEHOLDER.match(text)
    return found is not None and found.end() < len(text)


def is_placeholder(text: str) -> bool:
    """Return whether a text is a placeholder and nothing else."""
    return _PLACEHOLDER.fullmatch(text) is not None


def in_quotes(text: str) -> str:
    """Return a text as it is meant, in quotes: one that has lost a quote at an end has it again."""
    for quote in "\"'":
        if text.count(quote) % 2 and text.endswith(quote):
            text = text.removeprefix(quote).removesuffix(quote)
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def has_lost_quote(text: str) -> bool:
    """Return whether a text without quotes ends with one, as if one had stood before it."""
    if text.endswith('"'):
        return text.count('"') % 2 == 1
    return re.search(r"[.!?]'$", text) is not None and text.count("'") % 2 == 1
