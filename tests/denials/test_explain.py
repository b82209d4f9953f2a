from __future__ import annotations

import datetime as dt
import json

import pytest

from scrubber.denials import UnknownProgram
from tests.denials.conftest import Explain


def actions(steps: object) -> list[tuple[str, str | None]]:
    return [(s.action, s.frequency) for s in steps]  # type: ignore[attr-defined]


# --- the rules that come before every entry ---------------------------------------------------------


def test_16_without_a_remark_gets_no_remedy_and_says_what_is_missing(ask: Explain) -> None:
    answer = ask("CO-16")
    assert answer.status == "remark_needed"
    assert (answer.entry, answer.causes, answer.next_steps) == (None, (), ())
    assert "begin with M, MA or N" in answer.notes[0]
    assert "CO-16 N290" in answer.see_also


def test_a_remark_that_only_decides_does_not_say_what_is_wrong(ask: Explain) -> None:
    answer = ask("CO-16 MA130")
    assert answer.status == "remark_needed"
    assert actions(answer.next_steps) == [("fix_and_resubmit", "1")]
    assert answer.causes == ()


def test_ma130_means_a_new_claim_and_nothing_else(ask: Explain) -> None:
    answer = ask("CO-16 N290 MA130")
    assert actions(answer.next_steps) == [("fix_and_resubmit", "1")]
    assert answer.next_steps[0].condition is None
    assert [d.what for d in answer.do_not[:3]] == ["appeal", "reopening", "corrected_claim"]
    assert "new_claim" not in [d.what for d in answer.do_not]
    assert not any("REF*F8" in item for item in answer.next_steps[0].send)


def test_ma130_wins_over_an_entry_that_does_not_know_it(ask: Explain) -> None:
    answer = ask("CO-97 MA130")
    assert actions(answer.next_steps) == [("fix_and_resubmit", "1")]
    assert answer.exceptions == ()


@pytest.mark.parametrize("remark", ["N211", "MA44", "N83"])
def test_what_may_not_be_appealed_is_never_advised_to_appeal(ask: Explain, remark: str) -> None:
    answer = ask("CO-197", remark)
    assert "appeal" not in [s.action for s in (*answer.next_steps, *answer.exceptions)]
    assert ("appeal", None) in [(d.what, d.condition) for d in answer.do_not]
    assert "appeal" in [s.action for s in ask("CO-197").next_steps]


def test_an_unknown_programme_shows_both_ways_and_a_known_one_only_its_own(ask: Explain) -> None:
    unknown = ask("CO-16 N290")
    assert actions(unknown.next_steps) == [("corrected_claim", "7")]
    assert [(e.action, e.condition) for e in unknown.exceptions] == [
        ("reopening", "if the payer is Medicare Part B or Railroad Medicare, instead of frequency 7"),
        ("fix_and_resubmit", "if the remittance also has MA130"),
    ]
    part_b = ask("CO-16 N290", program="medicare_b")
    assert actions(part_b.next_steps) == [("reopening", None)]
    assert "reopening" not in [e.action for e in part_b.exceptions]
    plan = ask("CO-16 N290", program="commercial")
    assert actions(plan.next_steps) == [("corrected_claim", "7")]
    assert [e.action for e in plan.exceptions] == ["fix_and_resubmit"]
    assert "MEDICARE-NO-FREQ-7" not in [s.key for s in plan.sources]


@pytest.mark.parametrize("codes", ["PR-1", "PR-2", "PR-3", "OA-23", "CO-253", "CO-45"])
def test_adjustments_are_no_denials(ask: Explain, codes: str) -> None:
    answer = ask(codes)
    assert answer.status == "not_a_denial"
    assert actions(answer.next_steps) == [("post", None)]
    assert answer.deadlines == ()


def test_every_claim_that_is_sent_has_the_right_frequency(ask: Explain) -> None:
    wanted = {"fix_and_resubmit": "1", "corrected_claim": "7", "void": "8"}
    for codes in ("CO-16 M47", "CO-4", "OA-18", "CO-97", "CO-236", "CO-107", "CO-29", "CO-197"):
        answer = ask(codes)
        for step in (*answer.next_steps, *answer.exceptions):
            assert step.frequency == wanted.get(step.action)


# --- which entry ------------------------------------------------------------------------------------


def test_the_group_may_be_left_out(ask: Explain) -> None:
    answer = ask("16 N290")
    assert answer.entry == "CO-16-rendering-provider"
    assert answer.who_bears_it is None
    assert any("group" in note for note in answer.notes)


def test_another_group_is_another_denial(ask: Explain) -> None:
    answer = ask("PR-97")
    assert (answer.status, answer.entry, answer.see_also) == ("no_entry", None, ("CO-97",))


def test_two_remarks_with_entries_give_the_first_and_name_the_other(ask: Explain) -> None:
    assert ask("CO-16 M76 N290").entry == "CO-16-diagnosis"
    answer = ask("CO-16 N290 M76")
    assert (answer.entry, answer.see_also) == ("CO-16-rendering-provider", ("CO-16 M76",))


def test_a_code_without_an_entry_is_answered(ask: Explain) -> None:
    answer = ask("CO-49 N115")
    assert answer.status == "no_entry"
    assert answer.meaning == (
        "There is no entry for CO-49 N115 yet. What the code number is about is not in this release."
    )
    assert answer.next_steps == ()


def test_an_unknown_remark_of_a_known_reason_names_the_ones_with_entries(ask: Explain) -> None:
    answer = ask("CO-16 N286")
    assert answer.status == "no_entry"
    assert "CO-16 N290" in answer.see_also


# --- conditions, deadlines, sources -------------------------------------------------------------------


def test_what_only_a_person_can_see_is_a_condition(ask: Explain) -> None:
    assert [s.condition for s in ask("CO-97").next_steps] == [
        "if the record shows a separate service, and the line does not say so",
        "otherwise, if the line says that the service was separate, and the record shows it",
        "otherwise",
    ]
    assert [s.action for s in ask("CO-97").next_steps] == ["corrected_claim", "appeal", "write_off"]
    rail = next(d for d in ask("CO-236").do_not if d.what == "appeal")
    assert rail.condition == "if the pair's modifier indicator is 0"


@pytest.mark.parametrize(
    ("codes", "steps"),
    [
        ("CO-11", ["corrected_claim", "appeal", "write_off"]),
        ("CO-22", ["fix_and_resubmit", "corrected_claim", "appeal", "ask_payer"]),
        ("PR-27", ["fix_and_resubmit", "corrected_claim", "ask_payer", "ask_payer"]),
        ("CO-50 N115", ["corrected_claim", "appeal", "write_off"]),
        ("PR-50", ["appeal", "post"]),
        ("OA-109 N418", ["fix_and_resubmit", "post", "appeal", "ask_payer"]),
        ("CO-119", ["corrected_claim", "appeal", "write_off"]),
        ("PR-119", ["corrected_claim", "appeal", "post"]),
        ("CO-151", ["corrected_claim", "appeal", "write_off"]),
    ],
)
def test_each_step_but_the_last_hangs_on_what_the_record_says(
    ask: Explain, codes: str, steps: list[str]
) -> None:
    answer = ask(codes)
    assert answer.status == "explained"
    assert [s.action for s in answer.next_steps] == steps
    assert all(s.condition and "if " in s.condition for s in answer.next_steps[:-1])
    assert answer.next_steps[-1].condition == "otherwise"


@pytest.mark.parametrize("codes", ["CO-11", "CO-50", "CO-119", "CO-151", "CO-97"])
def test_what_the_provider_bears_is_not_billed_to_the_patient(ask: Explain, codes: str) -> None:
    assert ("bill_patient", None) in [(d.what, d.condition) for d in ask(codes).do_not]


def test_a_patient_who_signed_no_notice_is_not_billed(ask: Explain) -> None:
    rail = next(d for d in ask("PR-50").do_not if d.what == "bill_patient")
    assert rail.condition == "if the record has no notice that the patient signed before the service"


def test_a_threshold_of_medicare_is_no_matter_of_other_payers(ask: Explain) -> None:
    assert [s.action for s in ask("CO-119", program="commercial").next_steps] == ["appeal", "write_off"]
    steps = ask("CO-119", program="medicare_b").next_steps
    assert [s.action for s in steps] == ["reopening", "appeal", "write_off"]


def test_an_appeal_against_a_bundled_service_has_its_deadline(ask: Explain) -> None:
    answer = ask("CO-97", program="medicare_b", remittance_date=dt.date(2026, 8, 1))
    assert {d.action: d.due for d in answer.deadlines}["appeal"] == dt.date(2026, 12, 4)


def test_late_filing_for_medicare_is_no_matter_of_appeal(ask: Explain) -> None:
    medicare = ask("CO-29", program="medicare_b")
    assert [s.action for s in medicare.next_steps] == ["fix_and_resubmit", "ask_payer"]
    assert ("appeal", None) in [(d.what, d.condition) for d in medicare.do_not]
    unknown = ask("CO-29")
    assert [s.action for s in unknown.next_steps] == ["fix_and_resubmit", "ask_payer", "appeal", "write_off"]
    assert "appeal" not in [d.action for d in unknown.deadlines]
    assert [s.action for s in ask("CO-29", program="commercial").next_steps] == [
        "fix_and_resubmit",
        "appeal",
        "write_off",
    ]


@pytest.mark.parametrize(
    ("codes", "dates", "due"),
    [
        # 15 March 2026 + 1 year
        ("CO-16 N290 MA130", {"service_date": dt.date(2026, 3, 15)}, dt.date(2027, 3, 15)),
        # 29 February 2028 + 1 year ends on 28 February
        ("CO-16 N290 MA130", {"service_date": dt.date(2028, 2, 29)}, dt.date(2029, 2, 28)),
        # decision of 1 June 2026, taken to be received 5 days later, + 120 days
        ("CO-197", {"remittance_date": dt.date(2026, 6, 1)}, dt.date(2026, 10, 4)),
        ("CO-197", {"service_date": dt.date(2026, 6, 1)}, None),
    ],
)
def test_a_deadline_is_a_day_when_its_date_is_known(
    ask: Explain, codes: str, dates: dict[str, dt.date], due: dt.date | None
) -> None:
    answer = ask(codes, program="medicare_b", **dates)
    action = "fix_and_resubmit" if "MA130" in codes else "appeal"
    assert [d.due for d in answer.deadlines if d.action == action] == [due]


def test_the_soonest_deadline_stands_first_and_those_without_a_day_last(ask: Explain) -> None:
    dates = {"service_date": dt.date(2026, 1, 5), "remittance_date": dt.date(2026, 2, 1)}
    # The step to take is a reopening, within a year of the remittance; another may be a new claim.
    answer = ask("CO-16 N290", program="medicare_b", **dates)
    assert [(d.action, d.due) for d in answer.deadlines] == [
        ("fix_and_resubmit", dt.date(2027, 1, 5)),
        ("reopening", dt.date(2027, 2, 1)),
    ]
    answer = ask("CO-16 N290", program="medicare_b", service_date=dates["service_date"])
    assert [(d.action, d.due) for d in answer.deadlines] == [
        ("fix_and_resubmit", dt.date(2027, 1, 5)),
        ("reopening", None),
    ]


def test_limits_of_other_payers_are_said_to_be_theirs(ask: Explain) -> None:
    answer = ask("CO-4", program="commercial")
    assert answer.deadlines == ()
    assert any("payer's own" in note for note in answer.notes)


def test_causes_name_the_rules_that_prevent_them(ask: Explain) -> None:
    assert ask("CO-107").causes[0].prevented_by == ("NCC-009",)
    assert ask("CO-16 M76").causes[1].prevented_by == ("FMT-018",)


def test_sources_say_whether_they_were_checked(ask: Explain) -> None:
    sources = {s.key: s for s in ask("CO-29").sources}
    assert sources["NORIDIAN-TIMELY"].checked is True
    assert sources["CFR-42-424.44"].checked is False
    assert all(s.url or s.citation for s in sources.values())


def test_the_json_form_is_plain(ask: Explain) -> None:
    answer = ask("CO-16 N290 MA130", program="medicare_b", service_date=dt.date(2026, 3, 15))
    plain = json.loads(json.dumps(answer.as_dict()))
    assert plain["deadlines"][0]["due"] == "2027-03-15"
    assert plain["rarc"] == ["N290", "MA130"]
    assert answer == ask("CO-16 N290 MA130", program="medicare_b", service_date=dt.date(2026, 3, 15))


def test_a_programme_that_does_not_exist_is_an_error(ask: Explain) -> None:
    with pytest.raises(UnknownProgram, match="There is no programme `medicare`"):
        ask("CO-16 N290", program="medicare")
