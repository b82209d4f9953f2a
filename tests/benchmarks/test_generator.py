"""What a user of the generator relies on: valid, varied files, the same every time; labels that are right."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.claims import ERRORS, SETTINGS, Mix, PlantedError, as_bytes, generate, write
from benchmarks.claims.errors import errors_of
from benchmarks.generate import main
from tests.benchmarks import x12

TYPES = tuple(SETTINGS)
EVERY = [(claim_type, name) for claim_type, names in SETTINGS.items() for name in names]
BOTH = pytest.mark.parametrize("claim_type", TYPES)
#: pyx12 has no map of 005010X224A2: what it proves of the others, `test_agreement` says of dental claims.
MAPPED = ("professional", "institutional")


def pyx12_accepts(data: bytes) -> tuple[bool, str]:
    """Return whether pyx12 finds no error, and its acknowledgment."""
    params = pytest.importorskip("pyx12.params")
    document = pytest.importorskip("pyx12.x12n_document")
    answer = io.StringIO()
    logging.disable(logging.CRITICAL)
    try:
        source = io.StringIO(data.decode("ascii"))
        return document.x12n_document(params.ParamsBase(), source, answer, None), answer.getvalue()
    finally:
        logging.disable(logging.NOTSET)


# --- the same every time ----------------------------------------------------------------------------


def test_the_bytes_are_those_of_every_python_version() -> None:
    """The digest stands here so that each version in CI proves it; a change of the generator changes it."""
    digest = hashlib.sha256()
    for claim_type in TYPES:
        for chunk in generate(Mix(claim_type, claims=300, seed=11, errors=0.3, encoding="utf-8")):
            digest.update(chunk)
    assert digest.hexdigest()[:16] == "106d77140a814a6e"


@BOTH
def test_the_seed_decides(claim_type: str) -> None:
    mix = Mix(claim_type, claims=30, seed=3)
    assert as_bytes(mix) == as_bytes(mix)
    assert as_bytes(mix)[0] != as_bytes(replace(mix, seed=4))[0]


@BOTH
def test_a_longer_file_begins_with_the_same_claims(claim_type: str) -> None:
    few, many = (x12.claims(x12.split(as_bytes(Mix(claim_type, claims=n))[0])) for n in (20, 40))
    assert [claim.segments for claim in few] == [claim.segments for claim in many[:20]]


def test_a_file_is_made_while_it_is_read() -> None:
    """A billion claims would not fit anywhere."""
    chunks = list(islice(generate(Mix(claims=10**9, subscribers_a_provider=10**9)), 5))
    assert all(50_000 < len(chunk) < 200_000 for chunk in chunks)


# --- valid ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("claim_type", "setting"), [case for case in EVERY if case[0] in MAPPED])
def test_pyx12_finds_no_error(claim_type: str, setting: str) -> None:
    mix = Mix(claim_type, claims=4, seed=5, coordination=0.5, settings=frozenset({setting}))
    ok, answer = pyx12_accepts(as_bytes(mix)[0])
    assert ok, answer


@pytest.mark.parametrize("claim_type", MAPPED)
@pytest.mark.parametrize(
    "change",
    [
        {"newline": ""},
        {"newline": "\r\n"},
        {"delimiters": "|>!\n", "newline": ""},
        {"lines": (1, 1)},
        {"lines": (40, 50), "claims": 2},
        {"claims_a_subscriber": 3, "subscribers_a_provider": 2},
        {"interchanges": 2, "groups": 2, "transactions": 2},
    ],
    ids=str,
)
def test_pyx12_finds_no_error_in_files_of_other_shapes(claim_type: str, change: dict[str, object]) -> None:
    ok, answer = pyx12_accepts(
        as_bytes(Mix(**{"claim_type": claim_type, "claims": 9, "seed": 8, **change}))[0]
    )
    assert ok, answer


def test_pyx12_would_find_one() -> None:
    for claim_type in MAPPED:
        data = as_bytes(Mix(claim_type, claims=3))[0]
        assert not pyx12_accepts(data.replace(b"HI*ABK:", b"HI*QQQ:", 1))[0]


@BOTH
def test_amounts_balance(claim_type: str) -> None:
    claims = x12.claims(x12.split(as_bytes(Mix(claim_type, claims=400, seed=2, coordination=0.6))[0]))
    decided = 0
    for claim in claims:
        assert claim.total == sum(line.charge for line in claim.lines)
        assert len({payer.id for payer in claim.payers}) == len(claim.payers)
        for payer in claim.payers:
            mine = [(x, d) for x in claim.lines for d in x.decisions if d.payer == payer.id]
            assert all(line.charge == d.paid + d.adjusted for line, d in mine)
            if payer.paid is not None:
                decided += 1
                adjusted = payer.adjusted + sum((d.adjusted for _, d in mine), Decimal(0))
                assert claim.total == payer.paid + adjusted
    assert decided > 150


@BOTH
def test_levels_and_counts_are_right(claim_type: str) -> None:
    mix = Mix(
        claim_type, claims=90, seed=6, interchanges=2, groups=3, transactions=4, subscribers_a_provider=2
    )
    segments = x12.split(as_bytes(mix)[0])
    counts = Counter(segment[0] for segment in segments)
    assert (counts["ISA"], counts["GS"], counts["ST"], counts["CLM"]) == (2, 6, 24, 90)
    groups = sets = start = 0
    parents: dict[str, str] = {}
    for position, segment in enumerate(segments):
        match segment:
            case ["ISA", *_]:
                groups = 0
            case ["GS", *_]:
                groups, sets = groups + 1, 0
            case ["ST", _, control, *_]:
                start, sets, parents, opened = position, sets + 1, {}, control
            case ["HL", number, parent, level, _]:
                assert int(number) == len(parents) + 1
                parents[number] = level
                assert parents.get(parent, "") == {"20": "", "22": "20", "23": "22"}[level]
            case ["SE", count, control]:
                assert (int(count), control) == (position - start + 1, opened)
            case ["GE", count, _]:
                assert int(count) == sets
            case ["IEA", count, _]:
                assert int(count) == groups


def test_what_would_hold_no_claim_is_left_out() -> None:
    segments = x12.split(as_bytes(Mix(claims=3, interchanges=2, groups=2, transactions=2))[0])
    counts = Counter(segment[0] for segment in segments)
    assert counts["CLM"] == counts["ST"] == 3


def test_numbers_of_the_file() -> None:
    """Claims have numbers of their own, lines and line counts are as asked."""
    claims = x12.claims(x12.split(as_bytes(Mix(claims=200, lines=(4, 6)))[0]))
    assert len({claim.id for claim in claims}) == 200
    assert {len(claim.lines) for claim in claims} == {4, 5, 6}


@BOTH
def test_npis_have_their_check_digit(claim_type: str) -> None:
    """The sum by the text of 45 CFR 162.406: Luhn with 80840 before the number."""
    for segment in x12.split(as_bytes(Mix(claim_type, claims=50))[0]):
        if segment[0] == "NM1" and "XX" in segment:
            digits = [int(digit) for digit in "80840" + segment[9]][::-1]
            doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
            assert (sum(digits[::2]) + sum(doubled)) % 10 == 0


def test_a_large_provider_bills_everything() -> None:
    data = as_bytes(Mix(claims=1500, subscribers_a_provider=10_000, seed=4))[0]
    assert data.count(b"HL*1**20*1") == data.count(b"**20*1") == 1
    for mark in (b"CR1*", b"LQ*", b"CR2*", b"PS1*", b"CRC*E", b"*MJ*", b"LIN*"):
        assert mark in data


# --- delimiters and encodings -----------------------------------------------------------------------


@pytest.mark.parametrize("marks", ["|>!\n", "\x1d\x1f\x1e\x1c", "*:^'", "+,;?", "\t&%\r"])
def test_delimiters_are_never_in_data(marks: str) -> None:
    """Read with its own delimiters, the file says the same."""
    mix = Mix(claims=120, seed=9, coordination=0.4)
    usual = as_bytes(mix)[0].decode()
    odd = as_bytes(replace(mix, delimiters=marks, newline=""))[0].decode()
    back = odd.translate(str.maketrans(marks, "*:^~"))
    assert back == usual.replace("\n", "")


@pytest.mark.parametrize(("encoding", "sign"), [("latin-1", b"\xd1"), ("utf-8", "Ñ".encode())])
def test_names_carry_accents(encoding: str, sign: bytes) -> None:
    data = as_bytes(Mix(claims=200, encoding=encoding))[0]
    assert sign in data
    assert len(x12.claims(x12.split(data, encoding))) == 200


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"delimiters": "*:^A"}, "delimiters"),
        ({"delimiters": "*:^-"}, "delimiters"),
        ({"delimiters": "***~"}, "delimiters"),
        ({"delimiters": "*:^\n"}, "delimiters"),
        ({"lines": (3, 2)}, "lines"),
        ({"errors": 1.5}, "errors"),
        ({"groups": 0}, "groups"),
        ({"encoding": "utf-16"}, "encoding"),
        ({"settings": frozenset({"inpatient"})}, "inpatient"),
    ],
)
def test_a_mix_that_makes_no_sense_says_why(change: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        as_bytes(Mix(**change))


# --- planted errors ---------------------------------------------------------------------------------


@cache
def planted(claim_type: str) -> tuple[list[list[str]], list[list[str]], list[PlantedError]]:
    """Return a file without errors, the same with one in every claim, and the labels."""
    mix = Mix(claim_type, claims=400, seed=3, coordination=0.4, transactions=80)
    wrong, labels = as_bytes(replace(mix, errors=1.0))
    return x12.split(as_bytes(mix)[0]), x12.split(wrong), labels


@BOTH
def test_every_kind_of_error_is_planted(claim_type: str) -> None:
    _, _, labels = planted(claim_type)
    assert len(labels) == 400
    assert {label.kind for label in labels} == set(errors_of(claim_type))
    assert set(errors_of(claim_type)) <= set(ERRORS)
    assert len(errors_of(claim_type)) >= 20


@BOTH
def test_a_label_points_at_what_is_wrong(claim_type: str) -> None:
    """All changes of the file stand at a label, and each label has its change."""
    clean, wrong, labels = planted(claim_type)
    right = list(clean)
    places = {label.position: label for label in labels}
    at = position = start = 0  # where we are in the right file and in the wrong one
    while position < len(wrong):
        label = places.pop(position + 1, None)
        mine, its = wrong[position], right[at]
        start = position if mine[0] == "ST" else start
        if its[0] == "SE":  # it counts what is there, as it must
            its = ["SE", str(position - start + 1), its[2]]
        if label is None:
            assert mine == its
        elif label.missing:
            assert right[at + 1][0] == label.segment
            at += 1
        elif label.kind in ("segment_unknown", "segment_repeated"):
            assert mine[0] == label.segment
            at -= 1
        elif label.kind == "segments_out_of_order":
            assert mine[0] == label.segment != its[0]
            right.insert(at, right.pop(right.index(mine, at)))
        else:
            assert mine[0] == its[0] == label.segment
            assert _changed(its, mine) == label.element
            _component(label, mine, its)
        at, position = at + 1, position + 1
    assert not places and at == len(right)


def _changed(old: list[str], new: list[str]) -> int:
    """Return the only element that differs."""
    width = max(len(old), len(new))
    padded = [segment + [""] * (width - len(segment)) for segment in (old, new)]
    (only,) = [i for i in range(width) if padded[0][i] != padded[1][i]]
    return only


def _component(label: PlantedError, mine: list[str], its: list[str]) -> None:
    assert label.element is not None
    old, new = ((segment[label.element :] or [""])[0].split(":") for segment in (its, mine))
    width = max(len(old), len(new))
    different = [i + 1 for i in range(width) if (old[i:] or [""])[0] != (new[i:] or [""])[0]]
    if label.component is not None:
        assert different == [label.component]


@BOTH
def test_a_label_names_its_claim(claim_type: str) -> None:
    _, wrong, labels = planted(claim_type)
    numbers = [segment[1] for segment in wrong if segment[0] == "CLM"]
    for label in labels:
        expected = "" if label.kind == "control_number_missing" else label.claim_id
        assert numbers[label.claim] == expected


@BOTH
def test_a_share_of_the_claims_has_errors(claim_type: str) -> None:
    assert 60 < len(as_bytes(Mix(claim_type, claims=1000, errors=0.1))[1]) < 140
    assert as_bytes(Mix(claim_type, claims=100))[1] == []


# --- the command ------------------------------------------------------------------------------------


def test_the_command_writes_file_and_labels(tmp_path: Path) -> None:
    out, labels = tmp_path / "a.837", tmp_path / "a.jsonl"
    words = (
        f"--type institutional --claims 40 --seed 2 --lines 1-4 --errors 0.5 --coordination 0.3 --out {out}"
    )
    assert main([*words.split(), "--labels", str(labels)]) == 0
    stream = io.BytesIO()
    mix = Mix("institutional", claims=40, seed=2, lines=(1, 4), errors=0.5, coordination=0.3)
    expected = write(mix, stream)
    assert out.read_bytes() == stream.getvalue()
    assert [json.loads(line)["position"] for line in labels.open()] == [label.position for label in expected]


def test_the_command_says_what_makes_no_sense(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--settings", "nonsense"]) == 2
    assert "nonsense; known: office_visit" in capsys.readouterr().err
