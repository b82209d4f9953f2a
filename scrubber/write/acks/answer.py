"""What acknowledgments say of a scrubbed claim, taken where the claim and its result are at hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from scrubber.claim.derived import type_of_bill
from scrubber.claim.model import Claim, ServiceLine
from scrubber.claim.periods import first_service_date, last_service_date, line_from, line_through
from scrubber.findings import ClaimResult
from scrubber.guides.violations import KINDS, Violation
from scrubber.read.reader import ReadClaim
from scrubber.write.acks.model import AnsweredClaim, Line, Party, Reason


class Answer(NamedTuple):
    """One claim's answer, and what its 999 says: the violations in it and in the levels it stands under."""

    claim: AnsweredClaim
    violations: tuple[Violation, ...]


def answer_to(item: ReadClaim, result: ClaimResult) -> Answer:
    """Return what acknowledgments say of a claim."""
    claim = item.claim
    reasons = tuple(_reasons(result))
    wanted = {reason.line for reason in reasons if reason.line is not None}
    lines = {i: _line(claim, line, i) for i, line in enumerate(claim.lines) if i in wanted}
    answered = AnsweredClaim(
        control=claim.patient_control_number or "",
        patient=_patient(claim),
        provider=_provider(claim),
        charge=claim.total_charge if isinstance(claim.total_charge, Decimal) else None,
        begin=_day(first_service_date(claim)),
        end=_day(last_service_date(claim)),
        bill_type=(type_of_bill(claim) or "").removeprefix("0")
        if claim.claim_type == "institutional"
        else "",
        clearinghouse_number=claim.clearinghouse_claim_id or "",
        rejected=not result.submittable,
        reasons=reasons,
        lines=lines,
    )
    return Answer(answered, item.violations)


def _reasons(result: ClaimResult) -> list[Reason]:
    """Return why a claim is rejected: what blocks it. A violation of the guide also says its kind."""
    out = []
    for finding in result.findings:
        if finding.blocks:
            reason = Reason.of_finding(finding)
            kind = KINDS.get(finding.rule)
            out.append(reason if kind is None else _of_kind(reason, kind.id))
    return out


def _of_kind(reason: Reason, kind: str) -> Reason:
    return Reason(
        reason.status, reason.loop, reason.segment, reason.element, reason.component, KINDS[kind], reason.line
    )


def _patient(claim: Claim) -> Party:
    """Return the patient under the subscriber's member id: that is how payers know them."""
    subscriber, patient = claim.subscriber, claim.patient
    who = patient if patient.last_name else subscriber
    return Party(
        who.last_name or "",
        who.first_name or "",
        who.middle_name or "",
        who.suffix or "",
        person=True,
        qualifier="MI" if subscriber.member_id else "",
        id=subscriber.member_id or "",
    )


def _provider(claim: Claim) -> Party:
    billing = claim.billing_provider
    return Party(
        billing.name or "",
        billing.first_name or "",
        person=billing.entity_type == "1",
        qualifier="XX" if billing.npi else "",
        id=billing.npi or "",
    )


def _line(claim: Claim, line: ServiceLine, index: int) -> Line:
    return Line(
        number=int(line.number) if line.number and line.number.isdigit() else index + 1,
        control=line.line_item_control_number or "",
        qualifier=line.procedure.qualifier or "",
        procedure=line.procedure.code or "",
        modifiers=tuple(line.modifiers),
        revenue_code=line.revenue_code or "",
        charge=line.charge if isinstance(line.charge, Decimal) else None,
        units=line.units if isinstance(line.units, Decimal) else None,
        begin=_day(line_from(claim, line)),
        end=_day(line_through(claim, line)),
    )


def _day(value: object) -> dt.date | None:
    return value if isinstance(value, dt.date) else None
