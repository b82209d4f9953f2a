"""What an editor can put in as a whole, for the author to fill: a rule, conditions, examples, amendments.

`$1`, `${2:text}` are the places that the cursor goes to, in that order. A label shows what is put in.
"""

from __future__ import annotations

from collections.abc import Mapping

_RULE = """\
schema: 1
id: ${1:ACME-001}
name: ${2:what-is-wrong}
title: ${3:What is wrong, as a sentence}
status: preview
severity: ${4|reject,deny,warn,info|}
snip: ${5:null}
for_each: ${6:claim}
require: {field: ${7:subscriber.group_number}, present: true}
at: [${7:subscriber.group_number}]
message: ${8:What is wrong on this claim.}
why: ${9:What the payer does with such a claim.}
references: [${10:SOURCE}]
examples:
  pass:
    - {name: ${11:it is there}, base: ${12:professional_example_health}}
  fail:
    - name: ${13:it is not}
      base: ${12:professional_example_health}
      remove: [${7:subscriber.group_number}]
      expect: [{at: ${7:subscriber.group_number}}]
"""

#: Label → text, by model.
SNIPPETS: Mapping[str, Mapping[str, str]] = {
    "Rule": {"a new rule": _RULE},
    "Condition": {
        "{field: …, present: true}": "{field: $1, present: true}",
        "{field: …, equals: …}": '{field: $1, equals: "$2"}',
        "{field: …, equals: {path: …}}": "{field: $1, equals: {path: $2}}",
        "{field: …, in: […]}": '{field: $1, in: ["$2"]}',
        "{field: …, in_set: …}": "{field: $1, in_set: $2}",
        "{some: …, where: {…}}": "{some: ${1:lines}, as: ${2:other}, where: {field: $2.$3, equals: $4}}",
        "{every: …, satisfies: {…}}": "{every: ${1:lines}, satisfies: {field: ${2:line}.$3, present: true}}",
    },
    "Scope": {
        "{each: …, where: {…}}": "{each: ${1:lines}, where: {field: ${2:line}.$3, present: true}}",
        "{pairs: …}": "{pairs: ${1:lines}, as: [${2:first}, ${3:second}], same: [${4:service_date.from}]}",
        "{groups: …}": "{groups: ${1:lines}, by: [${2:procedure.code}, ${3:service_date.from}]}",
    },
    "AmendSpec": {
        "{applicability: advise, …}": "{applicability: advise, title: $1}",
        "{applicability: confirm, …}": "{applicability: confirm, title: $1, change: [{set: $2, to: $3}]}",
        "{applicability: safe, …}": (
            "{applicability: safe, title: $1, change: [{set: $2, to: {text: digits_only, of: $2}}]}"
        ),
    },
    "Example": {
        "{name: …, base: …}": "{name: $1, base: ${2:professional}}",
        "{name: …, base: …, set: {…}}": '{name: $1, base: ${2:professional}, set: {"$3": "$4"}}',
        "{name: …, base: …, set: {…}, expect: […]}": (
            '{name: $1, base: ${2:professional}, set: {"$3": "$4"}, expect: [{at: "$3", value: "$4"}]}'
        ),
    },
    "DenialSpec": {"{group: …, carc: …}": '{group: ${1:CO}, carc: "$2", rarc: [$3]}'},
}
