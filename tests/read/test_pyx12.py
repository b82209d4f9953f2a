"""The same files in pyx12, another reader of the same guide: no error, the same segments, the same loops.

pyx12 is a development dependency; its maps are the implementation guide in machine form.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from scrubber.packs.load import builtin_rules_dir
from scrubber.read.reader import ReadClaim
from tests.read.files import read
from tests.support.make837 import make837

params = pytest.importorskip("pyx12.params")
context = pytest.importorskip("pyx12.x12context")
document = pytest.importorskip("pyx12.x12n_document")
errors = pytest.importorskip("pyx12.error_handler")
x12file = pytest.importorskip("pyx12.x12file")

BASES = sorted(builtin_rules_dir().glob("base/*.837"))

#: A claim with the loops that generated claims lack, as the guide orders them.
FULL = """
NM1*87*2~N3*PO BOX 9~N4*SPRINGFIELD*IL*627010009~
HL*2*1*22*1~SBR*P**GRP0001******CI~
NM1*IL*1*SAMPLE*PATRICIA****MI*XYZ123456789~N3*200 EXAMPLE AVENUE~N4*SPRINGFIELD*IL*62702~DMG*D8*19800115*F~
REF*SY*999990001~
NM1*PR*2*SAMPLE COMMERCIAL PLAN*****PI*99999~N3*1 PLAN STREET~N4*SPRINGFIELD*IL*62703~REF*G2*LEGACY1~
HL*3*2*23*0~PAT*19~NM1*QC*1*SAMPLE*JUNIOR~N3*200 EXAMPLE AVENUE~N4*SPRINGFIELD*IL*62702~DMG*D8*20150604*M~
CLM*FICT-0001*245***11:B:1*Y*A*Y*Y~
DTP*431*D8*20260801~PWK*OZ*BM***AC*CONTROL1~AMT*F5*10~REF*G1*AUTH01~REF*X4*14D9999999~NTE*ADD*SAMPLE NOTE~
HI*ABK:E119*ABF:I10~HI*BG:17~
NM1*DN*1*REFERRER*RITA****XX*1999999026~
NM1*82*1*EXAMPLE*RENATA****XX*1999999026~PRV*PE*PXC*207Q00000X~
NM1*77*2*SAMPLE CLINIC*****XX*1999999034~N3*3 CLINIC ROAD~N4*SPRINGFIELD*IL*627040001~
NM1*DQ*1*SUPERVISOR*SAM****XX*1999999034~
SBR*S*18*GRP0002******CI~CAS*CO*45*12.5**97*3~AMT*D*100~AMT*EAF*20~OI***Y***Y~
NM1*IL*1*SAMPLE*PATRICIA****MI*OTHER1~N3*200 EXAMPLE AVENUE~N4*SPRINGFIELD*IL*62702~
NM1*PR*2*OTHER PLAN*****PI*88888~N3*2 PLAN STREET~N4*SPRINGFIELD*IL*62703~DTP*573*D8*20260901~
REF*F8*OTHERCLAIM1~
NM1*82*1~REF*LU*LOCATION1~
LX*1~SV1*HC:99213:25*150*UN*1***1:2~DTP*472*D8*20260818~REF*6R*FICT-0001-1~PS1*1999999042*10~
LIN**N4*00093312401~CTP****2*UN~
NM1*82*1*SAMPLE*OMAR****XX*1999999034~PRV*PE*PXC*207Q00000X~
NM1*QB*2******XX*1999999042~
NM1*77*2*OTHER CLINIC*****XX*1999999018~N3*4 CLINIC ROAD~N4*SPRINGFIELD*IL*627040001~
NM1*DQ*1*SUPERVISOR*SUE****XX*1999999026~
NM1*DK*1*ORDERER*OLAF****XX*1999999026~N3*5 ORDER STREET~N4*SPRINGFIELD*IL*62705~
NM1*DN*1*REFERRER*ROY****XX*1999999034~
SVD*88888*80*HC:99213:25**1~CAS*CO*45*50~CAS*PR*1*20~DTP*573*D8*20260901~AMT*EAF*20~
LX*2~SV1*HC:85025*95*UN*1***1~DTP*472*RD8*20260817-20260818~REF*6R*FICT-0001-2~
SVD*88888*20*HC:85025**1~CAS*CO*45*75~DTP*573*D8*20260901~
""".replace("\n", "")


def full() -> str:
    head = make837(1, newline="").split("HL*2*1*")[0].split("~")[:-1]
    start = next(i for i, segment in enumerate(head) if segment.startswith("ST*"))
    body = [*head, *FULL.split("~")[:-1]]
    count = len(body) - start + 1
    return "~".join([*body, f"SE*{count}*0001", "GE*1*1", "IEA*1*000000001", ""])


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def accepts(text: str) -> tuple[bool, str]:
    """Return whether pyx12 finds no error, and its acknowledgment."""
    answer = io.StringIO()
    ok = document.x12n_document(params.ParamsBase(), io.StringIO(text), answer, None)
    return ok, answer.getvalue()


def segments_by_pyx12(text: str) -> list[str]:
    reader = x12file.X12Reader(io.StringIO(text))
    return [segment.format("~", "*", ":") for segment in reader]


def loops_by_pyx12(text: str) -> list[str]:
    """Return the innermost loop of every segment."""
    reader = context.X12ContextReader(params.ParamsBase(), errors.errh_null(), io.StringIO(text))
    return [node.cur_path.split("/")[-2] for node in reader.iter_segments()]


def positions(items: list[ReadClaim]) -> dict[int, tuple[str, str]]:
    """Return loop and text of every segment that stands in or above a claim, by its number."""
    found: dict[int, tuple[str, str]] = {}
    for item in items:
        assert item.source is not None
        for segment in item.source.segments():
            found[segment.position] = segment.loop, "*".join(segment.elements)
    return found


FILES = {
    "clean": make837(40, 1),
    "several claims a subscriber": make837(40, 2, claims_a_subscriber=3, subscribers_a_provider=4),
    "without line breaks": make837(10, 3, newline=""),
    "every loop": full(),
    **{path.name: path.read_text() for path in BASES},
}


@pytest.mark.parametrize("name", FILES)
def test_pyx12_finds_no_error(name: str) -> None:
    ok, answer = accepts(FILES[name])
    assert ok, answer


def test_pyx12_would_find_one() -> None:
    assert not accepts(FILES["clean"].replace("SV1*HC:", "SV1*QQ:", 1))[0]


@pytest.mark.parametrize("name", FILES)
def test_the_segments_are_the_same(name: str) -> None:
    """Trailers stand in no claim; all other segments do, in these files."""
    theirs = segments_by_pyx12(FILES[name])
    ours = positions(read(FILES[name].encode()))
    kept = {i: text for i, text in enumerate(theirs, 1) if text[:3].rstrip("*") not in ("SE", "GE", "IEA")}
    assert {i: bare(text) for i, (_, text) in ours.items()} == {i: bare(text) for i, text in kept.items()}


def bare(text: str) -> str:
    """pyx12 drops empty elements at the end, and pads the header in its own way."""
    text = text.rstrip("~").rstrip("*")
    return text[:3] if text.startswith("ISA") else text


@pytest.mark.parametrize("name", FILES)
def test_the_loops_are_the_same(name: str) -> None:
    """pyx12 names envelopes after their loops, and 2000B and 2000C after the level within it."""
    names = {"ISA_LOOP": "ISA", "GS_LOOP": "GS", "ST_LOOP": "ST", "HEADER": "ST"}
    theirs = [names.get(loop, loop) for loop in loops_by_pyx12(FILES[name])]
    different = {
        (text.split("*")[0], loop, theirs[number - 1])
        for number, (loop, text) in positions(read(FILES[name].encode())).items()
        if loop != theirs[number - 1]
    }
    assert not different


def test_the_base_claims_are_there() -> None:
    assert len(BASES) >= 2 and all(isinstance(path, Path) for path in BASES)
