from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len

from scrubber_reports.text import TextReport
from tests.reports.golden import assert_golden
from tests.reports.samples import GAP, PANEL, PHONE, RUN, TOTAL, Json, location, result, x12
from tests.reports.whole import write_run


def text_of(run: Json, **options: object) -> str:
    out = io.StringIO()
    write_run(TextReport(out, **options), run)  # type: ignore[arg-type]
    return out.getvalue()


def one_claim(claim: Json, path: str = "a.837", kind: str = "837P") -> Json:
    return {"files": [{"path": path, "format": kind, "claims": [claim], "findings": []}], "summary": {}}


def unverified(finding: Json) -> Json:
    return {**finding, "amendment": {**finding["amendment"], "verified": False}}


def test_golden() -> None:
    assert_golden("run.txt", text_of(RUN))


def test_golden_in_colour() -> None:
    assert_golden("run.ansi", text_of(RUN, colour=True, width=100))


def test_colour_adds_nothing_but_colour() -> None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text_of(RUN, colour=True, width=80))
    assert plain == text_of(RUN)


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_lines_fit_but_for_what_is_copied(width: int) -> None:
    for line in text_of(RUN, width=width).splitlines():
        if "scrubber amend" not in line and "https://" not in line:
            assert cell_len(line) <= width, line


def test_a_pipe_gets_80_columns_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("FORCE_COLOR", "")
    text = text_of(RUN)
    assert "\x1b" not in text
    assert "─" * 80 + "\n" in text


def test_the_command_is_one_exact_line_that_a_shell_reads() -> None:
    lines = text_of(RUN).splitlines()
    command = (
        "scrubber amend 'inbox/monday claims.837' --accept 0a6b1c77d2e3f409 --by NAME --out corrected.837"
    )
    assert f"     {command}" in lines


def test_the_command_has_the_options_that_the_findings_depend_on() -> None:
    options = ["--packs", "my rules", "--packs", "$HOME\x1b[2J", "--receipt-date", "2026-08-31"]
    lines = text_of(RUN, options=options).splitlines()
    (command,) = [line.strip() for line in lines if "scrubber amend" in line and "--accept" in line]
    assert command == (
        "scrubber amend 'inbox/monday claims.837' --accept 0a6b1c77d2e3f409 --by NAME --out corrected.837"
        " --packs 'my rules' --packs '$HOME\\x1b[2J' --receipt-date 2026-08-31"
    )


def test_an_amendment_of_claim_json_is_a_patch_to_apply() -> None:
    """`amend` and --repair rewrite 837 files; they refuse claim JSON."""
    claim = result(0, "FICT-9", "rejected", [TOTAL, PHONE])
    text = text_of(one_claim(claim, "claims.json", "json"))
    assert "scrubber amend" not in text and "--repair" not in text
    assert text.count("Apply the patch in the JSON result (RFC 6902) to this claim JSON.") == 2
    assert "1  safe fix; in claim JSON: apply the patch in the JSON result" in text
    assert "1  confirm fix; in claim JSON: apply the patch in the JSON result" in text


def test_what_was_found_on_both_kinds_of_files_is_counted_apart() -> None:
    claim = result(0, "FICT-9", "rejected", [TOTAL, PHONE])
    files = [*one_claim(claim)["files"], *one_claim(claim, "b.json", "json")["files"]]
    text = text_of({"files": files})
    for hint in (
        "1  safe fix; applied by scrubber scrub --repair DIR",
        "1  safe fix; in claim JSON: apply the patch in the JSON result",
        "1  confirm fix; each waits for a name: scrubber amend",
        "1  confirm fix; in claim JSON: apply the patch in the JSON result",
    ):
        assert hint in text


def test_clean_claims_are_counted_not_listed() -> None:
    text = text_of(RUN)
    assert "FICT-0002" not in text and "FICT-0004" not in text
    assert re.search(r"^ +2  clean", text, re.MULTILINE)


def test_a_partial_claim_without_findings_is_shown_and_loud() -> None:
    text = text_of(one_claim(result(0, "FICT-9", "clean", [], [GAP])))
    assert "PARTIAL: 1 rule could not be evaluated on this claim." in text
    assert "NOT EVALUATED TIM-001" in text
    assert "1 claim only partly checked. A rule that could not be evaluated is not a pass." in text


def test_rules_that_never_ran_are_said_once() -> None:
    assert text_of(RUN).count("EM-007") == 1


def test_set_aside_findings_are_shown_with_their_reason_and_counted() -> None:
    text = text_of(one_claim(result(0, "FICT-9", "review", [PHONE, PANEL])))
    assert "suppressed NCC-022" in text and "(DEC-012)" in text
    assert "1 finding suppressed: kept for the record" in text
    quiet = text_of(one_claim(result(0, "FICT-9", "clean", [{**PANEL, "outcome": "bypassed"}])))
    assert "FICT-9" not in quiet
    assert "1 finding bypassed: kept for the record" in quiet


@pytest.mark.parametrize("kind", ["x12", "json"])
def test_an_unverified_change_is_said_to_be_unverified(kind: str) -> None:
    findings = [unverified(TOTAL), unverified(PHONE)]
    text = text_of(one_claim(result(0, "FICT-9", "rejected", findings), "a", kind))
    assert "confirm, NOT VERIFIED" in text and "safe, NOT VERIFIED" in text
    assert "did not pass the check" in text
    assert "1  confirm fix; not verified: a person decides" in text
    assert "1  safe fix; not verified: a person decides" in text
    assert "scrubber " not in text and "Apply the patch" not in text


ERROR_GAP = {"rule": "*", "reason": "the scrubbing process ended on this claim", "remedy": "scrub it alone"}


def test_a_claim_that_could_not_be_checked_is_an_error_and_not_partly_checked() -> None:
    text = text_of(one_claim(result(0, "FICT-9", "error", [], [ERROR_GAP])))
    assert re.search(r"^ +1  error", text, re.MULTILINE)
    assert "PARTIAL" not in text and "partly checked" not in text
    assert "the scrubbing process ended on this claim" in text and "scrub it alone" in text
    assert "NOT EVALUATED every rule" in text


def test_a_problem_of_the_file_has_its_remedy() -> None:
    finding = {**PHONE, "rule": "X12-002", "reason": "Remedy: check the SE count.", "amendment": None}
    text = text_of({"files": [{"path": "a.837", "claims": [], "findings": [finding]}]})
    assert "     remedy  Check the SE count.\n" in text
    assert "Remedy:" not in text and "note" not in text
    assert re.search(r"^ +0 +1  warn   X12-002", text, re.MULTILINE)  # one finding, on no claim


def test_findings_of_the_file_as_a_whole() -> None:
    run = {"files": [{"path": "a.837", "claims": [], "findings": [{**PHONE, "rule": "FMT-015"}]}]}
    text = text_of(run)
    assert "The file as a whole" in text and "FMT-015" in text


def test_a_claim_that_did_not_come_from_x12_is_placed_by_its_path() -> None:
    place = {**location("lines[0].charge", "/lines/0/charge", x12("2400", "SV1", 2), None, "0"), "x12": None}
    text = text_of(one_claim(result(0, "FICT-9", "review", [{**PHONE, "locations": [place]}])))
    assert "where   lines[0].charge = 0" in text


HOSTILE = {
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "newline": "a\r\nREJECTED  FAKE-1",
    "direction": "\u202egnitaert\u2066",
    "hebrew": "\u05d0\u05d1\u05d2",
    "wide": "診断" * 60,
    "long": "A" * 5_000,
    "zero width": "A\u200bB\ufeff",
    "surrogate": "\ud800",
    "c1": "\x9b31m",
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_values_cannot_write_on_the_terminal(value: str) -> None:
    finding = {
        **TOTAL,
        "title": value,
        "message": value,
        "why": value,
        "evidence": {value: value},
        "locations": [location(value, f"/{value}", x12("2300", "CLM", 2, 3), value, value)],
        "references": [{"title": value, "url": value, "checked": False}],
        "reason": value,
        "route": value,
        "amendment": {**TOTAL["amendment"], "title": value},
    }
    gap = {"rule": value, "reason": value, "remedy": value}
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    write_run(TextReport(out), one_claim(result(0, value, "rejected", [finding], [gap]), path=value))
    out.flush()
    text = out.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    assert all(line.isprintable() for line in text.split("\n"))
    assert not re.search(r"^REJECTED  FAKE", text, re.MULTILINE)
    assert len(text) < 30_000
    for line in text.splitlines():
        copied = "scrubber amend" in line or line.endswith("837P") or line.startswith((" " * 13, "REJECTED"))
        if not copied:
            assert cell_len(line) <= 80


def test_a_stream_that_is_not_unicode_gets_something_it_can_write() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="")
    finding = {**PHONE, "message": "Größe"}
    write_run(TextReport(out), one_claim(result(0, "FICT-9", "review", [finding])))
    out.flush()
    text = out.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    assert "2010AA PER04 - segment 14" in text
    assert r"Gr\xf6\xdfe" in text


def test_memory_does_not_grow_with_the_claims() -> None:
    report = TextReport(io.StringIO())
    report.start({})
    report.start_file({"path": "a.837"})
    for index in range(500):
        report.claim(result(index, f"FICT-{index}", "review", [PHONE]))
    assert len(report.tally.rules) == 1
    assert report.tally.claims == 500
