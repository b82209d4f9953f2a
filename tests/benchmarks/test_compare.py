"""The comparison with pyx12: every work does every claim, and the tables say what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import compare, rules
from benchmarks.claims import Mix, as_bytes, write
from benchmarks.measure import WORKS, Cost, count, measured
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES, Scrubber
from scrubber.rule_examples import run_examples

#: Seconds a claim, as if measured: by work, on a clean file and on one in which every claim has an error.
CLEAN = {"read": 0.001, "format": 0.002, "scrub": 0.004, "synthetic": 0.005, "pyx12": 0.1}
WRONG = {"format": 0.003, "unproven": 0.01}


def file_of(folder: Path, claims: int, errors: float) -> Path:
    path = folder / f"{claims}-{errors}.837"
    with path.open("wb") as stream:
        write(Mix(claims=claims, errors=errors), stream)
    return path


@pytest.mark.parametrize("work", WORKS)
def test_every_work_does_every_claim(work: str, tmp_path: Path) -> None:
    """A wrong count in an envelope is among the errors: that is no claim, and stops nothing."""
    data, errors = as_bytes(Mix(claims=80, errors=1.0))
    assert any(error.segment == "SE" for error in errors) and len({error.claim for error in errors}) == 80
    path = tmp_path / "wrong.837"
    path.write_bytes(data)
    assert WORKS[work]()(str(path)) == (-1 if work == "pyx12" else 80)


def test_a_work_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    cost = measured("format", file_of(tmp_path, 30, errors=0.0), file_of(tmp_path, 20, errors=0.0))
    assert cost.claims == 30 and cost.memory > 1_000_000


def test_a_work_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"pyx12: .*No such file"):
        measured("pyx12", tmp_path / "nothing.837", tmp_path / "nothing.837")


def _fake(work: str, path: Path, small: Path) -> Cost:
    """Return what a work would cost; the name of a file says its share of errors."""
    assert path.parent == small.parent and path.stem.split("-")[1] == small.stem.split("-")[1]
    wrong = path.stem.endswith("-1.0")
    cpu = (count(path)[0] - count(small)[0]) * (WRONG if wrong else CLEAN)[work]
    return Cost(cpu, cpu * 2, 50_000_000, -1 if work == "pyx12" else count(path)[0])


def test_both_tables_hold_a_rate_to_the_right_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compare, "measured", _fake)
    assert compare.main(["--claims", "120", "--pyx12-claims", "70", "--rounds", "2"]) == 0
    clean, wrong = capsys.readouterr().out.split("where every claim has an error")
    rows = [line.split() for line in clean.splitlines()[2:]]
    assert [(row[0], row[1], row[2], row[-2]) for row in rows] == [
        ("read", "100", "1,000", "100.0"),
        ("format", "100", "500", "50.0"),
        ("scrub", "100", "250", "25.0"),
        ("synthetic", "100", "200", "20.0"),
        ("pyx12", "50", "10", "1.0"),
    ]
    rows = [line.split() for line in wrong.splitlines()[2:]]
    assert [(row[0], row[1], row[2], row[-2]) for row in rows] == [
        ("format", "100", "333", "1.5"),
        ("unproven", "100", "100", "2.5"),
    ]


def test_what_errors_cost_is_held_to_a_clean_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compare, "measured", lambda *_: Cost(1, 1, 1, 30))
    for words in ([str(file_of(tmp_path, 30, errors=0.0))], ["--claims", "30", "--errors", "0.1"]):
        assert compare.main([*words, "--rounds", "1"]) == 0
        assert "every claim has an error" not in capsys.readouterr().out


def test_a_work_that_leaves_claims_out_has_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compare, "measured", lambda *_: Cost(1, 1, 1, 29))
    assert compare.main(["--claims", "30", "--rounds", "1"]) == 1
    assert "failed: 1 of 30 claims could not be done" in capsys.readouterr().out


def test_synthetic_rules_are_as_their_examples_say(tmp_path: Path) -> None:
    """They load, and each finds what it is made to find."""
    rules.write(30, tmp_path / "synthetic")
    bundle = load_packs([tmp_path / "synthetic"], BUILDER_NAMES, [builtin_rules_dir()])
    report = run_examples(Scrubber(bundle))
    assert len(bundle.rules) == 30 and report.ran >= 60 and not report.failures
