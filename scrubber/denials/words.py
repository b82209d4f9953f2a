"""The words for actions, prohibitions and programmes: what the stable names mean to a reader."""

from __future__ import annotations

from collections.abc import Sequence

ACTION_TITLES = {
    "fix_and_resubmit": "Correct it and send it as a new claim (frequency 1)",
    "corrected_claim": "Send a corrected claim that replaces the first (frequency 7)",
    "void": "Void the claim (frequency 8)",
    "reopening": "Ask for a reopening",
    "appeal": "Appeal",
    "ask_payer": "Ask the payer",
    "post": "Post it; there is nothing to dispute",
    "write_off": "Write it off",
}

DO_NOT_TITLES = {
    "fix_and_resubmit": "Do not send it as a new claim",
    "corrected_claim": "Do not send a replacement (frequency 7)",
    "void": "Do not void it (frequency 8)",
    "reopening": "Do not ask for a reopening",
    "appeal": "Do not appeal",
    "new_claim": "Do not send it again as a new claim (frequency 1)",
    "bill_patient": "Do not bill the patient",
    "unsupported_code": "Do not add what the record does not support",
}

PROGRAM_NAMES = {
    "medicare_a": "Medicare Part A",
    "medicare_b": "Medicare Part B",
    "medicare_advantage": "Medicare Advantage",
    "railroad_medicare": "Railroad Medicare",
    "medicaid": "Medicaid",
    "tricare": "TRICARE",
    "champva": "CHAMPVA",
    "commercial": "a commercial plan",
    "workers_compensation": "workers' compensation",
    "auto": "an auto insurer",
    "other": "another payer",
}


def either(words: Sequence[str]) -> str:
    """Return words as alternatives: `a, b or c`."""
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def payer_is(programs: Sequence[str]) -> str:
    """Return the condition that the payer belongs to one of the programmes."""
    return f"the payer is {either([PROGRAM_NAMES.get(p, p) for p in programs])}"
