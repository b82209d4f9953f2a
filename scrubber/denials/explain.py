"""Explains a denial from its codes: the most specific entry, after what some codes decide by themselves.

Three-valued where the answer depends on what was not said: which programme the payer belongs to, or what
only a person can see in the record. Such steps carry their condition instead of being guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import get_args

from scrubber.denials.answer import Answer
from scrubber.denials.circumstances import Circumstances
from scrubber.denials.codes import DenialCodeError, canonical, parse_codes
from scrubber.denials.explanation import (
    Explanation,
    LikelyCause,
    NextStep,
    RemarkNote,
    SourceNote,
)
from scrubber.denials.load import Denials, LoadedEntry
from scrubber.denials.schema import Guardrail
from scrubber.denials.words import ACTION_TITLES
from scrubber.packs.shapes import Program

#: The programmes a payer may belong to.
PROGRAMS: tuple[str, ...] = get_args(Program)

_NO_ENTRY = "There is no entry for {codes} yet. What the code number is about is not in this release."
_LOOK_FOR_REMARKS = (
    "Look for codes that begin with M, MA or N beside the reason code (in an 835: LQ, MOA or MIA), "
    "and ask again with them."
)
_NO_GROUP = "The group (CO, PR, OA, PI) was not given; it says who bears the amount."
_OWN_LIMITS = "Other limits are the payer's own: see the contract or the payer's manual."


class UnknownProgram(DenialCodeError):
    """A programme that does not exist."""


def explain(
    denials: Denials,
    codes: Sequence[str],
    *,
    program: str | None = None,
    payer: str | None = None,
    service_date: dt.date | None = None,
    remittance_date: dt.date | None = None,
) -> Explanation:
    """Return what is known about the denial that `codes` name, in any usual spelling.

    `program` and `payer` (a key of the payer registry) narrow the answer; with the dates, deadlines are
    days of the calendar. Raises DenialCodeError (MalformedCode, MissingReasonCode, UnknownCode,
    UnknownProgram) with a message for the person who typed the codes; a code without an entry is answered.
    """
    if program is not None and program not in PROGRAMS:
        raise UnknownProgram(f"There is no programme `{program}`. It is one of {', '.join(PROGRAMS)}.")
    parsed = parse_codes(codes, denials.known)
    return _Explainer(denials, Circumstances(parsed, program, payer, service_date, remittance_date)).explain()


class _Explainer:
    def __init__(self, denials: Denials, case: Circumstances) -> None:
        self.denials = denials
        self.signals = denials.signals
        self.case = case
        self.answer = Answer(case, denials.signals)
        self.guardrails: Sequence[Guardrail] = ()

    def explain(self) -> Explanation:
        found = self._not_a_denial()
        if found is None and self._remark_is_missing():
            found = self._remark_needed()
        if found is None:
            entries = self._matching()
            found = self._from_entry(entries) if entries else self._without_entry()
        return self._complete(*found)

    # --- which answer: each returns the explanation and the references it rests on ----------------------

    def _not_a_denial(self) -> tuple[Explanation, list[str]] | None:
        codes = self.case.codes
        for adjustment in self.signals.not_denials:
            if codes.group == adjustment.group and codes.carc in map(canonical, adjustment.carcs):
                step = NextStep("post", ACTION_TITLES["post"], adjustment.text, None, (), None)
                base = replace(self._blank(adjustment.meaning), status="not_a_denial", next_steps=(step,))
                return base, adjustment.references
        return None

    def _remark_is_missing(self) -> bool:
        """True when the reason code needs a remark code and none was given that says what is wrong."""
        if self.case.codes.carc not in map(canonical, self.signals.needs_remark.carcs):
            return False
        deciding = {canonical(r) for remark in self.signals.remarks for r in remark.rarc}
        return all(rarc in deciding for rarc in self.case.codes.rarc)

    def _remark_needed(self) -> tuple[Explanation, list[str]]:
        needs = self.signals.needs_remark
        base = replace(self._blank(needs.text), status="remark_needed", notes=(_LOOK_FOR_REMARKS,))
        return self._general(base), needs.references

    def _without_entry(self) -> tuple[Explanation, list[str]]:
        base = replace(self._blank(_NO_ENTRY.format(codes=self.case.codes)), status="no_entry")
        return self._general(base), []

    def _general(self, base: Explanation) -> Explanation:
        """Add what holds without an entry: what remark codes decide, and entries of the same reason code."""
        steps, exceptions = self.answer.next_steps(None)
        same = [_spelled(e) for e in self.denials.entries if canonical(e.entry.key.carc) == base.carc]
        return replace(
            base,
            next_steps=steps,
            exceptions=exceptions,
            do_not=self.answer.do_not(),
            see_also=tuple(same),
        )

    def _from_entry(self, entries: Sequence[LoadedEntry]) -> tuple[Explanation, list[str]]:
        loaded, entry = entries[0], entries[0].entry
        self.guardrails = entry.guardrails
        steps, exceptions = self.answer.next_steps(entry.next_step, entry.guardrails)
        explanation = replace(
            self._blank(entry.meaning),
            status="explained" if entry.kind == "denial" else "not_a_denial",
            entry=loaded.name,
            causes=tuple(LikelyCause(c.text, tuple(c.prevented_by)) for c in entry.causes),
            next_steps=steps,
            exceptions=exceptions,
            do_not=self.answer.do_not(entry.guardrails),
            see_also=tuple(_spelled(other) for other in entries[1:]),
        )
        return explanation, entry.references

    def _matching(self) -> list[LoadedEntry]:
        """Return the entries that fit, the most specific first; several only for several remark codes."""
        codes, fits = self.case.codes, []
        for loaded in self.denials.entries:
            key = loaded.entry.key
            if (
                canonical(key.carc) != codes.carc
                or (codes.group is not None and codes.group not in key.group)
                or (key.rarc_any and not self.case.has(key.rarc_any))
                or (key.programs and self.case.program not in key.programs)
                or (key.payers and self.case.payer not in key.payers)
            ):
                continue
            order = self._first_remark(key.rarc_any)
            fits.append((not key.payers, not key.programs, not key.rarc_any, order, loaded.name, loaded))
        return [fit[-1] for fit in sorted(fits, key=lambda fit: fit[:-1])]

    def _first_remark(self, wanted: Iterable[str]) -> int:
        names = {canonical(r) for r in wanted}
        given = self.case.codes.rarc
        return next((i for i, rarc in enumerate(given) if rarc in names), len(given))

    # --- the parts every answer has -----------------------------------------------------------------------

    def _blank(self, meaning: str) -> Explanation:
        codes = self.case.codes
        bears = next((text for g, text in self.signals.groups.meanings.items() if g == codes.group), None)
        return Explanation(
            codes=str(codes),
            group=codes.group,
            carc=codes.carc,
            rarc=codes.rarc,
            status="explained",
            entry=None,
            meaning=meaning,
            who_bears_it=bears,
        )

    def _complete(self, base: Explanation, references: Sequence[str]) -> Explanation:
        """Add remark notes, deadlines, general notes and the sources of everything that was said."""
        deadlines = self.answer.deadlines([*base.next_steps, *base.exceptions], self.guardrails)
        notes = list(base.notes)
        if base.group is None:
            notes.append(_NO_GROUP)
        timed = any(s.action not in ("post", "write_off") for s in base.next_steps)
        if timed and not any(d.condition is None for d in deadlines):
            notes.append(_OWN_LIMITS)
        cited = [*references, *self.answer.cited]
        cited += self.signals.groups.references if base.who_bears_it else []
        return replace(
            base,
            remarks=tuple(
                RemarkNote(rarc, remark.meaning)
                for remark in self.answer.remarks
                for rarc in map(canonical, remark.rarc)
                if rarc in base.rarc
            ),
            deadlines=deadlines,
            notes=tuple(notes),
            sources=tuple(self._source(key) for key in dict.fromkeys(cited)),
        )

    def _source(self, key: str) -> SourceNote:
        source = self.denials.sources[key]
        return SourceNote(key, source.title, source.publisher, source.url, source.citation, source.checked)


def _spelled(loaded: LoadedEntry) -> str:
    """Return the codes to look an entry up by: `CO-16 N290`."""
    key = loaded.entry.key
    return " ".join([f"{key.group[0]}-{key.carc}", *key.rarc_any[:1]])
