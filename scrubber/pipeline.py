"""One claim through the house: normalise, observe, decide, amend. No files, no processes, no output.

`Scrubber` is made once per process and run. It is deterministic: the same claim, packs and receipt date
give the same result.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from operator import is_
from typing import TypeVar

from scrubber.amend.apply import PatchError, apply
from scrubber.amend.builders import BUILDERS
from scrubber.amend.proof import Standing
from scrubber.amend.propose import propose
from scrubber.claim.background import HISTORY, NOTHING, Background, History
from scrubber.claim.locate import PathError, locate
from scrubber.claim.making import changed
from scrubber.claim.model import Claim, OtherPayer, Payer
from scrubber.claim.source import Source
from scrubber.conformance import Nonconformity, amendment_of, beyond, nonconformities
from scrubber.context import ContextFile
from scrubber.engine.decide import Decider
from scrubber.engine.durable import EngineError
from scrubber.engine.evaluate import claim_trait
from scrubber.engine.facts import Observation, Verdict
from scrubber.engine.file_groups import GroupKey, keys_of
from scrubber.engine.ir import CompiledRule, Known, Node, compile_condition
from scrubber.engine.observe import Observer, lacking
from scrubber.engine.overrides import overridden
from scrubber.findings import (
    Amendment,
    ClaimOutcome,
    ClaimResult,
    Denial,
    Finding,
    JsonPatch,
    Location,
    NotEvaluated,
    Reference,
    finding_id,
)
from scrubber.guides.library import Guides
from scrubber.guides.violations import KINDS
from scrubber.history.store import Store
from scrubber.packs.bundle import Bundle, LoadedRule
from scrubber.packs.catalogue import Source as CitedSource
from scrubber.packs.names import Names
from scrubber.packs.overrides import Overrides
from scrubber.read.reader import ReadClaim
from scrubber.reference.store import Snapshot
from scrubber.version import engine_version

BUILDER_NAMES = frozenset(BUILDERS)
P = TypeVar("P", Payer, OtherPayer)


class Scrubber:
    """Scrubs claims with the rules of a bundle.

    `receipt_date` is the run's date for rules that need one; None takes each transaction's own (BHT04).
    `history` and `context` are what the run knows besides the claims; None: nothing. `data` are the imported
    reference tables. `engine_enabled=False` switches durable-rules off: every claim with facts is then an
    error.
    """

    def __init__(
        self,
        bundle: Bundle,
        receipt_date: dt.date | None = None,
        *,
        engine_enabled: bool = True,
        history: Store | None = None,
        context: ContextFile | None = None,
        data: Snapshot | None = None,
    ) -> None:
        self.bundle = bundle
        self.guides = Guides(bundle.guides.loaders())
        self._companions: dict[tuple[str, str], tuple[Guides, str] | None] = {}
        self.receipt_date = receipt_date
        self._history, self._context = history, context
        tables = Known.of(bundle, data=data)
        self.observer = Observer(bundle.rules, tables, supplied(history is not None, context))
        # A preview decision would change what stable rules say; it waits until it is stable.
        decisions = [d.decision for d in bundle.decisions if d.decision.status in ("stable", "deprecated")]
        known = frozenset(self.observer.compiled) | frozenset(KINDS)
        self.decider = Decider(decisions, known, enabled=engine_enabled)
        self._traits: dict[str, Node] = {
            name: compile_condition(condition, Names({}, {}), bundle.sets)
            for name, condition in self.decider.trait_conditions.items()
        }
        self._loaded: dict[str, LoadedRule] = {loaded.rule.id: loaded for loaded in bundle.rules}
        self._has_overrides = bundle.overrides != Overrides()
        self._observers = {supplied(history is not None, context): self.observer}
        self.file_rules = [
            rule
            for rule in self.observer.compiled.values()
            if rule.scope == "file" and rule.rule.id not in self.observer.lacking
        ]

    def knowing(self, context: ContextFile) -> Scrubber:
        """Return a scrubber of the same rules that knows something else of its claims."""
        given = supplied(self._history is not None, context)
        if given not in self._observers:
            self._observers[given] = self.observer.given(self.bundle.rules, given)
        other = copy(self)
        other._context, other.observer = context, self._observers[given]
        return other

    def scrub(
        self, item: ReadClaim, receipt_date: dt.date | None = None, *, verify: bool = True
    ) -> ClaimResult:
        """Return the result for one claim; `receipt_date` overrides the run's.

        `verify=False` leaves proposed amendments out.
        """
        date = receipt_date or self.receipt_date
        if item.broken is not None:
            return error_result(
                item.index,
                item.claim.patient_control_number or "",
                f"this claim cannot be judged: {item.broken}",
                "correct the file, or fetch it again from where it was made",
                item.claim.claim_type,
            )
        claim = self.normalise(item.claim)
        wrong = self._wrong_by_guide(item, claim)
        background = self.background(claim)
        own = self.observer.observe(claim, date, background)
        if self._has_overrides:
            local = self.bundle.overrides
            wrong = [
                replace(w, observation=o)
                for w in wrong
                for o in overridden([w.observation], local, claim, date)
            ]
            own = overridden(own, local, claim, date)
        observations = [*(w.observation for w in wrong), *own]
        if not observations:  # nothing to decide: most claims end here
            return ClaimResult(
                item.index, claim.patient_control_number or "", claim.claim_type, "clean", "complete"
            )
        not_evaluated = _not_evaluated(observations)
        try:
            verdicts, outcome = self._decide(claim, observations, date)
        except EngineError:
            return error_result(
                item.index,
                claim.patient_control_number or "",
                "the decision engine did not answer",
                "scrub the claim again; report it if it happens twice",
                claim.claim_type,
            )
        seen = [o for o in observations if o.kind != "unknown"][len(wrong) :]
        findings = [
            self._finding(item.index, claim, item.source, observation, verdict)
            for observation, verdict in zip(seen, verdicts[len(wrong) :], strict=True)
        ]
        if verify:
            plain = ReadClaim(item.index, claim, None)
            settled = not any(violation.unsettles for violation in item.violations)
            findings = self._with_amendments(
                plain, findings, seen, not_evaluated, date, background, settled=settled
            )
        if item.source is not None:
            conclusions = zip(wrong, verdicts, strict=False)
            of_the_guide = self._of_the_guide(item, claim, item.source, conclusions, findings, verify=verify)
            findings = [*of_the_guide, *findings]
        return ClaimResult(
            index=item.index,
            claim_id=claim.patient_control_number or "",
            claim_type=claim.claim_type,
            outcome=outcome,
            coverage="partial" if not_evaluated else "complete",
            not_evaluated=not_evaluated,
            findings=tuple(findings),
            suppressions=tuple(o.suppression for o in observations if o.suppression is not None),
        )

    def _wrong_by_guide(self, item: ReadClaim, claim: Claim) -> list[Nonconformity]:
        """Return what is wrong by the implementation guide, and by the payer's companion guide."""
        source = item.source
        if source is None:
            return []
        wrong = nonconformities(item.violations, claim, source) if item.violations else []
        companion = self._companion(claim.payer.key, claim.transaction.guide or "")
        if companion is not None:
            more = beyond(source, item.violations, companion[0])
            wrong += nonconformities(more, claim, source, said_by=companion[1])
        return wrong

    def _companion(self, payer: str | None, guide_id: str) -> tuple[Guides, str] | None:
        """Return the guide as the payer's companion guide has it, with that one's title; None without one."""
        if payer is None or payer not in self.bundle.guides.companions:
            return None
        key = (payer, guide_id)
        if key not in self._companions:
            guide = self.guides.guide(guide_id)
            found = self.bundle.guides.companion(payer, guide) if guide is not None else None
            self._companions[key] = found and (Guides({guide_id: lambda: found[0]}), found[1])
        return self._companions[key]

    def file_keys(
        self, item: ReadClaim, secret: bytes, receipt_date: dt.date | None = None
    ) -> tuple[GroupKey, ...] | None:
        """Return what rules over a whole file must know of a claim; None where nobody knows it."""
        if item.broken is not None:
            return None
        if not self.file_rules:
            return ()
        date = receipt_date or self.receipt_date
        return tuple(keys_of(self.file_rules, self.normalise(item.claim), item.index, date, secret))

    def background(self, claim: Claim) -> Background:
        """Return what the run knows besides a claim; its history is fetched when a rule asks for it."""
        if self._history is None and self._context is None:
            return NOTHING
        context = self._context.claims.get(claim.patient_control_number or "") if self._context else None
        return Background(partial(self._prior, claim), context)

    def _prior(self, claim: Claim) -> History | None:
        found = self._history.of(claim) if self._history is not None else None
        if found is None:
            return None
        lines = [replace(line, claim=self.normalise(line.claim)) for line in found.lines]
        return replace(found, lines=lines)

    def normalise(self, claim: Claim) -> Claim:
        """Return the claim with its payers looked up in the registry, unless the claim already names them."""
        payer, others = self._registered(claim.payer, claim), claim.other_payers
        if others:
            found = [self._registered(other, claim) for other in others]
            if not all(map(is_, found, others)):
                others = found
        if payer is claim.payer and others is claim.other_payers:
            return claim
        return changed(claim, payer=payer, other_payers=others)

    def _registered(self, payer: P, claim: Claim) -> P:
        if payer.key is not None or payer.payer_id is None:
            return payer
        entry = self.bundle.payer(payer.payer_id, claim.receiver.id)
        if entry is None:
            return payer
        return changed(payer, key=entry.key, program=payer.program or entry.program)

    def _decide(
        self, claim: Claim, observations: Sequence[Observation], date: dt.date | None
    ) -> tuple[list[Verdict], ClaimOutcome]:
        """Return a verdict for each violation and bypass, in order, and the claim's outcome.

        What preview rules see, and what is set aside, takes no part in decisions: it never blocks, and
        nothing is decided by it.
        """
        real = [o for o in observations if o.counts]
        traits = [
            name
            for name in self.decider.needed_traits(real)
            if claim_trait(self._traits[name], claim, date) is True
        ]
        decision = self.decider.decide(real, traits)
        decided = iter(decision.verdicts)
        verdicts = [next(decided) if o.counts else _undecided(o) for o in observations if o.kind != "unknown"]
        notes = (o.note for o in observations if o.kind != "unknown")
        told = [
            replace(verdict, reason=note) if note and verdict.reason is None else verdict
            for verdict, note in zip(verdicts, notes, strict=True)
        ]
        return told, decision.outcome

    def _finding(
        self, index: int, claim: Claim, source: Source | None, observation: Observation, verdict: Verdict
    ) -> Finding:
        loaded = self._loaded[observation.rule]
        claim_id = claim.patient_control_number or ""
        items = tuple(observation.items.values())
        return finding_of(
            loaded,
            self.bundle.sources,
            observation,
            verdict,
            finding_id(loaded.rule.id, claim_id, index, observation.at[0], items),
            _locations(claim, source, observation),
        )

    def _of_the_guide(
        self,
        item: ReadClaim,
        claim: Claim,
        source: Source,
        conclusions: Iterable[tuple[Nonconformity, Verdict]],
        others: Sequence[Finding],
        *,
        verify: bool,
    ) -> Iterator[Finding]:
        """Yield the findings of the implementation guide, but for those that a rule says better."""
        for wrong, verdict in conclusions:
            if any(wrong.is_said_by(finding) for finding in others):
                continue
            finding = wrong.finding(item.index, claim, verdict, engine_version())
            amendment = amendment_of(wrong, claim, source, self.guides) if verify else None
            yield replace(finding, amendment=amendment) if amendment is not None else finding

    # --- amendments -------------------------------------------------------------------------------

    def _with_amendments(
        self,
        item: ReadClaim,
        findings: list[Finding],
        seen: list[Observation],
        not_evaluated: Sequence[NotEvaluated],
        date: dt.date | None,
        background: Background,
        *,
        settled: bool,
    ) -> list[Finding]:
        """Add patches to the findings that have one, each proven by scrubbing the amended claim.

        Where it is not settled which segments belong to what, no change is offered: the claim that it would
        be made to may be another one than was sent.
        """
        out = []
        for finding, observation in zip(findings, seen, strict=True):
            patch: JsonPatch = []
            if finding.amendment is not None and finding.outcome == "fail" and settled:
                rule: CompiledRule = self.observer.compiled[finding.rule]
                patch = propose(rule, observation, item.claim, date, self.bundle.sets, background)
            amendment = finding.amendment
            if amendment is None or (not patch and amendment.applicability == "advise"):
                out.append(finding)
                continue
            if not patch:  # there is nothing to apply by itself or to accept: it is advice
                out.append(replace(finding, amendment=replace(amendment, applicability="advise")))
                continue
            verified = self._proves(item, patch, finding, findings, not_evaluated, date)
            out.append(replace(finding, amendment=replace(amendment, patch=patch, verified=verified)))
        return out

    def _proves(
        self,
        item: ReadClaim,
        patch: JsonPatch,
        finding: Finding,
        before: Sequence[Finding],
        not_evaluated: Sequence[NotEvaluated],
        date: dt.date | None,
    ) -> bool:
        """Return whether scrubbing the amended claim proves the patch."""
        try:
            amended = apply(item.claim, patch)
        except PatchError:
            return False
        result = self.scrub(ReadClaim(item.index, amended, None), date, verify=False)
        if not result.findings and not result.not_evaluated:
            return True
        return _standing(result.findings, result.not_evaluated).proves(
            [finding.id], _standing(before, not_evaluated)
        )


def finding_of(
    loaded: LoadedRule,
    sources: Mapping[str, CitedSource],
    observation: Observation,
    verdict: Verdict,
    id_: str,
    locations: tuple[Location, ...],
) -> Finding:
    """Return what a rule observed, as the finding that was decided on."""
    rule, denial = loaded.rule, loaded.rule.denial
    cited = (sources[key] for key in rule.references)
    return Finding(
        id=id_,
        rule=rule.id,
        rule_version=loaded.version,
        pack=loaded.pack,
        outcome=verdict.outcome,
        severity=verdict.severity,
        snip=rule.snip,
        category=loaded.pack,
        title=rule.title,
        message=observation.message,
        why=rule.why,
        locations=locations,
        evidence=observation.evidence,
        denial=Denial(denial.group, denial.carc, tuple(denial.rarc), denial.status277) if denial else None,
        references=tuple(Reference(source.title, source.url, source.checked) for source in cited),
        amendment=Amendment(rule.amend.applicability, rule.amend.title) if rule.amend else None,
        route=verdict.route,
        reason=verdict.reason,
        decided_by=verdict.decided_by,
    )


def supplied(history: bool, context: ContextFile | None) -> frozenset[str]:
    """Return the names of the inputs that a run is given."""
    given = context.supplied if context is not None else frozenset()
    return given | {HISTORY} if history else given


def not_supplied(bundle: Bundle, given: Collection[str]) -> tuple[NotEvaluated, ...]:
    """Return the rules that a run gave nothing to look at, each once."""
    return tuple(
        NotEvaluated(rule, f"the run was not given: {', '.join(names)}", _remedy(names))
        for rule, names in lacking(bundle.rules, given).items()
    )


def _remedy(names: Sequence[str]) -> str:
    options = ["--history DB"] if HISTORY in names else []
    options += ["--context FILE"] if any(name != HISTORY for name in names) else []
    return f"scrub with {' and '.join(options)}"


def _standing(findings: Sequence[Finding], not_evaluated: Sequence[NotEvaluated]) -> Standing:
    return Standing(
        failed={f.id for f in findings if f.outcome == "fail"},
        blocking=Counter((0, f.rule, f.locations[0].value) for f in findings if f.blocks),
        gaps={(0, gap.rule) for gap in not_evaluated},
    )


def _undecided(observation: Observation) -> Verdict:
    """Return the verdict on what takes no part in decisions."""
    if observation.set_aside:
        return Verdict("suppressed", observation.severity, observation.set_aside)
    return Verdict("bypassed" if observation.kind == "bypass" else "fail", "info")


def error_result(
    index: int, claim_id: str, reason: str, remedy: str, claim_type: str = "professional"
) -> ClaimResult:
    """Return the result of a claim that could not be scrubbed: never clean."""
    return ClaimResult(
        index=index,
        claim_id=claim_id,
        claim_type=claim_type,
        outcome="error",
        coverage="partial",
        not_evaluated=(NotEvaluated("*", reason, remedy),),
    )


def _not_evaluated(observations: Sequence[Observation]) -> tuple[NotEvaluated, ...]:
    """Return one entry a rule, not one an item."""
    first: dict[str, NotEvaluated] = {}
    for o in observations:
        if o.kind == "unknown":
            first.setdefault(o.rule, NotEvaluated(o.rule, o.reason, o.remedy))
    return tuple(first.values())


def _locations(claim: Claim, source: Source | None, observation: Observation) -> tuple[Location, ...]:
    out = []
    for i, path in enumerate(observation.at):
        try:
            out.append(locate(claim, source, path, "primary" if i == 0 else "related"))
        except PathError:  # a derived value, or one of a prior line, has no place of its own
            value = observation.told.get(path)
            out.append(Location("primary" if i == 0 else "related", path, "", None, None, value))
    return tuple(out)
