"""A gallery of broken knowledge with the exact messages its author gets."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scrubber.denials import load_denials
from scrubber.packs.diagnostics import PackErrors

SOURCES = 'SRC: {title: A page, publisher: A payer, url: "https://example.org/a", checked: true}\n'
CODES = "schema: 1\ncarc: [1-50]\nrarc: [M1-M149, MA1-MA134, N1-N999]\nreferences: [SRC]\n"
SIGNALS = """\
schema: 1
groups: {meanings: {CO: The provider bears it.}, references: [SRC]}
needs_remark: {carcs: ["16"], text: Look for the remark., references: [SRC]}
"""
ENTRY = """\
schema: 1
key: {group: CO, carc: "4"}
meaning: A modifier does not fit.
causes: [{text: It stands twice., prevented_by: [MOD-023]}]
next_step: {action: corrected_claim, frequency: "7", text: Correct it., send: [The claim]}
guardrails: [{forbid: new_claim, why: It would be a duplicate.}]
references: [SRC]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    here = tmp_path / "denials"
    here.mkdir()
    for name, text in (
        ("sources", SOURCES),
        ("codes", CODES),
        ("signals", SIGNALS),
        ("CO-4-modifier", ENTRY),
    ):
        (here / f"{name}.yaml").write_text(text, encoding="utf-8")
    return here


def messages(folder: Path, **more: object) -> list[str]:
    with pytest.raises(PackErrors) as raised:
        load_denials(folder, **more)  # type: ignore[arg-type]
    return [str(d) for d in raised.value.diagnostics]


def test_a_whole_folder_loads(folder: Path) -> None:
    denials = load_denials(folder, rule_ids={"MOD-023"})
    assert [e.name for e in denials.entries] == ["CO-4-modifier"]
    assert denials.entries[0].file == "denials/CO-4-modifier.yaml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'frequency: "7"',
            'frequency: "8"',
            "denials/CO-4-modifier.yaml:5:38: `corrected_claim` has claim frequency 7 "
            '(1 original, 7 replaces, 8 voids). Write frequency: "7".',
        ),
        (
            "action: corrected_claim",
            "action: void",
            "denials/CO-4-modifier.yaml:5:27: `void` has claim frequency 8 "
            '(1 original, 7 replaces, 8 voids). Write frequency: "8".',
        ),
        (
            "references: [SRC]",
            "references: [SRD]",
            "denials/CO-4-modifier.yaml:7:14: `SRD` is no source. Did you mean 'SRC'? "
            "Add it to rules/denials/sources.yaml.",
        ),
        (
            'carc: "4"',
            'carc: "99"',
            "denials/CO-4-modifier.yaml:2:1: The file is named `CO-4-modifier.yaml` and the entry is about "
            "CO-99. Name it CO-99-what-it-is-about.yaml.",
        ),
        (
            'carc: "4"',
            'carc: "4", rarc_any: [N290, M150]',
            "denials/CO-4-modifier.yaml:2:46: There is no code M150. "
            "Correct it, or add the number to codes.yaml.",
        ),
        (
            "{forbid: new_claim,",
            "{forbid: new_claim, when: {rarc: N290},",
            "",
        ),
    ],
)
def test_a_mistake_is_named_where_it_stands(folder: Path, old: str, new: str, message: str) -> None:
    path = folder / "CO-4-modifier.yaml"
    assert old in ENTRY
    path.write_text(ENTRY.replace(old, new), encoding="utf-8")
    if message:
        assert message in messages(folder)
    else:
        assert load_denials(folder).entries


def test_a_misspelt_key_is_suggested(folder: Path) -> None:
    (folder / "CO-4-modifier.yaml").write_text(ENTRY.replace("meaning:", "meening:"), encoding="utf-8")
    found = messages(folder)
    assert len(found) == 1
    assert found[0].startswith("denials/CO-4-modifier.yaml:3:1: ")
    assert "Did you mean 'meaning'?" in found[0]


def test_a_rule_that_does_not_exist(folder: Path) -> None:
    assert messages(folder, rule_ids={"MOD-022", "SIT-007"}) == [
        "denials/CO-4-modifier.yaml:4:50: There is no rule MOD-023. Did you mean 'MOD-022'?"
    ]


def test_two_entries_about_one_denial(folder: Path) -> None:
    shutil.copy(folder / "CO-4-modifier.yaml", folder / "CO-4-other.yaml")
    assert messages(folder) == [
        "denials/CO-4-other.yaml:2:1: CO-4 has an entry already: denials/CO-4-modifier.yaml. "
        "Join the two, or make their keys differ."
    ]


def test_mistakes_of_all_files_come_at_once(folder: Path) -> None:
    (folder / "signals.yaml").write_text(SIGNALS.replace("schema: 1", "schema: 2"), encoding="utf-8")
    (folder / "codes.yaml").write_text(CODES.replace("1-50", "50-1"), encoding="utf-8")
    (folder / "CO-4-modifier.yaml").write_text(ENTRY.replace("key: {", "key: {{"), encoding="utf-8")
    files = [message.split(":")[0] for message in messages(folder)]
    assert {"denials/signals.yaml", "denials/CO-4-modifier.yaml"} <= set(files)


def test_a_span_the_wrong_way_round(folder: Path) -> None:
    (folder / "codes.yaml").write_text(CODES.replace("1-50", "50-1"), encoding="utf-8")
    assert (
        "denials/codes.yaml:2:8: `50-1` is no span of codes. "
        "Write the lower code first, with the same letters, such as B7-B16." in messages(folder)
    )


def test_a_source_that_is_shared_already(folder: Path) -> None:
    shared = load_denials(folder).sources
    assert messages(folder, shared_sources=shared) == [
        "denials/sources.yaml:1:1: The source `SRC` is in rules/sources.yaml already. "
        "Remove it here; entries may cite that one."
    ]


def test_a_missing_file_and_a_missing_folder(folder: Path) -> None:
    (folder / "signals.yaml").unlink()
    assert messages(folder) == ["denials/signals.yaml: The file is missing."]
    assert messages(folder / "nowhere") == [
        "denials/nowhere: There is no such folder. It should hold denial entries."
    ]


def test_when_and_else_come_together(folder: Path) -> None:
    step = 'next_step: {when: {rarc: MA130}, action: fix_and_resubmit, frequency: "1", text: Send it.}'
    lines = [step if line.startswith("next_step") else line for line in ENTRY.splitlines()]
    (folder / "CO-4-modifier.yaml").write_text("\n".join(lines), encoding="utf-8")
    assert messages(folder) == [
        "denials/CO-4-modifier.yaml:5:13: A step with `when` needs `else`, and only such a step has it."
    ]
