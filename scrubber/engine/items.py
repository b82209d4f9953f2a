"""The items that rules look at: objects and plain values of a claim, each with its concrete path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrubber.claim.background import PriorLine
from scrubber.claim.derived import DERIVED
from scrubber.claim.formats import is_date
from scrubber.claim.gathered import GATHERERS, Part
from scrubber.claim.model import Claim
from scrubber.claim.shape import attribute
from scrubber.claim.values import Unreadable, as_text, read_amount, read_date


@dataclass(slots=True)
class Item:
    """One item in scope: the object (or plain value) and its concrete path. Never changed."""

    value: Any
    path: str
    pattern: str
    position: int = 0
    parent: Item | None = field(default=None, compare=False, repr=False)


def walk(claim: Claim, steps: Sequence[str], owner: Item | None = None) -> Iterator[Item]:
    """Yield the items that `steps` lead to, from an item or the claim; each knows the one it stands in."""
    if owner is None:
        return _walk(claim, claim, "", "", steps, None)
    value = owner.value
    if isinstance(value, PriorLine):
        claim, value = value.claim, value.line
    return _walk(claim, value, owner.path, owner.pattern, steps, owner)


def _walk(
    claim: Claim, target: Any, path: str, pattern: str, steps: Sequence[str], parent: Item | None
) -> Iterator[Item]:
    if target is None or isinstance(target, Unreadable):
        return
    step, rest = steps[0], steps[1:]
    name = step.removesuffix("[]")
    here, below = f"{path}.{name}" if path else name, f"{pattern}.{step}" if pattern else step
    if below in GATHERERS:
        parts: Iterable[Part] = GATHERERS[below](claim, target, path)
    elif below in DERIVED:  # a list that is worked out stands nowhere
        found = DERIVED[below].function(claim, target, None)
        parts = ((f"{here}[{i}]", below, member) for i, member in enumerate(found))
    elif step.endswith("[]"):
        members = getattr(target, attribute(name)) or ()
        parts = ((f"{here}[{i}]", below, member) for i, member in enumerate(members))
    else:
        yield from _walk(claim, getattr(target, attribute(name)), here, below, rest, parent)
        return
    for position, (place, real, member) in enumerate(parts, 1):
        item = Item(member, place, real, position, parent)
        if rest:
            yield from _walk(claim, member, place, real, rest, item)
        else:
            yield item


def sent(value: Any) -> str:
    """Return a value as it was sent. A text that only looks like a date where it stands gets a mark."""
    text = as_text(value)
    return f"?{text}" if isinstance(value, Unreadable) and is_date(text) else text


def swept(item: Item, part: str) -> Any:
    """Return a value wherever it stands (`every.amount`): its path, how it was sent, or the value itself."""
    if part == "path":
        return item.path
    raw = sent(item.value)
    if part == "raw":
        return raw
    kind = item.pattern.removeprefix("every.")
    return (
        read_amount(raw)
        if kind in ("amount", "quantity")
        else read_date(raw.replace("-", ""))
        if kind == "date"
        else raw
    )
