"""Files: interchanges, groups, transactions, levels and counts around the claims. Memory is constant.

A file has `interchanges` interchanges, each `groups` groups, each `transactions` transactions; the claims are
spread evenly over all of them, in order. What would hold no claim is left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from benchmarks.claims.claim import Claim, assemble
from benchmarks.claims.coverage import coverage
from benchmarks.claims.dates import SENT, day
from benchmarks.claims.dice import Dice
from benchmarks.claims.mix import Mix, PlantedError
from benchmarks.claims.parties import (
    DENTAL_BILLERS,
    INSTITUTIONAL_BILLERS,
    MOST_FOR_SPECIALISTS,
    PROFESSIONAL_BILLERS,
    Biller,
    BillerKind,
    biller,
    patient,
)
from benchmarks.claims.planting import Block, Planter
from benchmarks.claims.segments import Segment, writer
from benchmarks.claims.settings import Setting, complete, settings_of

_CHUNK = 65536
_VERSIONS = {
    "professional": "005010X222A1",
    "institutional": "005010X223A2",
    "dental": "005010X224A2",
}
_BILLERS = {
    "professional": PROFESSIONAL_BILLERS,
    "institutional": INSTITUTIONAL_BILLERS,
    "dental": DENTAL_BILLERS,
}


def generate(mix: Mix) -> Iterator[bytes]:
    """Yield the file in chunks of bytes. Raises ValueError for a setting that is not known."""
    return _chunks(_File(mix))


def write(mix: Mix, stream: BinaryIO) -> list[PlantedError]:
    """Write the file to a stream and return the errors planted in it, in order."""
    file = _File(mix)
    for chunk in _chunks(file):
        stream.write(chunk)
    return file.planter.planted


def as_bytes(mix: Mix) -> tuple[bytes, list[PlantedError]]:
    """Return a small file as a whole, and the errors planted in it."""
    stream = io.BytesIO()
    planted = write(mix, stream)
    return stream.getvalue(), planted


def _chunks(file: _File) -> Iterator[bytes]:
    text = writer(file.mix.delimiters, file.mix.newline)
    parts: list[str] = []
    size = 0
    for block in file.blocks():
        part = "".join(map(text, block))
        parts.append(part)
        size += len(part)
        if size >= _CHUNK:
            yield "".join(parts).encode(file.mix.encoding)
            parts, size = [], 0
    yield "".join(parts).encode(file.mix.encoding)


class _File:
    """One run of the generator: where it is in the file."""

    def __init__(self, mix: Mix) -> None:
        known = settings_of(mix.claim_type)
        names = sorted(mix.settings) if mix.settings is not None else list(known)
        unknown = [name for name in names if name not in known]
        if unknown or not names:
            wrong = ", ".join(unknown) or "none given"
            raise ValueError(f"settings for {mix.claim_type} claims: {wrong}; known: {', '.join(known)}")
        self.mix = mix
        self.dice = Dice(mix.seed)
        self.planter = Planter(mix)
        self._institutional = mix.claim_type == "institutional"
        self._dental = mix.claim_type == "dental"
        self._settings = {name: known[name] for name in names}
        self._kinds = self._biller_kinds()
        self._position = 0  # segments written so far
        self._index = 0  # claims made so far
        self._hl = 0  # levels opened in this transaction
        self._since_st = 0
        self._loaded: list[Segment] = []  # segments that wait for the next claim
        self._left = 0  # claims that this transaction has still to get

    def _biller_kinds(self) -> tuple[BillerKind, ...]:
        kinds = _BILLERS[self.mix.claim_type]
        special = self.mix.settings is not None or self.mix.subscribers_a_provider <= MOST_FOR_SPECIALISTS
        able = [k for k in kinds if k.settings is None or (special and k.settings & set(self._settings))]
        return tuple(able)

    # --- envelopes ---------------------------------------------------------------------------------

    def blocks(self) -> Iterator[list[Segment]]:
        """Yield the file's segments, a claim (with what stands before it) at a time."""
        mix = self.mix
        count = mix.interchanges * mix.groups * mix.transactions
        quotas = [mix.claims * (i + 1) // count - mix.claims * i // count for i in range(count)]
        if not mix.claims:
            quotas, count = [0], 1
        per_interchange = mix.groups * mix.transactions
        group_number = 0
        for i in range(mix.interchanges):
            part = quotas[i * per_interchange : (i + 1) * per_interchange]
            groups = [part[g * mix.transactions : (g + 1) * mix.transactions] for g in range(mix.groups)]
            groups = [group for group in groups if any(group) or (group and not mix.claims)]
            if not groups:
                continue
            yield self._count([self._isa(i + 1)])
            for group in groups:
                group_number += 1
                yield self._count([self._gs(group_number)])
                sets = [quota for quota in group if quota or not mix.claims]
                for number, quota in enumerate(sets, 1):
                    yield from self._transaction(number, quota)
                yield self._count([Segment("GS", "GE", str(len(sets)), str(group_number))])
            yield self._count([Segment("ISA", "IEA", str(len(groups)), f"{i + 1:09d}")])

    def _count(self, segments: list[Segment]) -> list[Segment]:
        self._position += len(segments)
        return segments

    def _isa(self, number: int) -> Segment:
        component, repetition = self.mix.delimiters[1], self.mix.delimiters[2]
        blank = " " * 10
        head = ("ISA", "00", blank, "00", blank, "ZZ", "SUBMITTER01    ", "ZZ", "RECEIVER01     ")
        return Segment(
            "ISA", *head, "260820", "0930", repetition, "00501", f"{number:09d}", "0", "T", component
        )

    def _gs(self, number: int) -> Segment:
        version = _VERSIONS[self.mix.claim_type]
        return Segment(
            "GS", "GS", "HC", "SUBMITTER01", "RECEIVER01", day(SENT), "0930", str(number), "X", version
        )

    def _transaction(self, number: int, quota: int) -> Iterator[list[Segment]]:
        control = f"{number:04d}"
        purpose = "18" if self.dice.chance(0.05) else "00"
        kind = "RP" if self.dice.chance(0.1) else "CH"
        head = [
            Segment("ST", "ST", "837", control, _VERSIONS[self.mix.claim_type]),
            Segment("ST", "BHT", "0019", purpose, f"BATCH{number:06d}", day(SENT), "0930", kind),
            Segment("1000A", "NM1", "41", "2", "SAMPLE BILLING SERVICE", "", "", "", "", "46", "SUBMITTER01"),
            Segment("1000A", "PER", "IC", "TEST DESK", "TE", "2175550111", "EM", "DESK@EXAMPLE.ORG"),
            Segment("1000B", "NM1", "40", "2", "SAMPLE CLEARINGHOUSE", "", "", "", "", "46", "RECEIVER01"),
        ]
        self._hl, self._since_st, self._left = 0, len(head), quota
        yield self._count(head)
        while self._left:
            yield from self._provider(control)
        if not quota:
            yield self._count([Segment("ST", "SE", str(self._since_st + 1), control)])

    # --- levels ------------------------------------------------------------------------------------

    def _provider(self, control: str) -> Iterator[list[Segment]]:
        bills = biller(
            self.dice, self._kinds, institutional=self._institutional, accents=self.mix.encoding != "ascii"
        )
        self._hl += 1
        level = self._hl
        self._loaded = [Segment("2000A", "HL", str(level), "", "20", "1"), *bills.segments]
        for _ in range(self.mix.subscribers_a_provider):
            if not self._left:
                return
            yield from self._subscriber(bills, level, control)

    def _subscriber(self, bills: Biller, parent: int, control: str) -> Iterator[list[Segment]]:
        names = [n for n in self._settings if bills.kind.settings is None or n in bills.kind.settings]
        setting = self._draw(names)
        needs = setting.needs
        institutional, accents = self._institutional, self.mix.encoding != "ascii"
        cover = coverage(
            self.dice,
            needs.program,
            self.mix.coordination,
            institutional=institutional,
            adult=needs.ages[0] > 18 and not self._dental,  # Medicare pays dentists nearly nothing
        )
        # What only professional claims say of a patient, dental ones do not say either.
        bare = institutional or self._dental
        who = patient(self.dice, needs, cover, institutional=bare, accents=accents)
        for i, level in enumerate(who.levels):
            self._hl += 1
            loop, code = ("2000B", "22") if i == 0 else ("2000C", "23")
            children = "1" if i + 1 < len(who.levels) else "0"
            self._loaded.append(Segment(loop, "HL", str(self._hl), str(parent), code, children))
            self._loaded += level
            parent = self._hl
        ordinary = [n for n in names if not self._settings[n].special]
        for number in range(min(self.mix.claims_a_subscriber, self._left)):
            if number and not setting.special and ordinary:
                setting = self._draw(ordinary)
            claim = Claim(
                self.dice,
                self._identifier(),
                bills,
                who,
                self.dice.between(*self.mix.lines),
                institutional=institutional,
                dental=self._dental,
            )
            complete(claim, setting)
            yield self._close(claim, control)

    def _draw(self, names: list[str]) -> Setting:
        return self._settings[self.dice.weighted(names, [self._settings[n].weight for n in names])]

    def _identifier(self) -> str:
        """Return CLM01: different for every claim of the file, at most 20 characters."""
        form = ("FICT-{:07d}", "MOCK{:08d}", "TEST {:06d} A", "{:07d}.1")[
            self.dice.weighted(range(4), (8, 3, 1, 1))
        ]
        return form.format(self._index + 1)

    def _close(self, claim: Claim, control: str) -> list[Segment]:
        """Return the segments of a claim with what waited for it, and the trailer after the last one."""
        segments = self._loaded + assemble(claim)
        self._loaded = []
        self._left -= 1
        self._since_st += len(segments)
        if not self._left:
            segments.append(Segment("ST", "SE", str(self._since_st + 1), control))
        if self.planter.wanted():
            before = len(segments)
            self.planter.plant(Block(segments, claim, self._index, self._position + 1))
            grown = len(segments) - before
            self._since_st += grown
            if grown and not self._left:
                segments[-1].put(1, str(int(segments[-1].get(1)) + grown))
        self._index += 1
        return self._count(segments)
