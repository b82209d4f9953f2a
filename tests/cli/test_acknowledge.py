"""`scrubber scrub --ack`: acknowledgments of accepted, partly rejected and rejected files, read back."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.claims import Mix, as_bytes
from scrubber.claim.model import ClaimType
from tests.conftest import PROFESSIONAL, ROOT, Quick, body_of, in_transactions
from tests.support.ack_277ca import read_277ca
from tests.support.ack_999 import read_999, read_ta1
from tests.support.ack_agree import Acknowledged, can_be_read, claims_agree, sets_agree

KINDS = ("999", "ta1", "277ca")
ALL = [word for kind in KINDS for word in ("--ack", kind)]
GUIDES: dict[ClaimType, str] = {
    "professional": "005010X222A1",
    "institutional": "005010X223A2",
    "dental": "005010X224A2",
}
TYPES = tuple(GUIDES)


# --- files ----------------------------------------------------------------------------------------------


def base(claim_type: ClaimType, claim_id: str) -> str:
    """Return the segments between ST and SE of a clean claim of a type."""
    text = (ROOT / "rules" / "base" / f"{claim_type}.837").read_bytes()
    return re.sub(r"CLM\*[^*]*", f"CLM*{claim_id}", body_of(claim_id, text))


def file_of(claim_type: ClaimType, *bodies: str) -> str:
    """Return a file of a type with a transaction for each body."""
    return in_transactions(*bodies).replace(GUIDES["professional"], GUIDES[claim_type])


def changed(pattern: str, new: str, body: str) -> str:
    """Return a body with the first match of a pattern changed: there must be one."""
    out, count = re.subn(pattern, new, body, count=1)
    assert count and out != body
    return out


def wrong_total(claim_type: ClaimType) -> str:
    """A claim that a rule rejects, and the guide has nothing against."""
    return changed(r"(CLM\*TOTAL\*)\d+", r"\g<1>7", base(claim_type, "TOTAL"))


def wrong_date(claim_type: ClaimType) -> str:
    """A claim whose patient was born on no day."""
    return changed(r"DMG\*D8\*\d{8}", "DMG*D8*19801340", base(claim_type, "BORN"))


def wrong_line(claim_type: ClaimType) -> str:
    """A claim with a line that was served on no day."""
    return changed(r"DTP\*472\*D8\*\d{8}", "DTP*472*D8*20261340", base(claim_type, "LINE"))


def wrong_header(claim_type: ClaimType) -> str:
    """A transaction that the guide does not allow, whatever its claims are."""
    return changed(r"BHT\*0019\*00", "BHT*0019*99", base(claim_type, "LOST"))


def acknowledged(quick: Quick, data: bytes) -> Acknowledged:
    """Scrub a file with all acknowledgments; every one that is written can be read by us and by pyx12."""
    Path("claims.837").write_bytes(data)
    ran = quick("scrub", "claims.837", *ALL, "--out", "acks", "--format", "json")
    texts = {}
    for kind in KINDS:
        path = Path("acks") / f"claims.837.{kind}"
        texts[kind] = path.read_text(encoding="ascii") if path.exists() else ""
        if texts[kind]:
            can_be_read(texts[kind], kind)
    return Acknowledged(
        ran.code, ran.json, read_999(texts["999"]), read_ta1(texts["ta1"]), read_277ca(texts["277ca"])
    )


# --- files that are accepted, partly rejected and rejected ----------------------------------------------


@pytest.mark.parametrize("claim_type", TYPES)
def test_an_accepted_file(claim_type: ClaimType, workspace: Path, quick: Quick) -> None:
    bodies = base(claim_type, "ONE"), base(claim_type, "TWO") + base(claim_type, "THREE")
    data = file_of(claim_type, *bodies).encode()
    found = acknowledged(quick, data)
    assert found.code == 0
    (group,) = found.groups
    assert (group.functional_id, group.control, group.guide) == ("HC", "1", GUIDES[claim_type])
    assert [(each.control, each.letter, each.errors) for each in group.sets] == [
        ("0001", "A", []),
        ("0002", "A", []),
    ]
    assert (group.letter, group.counts, group.codes) == ("A", (2, 2, 2), [])
    assert found.interchanges == [("000000001", "A", "000")]
    assert [[claim.control for claim in batch.claims] for batch in found.batches] == [
        ["ONE"],
        ["TWO", "THREE"],
    ]
    sets_agree(found, data)
    claims_agree(found, data)


@pytest.mark.parametrize("claim_type", TYPES)
def test_a_partly_rejected_file(claim_type: ClaimType, workspace: Path, quick: Quick) -> None:
    """What a rule rejects is no matter of the 999; what the guide rejects is, and is that claim's alone.

    A header that the guide does not allow takes all of its transaction with it.
    """
    bodies = [base(claim_type, "GOOD"), *(make(claim_type) for make in (wrong_total, wrong_date, wrong_line))]
    text = file_of(claim_type, "".join(bodies), wrong_header(claim_type))
    found = acknowledged(quick, text.encode())
    assert found.code == 1
    assert found.interchanges == [("000000001", "A", "000")]

    (group,) = found.groups
    assert (group.letter, group.counts, group.codes) == ("P", (2, 2, 1), [])
    noted, rejected = group.sets
    assert (noted.letter, noted.codes) == ("E", ["5"])
    assert [(e.segment, e.position, e.code, e.claim, e.elements) for e in noted.errors] == [
        ("DMG", in_set(text, "DMG*D8*19801340"), "8", "BORN", [("2", "1251", "8")]),
        ("DTP", in_set(text, "DTP*472*D8*20261340"), "8", "LINE", [("3", "1251", "8")]),
    ]
    assert (rejected.letter, rejected.codes) == ("R", ["5"])
    assert [(e.segment, e.position, e.code, e.claim, e.elements) for e in rejected.errors] == [
        ("BHT", 2, "8", "", [("2", "353", "7")])
    ]

    answered, lost = found.batches
    assert (answered.action, lost.action, lost.status) == ("WQ", "U", "A3:481")
    assert [(claim.control, claim.action) for claim in answered.claims] == [
        *(("GOOD", "WQ"), ("TOTAL", "U"), ("BORN", "U"), ("LINE", "U"))
    ]
    claims = found.claims
    assert claims["GOOD"].statuses == ["A1:20"]
    assert claims["TOTAL"].statuses == ["A7:178"] and claims["TOTAL"].lines == []
    assert claims["BORN"].statuses == ["A7:21", "A7:158:IL"] and claims["BORN"].lines == []
    assert claims["LINE"].statuses == ["A7:21"]
    assert [line.statuses for line in claims["LINE"].lines] == [["A7:21", "A7:187"]]
    sets_agree(found, text.encode())
    claims_agree(found, text.encode())


def in_set(text: str, segment: str) -> int:
    """Return the number of a segment in its transaction, ST being 1: ST is the third of the file."""
    return text[: text.index(segment)].count("~") + 1 - 2


@pytest.mark.parametrize("claim_type", TYPES)
def test_a_rejected_file(claim_type: ClaimType, workspace: Path, quick: Quick) -> None:
    data = file_of(claim_type, wrong_header(claim_type)).encode()
    found = acknowledged(quick, data)
    assert found.code == 1
    (group,) = found.groups
    assert (group.letter, group.counts, [each.letter for each in group.sets]) == ("R", (1, 1, 0), ["R"])
    assert found.interchanges == [("000000001", "A", "000")]
    assert [(batch.action, batch.claims) for batch in found.batches] == [("U", [])]
    sets_agree(found, data)
    claims_agree(found, data)


@pytest.mark.parametrize("claim_type", TYPES)
def test_a_file_that_was_cut(claim_type: ClaimType, workspace: Path, quick: Quick) -> None:
    """Of an interchange that is rejected as a whole only a TA1 speaks."""
    text = file_of(claim_type, base(claim_type, "ONE"))
    found = acknowledged(quick, text[: text.index("IEA*")].encode())
    assert found.code == 2
    assert found.interchanges == [("000000001", "R", "023")]
    assert (found.groups, found.batches) == ([], [])


@pytest.mark.parametrize("claim_type", TYPES)
def test_many_claims_with_all_kinds_of_errors(claim_type: ClaimType, workspace: Path, quick: Quick) -> None:
    mix = Mix(claim_type, claims=120, seed=4, errors=0.4, transactions=6, groups=2, subscribers_a_provider=5)
    data = as_bytes(mix)[0]
    found = acknowledged(quick, data)
    sets_agree(found, data)
    claims_agree(found, data)
    letters = {each.letter for group in found.groups for each in group.sets}
    actions = Counter(claim.action for claim in found.claims.values())
    assert letters >= {"E", "R"} and actions["WQ"] > 20 and actions["U"] > 10


# --- where they go --------------------------------------------------------------------------------------


def test_what_is_no_x12_gets_no_acknowledgment(workspace: Path, quick: Quick) -> None:
    Path("claims.json").write_text("[]", encoding="ascii")
    quick("scrub", "claims.json", *ALL, "--out", "acks", "--format", "json")
    assert list(Path("acks").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--ack", "999"], "--ack needs a folder to write to"),
        (["--ack", "999", "--out", "claims.837"], "claims.837 is a file"),
    ],
)
def test_where_they_go_must_be_said(words: list[str], message: str, workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL)
    ran = quick("scrub", "claims.837", *words)
    assert ran.code == 2
    assert message in ran.err
