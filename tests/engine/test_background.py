"""History and context: what is seen of prior lines, and what is unknown where nobody knows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from scrubber.claim.background import Background, History, PriorLine
from scrubber.context import context_of
from scrubber.engine.explain import explain
from scrubber.engine.generate import generate, source_of
from scrubber.read.claim_json import claim_from_json
from tests.engine.rules import RECEIPT_DATE, compiled, kinds, seen

FAMILY = {"npi": "1999999026", "taxonomy": "207Q00000X"}


def line(code: str = "99213", day: str = "2026-08-18", **more: Any) -> dict[str, Any]:
    return {"number": "1", "procedure": {"code": code}, "service_date": {"from": day}, **more}


def claim(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"lines": list(lines), **more}


def prior(status: str | None = "paid", **more: Any) -> PriorLine:
    document = claim_from_json({"lines": [line("99203", "2024-08-18")], **more})
    return PriorLine(document, document.lines[0], status)


def knowing(*lines: PriorLine, since: str | None = None) -> Background:
    history = History(lines, dt.date.fromisoformat(since) if since else None)
    return Background(lambda: history)


def over_history(kind: str, reach: str = "line.service_date.from") -> Any:
    asked = {"field": "prior.procedure.code", "equals": {"path": "line.procedure.code"}}
    condition = {kind: "history.lines", "as": "prior", "needs_from": reach}
    return compiled(
        for_each="lines", require={**condition, "satisfies" if kind == "every" else "where": asked}
    )


# --- quantifiers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "known", "wanted"),
    [
        ("some", knowing(prior(), since="2026-08-18"), ["violation"]),
        ("some", knowing(prior(), since="2026-08-19"), ["unknown"]),
        ("some", knowing(prior(), since=None), ["unknown"]),
        ("some", knowing(since="2020-01-01"), ["violation"]),
        ("none", knowing(since="2026-08-18"), []),
        ("none", knowing(since="2026-08-19"), ["unknown"]),
        ("every", knowing(since="2026-08-19"), ["unknown"]),
        ("every", knowing(prior(), since="2026-08-19"), ["violation"]),
        ("every", knowing(since="2026-08-18"), []),
    ],
)
def test_silence_over_a_history_that_is_too_short_is_unknown(
    kind: str, known: Background, wanted: list[str]
) -> None:
    assert kinds(over_history(kind), claim(line()), known) == wanted


def test_a_short_history_is_told_as_one() -> None:
    (found,) = seen(over_history("none"), claim(line()), knowing(since="2026-08-19"))
    assert found.reason == ("the history has everything from 2026-08-19 on; this needs it from 2026-08-18 on")
    assert found.remedy == (
        "add all claims from 2026-08-18 on to the history: history add ... --since 2026-08-18"
    )
    (found,) = seen(over_history("none"), claim(line()), knowing())
    assert found.reason == (
        "nobody said since when the history has everything; this needs it from 2026-08-18 on"
    )


@pytest.mark.parametrize(("kind", "wanted"), [("some", []), ("none", ["violation"])])
def test_what_a_short_history_does_have_is_seen(kind: str, wanted: list[str]) -> None:
    assert kinds(over_history(kind), claim(line("99203")), knowing(prior())) == wanted


def test_since_when_a_history_has_everything_is_asked_in_words() -> None:
    rule = compiled(require={"field": "history.from", "on_or_before": "2020-01-01"})
    (found,) = seen(rule, claim(), knowing())
    assert found.reason == "not known: since when the history has everything"
    assert found.remedy.endswith("say how far it reaches (history add --since)")


def test_a_date_that_nobody_knows_is_not_reached() -> None:
    document = claim(line(day="20261318"))
    (found,) = seen(over_history("none"), document, knowing(since="2000-01-01"))
    assert found.reason == "not known: line.service_date.from"


@pytest.mark.parametrize("kind", ["some", "none", "every"])
def test_without_a_history_it_is_not_known_what_was_billed(kind: str) -> None:
    (found,) = seen(over_history(kind), claim(line("99203")))
    assert (found.kind, found.reason) == ("unknown", "not known: history")
    assert found.remedy == (
        "give the run a history (--history), and the claim the patient's names and date of birth"
    )


# --- prior lines --------------------------------------------------------------------------------------


def test_what_a_prior_line_does_not_say_its_own_claim_does() -> None:
    rule = compiled(
        for_each={"pairs": ["lines", "history.lines"], "as": ["line", "prior"]},
        require={"field": "prior.rendering_provider.npi", "equals": {"path": "line.rendering_provider.npi"}},
        at=["line.procedure.code", "prior.procedure.code"],
        message="{prior.label}: {prior.payer.payer_id}, {prior.adjudication_status}.",
    )
    earlier = prior(
        rendering_provider={"npi": "1999999034"},
        payer={"payer_id": "99999"},
        patient_control_number="FICT-1",
    )
    (found,) = seen(rule, claim(line(), rendering_provider=FAMILY), knowing(earlier))
    assert found.message == "claim FICT-1 of 2024-08-18 (paid): 99999, paid."
    assert found.at == ("lines[0].procedure.code", "history.lines[0].procedure.code")
    assert found.items == {"line": "lines[0]", "prior": "history.lines[0]"}
    same = prior(rendering_provider=FAMILY)
    assert kinds(rule, claim(line(), rendering_provider=FAMILY), knowing(same)) == []


def test_lists_of_a_prior_line_are_looked_over() -> None:
    inner = {"some": "prior.modifiers", "where": {"field": "modifier.value", "equals": "24"}}
    rule = compiled(require={"none": "history.lines", "as": "prior", "where": inner})
    with_24 = claim_from_json({"lines": [line(modifiers=["25", "24"])]})
    assert kinds(rule, claim(), knowing(PriorLine(with_24, with_24.lines[0]))) == ["violation"]
    assert kinds(rule, claim(), knowing(prior())) == []


def test_lists_of_all_prior_lines_are_looked_over() -> None:
    rule = compiled(
        require={"none": "history.lines.modifiers", "where": {"field": "modifier.value", "equals": "24"}}
    )
    with_24 = claim_from_json({"lines": [line(modifiers=["25", "24"])]})
    assert kinds(rule, claim(), knowing(prior(), PriorLine(with_24, with_24.lines[0]))) == ["violation"]
    assert kinds(rule, claim(), knowing(prior())) == []
    assert kinds(rule, claim()) == ["unknown"]


def test_prior_lines_are_counted_and_added_up() -> None:
    rule = compiled(
        let={"times": {"count": "history.lines"}, "units": {"sum": "history.lines", "of": "units"}},
        require={"field": "times", "at_most": "1"},
        message="{times} lines, {units} units.",
    )
    lines = claim_from_json({"lines": [line(units="2"), line(units="3")]})
    known = knowing(*(PriorLine(lines, each) for each in lines.lines))
    (found,) = seen(rule, claim(), known)
    assert found.message == "2 lines, 5 units."
    assert kinds(rule, claim()) == ["unknown"]


def counted(operation: str, **more: Any) -> Any:
    """Return a rule that a value over the last year's prior lines passes where it is known at all."""
    return compiled(
        for_each="lines",
        let={
            "start": {"shift": "line.service_date.from", "by": {"years": "-1"}},
            "found": {operation: "history.lines", "needs_from": "start", **more},
        },
        require={"field": "found", "present": "true"},
    )


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("count", {}),
        ("sum", {"of": "units"}),
        ("min", {"of": "service_date.from"}),
        ("max", {"of": "service_date.from"}),
        ("distinct", {"of": "procedure.code"}),
    ],
)
@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        (knowing(prior(), since="2025-08-18"), []),
        (knowing(prior(), since="2025-08-19"), ["unknown"]),
        (knowing(prior()), ["unknown"]),
        (Background(), ["unknown"]),
    ],
    ids=["reaches", "a day short", "nobody said", "no history"],
)
def test_what_is_counted_in_a_history_that_is_too_short_is_unknown(
    operation: str, more: dict[str, str], known: Background, wanted: list[str]
) -> None:
    assert kinds(counted(operation, **more), claim(line()), known) == wanted


def test_values_of_a_history_that_is_too_short_are_not_all_there_are() -> None:
    let = {"codes": {"distinct": "history.lines.procedure.code", "needs_from": "service_period.from"}}
    rule = compiled(let=let, require={"field": "codes", "contains_none": ["99999"]})
    assert kinds(rule, claim(line()), knowing(prior(), since="2026-08-18")) == []
    (found,) = seen(rule, claim(line()), knowing(prior(), since="2026-08-19"))
    assert found.reason.startswith("the history has everything from 2026-08-19 on; this needs it from")


# --- pairs --------------------------------------------------------------------------------------------

PAIRS: dict[str, Any] = {
    "for_each": {"pairs": ["lines", "history.lines"], "as": ["line", "prior"], "same": ["procedure.code"]},
    "when": {
        "all": [
            {"field": "line.units", "at_least": "2"},
            {"field": "prior.adjudication_status", "equals": "paid"},
        ]
    },
    "require": {"field": "line.modifiers", "contains_any": ["76"]},
    "at": ["line.procedure.code"],
}


def test_each_line_is_paired_with_each_prior_line() -> None:
    rule = compiled(**PAIRS)
    document = claim(line(units="2"), line("99203", units="2"), line("99203", units="3"), line("99203"))
    found = seen(rule, document, knowing(prior("denied"), prior()))
    assert [o.items for o in found] == [
        {"line": "lines[1]", "prior": "history.lines[1]"},
        {"line": "lines[2]", "prior": "history.lines[1]"},
    ]


def test_without_a_history_one_answer_is_given_for_all_pairs() -> None:
    rule = compiled(**PAIRS)
    (found,) = seen(rule, claim(line(), line(units="2"), line(units="2")))
    assert (found.kind, found.items, found.reason) == (
        *("unknown", {"line": "lines[1]"}),
        "not known: history",
    )


def test_a_claim_with_nothing_to_pair_needs_no_history() -> None:
    rule = compiled(**PAIRS)
    document = claim(line(), line(units="1"))
    assert kinds(rule, document) == []
    assert not generate([rule], "professional")(claim_from_json(document), RECEIPT_DATE)


def test_a_reach_that_is_worked_out_is_not_asked_before_the_pairs() -> None:
    reach = {"none": "history.lines", "as": "any", "needs_from": "start"}
    let = {"start": {"shift": "line.service_date.from", "by": {"years": "-3"}}}
    rule = compiled(**PAIRS | {"when": reach}, let=let)
    assert kinds(rule, claim(line())) == ["unknown"]
    assert kinds(rule, claim(line("99203")), knowing(prior())) == []


REACHING: dict[str, Any] = PAIRS | {
    "for_each": {**PAIRS["for_each"], "needs_from": "start"},
    "let": {"start": {"shift": "line.service_date.from", "by": {"years": "-1"}}},
}


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        (knowing(prior(), since="2025-08-18"), [("violation", "lines[0]")]),
        (knowing(prior(), since="2025-08-19"), [("unknown", "lines[0]"), ("violation", "lines[0]")]),
        (knowing(since="2025-08-18"), []),
        (knowing(since="2025-08-19"), [("unknown", "lines[0]")]),
        (knowing(), [("unknown", "lines[0]")]),
        (Background(), [("unknown", "lines[0]")]),
    ],
)
def test_pairs_with_a_history_that_is_too_short_are_not_all_there_are(
    known: Background, wanted: list[tuple[str, str]]
) -> None:
    rule = compiled(**REACHING)
    found = seen(rule, claim(line("99203", units="2"), line("99203")), known)
    assert [(o.kind, o.items["line"]) for o in found] == wanted


def test_a_line_that_nothing_is_asked_of_needs_no_reach() -> None:
    assert kinds(compiled(**REACHING), claim(line(units="1")), knowing()) == []


def test_an_explanation_tells_the_pairs_of_a_short_history() -> None:
    explained = explain(
        compiled(**REACHING),
        claim_from_json(claim(line("99203", units="2"))),
        RECEIPT_DATE,
        knowing(prior(), since="2026-01-01"),
    )
    assert [(looked.outcome, looked.why) for looked in explained.items] == [
        ("indeterminate", "pairs of lines[0] with what nobody knows"),
        ("fail", ""),
    ]


def test_two_collections_of_the_claim_are_paired() -> None:
    rule = compiled(
        for_each={"pairs": ["lines", "diagnoses"], "as": ["line", "diagnosis"]},
        require={"field": "line.procedure.code", "equals": {"path": "diagnosis.code"}},
        at=["diagnosis.code"],
    )
    document = claim(line("A"), line("B"), diagnoses=[{"code": "A"}, {"code": "B"}])
    assert [o.at[0] for o in seen(rule, document)] == ["diagnoses[1].code", "diagnoses[0].code"]


# --- keys ---------------------------------------------------------------------------------------------


def test_a_specialty_that_the_claim_does_not_say_may_be_any() -> None:
    """The generated code may not take a key that nobody knows for another one."""
    rule = compiled(
        for_each={"pairs": "lines", "as": ["a", "b"]},
        require={"not": {"field": "a.group_specialty_key", "equals": {"path": "b.group_specialty_key"}}},
        at=["a.procedure.code"],
    )
    billing = {"tax_id": "369999999"}
    other = {**FAMILY, "taxonomy": "207R00000X"}
    known = claim(line(rendering_provider=FAMILY), line(rendering_provider=other), billing_provider=billing)
    assert kinds(rule, known) == []
    unknown = claim(
        line(rendering_provider=FAMILY), line(rendering_provider={"npi": "1"}), billing_provider=billing
    )
    (found,) = seen(rule, unknown)
    assert found.reason == "not known: b.group_specialty_key"
    same = claim(line(rendering_provider=FAMILY), line(rendering_provider=FAMILY), billing_provider=billing)
    assert kinds(rule, same) == ["violation"]


def test_a_social_security_number_is_no_key_of_a_group() -> None:
    rule = compiled(for_each="lines", require={"field": "line.group_specialty_key", "equals": "1 207Q00000X"})
    billing = {"tax_id": "000000001", "tax_id_type": "SY", "npi": "1"}
    assert kinds(rule, claim(line(), rendering_provider=FAMILY, billing_provider=billing)) == []
    assert kinds(
        rule, claim(line(), rendering_provider=FAMILY, billing_provider={**billing, "npi": None})
    ) == ["unknown"]


@pytest.mark.parametrize(
    ("teeth", "key"),
    [
        ([{"number": "30"}, {"number": "14", "surfaces": ["O", "M"]}], "14MO 30"),
        ([], None),
    ],
)
def test_teeth_have_one_key_in_any_order(teeth: list[dict[str, Any]], key: str | None) -> None:
    asked = {"present": "false"} if key is None else {"equals": key}
    rule = compiled(for_each="lines", require={"field": "line.tooth_key", **asked})
    assert kinds(rule, claim(line(teeth=teeth), claim_type="dental")) == []


# --- context ------------------------------------------------------------------------------------------


def minutes(**lines: Any) -> Background:
    return Background(context=context_of({"lines": {number[1:]: said for number, said in lines.items()}}))


def test_what_the_record_does_not_say_of_a_line_is_unknown() -> None:
    rule = compiled(for_each="lines", require={"field": "line.context.documented_minutes", "at_least": "8"})
    two = claim(line(), line() | {"number": "2"})
    assert kinds(rule, two, minutes(n1={"documented_minutes": 8})) == ["unknown"]
    assert kinds(rule, two, minutes(n1={"documented_minutes": 7}, n2={"documented_minutes": 8})) == [
        "violation"
    ]
    (found,) = seen(rule, claim(line()))
    assert found.reason == "not known: line.context.documented_minutes"
    assert found.remedy == "say it of this claim in the run's context (--context)"


@pytest.mark.parametrize(("said", "wanted"), [(True, []), (False, ["violation"]), (None, ["unknown"])])
def test_no_abn_is_not_an_unknown_one(said: bool | None, wanted: list[str]) -> None:
    rule = compiled(for_each="lines", require={"field": "line.context.abn_on_file", "equals": "true"})
    assert kinds(rule, claim(line()), minutes(n1={"abn_on_file": said})) == wanted
    there = compiled(for_each="lines", require={"field": "line.context.abn_on_file", "present": "true"})
    assert kinds(there, claim(line()), minutes(n1={"abn_on_file": said})) == [
        w for w in wanted if said is None
    ]


@pytest.mark.parametrize(
    ("authorizations", "wanted"),
    [
        (None, ["unknown"]),
        ([], ["violation"]),
        ([{"number": "A1", "units_left": "1"}], []),
        ([{"number": "A1", "units_left": "0"}], ["violation"]),
        ([{"number": "A1", "units_left": "some"}], ["unknown"]),
    ],
)
def test_no_authorization_is_not_an_unknown_one(authorizations: Any, wanted: list[str]) -> None:
    rule = compiled(
        require={
            "some": "context.authorizations",
            "where": {
                "all": [
                    {"field": "authorization.number", "equals": {"path": "prior_authorization_number"}},
                    {"field": "authorization.units_left", "at_least": "1"},
                ]
            },
        }
    )
    known = Background(context=context_of({"authorizations": authorizations}))
    assert kinds(rule, claim(prior_authorization_number="A1"), known) == wanted


@pytest.mark.parametrize(
    ("condition", "known", "wanted"),
    [
        (
            {"field": "prior_authorization_number", "in": {"path": "context.authorizations.number"}},
            ["A1"],
            [],
        ),
        ({"field": "context.authorizations.number", "contains": "A1"}, ["A2"], ["violation"]),
        ({"field": "context.authorizations.number", "contains": "A1"}, None, ["unknown"]),
        ({"field": "context.authorizations", "present": "true"}, ["A2"], []),
        ({"field": "context.authorizations", "present": "true"}, [], ["violation"]),
        ({"field": "context.authorizations", "present": "false"}, None, ["unknown"]),
        ({"field": "context.authorizations.number", "present": "true"}, None, ["unknown"]),
    ],
)
def test_all_values_of_a_list_are_looked_at(condition: Any, known: Any, wanted: list[str]) -> None:
    rule = compiled(require=condition)
    authorizations = None if known is None else [{"number": number} for number in known]
    background = Background(context=context_of({"authorizations": authorizations}))
    assert kinds(rule, claim(prior_authorization_number="A1"), background) == wanted


def test_all_values_of_prior_lines_are_looked_at() -> None:
    rule = compiled(
        require={"field": "history.lines.modifiers", "contains_none": ["24"]},
        message="{history.lines.procedure.code}, since {history.from}.",
    )
    with_24 = claim_from_json({"lines": [line(modifiers=["25"]), line("99203", modifiers=["24"])]})
    known = knowing(*(PriorLine(with_24, each) for each in with_24.lines), since="2020-01-01")
    (found,) = seen(rule, claim(), known)
    assert found.message == "99213, 99203, since 2020-01-01."
    assert kinds(rule, claim(), knowing(prior())) == []
    assert kinds(rule, claim()) == ["unknown"]


# --- the fast path, and words -------------------------------------------------------------------------


def test_the_generated_code_clears_what_needs_no_history() -> None:
    rule = compiled(
        for_each="lines",
        when={"field": "line.procedure.code", "equals": "99203"},
        require={"none": "history.lines"},
    )
    assert "always evaluated" not in source_of([rule], "professional")[0]
    suspect = generate([rule], "professional")
    assert not suspect(claim_from_json(claim(line())), None)
    assert suspect(claim_from_json(claim(line("99203"))), None)


def test_an_explanation_says_what_is_not_known() -> None:
    one = claim_from_json(claim(line(units="2")))
    (pairs,) = explain(compiled(**PAIRS), one, None).items
    assert (pairs.outcome, pairs.why) == ("indeterminate", "pairs of lines[0] with what nobody knows")
    (looked,) = explain(over_history("none"), one, None, knowing(since="2026-08-19")).items
    ((_, asked),) = looked.asked
    assert asked.answer is None
    assert asked.values == (("items", "0"), ("fit", "none"), ("history.from", "2026-08-19"))
    assert asked.text.endswith("needs from line.service_date.from")
