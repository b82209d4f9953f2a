"""The page of a guide in YAML: every loop and segment, and what says so. `scrubber.documents` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scrubber.packs.catalogue import Source
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.parse import parse_sources
from scrubber.packs.yaml_marks import read_yaml

#: The guide, and the page of docs/ that is made of it.
GUIDE, PAGE = "837D.yaml", "guides/837D.md"

_USAGE = {"R": "required", "S": "situational", "N": "not used"}
_HEAD = """# {name}: {guide}

What the product knows of this guide, and what says so. Generated from `rules/guides/{file}` by
`python -m scrubber.documents`; do not edit. The guide itself could not be opened. A source was read, and
agrees in what it says of the segment: its loop, and as far as it says so its usage, how often it may come and
its qualifiers. `unverified` is known from practice or by analogy. {verified} of {all} segments have a source.

| Loop | Segment | What | Usage | Times | Source |
|---|---|---|---|---|---|
"""

Node = Mapping[str, Any]


def guide_page(rules: Path | None = None) -> str:
    """Return docs/guides/837D.md."""
    folder = rules if rules is not None else builtin_rules_dir()
    data: Any = read_yaml((folder / "guides" / GUIDE).read_bytes(), GUIDE).data
    sources, _ = parse_sources((folder / "sources.yaml").read_bytes(), "sources.yaml")
    rows = list(segments(data["loop"]))
    verified = sum("source" in body for _, _, body in rows)
    head = _HEAD.format(name=data["name"], guide=data["guide"], file=GUIDE, verified=verified, all=len(rows))
    cited = dict.fromkeys(key for _, _, body in rows for key in body.get("source", ()))
    return head + "\n".join([*_table(data["loop"]), "", "## Sources", "", *_sources(cited, sources)]) + "\n"


def segments(loops: Node, around: str = "") -> Iterator[tuple[str, str, Node]]:
    """Yield the segments of a guide's YAML with their loop and id, in order; what is said once, once."""
    for name, body in loops.items():
        if "elements" in body:
            yield around, name, body
        for child in body.get("children", ()):
            for each in child.get("any_order", (child,)):
                yield from segments(each, name)


def _table(loops: Node, depth: int = 0) -> Iterator[str]:
    for name, body in loops.items():
        if "same_as" in body:
            yield f"| {_deep(name, depth)} | | as in {body['same_as'].split('/')[0]} | | | |"
            continue
        yield _row(f"**{_deep(name, depth)}**", "", body, "repeat", "")
        for child in body["children"]:
            for each in child.get("any_order", (child,)):
                ((inner, node),) = each.items()
                if "elements" in node:
                    source = ", ".join(node.get("source", ())) or "unverified"
                    yield _row("", _called(inner, node), node, "max", source)
                else:
                    yield from _table(each, depth + 1)


def _deep(name: str, depth: int) -> str:
    return "&nbsp;" * 2 * depth + name


def _row(loop: str, segment: str, body: Node, times: str, source: str) -> str:
    cells = (loop, segment, body["name"], _USAGE[body["usage"]], body[times], source)
    return "| " + " | ".join(cells) + " |"


def _called(name: str, body: Node) -> str:
    """Return a segment with its qualifiers: `REF*EI, SY`."""
    first = body["elements"].get("01", {})
    codes = first.get("components", {}).get("1", first).get("codes", ())
    return f"{name}\\*{', '.join(codes)}" if 0 < len(codes) <= 4 else name


def _sources(cited: Mapping[str, None], sources: Mapping[str, Source]) -> Iterator[str]:
    for key in cited:
        source = sources[key]
        where = source.url or source.citation or ""
        yield f"- `{key}`: {source.title} ({source.publisher}; {where})"
