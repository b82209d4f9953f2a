"""The driver gives durable-rules only what it gets right, and never takes its silence for an answer."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count, product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.engine import durable
from scrubber.engine.durable import (
    Conclusion,
    EngineError,
    EngineRule,
    EngineUnavailable,
    Fact,
    Ruleset,
    RulesetError,
    When,
    load_engine,
)
from scrubber.engine.durable_shapes import KIND, MOST_NUMBER, Network, fnv1a, is_safe

PAIR = EngineRule("PAIR", {"first": When("f", {"a": 1}), "second": When("f", {"b": 1}, ("line",))})
ALONE = EngineRule("ALONE", {"it": When("f", {"a": 1})}, [When("blocker", {"c": 1}, ("line",))])


def a(number: int, line: int = 0) -> Fact:
    return Fact(f"f{number}", "f", {"a": 1, "line": line})


def b(number: int, line: int = 0) -> Fact:
    return Fact(f"f{number}", "f", {"b": 1, "line": line})


def blocker(number: int, line: int = 0) -> Fact:
    return Fact(f"b{number}", "blocker", {"c": 1, "line": line})


class Meddling:
    """The real engine, with one of its functions replaced."""

    def __init__(self, **replaced: Callable[..., Any]) -> None:
        self._real = load_engine()
        self._replaced = replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced.get(name, getattr(self._real, name))


def meddle(monkeypatch: pytest.MonkeyPatch, ruleset: Ruleset, **replaced: Callable[..., Any]) -> None:
    monkeypatch.setattr(ruleset, "_engine", Meddling(**replaced))


def facts_left(ruleset: Ruleset) -> Any:
    engine: Any = load_engine()
    try:
        return json.loads(engine.get_facts(ruleset._handle, "s"))
    except engine.error as problem:
        assert "309" in str(problem)  # no state at all: it was deleted
        return []


# --- answers ------------------------------------------------------------------------------------------


def test_joins_and_names_its_evidence() -> None:
    ruleset = Ruleset("t", [PAIR])
    assert ruleset.run([a(1, 4), b(2, 4), b(3, 5)]) == [Conclusion("PAIR", {"first": "f1", "second": "f2"})]


def test_remembers_nothing() -> None:
    ruleset = Ruleset("t", [PAIR])
    assert ruleset.run([a(1)]) == []
    assert ruleset.run([b(2)]) == []
    assert facts_left(ruleset) == []


def test_no_facts_no_conclusions() -> None:
    assert Ruleset("t", [PAIR]).run([]) == []


def test_no_rules_no_conclusions() -> None:
    assert Ruleset("t", []).run([a(1)]) == []


def test_conclusions_are_sorted_and_single() -> None:
    rules = [EngineRule(name, {"it": When("f", {"a": 1})}) for name in ("Z", "B", "A")]
    ruleset = Ruleset("t", rules)
    found = ruleset.run([a(2), a(1)])
    assert [(c.rule, c.facts["it"]) for c in found] == [(r, f) for r in "ABZ" for f in ("f1", "f2")]
    assert ruleset.run([a(1), a(2)]) == found


def test_one_fact_is_not_two() -> None:
    ruleset = Ruleset("t", [EngineRule("TWO", {"x": When("f", {"a": 1}), "y": When("f", {"a": 1})})])
    assert ruleset.run([a(1)]) == []
    assert len(ruleset.run([a(1), a(2)])) == 2


def test_threads_may_share_a_ruleset() -> None:
    ruleset = Ruleset("t", [PAIR])

    def work(number: int) -> bool:
        want = [Conclusion("PAIR", {"first": f"f{number}", "second": f"f{number + 1}"})]
        return all(ruleset.run([a(number), b(number + 1)]) == want for _ in range(200))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, [10, 20, 30, 40]))


# --- shapes that go wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_blockers_count_wherever_they_stand(order: list[int]) -> None:
    ruleset = Ruleset("t", [ALONE])
    facts = [a(1), blocker(2)]
    assert ruleset.run([facts[i] for i in order]) == []
    assert ruleset.run([a(1, line=0), blocker(2, line=1)]) == [Conclusion("ALONE", {"it": "f1"})]


def test_two_blockers_then_none() -> None:
    ruleset = Ruleset("t", [ALONE])
    for _ in range(3):
        assert ruleset.run([blocker(2), blocker(3), a(1)]) == []
        assert ruleset.run([a(1)]) == [Conclusion("ALONE", {"it": "f1"})]


def test_what_blocks_cannot_be_looked_for() -> None:
    with pytest.raises(RulesetError, match="blocks rules"):
        Network([EngineRule("R", {"it": When("f")}, [When("f", {"a": 1})])])


def test_an_absence_alone_is_refused() -> None:
    with pytest.raises(RulesetError, match="absence alone"):
        Network([EngineRule("R", {}, [When("blocker")])])


def test_a_fact_without_a_shared_property_is_refused() -> None:
    """The engine would refuse the whole batch (error 311)."""
    ruleset = Ruleset("t", [PAIR])
    with pytest.raises(EngineError, match="no line, which rules share"):
        ruleset.run([a(1), Fact("f2", "f", {"b": 1})])
    assert len(ruleset.run([a(1), b(2)])) == 1


def test_the_first_fact_shares_with_nothing() -> None:
    with pytest.raises(RulesetError, match="nothing to share"):
        Network([EngineRule("R", {"it": When("f", {}, ("line",))})])


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_properties_are_left_out(empty: str | None) -> None:
    """The engine takes null for present."""
    ruleset = Ruleset("t", [EngineRule("R", {"it": When("f", {"a": 1})})])
    assert ruleset.run([Fact("f1", "f", {"a": empty}), a(2)]) == [Conclusion("R", {"it": "f2"})]


@pytest.mark.parametrize(
    "value",
    [True, False, 1.0, float("nan"), float("inf"), 2**53, "5", "-5", "1e5", 'a"b', "a\\b", "{", "ü", [1], {}],
)
def test_values_that_the_engine_misreads_are_refused(value: Any) -> None:
    """True equals 1 and "5" equals 5 to the engine; its JSON parser gives up on more."""
    ruleset = Ruleset("t", [PAIR])
    assert not is_safe(value)
    with pytest.raises(EngineError, match="plain texts and whole numbers"):
        ruleset.run([Fact("f1", "f", {"a": value, "line": 0})])
    with pytest.raises(RulesetError):
        Network([EngineRule("R", {"it": When("f", {"a": value})})])


def test_the_engines_own_fact_matches_nothing() -> None:
    """Every state holds a hidden fact; a pattern begins with a kind, and kinds of ours have no underscore."""
    assert Ruleset("t", [EngineRule("R", {"it": When("f")})]).run([]) == []
    for kind in ("_bof", "_eof"):
        with pytest.raises(RulesetError, match="cannot be a kind"):
            Network([EngineRule("R", {"it": When(kind)})])
        with pytest.raises(EngineError, match="cannot be a kind"):
            Ruleset("t", []).run([Fact("f1", kind, {})])


@pytest.mark.parametrize("name", ["sid", "id", "k", "$s", "$m", "A", "a.b", ""])
def test_names_of_properties_are_checked(name: str) -> None:
    with pytest.raises(RulesetError, match="name of a property"):
        Network([EngineRule("R", {"it": When("f", {name: 1})})])
    with pytest.raises(EngineError, match="cannot be named so"):
        Ruleset("t", []).run([Fact("f1", "f", {name: 1})])


def test_names_of_rules_are_checked() -> None:
    for name in ("_eof", '"', "", "a$not\n"):
        with pytest.raises(RulesetError, match="name of a rule"):
            Network([EngineRule(name, {"it": When("f")})])
    with pytest.raises(RulesetError, match="same name"):
        Network([PAIR, PAIR])


names = st.sampled_from(["a", "b", "c", "line"])
values = st.one_of(st.integers(-9, 9), st.sampled_from(["x", "y z"]))


@st.composite
def engine_rules(draw: st.DrawFn) -> list[EngineRule]:
    def when(kind: str, joined: bool) -> When:
        same = tuple(draw(st.lists(names, max_size=2, unique=True))) if joined else ()
        return When(kind, draw(st.dictionaries(names, values, max_size=3)), same)

    rules = []
    for number in range(draw(st.integers(1, 4))):
        positive = {f"p{n}": when(draw(st.sampled_from("fg")), n > 0) for n in range(draw(st.integers(1, 3)))}
        negative = [when("blocker", True) for _ in range(draw(st.integers(0, 2)))]
        rules.append(EngineRule(f"R{number}", positive, negative))
    return rules


@given(engine_rules())
def test_only_safe_shapes_can_be_written(rules: list[EngineRule]) -> None:
    """Kind first, equalities, joins last, absences after all else; no other operator than `$and`."""
    for rule in Network(rules).source.values():
        patterns = [pattern for entry in rule["all"] for pattern in entry.items()]
        absent = [alias.endswith("$not") for alias, _ in patterns]
        assert absent == sorted(absent) and not absent[0]
        for _, condition in patterns:
            terms = condition.get("$and", [condition])
            joins = [isinstance(value, dict) for term in terms for value in term.values()]
            assert list(terms[0]) == [KIND] and joins == sorted(joins)
            for term in terms:
                ((name, value),) = term.items()
                assert not name.startswith("$")
                assert value == {"m0": name} or is_safe(value)


def expected(rules: list[EngineRule], facts: list[Fact]) -> set[tuple[str, tuple[str, ...]]]:
    """The same by nested loops."""

    def fits(when: When, fact: Fact, first: Fact) -> bool:
        values = fact.properties
        return (
            fact.kind == when.kind
            and all(values.get(n) == v for n, v in when.equal.items())
            and all(values[n] == first.properties[n] for n in when.same)
        )

    found = set()
    for rule in rules:
        for things in product(facts, repeat=len(rule.when)):
            distinct = len({thing.id for thing in things}) == len(things)
            if not distinct or not all(
                fits(w, t, things[0]) for w, t in zip(rule.when.values(), things, strict=True)
            ):
                continue
            if not any(fits(w, fact, things[0]) for w in rule.unless for fact in facts):
                found.add((rule.name, tuple(thing.id for thing in things)))
    return found


@settings(max_examples=60, deadline=None)
@given(engine_rules(), st.data())
def test_the_engine_answers_as_nested_loops_do(rules: list[EngineRule], data: st.DataObject) -> None:
    ruleset = Ruleset("t", rules)
    full = st.fixed_dictionaries(dict.fromkeys(("a", "b", "c", "line"), values))
    for _ in range(4):
        kinds = data.draw(st.lists(st.tuples(st.sampled_from(["f", "g", "blocker"]), full), max_size=7))
        facts = [Fact(f"f{n}", kind, properties) for n, (kind, properties) in enumerate(kinds)]
        found = {(c.rule, tuple(c.facts.values())) for c in ruleset.run(facts)}
        assert found == expected(rules, facts)


# --- ids ----------------------------------------------------------------------------------------------


def test_ids_are_unique_in_a_batch() -> None:
    ruleset = Ruleset("t", [PAIR])
    with pytest.raises(EngineError, match="f1"):
        ruleset.run([a(1), b(1)])
    assert len(ruleset.run([a(1), b(2)])) == 1


def confused_ids() -> tuple[str, str]:
    random = Random(1)
    seen: dict[int, str] = {}
    while True:
        this = f"x{random.getrandbits(64):x}"
        other = seen.setdefault(fnv1a(this), this)
        if other != this:
            return other, this


def test_ids_that_the_engine_confuses_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps a 32-bit hash of an id and drops the second fact, and when the last fact matches nothing it
    does not even say so."""
    ruleset = Ruleset("t", [EngineRule("R", {"it": When("f", {"a": 1})})])
    facts = [Fact(name, "f", {"a": 1}) for name in confused_ids()]
    with pytest.raises(EngineError, match="takes for one"):
        ruleset.run(facts)
    numbers = count()
    monkeypatch.setattr(durable, "_hash", lambda _: next(numbers))  # without the check:
    assert len(ruleset.run([*facts, Fact("last", "g", {})])) == 1


def test_ids_of_one_family_are_not_confused() -> None:
    ids = [f"{family}{n}" for family in ("o", "bo", "d", "bd") for n in range(5_000)]
    assert len({fnv1a(name) for name in ids}) == len(ids)


@pytest.mark.parametrize("taken", ["_bof", "_eof", "sid-s"])
def test_ids_of_the_driver_and_the_engine_are_taken(taken: str) -> None:
    with pytest.raises(EngineError, match="takes for one"):
        Ruleset("t", []).run([Fact(taken, "f", {})])


def test_properties_that_the_engine_confuses_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrubber.engine.durable_shapes.fnv1a", len)
    with pytest.raises(RulesetError, match="cannot tell properties"):
        Network([EngineRule("R", {"it": When("f", {"aaaaa": 1, "bbbbb": 1})})])


# --- an engine that gives up --------------------------------------------------------------------------


def cut(text: str) -> str:
    return text[: text.rindex("{") + 5]


def break_off(text: str) -> str:
    return text.replace('"a":1', '"a":tru', 1)


@pytest.mark.parametrize("damage", [cut, break_off])
def test_a_lost_sentinel_is_an_error(monkeypatch: pytest.MonkeyPatch, damage: Callable[[str], str]) -> None:
    """The engine answers 0 to a text that it cannot read, and drops the rest of it."""
    ruleset = Ruleset("t", [PAIR, ALONE])
    real = load_engine().assert_facts
    with monkeypatch.context() as patch:
        meddle(patch, ruleset, assert_facts=lambda handle, text: real(handle, damage(text)))
        with pytest.raises(EngineError, match="before the end"):
            ruleset.run([a(1), b(2)])
    assert facts_left(ruleset) == []
    assert [c.rule for c in ruleset.run([a(1), b(2)])] == ["ALONE", "PAIR"]


def test_a_repeated_fact_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset = Ruleset("t", [PAIR])
    real = load_engine().assert_facts
    with monkeypatch.context() as patch:
        meddle(patch, ruleset, assert_facts=lambda handle, text: (2, real(handle, text)[1]))
        with pytest.raises(EngineError, match="seen"):
            ruleset.run([a(1), b(2)])
    assert len(ruleset.run([a(1), b(2)])) == 1


@pytest.mark.parametrize("function", ["assert_facts", "start_action_for_state", "retract_facts"])
@pytest.mark.parametrize("problem", [RuntimeError("error code: 303"), MemoryError(), KeyboardInterrupt()])
def test_no_failure_leaves_facts_behind(
    monkeypatch: pytest.MonkeyPatch, function: str, problem: BaseException
) -> None:
    ruleset = Ruleset("t", [PAIR])
    real = getattr(load_engine(), function)

    def fail(*arguments: Any) -> Any:
        real(*arguments)
        raise problem

    with monkeypatch.context() as patch:
        meddle(patch, ruleset, **{function: fail})
        with pytest.raises(KeyboardInterrupt if isinstance(problem, KeyboardInterrupt) else EngineError):
            ruleset.run([a(1), b(2)])
    assert facts_left(ruleset) == []
    assert ruleset.run([b(2)]) == []
    assert len(ruleset.run([a(1), b(2)])) == 1


def test_a_state_that_cannot_be_emptied_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset = Ruleset("t", [PAIR])
    handle = ruleset._handle

    def fail(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        meddle(patch, ruleset, delete_state=fail, retract_facts=fail)
        with pytest.raises(EngineError):
            ruleset.reset()
    assert ruleset._handle != handle
    ruleset.reset()
    assert len(ruleset.run([a(1), b(2)])) == 1


def test_reset_is_safe_at_any_time() -> None:
    ruleset = Ruleset("t", [PAIR])
    for _ in range(3):
        ruleset.reset()
    assert len(ruleset.run([a(1), b(2)])) == 1


def test_a_broken_ruleset_is_an_error_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> int:
        raise RuntimeError("error code: 106")

    monkeypatch.setattr(durable, "load_engine", lambda: Meddling(create_ruleset=fail))
    with pytest.raises(EngineError, match="could not be created"):
        Ruleset("t", [PAIR])


# --- without the engine -------------------------------------------------------------------------------


def test_switched_off_every_run_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    ruleset = Ruleset("t", [PAIR], enabled=False)
    ruleset.reset()
    for facts in ([], [a(1)]):
        with pytest.raises(EngineError, match="switched off"):
            ruleset.run(facts)


def test_a_missing_engine_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(EngineUnavailable) as caught:
        Ruleset("t", [PAIR])
    text = str(caught.value)
    for part in (
        "C compiler",
        "`pip cache remove durable_rules` first",
        "CPPFLAGS='-DPyEval_CallObject=PyObject_CallObject' pip install",
        "--no-binary durable-rules",
        "3.13",
    ):
        assert part in text
    assert not issubclass(EngineUnavailable, EngineError)  # no handler of one claim's error may swallow it


# --- limits: refused before they bite, and the engine works right up to them ----------------------------


def atoms(count: int) -> list[EngineRule]:
    return [EngineRule(f"R{n}", {"it": When("f", {f"a{n}": 1})}) for n in range(count)]


def test_conditions_under_one_node() -> None:
    with pytest.raises(RulesetError, match="501 conditions"):
        Network(atoms(501))
    ruleset = Ruleset("t", atoms(500))
    assert [c.rule for c in ruleset.run([Fact("f1", "f", {"a499": 1, "a0": 1})])] == ["R0", "R499"]


def test_kinds_are_conditions_too() -> None:
    with pytest.raises(RulesetError, match="501 conditions"):
        Network([EngineRule(f"R{n}", {"it": When(f"kind{n}")}) for n in range(501)])


def test_patterns_with_the_same_conditions() -> None:
    def same(count: int) -> list[EngineRule]:
        return [EngineRule(f"R{n}", {"it": When("f", {"a": 1})}) for n in range(count)]

    with pytest.raises(RulesetError, match="251 patterns with the same conditions"):
        Network(same(251))
    assert len(Ruleset("t", same(250)).run([a(1)])) == 250


def test_conditions_of_one_fact() -> None:
    ruleset = Ruleset("t", atoms(100))
    assert len(ruleset.run([Fact("f1", "f", {f"a{n}": 1 for n in range(64)})])) == 64
    with pytest.raises(EngineError, match="65 conditions to look at together"):
        ruleset.run([Fact("f1", "f", {f"a{n}": 1 for n in range(65)})])
    assert len(ruleset.run([Fact("f1", "f", {f"a{n}": 1 for n in range(64)})])) == 64


def test_joins_count_as_conditions_of_a_fact() -> None:
    """The engine shares no join between rules, so each waits by itself."""

    def joins(count: int) -> list[EngineRule]:
        first, second = When("f", {"a": 1}), When("f", {"b": 1}, ("line",))
        return [EngineRule(f"R{n}", {"x": first, "y": second}) for n in range(count)]

    assert len(Ruleset("t", joins(64)).run([a(1), b(2)])) == 64
    with pytest.raises(EngineError, match="65 conditions"):
        Ruleset("t", joins(65)).run([a(1), b(2)])


def test_patterns_of_a_rule() -> None:
    def wide(count: int) -> EngineRule:
        return EngineRule("R", {f"p{n}": When("f", {f"a{n}": 1}) for n in range(count)})

    with pytest.raises(RulesetError, match="more than 16 patterns"):
        Network([wide(17)])
    facts = [Fact(f"f{n}", "f", {f"a{n}": 1}) for n in range(16)]
    assert len(Ruleset("t", [wide(16)]).run(facts)) == 1


def test_shared_properties_of_a_pattern() -> None:
    def shared(count: int) -> EngineRule:
        same = tuple(f"s{n}" for n in range(count))
        return EngineRule("R", {"x": When("f", {"a": 1}), "y": When("f", {"b": 1}, same)})

    with pytest.raises(RulesetError, match="more than 8 shared"):
        Network([shared(9)])
    properties = {f"s{n}": n for n in range(8)}
    facts = [Fact("f1", "f", {"a": 1, **properties}), Fact("f2", "f", {"b": 1, **properties})]
    assert len(Ruleset("t", [shared(8)]).run(facts)) == 1


def test_rules_of_a_ruleset() -> None:
    with pytest.raises(RulesetError, match="4001 rules"):
        Network([EngineRule(f"R{n}", {"it": When("f", {"a": n})}) for n in range(4001)])


def test_properties_of_a_fact() -> None:
    ruleset = Ruleset("t", atoms(1))
    assert len(ruleset.run([Fact("f1", "f", {"a0": 1, **{f"x{n}": 1 for n in range(199)}})])) == 1
    with pytest.raises(EngineError, match="201 properties"):
        ruleset.run([Fact("f1", "f", {f"x{n}": 1 for n in range(201)})])


def test_numbers() -> None:
    ruleset = Ruleset("t", [EngineRule("R", {"it": When("f", {"a": MOST_NUMBER - 1})})])
    assert (
        len(ruleset.run([Fact("f1", "f", {"a": MOST_NUMBER - 1}), Fact("f2", "f", {"a": MOST_NUMBER - 2})]))
        == 1
    )


def test_combinations_of_facts() -> None:
    rule = EngineRule("THREE", {x: When("f", {x: 1}) for x in "abc"})
    ruleset = Ruleset("t", [rule])
    crowd = [Fact(f"{x}{n}", "f", {x: 1}) for x in "abc" for n in range(40)]
    with pytest.raises(EngineError, match="too many combinations of facts for THREE"):
        ruleset.run(crowd)
    assert len(ruleset.run([fact for fact in crowd if len(fact.id) == 2])) == 1000
    many = [Fact(f"f{n}", "f", {"a": 1, "b": 1, "line": n}) for n in range(600)]
    assert Ruleset("t", [PAIR]).run(many) == []  # joined on the line, these are few


# --- for long -----------------------------------------------------------------------------------------


def test_5000_batches() -> None:
    """Right answers, an empty state and no growth, batch after batch."""
    random = Random(7)
    rules = [PAIR, ALONE, EngineRule("CROSS", {"x": When("f", {"a": 1}), "y": When("g", {"line": 2})})]
    ruleset = Ruleset("t", rules)

    def batch() -> list[Fact]:
        facts = []
        for n in range(random.randint(0, 9)):
            kind = random.choice(["f", "f", "g", "blocker"])
            marks = {x: 1 for x in "abc" if random.random() < 0.5}
            facts.append(Fact(f"f{n}", kind, {**marks, "line": random.randint(0, 2)}))
        return facts

    memory = 0
    for number in range(5_000):
        facts = batch()
        found = {(c.rule, tuple(c.facts.values())) for c in ruleset.run(facts)}
        assert found == expected(rules, facts)
        assert facts_left(ruleset) == []
        if number == 1_000:
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    assert grown < (8 << 20 if sys.platform == "darwin" else 8 << 10)  # bytes there, kilobytes here
