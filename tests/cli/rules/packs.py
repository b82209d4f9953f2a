"""Small packs of rules for the tests of `scrubber rules`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scrubber.packs.bundle import Bundle
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES

RULE = """\
schema: 1
id: ZZZ-001
name: control-number-missing
title: The claim has no control number
status: stable
severity: reject
snip: null
for_each: claim
require: {field: patient_control_number, present: true}
at: [patient_control_number]
message: The claim has no control number.
why: The answer cannot be matched without it.
references: [STEDI-PCN]
examples:
  pass:
    - {name: given, base: professional}
  fail:
    - name: none
      base: professional
      remove: [patient_control_number]
      expect: [{at: patient_control_number}]
"""


def write_rule(folder: Path, *changes: tuple[str, str], text: str = RULE) -> Path:
    """Write the rule, with parts of its text replaced, under the name that its id and name ask for."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    keys = dict(line.split(": ", 1) for line in text.splitlines() if line.startswith(("id: ", "name: ")))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{keys['id']}-{keys['name']}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@cache
def shipped() -> Bundle:
    """Return the shipped packs: what is expected of them changes when they grow."""
    return load_packs([builtin_rules_dir()], BUILDER_NAMES)
