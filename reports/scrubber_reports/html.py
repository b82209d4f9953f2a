"""The HTML report of a run: one self-contained page, findings beside the claim they are about.

Nothing is loaded and no script runs (a content security policy in the page says so); whatever a claim
carries is text. Claims are rendered as they come and held in a temporary file, so that the counts can
stand on top and memory stays flat.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, TextIO

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from scrubber_reports import words
from scrubber_reports.clean import flow, shown, visible
from scrubber_reports.form import Form, claim_form
from scrubber_reports.tally import Tally
from scrubber_reports.views import ClaimView, accept_command, claim_view, finding_views, gap_views

Json = Mapping[str, Any]

#: Claims shown in full; further ones are counted, and the page says so.
MOST_CLAIMS = 500
_SPOOL_IN_MEMORY = 4_000_000


@dataclass(frozen=True, slots=True)
class _Shown:
    """A claim shown in full, for the list on top."""

    anchor: str
    claim: ClaimView
    patient: str
    payer: str
    charge: str


@dataclass(slots=True)
class _Page:
    """What the top of the page needs besides the tally."""

    head: Json = field(default_factory=dict)
    files: int = 0
    shown: list[_Shown] = field(default_factory=list)
    left_out: int = 0


class HtmlReport:
    """Writes a run as one HTML page. Call in order: start, (start_file, claim*, end_file)*, finish.

    The page is written by `finish`; `most_claims` limits how many claims are shown in full. `options` are the
    words of the run's command line that `scrubber amend` needs too: `--packs DIR`, `--receipt-date D`.
    """

    def __init__(self, out: TextIO, *, most_claims: int = MOST_CLAIMS, options: Sequence[str] = ()) -> None:
        self._out = out
        self._most = most_claims
        self._tally = Tally()
        self._page = _Page()
        self._options = tuple(options)
        self._path, self._format = "-", ""
        self._shown_in_file = 0
        # Lives as long as the report; it has no name on disk and vanishes when closed.
        self._body = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            _SPOOL_IN_MEMORY, "w+", encoding="utf-8", newline="\n"
        )

    @property
    def tally(self) -> Tally:
        """The counts so far."""
        return self._tally

    def start(self, head: Json) -> None:
        """Begin the report. `head` has the members of the result that stand before `files`."""
        self._page.head = head

    def start_file(self, file: Json) -> None:
        """Begin one file: its `path` and `format`."""
        self._path, self._format = str(file["path"]), str(file.get("format") or "")
        self._tally.files += 1
        self._shown_in_file = 0
        self._render(
            "file_start.html.j2",
            number=self._tally.files,
            path=shown(self._path, 300),
            kind=visible(self._format),
        )

    def claim(self, result: Json, claim: Json | None = None) -> None:
        """Take one claim; it is shown when it has findings or gaps, beside its form when `claim` is given."""
        if self._tally.add_clean(result):
            return
        view = claim_view(result, self._format)
        anchor = f"f{self._tally.files}c{view.index + 1}"
        if not view.notable:
            self._tally.add_claim(view)
            return
        facts = _facts(claim or {})
        self._tally.add_payer(facts["Payer"] or "Payer not known", view)
        if len(self._page.shown) >= self._most:
            self._page.left_out += 1
            self._tally.add_claim(view)
            return
        self._tally.add_claim(view, anchor)
        self._shown_in_file += 1
        self._page.shown.append(_Shown(anchor, view, facts["Patient"], facts["Payer"], facts["Total charge"]))
        form: Form | None = claim_form(claim, view) if claim else None
        self._render("claim.html.j2", claim=view, anchor=anchor, form=form, facts=facts)

    def end_file(self, file: Json) -> None:
        """End one file; what is said of the file as a whole is shown."""
        findings = finding_views(file.get("findings") or (), of_file=True)
        failed = tuple(f for f in findings if f.failed)
        anchor = f"f{self._tally.files}"
        self._tally.add_findings(failed, anchor)
        gaps = gap_views(file.get("not_evaluated") or ())
        empty = not self._shown_in_file
        self._render("file_end.html.j2", findings=failed, gaps=gaps, anchor=anchor, empty=empty)

    def finish(self, summary: Json | None = None) -> None:
        """Write the page. `summary["not_evaluated"]` are rules that were not run on any claim."""
        head = self._page.head
        self._out.write(
            _template("page_start.html.j2").render(
                tally=self._tally,
                page=self._page,
                lead=_lead(self._tally),
                never=gap_views((summary or {}).get("not_evaluated") or ()),
                receipt_date=flow(str(head.get("receipt_date") or "")),
                engine=flow(" ".join(str(v) for v in (head.get("engine") or {}).values())),
                packs=[_pack(pack) for pack in head.get("packs") or ()],
                tables=[_table(table) for table in head.get("reference_data") or ()],
                history=_history(head.get("history")),
            )
        )
        self._body.seek(0)
        shutil.copyfileobj(self._body, self._out)
        self._body.close()
        self._out.write(_template("page_end.html.j2").render())

    def _render(self, name: str, **values: Any) -> None:
        accept = partial(accept_command, self._path, options=self._options)
        self._body.write(_template(name).render(accept=accept, **values))


def element_id(anchor: str, pointer: str) -> str:
    """Return the id of a claim's field on the page; different pointers have different ids."""
    name = re.sub(r"[^A-Za-z0-9_/]", lambda m: f"~{ord(m.group()):x}.", pointer)
    return f"{anchor}-at{name.replace('/', '-')}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(element_id=element_id, words=words, many=words.many)
    return environment


@cache
def _template(name: str) -> Any:
    return _environment().get_template(name)


def _lead(tally: Tally) -> str:
    """Return the run in one sentence."""
    if not tally.claims:
        return "There was no claim to check."
    parts = []
    if tally.outcomes["rejected"]:
        parts.append(f"{tally.outcomes['rejected']:,} would be rejected or denied")
    if tally.outcomes["error"]:
        parts.append(f"{tally.outcomes['error']:,} could not be checked")
    if tally.outcomes["review"]:
        parts.append(f"{tally.outcomes['review']:,} should be looked at")
    if not parts:
        return f"Nothing was found on {words.many(tally.claims, 'claim')}."
    return f"Of {words.many(tally.claims, 'claim')}, {', '.join(parts)}."


def _facts(claim: Json) -> dict[str, str]:
    """Return what a biller knows a claim by."""
    subscriber, patient = claim.get("subscriber") or {}, claim.get("patient") or {}
    lines = claim.get("lines") or ()
    names = [patient.get(k) or subscriber.get(k) for k in ("last_name", "first_name")]
    payer = claim.get("payer") or {}
    days = [str(d) for line in lines if (d := (line.get("service_date") or {}).get("from"))]
    first, last = (min(days), max(days)) if days else ("", "")
    return {
        "Patient": shown(", ".join(str(n) for n in names if n), 60),
        "Payer": shown(payer.get("name") or payer.get("payer_id") or "", 60),
        "Service": shown(first if first == last else f"{first} to {last}", 60),
        "Total charge": shown(claim.get("total_charge") or "", 20),
    }


def _pack(pack: Json) -> str:
    digest = f" ({visible(str(pack['hash']))[:12]})" if pack.get("hash") else ""
    return f"{visible(str(pack['id']))} {visible(str(pack['version']))}{digest}"


def _history(history: Json | None) -> str:
    return flow(words.history_words(history["claims"], history["since"])) if history else ""


def _table(table: Json) -> str:
    return flow(f"{table['table']} {table.get('edition') or ''}")
