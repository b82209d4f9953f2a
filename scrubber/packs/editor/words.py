"""What an editor says about a key and about each word that may be chosen there.

A key is explained by the sentence below it in its model (an attribute docstring). Python keeps none of those
at run time, so they are read from the source, when schemas are written and never else.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from itertools import pairwise

from pydantic import BaseModel


def key_words(model: type[BaseModel]) -> dict[str, str]:
    """Return what is said about each key of a model, by the key as it is spelt in YAML."""
    out: dict[str, str] = {}
    for part in reversed(model.__mro__):
        if issubclass(part, BaseModel) and part is not BaseModel:
            out |= _docstrings(part)
    return {field.alias or name: out[name] for name, field in model.model_fields.items() if name in out}


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    out = {}
    for statement, after in pairwise(body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            out[statement.target.id] = " ".join(after.value.value.split())
    return out


#: What each word of a choice means. A choice that is not here explains itself (`professional`).
CHOICES: tuple[Mapping[str, str], ...] = (
    {  # severity
        "reject": "The front end refuses the claim: it blocks.",
        "deny": "The payer would deny it in adjudication: it blocks.",
        "warn": "It may be sent; somebody should look first.",
        "info": "Worth knowing; the claim stays clean.",
    },
    {  # status of a rule
        "draft": "Never runs.",
        "preview": "Runs and never blocks. New rules begin so.",
        "stable": "Runs.",
        "deprecated": "Runs still, and is to be replaced.",
    },
    {  # applicability of an amendment
        "safe": "Representation only, never a code, unit, charge, date or identity. May be made by itself.",
        "confirm": "Changes what is billed. A named person accepts it.",
        "advise": "Depends on the medical record. Carries no change and is never made here.",
    },
    {  # stage of a decision
        "derive": "Facts that only together mean something: `add_fact`.",
        "keep": "Which of several findings stands: `suppress`.",
        "escalate": "What counts for more or less: `raise`, `lower`.",
        "route": "Who works on it: `route`.",
        "outcome": "What becomes of the claim: `outcome`.",
    },
    {  # type of a parameter
        "period": "A distance in time: `{days: 90}`, `{years: 1}`.",
        "choice": "One of the words in `of`.",
        "number": "A number.",
        "amount": "An amount of money.",
        "list": "A list of codes.",
        "boolean": "`true` or `false`.",
        "table": "The name of a table.",
    },
    {  # how a key finds a row
        "exact": "The cell is the same text.",
        "range": "The key lies between two cells, which `columns` names.",
        "prefix": "The key begins with the cell.",
        "icd10_tree": "The cell is the ICD-10 code or a category above it.",
    },
    {  # dates of a table
        "none": "Rows hold on every day.",
        "from_to": "Rows hold from their day `from` to their day `to`; an empty one is open.",
    },
    {  # what is found where no row fits
        "absent": "Nothing: the table is complete.",
        "unknown": "Nobody knows: the table is known to lack rows.",
    },
    {  # rounding
        "up": "To the next multiple.",
        "down": "To the multiple before.",
        "half_up": "To the nearest multiple, halves up.",
    },
    {  # usage in a guide
        "R": "Must be sent.",
        "S": "May be sent, where the situation asks for it.",
        "N": "Must not be sent.",
    },
    {  # outcome of a finding in an example
        "fail": "The finding stands.",
        "bypassed": "`bypass` explains it; it is kept for audit.",
        "indeterminate": "It cannot be decided.",
    },
)
