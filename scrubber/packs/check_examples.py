"""Checks a rule's examples: base claims exist, concrete paths exist, and the proof is complete.

Whether an example does what it says is the engine's to find out (`scrubber rules test`); here it is only
made sure that it says something that can be tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from scrubber.claim.paths import PATHS, VOCABULARY, PathInfo, step, suggest
from scrubber.packs.check_parameters import check_example_parameters
from scrubber.packs.check_tables import check_example_tables
from scrubber.packs.check_terms import Report, Vocabulary, sentence
from scrubber.packs.diagnostics import closest
from scrubber.packs.names import FILE_CLAIMS, NameProblem
from scrubber.packs.rules import Example, Rule
from scrubber.packs.yaml_marks import Place

_PART = re.compile(r"([a-z][a-z0-9_]*)(?:\[([^\]]*)\])?")
_GROUPS = ("pass", "fail", "bypassed", "unknown")


@dataclass(frozen=True, slots=True)
class Concrete:
    """A path of an example: its vocabulary entry, and whether it names the whole list or one of its items."""

    info: PathInfo
    indexed: bool


def resolve(text: str, base: str = "") -> Concrete:
    """Return what a path with indices means, below the pattern `base`. Raises NameProblem.

    `lines[0].units`, `lines[*].units` and `diagnoses` are paths; `lines.units` is not, because an example
    says which line it means.
    """
    pattern, indexed, parts = base, True, _split(text)
    for n, (name, index) in enumerate(parts):
        if name == "reported" and index is None and pattern == "lines[]" and n + 1 < len(parts):
            continue
        found = step(pattern, name)
        if found is None:
            near = suggest(pattern, name)
            where = (
                f"'{pattern.replace('[]', '')}' has no part '{name}'"
                if pattern
                else f"there is no path '{text}'"
            )
            raise NameProblem(where, _replace_part(text, n, name, near) if near else None)
        pattern, indexed = found, True
        if not found.endswith("[]"):
            if index is not None:
                raise NameProblem(
                    f"'{name}' is not a list and takes no index", _replace_part(text, n, "[", "")
                )
            continue
        indexed = index is not None
        if index is not None and not (index == "*" or index.isdecimal()):
            raise NameProblem(f"'[{index}]' is not an index; the first is [0], all are [*]")
        if index is None and n + 1 < len(parts):
            raise NameProblem(
                f"'{text}' does not say which of the {name} it means",
                _replace_part(text, n, name, f"{name}[0]"),
            )
    return Concrete(VOCABULARY[pattern], indexed)


def _split(text: str) -> list[tuple[str, str | None]]:
    out = []
    for part in text.split("."):
        found = _PART.fullmatch(part)
        if found is None:
            raise NameProblem(f"'{text}' is not a path")
        out.append((found[1], found[2]))
    return out


def _replace_part(text: str, n: int, old: str, new: str) -> str:
    """Return a path with its nth part corrected; `[` as `old` means: without its index."""
    parts = text.split(".")
    parts[n] = parts[n].split("[")[0] if old == "[" else parts[n].replace(old, new, 1)
    return ".".join(parts)


def check_examples(rule: Rule, report: Report, vocabulary: Vocabulary, *, amend_is_known: bool) -> None:
    """Note every mistake in a rule's examples. `amend_is_known` is False when `amend` could not be read."""
    examples = rule.examples
    checker = _ExampleChecker(rule, report, vocabulary)
    names: set[str] = set()
    for group in _GROUPS:
        for i, example in enumerate(getattr(examples, "pass_" if group == "pass" else group)):
            place: Place = ("examples", group, i)
            checker.check(example, place)
            check_example_tables(example, place, report, vocabulary)
            if example.name in names:
                message = f"Two examples are called `{example.name}`"
                report.add((*place, "name"), message, "Give each its own name: test output uses it")
            names.add(example.name)
            checker.check_expectations(example, group, place)
    if amend_is_known:
        checker.check_after()


class _ExampleChecker:
    def __init__(self, rule: Rule, report: Report, vocabulary: Vocabulary) -> None:
        self.rule = rule
        self.report = report
        self.vocabulary = vocabulary

    def check(self, example: Example, place: Place) -> None:
        """Check the base and every path of one example."""
        remedy = "Put a clean claim into base/, or use one that is there"
        self.report.known(example.base, self.vocabulary.bases, (*place, "base"), "base claim", remedy)
        for path, value in example.set.items():
            found = self._path(path, (*place, "set", path), key=True)
            if found is not None:
                self._settable(found, path, (*place, "set", path))
                self._nested(value, found.info.pattern, (*place, "set", path))
        self._file(example, place)
        for i, path in enumerate(example.remove):
            self._path(path, (*place, "remove", i))
        for path, items in example.add.items():
            self._added(path, items, (*place, "add", path))
        check_example_parameters(
            example.parameters, self.rule.parameters, (*place, "parameters"), self.report
        )
        for i, expected in enumerate(example.expect):
            if expected.at is not None:
                self._path(expected.at, (*place, "expect", i, "at"))
        for path in example.after:
            self._path(path, (*place, "after", path), key=True)

    def _file(self, example: Example, place: Place) -> None:
        """Check the other claims of an example's file."""
        of_file = self.rule.for_each.groups == FILE_CLAIMS
        for i, added in enumerate(example.add_claims):
            at = (*place, "add_claims", i)
            if not of_file:
                message = (
                    f"`add_claims` is for rules over `{FILE_CLAIMS}`; this one looks at claims one by one"
                )
                self.report.add(at, message, "Remove it")
                continue
            copied = added.get("copy")
            if not (isinstance(copied, str) and copied.isdecimal() and int(copied) <= i):
                self.report.add(
                    at, "A further claim is a copy of an earlier one", "Write `copy: 0` for the first"
                )
            for path in added.keys() - {"copy"}:
                found = self._path(path, (*at, path), key=True)
                if found is not None:
                    self._settable(found, path, (*at, path))
        for i, expected in enumerate(example.expect):
            if expected.claim is not None and not 0 <= expected.claim <= len(example.add_claims):
                message = f"The example has no claim {expected.claim}"
                self.report.add(
                    (*place, "expect", i, "claim"), message, "The first is 0, then those of `add_claims`"
                )

    def check_expectations(self, example: Example, group: str, place: Place) -> None:
        """Check that an example of each group expects what its group is for."""
        if group == "fail" and not example.expect:
            message = f"The failing example `{example.name}` does not say where the finding is"
            self.report.add(place, message, "Add `expect: [{at: ...}]`")
        elif group == "pass" and example.expect:
            message = f"The passing example `{example.name}` expects findings"
            self.report.add_at_key((*place, "expect"), message, "Move it to `fail`, or remove `expect`")
        elif group == "bypassed" and self.rule.bypass is None:
            self.report.add(
                place, "A bypassed example of a rule without `bypass`", "Move it to `fail` or `pass`"
            )

    def check_after(self) -> None:
        """Check that a patch is proven, and that nothing is proven that is not there."""
        amend = self.rule.amend
        has_patch = amend is not None and amend.has_patch
        for i, example in enumerate(self.rule.examples.fail):
            if example.after and not has_patch:
                message = (
                    "`after` shows what an amendment changes, and this rule has none with `change` or `build`"
                )
                self.report.add_at_key(("examples", "fail", i, "after"), message, "Remove it")
        if has_patch and not any(example.after for example in self.rule.examples.fail):
            message = "No failing example shows what the amendment changes"
            self.report.add_at_key(
                ("examples", "fail"), message, "Add `after: {path: new value}` to one of them"
            )

    def _path(self, text: str, place: Place, *, key: bool = False) -> Concrete | None:
        try:
            return resolve(text)
        except NameProblem as problem:
            add = self.report.add_at_key if key else self.report.add
            add(place, sentence(problem), suggestion=problem.suggestion)
            return None

    def _settable(self, found: Concrete, path: str, place: Place) -> None:
        info = found.info
        if info.background:
            if not info.pattern.startswith("lines[].context."):
                message = f"`{path}` is no part of the claim and cannot be set"
                self.report.add_at_key(place, message, "Give it under `history` or `context` of the example")
        elif info.derived:
            message = f"`{path}` is worked out from the claim and cannot be set"
            self.report.add_at_key(place, message, "Set the values that it comes from")

    def _nested(self, value: Any, pattern: str, place: Place) -> None:
        """Check the keys of a mapping (or of a list of mappings) that stands for a part of the claim."""
        if isinstance(value, list):
            for i, item in enumerate(value):
                self._nested(item, pattern, (*place, i))
        if not isinstance(value, dict):
            return
        for key, inner in value.items():
            if key == "copy":
                self._copy(inner, (*place, key))
                continue
            try:
                found = resolve(key, base=pattern)
            except NameProblem as problem:
                self.report.add_at_key((*place, key), sentence(problem), suggestion=problem.suggestion)
                continue
            self._nested(inner, found.info.pattern, (*place, key))

    def _copy(self, path: Any, place: Place) -> None:
        if isinstance(path, str):
            self._path(path, place)
        else:
            self.report.add(place, "`copy` names what to copy", 'Write copy: "lines[0]"')

    def _added(self, path: str, items: list[Any], place: Place) -> None:
        found = self._path(path, place, key=True)
        if found is None:
            return
        if not found.info.is_collection or found.indexed:
            lists = [p.replace("[]", "") for p in PATHS if p.endswith("[]") and p.count("[]") == 1]
            message = f"`{path}` is not a list; `add` adds items to a list"
            self.report.add_at_key(place, message, suggestion=closest(path.partition("[")[0], lists))
            return
        self._nested(items, found.info.pattern, place)
