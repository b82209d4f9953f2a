"""The same claims in x12sdk, another reader of 837P and 837I: no value differs, none is missing.

x12sdk is a development dependency. Where its models say less than the guides, a table says so: every entry
must be needed by these files, so that none outlives its reason.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from benchmarks.claims import Mix, as_bytes
from scrubber.claim.locate import value_at
from scrubber.claim.model import Claim
from scrubber.claim.paths import PATHS, SYNONYMS, expand
from scrubber.claim.values import as_text
from scrubber.read.chunks import Chunk
from scrubber.read.split import split_x12
from tests.read.x12sdk_samples import SAMPLES

pytestmark = pytest.mark.slow

pytest.importorskip("x12sdk")
view = pytest.importorskip("tests.read.x12sdk_view")
trees = pytest.importorskip("tests.read.x12sdk_trees")

#: Few claims a transaction: x12sdk's models refuse whole transactions.
_MANY: Mapping[str, Any] = {"claims": 300, "coordination": 0.4, "claims_a_subscriber": 2, "transactions": 100}
#: Not with line breaks that begin with CR, or segments that end in LF: x12sdk cannot read such files.
_ODD: Mapping[str, Any] = {"claims": 20, "delimiters": "|>^'", "newline": ""}
GENERATED: Mapping[str, Mix] = {
    "professional": Mix("professional", seed=3, **_MANY),
    "institutional": Mix("institutional", seed=4, **_MANY),
    "professional, other delimiters": Mix("professional", seed=5, **_ODD),
    "institutional, other delimiters": Mix("institutional", seed=6, **_ODD),
}
FILES = (*GENERATED, *SAMPLES)

#: What x12sdk cannot say: a pattern, the end of one (`*...`) or the beginning (`...*`).
EXPLAINED: Mapping[str, str] = {
    "file.*": "x12sdk reads ISA for its delimiters only",
    "*.secondary_ids[].payer_id": "its REF ends at REF03",
    "lines[].other_payer_prior_authorizations[].*": "its REF ends at REF03: whose number it is is lost",
    "lines[].other_payer_referrals[].*": "its REF ends at REF03: whose number it is is lost",
    "discharge_hour": "its model of a DTP with a time alone is empty",
    "accident_date": "institutional: the date of an occurrence code, which is compared as such",
}

#: What x12sdk's models have against valid claims: part of the complaint, and what is wrong with it.
REFUSED: Mapping[str, str] = {
    "REF has more than 3 elements": "REF04 says whose number it is",
    "nm1_segment.name_last_or_organization_name": "2330, 2420B, 2420G and 2420H have no names",
    "loop_2010ac.ref_segment": "REF01 may be 2U (837P) or EI (837I)",
    "loop_2300.nte_segment": "NTE*ADD is the billing note (837I)",
    "loop_2310d.ref_segment": "the model is one of an NM1",
    "loop_2310f.ref_segment": "REF01 may be G2 (837I)",
    "mia_segment.covered_days_visit_count": "MIA01 may be other than 0",
    "oi_segment.benefits_assignment_certification": "OI03 may be W",
    "loop_2400.cn1_segment.contract_code": "CN104 is a number; the type of a contract stands in CN101",
    "loop_2400.crc_segment.code_category": "CRC01 may be 07: an ambulance (837P)",
    "loop_2400.dtp_segment.date_time_period_format_qualifier": "a line may have a span of dates (837I)",
    "loop_2400.pwk_segment.report_transmission_code": "PWK02 may be AD (837P)",
    "loop_2410.ref_segment": "the prescription number may be missing, and may be linked by VY (837I)",
    "loop_2420a.nm1_segment.entity_identifier_code": "the operating physician of a line is 72 (837I)",
    "svd_segment.composite_medical_procedure_identifier": "SVD04 alone may say what was paid (837I)",
}


@dataclass(frozen=True)
class Difference:
    """A path where the two readers do not say the same."""

    path: str
    ours: str | None
    theirs: str | None

    @property
    def pattern(self) -> str:
        return re.sub(r"\[\d+\]", "[]", self.path)


def text(value: Any) -> str | None:
    """Return a value of ours as the view writes it."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    return None if value is None else as_text(value).strip() or None


def ours(data: bytes) -> list[Claim]:
    chunks = [part for part in split_x12(io.BytesIO(data)) if isinstance(part, Chunk)]
    return [item.claim for chunk in chunks for item in chunk.read()]


def reported(claim: Claim) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of everything that the claim says at a place in X12."""
    for pattern, info in PATHS.items():
        if info.places and pattern not in SYNONYMS and info.kind != "object":
            for path, value in expand(claim, pattern):
                found = text(value)
                if found is not None:
                    yield path, found


def differences(claim: Claim, theirs: Mapping[str, str]) -> Iterator[Difference]:
    """Compare both ways: what they say with our value there, and what we say with theirs."""
    for path, value in theirs.items():
        mine = text(value_at(claim, path))
        if mine != value:
            yield Difference(path, mine, value)
    for path, mine in reported(claim):
        if path not in theirs:
            yield Difference(path, mine, None)


def explains(entry: str, difference: Difference) -> bool:
    """Return whether an entry of the table is the reason: x12sdk says nothing, never something else."""
    if difference.theirs is not None:
        return False
    pattern = difference.pattern
    if entry.endswith("*"):
        return pattern.startswith(entry[:-1])
    return pattern.endswith(entry[1:]) if entry.startswith("*") else pattern == entry


@cache
def data_of(name: str) -> bytes:
    return SAMPLES.get(name) or as_bytes(GENERATED[name])[0]


@cache
def differences_in(name: str) -> tuple[Difference, ...]:
    pairs = zip(ours(data_of(name)), view.claims_of(data_of(name)), strict=True)
    return tuple(difference for claim, theirs in pairs for difference in differences(claim, theirs))


@cache
def refused_in(name: str) -> tuple[tuple[int, frozenset[str]], ...]:
    """Return (claims, complaints) of every transaction of a file."""
    transactions = trees.transactions(data_of(name).decode())
    return tuple((len(list(t.claims())), t.refused) for t in transactions)


@pytest.mark.parametrize("name", FILES)
def test_every_claim_is_there_in_both(name: str) -> None:
    mine = [claim.patient_control_number for claim in ours(data_of(name))]
    assert mine == [claim["patient_control_number"] for claim in view.claims_of(data_of(name))]
    assert mine and (name not in GENERATED or len(mine) == GENERATED[name].claims)


@pytest.mark.parametrize("name", FILES)
def test_no_value_differs_without_a_reason(name: str) -> None:
    unexplained = {
        difference.pattern: difference
        for difference in differences_in(name)
        if not any(explains(entry, difference) for entry in EXPLAINED)
    }
    assert not unexplained


def test_every_reason_is_needed() -> None:
    found = {difference for name in FILES for difference in differences_in(name)}
    assert not [entry for entry in EXPLAINED if not any(explains(entry, d) for d in found)]


@pytest.mark.parametrize("name", FILES)
def test_what_its_models_refuse_is_known(name: str) -> None:
    complaints = {complaint for _, refused in refused_in(name) for complaint in refused}
    assert not {c for c in complaints if not any(entry in c for entry in REFUSED)}


def test_every_known_refusal_occurs() -> None:
    complaints = {complaint for name in FILES for _, refused in refused_in(name) for complaint in refused}
    assert not [entry for entry in REFUSED if not any(entry in c for c in complaints)]


def test_enough_claims_are_compared() -> None:
    """Also by x12sdk's models, not only as its parser had them."""
    counted = [(claims, refused) for name in FILES for claims, refused in refused_in(name)]
    assert sum(claims for claims, _ in counted) >= 500
    assert sum(claims for claims, refused in counted if not refused) >= 100
