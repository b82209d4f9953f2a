"""Text checks that rules name: against independent arithmetic, and on addresses people really write."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.claim.formats import (
    FORMATS,
    RESEMBLANCES,
    TEXT_CHANGES,
    digits_only,
    is_date,
    is_money,
    is_npi,
    is_phone10,
    resembles_po_box,
)
from scrubber.claim.values import as_text
from tests.oracle.conditions import FORMATS as DESCRIBED
from tests.oracle.conditions import luhn

DIGITS = st.text("0123456789", min_size=0, max_size=12)


@given(st.text("0123456789", min_size=9, max_size=9))
def test_exactly_one_digit_completes_an_npi(body: str) -> None:
    good = [digit for digit in "0123456789" if is_npi(body + digit)]
    assert good == [digit for digit in "0123456789" if luhn(f"80840{body}{digit}")]
    assert len(good) == 1


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_never_an_npi(body: str, place: int, shift: int) -> None:
    number = next(body + digit for digit in "0123456789" if is_npi(body + digit))
    wrong = str((int(number[place]) + shift) % 10)
    assert not is_npi(number[:place] + wrong + number[place + 1 :])


@given(st.text(max_size=12) | DIGITS)
def test_an_npi_is_ten_ascii_digits(text: str) -> None:
    assert is_npi(text) == (re.fullmatch("[0-9]{10}", text) is not None and luhn("80840" + text))


@pytest.mark.parametrize("text", ["1234567893", "1245319599", "1999999018"])
def test_published_and_sample_npis(text: str) -> None:
    """The first is the example of the CMS check digit description."""
    assert is_npi(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456789",
        "12345678931",
        "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff13",
        " 1234567893",
        "12345678 3",
    ],
)
def test_what_is_no_npi(text: str) -> None:
    assert not is_npi(text)


@pytest.mark.parametrize(
    "text",
    [
        "PO BOX 12",
        "P.O. Box 9",
        "P.O.BOX 9",
        "P. O. Box 9",
        "P O BOX 9",
        "po  box 9",
        "POBOX 9",
        "PO BOX A",
        "P.O. BX 9",
        "PO DRAWER 5",
        "POST OFFICE BOX 9",
        "Post Office Drawer K",
        "PMB 12",
        "PMB #12",
        "100 MAIN ST PMB 12",
        "LOCKBOX 9",
        "LOCK BOX 9",
        "ATTN BILLING, P.O. BOX 9",
        "BOX 9",
    ],
)
def test_mailboxes(text: str) -> None:
    assert resembles_po_box(text)
    assert resembles_po_box(text.lower())
    assert resembles_po_box(text.upper())


@pytest.mark.parametrize(
    "text",
    [
        "BOXWOOD ST",
        "12 Boxwood St",
        "12 POE AVE",
        "Poe Ave",
        "Box Elder Rd",
        "9 BOX CANYON ROAD",
        "1 LOCKWOOD BLVD",
        "5 APO WAY",
        "100 PORT OFFICE PARK",
        "12 HATBOX 3RD FLOOR",
        "22 CAMPMB 5",
        "12 POBOL ST",
        "1 SANDBOX 12 CT",
        "SUITE 100",
        "",
    ],
)
def test_streets(text: str) -> None:
    assert not resembles_po_box(text)
    assert not resembles_po_box(text.lower())
    assert not resembles_po_box(text.upper())


@given(st.text(max_size=60))
def test_no_address_is_too_strange_to_ask(text: str) -> None:
    assert resembles_po_box(text) in (True, False)
    assert resembles_po_box(f"{text} PO BOX 9")


@given(st.text(max_size=14) | DIGITS)
def test_a_phone_number_is_ten_ascii_digits(text: str) -> None:
    assert is_phone10(text) == (re.fullmatch("[0-9]{10}", text) is not None)


@given(st.text(max_size=30))
def test_digits_only_keeps_the_digits_in_their_order(text: str) -> None:
    assert digits_only(text) == "".join(re.findall("[0-9]", text))
    assert digits_only(digits_only(text)) == digits_only(text)


@given(st.dates())
def test_every_calendar_date_is_a_date(date: dt.date) -> None:
    assert is_date(date.strftime("%Y%m%d").rjust(8, "0"))
    assert is_date(date.isoformat())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20260230",
        "2026-02-30",
        "20261301",
        "00000101",
        "2026081",
        "202608181",
        "2026/08/18",
        "\u0662\u0660\u0662\u0666\u0660\u0668\u0661\u0668",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert not is_date(text)


@pytest.mark.parametrize("text", ["--20260818", "2026081-8-", "-20260818-", "2-0260818-"])
def test_dashes_in_odd_places_make_no_date(text: str) -> None:
    assert not is_date(text)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_cents_are_money(amount: object) -> None:
    assert is_money(str(amount))


@pytest.mark.parametrize("text", ["1.005", "1.", ".", "", "+1", "1,5", "$1", "1e2", " 1", "\uff11", "1\n"])
def test_what_is_no_money(text: str) -> None:
    assert not is_money(text)


@pytest.mark.parametrize("text", ["1EG4TE5MK73", "9AA9AA9AA99"])
def test_what_is_a_medicare_identifier(text: str) -> None:
    """The first is the example that CMS prints on cards of nobody."""
    assert FORMATS["mbi"](text)


@pytest.mark.parametrize("place", range(11))
@pytest.mark.parametrize("letter", "SLOIBZ-e")
def test_a_medicare_identifier_has_no_letter_that_looks_like_another(place: int, letter: str) -> None:
    assert not FORMATS["mbi"]("1EG4TE5MK73"[:place] + letter + "1EG4TE5MK73"[place + 1 :])


@given(st.text("0123456789ACEGHSZab-", max_size=14) | st.from_regex(r"1eg4-?TE5-?mk7[0-9]-?", fullmatch=True))
def test_medicare_identifiers_are_those_of_the_description(text: str) -> None:
    for name in ("mbi", "mbi_with_dashes"):
        assert FORMATS[name](text) == DESCRIBED[name](text)


@pytest.mark.parametrize("text", ["1EG4-TE5-MK73", "1eg4te5mk73", "1EG4-TE5MK73"])
def test_an_identifier_as_on_the_card_is_written_plainly(text: str) -> None:
    assert FORMATS["mbi_with_dashes"](text)
    assert TEXT_CHANGES["mbi_canonical"].apply(text) == "1EG4TE5MK73"


@pytest.mark.parametrize("text", ["1SG4-TE5-MK73", "xyz-123", "1EG4TE5MK73", "1E-G4TE5MK73"])
def test_what_is_no_identifier_is_left_as_it_is(text: str) -> None:
    assert not FORMATS["mbi_with_dashes"](text)
    assert TEXT_CHANGES["mbi_canonical"].apply(text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("245.000", "245.00"),
        ("-3.100000", "-3.10"),
        (".000", ".00"),
        ("2.001", "2.001"),
        ("1.50", "1.50"),
    ],
)
def test_only_zeros_are_dropped_from_money(text: str, plain: str) -> None:
    assert TEXT_CHANGES["money_canonical"].apply(text) == plain
    assert FORMATS["money_trailing_zeros"](text) == (text != plain)


@pytest.mark.parametrize(
    ("text", "answer"), [("11", True), ("01", False), ("10", False), ("111", False), ("1A", False)]
)
def test_two_digits_without_a_nought(text: str, answer: bool) -> None:
    assert FORMATS["two_digits_1_to_9"](text) is answer


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.integers())
def test_an_exact_number_is_a_decimal_as_it_is_written(value: Decimal | int) -> None:
    """What the generated functions rely on: a number that could be read need not be looked at."""
    assert FORMATS["decimal"](as_text(value))


@pytest.mark.parametrize("text", ["", ".", "5.", "-", "+1", "1,5", "1.2.3", "1e3", "\uff11", "1\n"])
def test_what_is_no_decimal(text: str) -> None:
    assert not FORMATS["decimal"](text)


def test_everything_registered_answers_on_any_text() -> None:
    for check in (*FORMATS.values(), *RESEMBLANCES.values()):
        for text in ("", " ", "x" * 10_000, "0" * 10_000, "\x00", "\N{SNOWMAN}"):
            assert check(text) in (True, False)


@pytest.mark.parametrize("address", ["RR 2 BOX 15", "HC 1 BOX 3", "Rural Route 7 Box 12"])
def test_a_box_on_a_rural_route_is_where_the_house_stands(address: str) -> None:
    assert not resembles_po_box(address)
    assert resembles_po_box(f"{address} PO BOX 9")
