from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any, ClassVar

import pytest

from scrubber_reports.form import FOLD_LINES
from scrubber_reports.html import HtmlReport, element_id
from scrubber_reports.tally import LISTED_PAYERS, MOST_PAYERS, OTHER_PAYERS
from tests.reports.golden import assert_golden
from tests.reports.samples import (
    CLAIM,
    GAP,
    PHONE,
    POINTER,
    RUN,
    TOTAL,
    Json,
    claim_of,
    location,
    result,
    x12,
)
from tests.reports.test_text import ERROR_GAP, HOSTILE, one_claim, unverified
from tests.reports.whole import write_run


def html_of(run: Json, claim: Json | None = None, **options: Any) -> str:
    out = io.StringIO()
    find = claim_of if run is RUN else lambda path, index: claim
    write_run(HtmlReport(out, **options), run, find)
    return out.getvalue()


class Page(HTMLParser):
    """Checks nesting and collects what the tests ask about."""

    VOID: ClassVar = {"meta", "link", "br", "img", "input", "hr"}

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack and self.stack[-1] == tag, f"</{tag}> closes {self.stack[-3:]}"
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        if not self.stack or self.stack[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def ids(self) -> list[str]:
        return [a["id"] or "" for _, a in self.tags if "id" in a]

    def links(self) -> list[str]:
        return [a["href"] or "" for _, a in self.tags if "href" in a]


def test_golden() -> None:
    assert_golden("run.html", html_of(RUN))


def test_the_page_is_well_formed_and_its_links_lead_somewhere() -> None:
    page = Page(html_of(RUN))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    assert page.links()
    for link in page.links():
        assert link.startswith("#") and link[1:] in ids, link


def test_nothing_is_loaded_from_anywhere() -> None:
    text = html_of(RUN)
    page = Page(text)
    assert {tag for tag, _ in page.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "form",
        "base",
    } == set()
    for _, attributes in page.tags:
        assert not set(attributes) & {"src", "srcset", "style", "background", "action", "ping"}
        assert not [name for name in attributes if name.startswith("on")]
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style and "@import" not in style and "http" not in style
    policies = [a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies[0] and policies[0].startswith("default-src 'none'")


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_text_has_contrast_in_light_and_dark_and_print() -> None:
    """WCAG AA: 4.5 to 1 for every pair of text and ground that the page uses."""
    text = html_of({"files": []})
    roots = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    palettes = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", root)) for root in roots]
    assert len(palettes) == 3
    pairs = [
        "ink page",
        "ink card",
        "ink soft",
        "quiet page",
        "quiet card",
        "quiet soft",
        "bad card",
        "card bad",
    ]
    pairs += ["bad bad-soft", "warn warn-soft", "info info-soft", "good good-soft", "card warn", "card quiet"]
    pairs += [
        "quiet good-soft",
        "quiet warn-soft",
        "bad good-soft",
        "loud-ink loud",
        "link card",
        "link page",
    ]
    for own in palettes:
        palette = {**palettes[0], **own}
        for pair in pairs:
            low, high = sorted(_luminance(palette[name]) for name in pair.split())
            assert (high + 0.05) / (low + 0.05) >= 4.5, pair


def test_it_can_be_read_without_eyes_or_mouse() -> None:
    page = Page(html_of(RUN))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("main") == tags.count("h1") == 1
    assert ("html", {"lang": "en"}) in page.tags
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for tag, attributes in page.tags:
        if tag == "section":
            assert "aria-label" in attributes or "aria-labelledby" in attributes
        if tag == "th":
            assert attributes.get("scope") in ("col", "row")


def test_no_two_landmarks_have_one_name() -> None:
    """Parts of claims are groups: hundreds of regions of one name would make the list of them useless."""
    named = [a["aria-label"] for tag, a in Page(html_of(RUN)).tags if tag == "section" and "aria-label" in a]
    assert named == ["Summary"]


def test_a_finding_and_its_field_point_at_each_other() -> None:
    text = html_of(RUN)
    field = element_id("f1c1", "/total_charge")
    card = text[text.index('id="f1c1-2"') :].split("</article>")[0]
    assert f'href="#{field}"' in card
    cell = text[text.index(f'id="{field}"') :].split("</div>")[0]
    assert 'href="#f1c1-2"' in cell and "254.00" in cell


def test_an_absent_value_is_an_empty_field_that_says_missing() -> None:
    text = html_of(RUN)
    cell = text[text.index(f'id="{element_id("f1c1", "/rendering_provider/npi")}"') :].split("</div>")[0]
    assert '<span class="missing">missing</span>' in cell and "24J" in cell


def test_a_pointer_the_form_does_not_know_is_shown_all_the_same() -> None:
    place = location("drug.lot", "/drug/lot~1number", x12("2410", "LIN", 9), None, None)
    text = html_of(one_claim(result(0, "FICT-9", "review", [{**PHONE, "locations": [place]}])), CLAIM)
    page = Page(text)
    assert "Also concerned" in page.text and "drug.lot/number" in page.text
    assert [link for link in page.links() if link[1:] not in page.ids()] == []


def test_the_counts_stand_on_top_and_partial_coverage_is_loud() -> None:
    page = Page(html_of(RUN))
    text = page.text
    assert text.index("Of 5 claims, 1 would be rejected or denied") < text.index("FICT-0001")
    assert "1 claim was only partly checked. A rule that could not be evaluated is not a pass." in text
    assert "1 rule did not run at all." in text
    assert "FICT-0002" not in text


def test_many_claims_are_cut_with_a_word_about_it() -> None:
    claims = [result(i, f"FICT-{i}", "review", [PHONE]) for i in range(5)]
    run = {"files": [{"path": "a.837", "format": "837P", "claims": claims, "findings": []}]}
    text = Page(html_of(run, most_claims=2)).text
    assert "FICT-1" in text and "FICT-2" not in text
    assert "3 more claims with something to look at are counted above but not shown on this page." in text
    assert "Of 5 claims, 5 should be looked at." in text


def _bars(text: str, heading: str) -> list[str]:
    """Return the widths of the bars of one chart."""
    chart = text.split(f"<summary>{heading}</summary>")[1].split("</details>", maxsplit=1)[0]
    return re.findall(r'"currentColor" width="(\d+)"', chart)


def test_findings_are_counted_by_rule_and_by_payer_with_bars() -> None:
    """The number stands beside each bar, so that the bar says nothing to whoever listens."""
    text = html_of(RUN)
    assert _bars(text, "Findings by rule") == ["50", "50", "50", "100"]
    assert _bars(text, "Findings by payer") == ["100"]
    assert (
        "Findings by payer Payer Gravest Claims Findings SAMPLE COMMERCIAL PLAN reject 2 5" in Page(text).text
    )
    bars = [attributes for tag, attributes in Page(text).tags if tag == "svg"]
    assert len(bars) == 5 and all(a["aria-hidden"] == "true" for a in bars)


def test_claims_that_are_not_shown_count_for_their_payer() -> None:
    claims = [result(i, f"FICT-{i}", "review", [PHONE]) for i in range(5)]
    run = {"files": [{"path": "a.837", "claims": claims, "findings": []}]}
    assert "SAMPLE COMMERCIAL PLAN warn 5 5" in Page(html_of(run, CLAIM, most_claims=2)).text
    assert "Payer not known warn 5 5" in Page(html_of(run)).text


def test_many_payers_are_listed_in_part_and_remembered_in_part() -> None:
    out = io.StringIO()
    report = HtmlReport(out, most_claims=1)
    report.start({})
    report.start_file({"path": "a.837", "format": "x12"})
    for i in range(MOST_PAYERS + 500):
        payer = {**CLAIM, "payer": {"name": f"PLAN {i}"}}
        report.claim(result(i, f"FICT-{i}", "review", [PHONE] * (2 if i == 7 else 1)), payer)
    report.end_file({})
    report.finish()
    text = Page(out.getvalue()).text
    listed = MOST_PAYERS + 500 - LISTED_PAYERS
    assert "PLAN 7 warn 1 2" in text
    assert f"{OTHER_PAYERS} warn {listed:,} {listed:,}" in text
    assert len(report.tally.payers) == MOST_PAYERS + 1


def test_without_findings_there_are_no_charts() -> None:
    assert "<svg" not in html_of(one_claim(result(0, "FICT-9", "clean", [], [GAP])), CLAIM)


def test_many_lines_fold_away_those_without_findings() -> None:
    lines = [{**CLAIM["lines"][0], "number": str(i + 1)} for i in range(FOLD_LINES + 3)]
    text = Page(
        html_of(one_claim(result(0, "FICT-9", "rejected", [POINTER])), {**CLAIM, "lines": lines})
    ).text
    assert f"{FOLD_LINES + 2} lines without findings" in text


def test_a_claim_without_its_json_is_shown_with_places_and_values() -> None:
    text = html_of(one_claim(result(0, "FICT-9", "rejected", [TOTAL])))
    page = Page(text)
    assert "2300 CLM02 · segment 23 · CMS-1500 28" in page.text and "254.00" in page.text
    assert [link for link in page.links() if link[1:] not in page.ids()] == []


def test_a_run_without_claims_and_a_clean_run() -> None:
    assert "There was no claim to check." in Page(html_of({"files": []})).text
    clean = Page(html_of(one_claim(result(0, "FICT-9", "clean", [])))).text
    assert "Nothing was found on 1 claim." in clean and "Nothing to look at in this file." in clean


def test_the_command_has_the_options_that_the_findings_depend_on() -> None:
    text = Page(html_of(RUN, options=["--packs", "my rules", "--receipt-date", "2026-08-31"])).text
    assert "--out corrected.837 --packs 'my rules' --receipt-date 2026-08-31" in text


def test_only_what_amend_takes_has_a_command() -> None:
    claim = result(0, "FICT-9", "rejected", [TOTAL, PHONE])
    text = Page(html_of(one_claim(claim, "a.json", "json"))).text
    assert "scrubber amend" not in text and "--repair" not in text
    assert text.count("Apply the patch in the JSON result (RFC 6902) to this claim JSON.") == 2
    claim = result(0, "FICT-9", "rejected", [unverified(TOTAL), unverified(PHONE)])
    text = Page(html_of(one_claim(claim))).text
    assert "scrubber amend" not in text and "--repair" not in text
    assert text.count("did not pass the check") == 2


def test_a_claim_that_could_not_be_checked_is_an_error_and_not_partly_checked() -> None:
    text = Page(html_of(one_claim(result(0, "FICT-9", "error", [], [ERROR_GAP])))).text
    assert "1 could not be checked" in text and "0 only partly checked" in text
    assert "Only partly checked" not in text
    assert "scrub it alone" in text


def test_a_problem_of_the_file_has_its_remedy() -> None:
    finding = {**PHONE, "rule": "X12-002", "reason": "Remedy: check the SE count.", "amendment": None}
    text = Page(html_of({"files": [{"path": "a.837", "claims": [], "findings": [finding]}]})).text
    assert "Remedy Check the SE count." in text and "Remedy:" not in text and "Decision" not in text


ATTACKS = {
    **HOSTILE,
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "style": "</style><style>*{display:none}",
    "url": "javascript:alert(1)",
    "template": "{{ 7*7 }}{% raw %}",
    "comment": "<!--",
    "entity": "&lt;b&gt;",
}


@pytest.mark.parametrize("value", ATTACKS.values(), ids=ATTACKS.keys())
def test_hostile_values_are_text_and_nothing_else(value: str) -> None:
    finding = {
        **TOTAL,
        "id": value,
        "rule": value,
        "title": value,
        "message": value,
        "why": value,
        "evidence": {value: value},
        "locations": [
            location(value, f"/{value}", x12("2300", "CLM", 2, 3), value, value),
            location("payer.name", "/payer/name", x12("2010BB", "NM1", 3), None, value, "related"),
        ],
        "references": [{"title": value, "url": value, "checked": False}],
        "reason": value,
        "decided_by": [value],
        "route": value,
        "amendment": {**TOTAL["amendment"], "title": value},
    }
    claim = {
        **CLAIM,
        "payer": {**CLAIM["payer"], "name": value},
        "notes": [{"type": "ADD", "text": value}],
        "lines": [{**CLAIM["lines"][0], "modifiers": [value], "charge": value, "number": value}],
    }
    gap = {"rule": value, "reason": value, "remedy": value}
    run = {
        **one_claim(result(0, value, "rejected", [finding], [gap]), path=value),
        "receipt_date": value,
        "engine": {"name": value},
        "packs": [{"id": value, "version": value, "hash": value}],
        "reference_data": [{"table": value, "edition": value}],
        "summary": {"not_evaluated": [gap]},
    }
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    write_run(HtmlReport(out), run, lambda path, index: claim)
    out.flush()
    text = out.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    page = Page(text)
    assert "script" not in [tag for tag, _ in page.tags]
    assert [tag for tag, _ in page.tags].count("style") == 1
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    assert all(link.startswith("#") and link[1:] in page.ids() for link in page.links())
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "49" not in page.text.split("Total charge")[0]
    assert len(text) < 120_000


def test_direction_of_a_value_stays_inside_it() -> None:
    text = html_of(one_claim(result(0, HOSTILE["hebrew"], "review", [PHONE])), CLAIM)
    assert f"<bdi>{HOSTILE['hebrew']}</bdi>" in text


def test_element_ids_differ_when_pointers_do() -> None:
    pointers = ["/a/b", "/a.b", "/a-b", "/a~1b", "/a b", "/a/0/b", ""]
    assert len({element_id("c", p) for p in pointers}) == len(pointers)
