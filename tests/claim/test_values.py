"""Amounts are exact, dates are real, and what is neither keeps its text."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.claim.values import Unreadable, as_text, read_amount, read_date, read_number
from scrubber.engine.evaluate import evaluate
from scrubber.engine.generate import generate
from scrubber.engine.ir import Known, compile_rule
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.read.claim_json import ClaimJsonError, claim_from_json, claim_to_json

AMOUNT_TEXTS = st.from_regex(r"-?([0-9]{1,14}(\.[0-9]{0,4})?|\.[0-9]{1,4})", fullmatch=True)
ODD_TEXTS = st.text("0123456789-.+eE, $xNaIf\u0661²", max_size=14)


@given(AMOUNT_TEXTS)
def test_an_amount_is_exactly_what_was_written(text: str) -> None:
    value = read_amount(text)
    assert type(value) is Decimal
    whole, _, cents = text.lstrip("-").partition(".")
    scaled = int((whole or "0") + cents)
    assert abs(value) * 10 ** len(cents) == scaled
    assert read_amount(as_text(value)) == value


@given(st.lists(AMOUNT_TEXTS, max_size=50))
def test_sums_are_exact(texts: list[str]) -> None:
    """In ten-thousandths, as whole numbers."""
    values = [read_amount(text) for text in texts]
    exact = 0
    for text in texts:
        whole, _, cents = text.lstrip("-").partition(".")
        number = int((whole or "0") + cents.ljust(4, "0"))
        exact += -number if text.startswith("-") else number
    assert sum((v for v in values if isinstance(v, Decimal)), Decimal(0)) * 10_000 == exact


@given(ODD_TEXTS)
def test_anything_else_keeps_its_text(text: str) -> None:
    value = read_amount(text)
    if re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)", text):
        assert isinstance(value, Decimal)
    else:
        assert value == Unreadable(text)


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "1e5", "1E5", "0x10", "1_000", "\uff11", "1\n"]
)
def test_python_spellings_are_no_amounts(text: str) -> None:
    assert read_amount(text) == Unreadable(text)


@given(st.dates())
def test_a_date_is_read_as_it_is_written(date: dt.date) -> None:
    text = date.strftime("%Y%m%d").rjust(8, "0")
    assert read_date(text) == date
    assert read_date(text + "0930") == date


@given(st.text("0123456789-/", max_size=14) | st.from_regex(r"[0-9]{8}|[0-9]{12}", fullmatch=True))
@example("202613181200")
@example("20260230")
@example("\u0662\u0660\u0662\u0666\u0660\u0668\u0661\u0668")
def test_what_is_no_date_keeps_its_whole_text(text: str) -> None:
    value = read_date(text)
    if isinstance(value, Unreadable):
        assert value.raw == text
    else:
        assert value.strftime("%Y%m%d").rjust(8, "0") == text[:8] and len(text) in (8, 12)


@given(st.text("0123456789A-. ", max_size=12))
def test_numbers(text: str) -> None:
    value = read_number(text)
    assert value == (int(text) if re.fullmatch("[0-9]{1,9}", text) else Unreadable(text))


# --- at the JSON edge ----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1.0, 245.1, float("nan"), True, ["1"], {"amount": "1"}])
def test_a_float_is_never_an_amount(value: object) -> None:
    for document in ({"total_charge": value}, {"lines": [{"charge": value}]}, {"lines": [{"units": value}]}):
        with pytest.raises(ClaimJsonError):
            claim_from_json(document)


@pytest.mark.parametrize("value", [1.0, 20260818, True, ["2026-08-18"]])
def test_a_date_is_text(value: object) -> None:
    with pytest.raises(ClaimJsonError):
        claim_from_json({"accident_date": value})


@pytest.mark.parametrize("value", [1.5, True, [1]])
def test_a_pointer_is_a_whole_number(value: object) -> None:
    with pytest.raises(ClaimJsonError):
        claim_from_json({"lines": [{"diagnosis_pointers": [value]}]})


@given(AMOUNT_TEXTS | ODD_TEXTS.filter(str.strip))
def test_an_amount_survives_json(text: str) -> None:
    claim = claim_from_json({})
    claim.total_charge = read_amount(text)
    assert claim_from_json(claim_to_json(claim)) == claim


@given(st.text("0123456789-?", min_size=1, max_size=12))
@example("2026-08-18")
@example("?2026-08-18")
@example("2026-02-30")
def test_a_date_read_from_x12_survives_json(text: str) -> None:
    """Amendments are proven on the claim's JSON: it must be the same claim."""
    claim = claim_from_json({})
    claim.accident_date = read_date(text)
    assert claim_from_json(claim_to_json(claim)) == claim


def test_amounts_too_long_to_add_exactly_do_not_pass_for_balanced() -> None:
    """X12 allows eighteen digits. What has more must not be rounded until it balances."""
    bundle = load_packs([builtin_rules_dir()])
    rule = compile_rule(bundle.rule("BAL-001").rule, Known.of(bundle))
    long = "1" + "0" * 30
    claim = claim_from_json({"total_charge": long, "lines": [{"charge": long}, {"charge": "0.01"}]})
    assert list(evaluate(rule, claim, None))
    assert generate([rule], claim.claim_type)(claim, None)
