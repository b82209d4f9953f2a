"""`scrubber amend`: only what a named person accepted changes, byte for byte; everything else is refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scrubber.supervisor import ClaimScrubbed, Event, scrub_files
from scrubber.worker import died_on
from tests.conftest import (
    EXAMPLE_HEALTH,
    GOLDEN,
    PROFESSIONAL,
    Quick,
    Ran,
    assert_own_words,
    assert_refused,
    body_of,
    in_transactions,
    scrubber,
)

#: A claim with three findings that have a patch: a phone number (safe), a total and a diagnosis (confirm).
THREE = (
    PROFESSIONAL.replace(b"*TE*2175550100", b"*TE*217-555-0100")
    .replace(b"*245*", b"*240*")
    .replace(b"HI*ABK:E119*ABF:I10", b"HI*ABK:W010XXA*ABF:S8001XA")
)
BY = ("--by", "Pat Example")

#: The segments that accepting all three changes. Pointers follow the diagnoses: 1 is now 2, and 2 is 1.
AMENDED = {
    14: ("PER*IC*BILLING OFFICE*TE*217-555-0100", "PER*IC*BILLING OFFICE*TE*2175550100"),
    22: ("CLM*FICT-0001*240***11:B:1*Y*A*Y*Y", "CLM*FICT-0001*245***11:B:1*Y*A*Y*Y"),
    24: ("HI*ABK:W010XXA*ABF:S8001XA", "HI*ABK:S8001XA*ABF:W010XXA"),
    28: ("SV1*HC:99213*150*UN*1***1:2", "SV1*HC:99213*150*UN*1***2:1"),
    32: ("SV1*HC:85025*95*UN*1***1", "SV1*HC:85025*95*UN*1***2"),
}


def changes(before: bytes, after: bytes, terminator: bytes = b"~") -> dict[int, tuple[bytes, bytes]]:
    """Return the segments that differ, by number: the bytes of each, line breaks and all."""
    old, new = before.split(terminator), after.split(terminator)
    assert len(old) == len(new)
    return {n: pair for n, pair in enumerate(zip(old, new, strict=True), 1) if pair[0] != pair[1]}


def ids_of(ran: Ran) -> dict[str, str]:
    """Return the ids of the findings of a JSON result by claim and rule."""
    return {f"{c['claim_id']} {f['rule']}": f["id"] for c in ran.claims for f in c["findings"]}


def accepting(*ids: str) -> list[str]:
    return [word for finding in ids for word in ("--accept", finding)]


@pytest.fixture
def three(workspace: Path, quick: Quick) -> dict[str, str]:
    """`claims.837` with three amendable findings; their ids by rule."""
    Path("claims.837").write_bytes(THREE)
    ids = ids_of(quick("scrub", "claims.837", "--format", "json"))
    return {key.split()[1]: value for key, value in ids.items()}


# --- what is written ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layout:
    """A way to write the same claim: how its bytes differ from the usual ones, and its terminator."""

    change: Callable[[bytes], bytes]
    terminator: bytes = b"~"


PIPES = bytes.maketrans(b"*:^~", b"|>!\x1c")
LAYOUTS = {
    "usual": Layout(lambda data: data),
    "CRLF": Layout(lambda data: data.replace(b"\n", b"\r\n")),
    "no line breaks": Layout(lambda data: data.replace(b"\n", b"")),
    "line break as terminator": Layout(lambda data: data.replace(b"~\n", b"\n"), b"\n"),
    "no line break last": Layout(lambda data: data.rstrip(b"\n")),
    "other delimiters": Layout(lambda data: data.translate(PIPES), b"\x1c"),
    "latin-1": Layout(
        lambda data: data.replace(b"BILLING OFFICE", b"B\xdcRO").replace(b"PATRICIA", b"J\xd6RG")
    ),
    "UTF-8": Layout(
        lambda data: data.replace(b"BILLING OFFICE", "BÜRO".encode()).replace(b"PATRICIA", "JÖRG".encode())
    ),
    "BOM, blanks around": Layout(lambda data: b"\xef\xbb\xbf\r\n" + data + b"\r\n\x1a"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_only_the_amended_segments_change_whatever_the_layout(
    name: str, three: dict[str, str], quick: Quick
) -> None:
    layout = LAYOUTS[name]
    original = layout.change(THREE)
    Path("claims.837").write_bytes(original)
    # The ids are those of the usual layout: an id says which finding, not how the file is written.
    ran = quick("amend", "claims.837", *accepting(*three.values()), *BY, "--out", "out.837")
    assert (ran.code, ran.err) == (0, "")
    expected = original
    for old, new in AMENDED.values():
        was, now = layout.change(f"{old}~\n".encode()), layout.change(f"{new}~\n".encode())
        was, now = (text.split(layout.terminator)[0] for text in (was, now))
        was, now = (re.sub(rb"^\xef\xbb\xbf\r\n", b"", text) for text in (was, now))
        assert expected.count(was + layout.terminator) == 1
        expected = expected.replace(was + layout.terminator, now + layout.terminator)
    written = Path("out.837").read_bytes()
    assert written == expected
    assert list(changes(original, written, layout.terminator)) == list(AMENDED)
    assert Path("claims.837").read_bytes() == original


def test_the_amended_file_is_clean(three: dict[str, str], quick: Quick) -> None:
    quick("amend", "claims.837", *accepting(*three.values()), *BY, "--out", "out.837")
    ran = quick("scrub", "out.837", "--format", "json")
    assert [(claim["outcome"], claim["findings"]) for claim in ran.claims] == [("clean", [])]
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("rule", "positions"), [("BAL-001", [22]), ("FMT-009", [14]), ("DX-001", [24, 28, 32])]
)
def test_accepting_one_finding_leaves_the_others(
    rule: str, positions: list[int], three: dict[str, str], quick: Quick
) -> None:
    ran = quick("amend", "claims.837", *accepting(three[rule]), *BY, "--out", "out.837")
    assert ran.code == 0
    changed = changes(THREE, Path("out.837").read_bytes())
    assert {n: (old.strip().decode(), new.strip().decode()) for n, (old, new) in changed.items()} == {
        n: AMENDED[n] for n in positions
    }
    left = quick("scrub", "out.837", "--format", "json").findings
    assert {finding["rule"] for finding in left} == set(three) - {rule}


def test_moving_diagnoses_keeps_every_line_at_its_diagnoses_in_their_order(
    workspace: Path, quick: Quick
) -> None:
    text = PROFESSIONAL.replace(b"HI*ABK:E119*ABF:I10", b"HI*ABK:W010XXA*ABF:Y9301*ABF:S8001XA*ABF:M5459")
    text = text.replace(b"***1:2~", b"***4:1:3:2~").replace(b"95*UN*1***1~", b"95*UN*1***3~")
    Path("claims.837").write_bytes(text)
    (finding,) = quick("scrub", "claims.837", "--format", "json").findings
    ran = quick("amend", "claims.837", "--accept", finding["id"], *BY, "--out", "out.837")
    assert ran.code == 0
    written = Path("out.837").read_bytes()
    assert b"HI*ABK:S8001XA*ABF:M5459*ABF:W010XXA*ABF:Y9301~" in written
    assert b"SV1*HC:99213*150*UN*1***2:3:1:4~" in written
    assert b"SV1*HC:85025*95*UN*1***1~" in written
    assert list(changes(text, written)) == [24, 28, 32]

    def told(data: bytes) -> list[list[bytes]]:
        codes = [part.split(b":")[1] for part in re.search(rb"HI\*([^~]*)", data)[1].split(b"*")]  # type: ignore[index]
        pointers = re.findall(rb"SV1\*[^~]*\*\*\*([0-9:]+)~", data)
        return [[codes[int(p) - 1] for p in line.split(b":")] for line in pointers]

    assert told(written) == told(text) == [[b"M5459", b"W010XXA", b"S8001XA", b"Y9301"], [b"S8001XA"]]


def test_a_removed_loop_is_left_out_whole_and_the_count_follows(workspace: Path, quick: Quick) -> None:
    text = PROFESSIONAL.replace(
        b"NM1*85*2*FICTION FAMILY MEDICINE GROUP*****XX*1999999018",
        b"NM1*85*1*EXAMPLE*RENATA****XX*1999999026",
    )
    Path("claims.837").write_bytes(text)
    (finding,) = quick("scrub", "claims.837", "--format", "json").findings
    assert finding["rule"] == "SIT-008"
    ran = quick("amend", "claims.837", "--accept", finding["id"], *BY, "--out", "out.837")
    assert ran.code == 0
    loop = b"NM1*82*1*EXAMPLE*RENATA****XX*1999999026~\nPRV*PE*PXC*207Q00000X~\n"
    assert text.count(loop) == 1
    assert Path("out.837").read_bytes() == text.replace(loop, b"").replace(b"SE*33*", b"SE*31*")


def test_one_claim_of_a_batch_is_amended_and_its_neighbours_are_not(workspace: Path, quick: Quick) -> None:
    text = in_transactions(*(body_of(name).replace("*245*", "*240*") for name in ("ONE", "TWO", "THREE")))
    Path("claims.837").write_text(text, encoding="ascii")
    ids = ids_of(quick("scrub", "claims.837", "--format", "json"))
    ran = quick("amend", "claims.837", *accepting(ids["TWO BAL-001"]), *BY, "--out", "out.837")
    assert ran.code == 0
    written = Path("out.837").read_text(encoding="ascii")
    assert written == text.replace("CLM*TWO*240*", "CLM*TWO*245*")


def test_amounts_keep_their_cents(workspace: Path, quick: Quick) -> None:
    text = PROFESSIONAL.replace(b"*150*UN", b"*150.10*UN").replace(b"*95*UN", b"*95.2*UN")
    Path("claims.837").write_bytes(text)
    (finding,) = quick("scrub", "claims.837", "--format", "json").findings
    quick("amend", "claims.837", "--accept", finding["id"], *BY, "--out", "out.837")
    assert re.search(rb"CLM\*FICT-0001\*245\.30?\*", Path("out.837").read_bytes())


def test_the_amended_golden_batch_is_what_was_corrected_by_hand(workspace: Path) -> None:
    # The whole way, with processes of its own: the three findings with a patch, of two claims.
    source = GOLDEN / "ten_errors.837"
    ids = ids_of(scrubber("scrub", source, "--format", "json"))
    chosen = [ids[key] for key in ("GOLD-0001 BAL-001", "GOLD-0001 DX-001", "GOLD-0005 FMT-009")]
    ran = scrubber("amend", source, *accepting(*chosen), *BY, "--out", "folder/out.837")
    assert (ran.code, ran.err) == (0, "")
    assert "Accepted by Pat Example" in ran.out
    assert "5 segments changed." in ran.out
    corrected = set((GOLDEN / "ten_errors_corrected.837").read_text(encoding="ascii").splitlines())
    changed = changes(source.read_bytes(), Path("folder/out.837").read_bytes())
    assert list(changed) == [22, 23, 27, 30, 88]
    for _, new in changed.values():
        assert new.decode().strip() + "~" in corrected


def test_the_output_shows_who_accepted_what_and_how_each_segment_changed(
    three: dict[str, str], quick: Quick
) -> None:
    ran = quick("amend", "claims.837", *accepting(three["BAL-001"]), *BY, "--out", "out.837")
    assert "Accepted by Pat Example" in ran.out
    assert three["BAL-001"] in ran.out
    assert (
        "segment 22\n  - CLM*FICT-0001*240***11:B:1*Y*A*Y*Y\n  + CLM*FICT-0001*245***11:B:1*Y*A*Y*Y\n"
        in ran.out
    )
    assert "out.837" in ran.out


def test_who_accepted_what_is_kept_beside_the_file_without_anything_of_the_claim(
    three: dict[str, str], quick: Quick
) -> None:
    quick("amend", "claims.837", *accepting(three["DX-001"], three["BAL-001"]), *BY, "--out", "out.837")
    text = Path("out.837.accepted.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["accepted_by"] == "Pat Example"
    assert record["original_sha256"] == hashlib.sha256(THREE).hexdigest()
    assert record["corrected_sha256"] == hashlib.sha256(Path("out.837").read_bytes()).hexdigest()
    assert [(f["rule"], f["id"]) for f in record["findings"]] == [
        ("DX-001", three["DX-001"]),
        ("BAL-001", three["BAL-001"]),
    ]
    assert record["segments"] == [22, 24, 28, 32]
    for word in ("W010XXA", "FICT-0001", "PATRICIA", "245"):
        assert word not in text.replace(record["original_sha256"], "").replace(record["corrected_sha256"], "")


def test_accepting_a_finding_twice_is_accepting_it_once(three: dict[str, str], quick: Quick) -> None:
    ran = quick("amend", "claims.837", *accepting(*[three["BAL-001"]] * 2), *BY, "--out", "out.837")
    assert ran.code == 0
    assert list(changes(THREE, Path("out.837").read_bytes())) == [22]


# --- what is refused ---------------------------------------------------------------------------------

#: Findings without anything to accept: advice, suppressed by a decision, bypassed by the claim itself.
ADVICE = PROFESSIONAL.replace(b"1999999026", b"1999999027").replace(b"*245*", b"*240*")
SUPPRESSED = EXAMPLE_HEALTH.replace(b"HC:99213*", b"HC:99213:50:RT*")
BYPASSED = PROFESSIONAL.replace(b"HC:99213*", b"HC:80053*").replace(b"HC:85025*", b"HC:84132:91*")
BOX = PROFESSIONAL.replace(b"100 SAMPLE STREET", b"PO BOX 9")

REFUSED = {
    "advice": (ADVICE, "FMT-004", "it is advice only: what to change depends on the medical record"),
    "suppressed": (SUPPRESSED, "MOD-017", "the finding is suppressed: there is nothing to amend"),
    "bypassed": (BYPASSED, "NCC-022", "the finding is bypassed: there is nothing to amend"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_finding_without_a_patch_cannot_be_accepted(name: str, workspace: Path, quick: Quick) -> None:
    content, rule, reason = REFUSED[name]
    Path("claims.837").write_bytes(content)
    ids = ids_of(quick("scrub", "claims.837", "--format", "json"))
    (finding,) = (value for key, value in ids.items() if key.endswith(rule))
    ran = quick("amend", "claims.837", *accepting(finding), *BY, "--out", "out.837")
    assert_refused(
        ran, f"{finding} cannot be accepted: {reason}", "correct the claim in the system it comes from"
    )
    assert Path("claims.837").read_bytes() == content
    assert [path.name for path in workspace.iterdir()] == ["claims.837"]


def test_one_refused_finding_refuses_all_of_them(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(ADVICE)
    ids = ids_of(quick("scrub", "claims.837", "--format", "json"))
    assert set(ids) == {"FICT-0001 BAL-001", "FICT-0001 FMT-004"}
    ran = quick("amend", "claims.837", *accepting(*ids.values()), *BY, "--out", "out.837")
    assert_own_words(ran)
    assert [path.name for path in workspace.iterdir()] == ["claims.837"]


@pytest.mark.parametrize("known", [False, True])
def test_an_unknown_finding_is_refused_even_beside_a_known_one(
    known: bool, three: dict[str, str], quick: Quick
) -> None:
    ids = [*([three["BAL-001"]] if known else []), "0123456789abcdef"]
    ran = quick("amend", "claims.837", *accepting(*ids), *BY, "--out", "out.837")
    assert_refused(
        ran,
        "claims.837 has no finding 0123456789abcdef",
        "copy the id from a scrub of the same file, with the same packs and receipt date",
    )
    assert not Path("out.837").exists()


def test_the_finding_of_another_claim_is_refused(three: dict[str, str], quick: Quick) -> None:
    Path("other.837").write_bytes(THREE.replace(b"FICT-0001", b"FICT-0009"))
    ran = quick("amend", "other.837", *accepting(three["BAL-001"]), *BY, "--out", "out.837")
    assert ran.err.startswith(f"scrubber: other.837 has no finding {three['BAL-001']}\n")
    assert_own_words(ran)
    assert not Path("out.837").exists()


@pytest.mark.parametrize("by", ["", "  ", "\t"])
def test_nobody_cannot_accept(by: str, three: dict[str, str], quick: Quick) -> None:
    ran = quick("amend", "claims.837", *accepting(three["BAL-001"]), "--by", by, "--out", "out.837")
    assert ran.err.startswith("scrubber: --by needs the name of the person who accepts the change\n")
    assert (ran.code, ran.out) == (2, "")
    assert not Path("out.837").exists()


@pytest.mark.parametrize("missing", ["--by", "--accept", "--out"])
def test_accepting_needs_a_name_a_finding_and_a_file(
    missing: str, three: dict[str, str], quick: Quick
) -> None:
    options = {"--by": "Pat Example", "--accept": three["BAL-001"], "--out": "out.837"}
    words = [word for key, value in options.items() if key != missing for word in (key, value)]
    ran = quick("amend", "claims.837", *words)
    assert f"Missing option '{missing}'" in ran.err
    assert (ran.code, ran.out) == (2, "")
    assert not Path("out.837").exists()


def test_an_older_corrected_file_is_not_replaced(three: dict[str, str], quick: Quick) -> None:
    Path("out.837").write_text("what somebody else accepted", encoding="ascii")
    ran = quick("amend", "claims.837", *accepting(three["BAL-001"]), *BY, "--out", "out.837")
    assert_refused(
        ran,
        "out.837 exists already",
        "accept all findings of the file in one command (--accept A --accept B), or name another file",
    )
    assert Path("out.837").read_text(encoding="ascii") == "what somebody else accepted"


@pytest.mark.parametrize("out", ["claims.837", "./claims.837", "link.837"])
def test_the_original_is_never_replaced(out: str, three: dict[str, str], quick: Quick) -> None:
    Path("link.837").symlink_to("claims.837")
    ran = quick("amend", "claims.837", *accepting(three["BAL-001"]), *BY, "--out", out)
    assert_refused(
        ran, f"{out} is the original", "name another file for --out: the original is never changed"
    )
    assert Path("claims.837").read_bytes() == THREE


def test_a_link_to_the_original_is_amended_beside_it(three: dict[str, str], quick: Quick) -> None:
    Path("link.837").symlink_to("claims.837")
    ran = quick("amend", "link.837", *accepting(three["BAL-001"]), *BY, "--out", "out.837")
    assert ran.code == 0
    assert Path("claims.837").read_bytes() == THREE
    assert list(changes(THREE, Path("out.837").read_bytes())) == [22]


def test_an_output_that_cannot_be_written_is_refused(three: dict[str, str], quick: Quick) -> None:
    Path("file").write_text("", encoding="ascii")
    ran = quick("amend", "claims.837", *accepting(three["BAL-001"]), *BY, "--out", "file/out.837")
    assert_own_words(ran)


@pytest.mark.parametrize(
    ("path", "content", "message"),
    [
        ("nowhere.837", None, "nowhere.837: there is no such file"),
        ("empty.837", b"", "empty.837: the file is empty"),
        ("claims.json", b'{"patient_control_number": "A"}', "claims.json is claim JSON"),
        ("cut.837", THREE[:900], "cut.837: "),
        ("letter.837", b"Dear biller", "letter.837: the file does not begin with an ISA segment"),
    ],
    ids=["missing", "empty", "JSON", "cut", "no X12"],
)
def test_what_is_no_whole_837_cannot_be_amended(
    path: str, content: bytes | None, message: str, workspace: Path, quick: Quick
) -> None:
    if content is not None:
        Path(path).write_bytes(content)
    before = sorted(workspace.iterdir())
    ran = quick("amend", path, "--accept", "0123456789abcdef", *BY, "--out", "out.837")
    assert ran.err.startswith(f"scrubber: {message}")
    assert_own_words(ran)
    assert sorted(workspace.iterdir()) == before


# --- the proof ---------------------------------------------------------------------------------------


def test_a_corrected_file_whose_claim_could_not_be_checked_is_not_written(
    three: dict[str, str], quick: Quick, monkeypatch: pytest.MonkeyPatch, workspace: Path
) -> None:
    from scrubber.read.chunks import Chunk
    from scrubber.read.split import split_x12

    def crashing(paths: list[str], *options: Any) -> Iterator[Event]:
        """The scrub of the corrected file, with every process dying on it."""
        if paths == ["claims.837"]:
            yield from scrub_files(paths, *options)
            return
        with Path(paths[0]).open("rb") as stream:
            for part in split_x12(stream):
                assert isinstance(part, Chunk)
                yield from map(ClaimScrubbed, died_on(part).claims)

    monkeypatch.setattr("scrubber.accept.scrub_files", crashing)
    ran = quick("amend", "claims.837", *accepting(three["BAL-001"]), *BY, "--out", "out.837")
    assert_own_words(ran)
    assert [path.name for path in workspace.iterdir()] == ["claims.837"]
