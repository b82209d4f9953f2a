"""Segment handlers, generated from the field table: one small function per (loop, segment).

A handler moves the elements of one segment into the object its loop fills. Generating them keeps the
table the only place that knows where a value stands, and is as fast as writing them by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from scrubber.claim.fields import CONDITION_CODE_QUALIFIER, DIAGNOSIS_ROLES, FIELDS, Field
from scrubber.claim.model import (
    Address,
    Adjustment,
    Attachment,
    Claim,
    Diagnosis,
    LineAdjudication,
    Note,
    OtherPayer,
)
from scrubber.claim.paths import attribute
from scrubber.claim.values import read_amount, read_date, read_number
from scrubber.read.loops import LOOPS

#: (object the loop fills, elements, component separator)
Handler = Callable[[object, list[str], str], None]

_ROOT_PREFIX = {
    "header": "",
    "claim": "",
    "other_payer": "other_payers[].",
    "line": "lines[].",
    "adjudication": "lines[].adjudications[].",
}
_READERS = {"amount": "read_amount", "quantity": "read_amount", "number": "read_number", "date": "read_date"}


@cache
def handlers() -> dict[tuple[str, str], Handler]:
    """Return the handler of every (loop, segment) that fills something."""
    rows: dict[tuple[str, str], list[Field]] = {}
    for field in FIELDS:
        if field.segment not in ("HI", "CAS", "PWK", "NTE"):
            rows.setdefault((field.loop, field.segment), []).append(field)
    out: dict[tuple[str, str], Handler] = {key: _compile(key, group) for key, group in rows.items()}
    out[("2300", "HI")] = _health_care_information
    out[("2320", "CAS")] = out[("2430", "CAS")] = _adjustments
    out[("2300", "PWK")] = _paperwork
    out[("2300", "NTE")] = _note
    return out


def source_of(loop: str, segment: str, rows: list[Field]) -> str:
    """Return the Python source of one handler."""
    prefix = _ROOT_PREFIX[LOOPS[loop].root]
    body = [f"def handle(o, e, sep):  # {loop} {segment}", "    n = len(e)"]
    for row in rows:
        path = row.path.removeprefix(prefix)
        names = [attribute(name) for name in path.removesuffix("[]").split(".")]
        target = ".".join(["o", *names])
        guard = f"n > {row.element}"
        if row.where:
            element, values = row.where
            guard += f" and e[{element}] in {set(values)!r}" if len(values) > 1 else ""
            guard += f" and e[{element}] == {next(iter(values))!r}" if len(values) == 1 else ""
            if element > row.element:
                guard = f"n > {element} and " + guard
        if row.path == "billing_provider.phone":
            guard += f" and {target} is None"  # several places of one path: the first that is there
        for end in range(1, len(names)):  # objects that a segment may have to create
            if names[end - 1] == "address":
                holder = ".".join(["o", *names[:end]])
                body.append(f"    if {holder} is None: {holder} = Address()")
        body.append(f"    if {guard}:")
        body.extend("        " + text for text in _assign(row, target))
    return "\n".join(body)


def _assign(row: Field, target: str) -> list[str]:
    reader = _READERS.get(row.kind)

    def read(value: str) -> str:
        return f"{reader}({value})" if reader else value

    if row.path.endswith("[]"):
        if row.component:
            parts = f"e[{row.element}].split(sep)[{row.component - 1}:{row.last}]"
        else:
            parts = f"e[{row.element}:{(row.last or row.element) + 1}]"
        return [f"{target} = [{read('v')} for v in {parts} if v and not v.isspace()]"]
    if row.component:
        lines = [
            f"v = e[{row.element}].split(sep)",
            f"v = v[{row.component - 1}] if len(v) >= {row.component} else ''",
        ]
        return [*lines, f"if v and not v.isspace(): {target} = {read('v')}"]
    lines = [f"v = e[{row.element}]"]
    if row.part:
        lines += [
            "if e[2] == 'RD8':",
            "    v = v.partition('-')[0]" if row.part == "from" else "    v = v.partition('-')[2] or f'{v}-'",
        ]
        if row.part == "through":  # a second date segment replaces the first one whole
            lines += ["else: v = ''", f"{target} = None"]
    return [*lines, f"if v and not v.isspace(): {target} = {read('v')}"]


def _compile(key: tuple[str, str], rows: list[Field]) -> Handler:
    scope: dict[str, Any] = {
        "Address": Address,
        "read_amount": read_amount,
        "read_date": read_date,
        "read_number": read_number,
    }
    name = re.sub(r"\W", "_", "_".join(key))
    exec(compile(source_of(*key, rows), f"<handler {name}>", "exec"), scope)
    handle: Handler = scope["handle"]
    return handle


def _health_care_information(target: object, e: list[str], sep: str) -> None:
    assert isinstance(target, Claim)
    for composite in e[1:]:
        parts = composite.split(sep)
        if len(parts) < 2 or not parts[1].strip():
            continue
        if parts[0] in DIAGNOSIS_ROLES:
            target.diagnoses.append(Diagnosis(parts[1], DIAGNOSIS_ROLES[parts[0]]))
        elif parts[0] == CONDITION_CODE_QUALIFIER:
            target.condition_codes.append(parts[1])


def _adjustments(target: object, e: list[str], sep: str) -> None:
    assert isinstance(target, OtherPayer | LineAdjudication)
    adjustments = target.adjustments
    for i in range(2, len(e), 3):
        if e[i].strip():
            amount = read_amount(e[i + 1]) if i + 1 < len(e) and e[i + 1].strip() else None
            adjustments.append(Adjustment(e[1] or None, e[i], amount))


def _element(e: list[str], i: int) -> str | None:
    return e[i] if len(e) > i and e[i].strip() else None


def _paperwork(target: object, e: list[str], sep: str) -> None:
    assert isinstance(target, Claim)
    target.attachments.append(Attachment(_element(e, 1), _element(e, 2), _element(e, 6)))


def _note(target: object, e: list[str], sep: str) -> None:
    assert isinstance(target, Claim)
    target.notes.append(Note(_element(e, 1), _element(e, 2)))
