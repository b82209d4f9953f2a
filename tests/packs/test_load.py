"""Folders of rules become one bundle: packs, versions, sets, payers; or every mistake at once."""

from __future__ import annotations

import hashlib
import pickle
import shutil
from pathlib import Path

import pytest

from scrubber.packs.bundle import Bundle
from scrubber.packs.catalogue import CodeSet as CodeSetSpec
from scrubber.packs.code_sets import CodeSet
from scrubber.packs.diagnostics import Diagnostic, PackErrors, closest, listing
from scrubber.packs.engine_range import allows
from scrubber.packs.load import builtin_rules_dir, load_packs
from tests.packs.helpers import RULE

PACK = 'schema: 1\nid: local\ntitle: Local\nversion: "1.2.3"\nengine: ">=0.1,<1"\nprecedence: 7\nowner: Us\n'
SOURCES = "SOURCE: {title: A source, publisher: Tests, citation: here, checked: true}\n"
PAYER = "schema: 1\nkey: example\nname: Example\nprogram: commercial\npayer_ids: [EX1]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("mine/CDS-001-units-missing.yaml", RULE)
    write("mine/sources.yaml", SOURCES)
    write("mine/base/clean.837", "ISA*00*~\n")
    return Path("mine")


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def errors(*roots: Path | str) -> list[str]:
    with pytest.raises(PackErrors) as caught:
        load_packs([Path(root) for root in roots])
    return [str(d) for d in caught.value.diagnostics]


# --- the shipped packs ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return load_packs([builtin_rules_dir()])


def test_the_shipped_packs_load(shipped: Bundle) -> None:
    assert {pack.id for pack in shipped.packs} >= {"format", "completeness", "coding", "example_health"}
    assert len({loaded.rule.id for loaded in shipped.rules}) == len(shipped.rules) > 0
    assert all(shipped.pack(loaded.pack).id == loaded.pack for loaded in shipped.rules)
    assert "professional" in shipped.base


def test_a_rule_knows_its_file_and_version(shipped: Bundle) -> None:
    loaded = shipped.rule("BAL-001")
    raw = (builtin_rules_dir() / "format" / "BAL-001-total-charge-differs-from-lines.yaml").read_bytes()
    assert loaded.version == hashlib.sha256(raw).hexdigest()[:12]
    assert loaded.pack == "format"
    with pytest.raises(KeyError):
        shipped.rule("XXX-999")


def test_a_bundle_travels_to_workers(shipped: Bundle) -> None:
    assert pickle.loads(pickle.dumps(shipped)) == shipped


def test_loading_twice_gives_the_same(shipped: Bundle) -> None:
    assert load_packs([builtin_rules_dir()]) == shipped


def test_packs_of_ones_own_are_added(shipped: Bundle, folder: Path) -> None:
    (folder / "CDS-001-units-missing.yaml").unlink()
    write("mine/CDS-901-units-missing.yaml", RULE.replace("CDS-001", "CDS-901"))  # no id of a shipped rule
    bundle = load_packs([builtin_rules_dir(), folder])
    assert len(bundle.rules) == len(shipped.rules) + 1
    assert bundle.rule("CDS-901").pack == "mine"


# --- what makes a pack ------------------------------------------------------------------------------


def test_a_plain_folder_is_one_pack_and_outranks_the_rest(folder: Path) -> None:
    (pack,) = load_packs([folder]).packs
    assert (pack.id, pack.version) == ("mine", "0.0.0")
    assert pack.precedence > 200


def test_a_folder_with_a_pack_yaml_is_that_pack(folder: Path) -> None:
    write("mine/pack.yaml", PACK)
    (pack,) = load_packs([folder]).packs
    assert (pack.id, pack.version, pack.precedence, pack.owner) == ("local", "1.2.3", 7, "Us")


def test_a_pack_inside_a_pack_is_its_own(folder: Path) -> None:
    write("mine/pack.yaml", PACK)
    write("mine/payers/example/pack.yaml", PACK.replace("id: local", "id: example"))
    write("mine/payers/example/payer.yaml", PAYER)
    write("mine/payers/example/EXH-001-units-missing.yaml", RULE.replace("CDS-001", "EXH-001"))
    bundle = load_packs([folder])
    assert bundle.rule("EXH-001").pack == "example"
    assert bundle.rule("CDS-001").pack == "local"
    before = {pack.id: pack.hash for pack in bundle.packs}
    with Path("mine/payers/example/payer.yaml").open("a") as file:
        file.write("# more\n")
    after = {pack.id: pack.hash for pack in load_packs([folder]).packs}
    assert before["example"] != after["example"]
    assert before["local"] == after["local"]


def test_the_hash_is_of_paths_and_bytes(folder: Path) -> None:
    first = load_packs([folder])
    shutil.copytree("mine", "elsewhere/mine")
    assert load_packs([Path("elsewhere/mine")]).packs[0].hash == first.packs[0].hash
    Path("mine/base/clean.837").rename("mine/base/other.837")
    write("mine/CDS-001-units-missing.yaml", RULE.replace("base: clean", "base: other"))
    second = load_packs([folder])
    assert second.packs[0].hash != first.packs[0].hash
    assert second.hash != first.hash


def test_files_of_editors_and_systems_are_not_part_of_a_pack(folder: Path) -> None:
    before = load_packs([folder])
    for name in (
        ".DS_Store",
        ".CDS-001.swp",
        "CDS-001-units-missing.yaml~",
        "__pycache__/x.yaml",
        ".git/y.yaml",
    ):
        write(f"mine/{name}", "junk: [")
    assert load_packs([folder]).packs == before.packs


def test_the_same_folder_twice_or_inside_another_is_read_once(folder: Path) -> None:
    write("mine/pack.yaml", PACK)
    assert len(load_packs([folder, folder, Path("mine/base/..")]).rules) == 1


# --- what can go wrong with folders -----------------------------------------------------------------


def test_a_missing_an_empty_and_a_wrong_folder(folder: Path) -> None:
    Path("empty").mkdir()
    write("empty/README.md", "nothing yet")
    write("file", "")
    assert errors(folder, "missing", "empty", "file") == [
        "empty: The rules folder holds no rules. "
        "Put rules (ID-name.yaml), or folders with a pack.yaml, into it.",
        "file: The rules folder is a file, not a folder. Name a folder that holds rules or packs of rules.",
        "missing: The rules folder does not exist. Name a folder that holds rules or packs of rules.",
    ]


def test_a_rule_outside_every_pack(folder: Path) -> None:
    write("mine/coding/pack.yaml", PACK)
    assert errors(folder) == [
        "mine/CDS-001-units-missing.yaml:1:1: The rule is in no pack. "
        "Add a pack.yaml to its folder, or move it into a pack."
    ]


def test_a_file_with_the_other_ending(folder: Path) -> None:
    write("mine/CDS-002-x.yml", RULE)
    assert errors(folder) == [
        "mine/CDS-002-x.yml: Files of rules end in .yaml; this one would not be read. "
        "Rename it to CDS-002-x.yaml."
    ]


def test_a_file_of_unlikely_size_is_not_read(folder: Path) -> None:
    write("mine/CDS-002-large.yaml", "#" * 1_000_001)
    write("mine/notes.bin", "#" * 1_000_001)
    assert errors(folder) == [
        "mine/CDS-002-large.yaml: The file is larger than 1,000,000 bytes. Split it into several files."
    ]


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        (">=1", "The pack `local` is for rule language >=1; this engine reads 0.1."),
        ("<0.1", "The pack `local` is for rule language <0.1; this engine reads 0.1."),
        ("latest", "`latest` is not a range of versions. Write bounds with commas, such as >=0.1,<1."),
    ],
)
def test_a_pack_for_another_engine(folder: Path, engine: str, message: str) -> None:
    write("mine/pack.yaml", PACK.replace(">=0.1,<1", engine))
    (found,) = errors(folder)
    assert found.startswith(f"mine/pack.yaml:5:9: {message}")


def test_one_id_in_two_packs_names_both_files(folder: Path) -> None:
    write("other/CDS-001-units-missing.yaml", RULE)
    assert errors(folder, "other") == [
        "other/CDS-001-units-missing.yaml:2:5: The id CDS-001 is taken already, "
        "by mine/CDS-001-units-missing.yaml. Give this rule a new id."
    ]


def test_a_former_id_stays_taken(folder: Path) -> None:
    write("mine/CDS-002-units-missing.yaml", RULE.replace("id: CDS-001", "id: CDS-002\naliases: [CDS-001]"))
    (found,) = errors(folder)
    assert found.startswith("mine/CDS-002-units-missing.yaml:3:11: The id CDS-001 is taken already")


def test_two_packs_of_one_name(folder: Path) -> None:
    write("mine/a/pack.yaml", PACK)
    write("mine/b/pack.yaml", PACK)
    write("mine/CDS-001-units-missing.yaml", "")
    Path("mine/CDS-001-units-missing.yaml").unlink()
    (found,) = errors(folder)
    assert found.startswith("mine/b/pack.yaml:1:1: The pack `local` exists already, in mine/a/pack.yaml.")


def test_a_source_may_be_said_twice_but_not_differently(folder: Path) -> None:
    write("other/sources.yaml", SOURCES)
    load_packs([folder, Path("other")])
    write("other/sources.yaml", SOURCES.replace("A source", "Another"))
    (found,) = errors(folder, "other")
    assert found.startswith(
        "other/sources.yaml:1:1: The source `SOURCE` exists already, in mine/sources.yaml."
    )


def test_a_broken_set_is_one_mistake_however_many_rules_use_it(folder: Path) -> None:
    write("mine/sets/visits.yaml", "set: visits\ncodes: []\nreferences: [SOURCE]\n")
    use = "require: {field: line.procedure.code, in_set: visits}"
    write("mine/CDS-001-units-missing.yaml", RULE.replace("require: {field: line.units, present: true}", use))
    assert errors(folder) == ["mine/sets/visits.yaml:2:8: `codes` is an empty list."]


def test_sets_and_payers_cite_sources_that_exist(folder: Path) -> None:
    write("mine/sets/visits.yaml", "set: visits\ncodes: ['1']\nreferences: [SORCE]\n")
    write("mine/payers/x/payer.yaml", PAYER + "references: [SORCE]\n")
    assert [line.split(": ")[0] for line in errors(folder)] == [
        "mine/payers/x/payer.yaml:6:14",
        "mine/sets/visits.yaml:3:14",
    ]


# --- payers and sets --------------------------------------------------------------------------------


def test_a_payer_is_found_by_its_ids(folder: Path) -> None:
    write("mine/payers/a/payer.yaml", PAYER.replace("[EX1]", "[EX1, {id: '77', clearinghouse: one}]"))
    write(
        "mine/payers/b/payer.yaml",
        PAYER.replace("example", "second").replace("[EX1]", "[{id: '77', clearinghouse: two}]"),
    )
    bundle = load_packs([folder])
    assert bundle.payers["EX1"].key == "example"
    assert bundle.payer("EX1").program == "commercial"  # type: ignore[union-attr]
    assert bundle.payer("77") is None
    assert bundle.payer("77", "one").key == "example"  # type: ignore[union-attr]
    assert bundle.payer("77", "two").key == "second"  # type: ignore[union-attr]
    assert bundle.payer("nobody") is None


def test_one_id_for_two_payers_needs_clearinghouses(folder: Path) -> None:
    write("mine/payers/a/payer.yaml", PAYER)
    write("mine/payers/b/payer.yaml", PAYER.replace("example", "second"))
    (found,) = errors(folder)
    assert found.startswith(
        "mine/payers/b/payer.yaml:5:13: The payer id EX1 belongs already to `example`, "
        "in mine/payers/a/payer.yaml."
    )


def compiled(codes: list[object]) -> CodeSet:
    return CodeSet.compile(CodeSetSpec.model_validate({"set": "x", "codes": codes, "references": ["S"]}), {})


def test_a_set_holds_codes_ranges_and_beginnings() -> None:
    found = compiled(["99213", {"from": "00100", "to": "01999"}, "V*"])
    for code in ("99213", "00100", "01234", "01999", "V00", "V"):
        assert code in found
    for code in ("99214", "02000", "0100", "001000", "W00", "", None, 99213):
        assert code not in found
    assert not found.is_plain
    assert compiled(["99213"]).is_plain


@pytest.mark.parametrize("code", ["99202-99215", "*", "9*9"])
def test_a_set_refuses_what_would_never_match(folder: Path, code: str) -> None:
    write("mine/sets/visits.yaml", f"set: visits\ncodes: ['{code}']\nreferences: [SOURCE]\n")
    (found,) = errors(folder)
    assert found.startswith(f"mine/sets/visits.yaml:2:9: `{code}`")


# --- small things -----------------------------------------------------------------------------------


def test_ranges_of_versions() -> None:
    assert allows(">=0.1,<1", (0, 1))
    assert allows("0.1", (0, 1, 0))
    assert allows("> 0.0.9, <= 0.1", (0, 1))
    assert not allows(">0.1", (0, 1))
    assert not allows("==0.2", (0, 1))


def test_a_diagnostic_reads_as_one_line() -> None:
    assert str(Diagnostic("f", 1, 2, "Wrong", "Mend it", "x")) == "f:1:2: Wrong. Did you mean 'x'? Mend it."
    assert str(Diagnostic("folder", 0, 0, "Gone")) == "folder: Gone."


def test_errors_are_sorted_without_repeats_and_travel() -> None:
    a, b = Diagnostic("b", 1, 1, "x"), Diagnostic("a", 10, 1, "x")
    error = PackErrors([a, b, a, Diagnostic("a", 9, 1, "x")])
    assert [(d.file, d.line) for d in error.diagnostics] == [("a", 9), ("a", 10), ("b", 1)]
    assert pickle.loads(pickle.dumps(error)).diagnostics == error.diagnostics


def test_words() -> None:
    assert closest("Present", ["present", "absent"]) == "present"
    assert closest("xyz", ["present"]) is None
    assert listing(["a"]) == "`a`"
    assert listing(["a", "b", "c"], "or") == "`a`, `b` or `c`"
    assert listing([str(i) for i in range(14)]).endswith("and 2 more")
