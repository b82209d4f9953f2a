"""The building stones of the rule schema: strict mappings, typed scalars, and mistakes that know their place.

YAML scalars arrive as text (see `yaml_marks.py`), so numbers, dates and yes/no are read here from one
spelling each: what looks right must mean one thing.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

T = TypeVar("T")


class Strict(BaseModel):
    """A mapping whose unknown keys are errors. Fields with a trailing underscore are spelt without it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def mistake(
    message: str, *, key: str | None = None, remedy: str = "", suggestion: str | None = None
) -> PydanticCustomError:
    """Return the error to raise in a validator: a sentence, and the key it should point at.

    The parts travel in the error's context, so that the diagnostic needs no parsing of messages.
    """
    context = {"message": message, "key": key, "remedy": remedy, "suggestion": suggestion}
    return PydanticCustomError("mistake", "{message}", context)


# --- scalars ----------------------------------------------------------------------------------------


def _given(value: Any) -> Any:
    if value is None:
        raise mistake("This is empty", remedy="Give it a value, or remove the key")
    return value


#: An optional key that may be left out but not left empty: an empty `when:` is an unfinished rule.
Given = Annotated[T | None, BeforeValidator(_given)]

#: Text that must say something.
Text = Annotated[str, Field(min_length=1)]


def _yes_no(value: Any) -> Any:
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise mistake(f"`{value}` is neither `true` nor `false`")
        return value == "true"
    return value


YesNo = Annotated[bool, BeforeValidator(_yes_no)]


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"-?[0-9]{1,9}", value):
            raise mistake(f"`{value}` is not a whole number", remedy="Write it with digits only, such as 3")
        return int(value)
    return value


Whole = Annotated[int, BeforeValidator(_whole)]


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                raise ValueError
            return dt.date.fromisoformat(value)
        except ValueError:
            raise mistake(
                f"`{value}` is not a date", remedy="Write it as year-month-day, such as 2026-01-31"
            ) from None
    return value


Day = Annotated[dt.date, BeforeValidator(_day)]

# --- names ------------------------------------------------------------------------------------------

RULE_ID = r"^[A-Z]{2,5}-[0-9]{3}[a-z]?$"
KEBAB = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SNAKE = r"^[a-z][a-z0-9_]*$"
BILL_TYPE = r"^[1-9][1-9][0-9A-Zx]$"
STATE = r"^[A-Z]{2}$"
TAXONOMY = r"^([0-9A-Z]{10}|[0-9A-Z]{1,9}\*)$"
SEMVER = r"^[0-9]+\.[0-9]+\.[0-9]+$"

#: What each pattern asks for, in words; the diagnostics use them.
PATTERNS: dict[str, str] = {
    RULE_ID: "two to five capitals, a dash, three digits, such as CDS-001",
    KEBAB: "lower-case words joined by dashes, such as total-charge-differs",
    SNAKE: "lower-case letters, digits and underscores, such as line_total",
    BILL_TYPE: "a type of bill without its nought, x for any digit, such as 11x or 131",
    STATE: "two capitals, such as IL",
    TAXONOMY: "a taxonomy code of ten characters, or its beginning with a star, such as 207Q*",
    SEMVER: "three numbers with dots, such as 1.0.0",
}

Identifier = Annotated[str, Field(pattern=RULE_ID)]
Name = Annotated[str, Field(pattern=KEBAB)]
Word = Annotated[str, Field(pattern=SNAKE)]

# --- words ------------------------------------------------------------------------------------------

SchemaOne = Literal["1"]
Status = Literal["draft", "preview", "stable", "deprecated"]
Setting = Literal["inpatient", "outpatient"]
#: The product of a payer, as the claim filing indicator tells it.
LineOfBusiness = Literal["ppo", "pos", "epo", "hmo", "dental_hmo", "indemnity", "medicare_hmo"]
Program = Literal[
    "medicare_a",
    "medicare_b",
    "medicare_advantage",
    "railroad_medicare",
    "medicaid",
    "tricare",
    "champva",
    "commercial",
    "workers_compensation",
    "auto",
    "other",
]
