"""A small guide in YAML that has one of everything, for tests that make one mistake in it."""

from __future__ import annotations

from scrubber.packs.discover import builtin_rules_dir

#: The shipped structure of segments, which it builds on.
SEGMENTS = (builtin_rules_dir() / "guides" / "segments.yaml").read_bytes()
SMALL = """schema: 1
guide: 005010X999
aliases: [005010X998]
transaction: "837"
name: Small guide
loop:
  ISA:
    name: interchange
    usage: R
    repeat: unlimited
    children:
      - NM1:
          name: who this is about
          usage: R
          max: 1
          elements:
            "01": {R: who this is, codes: ["85"]}
            "08": {S: kind of identifier, codes: ["XX"]}
            "09": {S: identifier, formats: {XX: npi}}
      - any_order:
          - REF:
              name: tax id
              usage: S
              max: 2
              source: [BOOK]
              elements:
                "01": {R: kind of number, codes: ["EI"]}
                "02": {R: number, format: digits9, most: 20}
          - REF:
              name: license
              usage: S
              checked: false
              elements:
                "01": {R: kind of number, codes: ["0B"]}
                "02": {R: number}
      - 2310B:
          name: inner
          usage: S
          repeat: 2
          children:
            - CLM:
                name: claim
                usage: R
                elements:
                  "05":
                    R: place
                    components:
                      "1": {R: place of service, codes_from: pos}
            - DTP:
                name: date
                usage: R
                elements:
                  "01": {R: kind of date, codes: ["472"]}
                  "02": {R: how the date is written, codes: ["D8", "RD8"]}
                  "03": {R: date}
      - 2320:
          name: outer
          usage: S
          repeat: 1
          children:
            - SBR:
                name: subscriber
                usage: R
                elements:
                  "01": {R: order}
            - 2310B:
                same_as: ISA/2310B
"""
