"""View models: what a reader of a report sees of the contract's objects, ready to print.

They are made from the plain JSON object of a claim's result (worker processes return serialised
results), know nothing about rules and decide nothing. Text is made harmless here (`clean.py`), so
that no renderer can forget it.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrubber_reports.clean import flow, shown, visible
from scrubber_reports.words import severity_rank

Json = Mapping[str, Any]

#: What `GapView.rule` says when nothing was evaluated.
EVERY_RULE = "every rule"
#: How the reason of a finding on a file itself begins.
_REMEDY = "Remedy: "


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place a finding points at. `where` is for people; `loop`, `element` and so on are its parts.

    `value` is None when the claim lacks it, and empty when it was not told (places in the file's envelope).
    `element` names the segment too (`SV101-2`); `position` is the segment's number in its file.
    """

    related: bool
    path: str
    pointer: str
    where: str
    value: str | None
    loop: str
    element: str
    position: int | None
    form: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change of a patch. `old` or `new` is None when the change adds or removes the value."""

    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """What to change, how safe the change is and whether it was proven.

    `way` is how it is made: `accept` (scrubber amend), `repair` (scrubber scrub --repair), `patch` (claim
    JSON: applied by whoever has it), `unproven` (refused by all of them) or `by hand`.
    """

    applicability: str
    title: str
    verified: bool
    changes: tuple[ChangeView, ...]
    way: str


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """A source a rule cites. `title` says so when its text was not checked; `url` may be empty."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding. `number` counts those of its claim from 1; `cost` is what the payer would answer.

    `remedy` is what to do about a problem of the file itself.
    """

    number: int
    id: str
    rule: str
    outcome: str
    severity: str
    category: str
    title: str
    message: str
    why: str
    places: tuple[PlaceView, ...]
    cost: str
    denial_codes: str
    evidence: tuple[tuple[str, str], ...]
    references: tuple[ReferenceView, ...]
    amendment: AmendmentView | None
    route: str
    reason: str
    decided_by: tuple[str, ...]
    remedy: str

    @property
    def failed(self) -> bool:
        """False for a finding that is kept for the record only: bypassed or suppressed."""
        return self.outcome == "fail"


@dataclass(frozen=True, slots=True)
class GapView:
    """A rule that could not be evaluated, why, and what to do about it."""

    rule: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim's result. `findings` failed; `set_aside` were bypassed or suppressed.

    `partial`: checked, but not by every rule; a claim that could not be checked at all is an `error` alone.
    """

    index: int
    claim_id: str
    claim_type: str
    outcome: str
    partial: bool
    findings: tuple[FindingView, ...]
    set_aside: tuple[FindingView, ...]
    gaps: tuple[GapView, ...]

    @property
    def notable(self) -> bool:
        """True when the claim must be shown: something failed, was not evaluated, or it is not clean."""
        return bool(self.findings or self.gaps or self.partial) or self.outcome != "clean"


def claim_view(result: Json, file_format: str = "x12") -> ClaimView:
    """Return the view of one claim object of the contract; the format of its file is the contract's word."""
    findings = finding_views(result.get("findings") or (), file_format=file_format)
    return ClaimView(
        index=int(result["index"]),
        claim_id=shown(result.get("claim_id") or "", 40) or "(no claim id)",
        claim_type=shown(result.get("claim_type") or "", 40),
        outcome=shown(result["outcome"], 40),
        partial=result.get("coverage") != "complete" and result["outcome"] != "error",
        findings=tuple(f for f in findings if f.failed),
        set_aside=tuple(f for f in findings if not f.failed),
        gaps=gap_views(result.get("not_evaluated") or ()),
    )


def finding_views(
    findings: Iterable[Json], *, of_file: bool = False, file_format: str = "x12"
) -> tuple[FindingView, ...]:
    """Return the views of findings in reading order: those that failed first, of these the gravest.

    `of_file`: they are about the file as a whole, where a place without a value need not be missing.
    """
    ordered = sorted(findings, key=lambda f: (f["outcome"] != "fail", severity_rank(str(f["severity"]))))
    return tuple(_finding(number, finding, of_file, file_format) for number, finding in enumerate(ordered, 1))


def gap_views(entries: Iterable[Json]) -> tuple[GapView, ...]:
    """Return the views of `not_evaluated` entries; `*` stands for all rules."""
    return tuple(
        GapView(
            EVERY_RULE if e["rule"] == "*" else shown(e["rule"], 20),
            flow(str(e.get("reason") or "")),
            flow(str(e.get("remedy") or "")),
        )
        for e in entries
    )


def _finding(number: int, finding: Json, of_file: bool, file_format: str) -> FindingView:
    denial = finding.get("denial") or {}
    unsaid = "" if of_file else None
    reason, remedy = flow(str(finding.get("reason") or "")), ""
    if of_file and reason.startswith(_REMEDY):
        reason, remedy = "", reason.removeprefix(_REMEDY)
    return FindingView(
        number=number,
        id=shown(finding["id"], 40),
        rule=shown(finding["rule"], 20),
        outcome=shown(finding["outcome"], 40),
        severity=shown(finding["severity"], 40),
        category=shown(finding.get("category") or "", 40),
        title=flow(str(finding.get("title") or "")),
        message=flow(str(finding.get("message") or "")),
        why=flow(str(finding.get("why") or "")),
        places=tuple(_place(location, unsaid) for location in finding.get("locations") or ()),
        cost=_cost(denial),
        denial_codes=denial_codes(denial),
        evidence=tuple(
            (shown(key, 60), shown(value)) for key, value in sorted((finding.get("evidence") or {}).items())
        ),
        references=tuple(_reference(r) for r in finding.get("references") or ()),
        amendment=_amendment(finding.get("amendment"), file_format),
        route=shown(finding.get("route") or "", 40),
        reason=reason,
        decided_by=tuple(shown(d, 40) for d in finding.get("decided_by") or ()),
        remedy=remedy[:1].upper() + remedy[1:],
    )


def _place(location: Json, unsaid: str | None) -> PlaceView:
    value, x12 = location.get("value"), location.get("x12") or {}
    return PlaceView(
        related=location.get("role") == "related",
        path=shown(location.get("path") or "", 80),
        pointer=str(location.get("pointer") or ""),
        where=place_text(location),
        value=unsaid if value is None or value == "" else shown(value),
        loop=shown(x12.get("loop") or "", 40),
        element=shown(_element(x12), 80) if x12 else "",
        position=x12.get("position"),
        form=shown(location.get("form") or "", 80),
    )


def place_text(location: Json) -> str:
    """Return a place for people: `2310B NM109 · segment 23 · CMS-1500 24J`, else the path."""
    parts = []
    x12 = location.get("x12")
    if x12:
        parts.append(f"{x12['loop']} {_element(x12)}".strip())
        if x12.get("position") is not None:
            parts.append(f"segment {x12['position']}")
    if location.get("form"):
        parts.append(str(location["form"]))
    return shown(" · ".join(parts)) or shown(location.get("path") or location.get("pointer") or "", 80)


def _element(x12: Json) -> str:
    name = str(x12["segment"])
    if x12.get("element") is not None:
        name += f"{x12['element']:02d}"
    if x12.get("component") is not None:
        name += f"-{x12['component']}"
    if x12.get("repeat") is not None:
        name += f" (repeat {x12['repeat']})"
    return name


def denial_codes(denial: Json) -> str:
    """Return the codes to look a denial up by: `CO-16 N290`; empty without a reason code."""
    if not denial.get("carc"):
        return ""
    reason = "-".join(str(denial[k]) for k in ("group", "carc") if denial.get(k))
    return shown(" ".join([reason, *(str(r) for r in denial.get("rarc") or ())]), 80)


def _cost(denial: Json) -> str:
    parts = []
    if codes := denial_codes(denial):
        parts.append(f"denial {codes}")
    if denial.get("status277"):
        parts.append(f"277CA rejection {visible(str(denial['status277']))}")
    return " · ".join(parts)


def _reference(reference: Json) -> ReferenceView:
    unchecked = " (source not checked)" if reference.get("checked") is False else ""
    url = shown(reference.get("url") or "", 300)
    return ReferenceView(flow(str(reference.get("title") or "")) + unchecked, url)


def _amendment(amendment: Json | None, file_format: str) -> AmendmentView | None:
    if amendment is None:
        return None
    applicability, verified = str(amendment["applicability"]), bool(amendment.get("verified"))
    changes = patch_changes(amendment.get("patch") or ())
    way = {"safe": "repair", "confirm": "accept"}.get(applicability, "by hand")
    if not changes:
        way = "by hand"
    elif way != "by hand" and not verified:
        way = "unproven"
    elif way != "by hand" and file_format == "json":
        way = "patch"
    return AmendmentView(
        shown(applicability, 40), flow(str(amendment.get("title") or "")), verified, changes, way
    )


def patch_changes(patch: Sequence[Json]) -> tuple[ChangeView, ...]:
    """Return what an RFC 6902 patch changes; the old value comes from the `test` before it."""
    tested: dict[str, Any] = {}
    changes = []
    for operation in patch:
        kind, pointer = operation["op"], str(operation["path"])
        if kind == "test":
            tested[pointer] = operation.get("value")
            continue
        if kind in ("move", "copy"):
            what = "moved here" if kind == "move" else "copied here"
            change = ChangeView(
                shown(path_of(pointer), 80), None, f"{path_of(str(operation['from']))}, {what}"
            )
        else:
            old = _value(tested[pointer]) if pointer in tested else None
            new = None if kind == "remove" else _value(operation.get("value"))
            change = ChangeView(shown(path_of(pointer), 80), old, new)
        changes.append(change)
    return tuple(changes)


def _value(value: Any) -> str:
    if isinstance(value, dict) and not any(isinstance(part, dict | list) for part in value.values()):
        return shown(", ".join(f"{name.replace('_', ' ')} {part}" for name, part in value.items()))
    return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True))


def path_of(pointer: str) -> str:
    """Return a JSON Pointer (RFC 6901) as a claim path: `/lines/0/charge` is `lines[0].charge`."""
    path = ""
    for part in pointer_parts(pointer):
        path += f"[{part}]" if re.fullmatch(r"[0-9]+|-", part) else f"{'.' if path else ''}{part}"
    return visible(path)


def pointer_parts(pointer: str) -> list[str]:
    """Return the unescaped parts of a JSON Pointer; the empty pointer has none."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def accept_command(path: str, finding_id: str, options: Sequence[str] = ()) -> str:
    """Return the exact command that accepts one `confirm` amendment; only NAME is left to fill in.

    `options` are those of the run that a finding's id depends on: `--packs DIR`, `--receipt-date D`.
    """
    file = "FILE" if path == "-" else visible(shlex.quote(path))
    words = ["scrubber amend", file, "--accept", shlex.quote(finding_id), "--by NAME --out corrected.837"]
    return " ".join([*words, *(visible(shlex.quote(option)) for option in options)])
