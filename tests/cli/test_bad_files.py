"""Files that cannot be read: place, cause and remedy on standard error, exit code 2, nothing of a claim."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import (
    PROFESSIONAL,
    SECRET,
    Quick,
    Ran,
    assert_own_words,
    assert_refused,
    body_of,
    in_transactions,
    scrubber,
)
from tests.support.make837 import make837

NOT_X12 = (
    "the file does not begin with an ISA segment: it is not X12",
    "give an 837 file that begins with ISA, or claim JSON that begins with { or [",
)
EMPTY = ("the file is empty", "give an 837 file or claim JSON")
ISA_CUT = "fetch the file again from where it was made; the transfer did not finish"
DELIMITERS = (
    "the ISA segment declares delimiters that cannot be told apart from data",
    "use three different punctuation characters, such as * : ~",
)

#: name → (content, message, remedy); the whole file is refused.
UNREADABLE: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", *EMPTY),
    "only white space": (b" \r\n\t\n  ", *EMPTY),
    "only a byte order mark": (b"\xef\xbb\xbf", *EMPTY),
    "a letter": (f"Dear biller,\nplease call {SECRET}.\n".encode(), *NOT_X12),
    "a JSON string": (f'"{SECRET}"'.encode(), *NOT_X12),
    "all 256 bytes": (bytes(range(256)) * 40, *NOT_X12),
    "a compressed file": (b"\x1f\x8b\x08\x00" + bytes(range(255, 0, -1)) * 20, *NOT_X12),
    "ISA and then junk": (
        b"ISA" + bytes(range(256)) * 40,
        "the ISA segment is malformed: byte 7 should be an element separator",
        "ISA elements have fixed widths; have the sending system pad them with spaces",
    ),
    "cut inside ISA": (
        PROFESSIONAL[:60],
        "the ISA segment is cut off: 60 bytes where 106 are needed",
        ISA_CUT,
    ),
    "ISA without padding": (
        PROFESSIONAL.replace(b"SUBMITTER01    *", b"SUBMITTER01*", 1),
        "the ISA segment is malformed: byte 51 should be an element separator",
        "ISA elements have fixed widths; have the sending system pad them with spaces",
    ),
    "GS without ISA": (PROFESSIONAL[PROFESSIONAL.index(b"GS*") :], *NOT_X12),
    "element separator also between components": (PROFESSIONAL.replace(b"T*:~", b"T**~", 1), *DELIMITERS),
    "a letter as terminator": (PROFESSIONAL.replace(b"T*:~", b"T*:Q", 1), *DELIMITERS),
    "no transactions": (
        in_transactions().encode(),
        "the file has no claims",
        "check that it is the file you meant",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_refused_with_its_place_and_a_remedy(
    name: str, workspace: Path, quick: Quick
) -> None:
    content, message, remedy = UNREADABLE[name]
    Path("claims.837").write_bytes(content)
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.err == f"claims.837: {message}\n  remedy: {remedy}\n"
    assert ran.code == 2
    assert ran.claims == []
    (finding,) = ran.files["claims.837"]["findings"]
    assert (finding["rule"], finding["severity"]) == ("FILE-001", "reject")
    assert finding["message"].lower() == f"{message}.".lower()
    assert SECRET not in ran.out + ran.err


def test_a_transaction_without_claims_is_said_to_have_none(workspace: Path, quick: Quick) -> None:
    header = body_of("ONE").partition("HL*")[0]
    Path("claims.837").write_text(in_transactions(header), encoding="ascii")
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.code == 2
    assert "claims.837: the file has no claims\n" in ran.err
    assert [finding["rule"] for finding in ran.files["claims.837"]["findings"]] == ["FILE-001", "IG-101"]


def test_a_terminator_that_never_comes_does_not_fill_the_memory(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL[:106] + f"*{SECRET}".encode() * 300_000)
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.err == (
        "claims.837: segment 2 is longer than 1048576 bytes\n"
        "  remedy: the segment terminator that ISA declares does not occur; check the ISA segment\n"
    )
    assert (ran.code, ran.claims) == (2, [])


def test_a_terminator_other_than_the_declared_one_reads_as_a_cut_file(workspace: Path, quick: Quick) -> None:
    head, body = PROFESSIONAL[:106], PROFESSIONAL[106:].replace(b"~", b"|")
    Path("claims.837").write_bytes(head + body.replace(b"PATRICIA", SECRET.encode()))
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.err.startswith(
        f"claims.837: segment 2: segment 2 has no terminator: the file was cut\n  remedy: {ISA_CUT}\n"
    )
    assert (ran.code, ran.claims) == (2, [])
    assert SECRET not in ran.out + ran.err


# --- paths ------------------------------------------------------------------------------------------


def test_a_missing_file_is_refused(workspace: Path, quick: Quick) -> None:
    ran = quick("scrub", "nowhere.837")
    assert_refused(ran, "nowhere.837: there is no such file or folder", "check the path")


def test_one_missing_file_among_others_stops_the_run_before_anything_is_scrubbed(
    workspace: Path, quick: Quick
) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL)
    ran = quick("scrub", "claims.837", "nowhere.837")
    assert_refused(ran, "nowhere.837: there is no such file or folder", "check the path")


def test_an_empty_folder_is_refused(workspace: Path, quick: Quick) -> None:
    Path("batch").mkdir()
    ran = quick("scrub", "batch")
    assert_refused(ran, "batch: the folder has no files", "name a folder that holds 837 files")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused_and_the_others_are_scrubbed(
    workspace: Path, quick: Quick
) -> None:
    Path("a.837").write_bytes(PROFESSIONAL)
    Path("a.837").chmod(0)
    Path("b.837").write_bytes(PROFESSIONAL)
    ran = quick("scrub", "a.837", "b.837", "--format", "json")
    assert ran.err == (
        "a.837: the file cannot be opened (Permission denied)\n  remedy: check its permissions\n"
    )
    assert ran.code == 2
    assert [claim["outcome"] for claim in ran.files["b.837"]["claims"]] == ["clean"]


def test_an_empty_path_is_not_taken_for_the_current_folder(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL)
    ran = quick("scrub", "")
    assert_own_words(ran)
    assert ran.out == ""


def test_a_pipe_named_as_a_path_is_not_called_missing(workspace: Path) -> None:
    # What a shell passes for <(zcat claims.837.gz).
    reader, writer = os.pipe()
    os.write(writer, PROFESSIONAL)
    os.close(writer)
    try:
        ran = scrubber("scrub", f"/dev/fd/{reader}", "--format", "json", pass_fds=(reader,))
    finally:
        os.close(reader)
    assert "no such file" not in ran.err
    assert ran.code == 0 or "remedy: " in ran.err


def test_hidden_folders_inside_a_folder_are_left_alone(workspace: Path, quick: Quick) -> None:
    Path("batch/.git").mkdir(parents=True)
    Path("batch/.git/HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
    Path("batch/claims.837").write_bytes(PROFESSIONAL)
    ran = quick("scrub", "batch", "--format", "json")
    assert list(ran.files) == ["batch/claims.837"]
    assert (ran.code, ran.err) == (0, "")


def test_a_file_name_that_is_not_utf8_is_no_internal_error(workspace: Path) -> None:
    name = os.fsdecode(b"claims-\xff.837")
    try:
        Path(name).write_bytes(PROFESSIONAL)
    except OSError:
        pytest.skip("this file system wants UTF-8 names")
    for format_ in ("json", "text"):
        ran = scrubber("scrub", name, "--format", format_)
        assert "internal error" not in ran.err
        assert ran.code == 0 or "remedy: " in ran.err


# --- one bad file among good ones -------------------------------------------------------------------


def test_a_bad_file_in_a_folder_does_not_keep_the_others_from_being_scrubbed(
    workspace: Path, quick: Quick
) -> None:
    Path("batch/later").mkdir(parents=True)
    Path("batch/a.837").write_bytes(PROFESSIONAL)
    Path("batch/b.837").write_bytes(PROFESSIONAL[:50])
    Path("batch/later/c.837").write_bytes(PROFESSIONAL.replace(b"*245*", b"*240*"))
    ran = quick("scrub", "batch", "--format", "json")
    assert ran.code == 2
    assert list(ran.files) == ["batch/a.837", "batch/b.837", "batch/later/c.837"]
    outcomes = {path: [c["outcome"] for c in file["claims"]] for path, file in ran.files.items()}
    assert outcomes == {"batch/a.837": ["clean"], "batch/b.837": [], "batch/later/c.837": ["rejected"]}
    assert ran.json["summary"]["files"] == 3


# --- files that were cut ----------------------------------------------------------------------------


def ends_of_claims(text: str) -> list[int]:
    """Return for each claim where its last segment ends, terminator included."""
    ends, open_claim, offset = [], False, 0
    for line in text.splitlines(keepends=True):
        if open_claim and line.startswith(("CLM*", "HL*", "SE*")):
            ends.append(offset)
            open_claim = False
        open_claim = open_claim or line.startswith("CLM*")
        offset += len(line)
    return [end - 1 for end in ends]  # the line break is not part of the claim


@pytest.fixture(scope="module")
def cut_everywhere(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Ran, Ran]:
    """A file of four claims, its result, and the results of the file cut at many places."""
    folder = tmp_path_factory.mktemp("cut")
    text = make837(4, seed=3, subscribers_a_provider=2, claims_a_subscriber=2)
    (folder / "whole.837").write_text(text, encoding="ascii")
    (folder / "parts").mkdir()
    for size in range(107, len(text.rstrip()), 31):
        (folder / "parts" / f"{size:05d}.837").write_text(text[:size], encoding="ascii")
    whole = scrubber("scrub", "whole.837", "--format", "json", cwd=folder)
    return text, whole, scrubber("scrub", "parts", "--format", "json", cwd=folder)


def test_a_claim_is_never_passed_when_the_file_ends_inside_it(cut_everywhere: tuple[str, Ran, Ran]) -> None:
    text, whole, parts = cut_everywhere
    assert [claim["outcome"] for claim in whole.claims] == ["clean"] * 4
    ends = ends_of_claims(text)
    assert len(ends) == 4
    assert len(parts.files) > 60
    for path, file in parts.files.items():
        size = int(Path(path).stem)
        for claim in file["claims"]:
            complete = size >= ends[claim["index"]]
            assert claim["outcome"] == "error" or complete, (path, claim)


def test_claims_before_the_cut_are_in_the_result_as_they_would_be_without_it(
    cut_everywhere: tuple[str, Ran, Ran],
) -> None:
    text, whole, parts = cut_everywhere
    starts = [i for i in range(len(text)) if text.startswith("CLM*", i)]
    for path, file in parts.files.items():
        size = int(Path(path).stem)
        begun = sum(text.index("~", start) < size for start in starts)  # a whole CLM segment is there
        assert [claim["index"] for claim in file["claims"]] == list(range(begun)), path
        assert file["claims"][: begun - 1] == whole.claims[: max(begun - 1, 0)], path


def test_every_cut_is_reported_and_makes_the_exit_code_2(cut_everywhere: tuple[str, Ran, Ran]) -> None:
    _, _, parts = cut_everywhere
    assert parts.code == 2
    for path, file in parts.files.items():
        assert file["findings"], path
        assert f"{path}: segment " in parts.err


def test_a_file_cut_inside_a_segment_says_where_and_gives_the_claims_before_it(
    workspace: Path, quick: Quick
) -> None:
    text = in_transactions(body_of("ONE") + body_of("TWO").replace("EXAMPLE*RENATA", SECRET))
    cut = text.rindex(f"NM1*82*1*{SECRET}") + len(f"NM1*82*1*{SECRET}")
    Path("claims.837").write_text(text[:cut], encoding="ascii")
    ran = quick("scrub", "claims.837", "--format", "json")
    position = text[:cut].count("~") + 1
    assert ran.err.startswith(
        f"claims.837: segment {position}: segment {position} has no terminator: the file was cut\n"
        f"  remedy: {ISA_CUT}\n"
        f"claims.837: segment {position}: the ST of segment 3 has no SE\n"
        "  remedy: add SE, or fetch the file again if it was cut\n"
    )
    assert ran.code == 2
    assert [(claim["claim_id"], claim["outcome"]) for claim in ran.claims] == [
        ("ONE", "clean"),
        ("TWO", "error"),
    ]
    assert ran.claims[1]["not_evaluated"] == [
        {
            "rule": "*",
            "reason": "this claim cannot be judged: the transaction ends inside this claim",
            "remedy": "correct the file, or fetch it again from where it was made",
        }
    ]
    first = ran.files["claims.837"]["findings"][0]
    assert (first["rule"], first["locations"][0]["x12"]["position"]) == ("X12-003", position)
    assert SECRET not in ran.out + ran.err
