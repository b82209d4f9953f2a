"""x12sdk's parse of 837 files: the loops it finds, as nested dicts, and what it has against them.

x12sdk validates whole transactions, and its models are narrower than the guides. A transaction that they
refuse is shown as its parser had it, in the same shape. Four faults are worked around on the way; each
loses claims or loops, or a whole file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from x12sdk.io import X12SegmentReader
from x12sdk.parsing import X12Parser, create_parser
from x12sdk.v5010.segments import SEGMENT_LOOKUP

Tree = Mapping[str, Any]


@dataclass(frozen=True)
class Transaction:
    """One ST. `refused` says what x12sdk's models have against it: nothing, when they accept it."""

    tree: Tree
    component: str
    refused: frozenset[str]

    def claims(self) -> Iterator[tuple[Tree, Tree, Tree, Tree]]:
        """Yield (2000A, 2000B, 2000C or nothing, 2300) of every claim, in file order."""
        for provider in loops(self.tree, "loop_2000a"):
            for subscriber in loops(provider, "loop_2000b"):
                for patient in ({}, *loops(subscriber, "loop_2000c")):
                    for claim in loops(patient or subscriber, "loop_2300"):
                        yield provider, subscriber, patient, claim


def transactions(text: str) -> Iterator[Transaction]:
    """Yield the transactions of a file, in file order."""
    with X12SegmentReader(text) as reader:
        delimiters = reader.delimiters
        assert delimiters is not None
        guide, walk = "", None
        for name, fields in reader.segments():
            if name == "GS":
                guide = fields[8]
            elif name == "ST":
                walk = _Walk(create_parser(fields[1], guide, delimiters))
            if walk is not None and name not in ("ISA", "GS", "GE", "IEA"):
                tree = walk.feed(name, fields)
                if tree is not None:
                    yield Transaction(tree, delimiters.component_separator, frozenset(walk.refused))


def loops(parent: Tree, name: str) -> list[Tree]:
    """Return the loops or segments that stand under a name: none, one or many."""
    found = parent.get(name) or []
    return [found] if isinstance(found, Mapping) else [item for item in found if item]


def segments(loop: Tree, name: str) -> list[Tree]:
    """Return the segments of a loop with this identifier."""
    return loops(loop, f"{name}_segment")


class _Walk:
    """Feeds the segments of one transaction to x12sdk's parser."""

    def __init__(self, parser: X12Parser) -> None:
        self._parser = parser
        self._context = parser._context
        self.refused: set[str] = set()

    def feed(self, name: str, fields: list[str]) -> Tree | None:
        """Parse a segment; at the end of the transaction, return its tree."""
        known = len(SEGMENT_LOOKUP[name].model_fields) - 1  # all but `delimiters`
        earlier = self._earlier_adjudications() if name == "SVD" else []
        if name == "NM1" and fields[1] in ("DN", "P3"):
            self._set_aside_referring_provider()
        try:
            model = self._parser.parse(name, fields[:known])
        except ValidationError as error:
            self._refuse(error)
            return self._context.transaction_data
        if earlier:
            self._place()["loop_2430"][:0] = earlier
        if name == "HL" and fields[3] == "22":
            # Else the subscriber's own claims, where there are dependents, go to the patient before.
            self._context.patient_record = self._context.subscriber_record
        if len(fields) > known:  # else it raises, and the file is lost
            self.refused.add(f"{name} has more than {known - 1} elements")
            found = self._context.loop_container[f"{name.lower()}_segment"]
            (found[-1] if isinstance(found, list) else found)["cut"] = True
        return None if model is None else model.model_dump()

    def _refuse(self, error: ValidationError) -> None:
        for problem in error.errors():
            place = ".".join(str(part) for part in problem["loc"] if not isinstance(part, int))
            if not place.endswith(".cut"):
                self.refused.add(f"{place}: {problem['msg']}".removeprefix(": "))

    def _place(self) -> dict[str, Any]:
        """Return the line that is being read, or the claim before its first line."""
        patient = self._context.patient_record
        assert patient is not None
        claim: dict[str, Any] = patient["loop_2300"][-1]
        return claim["loop_2400"][-1] if claim.get("loop_2400") else claim

    def _earlier_adjudications(self) -> list[Any]:
        """Return the line's 2430 loops: x12sdk begins an empty list of them at every SVD."""
        return list(self._place().get("loop_2430", ()))

    def _set_aside_referring_provider(self) -> None:
        """Rename a first 2310A or 2420F: they repeat (DN and P3), and x12sdk has room for one."""
        if str(self._context.loop_name.value).startswith(("loop_232", "loop_233")):
            return
        place = self._place()
        for key in ("loop_2310a", "loop_2420f"):
            first = place.get(key, {}).get("nm1_segment")
            if isinstance(first, dict) and first["entity_identifier_code"] in ("DN", "P3"):
                place[f"{key}_first"] = place.pop(key)
