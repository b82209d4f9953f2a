"""What an author sees in an editor while typing, from a real language server: completion, words, mistakes.

The settings are those of the project, so that also the choice of the schema for a file is tested.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.export import SETTINGS
from tests.support.language_server import ROOT, Editor, find_server

RULES = builtin_rules_dir()
SERVER = find_server()
#: A file that is not there: what is typed into it is only in the editor.
NEW_RULE = RULES / "format" / "ACME-001-typed-by-a-test.yaml"

pytestmark = pytest.mark.skipif(SERVER is None, reason="needs yaml-language-server: see CONTRIBUTING.md")


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    schemas = json.loads(SETTINGS.read_text(encoding="utf-8"))["yaml.schemas"]
    assert SERVER is not None
    running = Editor(SERVER, ROOT, schemas)
    yield running
    running.close()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("|", ["a new rule", "schema", "for_each", "require", "examples"]),
        ("status: |", ["draft", "preview", "stable", "deprecated"]),
        ("severity: |", ["reject", "deny", "warn", "info"]),
        ("applies_to:\n  |", ["claim_types", "payers", "effective"]),
        ("applies_to: {payers: [|]}", ["example_health", "example_state"]),
        ("for_each: |", ["claim", "lines", "every.npi", "{pairs: …}"]),
        ("for_each: {each: |}", ["lines", "diagnoses", "lines.modifiers"]),
        ("needs: [|]", ["history", "context.authorizations"]),
        ("lookup:\n  row:\n    |", ["table", "keys", "as_of", "many"]),
        ("lookup:\n  row:\n    keys:\n      code: |", ["line.procedure.code"]),
        ("let:\n  total:\n    |", ["sum", "subtract", "days_between", "choose"]),
        ("let:\n  total:\n    sum: |", ["lines", "line.adjudications", "group.items"]),
        ("let:\n  total:\n    derived: |", ["therapy_units_allowed"]),
        ("let:\n  total:\n    derived: therapy_units_allowed\n    |", ["over", "of", "where"]),
        ("let:\n  total: {choose: {param: x}, from: |}", ["line.service_date.from"]),
        ("require: |", ["{field: …, present: true}"]),
        ("require: {field: lines.|}", ["lines.charge", "lines.modifiers"]),
        ("require: {field: line.|}", ["line.charge", "line.reported.rendering_provider.npi"]),
        ("require:\n  field: diagnosis.|", ["diagnosis.code", "diagnosis.position"]),
        ("require: {field: line.units, pre|}", ["present", "at_most", "between"]),
        ("require:\n  field: line.units\n  |", ["present", "at_most", "whole_number"]),
        ("when:\n  all:\n    - {field: |}", ["total_charge", "patient.age_days_on_admission"]),
        ("require: {field: line.procedure.code, in_set: |}", ["minor_procedures", "external_cause"]),
        ("require: {field: x, format: |}", ["npi", "phone10"]),
        ("require: {field: x, equals: {path: |}}", ["receipt_date", "modifier.value"]),
        ("at: [|]", ["subscriber.member_id"]),
        ("denial: {group: |}", ["CO", "PR"]),
        ("denial: {group: CO, carc: |}", ['"16"', '"97"']),
        ("denial: {group: CO, rarc: [|]}", ["N290"]),
        ("references: [|]", ["CARC-110"]),
        ("amend: {applicability: |}", ["safe", "confirm", "advise"]),
        ("amend: {applicability: safe, title: x, change: [{set: x, to: {text: |}}]}", ["digits_only"]),
        ("examples:\n  |", ["pass", "fail", "bypassed", "unknown"]),
        ("examples:\n  pass:\n    - |", ["name", "base", "set", "{name: …, base: …}"]),
        ("examples:\n  pass:\n    - {name: x, base: |}", ["professional", "institutional", "dental"]),
    ],
)  # fmt: skip
def test_it_offers(editor: Editor, typed: str, offered: list[str]) -> None:
    labels = editor.complete(NEW_RULE, f"schema: 1\n{typed}" if typed != "|" else typed).keys()
    assert set(offered) <= labels
    assert not {"true", "false"} & labels


@pytest.mark.parametrize(
    ("place", "typed", "offered"),
    [
        ("decisions/DEC-999-x.yaml", "stage: |", "escalate"),
        ("decisions/DEC-999-x.yaml", "then:\n  |", "because"),
        ("decisions/DEC-999-x.yaml", "given:\n  a: {claim: {field: |}}", "payer.key"),
        ("sets/x.yaml", "set: x\n|", "codes"),
        ("sources.yaml", "X-1:\n  |", "checked"),
        ("payers/acme/payer.yaml", "program: |", "medicaid"),
        ("payers/acme/parameters.yaml", "values:\n  - |", "parameter"),
        ("payers/acme/overrides.yaml", "overrides:\n  - rule: |", "BAL-001"),
        ("tables/x/table.yaml", "missing: |", "unknown"),
        ("payers/acme/guide.yaml", "changes:\n  - usage: |", "R"),
        ("coding/pack.yaml", "schema: 1\n|", "precedence"),
    ],
)
def test_it_knows_what_a_file_is(editor: Editor, place: str, typed: str, offered: str) -> None:
    assert offered in editor.complete(RULES / place, typed)


@pytest.mark.parametrize(
    ("typed", "label", "put_in", "about"),
    [
        ("require: {field: line.cha|}", "line.charge", "line.charge", "837P 2400 SV102"),
        ("denial: {carc: |}", '"97"', '"97"', "The payer counts this service as part of another one"),
        ("references: [|]", "CARC-110", "CARC-110", ""),
        ("require: {field: x, in_set: |}", "external_cause", "external_cause", "4 beginnings"),
        ("for_e|", "for_each", "for_each: ", "What is judged"),
        ("status: |", "preview", "preview", "Runs and never blocks."),
    ],
)
def test_what_it_puts_in_and_says_about_it(
    editor: Editor, typed: str, label: str, put_in: str, about: str
) -> None:
    item = editor.complete(NEW_RULE, f"schema: 1\n{typed}")[label]
    assert item["textEdit"]["newText"].startswith(put_in)
    assert about in str(item.get("documentation", ""))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sev|erity: deny", ["Who would answer", "`deny`: The payer would deny it in adjudication"]),
        ("for_each: li|nes", ["A list", "What is judged"]),
        ("require: {field: line.char|ge, present: true}", ["An amount", "837P 2400 SV102", "CMS-1500 24F"]),
        ("require: {field: visit.char|ge, present: true}", ["The value that is looked at"]),
        ("require: {field: x, at_mo|st: 3}", ["The number is this or less."]),
        ("require: {field: x, in_set: minor_proc|edures}", ["9 codes", "The code is in this set"]),
        ("lookup: {row: {tab|le: mine, keys: {a: b}}}", ["The table that is looked into"]),
        ("amend: {applica|bility: safe, title: x}", ["How safe the change is"]),
        ('denial: {carc: "9|7"}', ["part of another one", "Claim adjustment reason code"]),
        ("references: [CARC-1|10]", ["Claim adjustment reason code 110"]),
        ("examples: {pass: [{name: x, ba|se: professional}]}", ["The clean claim that it starts from"]),
    ],
)
def test_it_explains(editor: Editor, text: str, said: list[str]) -> None:
    shown = editor.hover(NEW_RULE, f"schema: 1\n{text}\n")
    for words in said:
        assert words in shown


WHOLE = next((RULES / "format").glob("BAL-001-*.yaml")).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("severity:", "severty:", "Property severty is not allowed."),
        ("status: stable", "status: stabel", "Value is not accepted"),
        ("at: [total_charge]", "at: total_charge", 'Expected "array"'),
        ("for_each: claim", "for_each: {eech: lines}", "Property eech is not allowed."),
    ],
)
def test_it_shows_a_mistake(editor: Editor, old: str, new: str, message: str) -> None:
    assert old in WHOLE
    uri = editor.open(RULES / "format" / f"ACME-{len(new):03}-wrong.yaml", WHOLE.replace(old, new, 1))
    assert any(message in said for said in editor.mistakes(uri).get(uri, []))


def test_names_of_ones_own_are_no_mistake(editor: Editor) -> None:
    text = WHOLE.replace("references: [", "references: [MY-SOURCE, ").replace(
        "require: ", "bypass: {field: my_row.value, in_set: my_set}\nrequire: "
    )
    assert "my_set" in text and "MY-SOURCE" in text and "bypass" not in WHOLE
    uri = editor.open(RULES / "format" / "ACME-002-own-names.yaml", text)
    assert editor.mistakes(uri) == {}


def test_no_shipped_file_is_shown_as_wrong(editor: Editor) -> None:
    files = [path for path in sorted(RULES.rglob("*.yaml")) if "denials" not in path.parts]
    uris = [editor.open(path, path.read_text(encoding="utf-8")) for path in files]
    assert len(files) > 100
    assert editor.mistakes(*uris) == {}
