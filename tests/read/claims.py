"""What claims made at random may say: groups of segments, in the order of the guides.

A segment with the word UNKNOWN is one that its guide does not have there: it must change no value.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from scrubber.claim.model import ClaimType

Group = tuple[str, ...]

_SHARED: tuple[Group, ...] = (
    ("PWK*OZ*BM***AC*CONTROL1", "PWK*03*EL***AC*CONTROL2"),
    ("CN1*02*10*5*C1*1*V1",),
    ("REF*G1*AUTH1",),
    ("REF*9F*REFERRAL1", "REF*F8*PAYERCLAIM1", "REF*ZZ*UNKNOWN"),
    ("K3*STATE DATA", "K3*MORE DATA"),
    ("NTE*ADD*A NOTE", "NTE*ADD*Ñandú"),
    ("HCP*03*100*10*REPRICER*2*APC*3",),
    ("ZZZ*UNKNOWN*1:2",),
)
DETAILS: dict[ClaimType, tuple[Group, ...]] = {
    "professional": (
        ("DTP*431*D8*20260801", "DTP*999*D8*UNKNOWN"),
        ("DTP*314*RD8*20260801-20260809",),
        ("DTP*360*D8*20260801", "DTP*361*D8*20260809"),
        ("DTP*435*D8*20260806", "DTP*096*D8*20260807"),
        ("CL1*1*7*UNKNOWN",),
        ("AMT*F5*10", "AMT*QQ*UNKNOWN"),
        *_SHARED,
        ("REF*X4*14D9999999", "REF*P4*DEMO1"),
        ("CR1*LB*140**A*DH*12***ROUND TRIP*STRETCHER",),
        ("CR2********A**BACK*MORE",),
        ("CRC*07*Y*01*04", "CRC*75*Y*IH"),
        ("HI*ABK:E119*ABF:I10", "HI*BG:17*BG:A1", "HI*BP:00100*BO:00120"),
        ("HI*ABF:R51*ABF:M545*QQ:STRANGE*ABF:K219",),
        ("HI*BK:25000*BF:4019",),
    ),
    "institutional": (
        ("DTP*434*RD8*20260801-20260809", "DTP*096*TM*1215"),
        ("DTP*434*D8*20260801",),
        ("DTP*435*DT*202608010930", "DTP*999*D8*UNKNOWN"),
        ("DTP*435*D8*20260801",),
        ("CL1*1*7*30",),
        ("AMT*F3*10", "AMT*F5*UNKNOWN"),
        *_SHARED,
        ("REF*LU*IL", "REF*G4*PEER1"),
        ("CR1*LB*140**A*DH*12****UNKNOWN",),
        ("CRC*ZZ*Y*AV*NU",),
        ("HI*ABK:E119:::::::Y", "HI*ABJ:R51", "HI*APR:R51*APR:M545", "HI*ABN:W010XXA:::::::N"),
        ("HI*ABF:I10:::::::Y*ABF:K219*QQ:STRANGE", "HI*ABF:M545:::::::U"),
        ("HI*DR:470", "HI*BBR:0SR90J9:D8:20260801", "HI*BBQ:0SR90JA:D8:20260802*BBQ:30233N1"),
        ("HI*BI:70:RD8:20260801-20260802*BI:71:RD8:20260801-20260803",),
        ("HI*BH:11:D8:20260801*BH:A1:D8:20260802", "HI*BH:A2:D8:20260803*BH:04:D8:20260804"),
        ("HI*BE:01:::500*BE:80:::8", "HI*BG:02*BG:A5", "HI*TC:A01*TC:A02"),
        ("HI*BK:25000", "HI*BQ:8154:D8:20260801"),
    ),
    "dental": (
        ("DTP*439*D8*20260801", "DTP*452*D8*20260802", "DTP*431*D8*UNKNOWN"),
        ("DTP*472*RD8*20260801-20260809",),
        ("DTP*472*D8*20260801", "DTP*050*D8*20260803"),
        ("DN1*24*21**Y", "DN1*18"),
        ("DN2*3*M****JP", "DN2*K*E****JP", "DN2*14*M"),
        ("AMT*F5*10", "AMT*F3*UNKNOWN"),
        *_SHARED,
        ("REF*G3*PRE1", "REF*X4*UNKNOWN"),
        ("CRC*ZZ*Y*AV*UNKNOWN", "CL1*1*7*UNKNOWN"),
        ("HI*ABK:K0262*ABF:K0401*TQ:S1*QQ:STRANGE",),
        ("HI*BK:5210*BF:5220",),
    ),
}
PROVIDERS: dict[ClaimType, tuple[Group, ...]] = {
    "professional": (
        ("NM1*DN*1*REFERRER*R****XX*1999999026", "REF*G2*R1", "REF*0B*R2"),
        ("NM1*P3*1*PRIMARY*P*M**JR*XX*1999999034",),
        ("NM1*82*1*RENDERER*R****XX*1999999026", "PRV*PE*PXC*207Q00000X"),
        ("NM1*77*2*CLINIC", "N3*3 CLINIC ROAD", "N4*SPRINGFIELD*IL*62704", "PER*IC*DESK*TE*2175550177*EX*5"),
        ("NM1*DQ*1*SUPERVISOR*S", "NM1*DQ*1*SECOND*S****XX*1999999042"),
        ("NM1*PW*2", "N3*1 PICKUP", "N4*SPRINGFIELD*IL*62701", "NM1*45*2*PLACE", "N3*1 PLACE"),
        ("NM1*ZZ*1*UNKNOWN", "N3*1 UNKNOWN LOOP"),
    ),
    "institutional": (
        ("NM1*71*1*ATTENDING*A****XX*1999999026", "PRV*AT*PXC*207Q00000X", "REF*0B*A1"),
        ("NM1*72*1*OPERATING*O*M**JR*XX*1999999034", "REF*G2*O1", "REF*1G*O2"),
        ("NM1*ZZ*1*OTHER*O",),
        ("NM1*82*1*RENDERER*R****XX*1999999026",),
        ("NM1*77*2*CLINIC", "N3*3 CLINIC ROAD", "N4*SPRINGFIELD*IL*62704"),
        ("NM1*DN*1*REFERRER*R", "NM1*DN*1*SECOND*S****XX*1999999042"),
        ("NM1*DQ*1*UNKNOWN", "N3*1 UNKNOWN LOOP"),
    ),
    "dental": (
        ("NM1*DN*1*REFERRER*R****XX*1999999026", "PRV*RF*PXC*1223G0001X", "REF*G2*R1", "REF*0B*R2"),
        ("NM1*P3*1*PRIMARY*P*M**JR*XX*1999999034",),
        ("NM1*82*1*RENDERER*R****XX*1999999026", "PRV*PE*PXC*1223G0001X"),
        ("NM1*77*2*CLINIC", "N3*3 CLINIC ROAD", "N4*SPRINGFIELD*IL*62704", "REF*LU*C1"),
        ("NM1*DD*1*ASSISTANT*A", "PRV*AS*PXC*1223S0112X", "NM1*DD*1*SECOND*S****XX*1999999042"),
        ("NM1*DQ*1*SUPERVISOR*S", "REF*1G*S1"),
        ("NM1*71*1*UNKNOWN", "N3*1 UNKNOWN LOOP"),
    ),
}
PAYERS: dict[ClaimType, tuple[Group, ...]] = {
    "professional": (
        ("NM1*82*1", "REF*LU*X1", "REF*G2*X2"),
        ("NM1*85*2", "REF*G2*X3"),
        ("NM1*71*1*UNKNOWN",),
    ),
    "institutional": (("NM1*71*1", "REF*LU*X1"), ("NM1*85*2", "REF*G2*X3"), ("NM1*DQ*1*UNKNOWN",)),
    "dental": (("NM1*DD*1", "REF*LU*X1"), ("NM1*85*2", "REF*G2*X3"), ("NM1*71*1*UNKNOWN",)),
}
LINES: dict[ClaimType, tuple[Group, ...]] = {
    "professional": (
        ("SV5*HC:E0250*DA*30*50*500*4", "PWK*CT*AB", "CR3*I*MO*12", "SV2*UNKNOWN"),
        ("CR1*LB*140**A*DH*12", "CRC*09*N*ZV", "CRC*70*Y*65"),
        ("DTP*471*D8*20260801", "DTP*738*D8*20260802", "QTY*PT*2", "MEA*TR*R1*113.4", "MEA*TR*R2*3"),
        ("REF*6R*L1", "REF*G1*LINEAUTH*", "REF*G1*OTHERAUTH**2U:O2", "REF*9F*OTHERREF**2U:O2"),
        ("AMT*T*5", "K3*LINE DATA", "NTE*DCP*A GOAL", "PS1*1999999042*11", "FRM*UNKNOWN"),
        ("HCP*03*100*10*REPRICER*2****HC*99213*UN*1",),
        ("LIN**N4*00093312401", "CTP****2*UN", "REF*XZ*RX1"),
        ("LIN**EN*4006381333931",),
        ("NM1*82*1*OMAR*S****XX*1999999034", "PRV*PE*PXC*207Q00000X", "REF*G2*LR1**2U:O2"),
        ("NM1*QB*2******XX*1999999042", "NM1*DK*1*ORDERER", "N3*2 ORDER ST", "PER*IC*DESK*EM*A@B.ORG"),
        ("NM1*72*1*UNKNOWN", "N3*2 UNKNOWN LOOP"),
    ),
    "institutional": (
        ("PWK*CT*AB", "SV5*HC:E0250*DA*30*50*500*UNKNOWN"),
        ("REF*6R*L1", "REF*9B*REPRICED1", "REF*G1*UNKNOWN"),
        ("AMT*GT*5", "AMT*N8*6", "NTE*TPO*A NOTE", "FRM*UNKNOWN"),
        ("HCP*03*100*10*REPRICER*2*APC*3*0300*HC*99213*UN*1",),
        ("LIN**N4*00093312401", "CTP****2*UN", "REF*XZ*RX1"),
        ("NM1*72*1*OPERATING*O****XX*1999999034", "REF*G2*LR1**2U:O2"),
        ("NM1*ZZ*1*OTHER*O", "NM1*82*1*OMAR*S****XX*1999999034"),
        ("NM1*DK*1*UNKNOWN", "N3*2 UNKNOWN LOOP"),
    ),
    "dental": (
        ("TOO*JP*14*M:O", "TOO*JP*8*F::I", "TOO*JP**B", "SV1*UNKNOWN"),
        ("TOO*JP*K", "TOO*JP"),
        ("DTP*441*D8*20160801", "DTP*452*D8*20260802", "DTP*446*D8*20260803", "DTP*304*D8*UNKNOWN"),
        ("DTP*139*D8*20160801", "DTP*196*D8*20260804", "DTP*198*D8*20260805"),
        ("CN1*02*10", "K3*LINE DATA", "AMT*T*5", "AMT*GT*UNKNOWN", "FRM*UNKNOWN"),
        ("REF*G3*LINEPRE", "REF*G3*OTHERPRE**2U:O2", "REF*G1*LINEAUTH", "REF*9F*OTHERREF**2U:O2"),
        ("REF*6R*L1", "REF*9A*REPRICED1", "REF*9C*ADJUSTED1", "REF*9B*UNKNOWN"),
        ("HCP*03*100*10*REPRICER*2****AD*D2392*UN*1",),
        ("LIN**N4*UNKNOWN", "CTP****2*UN"),
        ("NM1*82*1*OMAR*S****XX*1999999034", "PRV*PE*PXC*1223G0001X", "REF*G2*LR1**2U:O2"),
        ("NM1*DD*1*ASSISTANT*A", "NM1*DQ*1*SUPERVISOR*S", "NM1*77*2*CLINIC", "N3*3 CLINIC ROAD"),
        ("NM1*QB*2******XX*1999999042", "N3*2 UNKNOWN LOOP"),
    ),
}
_CLM = {
    "professional": "***11:B:1*Y*A*Y*Y",
    "institutional": "***11:A:1**A*Y*Y",
    "dental": "***11:B:1*Y*A*Y*Y**********PB",
}
_PAID = {
    "professional": "HC:99213:25**1",
    "institutional": "HC:85025*0300*1*2",
    "dental": "AD:D2391:25**1",
}
_DATES = ("D8*20260818", "RD8*20260817-20260818", "D8*20261318")


class ClaimMaker:
    """Makes the segments of one claim."""

    def __init__(self, random: Random, claim_type: ClaimType) -> None:
        self._random = random
        self._type: ClaimType = claim_type

    def some(self, groups: tuple[Group, ...], chance: float = 0.15) -> Iterator[str]:
        for group in groups:
            if self._random.random() < chance:
                yield from group

    def claim(self, number: int) -> Iterator[str]:
        charge = self._random.randrange(900)
        yield f"CLM*C{number:05d}*{charge}{_CLM[self._type]}"
        yield from self.some(DETAILS[self._type], self._random.choice([0.05, 0.15, 0.6]))
        yield from self.some(PROVIDERS[self._type], 0.2)
        for payer in range(self._random.choice([0, 0, 0, 1, 2])):
            yield from self._other_payer(payer)
        for line in range(self._random.choice([0, 1, 1, 2, 3])):
            yield from self._line(line)

    def _other_payer(self, number: int) -> Iterator[str]:
        yield "SBR*S*18*******CI"
        yield from self.some((("CAS*CO*45*12.5**97*3", "CAS*PR*1*5*2", "AMT*D*100"), ("AMT*EAF*7",)), 0.5)
        yield from self.some((("OI***Y***Y", "MOA*.5*10*MA01*MA02"),), 0.3)
        if self._type == "institutional":
            yield from self.some((("MIA*3**1*50*MA18***2*3*4*5*6*7*8*9*1*1*2*3*MA19*MA20***4",),), 0.3)
        yield "NM1*IL*1*OTHER*INSURED****MI*O1"
        yield from self.some((("N3*1 OTHER ST", "N4*SPRINGFIELD*IL*62701", "REF*SY*999990001"),))
        yield f"NM1*PR*2*OTHER PLAN*****PI*O{number + 2}"
        yield from self.some(
            (("DTP*573*D8*20260819", "REF*F8*THEIRS", "REF*2U*SECOND", "REF*FY*THIRD"),), 0.4
        )
        yield from self.some(PAYERS[self._type])

    def _line(self, number: int) -> Iterator[str]:
        yield f"LX*{number + 1}"
        modifiers = self._random.choice(["", ":25", ":25:59", ":::25"])
        charge = self._random.randrange(300)
        if self._type == "professional":
            yield f"SV1*HC:99213{modifiers}*{charge}*UN*1***1:2"
        elif self._type == "dental":
            oral = self._random.choice(["", "10", "10::20"])
            yield f"SV3*AD:D2392{modifiers}*{charge}*11*{oral}*{self._random.choice('IR')}*1*****1:2"
        else:
            service = self._random.choice(["", f"HC:85025{modifiers}"])
            yield f"SV2*0300*{service}*{charge}*UN*1**{self._random.choice(['', '5'])}"
        yield "DTP*472*" + self._random.choice(_DATES)
        yield from self.some(LINES[self._type])
        for _ in range(self._random.choice([0, 0, 0, 1, 2])):
            yield f"SVD*O2*10*{_PAID[self._type]}"
            yield from ("CAS*PR*1*5", "CAS*CO*45*1*1*97*2*2", "DTP*573*D8*20260819")
        if self._type == "professional":
            yield from self.some((("LQ*UT*01.02", "FRM*1A*Y", "FRM*2**TEXT*20260801*50", "LQ*UT*02"),), 0.05)
