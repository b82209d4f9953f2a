"""Files that look unusual and are right: the same claims give the same findings at the same segments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import GOLDEN, PROFESSIONAL, Quick, Ran, in_transactions, scrubber

TEN = (GOLDEN / "ten_errors.837").read_bytes()
PIPES = bytes.maketrans(b"*:^~", b"|>!\x1c")
TABS = bytes.maketrans(b"*:^~", b"\t;!'")

VARIANTS: dict[str, bytes] = {
    "as_it_is": TEN,
    "carriage_returns": TEN.replace(b"\n", b"\r\n"),
    "no_line_breaks": TEN.replace(b"\n", b""),
    "line_break_as_terminator": TEN.replace(b"~\n", b"\n"),
    "carriage_return_as_terminator": TEN.replace(b"~\n", b"\r"),
    "both_as_terminator": TEN.replace(b"~\n", b"\r\n"),
    "other_delimiters": TEN.translate(PIPES),
    "tabs": TEN.translate(TABS),
    "byte_order_mark": b"\xef\xbb\xbf" + TEN,
    "blank_lines_first": b"\r\n \n" + TEN,
    "blanks_last": TEN + b"\r\n  \n",
    "control_z_last": TEN + b"\x1a",
    "no_line_break_last": TEN.rstrip(b"\n"),
    "indented": TEN.replace(b"\n", b"\n    "),
}


@pytest.fixture(scope="module")
def scrubbed(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("odd")
    (folder / "batch").mkdir()
    for name, content in VARIANTS.items():
        (folder / "batch" / f"{name}.837").write_bytes(content)
    return scrubber("scrub", "batch", "--format", "json", cwd=folder)


@pytest.mark.parametrize("name", VARIANTS)
def test_how_a_file_is_laid_out_does_not_change_the_result(name: str, scrubbed: Ran) -> None:
    file = scrubbed.files[f"batch/{name}.837"]
    expected = scrubbed.files["batch/as_it_is.837"]
    assert len(expected["claims"]) == 5
    assert file["claims"] == expected["claims"]
    assert file["findings"] == []


def test_unusual_files_are_no_reason_for_a_message(scrubbed: Ran) -> None:
    assert (scrubbed.code, scrubbed.err) == (1, "")


# --- standard input ----------------------------------------------------------------------------------


def claims_of(*words: str, stdin: bytes) -> tuple[Ran, list[Any]]:
    ran = scrubber("scrub", "-", "--format", "json", *words, stdin=stdin)
    return ran, ran.files["-"]["claims"]


def test_standard_input_gives_the_same_claims_as_the_file(scrubbed: Ran) -> None:
    ran, claims = claims_of(stdin=TEN)
    assert (ran.code, ran.err) == (1, "")
    assert claims == scrubbed.files["batch/as_it_is.837"]["claims"]


def test_standard_input_may_be_json() -> None:
    ran, claims = claims_of(stdin=b'\n  [{"patient_control_number": "A"}, {"patient_control_number": "B"}]\n')
    assert (ran.code, ran.files["-"]["format"]) == (1, "json")
    assert [claim["claim_id"] for claim in claims] == ["A", "B"]


def test_empty_standard_input_is_refused() -> None:
    ran, claims = claims_of(stdin=b"")
    assert ran.err == "-: the file is empty\n  remedy: give an 837 file or claim JSON\n"
    assert (ran.code, claims) == (2, [])


def test_standard_input_named_twice_is_no_internal_error() -> None:
    ran = scrubber("scrub", "-", "-", stdin=PROFESSIONAL)
    assert ran.code == 2
    assert "internal error" not in ran.err
    assert "remedy: " in ran.err


# --- names that are not ASCII ------------------------------------------------------------------------


def mailbox(town: str) -> str:
    """Return a claim whose finding quotes an address."""
    body = "".join(PROFESSIONAL.decode().splitlines(keepends=True)[3:-3])
    return body.replace("N3*100 SAMPLE STREET", f"N3*PO BOX 9 {town}")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_text_is_shown_as_it_was_meant_in_either_encoding(
    encoding: str, workspace: Path, quick: Quick
) -> None:
    Path("claims.837").write_bytes(in_transactions(mailbox("MÜNCHEN")).encode(encoding))
    ran = quick("scrub", "claims.837", "--format", "json")
    (finding,) = ran.findings
    assert finding["locations"][0]["value"] == "PO BOX 9 MÜNCHEN"
    assert finding["message"] == "'PO BOX 9 MÜNCHEN' is a mailbox; the billing address must be a street."


def test_how_text_is_shown_does_not_depend_on_the_claims_around_it(workspace: Path, quick: Quick) -> None:
    # Two systems' claims in one batch: a claim that is scrubbed alone (after a crash) must read the same.
    text = in_transactions(mailbox("MÜNCHEN") + mailbox("KÖLN"))
    first, second = text.split("KÖLN")
    content = first.encode("utf-8") + "KÖLN".encode("latin-1") + second.encode("ascii")
    Path("claims.837").write_bytes(content)
    ran = quick("scrub", "claims.837", "--format", "json")
    values = [finding["locations"][0]["value"] for finding in ran.findings]
    assert values == ["PO BOX 9 MÜNCHEN", "PO BOX 9 KÖLN"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_cannot_show_a_name_still_gets_the_report(encoding: str, workspace: Path) -> None:
    Path("claims.837").write_bytes(in_transactions(mailbox("MÜNCHEN \N{SNOWMAN}")).encode())
    env = {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    ran = scrubber("scrub", "claims.837", env=env)
    assert ran.code == 1
    assert "2010AA N301" in ran.out
    assert ran.err == ""
