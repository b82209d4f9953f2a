"""What is known about denials: meaning, next step, deadline, prevention."""

from scrubber.denials.codes import (
    DenialCodeError,
    MalformedCode,
    MissingReasonCode,
    UnknownCode,
)
from scrubber.denials.explain import PROGRAMS, UnknownProgram, explain
from scrubber.denials.explanation import Explanation
from scrubber.denials.load import Denials, load_denials

__all__ = [
    "PROGRAMS",
    "DenialCodeError",
    "Denials",
    "Explanation",
    "MalformedCode",
    "MissingReasonCode",
    "UnknownCode",
    "UnknownProgram",
    "explain",
    "load_denials",
]
