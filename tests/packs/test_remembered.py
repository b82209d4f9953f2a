"""Rules that were read before are as they were read; whatever is wrong is said every time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scrubber.packs import remembered
from scrubber.packs.bundle import Bundle
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.load import builtin_rules_dir, load_packs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCRUBBER_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept" / "packs"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of rules that draws on nothing else, with parameters and a table."""
    copy = tmp_path / "language"
    shutil.copytree(Path(__file__).parent.parent / "language" / "pack", copy)
    return copy


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


class Yaml:
    """Counts how many files are read as YAML."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files: list[str] = []
        plain = remembered.read_yaml

        def read(raw: bytes, shown: str) -> remembered.Document:
            self.files.append(shown)
            return plain(raw, shown)

        monkeypatch.setattr(remembered, "read_yaml", read)


def test_the_shipped_rules_are_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yaml = Yaml(monkeypatch)
    first = load_packs([builtin_rules_dir()])
    assert len(yaml.files) > 100 and len(kept(folder)) == 1
    yaml.files.clear()
    second = load_packs([builtin_rules_dir()])
    assert not yaml.files
    assert contents(second) == contents(first)


def contents(bundle: Bundle) -> dict[str, object]:
    """Return all that a bundle says, in an order of its own."""
    return {name: getattr(bundle, name) for name in Bundle.__dataclass_fields__ if name != "guides"}


def test_values_of_parameters_are_there_again(pack: Path, folder: Path) -> None:
    """They mean something only together with the rules that declare them."""
    payer = pack / "payers" / "px"
    payer.mkdir(parents=True)
    (payer / "payer.yaml").write_text(PAYER, encoding="utf-8")
    (payer / "parameters.yaml").write_text(PARAMETERS, encoding="utf-8")
    first, second = load_packs([pack]), load_packs([pack])
    assert [value.name for value in first.parameters] == ["filing_limit"]
    assert second.parameters == first.parameters and second.payers == first.payers


PAYER = """\
schema: 1
key: px
name: Payer X (fictitious)
program: commercial
payer_ids: [PX001]
references: [NCCI-MUE]
"""
PARAMETERS = """\
schema: 1
values:
  - {parameter: TIM-001.filing_limit, value: {days: 90}, references: [NCCI-MUE]}
"""


def test_a_changed_file_is_read_anew(pack: Path, folder: Path) -> None:
    load_packs([pack])
    rule = next(pack.glob("ANE-001*"))
    rule.write_text(rule.read_text(encoding="utf-8").replace("title: ", "title: New. ", 1), encoding="utf-8")
    titles = {loaded.rule.id: loaded.rule.title for loaded in load_packs([pack]).rules}
    assert titles["ANE-001"].startswith("New. ") and len(kept(folder)) == 2


def test_a_file_more_or_less_is_another_pack(pack: Path, folder: Path) -> None:
    before = {loaded.rule.id for loaded in load_packs([pack]).rules}
    next(pack.glob("ANE-001*")).unlink()
    assert before - {loaded.rule.id for loaded in load_packs([pack]).rules} == {"ANE-001"}


def test_mistakes_are_said_every_time(pack: Path, folder: Path) -> None:
    rule = next(pack.glob("ANE-001*"))
    rule.write_text(rule.read_text(encoding="utf-8") + "sevrity: warn\n", encoding="utf-8")
    said = []
    for _ in range(2):
        with pytest.raises(PackErrors) as caught:
            load_packs([pack])
        said.append([str(diagnostic) for diagnostic in caught.value.diagnostics])
    assert said[0] == said[1] and not kept(folder)
    assert "ANE-001" in said[0][0] and ":25:1" in said[0][0]  # with its place: it was read as YAML again


def test_the_same_file_may_be_wrong_among_others(pack: Path, folder: Path, tmp_path: Path) -> None:
    """A rule that was right is not, once a set that it names is gone."""
    load_packs([pack])
    for file in (pack / "sets").iterdir():
        file.unlink()
    with pytest.raises(PackErrors):
        load_packs([pack])


def test_builders_that_are_known_matter(folder: Path) -> None:
    load_packs([builtin_rules_dir()])
    load_packs([builtin_rules_dir()], frozenset({"anything"}) | frozenset(_builders()))
    assert len(kept(folder)) == 2


def _builders() -> frozenset[str]:
    from scrubber.pipeline import BUILDER_NAMES

    return BUILDER_NAMES


def test_what_cannot_be_kept_is_no_error(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    monkeypatch.setenv("SCRUBBER_CACHE", str(tmp_path / "file"))
    assert contents(load_packs([pack])) == contents(load_packs([pack]))
