"""`scrubber rules new`: begin a rule with a file that passes `rules check` and `rules test` at once."""

from __future__ import annotations

import re
from pathlib import Path

import click

from scrubber.base_claims import ExampleError
from scrubber.cli.common import Failure, load_bundle, packs_option
from scrubber.cli.rules.common import scrubber_of, unreadable_base
from scrubber.packs.bundle import Bundle
from scrubber.packs.load import builtin_rules_dir
from scrubber.packs.shapes import KEBAB, PATTERNS, RULE_ID
from scrubber.rule_examples import joined, run_base_claims, run_examples
from scrubber.rulebook.scaffold import SOURCE, SOURCE_LINE, CannotBegin, next_free_id, scaffold


@click.command()
@click.argument("rule_id", metavar="ID")
@click.option("--name", required=True, help="The problem in a few words, such as group-number-missing.")
@click.option(
    "--pack", "folder", default="my-rules", show_default=True, metavar="FOLDER", help="Where it goes."
)
@click.option("--for-each", metavar="LIST", help="What it looks at: claim, lines, diagnoses, every.npi ...")
@click.option("--path", metavar="PATH", help="The claim path it asks for, such as line.charge.")
@packs_option
def new(
    rule_id: str, name: str, folder: str, for_each: str | None, path: str | None, packs: tuple[str, ...]
) -> int:
    """Begin a rule: write a file with everything a rule needs, and examples that hold.

    The rule asks that something is there; change it into the one you mean. Nothing is ever overwritten.
    """
    rule_id, home = rule_id.upper(), Path(folder)
    _well_formed(rule_id, RULE_ID, "an id")
    _well_formed(name, KEBAB, "a name")
    own = [folder] if home.is_dir() and any(home.rglob("*.yaml")) else []
    bundle = load_bundle((*packs, *own))
    _still_free(bundle, rule_id)
    file = home / f"{rule_id}-{name}.yaml"
    if file.exists():
        raise Failure(f"{file} exists already", "choose another name, or remove the file")
    try:
        text = scaffold(bundle, rule_id, name, for_each, path)
    except CannotBegin as problem:
        raise Failure(problem.message, problem.remedy) from None
    except ExampleError as problem:
        raise unreadable_base(problem) from None
    written = _Written()
    try:
        written.create(file, text)
        sources = None if SOURCE in bundle.sources else _sources_of(home)
        if sources is not None:
            written.append(sources, SOURCE_LINE)
        _prove((*packs, folder), rule_id)
    except OSError as error:
        written.undo()
        raise Failure(f"{file} cannot be written ({error.strerror})", "choose another --pack") from None
    except BaseException:
        written.undo()
        raise
    click.echo(f"{file} is begun: `scrubber rules test {folder} {rule_id}` runs its examples, and they hold.")
    click.echo(
        f"Next: change the rule and its examples; in place of {SOURCE}, say in sources.yaml who says so."
    )
    return 0


def _well_formed(word: str, pattern: str, what: str) -> None:
    if not re.fullmatch(pattern, word):
        raise Failure(f"'{word}' is not {what} of a rule", f"write {PATTERNS[pattern]}")


def _still_free(bundle: Bundle, rule_id: str) -> None:
    """Refuse an id that a rule or decision has, or once had."""
    taken = {d.decision.id: (d.decision.title, d.file) for d in bundle.decisions}
    for loaded in bundle.rules:
        taken |= dict.fromkeys([loaded.rule.id, *loaded.rule.aliases], (loaded.rule.title, loaded.file))
    if rule_id in taken:
        title, file = taken[rule_id]
        free = next_free_id(bundle, rule_id)
        remedy = f"the next free one is {free}" if free else "this family is full: choose other letters"
        raise Failure(f"the id {rule_id} is taken: {title} ({file})", remedy)


def _sources_of(home: Path) -> Path:
    """Return the sources.yaml that belongs to a folder: the shipped packs share one."""
    shipped = builtin_rules_dir().resolve()
    return (shipped if home.resolve().is_relative_to(shipped) else home) / "sources.yaml"


class _Written:
    """What was written, so that it can be taken back when the rule turns out not to hold."""

    def __init__(self) -> None:
        self.folders: list[Path] = []
        self.before: dict[Path, bytes | None] = {}

    def create(self, file: Path, text: str) -> None:
        """Write a new file. Raises OSError, also when there is one already."""
        self.folders = [folder for folder in (file.parent, *file.parent.parents) if not folder.exists()]
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            self.before[file] = None
            out.write(text)

    def append(self, file: Path, line: str) -> None:
        """Add a line to a file, or begin one."""
        self.before[file] = before = file.read_bytes() if file.exists() else None
        gap = b"\n" if before and not before.endswith(b"\n") else b""
        file.write_bytes((before or b"") + gap + line.encode())

    def undo(self) -> None:
        """Leave everything as it was."""
        for file, before in self.before.items():
            if before is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(before)
        for folder in self.folders:
            if folder.is_dir():
                folder.rmdir()


def _prove(packs: tuple[str, ...], rule_id: str) -> None:
    """Check and test the new rule as the author's next commands would."""
    scrubber = scrubber_of(load_bundle(packs))
    report = joined([run_examples(scrubber, [rule_id]), run_base_claims(scrubber)])
    if report.failures:
        raise Failure(str(report.failures[0]), "begin it with another --path or --for-each")
