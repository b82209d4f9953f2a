"""Fictitious, valid, varied 837P, 837I and 837D files of any size, from a seed.

Public: `Mix` (what to make), `generate`, `write`, `as_bytes` (make it), `SETTINGS` and `ERRORS` (what can be
asked for), `PlantedError` (a label). No name, number or address belongs to anybody; codes are numbers only.
"""

from benchmarks.claims.errors import ERRORS
from benchmarks.claims.file import as_bytes, generate, write
from benchmarks.claims.mix import Mix, PlantedError
from benchmarks.claims.settings import SETTINGS

__all__ = ["ERRORS", "SETTINGS", "Mix", "PlantedError", "as_bytes", "generate", "write"]
