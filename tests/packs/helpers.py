"""What the tests of rule packs share: a whole rule as text, and how to see its mistakes."""

from __future__ import annotations

from scrubber.packs.check import Vocabulary, check_rule
from scrubber.packs.parse import parse_rule

RULE = """\
schema: 1
id: CDS-001
name: units-missing
title: A line has no units
status: draft
severity: warn
snip: null
for_each: lines
require: {field: line.units, present: true}
at: [line.units]
message: "Line {line.number} has no units."
why: A payer cannot price a line without units.
references: [SOURCE]
examples:
  pass:
    - {name: units given, base: clean}
  fail:
    - {name: none, base: clean, remove: ["lines[0].units"], expect: [{at: "lines[0].units"}]}
"""

REQUIRE = "require: {field: line.units, present: true}"

VOCABULARY = Vocabulary(
    sets=("visits",), sources=("SOURCE",), bases=("clean",), payers=("example",), builders=("reorder",)
)


def mistakes(*changes: tuple[str, str]) -> list[str]:
    """Return the mistakes of the rule after replacing parts of its text, without the file name."""
    text = RULE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    if "service_date" in text and "applies_to" not in text:  # which only professional lines must have
        text += "applies_to: {claim_types: [professional]}\n"
    parsed, document = parse_rule(text.encode(), "rule.yaml")
    found = list(document.problems)
    if parsed is not None:
        found += check_rule(parsed, VOCABULARY)
    return [str(d).removeprefix("rule.yaml:") for d in sorted(found, key=lambda d: d.order)]
