"""What changed between two rules, decisions, or whatever else has keys: key by key, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel

#: Keys whose members are told one by one.
_BY_MEMBER = frozenset({"applies_to", "applies_to.effective", "denial", "amend"})
#: What a key means that is not given.
_NOT_GIVEN = {"applies_to": "all"}


@dataclass(frozen=True, slots=True)
class Change:
    """One key that changed. `words` tell it in a line; a condition is told by its YAML before and after."""

    key: str
    words: str
    before: str | None = None
    after: str | None = None


def data_of(model: BaseModel) -> dict[str, Any]:
    """Return a model as its YAML says it, without what goes without saying."""
    data: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return data


def changes(old: Mapping[str, Any], new: Mapping[str, Any], under: str = "") -> Iterator[Change]:
    """Yield what changed, in the order of the keys."""
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before != after:
            yield from _change(f"{under}{name}", before, after)


def as_yaml(value: Any) -> str:
    """Return a value as a person would write it in a rule."""
    if isinstance(value, dict) and value.keys() == {"each"}:  # `for_each: lines`, in short
        value = value["each"]
    for flow in (True, None):  # in one line where it fits
        text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=flow, width=100)
        text = text.removesuffix("...\n").rstrip("\n")
        if "\n" not in text:
            break
    return text


def _change(key: str, before: Any, after: Any) -> Iterator[Change]:
    top = key.partition(".")[0]
    if key == "examples":
        yield from _examples(before or {}, after or {})
    elif key in _BY_MEMBER and isinstance(before or {}, dict) and isinstance(after or {}, dict):
        if key == top and (before is None or after is None) and top not in _NOT_GIVEN:
            yield Change(key, "added" if before is None else "removed", *_both(before, after))
        else:
            yield from changes(before or {}, after or {}, f"{key}.")
    elif _is_words(before) and _is_words(after):
        yield Change(key, _list_words(before or [], after or [], _NOT_GIVEN.get(top, "none")))
    elif isinstance(before, dict | list) or isinstance(after, dict | list):
        what = "added" if before is None else "removed" if after is None else "changed"
        yield Change(key, what, *_both(before, after))
    else:
        empty = _NOT_GIVEN.get(top, "none")
        yield Change(key, f"{_shown(before, empty)} -> {_shown(after, empty)}")


def _both(before: Any, after: Any) -> tuple[str | None, str | None]:
    return (None if before is None else as_yaml(before)), (None if after is None else as_yaml(after))


def _is_words(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _list_words(before: list[str], after: list[str], empty: str) -> str:
    gone = [item for item in before if item not in after]
    come = [item for item in after if item not in before]
    if not before or not after or not (gone or come):  # from or to nothing, or another order
        return f"{', '.join(before) or empty} -> {', '.join(after) or empty}"
    told = [f"added {', '.join(come)}"] if come else []
    return "; ".join([*told, *([f"removed {', '.join(gone)}"] if gone else [])])


def _shown(value: Any, empty: str) -> str:
    if value is None:
        return empty
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text}"' if " " in text else text


def _examples(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Tell examples by their names, group by group."""
    for group in dict.fromkeys([*old, *new]):
        before = {example["name"]: example for example in old.get(group, [])}
        after = {example["name"]: example for example in new.get(group, [])}
        told = [
            *(f"'{name}' added" for name in after if name not in before),
            *(f"'{name}' removed" for name in before if name not in after),
            *(f"'{name}' changed" for name in after if name in before and before[name] != after[name]),
        ]
        if told:
            yield Change(f"examples.{group}", ", ".join(told))
