"""Loads rule packs: every file of every root, checked, or every mistake of every file at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from scrubber.packs.bundle import Bundle, LoadedDecision, LoadedRule, Pack, PayerEntry
from scrubber.packs.catalogue import CodeSet as CodeSetSpec
from scrubber.packs.catalogue import Payer, Source
from scrubber.packs.check import Vocabulary, check_references, check_rule
from scrubber.packs.check_decisions import check_decision
from scrubber.packs.check_overrides import check_overrides
from scrubber.packs.check_parameters import check_values
from scrubber.packs.check_sets import check_set
from scrubber.packs.check_tables import check_table
from scrubber.packs.code_sets import CodeSet
from scrubber.packs.decisions import DecisionRule
from scrubber.packs.diagnostics import Diagnostic, PackErrors
from scrubber.packs.discover import FoundFile, builtin_rules_dir, find_files, pack_folder
from scrubber.packs.guides import GuideFiles, Homeless
from scrubber.packs.names import FILE_CLAIMS
from scrubber.packs.overrides import Override, OverrideFile, Overrides, Suppression
from scrubber.packs.pack_heads import hash_files, read_packs
from scrubber.packs.parameters import ParameterFile, ParameterValue
from scrubber.packs.parse import ParsedRule, Read, parse, parse_rule, parse_sources
from scrubber.packs.remembered import Documents
from scrubber.packs.shapes import SNAKE
from scrubber.packs.tables import Table
from scrubber.packs.yaml_marks import Document, Mark, Place

__all__ = ["builtin_rules_dir", "load_packs"]

T = TypeVar("T")


def load_packs(
    roots: Sequence[Path], builders: frozenset[str] | None = None, beside: Sequence[Path] = ()
) -> Bundle:
    """Return everything that the rule folders hold.

    A root holds packs (folders with a pack.yaml), is itself a pack, or is a plain folder of rules, which
    then forms one pack named after it. `builders` are the registered algorithms that amendments may name;
    None leaves those names unchecked. `beside` are folders that the roots may draw on, for one pack alone is
    seldom whole: their sets, sources, payers, base claims and guides fill gaps, their rules may be named
    and are not loaded. Raises PackErrors with all mistakes of all files.
    """
    files, problems = find_files([Path(root) for root in roots])
    others = find_files([Path(root) for root in beside])[0]
    documents = Documents((files, others), ["any"] if builders is None else sorted(builders))
    loader = _Loader(builders, documents.read, problems)
    loader.read(files)
    loader.fill_gaps(others)
    loader.check(wholly=not documents.are_right)
    own_guides = any(file.area == "guide" for file in files)
    more = [] if own_guides else [file for file in others if file.area == "guide"]
    guides = loader.read_guides([*files, *more])
    if loader.problems:
        raise PackErrors(loader.problems)
    documents.keep()
    return loader.bundle(files, guides)


@dataclass(slots=True)
class _Read:
    """Something that was read, and where: for messages about two files that disagree."""

    file: FoundFile
    document: Document

    def at(self, place: Place) -> Mark:
        return self.document.marks.value(place)


@dataclass(slots=True)
class _Loader:
    builders: frozenset[str] | None
    document: Read
    problems: list[Diagnostic] = field(default_factory=list)
    packs: dict[Path, Pack] = field(default_factory=dict)
    rules: list[tuple[ParsedRule, _Read]] = field(default_factory=list)
    decisions: list[tuple[DecisionRule, _Read]] = field(default_factory=list)
    sets: dict[str, tuple[CodeSetSpec, _Read]] = field(default_factory=dict)
    sources: dict[str, tuple[Source, _Read]] = field(default_factory=dict)
    payers: dict[str, tuple[Payer, _Read]] = field(default_factory=dict)
    #: The key of each payer.yaml, by its folder, also of those that are not used; None if it cannot be read.
    payer_keys: dict[Path, str | None] = field(default_factory=dict)
    tables: dict[str, tuple[Table, _Read]] = field(default_factory=dict)
    parameters: list[tuple[ParameterFile, _Read]] = field(default_factory=list)
    values: list[ParameterValue] = field(default_factory=list)
    overrides: list[tuple[OverrideFile, _Read]] = field(default_factory=list)
    base: dict[str, tuple[str, FoundFile]] = field(default_factory=dict)
    #: Rules, sets, sources and payers whose files do not load: naming them elsewhere is no second mistake.
    unreadable: set[str] = field(default_factory=set)

    # --- reading --------------------------------------------------------------------------------------

    def read(self, files: list[FoundFile]) -> None:
        """Read every file of every area."""
        self.packs, problems = read_packs(files, self.document)
        self.problems += problems
        readers: dict[str, Callable[[FoundFile], None]] = {
            "payer": self._read_payer,
            "parameters": self._read_parameters,
            "overrides": self._read_overrides,
            "sources": self._read_sources,
            "set": self._read_set,
            "table": self._read_table,
            "base": self._read_base,
            "decision": self._read_decision,
            "rule": self._read_rule,
        }
        for file in files:
            if file.area in readers:
                readers[file.area](file)

    def fill_gaps(self, files: list[FoundFile]) -> None:
        """Take from other folders what these lack. What is wrong there is no mistake here."""
        other = _Loader(self.builders, self.document)
        other.read(files)
        self.sets = {**other.sets, **self.sets}
        self.sources = {**other.sources, **self.sources}
        self.tables = {**other.tables, **self.tables}
        self.base = {**other.base, **self.base}
        taken = {spec.id for payer, _ in self.payers.values() for spec in payer.payer_ids}
        for key, (payer, read) in other.payers.items():
            if not any(spec.id in taken for spec in payer.payer_ids):
                self.payers.setdefault(key, (payer, read))
        self.unreadable |= {name for p, _ in other.rules for name in (p.rule.id, *p.rule.aliases)}

    def _read_payer(self, file: FoundFile) -> None:
        payer, document = parse(file.raw, file.shown, Payer, "A payer.yaml", self.document)
        self.problems += document.problems
        key = document.data.get("key") if isinstance(document.data, dict) else None
        is_key = isinstance(key, str) and re.fullmatch(SNAKE, key)
        self.payer_keys[file.folder] = key if is_key else None
        if payer is None:
            self._give_up(document, "key")
            return
        self._only_once(self.payers, payer.key, (payer, _Read(file, document)), "payer", ("key",))

    def _read_parameters(self, file: FoundFile) -> None:
        parameters, document = parse(file.raw, file.shown, ParameterFile, "A parameters.yaml", self.document)
        self.problems += document.problems
        if parameters is not None:
            self.parameters.append((parameters, _Read(file, document)))

    def _read_overrides(self, file: FoundFile) -> None:
        overrides, document = parse(file.raw, file.shown, OverrideFile, "An overrides.yaml", self.document)
        self.problems += document.problems
        if overrides is not None:
            self.overrides.append((overrides, _Read(file, document)))

    def _read_sources(self, file: FoundFile) -> None:
        sources, document = parse_sources(file.raw, file.shown, self.document)
        self.problems += document.problems
        if isinstance(document.data, dict):
            self.unreadable |= document.data.keys() - sources.keys()
        for key, source in sources.items():
            earlier = self.sources.get(key)
            if earlier is None or earlier[0] != source:  # saying the same twice harms nobody
                self._only_once(self.sources, key, (source, _Read(file, document)), "source", (key,))

    def _read_set(self, file: FoundFile) -> None:
        spec, document = parse(file.raw, file.shown, CodeSetSpec, "A set", self.document)
        self.problems += document.problems
        if spec is None:
            self._give_up(document, "set")
            self.unreadable.add(file.path.stem)
            return
        self._only_once(self.sets, spec.set, (spec, _Read(file, document)), "set", ("set",))

    def _read_table(self, file: FoundFile) -> None:
        spec, document = parse(file.raw, file.shown, Table, "A table.yaml", self.document)
        self.problems += document.problems
        if spec is None:
            self._give_up(document, "table")
            self.unreadable.add(file.folder.name)
            return
        if file.path.name != "table.yaml" or file.folder.name != spec.table:
            message = f"The table `{spec.table}` is in {file.folder.name}/{file.path.name}"
            mark = document.marks.value(("table",))
            remedy = f"Put it into tables/{spec.table}/table.yaml"
            self.problems.append(document.problem(mark, message, remedy))
        self._only_once(self.tables, spec.table, (spec, _Read(file, document)), "table", ("table",))

    def _read_base(self, file: FoundFile) -> None:
        name = file.path.stem
        if name in self.base:
            message = f"The base claim `{name}` exists already, in {self.base[name][1].shown}"
            self.problems.append(Diagnostic(file.shown, 0, 0, message, "Rename one of them"))
            return
        try:
            self.base[name] = (file.raw.decode("utf-8"), file)
        except UnicodeDecodeError:
            message = "The base claim is not UTF-8"
            self.problems.append(Diagnostic(file.shown, 0, 0, message, "Save it with the encoding UTF-8"))
            self.unreadable.add(name)

    def _read_decision(self, file: FoundFile) -> None:
        decision, document = parse(file.raw, file.shown, DecisionRule, "A decision", self.document)
        self.problems += document.problems
        if decision is None:
            return
        self._check_name(file, document, decision.id, decision.name, "decision")
        self.decisions.append((decision, _Read(file, document)))

    def _read_rule(self, file: FoundFile) -> None:
        if pack_folder(file, self.packs) is None:
            message = "The rule is in no pack"
            remedy = "Add a pack.yaml to its folder, or move it into a pack"
            self.problems.append(Diagnostic(file.shown, 1, 1, message, remedy))
        parsed, document = parse_rule(file.raw, file.shown, self.document)
        self.problems += document.problems
        if parsed is None:
            self._give_up(document, "id")
            return
        if not parsed.broken & {"id", "name"}:
            self._check_name(file, document, parsed.rule.id, parsed.rule.name, "rule")
        self.rules.append((parsed, _Read(file, document)))

    def _give_up(self, document: Document, key: str) -> None:
        if isinstance(document.data, dict) and isinstance(document.data.get(key), str):
            self.unreadable.add(document.data[key])
        else:
            self.unreadable.add(Path(document.file).stem)

    def _only_once(
        self, known: dict[str, tuple[T, _Read]], name: str, value: tuple[T, _Read], what: str, place: Place
    ) -> None:
        if name not in known:
            known[name] = value
            return
        other, read = known[name][1], value[1]
        mark = read.document.marks.key(place) if what == "source" else read.at(place)
        message = f"The {what} `{name}` exists already, in {other.file.shown}"
        self.problems.append(
            read.document.problem(mark, message, f"Keep one, or give this {what} another name")
        )

    def _check_name(self, file: FoundFile, document: Document, id_: str, name: str, what: str) -> None:
        wanted = f"{id_}-{name}.yaml"
        if file.path.name != wanted:
            message = f"The file is called {file.path.name}, the {what} {id_}-{name}"
            self.problems.append(
                document.problem(document.marks.value(("id",)), message, f"Rename the file to {wanted}")
            )

    # --- checking -------------------------------------------------------------------------------------

    def check(self, *, wholly: bool) -> None:
        """Check what needs more than one file, then every rule against what exists.

        Unless `wholly`, only what must be held to the rules to be understood: the values of parameters.
        """
        vocabulary = Vocabulary(
            sets=frozenset(self.sets) | self.unreadable,
            sources=frozenset(self.sources) | self.unreadable,
            bases=frozenset(self.base) | self.unreadable,
            payers=frozenset(self.payers) | self.unreadable,
            tables={name: spec for name, (spec, _) in self.tables.items()},
            builders=self.builders,
        )
        for parameters, read in self.parameters:
            self._check_parameters(parameters, read, vocabulary)
        if not wholly:
            return
        self._check_ids()
        self._check_payer_ids()
        for parsed, _ in self.rules:
            self.problems += check_rule(parsed, vocabulary)
        sets = {name: spec for name, (spec, _) in self.sets.items()}
        for spec, read in self.sets.values():
            self.problems += check_set(spec, sets, read.document, vocabulary)
        for table, read in self.tables.values():
            self.problems += check_table(table, read.document, vocabulary)
        for payer, read in self.payers.values():
            self.problems += check_references(payer.references, read.document, vocabulary)
        rule_ids = {name for parsed, _ in self.rules for name in (parsed.rule.id, *parsed.rule.aliases)}
        of_files = {p.rule.id for p, _ in self.rules if p.rule.for_each.groups == FILE_CLAIMS}
        known = rule_ids | self.unreadable
        for overrides, read in self.overrides:
            self._check_payer_of(read)
            self.problems += check_overrides(overrides, read.document, known, vocabulary, of_files)
        for decision, read in self.decisions:
            self.problems += check_decision(decision, read.document, rule_ids | self.unreadable, vocabulary)

    def _check_payer_of(self, read: _Read) -> None:
        """Check that local decisions in a payer's folder have the payer.yaml that makes them that payer's."""
        folder = read.file.folder
        if folder.parent.name == "payers" and not (folder / "payer.yaml").is_file():
            message = "There is no payer.yaml beside these overrides: they would count for every payer"
            remedy = "Add the payer.yaml; or move the file, and name shipped payers under `payers:`"
            self.problems.append(read.document.problem(Mark(1, 1), message, remedy))

    def _check_parameters(self, file: ParameterFile, read: _Read, vocabulary: Vocabulary) -> None:
        """Check a payer's values against the rules that declare them, and keep those that fit."""
        payer = self.payer_keys.get(read.file.folder)
        if payer is None and not (read.file.folder / "payer.yaml").is_file():
            message = "These parameters belong to no payer: there is no payer.yaml beside them"
            self.problems.append(
                read.document.problem(Mark(1, 1), message, "Add the payer.yaml, or move the file")
            )
        rules = {
            name: parsed.rule
            for parsed, _ in self.rules
            if "parameters" not in parsed.broken
            for name in (parsed.rule.id, *parsed.rule.aliases)
        }
        values, problems = check_values(file, payer or "", rules, self.unreadable, read.document, vocabulary)
        folder = pack_folder(read.file, self.packs)
        precedence = self.packs[folder].precedence if folder is not None else 0
        self.values += [replace(value, precedence=precedence) for value in values]
        self.problems += problems

    def _check_ids(self) -> None:
        """Find ids (and former ids) that two rules or decisions claim."""
        known: dict[str, _Read] = {}
        everything = [
            *((p.rule.id, p.rule.aliases, p.broken, read) for p, read in self.rules),
            *((d.id, [], frozenset[str](), read) for d, read in self.decisions),
        ]
        for id_, aliases, broken, read in everything:
            claimed: list[tuple[str, Place]] = [] if "id" in broken else [(id_, ("id",))]
            if "aliases" not in broken:
                claimed += [(alias, ("aliases", i)) for i, alias in enumerate(aliases)]
            for name, place in claimed:
                if name in known:
                    message = f"The id {name} is taken already, by {known[name].file.shown}"
                    problem = read.document.problem(read.at(place), message, "Give this rule a new id")
                    self.problems.append(problem)
                known.setdefault(name, read)

    def _check_payer_ids(self) -> None:
        known: dict[str, list[tuple[str | None, str, _Read]]] = {}
        for payer, read in self.payers.values():
            for i, spec in enumerate(payer.payer_ids):
                for clearinghouse, key, other in known.get(spec.id, []):
                    same = clearinghouse == spec.clearinghouse or None in (clearinghouse, spec.clearinghouse)
                    if key != payer.key and same:
                        message = f"The payer id {spec.id} belongs already to `{key}`, in {other.file.shown}"
                        remedy = "Say for each of them which `clearinghouse` uses the id, or remove one"
                        mark = read.at(("payer_ids", i))
                        self.problems.append(read.document.problem(mark, message, remedy))
                known.setdefault(spec.id, []).append((spec.clearinghouse, payer.key, read))

    # --- guides ---------------------------------------------------------------------------------------

    def read_guides(self, files: list[FoundFile]) -> GuideFiles:
        """Return the guides and overlays. A payer's companion guide stands beside its payer.yaml.

        Only those of other folders than the shipped one are checked: that takes time, and the shipped ones
        are checked by `rules check` and the tests. A companion guide is checked whatever is wrong with its
        payer.
        """
        keys = {read.file.folder: payer.key for payer, read in self.payers.values()}
        guides: dict[str, tuple[str, bytes]] = {}
        corrections, companions, homeless = [], {}, []
        own = set()
        found = [(file.is_shipped, file) for file in files if file.area in ("guide", "companion")]
        for is_shipped, file in sorted(found, key=lambda each: not each[0]):  # what is shipped counts first
            what = (file.shown, file.raw)
            if not is_shipped:
                own.add(file.shown)
            if file.area == "companion":
                if file.folder in keys:
                    companions[keys[file.folder]] = what
                    continue
                homeless.append(Homeless(self.payer_keys.get(file.folder), *what))
                if not (file.folder / "payer.yaml").is_file():
                    message = "This companion guide belongs to no payer: there is no payer.yaml beside it"
                    self.problems.append(
                        Diagnostic(file.shown, 1, 1, message, "Add the payer.yaml, or move it")
                    )
            elif file.folder.name == "corrections":
                corrections.append(what)
            else:
                guides[file.path.as_posix()] = what
        guide_files = GuideFiles.of(guides, corrections, companions)
        if own or homeless:
            self.problems += guide_files.problems(frozenset(self.sources) | self.unreadable, own, homeless)
        return guide_files

    # --- the result -----------------------------------------------------------------------------------

    def bundle(self, files: list[FoundFile], guides: GuideFiles) -> Bundle:
        """Return what was read; only valid when there are no problems."""
        folders = list(self.packs)

        def pack_of(file: FoundFile) -> str:
            folder = pack_folder(file, folders)
            return self.packs[folder].id if folder is not None else ""

        plain, by_house = self._payer_registry()
        sets = {name: spec for name, (spec, _) in sorted(self.sets.items())}
        return Bundle(
            packs=tuple(sorted(self.packs.values(), key=lambda pack: pack.id)),
            rules=tuple(
                sorted(
                    (
                        LoadedRule(p.rule, pack_of(r.file), r.file.shown, _version(r.file))
                        for p, r in self.rules
                    ),
                    key=lambda loaded: loaded.rule.id,
                )
            ),
            decisions=tuple(
                sorted(
                    (
                        LoadedDecision(d, pack_of(r.file), r.file.shown, _version(r.file))
                        for d, r in self.decisions
                    ),
                    key=lambda loaded: loaded.decision.id,
                )
            ),
            sets={name: CodeSet.compile(spec, sets) for name, spec in sets.items()},
            sources={name: source for name, (source, _) in sorted(self.sources.items())},
            payers=plain,
            clearinghouse_payers=by_house,
            parameters=tuple(sorted(self.values, key=lambda v: (v.payer, v.rule, v.name))),
            overrides=self._all_overrides(),
            tables={name: spec for name, (spec, _) in sorted(self.tables.items())},
            base={name: text for name, (text, _) in sorted(self.base.items())},
            guides=guides,
            hash=hash_files(None, files),
        )

    def _all_overrides(self) -> Overrides:
        """Return the entries of all files; those beside a payer.yaml are for that payer's claims."""
        found: list[tuple[Override, str]] = []
        suppressions: list[tuple[Suppression, str]] = []
        for file, read in self.overrides:
            payer = self.payer_keys.get(read.file.folder)
            only = {"payers": [payer]} if payer is not None else {}
            found += [(entry.model_copy(update=only), read.file.shown) for entry in file.overrides]
            suppressions += [(entry.model_copy(update=only), read.file.shown) for entry in file.suppressions]
        return Overrides(tuple(found), tuple(suppressions))

    def _payer_registry(self) -> tuple[dict[str, PayerEntry], dict[tuple[str, str], PayerEntry]]:
        by_id: dict[str, set[PayerEntry]] = {}
        by_house: dict[tuple[str, str], PayerEntry] = {}
        for payer, _ in self.payers.values():
            entry = PayerEntry(payer.key, payer.name, payer.program)
            for spec in payer.payer_ids:
                by_id.setdefault(spec.id, set()).add(entry)
                if spec.clearinghouse is not None:
                    by_house[spec.clearinghouse, spec.id] = entry
        return {name: next(iter(found)) for name, found in by_id.items() if len(found) == 1}, by_house


def _version(file: FoundFile) -> str:
    return hashlib.sha256(file.raw).hexdigest()[:12]
