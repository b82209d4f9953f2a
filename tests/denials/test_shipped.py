"""The shipped knowledge: complete, consistent with the rules, in own words."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from scrubber.denials import Denials, explain, load_denials
from scrubber.denials.codes import canonical
from scrubber.denials.schema import Step


def shipped_rules(rules_dir: Path) -> dict[str, dict[str, object]]:
    found = {}
    for path in rules_dir.rglob("*.yaml"):
        if re.match(r"[A-Z]{2,5}-[0-9]{3}", path.name) and "denials" not in path.parts:
            rule = yaml.safe_load(path.read_text(encoding="utf-8"))
            if "require" in rule:
                found[rule["id"]] = rule
    return found


def test_every_rule_that_an_entry_names_is_shipped(denials: Denials, rules_dir: Path) -> None:
    rules = shipped_rules(rules_dir)
    assert load_denials(rules_dir / "denials", denials_sources(denials, rules_dir), rules).entries
    assert rules


def denials_sources(denials: Denials, rules_dir: Path) -> dict[str, object]:
    """The shared sources alone: what the folder's own file adds is taken out again."""
    own = yaml.safe_load((rules_dir / "denials" / "sources.yaml").read_text(encoding="utf-8"))
    return {key: source for key, source in denials.sources.items() if key not in own}


def test_an_entry_that_names_a_rule_covers_the_denial_the_rule_expects(
    denials: Denials, rules_dir: Path
) -> None:
    """The biller who looks up what a finding threatens with finds that finding's rule again."""
    named = {r for e in denials.entries for c in e.entry.causes for r in c.prevented_by}
    rules = shipped_rules(rules_dir)
    # Two rules are about a value wherever it stands, and are named where it leads to in one of its places:
    # FMT-003 (a date, no code of its own) and FMT-004 (an NPI, code 207).
    for rule_id in named - {"FMT-003", "FMT-004"}:
        denial = rules[rule_id]["denial"]
        assert isinstance(denial, dict)
        codes = [f"{denial['group']}-{denial['carc']}", *denial.get("rarc", [])]
        answer = explain(denials, codes)
        assert rule_id in [r for cause in answer.causes for r in cause.prevented_by], rule_id


def test_what_a_rule_threatens_with_is_explained(denials: Denials, rules_dir: Path) -> None:
    """No finding names a denial that the product cannot explain, whichever of its remark codes comes."""
    expected = [
        (rule_id, " ".join([f"{denial['group']}-{denial['carc']}", *rarc]))
        for rule_id, rule in shipped_rules(rules_dir).items()
        if isinstance(denial := rule.get("denial"), dict) and "carc" in denial
        for rarc in ([[remark] for remark in denial["rarc"]] if "rarc" in denial else [[]])
    ]
    unexplained = [
        (rule_id, codes) for rule_id, codes in expected if explain(denials, [codes]).status != "explained"
    ]
    assert unexplained == []
    assert len(expected) > 20


def test_every_source_is_used_and_none_is_a_bare_homepage(denials: Denials, rules_dir: Path) -> None:
    own = yaml.safe_load((rules_dir / "denials" / "sources.yaml").read_text(encoding="utf-8"))
    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted((rules_dir / "denials").glob("*.yaml")))
    for key, source in own.items():
        assert len(re.findall(rf"(?<![A-Z0-9-]){re.escape(key)}(?![A-Z0-9.-])", text)) > 1, key
        if "url" in source:
            assert re.match(r"https?://[^/]+/.+", source["url"]), key


def test_replacements_ask_for_the_claim_control_number_and_all_lines(denials: Denials) -> None:
    for loaded in denials.entries:
        step: Step | None = loaded.entry.next_step
        while step is not None:
            if step.action == "corrected_claim":
                sent = " ".join(step.send)
                assert "REF*F8" in sent and "All original lines" in sent, loaded.name
            step = step.else_


def test_entries_about_16_name_a_remark(denials: Denials) -> None:
    needing = {canonical(c) for c in denials.signals.needs_remark.carcs}
    for loaded in denials.entries:
        if canonical(loaded.entry.key.carc) in needing:
            assert loaded.entry.key.rarc_any, loaded.name


def test_a_modifier_or_code_is_never_advised_without_the_record(denials: Denials) -> None:
    for loaded in denials.entries:
        text = loaded.entry.model_dump_json()
        if "odifier that the record supports" in text:
            assert "unsupported_code" in [g.forbid for g in loaded.entry.guardrails] or (
                loaded.name == "OA-18-duplicate"
            )
