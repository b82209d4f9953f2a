"""The names that editors offer while a rule is typed: claim paths, sets, tables, payers, sources and more.

They are offered and never demanded: a rule has names of its own, and so has every folder of rules. What an
editor does not know is not wrong; `scrubber rules check` knows it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from scrubber.claim.background import INPUTS
from scrubber.claim.fields.forms import FORM_NAMES
from scrubber.claim.formats import FORMATS, RESEMBLANCES, TEXT_CHANGES
from scrubber.claim.functions import FUNCTIONS
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import ALL_ALIASES, SWEEPS, VOCABULARY, PathInfo, alternatives, spellings
from scrubber.packs.bundle import Bundle
from scrubber.packs.check_terms import KIND_NAMES
from scrubber.packs.code_sets import CodeSet
from scrubber.packs.names import FILE_CLAIMS, GROUP
from scrubber.packs.tables import Table
from scrubber.packs.yaml_marks import read_yaml

#: Name → what it is.
Names = Mapping[str, str]

_GROUPS: Names = {
    "CO": "The provider bears it, not the patient.",
    "OA": "None of the other groups.",
    "PI": "The payer holds it back, though no contract says so.",
    "PR": "The patient owes it.",
}
_GUIDES: Mapping[ClaimType, str] = {"professional": "837P", "institutional": "837I", "dental": "837D"}


def names_schema(bundle: Bundle, denials: Path) -> dict[str, Any]:
    """Return the schema that others refer to: a definition for each kind of name."""
    return {"$defs": {kind: _offer(names) for kind, names in vocabularies(bundle, denials).items()}}


def vocabularies(bundle: Bundle, denials: Path) -> dict[str, Names]:
    """Return the names of each kind that the claim model, the rule packs and a folder of denials know."""
    payers = {*bundle.payers.values(), *bundle.clearinghouse_payers.values()}
    rules = [(held.rule.id, held.rule.title) for held in bundle.rules]
    builders = {
        held.rule.amend.build.name for held in bundle.rules if held.rule.amend and held.rule.amend.build
    }
    collections = {p: info for p, info in VOCABULARY.items() if info.is_collection}
    own = dict(sorted((_bare(p), _about(p, info)) for p, info in collections.items() if not info.background))
    return {
        "value": dict(sorted(_values())),
        "collection": {**dict(sorted(_spellings(collections))), f"{GROUP}.items": "The items of the group."},
        "each": {
            "claim": "The claim as a whole.",
            **own,
            **{f"every.{kind}": f"Each value of the claim that is {KIND_NAMES[kind]}." for kind in SWEEPS},
        },
        "grouped": {**own, FILE_CLAIMS: "All claims of the file."},
        "input": dict.fromkeys(INPUTS, "What a run may be given besides the claims."),
        "set": {name: _of_set(codes) for name, codes in bundle.sets.items()},
        "table": {name: _of_table(table) for name, table in bundle.tables.items()},
        "payer": {payer.key: f"{payer.name} ({payer.program})" for payer in sorted(payers, key=_key)},
        "base": dict.fromkeys(bundle.base, "A clean claim to start from."),
        "source": {name: source.title for name, source in bundle.sources.items()},
        "rule": dict(sorted(rules)),
        "group": _GROUPS,
        **_denial_codes(denials),
        "function": {name: f"{function.doc}." for name, function in FUNCTIONS.items()},
        "argument": {
            word: f"A word that {name} takes as `{argument}`."
            for name, function in FUNCTIONS.items()
            for argument, words in function.arguments.items()
            for word in words
        },
        "builder": dict.fromkeys(sorted(builders), "A registered algorithm."),
        "format": {name: _sentence(check) for name, check in FORMATS.items()},
        "resemblance": {name: _sentence(check) for name, check in RESEMBLANCES.items()},
        "text_change": {name: _sentence(change) for name, change in TEXT_CHANGES.items()},
    }


def _denial_codes(folder: Path) -> dict[str, Names]:
    """Return the codes that rules/denials/ has an entry for, with its own words."""
    out: dict[str, dict[str, list[str]]] = {"carc": {}, "rarc": {}}
    for file in sorted(folder.glob("*.yaml")):
        data = read_yaml(file.read_bytes(), file.name).data
        if isinstance(data, dict) and "meaning" in data:
            out["carc"].setdefault(data["key"]["carc"], []).append(data["meaning"])
            for code in data["key"].get("rarc_any", ()):
                out["rarc"].setdefault(code, []).append(data["meaning"])
    return {
        kind: {
            code: meanings[0] if len(meanings) == 1 else f"Means {len(meanings)} things; other codes tell."
            for code, meanings in sorted(codes.items())
        }
        for kind, codes in out.items()
    }


def _key(payer: Any) -> str:
    return str(payer.key)


def _of_set(codes: CodeSet) -> str:
    parts = [
        (len(codes.codes), "code"),
        (len(codes.ranges), "range"),
        (len(codes.beginnings), "beginning"),
        (len(codes.dated), "dated code"),
        (len(codes.union), "other set"),
    ]
    size = ", ".join(f"{n} {word}" if n == 1 else f"{n} {word}s" for n, word in parts if n)
    return f"{codes.title} ({size})" if codes.title else f"A set of {size}."


def _of_table(table: Table) -> str:
    return f"{table.title}. Keys: {', '.join(table.keys)}; columns: {', '.join(table.columns) or 'none'}"


def _sentence(registered: Any) -> str:
    return (registered.__doc__ or "").strip().partition("\n")[0]


# --- claim paths -------------------------------------------------------------------------------------


def _values() -> Iterator[tuple[str, str]]:
    """Yield every way to name a value or a list of values, also of items that are plain values."""
    yield from _spellings({p: i for p, i in VOCABULARY.items() if i.kind != "object" or i.is_collection})
    for pattern, alias in ALL_ALIASES.items():
        if VOCABULARY[pattern].kind != "object":
            yield f"{alias}.value", f"One of `{_bare(pattern)}`."
            yield f"{alias}.position", f"Its place in `{_bare(pattern)}`, from 1."
    for kind in SWEEPS:
        yield f"{kind}.value", f"The value of `every.{kind}`: {KIND_NAMES[kind]}."
        yield f"{kind}.raw", f"The value of `every.{kind}`, as it was sent."
        yield f"{kind}.path", f"The place of the value of `every.{kind}`."


def _spellings(paths: Mapping[str, PathInfo]) -> Iterator[tuple[str, str]]:
    """Yield every name of each path, and what the path is."""
    for pattern, info in paths.items():
        about = _about(pattern, info)
        for name in spellings(pattern):
            yield name, about
            if name.startswith("line.") and alternatives(pattern) is not None:
                own = name.replace("line.", "line.reported.", 1)
                yield own, f"{about} Only what the line itself says."


def _bare(pattern: str) -> str:
    return pattern.replace("[]", "")


def _about(pattern: str, info: PathInfo) -> str:
    """Return what a path is, where it stands in an 837, and on which box of a form."""
    kind = "a list" if info.is_collection and info.kind == "object" else KIND_NAMES[info.kind]
    if info.is_collection and info.kind != "object":
        kind = f"a list; each is {kind}"
    places = [
        f"{_GUIDES[claim_type]} {' or '.join(dict.fromkeys(row.place for row in rows))}"
        for claim_type, rows in info.places.items()
    ]
    boxes = [
        f"{FORM_NAMES[claim_type]} {', '.join(found)}"
        for claim_type, rows in info.places.items()
        if (found := dict.fromkeys(row.form.partition(" ")[2] for row in rows if row.form))
    ]
    told = [
        kind[0].upper() + kind[1:],
        *([info.doc] if info.doc else []),
        ", ".join(places),
        ", ".join(boxes),
    ]
    return "; ".join(part for part in told if part) + "."


# --- how a schema offers without demanding -------------------------------------------------------------


def _offer(names: Names) -> dict[str, Any]:
    """Return a schema that takes any text: it completes these names, and says on hovering what each is.

    Completion comes from the snippets. A title that holds for one value alone is what a hover shows above the
    description of the key; an `enum` would be shown there as a whole, and would refuse other names.
    """
    if not names:
        return {"type": ["string", "number"]}
    # A code is put in with its quotes: YAML would read it as a number.
    snippets = [
        {"bodyText": json.dumps(name) if name.isdigit() else name, "description": about}
        for name, about in names.items()
    ]
    return {"type": ["string", "number"], "defaultSnippets": snippets, **_titles(sorted(names), names)}


def _titles(these: list[str], names: Names) -> dict[str, Any]:
    """Return the part of a schema that gives each of some sorted names its title.

    An editor tries every branch at every value of a file, again after each key that is typed; asking which
    half a name is in keeps more than a thousand paths to a dozen branches.
    """
    if len(these) == 1:
        return {"if": {"const": these[0]}, "then": {"title": names[these[0]]}}
    start = next(i for i, (a, b) in enumerate(zip_longest(these[0], these[-1])) if a != b)
    heads = [name[start : start + 1] for name in these]
    ends = [i for i in range(1, len(these)) if heads[i] != heads[i - 1]]
    middle = min(ends, key=lambda i: abs(2 * i - len(these)))
    first = "|".join(re.escape(head) or "$" for head in dict.fromkeys(heads[:middle]))
    return {
        "if": {"pattern": f"^.{{{start}}}({first})"},
        "then": _titles(these[:middle], names),
        "else": _titles(these[middle:], names),
    }
