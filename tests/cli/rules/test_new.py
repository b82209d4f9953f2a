"""`scrubber rules new`: it passes at once, overwrites nothing, and a refusal leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.cli.rules.packs import shipped, write_rule
from tests.conftest import Quick, assert_own_words, assert_refused


def test_the_file_is_a_whole_rule(workspace: Path, quick: Quick) -> None:
    ran = quick("rules", "new", "zzz-001", "--name", "group-missing", "--path", "subscriber.group_number")
    assert (ran.code, ran.err) == (0, "")
    file = Path("my-rules/ZZZ-001-group-missing.yaml")
    assert str(file) in ran.out
    rule = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert (rule["id"], rule["name"], rule["status"]) == ("ZZZ-001", "group-missing", "preview")
    assert rule["require"] == {"field": "subscriber.group_number", "present": True}
    (failing,) = rule["examples"]["fail"]
    assert failing["remove"] == ["subscriber.group_number"]
    assert failing["expect"] == [{"at": "subscriber.group_number"}]
    assert "SOURCE-TO-NAME: {" in Path("my-rules/sources.yaml").read_text(encoding="utf-8")


WISHES = [
    (),
    ("--for-each", "lines"),
    ("--for-each", "diagnoses"),
    ("--for-each", "attachments"),  # no base claim has one
    ("--for-each", "lines.modifiers"),  # plain values
    ("--for-each", "every.npi"),
    ("--for-each", "every.date"),
    ("--for-each", "lines", "--path", "total_charge"),
    ("--path", "line.place_of_service"),  # the claim's, where the line has none
    ("--path", "statement_period.from"),  # of institutional claims only
    ("--path", "prior_authorization_number"),  # the base claims lack it and are clean
    ("--path", "rendering_provider"),  # a part of the claim
    ("--path", "lines[0].modifiers"),
    ("--path", "other_payers.payer_id"),
]


@pytest.mark.slow
def test_whatever_is_begun_passes_check_and_test_at_once(workspace: Path, quick: Quick) -> None:
    for number, words in enumerate(WISHES, 1):
        ran = quick("rules", "new", f"ZZZ-{number:03d}", "--name", "something-missing", *words)
        assert (ran.code, ran.err) == (0, ""), words
    checked = quick("rules", "check", "my-rules")
    assert f"{len(shipped().rules) + len(WISHES)} rules and " in checked.out
    assert "packs: no mistakes." in checked.out
    tested = quick("rules", "test", "my-rules")
    assert tested.out.endswith("all are as they say.\n")
    assert Path("my-rules/sources.yaml").read_text(encoding="utf-8").count("SOURCE-TO-NAME") == 1


def test_the_folder_can_be_named_and_its_sources_are_kept(workspace: Path, quick: Quick) -> None:
    folder = Path("deep/mine")
    folder.mkdir(parents=True)
    own = "OWN: {title: A, publisher: B, citation: C, checked: false}"  # and no line end
    (folder / "sources.yaml").write_text(own, encoding="utf-8")
    ran = quick("rules", "new", "ZZZ-001", "--name", "x", "--pack", str(folder))
    assert ran.code == 0
    first, second = (folder / "sources.yaml").read_text(encoding="utf-8").splitlines()
    assert first == own
    assert second.startswith("SOURCE-TO-NAME: ")


def test_a_taken_id_is_refused_with_the_next_free_one(workspace: Path, quick: Quick) -> None:
    write_rule(Path("my-rules"))
    write_rule(Path("my-rules"), ("ZZZ-001", "ZZZ-004"))
    assert_refused(
        quick("rules", "new", "ZZZ-001", "--name", "x"),
        "the id ZZZ-001 is taken: The claim has no control number "
        "(my-rules/ZZZ-001-control-number-missing.yaml)",
        "the next free one is ZZZ-005",
    )
    ran = quick("rules", "new", "MOD-010", "--name", "x", "--pack", "other")
    assert "the id MOD-010 is taken: " in ran.err
    assert not Path("other").exists()


def test_former_ids_and_those_of_decisions_are_taken_too(workspace: Path, quick: Quick) -> None:
    write_rule(Path("my-rules"), ("name: control", "aliases: [ZZZ-007]\nname: control"))
    ran = quick("rules", "new", "ZZZ-007", "--name", "x")
    assert "the next free one is ZZZ-008" in ran.err
    ran = quick("rules", "new", "DEC-001", "--name", "x")
    assert "the id DEC-001 is taken: " in ran.err
    assert "the next free one is DEC-0" in ran.err


def test_a_file_is_never_overwritten(workspace: Path, quick: Quick) -> None:
    folder = Path("my-rules")
    folder.mkdir()
    file = folder / "ZZZ-001-x.yaml"
    file.symlink_to("nowhere")  # not read as a rule, and there all the same
    ran = quick("rules", "new", "ZZZ-001", "--name", "x")
    assert_own_words(ran)
    assert file.is_symlink()


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        (
            ("ZZZ-1", "--name", "x"),
            "'ZZZ-1' is not an id of a rule",
            "write two to five capitals, a dash, three digits, such as CDS-001",
        ),
        (
            ("ZZZ-001", "--name", "Group Number"),
            "'Group Number' is not a name of a rule",
            "write lower-case words joined by dashes, such as total-charge-differs",
        ),
        (
            ("ZZZ-001", "--name", "x", "--path", "line.chrge"),
            "there is no path 'line.chrge'",
            "did you mean lines.charge?",
        ),
        (
            ("ZZZ-001", "--name", "x", "--path", "line.context.documented_minutes"),
            "'line.context.documented_minutes' is no part of the claim",
            "begin with a path of the claim, and add it by hand",
        ),
        (
            ("ZZZ-001", "--name", "x", "--for-each", ""),
            "'' is no list",
            "name `claim`, or a list such as `lines` or `diagnoses`",
        ),
        (
            ("ZZZ-001", "--name", "x", "--for-each", "linse"),
            "there is no path or name 'linse'",
            "did you mean lines?",
        ),
        (
            ("ZZZ-001", "--name", "x", "--for-each", "every.npi", "--path", "payer.key"),
            "'every.npi' looks at all paths of its kind",
            "leave --path or --for-each out",
        ),
        (
            ("ZZZ-001", "--name", "x", "--path", "service_period.from"),
            "no base claim shows 'service_period.from' both there and missing, "
            "so no examples can be made for it",
            "name a path that a claim itself carries (docs/paths.md lists all), "
            "or copy a rule that is near to yours (`scrubber rules list --path PATH`)",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wish_that_cannot_be_is_refused(
    words: tuple[str, ...], message: str, remedy: str, workspace: Path, quick: Quick
) -> None:
    assert_refused(quick("rules", "new", *words), message, remedy)
    assert not Path("my-rules").exists()


def test_a_folder_that_is_a_file_is_refused(workspace: Path, quick: Quick) -> None:
    Path("my-rules").write_text("a file", encoding="ascii")
    ran = quick("rules", "new", "ZZZ-001", "--name", "x")
    assert_own_words(ran)
    assert Path("my-rules").read_text(encoding="ascii") == "a file"


def test_what_turns_out_not_to_hold_is_taken_back(workspace: Path, quick: Quick) -> None:
    """A pack of several folders: the new one is in no pack, which only loading it shows."""
    write_rule(Path("all/one"))
    head = (
        'schema: 1\nid: one\ntitle: One\nversion: "1.0.0"\nengine: ">=0.1,<1"\nprecedence: 1\nowner: Nobody\n'
    )
    Path("all/one/pack.yaml").write_text(head, encoding="utf-8")
    before = sorted(Path().rglob("*"))
    ran = quick("rules", "new", "ZZZ-002", "--name", "x", "--pack", "all")
    assert "The rule is in no pack" in ran.err
    assert_own_words(ran)
    assert sorted(Path().rglob("*")) == before
