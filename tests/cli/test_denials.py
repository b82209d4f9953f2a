"""`scrubber denials list`: every entry and every code that decides by itself, and nothing twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from tests.conftest import Quick, assert_refused

ENTRIES = {path.stem for path in (builtin_rules_dir() / "denials").glob("[A-Z][A-Z]-*.yaml")}


def test_every_entry_is_listed_once(quick: Quick) -> None:
    told = json.loads(quick("denials", "list", "--format", "json").out)
    assert sorted(one["entry"] for one in told if one["entry"]) == sorted(ENTRIES)
    assert [one["rarcs"] for one in told if not one["carcs"]] == [["MA130"], ["N211"], ["MA44", "N83"]]
    numbers = [int(one["carcs"][0]) for one in told if one["entry"]]
    assert numbers == sorted(numbers)


def test_an_entry_says_what_it_leads_to(quick: Quick) -> None:
    (one,) = json.loads(quick("denials", "list", "--carc", "CO-97", "--format", "json").out)
    assert one == {
        "entry": "CO-97-included-in-other-service",
        "groups": ["CO"],
        "carcs": ["97"],
        "rarcs": [],
        "programs": [],
        "payers": [],
        "meaning": "The payer counts this service as part of another one that it has already decided on.",
        "actions": ["corrected_claim", "appeal", "write_off"],
        "prevented_by": ["MOD-010", "NCC-022"],
        "checked": False,
    }


def test_people_read_it_too(quick: Quick) -> None:
    shown = quick("denials", "list", "--carc", "50").out.splitlines()
    assert shown[0].split() == ["Reason", "Remarks", "What", "it", "is", "about"]
    assert [line.split()[0] for line in shown if line.startswith(("CO", "PR"))] == ["CO-50", "PR-50"]
    assert " ".join(" ".join(shown[-2:]).split()) == (
        "2 answers about 1 reason code; 0 remark codes named. * cites a source that is not checked."
    )
    whole = quick("denials", "list").out
    assert "CO/OA/PR-22" in whole and "PR-1, PR-2, PR-3" in whole


def test_an_unknown_code_says_so_and_what_to_do(quick: Quick) -> None:
    assert_refused(
        quick("denials", "explain", "CO-98"),
        "There is no reason code (CARC) 98 in the list of this release: it was never given out, "
        "or was retired long ago. Did you mean 97, 8, 89 or 9?",
        "read it again on the remittance; if it stands there, the payer says what it is about; "
        "`scrubber denials list` shows the codes that there is an answer to",
    )


@pytest.mark.parametrize("code", ["CO-49", "999", "?"])
def test_a_code_without_an_entry_is_said(code: str, quick: Quick, workspace: Path) -> None:
    assert_refused(
        quick("denials", "list", "--carc", code),
        f"there is no entry about {code}",
        "`scrubber denials list` shows all there are",
    )
