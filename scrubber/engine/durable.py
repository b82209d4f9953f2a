"""The one door to durable-rules: load the engine, give it facts, take its conclusions, leave nothing behind.

durable-rules 2.0.28 is fast and unmaintained. This driver uses the raw engine (no Host, no threads of its
own) and gives it only the shapes of `durable_shapes.py`. A batch of facts begins with `_bof` and ends with
`_eof`; a batch whose `_eof` does not come back was not read to its end and is an error, never an answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from threading import RLock
from typing import Any, NamedTuple, Protocol, cast

import orjson

from scrubber.engine.durable_shapes import (
    KIND,
    MOST_NUMBER,
    SENTINEL,
    EngineRule,
    Fact,
    Network,
    RulesetError,
    Value,
    When,
    fnv1a,
    is_safe,
)

__all__ = [
    "Conclusion",
    "EngineError",
    "EngineRule",
    "EngineUnavailable",
    "Fact",
    "Ruleset",
    "RulesetError",
    "Value",
    "When",
]

#: One state for all batches: each is emptied before the next, and about 1,000 live states exhaust the engine.
_SID = "s"
_BOF = "_bof"

Entry = dict[str, Any]

_FIRST: Entry = {"sid": _SID, "id": _BOF, KIND: _BOF}
_LAST: Entry = {"sid": _SID, "id": SENTINEL, KIND: SENTINEL}

#: Answers of assert_facts: all matched something, some matched nothing. Others mean "seen before" or worse.
_TAKEN = (0, 1)


class EngineError(Exception):
    """The engine gave no answer that can be trusted. The claim is an error, not clean."""


class EngineUnavailable(RuntimeError):
    """durable-rules cannot be imported. The message says what to do."""


UNAVAILABLE = (
    "durable-rules cannot be imported: it is built from source and needs a C compiler, so run "
    "`pip cache remove durable_rules` first and then "
    "`CPPFLAGS='-DPyEval_CallObject=PyObject_CallObject' pip install --no-cache-dir --force-reinstall "
    "--no-binary durable-rules durable-rules` (Python 3.13 and newer need that flag)."
)


class Engine(Protocol):
    """What is used of the C module `durable_rules_engine`."""

    def create_ruleset(self, name: str, rules: str, /) -> int: ...
    def assert_facts(self, handle: int, facts: str, /) -> tuple[int, int]: ...
    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, handle: int, state: int, /) -> str | None: ...
    def retract_facts(self, handle: int, facts: str, /) -> tuple[int, int]: ...
    def delete_state(self, handle: int, sid: str, /) -> None: ...


def load_engine() -> Engine:
    """Return the engine; raise EngineUnavailable if it is not installed or does not load."""
    try:
        import durable_rules_engine
    except ImportError as problem:
        raise EngineUnavailable(UNAVAILABLE) from problem
    return cast(Engine, durable_rules_engine)


class Conclusion(NamedTuple):
    """A rule that fired, and the ids of the facts that it fired on, by alias."""

    rule: str
    facts: dict[str, str]


class Ruleset:
    """A compiled ruleset. It remembers nothing between batches and may be used from several threads.

    With `enabled=False` no engine is loaded and every run raises EngineError.
    """

    def __init__(self, name: str, rules: Sequence[EngineRule], *, enabled: bool = True) -> None:
        self.name = name
        self._network = Network(rules)
        self._matched = {r: [f"m{i}" for i in range(len(a))] for r, a in self._network.aliases.items()}
        self._proven: set[tuple[str, ...]] = set()
        self._lock = RLock()  # two threads in one state give wrong results
        self._engine = load_engine() if enabled else None
        self._handle = 0
        if self._engine is not None:
            self._create(self._engine)

    @property
    def source(self) -> dict[str, Any]:
        """The rules as the engine gets them."""
        return self._network.source

    def complaint(self, kind: str, names: Iterable[str]) -> str | None:
        """Return why a fact of this kind with these properties could not be taken, or None if it can."""
        return self._network.complaint(kind, names)

    def _create(self, engine: Engine) -> None:
        try:
            self._handle = engine.create_ruleset(self.name, json.dumps(self._network.source))
            # Before its first action a state holds uninitialised memory that delete_state would free.
            self._dispatch(engine, [])
        except Exception as problem:
            raise EngineError(f"ruleset {self.name} could not be created: {problem}") from problem

    def run(self, facts: Iterable[Fact]) -> list[Conclusion]:
        """Return what follows from these facts, sorted by rule and fact ids.

        Properties that are None or "" are left out: the engine takes them for present. Raises EngineError
        for a fact that the engine would misread, and for an engine that did not come to its end.
        """
        engine = self._engine
        if engine is None:
            raise EngineError(f"the rule engine is switched off (ruleset {self.name})")
        batch = self._checked(list(facts))
        with self._lock:
            try:
                found = self._dispatch(engine, batch)
            except EngineError:
                self.reset()
                raise
            except Exception as problem:
                self.reset()
                raise EngineError(f"ruleset {self.name}: {problem}") from problem
            except BaseException:  # an interrupt must not leave facts for the next claim
                self.reset()
                raise
        return found

    def reset(self) -> None:
        """Forget every fact. Runs do this themselves after an error."""
        engine = self._engine
        if engine is None:
            return
        with self._lock:
            try:
                engine.delete_state(self._handle, _SID)
            except Exception:
                self._create(engine)  # the old one cannot be emptied and cannot be freed safely: let it go

    # --- one batch ------------------------------------------------------------------------------------

    def _dispatch(self, engine: Engine, batch: list[Entry]) -> list[Conclusion]:
        handle = self._handle
        text = orjson.dumps([_FIRST, *batch, _LAST]).decode()
        taken, state = engine.assert_facts(handle, text)
        if taken not in _TAKEN:
            raise EngineError(
                f"ruleset {self.name}: the engine took a fact for one it had seen (answer {taken})"
            )
        found: set[tuple[str, tuple[str, ...]]] = set()
        complete = False
        started = engine.start_action_for_state(handle, state)
        message = started[1] if started else None
        while message:
            ((rule, matches),) = orjson.loads(message).items()
            if rule == SENTINEL:
                complete = True
            else:
                names = self._matched[rule]
                for match in matches:
                    found.add((rule, tuple([match[name]["id"] for name in names])))
            message = engine.complete_and_start_action(handle, state)
        if not complete:
            raise EngineError(f"ruleset {self.name}: the engine stopped before the end of the facts")
        engine.retract_facts(handle, _farewell(tuple([entry["id"] for entry in batch])))
        aliases = self._network.aliases
        return [Conclusion(rule, dict(zip(aliases[rule], ids, strict=True))) for rule, ids in sorted(found)]

    def _checked(self, facts: list[Fact]) -> list[Entry]:
        """Return the facts as the engine gets them, blockers first."""
        network, proven = self._network, self._proven
        blockers: list[Entry] = []
        others: list[Entry] = []
        seen = set(_TAKEN_IDS)
        for fact in facts:
            properties = fact.properties
            for value in properties.values():
                if type(value) is not int or not -MOST_NUMBER < value < MOST_NUMBER:
                    properties = _plain(fact)
                    break
            shape = (fact.kind, *properties)
            if shape not in proven:
                self._prove(fact, properties)
                proven.add(shape)
            known = len(seen)
            seen.add(_hash(fact.id))
            if len(seen) == known:
                raise EngineError(f"two facts that the engine takes for one have the id {fact.id}")
            entry: Entry = {"sid": _SID, "id": fact.id, KIND: fact.kind, **properties}
            (blockers if fact.kind in network.blockers else others).append(entry)
        crowded = network.crowded(facts)
        if crowded is not None:
            raise EngineError(f"ruleset {self.name}: too many combinations of facts for {crowded}")
        return blockers + others

    def _prove(self, fact: Fact, names: Iterable[str]) -> None:
        if not is_safe(fact.kind) or fact.kind.startswith("_"):
            raise EngineError(f"fact {fact.id}: {fact.kind!r} cannot be a kind")
        complaint = self._network.complaint(fact.kind, names)
        if complaint is not None:
            raise EngineError(f"fact {fact.id} ({fact.kind}) has {complaint}")


def _plain(fact: Fact) -> dict[str, Value]:
    """Return a fact's properties without those that are empty; the engine takes null for present."""
    plain: dict[str, Value] = {}
    for name, value in fact.properties.items():
        if value is None or value == "":
            continue
        if not is_safe(value):
            raise EngineError(
                f"fact {fact.id}: {name} is {value!r}; facts hold plain texts and whole numbers"
            )
        plain[name] = value
    return plain


@lru_cache(maxsize=4096)
def _farewell(ids: tuple[str, ...]) -> str:
    """Return what retracts these facts and the sentinels: last in, first out.

    If a blocker left before what it blocks, the engine would let that fire.
    """
    return orjson.dumps([{"sid": _SID, "id": i} for i in (SENTINEL, *reversed(ids), _BOF)]).decode()


#: Ids of the sentinels and of the fact that the engine adds to every state, as it tells them apart.
_TAKEN_IDS = frozenset(fnv1a(taken) for taken in (_BOF, SENTINEL, f"sid-{_SID}"))

_hashes: dict[str, int] = {}


def _hash(fact_id: str) -> int:
    """Return the engine's hash of a fact id; ids repeat from claim to claim, so they are kept."""
    value = _hashes.get(fact_id)
    if value is None:
        if not is_safe(fact_id):
            raise EngineError(f"{fact_id!r} cannot be the id of a fact")
        if len(_hashes) > 100_000:
            _hashes.clear()
        value = _hashes[fact_id] = fnv1a(fact_id)
    return value
