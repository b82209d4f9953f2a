"""`scrubber scrub --ack`: acknowledgments of accepted, partly rejected and rejected files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import PROFESSIONAL, Quick, body_of, in_transactions

KINDS = ("999", "ta1", "277ca")
ALL = [word for kind in KINDS for word in ("--ack", kind)]
#: A claim that a rule rejects, and one whose birth date is none.
WRONG_TOTAL = body_of("TWO").replace("*245*", "*240*", 1)
WRONG_DATE = body_of("TWO").replace("DMG*D8*19800115", "DMG*D8*19801340")


def answers(quick: Quick, text: str) -> tuple[int, dict[str, list[list[str]]]]:
    """Return the exit code and the segments of the three acknowledgments."""
    Path("claims.837").write_text(text, encoding="ascii")
    ran = quick("scrub", "claims.837", *ALL, "--out", "acks", "--format", "json")
    found = {}
    for kind in KINDS:
        raw = (Path("acks") / f"claims.837.{kind}").read_text(encoding="ascii")
        found[kind] = [segment.split("*") for segment in raw.rstrip("~").split("~")]
    return ran.code, found


def named(segments: list[list[str]], name: str) -> list[list[str]]:
    return [segment for segment in segments if segment[0] == name]


def test_an_accepted_file(workspace: Path, quick: Quick) -> None:
    code, found = answers(quick, in_transactions(body_of("ONE") + body_of("TWO")))
    assert code == 0
    assert named(found["999"], "IK5") == [["IK5", "A"]]
    assert named(found["999"], "AK9") == [["AK9", "A", "1", "1", "1"]]
    assert named(found["ta1"], "TA1")[0][4:] == ["A", "000"]
    assert ["QTY", "90", "2"] in found["277ca"] and not any(s[:2] == ["QTY", "AA"] for s in found["277ca"])


def test_a_partly_rejected_file(workspace: Path, quick: Quick) -> None:
    """What a rule rejects is no matter of the 999; what the guide rejects is, and is that claim's alone."""
    code, found = answers(quick, in_transactions(body_of("ONE") + WRONG_TOTAL))
    assert code == 1
    assert named(found["999"], "IK5") == [["IK5", "A"]]
    assert ["QTY", "90", "1"] in found["277ca"] and ["QTY", "AA", "1"] in found["277ca"]


def test_a_claim_with_a_wrong_segment_is_shown_at_its_place(workspace: Path, quick: Quick) -> None:
    text = in_transactions(body_of("ONE") + WRONG_DATE)
    assert "19801340" in text
    code, found = answers(quick, text)
    assert code == 1
    position = text[: text.index("DMG*D8*19801340")].count("~") + 1 - 2  # from ST, which is the third segment
    (ik3,) = named(found["999"], "IK3")
    assert ik3[1:3] == ["DMG", str(position)] and ik3[4] == "8"
    (ik4,) = named(found["999"], "IK4")
    assert ik4[1:4] == ["2", "1251", "8"]
    assert named(found["999"], "IK5")[0][1] == "E"
    assert ["QTY", "AA", "1"] in found["277ca"]


def test_a_rejected_file(workspace: Path, quick: Quick) -> None:
    """A header that the guide does not allow takes all of its transaction with it."""
    text = in_transactions(body_of("ONE")).replace("BHT*0019*00*", "BHT*0019*99*")
    code, found = answers(quick, text)
    assert code == 1
    assert named(found["999"], "IK5")[0][1] == "R"
    assert named(found["999"], "AK9")[0][1:] == ["R", "1", "1", "0"]


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
