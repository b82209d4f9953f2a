"""Every mistake in the gallery gives one diagnostic: exact place, cause, remedy. They are public API."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.load import load_packs

HERE = Path(__file__).parent
BUILDERS = frozenset({"external_cause_codes_last"})


def diagnostics_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(folder)
    with pytest.raises(PackErrors) as caught:
        load_packs([Path(".")], builders=BUILDERS)
    return [str(d) for d in caught.value.diagnostics]


def test_each_broken_rule_gives_exactly_its_diagnostic(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = (HERE / "broken" / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert diagnostics_of(HERE / "broken", monkeypatch) == expected


def test_the_gallery_has_one_mistake_a_file() -> None:
    files = sorted(path.name for path in (HERE / "broken").glob("GAL-*.yaml"))
    expected = (HERE / "broken" / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert [line.partition(":")[0] for line in expected] == files
    assert len(files) >= 25


def test_ten_mistakes_in_one_folder_give_ten_diagnostics_in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = (HERE / "ten" / "expected.txt").read_text(encoding="utf-8").splitlines()
    found = diagnostics_of(HERE / "ten", monkeypatch)
    assert found == expected
    assert len(found) == 10


@pytest.mark.parametrize("folder", ["broken", "ten"])
def test_diagnostics_are_sentences_for_people(folder: str) -> None:
    for line in (HERE / folder / "expected.txt").read_text(encoding="utf-8").splitlines():
        assert re.match(r"^[\w./-]+\.yaml:[1-9]\d*:[1-9]\d*: [A-Z`]", line), line
        assert line.endswith((".", "?")), line
        for python in ("{'", "['", "None", "NoneType", "dict", "Traceback", "pydantic", "input_value"):
            assert python not in line, line
