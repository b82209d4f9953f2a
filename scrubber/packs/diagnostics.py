"""What is wrong with a file of rules, said so that its author can mend it without reading Python.

A diagnostic is one mistake: its place, what is wrong, what was probably meant and what to do.
`PackErrors` carries all of them at once, so that one run shows everything.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake in one file. Lines and columns count from 1; line 0 means the file or folder as a whole."""

    file: str
    line: int
    col: int
    message: str
    remedy: str = ""
    suggestion: str | None = None

    def __str__(self) -> str:
        """Return `file:line:col: what is wrong. Did you mean 'x'? remedy`."""
        place = f"{self.file}:{self.line}:{self.col}" if self.line else self.file
        parts = [f"{place}: {_sentence(self.message)}"]
        if self.suggestion is not None:
            parts.append(f"Did you mean '{self.suggestion}'?")
        if self.remedy:
            parts.append(_sentence(self.remedy))
        return " ".join(parts)

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sort key: by file, then by place in the file."""
        return (self.file, self.line, self.col, self.message)


class PackErrors(Exception):
    """Rule packs that do not load: every mistake of every file, in the order of files and lines."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(sorted(set(diagnostics), key=lambda d: d.order))
        super().__init__("\n".join(str(d) for d in self.diagnostics))

    def __reduce__(self) -> tuple[type[PackErrors], tuple[tuple[Diagnostic, ...]]]:
        # Exceptions pickle by their message; this one is its diagnostics.
        return (PackErrors, (self.diagnostics,))


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most probably meant, or None when nothing is near."""
    candidates = sorted(set(known))
    folded = {c.casefold(): c for c in candidates}
    if word.casefold() in folded:
        return folded[word.casefold()]
    near = difflib.get_close_matches(word, candidates, n=1, cutoff=0.6)
    return near[0] if near else None


def listing(words: Sequence[str], conjunction: str = "and", limit: int = 12) -> str:
    """Return words as a sentence part: `a`, `b` and `c`; a long list is cut and its length told."""
    quoted = [f"`{w}`" for w in words]
    if len(quoted) > limit:
        return ", ".join(quoted[:limit]) + f" and {len(quoted) - limit} more"
    if len(quoted) < 2:
        return "".join(quoted)
    return ", ".join(quoted[:-1]) + f" {conjunction} {quoted[-1]}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."
