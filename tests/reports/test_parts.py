"""View models, the form, amended segments and the text of a denial."""

from __future__ import annotations

import io

import orjson
import pytest

from scrubber.findings import (
    Amendment,
    ClaimResult,
    Denial,
    Finding,
    Location,
    NotEvaluated,
    Reference,
    X12Place,
)
from scrubber_reports.amended import SegmentChange, write_amended
from scrubber_reports.clean import flow, shown, visible
from scrubber_reports.denial import write_explanation
from scrubber_reports.form import claim_form
from scrubber_reports.paper import wrap
from scrubber_reports.views import accept_command, claim_view, patch_changes, path_of, place_text
from tests.reports.golden import assert_golden
from tests.reports.samples import CLAIM, POINTER, RENDERING, TOTAL, location, result, x12


def test_places_are_said_as_billers_say_them() -> None:
    assert place_text(location("", "", x12("2310B", "NM1", 9, 23), "CMS-1500 24J", None)) == (
        "2310B NM109 · segment 23 · CMS-1500 24J"
    )
    assert place_text(location("", "", x12("2400", "SV1", 1, 27, component=2), None, "")) == (
        "2400 SV101-2 · segment 27"
    )
    hi = x12("2300", "HI", 1, 12, component=2, repeat=3)
    assert place_text(location("", "", hi, None, "")) == "2300 HI01-2 (repeat 3) · segment 12"
    whole = {**x12("2010AB", "N3", 1), "element": None}
    assert place_text(location("", "", whole, None, None)) == "2010AB N3"


def test_patches_are_said_as_old_and_new() -> None:
    changes = patch_changes(
        [
            {"op": "test", "path": "/lines/0/units", "value": "3"},
            {"op": "replace", "path": "/lines/0/units", "value": "2"},
            {"op": "test", "path": "/referral_number", "value": "R1"},
            {"op": "remove", "path": "/referral_number"},
            {"op": "add", "path": "/diagnoses/-", "value": {"code": "I10"}},
            {"op": "move", "from": "/diagnoses/0", "path": "/diagnoses/1"},
        ]
    )
    assert [(c.path, c.old, c.new) for c in changes] == [
        ("lines[0].units", "3", "2"),
        ("referral_number", "R1", None),
        ("diagnoses[-]", None, "code I10"),
        ("diagnoses[1]", None, "diagnoses[0], moved here"),
    ]


def test_pointers_and_commands() -> None:
    assert path_of("/lines/0/procedure/code") == "lines[0].procedure.code"
    assert path_of("/a~1b/~0c") == "a/b.~c"
    assert accept_command("-", "ab12").startswith("scrubber amend FILE --accept ab12")
    assert accept_command("a", "ab", ["--packs", "b c"]).endswith(" --out corrected.837 --packs 'b c'")
    assert accept_command("it's; rm -rf ~", "ab").startswith("scrubber amend 'it'\"'\"'s; rm -rf ~' ")


def test_text_is_made_visible() -> None:
    assert visible("plain") == "plain"
    assert visible("a\x1b[31m\u202e\n") == "a\\x1b[31m\\u202e\\n"
    assert flow(" a\n b\t c ") == "a b c"
    assert shown("A" * 200, 10) == "AAAAAAAAAA… (190 more characters)"


@pytest.mark.parametrize("text", ["", "a", "one two three", "診断 " * 9, "x" * 50 + " 診断" * 20])
def test_wrapping_loses_nothing(text: str) -> None:
    lines = list(wrap(text, 12))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert lines


def test_the_real_result_type_fits_the_views() -> None:
    finding = Finding(
        id="ab12",
        rule="SIT-007",
        rule_version="1.0.0",
        pack="completeness",
        outcome="fail",
        severity="reject",
        snip=None,
        category="completeness",
        title="t",
        message="m",
        why="w",
        locations=(Location("primary", "rendering_provider.npi", "/x", X12Place("2310B", "NM1", 9), "24J"),),
        evidence={"a": "b"},
        denial=Denial("CO", "16", ("N290",), None),
        references=(Reference("r", None, False),),
        amendment=Amendment("advise", "do"),
    )
    gap = NotEvaluated("TIM-001", "no limit", "set it")
    real = ClaimResult(0, "A", "professional", "rejected", "partial", (gap,), (finding,))
    view = claim_view(orjson.loads(orjson.dumps(real.members())))
    assert view.findings[0].cost == "denial CO-16 N290"
    assert view.findings[0].places[0].where == "2310B NM109 · 24J"
    assert view.findings[0].references[0].title == "r (source not checked)"
    assert view.partial and view.gaps[0].rule == "TIM-001"


def test_findings_are_ordered_by_gravity_and_numbered() -> None:
    view = claim_view(result(0, "A", "rejected", [{**TOTAL, "severity": "info"}, RENDERING, POINTER]))
    assert [(f.number, f.severity) for f in view.findings] == [(1, "reject"), (2, "reject"), (3, "info")]


# --- the form -----------------------------------------------------------------------------------------


def test_the_form_marks_what_findings_point_at() -> None:
    form = claim_form(CLAIM, claim_view(result(0, "A", "rejected", [RENDERING, POINTER])))
    cells = {c.pointer: c for s in form.sections for c in s.cells}
    assert cells["/rendering_provider/npi"].value is None
    assert cells["/rendering_provider/npi"].marks == [1]
    assert cells["/billing_provider/entity_type"].related_marks == [1]
    assert cells["/billing_provider/entity_type"].severity == ""
    pointer = next(c for column in form.lines[1].columns for c in column if c.hit)
    assert (pointer.value, pointer.marks, pointer.severity) == ("C", [2], "reject")
    assert [c.label for s in form.sections if s.title == "Diagnoses" for c in s.cells] == ["A", "B"]


def test_a_line_a_list_and_a_part_that_are_absent_are_shown() -> None:
    places = [
        location("lines[4].charge", "/lines/4/charge", x12("2400", "SV1", 2), None, None),
        location("diagnoses", "/diagnoses", x12("2300", "HI", 1), None, None),
        location("lines[0]", "/lines/0", x12("2400", "LX", 1), None, None),
        location("payer", "/payer", x12("2010BB", "NM1", 1), None, None),
    ]
    claim = {**CLAIM, "diagnoses": []}
    form = claim_form(claim, claim_view(result(0, "A", "rejected", [{**TOTAL, "locations": places}])))
    cells = {c.pointer: c for s in form.sections for c in s.cells}
    assert cells["/diagnoses"].hit and cells["/diagnoses"].value is None
    assert cells["/payer"].hit and cells["/payer"].value == "given"
    assert form.lines[0].row.hit
    assert [c.pointer for column in form.lines[-1].columns for c in column if c.hit] == ["/lines/4/charge"]
    assert "Rendering NPI" not in [title for title, _ in form.column_titles]


# --- amended segments -----------------------------------------------------------------------------------

CHANGES = [
    SegmentChange(23, "CLM*FICT-0001*254.00***11:B:1", "CLM*FICT-0001*245.00***11:B:1"),
    SegmentChange(25, None, "REF*F8*1"),
    SegmentChange(26, "SE*5*1", "SE*6*1"),
]


def test_amended_golden() -> None:
    out = io.StringIO()
    write_amended(out, CHANGES, accepted=[TOTAL], by="R. Example")
    assert_golden("amended.txt", out.getvalue())


def test_amended_shows_hostile_segments_harmlessly() -> None:
    out = io.StringIO()
    write_amended(out, [SegmentChange(1, "NTE*ADD*\x1b[2J\n" + "A" * 9000, None)], by="\x1b[31m")
    text = out.getvalue()
    assert "\x1b" not in text and len(text) < 1_000
    assert "segment 1, removed" in text


# --- denials ----------------------------------------------------------------------------------------------


def test_a_denial_explained_golden() -> None:
    explanation = {
        "codes": "CO-16 N290",
        "status": "explained",
        "meaning": "The payer cannot tell who gave the service.",
        "who_bears_it": "The provider bears the amount.",
        "remarks": [{"rarc": "N211", "meaning": "No right of appeal."}],
        "causes": [{"text": "A group billed and named nobody.", "prevented_by": ["SIT-007", "OLD-001"]}],
        "next_steps": [
            {
                "action": "corrected_claim",
                "title": "Send a corrected claim (frequency 7)",
                "text": "Replace the claim.",
                "frequency": "7",
                "send": ["The payer's claim control number in REF*F8", "All original lines"],
                "condition": None,
            }
        ],
        "exceptions": [
            {
                "action": "reopening",
                "title": "Ask for a reopening",
                "text": "Medicare takes no replacement.",
                "frequency": None,
                "send": [],
                "condition": "if the payer is Medicare Part B",
            }
        ],
        "deadlines": [
            {"action": "reopening", "text": "one year", "due": "2027-06-01", "condition": "if the payer is X"}
        ],
        "do_not": [{"what": "appeal", "title": "Do not appeal", "why": "N211.", "condition": None}],
        "notes": ["Other limits are the payer's own."],
        "see_also": ["CO-16 M76"],
        "sources": [
            {
                "key": "A",
                "title": "A page",
                "publisher": "A payer",
                "url": "https://example.org/a",
                "citation": None,
                "checked": True,
            },
            {
                "key": "B",
                "title": "A rule",
                "publisher": "A law",
                "url": None,
                "citation": "1 CFR 2",
                "checked": False,
            },
        ],
    }
    out = io.StringIO()
    write_explanation(out, explanation, {"SIT-007": "A group bills and does not say who gave the service"})
    assert_golden("denial.txt", out.getvalue())
