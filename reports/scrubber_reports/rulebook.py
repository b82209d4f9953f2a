"""The rules as a web site: a folder of pages that need no server, no network and no scripts.

A script searches the list where scripts may run; everything else is links. The same rules give the same
bytes. All values are escaped, and a policy in each page lets nothing run but that one script.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scrubber.claim.paths import spellings
from scrubber.packs.bundle import Bundle
from scrubber.packs.code_sets import CodeSet
from scrubber.rulebook.compiled import compiled, traits
from scrubber.rulebook.descriptions import (
    decision_facts,
    decision_sections,
    looks_at,
    rule_facts,
    rule_sections,
)
from scrubber.rulebook.entries import Entry, entries
from scrubber.rulebook.example_words import decision_examples, rule_examples
from scrubber.rulebook.paths import parts_of

_TEMPLATES = Path(__file__).parent / "templates" / "rulebook"
GENERATOR = "scrubber rules docs"

Pages = dict[str, str]


class NotOurs(Exception):
    """A folder that holds something else than an earlier version of the site."""


def write_pages(pages: Mapping[str, str], folder: Path) -> None:
    """Write the pages into a folder, and remove those of rules that are gone.

    Raises NotOurs when the folder holds anything that an earlier version of the site does not explain;
    OSError when it cannot be written.
    """
    index = folder / "index.html"
    if folder.is_dir() and any(folder.iterdir()):
        first = index.read_text(encoding="utf-8", errors="replace") if index.is_file() else ""
        if f'<meta name="generator" content="{GENERATOR}">' not in first:
            raise NotOurs
        for old in sorted((folder / "rules").glob("*.html")):
            if f"rules/{old.name}" not in pages:
                old.unlink()
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_bytes(text.encode())


def rule_pages(bundle: Bundle) -> Pages:
    """Return the pages by their paths. Raises OSError when a rule's file can no longer be read."""
    every = entries(bundle)
    used = {entry.id: _sets_of(bundle, entry.id) for entry in every}
    return {
        "index.html": _index(bundle, every),
        "families.html": _render("families", bundle, families=_families(bundle, every)),
        "paths.html": _render("paths", bundle, paths=_paths(every)),
        "carcs.html": _render("carcs", bundle, carcs=_carcs(every)),
        "sources.html": _render("sources", bundle, sources=_sources(bundle, bundle.sources, every)),
        "sets.html": _render("sets", bundle, sets=_sets(bundle, every, used)),
        **{f"rules/{entry.id}.html": _page(bundle, entry, every, used[entry.id]) for entry in every},
    }


# --- the pages ----------------------------------------------------------------------------------------


def _index(bundle: Bundle, every: tuple[Entry, ...]) -> str:
    rules = sum(entry.kind == "rule" for entry in every)
    words = {entry.id: _search_words(bundle, entry) for entry in every}
    return _render(
        "index",
        bundle,
        entries=every,
        words=words,
        script=Markup(_text("search.js")),
        rules=rules,
        decisions=len(every) - rules,
    )


def _search_words(bundle: Bundle, entry: Entry) -> str:
    """Return all that a search finds an entry by."""
    words = [entry.id, entry.name, entry.title, _loaded_why(bundle, entry)]
    words += [entry.kind, entry.severity or "", entry.stage or "", entry.status, entry.pack]
    words += [f"{entry.group}-{entry.carc}"] if entry.carc else []
    words += [*entry.rarc, *entry.aliases, *entry.payers, *entry.claim_types]
    words += [*entry.references, *entry.at, *entry.reads]
    words += [name for path in (*entry.at, *entry.reads) for name in spellings(path)]
    return " ".join(word for word in words if word).lower()


def _loaded_why(bundle: Bundle, entry: Entry) -> str:
    if entry.kind == "rule":
        return bundle.rule(entry.id).rule.why
    return next(held.decision.why for held in bundle.decisions if held.decision.id == entry.id)


def _page(bundle: Bundle, entry: Entry, every: tuple[Entry, ...], sets: list[str]) -> str:
    shared: dict[str, Any] = {
        "entry": entry,
        "sets": sets,
        "sources": _sources(bundle, entry.references, every),
        "text": Path(entry.file).read_text(encoding="utf-8"),
        "root": "../",
    }
    decisions = {held.decision.id: held.decision for held in bundle.decisions}
    if entry.kind == "rule":
        rule = bundle.rule(entry.id).rule
        names = {payer.key: payer.name for payer in bundle.payers.values()}
        return _render(
            "entry",
            bundle,
            why=rule.why,
            message=rule.message,
            conditions=list(rule_sections(rule)),
            facts=list(rule_facts(rule, names)),
            groups=rule_examples(rule),
            related=[e for e in every if e.id in decisions and looks_at(decisions[e.id], entry.id)],
            **shared,
        )
    decision = decisions[entry.id]
    return _render(
        "entry",
        bundle,
        why=decision.why,
        message="",
        conditions=list(decision_sections(decision)),
        facts=list(decision_facts(decision)),
        groups=decision_examples(decision),
        related=[e for e in every if e.kind == "rule" and looks_at(decision, e.id)],
        **shared,
    )


def _families(bundle: Bundle, every: Iterable[Entry]) -> list[tuple[Any, list[Entry]]]:
    return [(pack, [e for e in every if e.pack == pack.id]) for pack in bundle.packs]


def _paths(every: Iterable[Entry]) -> list[tuple[str, list[Entry], list[Entry]]]:
    pointing: dict[str, list[Entry]] = defaultdict(list)
    reading: dict[str, list[Entry]] = defaultdict(list)
    for entry in every:
        for path in entry.at:
            pointing[path].append(entry)
        for path in entry.reads:
            reading[path].append(entry)
    return [(path, pointing.get(path, []), reading.get(path, [])) for path in sorted({*pointing, *reading})]


def _carcs(every: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in every:
        if entry.carc is not None:
            found[entry.carc].append(entry)
    return sorted(found.items(), key=lambda item: (len(item[0]), item[0]))  # 4 before 16


def _sources(bundle: Bundle, keys: Iterable[str], every: Iterable[Entry]) -> list[dict[str, Any]]:
    out = []
    for key in keys:
        source = bundle.sources[key]
        is_link = source.url is not None and re.match(r"https?://", source.url)
        citing = [entry for entry in every if key in entry.references]
        link = source.url if is_link else None  # nothing but the web may be followed
        out.append({**source.model_dump(), "key": key, "link": link, "entries": citing})
    return out


def _sets(bundle: Bundle, every: Iterable[Entry], used: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": code_set.title,
            "references": code_set.references,
            "codes": code_set.told(),
            "entries": [entry for entry in every if name in used[entry.id]],
        }
        for name, code_set in bundle.sets.items()
    ]


def _sets_of(bundle: Bundle, entry_id: str) -> list[str]:
    """Return the names of the sets that a rule or decision uses."""
    parts: list[Any] = [compiled(bundle, r.rule) for r in bundle.rules if r.rule.id == entry_id]
    for held in bundle.decisions:
        if held.decision.id == entry_id:
            parts += traits(bundle, held.decision)
    return sorted({part.name for part in parts_of(parts) if isinstance(part, CodeSet)})


# --- rendering ----------------------------------------------------------------------------------------


def _render(name: str, bundle: Bundle, **values: Any) -> str:
    style, script = _text("style.css"), values.setdefault("script", "")
    run = f"script-src '{_hash(script)}'; " if script else ""
    shared = {
        "here": name,
        "root": "",
        "style": Markup(style),
        "policy": f"default-src 'none'; {run}style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'",
        "generator": GENERATOR,
        "packs": bundle.packs,
        "hash": bundle.hash[:12],
    }
    return _environment().get_template(f"{name}.html.j2").render({**shared, **values})


def anchor(name: str) -> str:
    """Return the id of what has a name, for links: letters, digits, dots and dashes, the rest as numbers."""
    return re.sub(r"[^A-Za-z0-9._-]", lambda found: f"-{ord(found[0]):x}-", name.replace("[]", ""))


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


@cache
def _text(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(anchor=anchor)
    return environment
