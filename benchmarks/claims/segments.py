"""Segments, their order within a loop, and how they are written."""

from __future__ import annotations

from collections.abc import Callable

Element = str | tuple[str, ...]


class Segment:
    """A segment in its loop. `elements[0]` is its id; a tuple is an element of several components."""

    __slots__ = ("elements", "loop")

    def __init__(self, loop: str, *elements: Element) -> None:
        self.loop = loop
        self.elements: list[Element] = list(elements)

    @property
    def id(self) -> str:
        """The segment's id."""
        return str(self.elements[0])

    def get(self, element: int, component: int = 1) -> str:
        """Return a component, counted from 1; empty when it is not there."""
        value = self.elements[element] if element < len(self.elements) else ""
        if isinstance(value, str):
            return value if component == 1 else ""
        return value[component - 1] if component <= len(value) else ""

    def put(self, element: int, value: str, component: int | None = None) -> None:
        """Replace an element, or one component of it."""
        self.elements += [""] * (element + 1 - len(self.elements))
        old = self.elements[element]
        if component is None:
            self.elements[element] = value
            return
        parts = list(old) if isinstance(old, tuple) else [old]
        parts += [""] * (component - len(parts))
        parts[component - 1] = value
        self.elements[element] = tuple(parts)


_2300 = "CLM DTP CL1 DN1 DN2 PWK CN1 AMT REF K3 NTE CR1 CR2 CRC HI HCP"
_2400 = "LX SV1 SV2 SV3 TOO SV5 PWK CR1 CR3 CRC DTP QTY MEA CN1 REF AMT K3 NTE PS1 HCP"
ORDER_2300 = {name: i for i, name in enumerate(_2300.split())}
ORDER_2400 = {name: i for i, name in enumerate(_2400.split())}


def in_order(segments: list[Segment], order: dict[str, int]) -> list[Segment]:
    """Return the segments in the guide's order; those with the same id stay as they were added."""
    return sorted(segments, key=lambda segment: order[segment.id])


def money(cents: int) -> str:
    """Return cents as an X12 amount: no zeros at the end, no point without decimals."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    whole, part = divmod(cents, 100)
    return f"{sign}{whole}.{part:02d}".rstrip("0") if part else f"{sign}{whole}"


def cents(amount: str) -> int:
    """Return an X12 amount in cents."""
    whole, _, part = amount.lstrip("-").partition(".")
    value = int(whole or "0") * 100 + int((part + "00")[:2])
    return -value if amount.startswith("-") else value


def writer(delimiters: str, newline: str) -> Callable[[Segment], str]:
    """Return a function that writes a segment; empty elements and components at an end are left out."""
    element, component, end = delimiters[0], delimiters[1], delimiters[3] + newline

    def text(segment: Segment) -> str:
        parts = [
            part if part.__class__ is str else component.join(part).rstrip(component)
            for part in segment.elements
        ]
        return element.join(parts).rstrip(element) + end

    return text
