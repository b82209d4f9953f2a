"""`scrubber rules docs`: every page is there, every link leads somewhere, nothing is unescaped."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.cli.rules.packs import shipped, write_rule
from tests.conftest import Quick, assert_own_words, assert_refused

EVIL = "<script>alert(1)</script>&amp;\"'"


class Page(HTMLParser):
    """What a page links to, loads and shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.policy = ""
        self.text = ""
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in = tag
        self.links += [given["href"]] if tag == "a" else []
        self.loads += [given[name] for name in ("src", "srcset") if name in given]
        self.loads += [given["href"]] if tag == "link" else []
        self.ids += [given["id"]] if "id" in given else []
        if tag == "script":
            self.scripts.append("")
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        assert not any(name.startswith("on") for name in given), given

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "script":
            self.scripts[-1] += data
        elif self._in == "style":
            self.styles.append(data)
        else:
            self.text += data


def pages(folder: Path) -> dict[str, Page]:
    return {
        file.relative_to(folder).as_posix(): Page(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.html"))
    }


@pytest.fixture
def site(workspace: Path, quick: Quick) -> dict[str, Page]:
    ran = quick("rules", "docs", "--out", "site")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(" pages in site; begin with site/index.html\n")
    return pages(Path("site"))


def test_every_rule_and_decision_has_a_page(site: dict[str, Page]) -> None:
    ids = [loaded.rule.id for loaded in shipped().rules] + [d.decision.id for d in shipped().decisions]
    assert {name for name in site if name.startswith("rules/")} == {f"rules/{name}.html" for name in ids}
    for name in ids:
        assert f"rules/{name}.html" in site["index.html"].links
        assert f"rules/{name}.html" in site["families.html"].links


def test_every_link_is_relative_and_leads_to_a_page_and_a_place_in_it(site: dict[str, Page]) -> None:
    for name, page in site.items():
        assert len(set(page.ids)) == len(page.ids), name
        for link in page.links:
            if link.startswith(("http://", "https://")):
                assert name == "sources.html"
                continue
            path, _, place = link.partition("#")
            target = (Path("/", name).parent / unquote(path)).as_posix() if path else name
            parts: list[str] = []
            for part in target.strip("/").split("/"):
                parts = parts[:-1] if part == ".." else [*parts, part]
            found = "/".join(parts)
            assert not path.startswith("/") and found in site, f"{name}: {link}"
            assert not place or place in site[found].ids, f"{name}: {link}"


def test_nothing_is_loaded_and_only_the_search_may_run(site: dict[str, Page]) -> None:
    for name, page in site.items():
        assert page.loads == [], name
        (style,) = page.styles
        allowed = [
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
        if name == "index.html":
            _, script = page.scripts
            allowed.insert(1, f"script-src '{_hash(script)}'")
        else:
            assert page.scripts == [], name
        assert page.policy.split("; ") == allowed, name


def test_a_page_says_what_a_reader_needs(site: dict[str, Page]) -> None:
    page = site["rules/MOD-010.html"]
    text = re.sub(r"\s+", " ", page.text)
    for said in (
        "MOD-010: A visit on the day of a minor procedure lacks modifier 25",
        "The visit that leads to a minor procedure is part of the procedure's payment.",
        "every line, called visit, but only where",
        "the visit's modifiers contain 25",
        "deny: refused when the payer decides",
        "97, group CO",
        "from 2025-01-01, by the date of the item",
        "lines[1].procedure.code = '20610'",
        "expects: finding at lines[0].procedure.code, which is 99213",
    ):
        assert said in text, said
    assert "../carcs.html#97" in page.links
    assert "../paths.html#lines.procedure.code" in page.links
    assert "../sources.html#NCCI-I-D" in page.links
    assert "../sets.html#minor_procedures" in page.links
    assert "../rules/DEC-002.html" in page.links


def test_a_decision_says_what_it_looks_for_and_concludes(site: dict[str, Page]) -> None:
    text = re.sub(r"\s+", " ", site["rules/DEC-001.html"].text)
    assert "reversed: a finding of FMT-006 on the same line as the first" in text
    assert "the finding reversed is left out" in text
    assert "../rules/FMT-006.html" in site["rules/DEC-001.html"].links


def test_sources_say_whether_they_are_checked(site: dict[str, Page]) -> None:
    text = re.sub(r"\s+", " ", site["sources.html"].text)
    sources = shipped().sources.values()
    assert text.count("Checked: yes") == sum(source.checked for source in sources)
    assert text.count("Checked: no") == sum(not source.checked for source in sources)


def test_a_list_says_that_it_is_the_one_shown_and_a_reader_can_skip_the_lists(site: dict[str, Page]) -> None:
    for name in ("index", "families", "paths", "carcs", "sources", "sets"):
        text = Path("site", f"{name}.html").read_text(encoding="utf-8")
        assert re.findall(r'href="([^"]*)" aria-current="page"', text) == [f"{name}.html"]
    for name, page in site.items():
        assert page.links[0] == "#main", name
        assert "main" in page.ids, name


def test_the_search_knows_every_row_and_its_words(site: dict[str, Page]) -> None:
    words = json.loads(site["index.html"].scripts[0])
    assert set(words) == {link[6:-5] for link in site["index.html"].links if link.startswith("rules/")}
    assert {"co-97", "lines[].procedure.code", "line.procedure.code", "ncci-i-d"} <= set(
        words["MOD-010"].split()
    )
    assert "finder" in site["index.html"].ids
    raw = Path("site/index.html").read_text(encoding="utf-8")
    assert '<p id="finder" hidden>' in raw  # without scripts there is no box that does nothing


@pytest.mark.skipif(shutil.which("node") is None, reason="needs a JavaScript engine")
def test_the_search_shows_only_what_has_all_words(site: dict[str, Page]) -> None:
    words, script = site["index.html"].scripts
    ids = list(json.loads(words))
    page = f"""
    const rows = {json.dumps(ids)}.map(id => ({{hidden: false, id, getAttribute: () => id}}));
    const elements = {{words: {{textContent: {json.dumps(words)}}}, finder: {{hidden: true}}, count: {{}},
        search: {{value: "", addEventListener(_, run) {{ this.run = run; }}}}}};
    const document = {{getElementById: id => elements[id], querySelectorAll: () => rows}};
    {script}
    elements.search.value = "CO-97 Modifier";
    elements.search.run();
    console.log(JSON.stringify([elements.finder.hidden, rows.filter(r => !r.hidden).map(r => r.id)]));
    """
    done = subprocess.run(["node", "-e", page], capture_output=True, text=True, check=True, timeout=60)
    hidden, shown = json.loads(done.stdout)
    assert hidden is False
    wanted = json.loads(words)
    assert shown == [i for i in ids if "co-97" in wanted[i] and "modifier" in wanted[i]]
    assert "MOD-010" in shown


def test_the_same_rules_give_the_same_bytes(site: dict[str, Page], quick: Quick) -> None:
    quick("rules", "docs", "--out", "again")
    for name in site:
        assert Path("again", name).read_bytes() == Path("site", name).read_bytes()


def test_values_are_escaped_and_only_the_web_is_linked(workspace: Path, quick: Quick) -> None:
    quoted = json.dumps(EVIL)
    write_rule(
        Path("mine"),
        ("title: The claim has no control number", f"title: {quoted}"),
        ("why: The answer cannot be matched without it.", f"why: {quoted}"),
        ("message: The claim has no control number.", f"message: {quoted}"),
        ("name: given", f"name: {quoted}"),
        ("[STEDI-PCN]", "[STEDI-PCN, MINE, 'A <b> \"KEY\"']"),
        ("present: true", f"not_in: [{quoted}]"),
        ("remove: [patient_control_number]", f"set: {{patient_control_number: {quoted}}}"),
    )
    sources = f"MINE: {{title: {quoted}, publisher: {quoted}, url: 'javascript:alert(1)', checked: true}}\n"
    odd = "'A <b> \"KEY\"': {title: T, publisher: P, citation: C, checked: true}\n"
    Path("mine/sources.yaml").write_text(sources + odd, encoding="utf-8")
    ran = quick("rules", "docs", "--out", "site", "--packs", "mine")
    assert (ran.code, ran.err) == (0, "")
    for name, page in pages(Path("site")).items():
        raw = Path("site", name).read_text(encoding="utf-8")
        assert "<script>alert" not in raw, name
        assert not any(link.startswith("javascript:") for link in page.links), name
    page = pages(Path("site"))["rules/ZZZ-001.html"]
    assert page.text.count(EVIL) >= 6
    test_every_link_is_relative_and_leads_to_a_page_and_a_place_in_it(pages(Path("site")))


def test_an_earlier_version_is_brought_up_to_date(workspace: Path, quick: Quick) -> None:
    write_rule(Path("mine"))
    quick("rules", "docs", "--out", "site", "--packs", "mine")
    assert Path("site/rules/ZZZ-001.html").exists()
    ran = quick("rules", "docs", "--out", "site")
    assert ran.code == 0
    assert not Path("site/rules/ZZZ-001.html").exists()


def test_a_folder_with_something_else_is_left_alone(workspace: Path, quick: Quick) -> None:
    Path("site").mkdir()
    Path("site/index.html").write_text("my page", encoding="ascii")
    ran = quick("rules", "docs", "--out", "site")
    assert_refused(
        ran, "site holds something else than an earlier version of these pages", "name a new folder"
    )
    assert [file.name for file in Path("site").iterdir()] == ["index.html"]


def test_no_folder_is_not_this_folder(workspace: Path, quick: Quick) -> None:
    ran = quick("rules", "docs", "--out", "")
    assert_refused(ran, "--out names no folder", "write --out and a folder that is new or empty")
    assert list(Path().iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(workspace: Path, quick: Quick) -> None:
    Path("site").write_text("a file", encoding="ascii")
    assert_own_words(quick("rules", "docs", "--out", "site"))
    assert Path("site").read_text(encoding="ascii") == "a file"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
