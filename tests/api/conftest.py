"""The service in this process, with scrubbing processes of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from scrubber.packs.bundle import Bundle
from scrubber.pipeline import Scrubber
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import claim_to_json
from scrubber.read.split import split_x12
from scrubber_api.app import create_app
from tests.api.fakes import Fakes, FakeWorker
from tests.conftest import EXAMPLE_HEALTH, PROFESSIONAL
from tests.read.full_institutional import FULL_INSTITUTIONAL

VALIDATE = "/v1/claims/validate"
X12 = {"content-type": "application/edi-x12"}
JSON = {"content-type": "application/json"}

#: One-claim files: clean, with findings of many kinds, of a dependent, of the payer with own rules, with a
#: date that nobody can read, of a hospital.
ONE_CLAIM_FILES: dict[str, bytes] = {
    "clean": PROFESSIONAL,
    "many": PROFESSIONAL.replace(b"*TE*2175550100", b"*TE*217-555-0100")
    .replace(b"*245*", b"*240*")
    .replace(b"HI*ABK:E119*ABF:I10", b"HI*ABK:W010XXA*ABF:S8001XA")
    .replace(b"*1:2~", b"*1:2:7~")
    .replace(b"D8*20260818~\nREF*6R*FICT-0001-2", b"RD8*20260819-20260818~\nREF*6R*FICT-0001-2"),
    "dependent": PROFESSIONAL.replace(b"HL*2*1*22*0", b"HL*2*1*22*1")
    .replace(b"SBR*P*18*", b"SBR*P**")
    .replace(
        b"CLM*",
        b"HL*3*2*23*0~\nPAT*19~\nNM1*QC*1*SAMPLE*JUNIOR~\nN3*12 SAMPLE STREET~\n"
        b"N4*SPRINGFIELD*IL*62701~\nDMG*D8*20260819*M~\nCLM*",
    )
    .replace(b":B:1*Y*A*Y*Y~", b":B:7*Y*A*Y*Y**AA~")
    .replace(b"SE*33*", b"SE*39*"),
    "own rules": EXAMPLE_HEALTH.replace(b"PRV*BI*PXC*207Q00000X~\n", b"")
    .replace(b"SE*33*", b"SE*32*")
    .replace(b"HC:99213*", b"HC:99213:50:RT:50*"),
    "unknown": PROFESSIONAL.replace(
        b"DTP*472*D8*20260818~\nREF*6R*FICT-0001-1", b"DTP*472*D8*20261318~\nREF*6R*1"
    ),
    "institutional": FULL_INSTITUTIONAL.replace("*1545.5*", "*1540*").encode(),
}


def as_json(x12: bytes) -> dict[str, Any]:
    """Return the claim of a one-claim file as claim JSON."""
    import io

    (chunk,) = split_x12(io.BytesIO(x12))
    assert isinstance(chunk, Chunk)
    (item,) = chunk.read()
    data: dict[str, Any] = json.loads(json.dumps(claim_to_json(item.claim)))
    return data


@pytest.fixture(scope="module")
def client(bundle: Bundle) -> Iterator[TestClient]:
    """A client of the running service."""
    app = create_app(bundle)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as running:
        yield running


@pytest.fixture
def fakes(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Replace the workers by fakes that behave as named; the list of them grows as they are made."""

    def install(*ways: str) -> list[FakeWorker]:
        monkeypatch.setattr(FakeWorker, "ways", list(ways))
        monkeypatch.setattr(FakeWorker, "made", [])
        monkeypatch.setattr(FakeWorker, "scrubber", _scrubber(bundle), raising=False)
        monkeypatch.setattr("scrubber_api.pool.Worker", FakeWorker)
        return FakeWorker.made

    return install


_SCRUBBERS: dict[int, Scrubber] = {}


def _scrubber(bundle: Bundle) -> Scrubber:
    return _SCRUBBERS.setdefault(id(bundle), Scrubber(bundle))
