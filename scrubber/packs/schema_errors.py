"""Turns Pydantic's errors into diagnostics: plain sentences at exact places, one for each mistake.

Pydantic names a place by keys, list positions and, inside unions, tags of its own. Walking the data along
with it tells the tags from the keys; walking the models along with it tells which keys would have fitted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from scrubber.packs.diagnostics import Diagnostic, closest, listing
from scrubber.packs.shapes import PATTERNS
from scrubber.packs.yaml_marks import Document, Place

#: What people write for an operator or key that is called otherwise here.
_USUAL_NAMES = {
    "eq": "equals",
    "is": "equals",
    "equal_to": "equals",
    "exists": "present",
    "regex": "matches",
    "pattern": "matches",
    "gt": "greater_than",
    "more_than": "greater_than",
    "gte": "at_least",
    "lt": "less_than",
    "lte": "at_most",
    "or": "any",
    "and": "all",
    "includes": "contains",
    "each": "every",
    "description": "title",
}


def schema_problems(
    error: ValidationError, model: type[BaseModel], document: Document, base: Place = ()
) -> list[Diagnostic]:
    """Return one diagnostic for each mistake of a document that `model` refused.

    `base` is the place in the document of the value that was validated.
    """
    translator = _Translator(model, document, base)
    details = [_Detail(item, document.data, base) for item in error.errors(include_url=False)]
    translator.find_renamed(details)
    found = (translator.translate(detail) for detail in details)
    return [d for d in found if d is not None]


class _Detail:
    """One of Pydantic's errors, with its place in the file."""

    def __init__(self, item: Any, data: Any, base: Place) -> None:
        self.type: str = item["type"]
        self.message: str = item["msg"]
        self.input: Any = item["input"]
        self.context: dict[str, Any] = item.get("ctx", {})
        #: Pydantic ends the place of a mistake in a key itself with this mark.
        self.is_key: bool = bool(item["loc"]) and item["loc"][-1] == "[key]"
        self.place = self._place(item["loc"], data, base)

    def _place(self, loc: tuple[str | int, ...], data: Any, base: Place) -> Place:
        for part in base:
            data = data[part]
        place = list(base)
        for index, part in enumerate(loc):
            within = isinstance(data, list) and isinstance(part, int) and part < len(data)
            if within or (isinstance(data, dict) and part in data):
                data = data[part]
            elif not (self.type == "missing" and index == len(loc) - 1):
                continue  # a tag of a union, or a shorthand that the schema spelt out
            place.append(part)
        return tuple(place)

    @property
    def key(self) -> str:
        return str(self.place[-1]) if self.place else ""


class _Translator:
    def __init__(self, model: type[BaseModel], document: Document, base: Place) -> None:
        self.model = model
        self.document = document
        self.base = base
        #: Unknown keys that are a misspelling, and the key they meant.
        self.meant: dict[Place, str] = {}

    def find_renamed(self, details: list[_Detail]) -> None:
        """Note which unknown keys are misspelt: `titel` is one mistake, not an unknown and a missing key."""
        missing = {d.place for d in details if d.type == "missing"}
        for detail in details:
            if detail.type != "extra_forbidden":
                continue
            parent = detail.place[:-1]
            # What is there already was not what the author meant.
            given = {str(place[-1]) for place in self.document.marks.keys if place[:-1] == parent}
            allowed = [name for name in self._allowed(parent) if name not in given]
            lost = [str(p[-1]) for p in missing if p[:-1] == parent]
            usual = _USUAL_NAMES.get(detail.key)
            near = closest(detail.key, lost) or (usual if usual in allowed else closest(detail.key, allowed))
            if near is not None:
                self.meant[detail.place] = near

    def translate(self, detail: _Detail) -> Diagnostic | None:
        """Return the diagnostic of one error, or None when another error tells the same mistake."""
        if detail.type == "missing":
            if (*detail.place[:-1], detail.key) in {(*p[:-1], name) for p, name in self.meant.items()}:
                return None
            return self._missing(detail)
        if detail.type == "extra_forbidden":
            return self._unknown_key(detail)
        if detail.type == "mistake":
            return self._mistake(detail)
        label = f"a key of {self._label(detail.place[:-1])}" if detail.is_key else self._label(detail.place)
        message, remedy, suggestion = _VALUE_MESSAGES.get(detail.type, _other)(detail, label)
        marks = self.document.marks
        mark = marks.key(detail.place) if detail.is_key else marks.value(detail.place)
        if detail.input is None:
            message, remedy, suggestion = f"{self._label(detail.place)} is empty", "Give it a value", None
            if marks.rest(mark).lstrip().startswith("#"):
                remedy = "What follows `#` is a comment; a text that begins with `#` needs quotes"
        return self.document.problem(mark, message[:1].upper() + message[1:], remedy, suggestion)

    def _missing(self, detail: _Detail) -> Diagnostic:
        parent = detail.place[:-1]
        where = f" in {self._label(parent)}" if parent else ""
        mark = self.document.marks.key(parent)
        return self.document.problem(
            mark, f"The key `{detail.key}` is missing{where}", f"Add `{detail.key}: ...`"
        )

    def _unknown_key(self, detail: _Detail) -> Diagnostic:
        parent, key = detail.place[:-1], detail.key
        where = f" in {self._label(parent)}" if parent else ""
        mark = self.document.marks.key(detail.place)
        message = f"Unknown key `{key}`{where}"
        if detail.place in self.document.marks.bare:
            remedy = "If it is the rest of a text with a comma, put quotes around the whole text"
            return self.document.problem(mark, message, remedy)
        elsewhere = self._belongs(parent, key)
        if elsewhere is not None:
            return self.document.problem(mark, message, elsewhere)
        meant = self.meant.get(detail.place)
        if meant is not None:
            return self.document.problem(mark, message, suggestion=meant)
        allowed = self._allowed(parent)
        return self.document.problem(
            mark, message, f"Known here: {listing(allowed, limit=24)}" if allowed else ""
        )

    def _belongs(self, parent: Place, key: str) -> str | None:
        """Return a remedy for a key that is right but in the wrong mapping."""
        for name, annotation in self._fields(parent):
            inner = {alias for m in _models(annotation) for alias, _ in _aliased(m)}
            if key in inner and name != "not":
                return f"It belongs inside `{name}`"
        for end in range(len(parent) - 1, len(self.base) - 1, -1):
            if key in self._allowed(parent[:end]):
                where = self._label(parent[:end]) if end > len(self.base) else "the file as a whole"
                return f"It is a key of {where}; check the indentation"
        return None

    def _mistake(self, detail: _Detail) -> Diagnostic:
        key, place = detail.context.get("key"), detail.place
        marks = self.document.marks
        mark = marks.value(place)
        if key is not None and (*place, key) in marks.keys:
            mark = marks.key((*place, key))
        message, remedy = detail.context["message"], detail.context.get("remedy", "")
        if message == "This is empty":
            message = f"{self._label(place)} is empty"
        return self.document.problem(mark, message, remedy, detail.context.get("suggestion"))

    def _label(self, place: Place) -> str:
        """Return how to call a place in a sentence: `title`, item 2 of `at`."""
        for index in range(len(place) - 1, -1, -1):
            if isinstance(place[index], str):
                name = f"`{place[index]}`"
                for position in place[index + 1 :]:
                    name = f"item {int(position) + 1} of {name}"
                return name
        return "This file"

    # --- the models along a place ---------------------------------------------------------------------

    def _fields(self, place: Place) -> list[tuple[str, Any]]:
        """Return the keys, with their types, that the mapping at `place` may have."""
        annotation: Any = self.model
        for part in place[len(self.base) :]:
            options = [found for m in _branches(annotation) if (found := _inside(m, part)) is not None]
            if not options:
                return []
            annotation = options[0] if len(options) == 1 else options
        return [pair for m in _models(annotation) for pair in _aliased(m)]

    def _allowed(self, place: Place) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self._fields(place)))


def _branches(annotation: Any) -> Iterator[Any]:
    """Yield the types that a type hint allows: the members of unions, without annotations and None."""
    if isinstance(annotation, list):
        for item in annotation:
            yield from _branches(item)
        return
    if get_origin(annotation) in (dict, list) or isinstance(annotation, type):
        if annotation is not type(None):
            yield annotation
        return
    arguments = get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        arguments = arguments[:1]
    for argument in arguments:
        yield from _branches(argument)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    for branch in _branches(annotation):
        if isinstance(branch, type) and issubclass(branch, BaseModel):
            yield branch


def _aliased(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        yield field.alias or name, field.annotation


def _inside(annotation: Any, part: str | int) -> Any:
    """Return the type of the value under `part` (a key or a list position), or None."""
    origin = get_origin(annotation)
    if origin is list and isinstance(part, int):
        return get_args(annotation)[0]
    if origin is dict and isinstance(part, str):
        return get_args(annotation)[1]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return dict(_aliased(annotation)).get(str(part))
    return None


# --- one sentence for each kind of error ------------------------------------------------------------

Sentence = tuple[str, str, str | None]


def _what(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"the text `{value}`"


def _not_text(detail: _Detail, label: str) -> Sentence:
    opening = "{" if isinstance(detail.input, dict) else "["
    remedy = f"A text that begins with `{opening}` needs quotes"
    return f"{label} is a text; here is {_what(detail.input)}", remedy, None


def _not_list(detail: _Detail, label: str) -> Sentence:
    remedy = f"Write `[{detail.input}]`" if isinstance(detail.input, str) else "Put `- ` before each item"
    return f"{label} is a list; here is {_what(detail.input)}", remedy, None


def _not_mapping(detail: _Detail, label: str) -> Sentence:
    return f"{label} is a mapping of keys; here is {_what(detail.input)}", "Write `{key: value}`", None


def _not_scalar(detail: _Detail, label: str) -> Sentence:
    return f"{label} is a single value; here is {_what(detail.input)}", "", None


def _bad_word(detail: _Detail, label: str) -> Sentence:
    words = re.findall(r"'([^']*)'", str(detail.context.get("expected", "")))
    near = closest(detail.input, words) if isinstance(detail.input, str) else None
    allowed = f"Allowed: {listing(words, 'or')}" if len(words) > 1 else f"Write `{''.join(words)}`"
    return f"{_what(detail.input).removeprefix('the text ')} is no value of {label}", allowed, near


def _bad_pattern(detail: _Detail, label: str) -> Sentence:
    pattern = str(detail.context.get("pattern", ""))
    return f"`{detail.input}` does not fit {label}", f"It takes {PATTERNS.get(pattern, pattern)}", None


def _empty(detail: _Detail, label: str) -> Sentence:
    return f"{label} is empty", "Give it a value", None


def _too_short(detail: _Detail, label: str) -> Sentence:
    least, actual = detail.context.get("min_length", 1), detail.context.get("actual_length", 0)
    items = "1 item" if actual == 1 else f"{actual} items"
    return (
        f"{label} has {items}; at least {least} are needed" if actual else f"{label} is an empty list",
        "",
        None,
    )


def _too_long(detail: _Detail, label: str) -> Sentence:
    most, actual = detail.context.get("max_length"), len(detail.input)
    return f"{label} has {actual} items; at most {most} are allowed", "", None


def _other(detail: _Detail, label: str) -> Sentence:
    return f"{label}: {detail.message.removeprefix('Value error, ')}", "", None


_VALUE_MESSAGES: dict[str, Callable[[_Detail, str], Sentence]] = {
    "string_type": _not_text,
    "list_type": _not_list,
    "model_type": _not_mapping,
    "model_attributes_type": _not_mapping,
    "dict_type": _not_mapping,
    "int_type": _not_scalar,
    "bool_type": _not_scalar,
    "date_type": _not_scalar,
    "literal_error": _bad_word,
    "string_pattern_mismatch": _bad_pattern,
    "string_too_short": _empty,
    "too_short": _too_short,
    "too_long": _too_long,
}
