"""Local decisions about rules: another severity, off, or a known finding set aside."""

from __future__ import annotations

import datetime as dt
import shutil
from io import BytesIO
from pathlib import Path

import pytest

from scrubber.findings import ClaimResult
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES, Scrubber
from scrubber.read.chunks import Chunk
from scrubber.read.split import split_x12
from tests.language.test_examples import PACK

BASE = (builtin_rules_dir() / "base" / "professional_example_health.837").read_text()
RECEIVED = dt.date(2026, 9, 1)


def claim() -> bytes:
    segments = BASE.replace("\n", "").split("~")
    changed = []
    for segment in segments:
        elements = segment.split("*")
        if elements[0] == "SBR":
            elements[3] = ""
        changed.append("*".join(elements))
    return "~".join(changed).encode()


def scrubbed(folder: Path, overrides: str, received: dt.date | None = RECEIVED) -> ClaimResult:
    (folder / "overrides.yaml").write_text("schema: 1\n" + overrides)
    scrubber = Scrubber(load_packs([builtin_rules_dir(), folder]), received)
    (chunk,) = (part for part in split_x12(BytesIO(claim())) if isinstance(part, Chunk))
    return scrubber.scrub(next(chunk.read(scrubber.guides)))


def said(result: ClaimResult) -> list[tuple[str, str, str | None]]:
    return [(f.outcome, f.severity, f.reason) for f in result.findings if f.rule == "EXH-004"]


def override(more: str) -> str:
    return f"overrides:\n  - {{rule: EXH-004, {more}, reason: the plan is known, by: R. Example}}\n"


def suppression(more: str) -> str:
    return f"suppressions:\n  - {{rule: EXH-004, {more}, reason: asked for, by: R. Example}}\n"


CHANGED = ("fail", "warn", "reject is warn here: the plan is known (R. Example)")
ASIDE = ("suppressed", "reject", "asked for (R. Example, until 2026-12-31)")


def test_without_overrides_the_claim_is_rejected(tmp_path: Path) -> None:
    result = scrubbed(tmp_path, "overrides: []\n")
    assert said(result) == [("fail", "reject", None)] and result.outcome == "rejected"


def test_another_severity_counts_and_says_why(tmp_path: Path) -> None:
    result = scrubbed(tmp_path, override("severity: warn"))
    assert said(result) == [CHANGED] and result.outcome == "review"


def test_a_rule_that_is_off_says_nothing(tmp_path: Path) -> None:
    result = scrubbed(tmp_path, override("active: false"))
    assert said(result) == [] and result.outcome == "clean"


def test_what_is_set_aside_is_shown_and_counts_for_nothing(tmp_path: Path) -> None:
    result = scrubbed(tmp_path, suppression("expires: 2026-12-31"))
    assert said(result) == [ASIDE] and result.outcome == "clean"


@pytest.mark.parametrize(
    ("entry", "changed"),
    [
        (override("severity: warn, payers: [example_health]"), True),
        (override("severity: warn, payers: [example_state]"), False),
        (override("severity: warn, effective: {from: 2026-09-01}"), True),
        (override("severity: warn, effective: {from: 2026-09-02}"), False),
        (override("severity: warn, effective: {to: 2026-08-31}"), False),
        (suppression("expires: 2026-12-31, at: subscriber.group_number"), True),
        (suppression("expires: 2026-12-31, at: total_charge"), False),
        (suppression("expires: 2026-12-31, claim: 'FICT-*'"), True),
        (suppression("expires: 2026-12-31, claim: 'OTHER-*'"), False),
        (suppression("expires: 2026-09-01"), True),
        (suppression("expires: 2026-08-31"), False),
    ],
)
def test_entries_are_for_their_claims_and_dates(tmp_path: Path, entry: str, changed: bool) -> None:
    result = scrubbed(tmp_path, entry)
    assert (said(result) != [("fail", "reject", None)]) is changed


def test_the_override_in_force_from_the_latest_day_counts(tmp_path: Path) -> None:
    first = override("severity: info, effective: {from: 2026-01-01}")
    second = "  - {rule: EXH-004, severity: warn, effective: {from: 2026-08-01}, reason: later, by: R. E.}\n"
    ((_, severity, _),) = said(scrubbed(tmp_path, first + second))
    assert severity == "warn"


def test_beside_a_payer_an_entry_is_for_that_payer(tmp_path: Path) -> None:
    (tmp_path / "payer.yaml").write_text(
        "schema: 1\nkey: other\nname: Other\nprogram: commercial\npayer_ids: ['77777']\n"
        "references: [EXH-GUIDE]\n"
    )
    assert said(scrubbed(tmp_path, override("severity: warn"))) == [("fail", "reject", None)]


def test_a_finding_of_the_guide_can_be_set_aside(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text(
        "schema: 1\nsuppressions:\n"
        "  - {rule: IG-101, reason: the sender is told, by: R. Example, expires: 2026-12-31}\n"
    )
    scrubber = Scrubber(load_packs([builtin_rules_dir(), tmp_path]), RECEIVED)
    data = b"~".join(s for s in claim().split(b"~") if not s.startswith(b"HI*"))
    (chunk,) = (part for part in split_x12(BytesIO(data)) if isinstance(part, Chunk))
    result = scrubber.scrub(next(chunk.read(scrubber.guides)))
    assert {f.outcome for f in result.findings if f.rule == "IG-101"} <= {"suppressed"}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            override("severity: warn").replace("EXH-004", "EXH-044"),
            "There is no rule `EXH-044`",
        ),
        (override("severity: soft"), "`soft` is no value of `severity`"),
        (override("severity: warn, active: false"), "An override needs exactly one of"),
        (override("active: true"), "A rule is active without being told so"),
        (
            override("severity: warn, payers: [exmple_health]"),
            "There is no payer `exmple_health`",
        ),
        (suppression("at: subscriber.group_nr, expires: 2026-12-31"), "`subscriber` has no part `group_nr`"),
        (suppression("at: total_charge"), "The key `expires` is missing"),
        (
            suppression("at: history.from, expires: 2026-12-31"),
            "`history.from` is no part of the claim, which is all that is looked at here",
        ),
    ],
)
def test_a_mistake_is_said(tmp_path: Path, entry: str, message: str) -> None:
    with pytest.raises(PackErrors) as caught:
        scrubbed(tmp_path, entry)
    assert any(message in str(d) for d in caught.value.diagnostics), caught.value.diagnostics


def test_a_rule_over_files_cannot_be_decided_about(tmp_path: Path) -> None:
    pack = shutil.copytree(PACK, tmp_path / "pack")
    entry = override("severity: warn").replace("EXH-004", "FMT-015")
    (pack / "overrides.yaml").write_text("schema: 1\n" + entry)
    with pytest.raises(PackErrors) as caught:
        load_packs([pack], BUILDER_NAMES)
    (problem,) = caught.value.diagnostics
    assert "`FMT-015` is about files, and what is decided here is about findings on claims." in str(problem)
