"""Makes any text harmless to show: what a claim carries may be anything, also an attack on the reader.

Control characters, terminal escapes and invisible direction marks become visible (`\\x1b`, `\\u202e`);
very long values are cut and say so. Escaping for HTML is the template's business.
"""

from __future__ import annotations

from urllib.parse import quote

#: Longer values and texts are cut in reports; the whole of them is in the JSON result.
LONGEST_VALUE = 160
LONGEST_TEXT = 1_200


def visible(text: str) -> str:
    """Return the text with every character that would not print replaced by its escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def flow(text: str) -> str:
    """Return running text on one line: white space is one space, the rest as in `shown`."""
    return shown(" ".join(text.split()), LONGEST_TEXT)


def shown(value: object, longest: int = LONGEST_VALUE) -> str:
    """Return a value as it is shown in a report: visible, and cut when it is very long."""
    text = visible(str(value))
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text) - longest:,} more characters)"


def file_uri(path: str) -> str:
    """Return a path as a URI reference (RFC 3986), relative when the path is."""
    return ("file://" if path.startswith("/") else "") + quote(path, errors="replace")


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
