"""The 277CA (005010X214): an answer to each claim of an 837, one transaction for each of the 837's.

Levels: who answers (2000A), who sent (2000B), billing provider (2000C), patient and claim (2000D), rejected
line (2220D). Totals are those of one 837 transaction (RFI 1991) and stand before what they count, so the
claims of a provider are kept aside until the next provider comes, and those of a transaction until it ends:
in a temporary file, not in memory.
A transaction that the 999 rejects is answered as a whole (2200B), without its claims.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from scrubber.claim.fields.loops import GUIDES
from scrubber.claim.model import ClaimType
from scrubber.write.acks.envelope import Envelope, Spool
from scrubber.write.acks.follow import Follower
from scrubber.write.acks.model import (
    AckOptions,
    AnsweredClaim,
    Group,
    Interchange,
    Line,
    Party,
    Transaction,
)
from scrubber.write.acks.status import (
    ACCEPTED,
    FORMAT,
    MISSING_OR_INVALID,
    RECEIVED,
    UNPROCESSABLE,
    Status,
    statuses,
)
from scrubber.write.acks.text import amount, composite, day, period, plain

GUIDE = "005010X214"

ACCEPT, REJECT = "WQ", "U"  # STC03
#: What stands where the guide demands a value and none was sent: X12's example 1 has zeros for a number.
_NO_NUMBER = "0"
_NO_ID = "NONE"
_NO_NAME = "UNKNOWN"
_MOST_STATUSES = 10  # of a claim, and of a line
_MOST_LINES = 50  # rejected lines of a claim that are named one by one
_A_SEGMENT = 3  # STC01, STC10 and STC11
_NAME, _FIRST, _MIDDLE, _SUFFIX, _ID, _REFERENCE = 60, 35, 25, 10, 80, 50  # data elements 1035-1039, 67, 127
_PROVIDER_IDS = frozenset({"XX", "FI", "SV"})
_SOURCE_IDS = frozenset({"46", "FI", "PI", "XV"})
_LINE_QUALIFIERS = frozenset({"AD", "ER", "HC", "HP", "IV", "NU", "WK"})
_ZERO = Decimal(0)


@dataclass(slots=True)
class _Totals:
    """What is counted on a level. Amounts in dollars."""

    accepted: int = 0
    rejected: int = 0
    accepted_amount: Decimal = _ZERO
    rejected_amount: Decimal = _ZERO

    def add(self, claim: AnsweredClaim) -> None:
        """Count a claim."""
        charge = claim.charge or _ZERO
        if claim.rejected:
            self.rejected += 1
            self.rejected_amount += charge
        else:
            self.accepted += 1
            self.accepted_amount += charge

    @property
    def amount(self) -> Decimal:
        """All charges."""
        return self.accepted_amount + self.rejected_amount

    def write(self, spool: Spool, accepted: str, rejected: str) -> None:
        """Write QTY and AMT of what there is; the qualifiers of QTY differ by level."""
        if self.accepted:
            spool.write("QTY", accepted, self.accepted)
        if self.rejected:
            spool.write("QTY", rejected, self.rejected)
        if self.accepted:
            spool.write("AMT", "YU", amount(self.accepted_amount))
        if self.rejected:
            spool.write("AMT", "YY", amount(self.rejected_amount))


class Ack277caWriter(Follower):
    """Writes one interchange with a 277CA for every transaction that has claims."""

    def __init__(self, stream: BinaryIO, options: AckOptions) -> None:
        super().__init__(options)
        self._out = Envelope(stream, options, "277CA")
        self._claims, self._providers = Spool(options), Spool(options)
        self._provider: Party | None = None
        self._of_provider, self._of_batch = _Totals(), _Totals()
        self._level = self._provider_level = 0  # HL01
        self._claim_type: ClaimType = "professional"
        self._day = day(options.at)

    @property
    def written(self) -> int:
        """How many interchanges were written."""
        return self._out.written

    # --- the file that is answered ----------------------------------------------------------------

    def on_transaction(self, transaction: Transaction) -> None:
        """Begin with nothing counted; levels 1 and 2 are who answers and who sent."""
        self._of_batch, self._provider, self._level = _Totals(), None, 2
        guide = transaction.guide or (self.group.guide if self.group else "")
        self._claim_type = GUIDES.get(guide, "professional")

    def on_claim(self, claim: AnsweredClaim) -> None:
        """Answer one claim."""
        if claim.provider != self._provider:
            self._end_provider()
            self._provider, self._of_provider = claim.provider, _Totals()
            self._level += 1
            self._provider_level = self._level
        self._of_provider.add(claim)
        self._of_batch.add(claim)
        self._level += 1
        self._write_claim(claim)

    def on_transaction_end(self, transaction: Transaction) -> None:
        """Write the answer to a transaction, unless it had no claims."""
        self._end_provider()
        if not self._level > 2 or self.group is None or self.interchange is None:
            return
        out = self._out
        out.answer(self.interchange)
        out.begin(self.group, "HN", GUIDE)
        out.begin_set("277", GUIDE)
        self._write_head(transaction)
        if not self.of_set.rejected:
            out.spool.take(self._providers)
        self._providers.empty()
        out.end_set()

    def on_group_end(self, group: Group, stated: int | None) -> None:
        """End the group."""
        self._out.end_group()

    def on_interchange_end(self, interchange: Interchange) -> None:
        """Write the interchange; of one that is rejected as a whole only a TA1 may speak."""
        self._out.end(drop=self.of_interchange.rejected)

    def close(self) -> None:
        """End the file."""
        super().close()
        for spool in (self._out, self._claims, self._providers):
            spool.close()

    # --- 2000A and 2000B ----------------------------------------------------------------------------

    def _write_head(self, transaction: Transaction) -> None:
        write, options = self._out.spool.write, self.options
        reference = plain(transaction.reference, _REFERENCE) or _NO_NUMBER
        write("BHT", "0085", "08", reference[:30], self._day, options.at.strftime("%H%M"), "TH")
        write("HL", 1, "", 20, 1)
        write(*self._source(transaction))
        write("TRN", 1, self._receipt(transaction))
        write("DTP", "050", "D8", day(options.received or options.at))
        write("DTP", "009", "D8", self._day)
        rejected = self.of_set.rejected
        write("HL", 2, 1, 21, 0 if rejected else 1)
        write(*self._receiver(transaction.submitter))
        write("TRN", 2, reference)
        totals = self._of_batch
        if rejected:
            status, action = Status(UNPROCESSABLE, FORMAT), REJECT
            count, charges = totals.accepted + totals.rejected, totals.amount
            totals = _Totals(rejected=count, rejected_amount=charges)
        else:
            status, action = RECEIVED[options.role], ACCEPT
        write("STC", str(status), self._day, action, amount(totals.amount))
        totals.write(self._out.spool, "90", "AA")

    def _source(self, transaction: Transaction) -> tuple[str | int, ...]:
        """Return the NM1 of who answers: always an organisation, with an id."""
        role, who = self.options.role, self.options.source or transaction.receiver
        to = self.interchange
        name = who.name or (to.receiver if to else "")
        id, qualifier = who.id or (to.receiver if to else ""), who.qualifier
        known = qualifier if qualifier in _SOURCE_IDS else "46"
        return "NM1", role, 2, plain(name, _NAME) or _NO_NAME, *[""] * 4, known, _id(id)

    def _receiver(self, who: Party) -> tuple[str | int, ...]:
        """Return the NM1 of who sent the claims: 2100B has no suffix."""
        last, first, middle, _ = _names(who)
        id = who.id or (self.interchange.sender if self.interchange else "")
        return "NM1", 41, 1 if who.person else 2, last, first, middle, "", "", "46", _id(id)

    def _receipt(self, transaction: Transaction) -> str:
        """Return our number of what was received: interchange, group and transaction say which it is."""
        parts = (
            self.interchange.control if self.interchange else "",
            self.group.control if self.group else "",
        )
        return plain("-".join((*parts, transaction.control)), _REFERENCE)

    # --- 2000C ----------------------------------------------------------------------------------------

    def _end_provider(self) -> None:
        """Write the provider whose claims were kept aside, with what they come to."""
        who, totals = self._provider, self._of_provider
        if who is None:
            return
        self._provider = None
        write = self._providers.write
        last, first, middle, suffix = _names(who)
        qualifier = who.qualifier if who.qualifier in _PROVIDER_IDS else "FI"
        write("HL", self._provider_level, 2, 19, 1)
        write("NM1", 85, 1 if who.person else 2, last, first, middle, "", suffix, qualifier, _id(who.id))
        write("TRN", 1, _NO_NUMBER)  # the 837 has no trace number of a provider
        write("STC", str(RECEIVED[self.options.role]), "", ACCEPT, amount(totals.amount))
        totals.write(self._providers, "QA", "QC")
        self._providers.take(self._claims)

    # --- 2000D and 2220D ------------------------------------------------------------------------------

    def _write_claim(self, claim: AnsweredClaim) -> None:
        write = self._claims.write
        last, first, middle, suffix = _names(claim.patient)
        of_claim, of_lines = self._statuses(claim)
        charge = amount(claim.charge or _ZERO)
        write("HL", self._level, self._provider_level, "PT")
        write("NM1", "QC", 1, last, first, middle, "", suffix, "MI", _id(claim.patient.id))
        write("TRN", 2, plain(claim.control, _REFERENCE) or _NO_NUMBER)
        for status in of_claim:
            write("STC", str(status), self._day, REJECT if claim.rejected else ACCEPT, charge)
        for qualifier, value in (
            ("1K", claim.payer_number if self.options.role == "PR" else ""),
            ("D9", claim.clearinghouse_number),
            ("BLT", claim.bill_type),
        ):
            if plain(value, _REFERENCE):
                write("REF", qualifier, plain(value, _REFERENCE))
        if claim.begin is not None:
            write("DTP", 472, *period(claim.begin, claim.end))
        for line, found in of_lines:
            self._write_line(line, found)

    def _write_line(self, line: Line, found: list[Status]) -> None:
        """Write a rejected line. Its STC has no date (X12's example 1 of 005010X214)."""
        write = self._claims.write
        write("SVC", *_procedure(line))
        for start in range(0, len(found), _A_SEGMENT):
            first, *more = [str(status) for status in found[start : start + _A_SEGMENT]]
            write("STC", first, "", REJECT, *[""] * 6, *more)
        write("REF", "FJ", plain(line.control, _REFERENCE) or line.number)
        if line.begin is not None:
            write("DTP", 472, *period(line.begin, line.end))

    def _statuses(self, claim: AnsweredClaim) -> tuple[list[Status], list[tuple[Line, list[Status]]]]:
        """Return what is said of a claim and of its lines.

        Only a rejected claim has reasons: a 277CA knows no warnings (RFI 2203). Where only lines are wrong,
        the claim is "missing or invalid" and they say what (X12's example 1).
        """
        if not claim.rejected:
            return [ACCEPTED[self.options.role]], []
        of_claim: list[Status] = []
        of_lines: dict[int, list[Status]] = {}
        for reason in claim.reasons:
            index = reason.line
            on_line = index is not None and index in claim.lines
            if index is not None and on_line and (index in of_lines or len(of_lines) < _MOST_LINES):
                found = of_lines.setdefault(index, [])
            else:
                found = of_claim
            _extend(found, statuses(reason, self._claim_type))
        if not of_claim and not of_lines:
            of_claim = [Status(UNPROCESSABLE, FORMAT)]
        elif not of_claim:
            first = next(iter(of_lines.values()))[0]
            of_claim = [Status(first.category, MISSING_OR_INVALID)]
        return of_claim, [(claim.lines[index], of_lines[index]) for index in sorted(of_lines)]


def _extend(found: list[Status], more: Iterable[Status]) -> None:
    for status in more:
        if status not in found and len(found) < _MOST_STATUSES:
            found.append(status)


def _names(who: Party) -> tuple[str, str, str, str]:
    """Return NM103, NM104, NM105 and NM107; an organisation has only the first (RFI 2155)."""
    name = plain(who.name, _NAME) or _NO_NAME
    if not who.person:
        return name, "", "", ""
    return name, plain(who.first, _FIRST), plain(who.middle, _MIDDLE), plain(who.suffix, _SUFFIX)


def _id(id: str) -> str:
    """Return NM109: at least two characters."""
    found = plain(id, _ID)
    return found if len(found) > 1 else _NO_ID


def _procedure(line: Line) -> tuple[str, ...]:
    """Return SVC01 to SVC07. A line without a procedure is known by its revenue code (NU), then in SVC01."""
    code, revenue = plain(line.procedure, 48), plain(line.revenue_code, 48)
    if code:
        qualifier = line.qualifier if line.qualifier in _LINE_QUALIFIERS else "HC"
        modifiers = [plain(modifier, 2) for modifier in line.modifiers[:4]]
        service = composite(qualifier, code, *[m for m in modifiers if len(m) == 2])
    else:
        service, revenue = composite("NU", revenue or _NO_ID), ""
    units = amount(line.units) if line.units is not None else ""
    return service, amount(line.charge or _ZERO), "", revenue, "", "", units
