"""Loads rules/denials/: every entry, the signals and the code numbers, or all mistakes of all files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from scrubber.denials.codes import Code, KnownNumbers, canonical, read_spans
from scrubber.denials.schema import CodeNumbers, Entry, Signals
from scrubber.packs.catalogue import Source
from scrubber.packs.diagnostics import Diagnostic, PackErrors, closest
from scrubber.packs.discover import shown_path
from scrubber.packs.parse import parse, parse_sources
from scrubber.packs.yaml_marks import Document, Place

M = TypeVar("M", bound=BaseModel)

_CODES, _SIGNALS, _SOURCES = "codes.yaml", "signals.yaml", "sources.yaml"
_ENTRY_NAME = re.compile(r"(?P<start>[A-Z]{2}-[A-Z]?[0-9]+)-[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class LoadedEntry:
    """An entry, the name of its file (which identifies it) and where it stands, for messages."""

    name: str
    file: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Denials:
    """Everything that is known about denials."""

    entries: tuple[LoadedEntry, ...]
    signals: Signals
    known: KnownNumbers
    sources: Mapping[str, Source]


def load_denials(
    folder: Path, shared_sources: Mapping[str, Source] | None = None, rule_ids: Collection[str] | None = None
) -> Denials:
    """Return what a folder of denial knowledge holds.

    `shared_sources` are those of rules/sources.yaml, which entries may cite too. With `rule_ids`, an
    entry that names a rule which does not exist is a mistake. Raises PackErrors with all mistakes of all
    files, each with file, line and column.
    """
    loader = _Loader(folder, dict(shared_sources or {}), rule_ids)
    denials = loader.load()
    if denials is None or loader.problems:
        raise PackErrors(loader.problems)
    return denials


class _Loader:
    def __init__(self, folder: Path, sources: dict[str, Source], rule_ids: Collection[str] | None) -> None:
        self.folder = folder
        self.sources = sources
        self.rule_ids = rule_ids
        self.problems: list[Diagnostic] = []

    def load(self) -> Denials | None:
        if not self.folder.is_dir():
            self._note(self.folder, "There is no such folder", "It should hold denial entries")
            return None
        self._read_sources()
        codes = self._read(_CODES, CodeNumbers, "The list of code numbers")
        signals = self._read(_SIGNALS, Signals, "The file of signals")
        entries = list(self._entries())
        if not entries and not self.problems:
            self._note(self.folder, "The folder holds no denial entries", "Name them GROUP-CARC-slug.yaml")
        if codes is None or signals is None:
            return None
        self._check_references(codes[0].model_dump(by_alias=True), codes[1])
        self._check_references(signals[0].model_dump(by_alias=True), signals[1])
        known = self._numbers(*codes, [loaded.entry for loaded, _ in entries])
        self._check_entries(entries, known)
        return Denials(tuple(e for e, _ in entries), signals[0], known, self.sources)

    # --- reading --------------------------------------------------------------------------------------

    def _bytes(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            self._note(path, "The file is missing", "")
        except OSError as error:
            self._note(path, f"The file cannot be read: {error.strerror}", "")
        return None

    def _note(self, path: Path, message: str, remedy: str) -> None:
        self.problems.append(Diagnostic(shown_path(path), 0, 0, message, remedy))

    def _read(self, name: str, model: type[M], what: str) -> tuple[M, Document] | None:
        path = self.folder / name
        raw = self._bytes(path)
        if raw is None:
            return None
        loaded, document = parse(raw, shown_path(path), model, what)
        self.problems += document.problems
        return None if loaded is None else (loaded, document)

    def _read_sources(self) -> None:
        path = self.folder / _SOURCES
        raw = self._bytes(path)
        if raw is None:
            return
        sources, document = parse_sources(raw, shown_path(path))
        self.problems += document.problems
        for key in sources.keys() & self.sources.keys():
            mark = document.marks.key((key,))
            message = f"The source `{key}` is in rules/sources.yaml already"
            self.problems.append(document.problem(mark, message, "Remove it here; entries may cite that one"))
        self.sources.update(sources)

    def _entries(self) -> Iterator[tuple[LoadedEntry, Document]]:
        for path in sorted(self.folder.glob("*.yaml")):
            if path.name in (_CODES, _SIGNALS, _SOURCES):
                continue
            raw = self._bytes(path)
            if raw is None:
                continue
            entry, document = parse(raw, shown_path(path), Entry, "A denial entry")
            self.problems += document.problems
            if entry is not None:
                yield LoadedEntry(path.stem, shown_path(path), entry), document

    def _numbers(self, codes: CodeNumbers, document: Document, entries: Sequence[Entry]) -> KnownNumbers:
        read: dict[str, frozenset[Code]] = {}
        for key, spans in (("carc", codes.carc), ("rarc", codes.rarc)):
            read[key] = frozenset()
            for i, span in enumerate(spans):
                try:
                    read[key] |= read_spans([span])
                except ValueError:
                    remedy = "Write the lower code first, with the same letters, such as B7-B16"
                    mark = document.marks.value((key, i))
                    self.problems.append(document.problem(mark, f"`{span}` is no span of codes", remedy))
        answered = {canonical(code) for entry in entries for code in (entry.key.carc, *entry.key.rarc_any)}
        return KnownNumbers(read["carc"], read["rarc"], frozenset(answered))

    # --- checking -------------------------------------------------------------------------------------

    def _check_references(self, data: object, document: Document, place: Place = ()) -> None:
        """Note every name under a `references` key that is no source."""
        if isinstance(data, dict):
            for key, value in data.items():
                if key != "references":
                    self._check_references(value, document, (*place, key))
                    continue
                for i, name in enumerate(value):
                    if name not in self.sources:
                        mark = document.marks.value((*place, key, i))
                        message = f"`{name}` is no source"
                        remedy = "Add it to rules/denials/sources.yaml"
                        near = closest(name, self.sources)
                        self.problems.append(document.problem(mark, message, remedy, near))
        elif isinstance(data, list):
            for i, value in enumerate(data):
                self._check_references(value, document, (*place, i))

    def _check_entries(self, entries: list[tuple[LoadedEntry, Document]], known: KnownNumbers) -> None:
        seen: dict[tuple[str, ...], LoadedEntry] = {}
        for loaded, document in entries:
            self._check_references(loaded.entry.model_dump(by_alias=True), document)
            self._check_name(loaded, document)
            self._check_numbers(loaded, document, known)
            self._check_rules(loaded, document)
            for key in _keys(loaded.entry):
                other = seen.setdefault(key, loaded)
                if other is not loaded:
                    message = f"{key[0]}-{key[1]} {key[2]}".strip() + f" has an entry already: {other.file}"
                    remedy = "Join the two, or make their keys differ"
                    self.problems.append(document.problem(document.marks.key(("key",)), message, remedy))

    def _check_name(self, loaded: LoadedEntry, document: Document) -> None:
        key = loaded.entry.key
        wanted = f"{key.group[0]}-{key.carc}"
        found = _ENTRY_NAME.fullmatch(loaded.name)
        if found is None or found["start"] != wanted:
            message = f"The file is named `{loaded.name}.yaml` and the entry is about {wanted}"
            remedy = f"Name it {wanted}-what-it-is-about.yaml"
            self.problems.append(document.problem(document.marks.key(("key",)), message, remedy))

    def _check_numbers(self, loaded: LoadedEntry, document: Document, known: KnownNumbers) -> None:
        key = loaded.entry.key
        carcs, rarcs = {str(c) for c in known.carc}, {str(r) for r in known.rarc}
        if canonical(key.carc) not in carcs:
            self._unknown(document, ("key", "carc"), key.carc)
        for i, rarc in enumerate(key.rarc_any):
            if canonical(rarc) not in rarcs:
                self._unknown(document, ("key", "rarc_any", i), rarc)

    def _unknown(self, document: Document, place: Place, code: str) -> None:
        remedy = f"Correct it, or add the number to {_CODES}"
        mark = document.marks.value(place)
        self.problems.append(document.problem(mark, f"There is no code {code}", remedy))

    def _check_rules(self, loaded: LoadedEntry, document: Document) -> None:
        if self.rule_ids is None:
            return
        for i, cause in enumerate(loaded.entry.causes):
            for j, rule in enumerate(cause.prevented_by):
                if rule not in self.rule_ids:
                    mark = document.marks.value(("causes", i, "prevented_by", j))
                    near = closest(rule, self.rule_ids)
                    self.problems.append(document.problem(mark, f"There is no rule {rule}", "", near))


def _keys(entry: Entry) -> Iterator[tuple[str, ...]]:
    """Yield what an entry is about, one tuple for each combination that may be looked up."""
    key = entry.key
    scope = (",".join(sorted(key.programs)), ",".join(sorted(key.payers)))
    for group in key.group:
        for rarc in key.rarc_any or [""]:
            yield (group, canonical(key.carc), canonical(rarc), *scope)
