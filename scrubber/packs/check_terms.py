"""Names and kinds: what the checks of conditions, amendments and examples share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from scrubber.claim.fields import PathKind
from scrubber.claim.formats import FORMATS, RESEMBLANCES, TEXT_CHANGES
from scrubber.claim.paths import ALL_TYPES, SWEEPS, VOCABULARY, is_optional
from scrubber.packs.diagnostics import Diagnostic, closest, listing
from scrubber.packs.names import UNCERTAIN, NameProblem, Names, Term
from scrubber.packs.tables import Table
from scrubber.packs.yaml_marks import Document, Mark, Place

NUMERIC: frozenset[PathKind] = frozenset({"amount", "quantity", "number"})
DATES: frozenset[PathKind] = frozenset({"date"})
TEXTS: frozenset[PathKind] = frozenset({"code", "text", "name", "id", "npi", "phone"})

#: How a kind is called in a sentence.
KIND_NAMES: dict[PathKind, str] = {
    "object": "a part of the claim",
    "flag": "true or false",
    "code": "a code",
    "text": "a text",
    "name": "a name",
    "id": "an identifier",
    "npi": "an NPI",
    "phone": "a phone number",
    "amount": "an amount",
    "quantity": "a quantity",
    "number": "a number",
    "date": "a date",
}

_QUOTED = re.compile(r"'([^\s']+)'")

#: Values of the run rather than of the claim: never absent.
INPUTS = frozenset({"receipt_date"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything besides claim paths that a rule may name. `builders` is None where they are not known."""

    sets: Collection[str] = ()
    sources: Collection[str] = ()
    bases: Collection[str] = ()
    payers: Collection[str] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    formats: Collection[str] = tuple(FORMATS)
    resemblances: Collection[str] = tuple(RESEMBLANCES)
    text_changes: Collection[str] = tuple(TEXT_CHANGES)
    builders: Collection[str] | None = None


@dataclass(slots=True)
class Report:
    """Collects the mistakes of one file, and looks names up on the way.

    `optional_lets` are the named values that may be absent.
    """

    document: Document
    problems: list[Diagnostic] = field(default_factory=list)
    optional_lets: set[str] = field(default_factory=set)

    def add(self, place: Place | Mark, message: str, remedy: str = "", suggestion: str | None = None) -> None:
        """Note a mistake at a value."""
        mark = place if isinstance(place, Mark) else self.document.marks.value(place)
        self.problems.append(self.document.problem(mark, message, remedy, suggestion))

    def add_at_key(self, place: Place, message: str, remedy: str = "", suggestion: str | None = None) -> None:
        """Note a mistake at a key."""
        self.add(self.document.marks.key(place), message, remedy, suggestion)

    def name(self, problem: NameProblem, place: Place | Mark, head: str | None = None) -> None:
        """Note a name that means nothing. `head` is the alias that the suggestion lacks, if any."""
        self.add(place, sentence(problem), suggestion=with_head(problem.suggestion, head))

    def term(self, names: Names, text: str, place: Place | Mark) -> Term | None:
        """Return what a name stands for, or None after noting that it means nothing."""
        try:
            return names.term(text)
        except NameProblem as problem:
            if problem.suggestion is None and "[" in text:
                problem.suggestion = _without_index(text, names)
            self.name(problem, place, alias_of(text, names))
            return None

    def place(self, names: Names, text: str, place: Place) -> Term | None:
        """Return what a place names, or None after noting that it names nothing."""
        try:
            return names.place(text)
        except NameProblem as problem:
            self.name(problem, place, alias_of(text, names))
            return None

    def may_lack(self, term: Term, names: Names) -> bool:
        """Return whether a claim that the guide accepts may lack a value, also a named one."""
        if term.column:
            return True  # there may be no row
        if term.is_let:
            return term.root in self.optional_lets
        if term.background:  # a value of the record is there, or nobody knows it
            return not (term.pattern or "").startswith(("lines[].context.", "history.from"))
        if term.required or term.pattern is None or term.text in INPUTS:
            return not term.required and term.text not in INPUTS
        return is_optional(term.pattern, names.types or ALL_TYPES, reported=term.reported)

    def known(self, word: str, known: Collection[str], place: Place, what: str, remedy: str = "") -> bool:
        """Return whether a registered thing exists, after noting it when it does not."""
        if word in known:
            return True
        near = closest(word, known)
        if near is not None:
            remedy = ""
        elif 0 < len(known) <= 12:
            remedy = f"There {'is' if len(known) == 1 else 'are'} {listing(sorted(known))}"
        self.add(place, f"There is no {what} `{word}`", remedy, near)
        return False


def _without_index(text: str, names: Names) -> str | None:
    bare = re.sub(r"\[[^\]]*\]", "", text)
    try:
        return names.term(bare).text
    except NameProblem:
        return None


def sentence(problem: NameProblem) -> str:
    """Return what a name problem says, in the style of diagnostics."""
    text = _QUOTED.sub(r"`\1`", problem.message)
    return text[:1].upper() + text[1:]


def alias_of(text: str, names: Names) -> str | None:
    """Return the item alias that a name begins with, or None."""
    head = text.partition(".")[0]
    return head if head in names.aliases else None


def with_head(suggestion: str | None, head: str | None) -> str | None:
    """Return a suggestion for the part after an alias as a whole name."""
    if suggestion is None or head is None or suggestion.partition(".")[0] == head:
        return suggestion
    return f"{head}.{suggestion}"


def kind_of(term: Term, names: Names) -> PathKind:
    """Return the kind of the claim value behind a term, also for the value an item of a sweep stands for."""
    alias = names.aliases.get(term.root)
    if term.pattern is None and alias is not None:
        if alias.is_sweep:
            return next(kind for kind in SWEEPS if alias.pattern == f"every.{kind}")
        return VOCABULARY[alias.pattern].kind
    return term.kind


def literal_problem(text: str, kind: PathKind) -> str | None:
    """Return what a literal must look like for a kind when it does not, else None."""
    if kind == "date":
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            return "Write it as year-month-day, such as 2026-01-31"
        return (
            None
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
            else "Write it as year-month-day, such as 2026-01-31"
        )
    if kind == "number":
        return None if re.fullmatch(r"-?[0-9]+", text) else "Write a whole number, such as 3"
    if kind in ("amount", "quantity"):
        return None if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else "Write a plain number, such as 245.00"
    if kind == "flag":
        return None if text in ("true", "false") else "Write true or false"
    return None


def comparable(a: PathKind, b: PathKind) -> bool:
    """Return whether two kinds may be compared with each other."""
    return a == b or UNCERTAIN in (a, b) or any(a in group and b in group for group in (NUMERIC, TEXTS))
