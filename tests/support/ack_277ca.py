"""What a 277CA says, read back from its segments: values to compare with what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tests.support.ack_reading import ACK_277CA, placed


@dataclass
class AnsweredLine:
    """2220D. `number` is REF*FJ: the line's own control number, else its number."""

    number: str = ""
    statuses: list[str] = field(default_factory=list)


@dataclass
class Answered:
    """2000D: the answer to one claim. `statuses` are category:status:entity, `action` WQ or U."""

    control: str = ""
    action: str = ""
    charge: Decimal = Decimal(0)
    statuses: list[str] = field(default_factory=list)
    lines: list[AnsweredLine] = field(default_factory=list)

    @property
    def all_statuses(self) -> list[str]:
        """The statuses of the claim and of its lines."""
        return [*self.statuses, *(status for line in self.lines for status in line.statuses)]


@dataclass
class Counted:
    """2200B or 2200C: status, action and charge of the level, and its QTY and AMT by qualifier."""

    status: str = ""
    action: str = ""
    charge: Decimal = Decimal(0)
    totals: dict[str, Decimal] = field(default_factory=dict)

    def take(self, e: list[str]) -> None:
        if e[0] == "STC":
            self.status, self.action, self.charge = e[1], e[3], Decimal(e[4])
        elif e[0] in ("QTY", "AMT"):
            self.totals[e[1]] = Decimal(e[2])

    def adds_up(self, claims: list[Answered], accepted: str, rejected: str) -> None:
        """Check that the level counts the claims below it; the qualifiers of QTY differ by level."""
        assert claims and self.charge == sum(claim.charge for claim in claims)
        expected: dict[str, Decimal] = {}
        for action, quantity, amount in (("WQ", accepted, "YU"), ("U", rejected, "YY")):
            charges = [claim.charge for claim in claims if claim.action == action]
            if charges:
                expected |= {quantity: Decimal(len(charges)), amount: sum(charges, Decimal(0))}
        assert self.totals == expected


@dataclass
class Provider(Counted):
    """2000C: a billing provider and the answers to its claims."""

    claims: list[Answered] = field(default_factory=list)


@dataclass
class Batch(Counted):
    """An 837 transaction as one 277 answers it; `reference` is its BHT03."""

    reference: str = ""
    providers: list[Provider] = field(default_factory=list)

    @property
    def claims(self) -> list[Answered]:
        return [claim for provider in self.providers for claim in provider.claims]


def read_277ca(text: str) -> list[Batch]:
    """Return the transactions that a file of 277CAs answers. Totals must agree with the claims they count."""
    batches: list[Batch] = []
    for loop, e in placed(text, ACK_277CA, least=12):
        if e[0] == "ST":
            batches.append(Batch())
        elif loop == "2200B":
            batches[-1].reference = e[2] if e[0] == "TRN" else batches[-1].reference
            batches[-1].take(e)
        elif (loop, e[0]) == ("2000C", "HL"):
            batches[-1].providers.append(Provider())
        elif loop == "2200C":
            batches[-1].providers[-1].take(e)
        elif (loop, e[0]) == ("2000D", "HL"):
            batches[-1].providers[-1].claims.append(Answered())
        elif loop in ("2200D", "2220D"):
            _of_claim(batches[-1].providers[-1].claims[-1], loop, e)
    for batch in batches:
        if batch.action == "U":  # rejected as a whole: it counts claims that it does not show
            assert not batch.providers and set(batch.totals) == {"AA", "YY"}
            assert batch.charge == batch.totals["YY"]
            continue
        batch.adds_up(batch.claims, "90", "AA")
        for provider in batch.providers:
            provider.adds_up(provider.claims, "QA", "QC")
    return batches


def _of_claim(claim: Answered, loop: str, e: list[str]) -> None:
    said = [status for status in (e[1], e[10], e[11]) if status]
    if loop == "2200D" and e[0] == "TRN":
        claim.control = e[2]
    elif loop == "2200D" and e[0] == "STC":
        assert claim.action in ("", e[3])
        claim.action, claim.charge = e[3], Decimal(e[4])
        claim.statuses += said
    elif e[0] == "SVC":
        claim.lines.append(AnsweredLine())
    elif loop == "2220D" and e[0] == "STC":
        assert e[3] == claim.action == "U"  # only rejected lines of rejected claims are named
        claim.lines[-1].statuses += said
    elif loop == "2220D" and e[:2] == ["REF", "FJ"]:
        claim.lines[-1].number = e[2]
