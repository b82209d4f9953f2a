"""Synthetic rules, as many as asked for: `python -m benchmarks.rules --rules 300 --out DIR`.

They are of the kinds that packs mostly hold (limits of units, modifiers that exclude a code, diagnoses that a
code needs, pairs of codes on one day, values that must be there or have a form), each about codes of its own.
Claims that are generated without errors pass them all: they show what it costs to look.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from random import Random

_PACK = """\
schema: 1
id: synthetic
title: Synthetic rules, to measure with
version: 1.0.0
engine: ">=0.1,<1"
precedence: 10
owner: nobody
"""
_SOURCES = (
    'SYNTHETIC: {title: "None: these rules are made up", publisher: "-", citation: "-", checked: false}\n'
)
_HEAD = """\
schema: 1
id: {id}
name: {name}
title: {title}
status: stable
severity: deny
snip: 7
"""
_TAIL = """\
message: {title}
why: It is made up, to measure with.
references: [SYNTHETIC]
amend: {{applicability: advise, title: Nothing can be done}}
"""
_CODE = '"lines[0].procedure.code"'


def _units(code: str, others: str) -> str:
    return f"""\
for_each: {{each: lines, where: {{field: line.procedure.code, in: {others}}}}}
when: {{field: line.units, present: true}}
require: {{field: line.units, at_most: 400}}
at: [line.units]
examples:
  pass: [{{name: few, base: professional, set: {{{_CODE}: "{code}"}}}}]
  fail:
    - name: many
      base: professional
      set: {{{_CODE}: "{code}", "lines[0].units": 401}}
      expect: [{{at: "lines[0].units"}}]
"""


def _modifiers(code: str, others: str) -> str:
    return f"""\
for_each: lines
when: {{field: line.procedure.code, in: {others}}}
require: {{field: line.modifiers, contains_none: [ZY, ZZ]}}
at: [line.modifiers]
examples:
  pass: [{{name: none, base: professional, set: {{{_CODE}: "{code}"}}}}]
  fail:
    - name: excluded
      base: professional
      set: {{{_CODE}: "{code}", "lines[0].modifiers": [ZZ]}}
      expect: [{{at: "lines[0].modifiers"}}]
"""


def _diagnoses(code: str, others: str) -> str:
    return f"""\
for_each: claim
when: {{some: lines, where: {{field: line.procedure.code, in: {others}}}}}
require: {{some: diagnoses, where: {{field: diagnosis.code, matches: "[A-Z][0-9].*"}}}}
at: [diagnoses.code]
examples:
  pass: [{{name: there, base: professional, set: {{{_CODE}: "{code}"}}}}]
  fail:
    - name: of another form
      base: professional
      set: {{{_CODE}: "{code}", "diagnoses[*].code": "99999"}}
      expect: [{{at: "diagnoses[0].code"}}]
"""


def _pairs(code: str, others: str) -> str:
    return f"""\
for_each: {{pairs: lines, as: [first, second], same: [service_date.from]}}
when:
  all:
    - {{field: first.procedure.code, in: {others}}}
    - {{field: second.procedure.code, in: {others}}}
require: {{field: second.procedure.code, equals: {{path: first.procedure.code}}}}
at: [second.procedure.code]
examples:
  pass: [{{name: the same, base: professional, set: {{"lines[*].procedure.code": "{code}"}}}}]
  fail:
    - name: another
      base: professional
      set: {{{_CODE}: "{code}", "lines[1].procedure.code": {others.split('"')[-2]!r}}}
      expect: [{{at: "lines[1].procedure.code"}}]
"""


def _form(code: str, others: str) -> str:
    return f"""\
for_each: claim
when: {{field: total_charge, present: true}}
require: {{field: patient_control_number, not_in: {others}}}
at: [patient_control_number]
examples:
  pass: [{{name: its own, base: professional}}]
  fail:
    - name: a code
      base: professional
      set: {{patient_control_number: "{code}"}}
      expect: [{{at: patient_control_number}}]
"""


_KINDS = (
    ("units", _units),
    ("modifiers", _modifiers),
    ("diagnoses", _diagnoses),
    ("pairs", _pairs),
    ("form", _form),
)


def write(rules: int, folder: Path, seed: int = 1) -> None:
    """Write a pack of so many rules into a folder."""
    random = Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(_PACK, encoding="ascii")
    (folder / "sources.yaml").write_text(_SOURCES, encoding="ascii")
    for number in range(rules):
        name, body = _KINDS[number % len(_KINDS)]
        codes = [f"{random.randrange(10000, 99999)}" for _ in range(8)]
        listed = f"[{', '.join(f'{chr(34)}{code}{chr(34)}' for code in codes)}]"
        id_, title = f"SYN-{number + 1:03}", f"Synthetic rule {number + 1} about {name}"
        text = (
            _HEAD.format(id=id_, name=name, title=title) + body(codes[0], listed) + _TAIL.format(title=title)
        )
        (folder / f"{id_}-{name}.yaml").write_text(text, encoding="ascii")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the rules."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules", description=__doc__)
    parser.add_argument("--rules", type=int, default=300)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    write(options.rules, options.out, options.seed)


if __name__ == "__main__":
    main()
