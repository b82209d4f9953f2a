"""The shape of everything under rules/: Pydantic models, nothing more.

They say which keys exist, which are required and which values they take; the JSON Schema that
editors use is generated from them. What needs the claim vocabulary (does this path exist? does the
set exist?) is checked in `check.py`. YAML scalars arrive as text; the models give them their type.

Conditions, rules, decisions and the catalogue (sets, sources, packs, payers) have modules of their own
and are gathered here.
"""

from __future__ import annotations

from scrubber.packs.catalogue import CodeSet, PackHead, Payer, PayerId, Source
from scrubber.packs.conditions import (
    OPERATORS,
    CodeList,
    CodeOperand,
    CodeRange,
    Condition,
    Length,
    Operand,
    Period,
    Ref,
    TextList,
    Within,
)
from scrubber.packs.decisions import DecisionExample, DecisionRule, Pattern, Stage, Team, Then
from scrubber.packs.rules import (
    LET_OPERATIONS,
    AmendSpec,
    AppliesTo,
    Build,
    Change,
    ClaimType,
    DenialSpec,
    Effective,
    Example,
    Examples,
    Expected,
    Let,
    Rule,
    Scope,
    TextChange,
)
from scrubber.packs.shapes import Identifier, Name, SchemaOne, Status, Strict

__all__ = [
    "LET_OPERATIONS",
    "OPERATORS",
    "AmendSpec",
    "AppliesTo",
    "Build",
    "Change",
    "ClaimType",
    "CodeList",
    "CodeOperand",
    "CodeRange",
    "CodeSet",
    "Condition",
    "DecisionExample",
    "DecisionRule",
    "DenialSpec",
    "Effective",
    "Example",
    "Examples",
    "Expected",
    "Identifier",
    "Length",
    "Let",
    "Name",
    "Operand",
    "PackHead",
    "Pattern",
    "Payer",
    "PayerId",
    "Period",
    "Ref",
    "Rule",
    "SchemaOne",
    "Scope",
    "Source",
    "Stage",
    "Status",
    "Strict",
    "Team",
    "TextChange",
    "TextList",
    "Then",
    "Within",
]
