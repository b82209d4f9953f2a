"""The words that reports use for the contract's codes: one place, so that text and HTML say the same."""

from __future__ import annotations

from typing import Final

#: How claims and findings are ordered and named, the gravest first.
OUTCOMES: Final = ("error", "rejected", "review", "clean")
SEVERITIES: Final = ("reject", "deny", "warn", "info")

OUTCOME_MEANING: Final = {
    "rejected": "would be rejected or denied; do not send as it is",
    "review": "can be sent; somebody should look first",
    "clean": "nothing found",
    "error": "could not be checked; do not send unchecked",
}

SEVERITY_MEANING: Final = {
    "reject": "the front end would reject the claim",
    "deny": "the payer would deny it",
    "warn": "worth a look before it is sent",
    "info": "for information",
}

APPLICABILITY_MEANING: Final = {
    "safe": "changes only how a value is written",
    "confirm": "changes what is billed: a named person answers for it",
    "advise": "a person decides and changes the claim; there is no patch",
}
APPLICABILITIES: Final = tuple(APPLICABILITY_MEANING)

#: How an amendment is made (`AmendmentView.way`): for one finding, and for a count of them.
WAY: Final = {
    "repair": "scrubber scrub --repair DIR applies it.",
    "patch": "Apply the patch in the JSON result (RFC 6902) to this claim JSON.",
    "unproven": "The changed claim did not pass the check, so nothing here applies it: a person decides.",
    "by hand": "No patch: a person decides and changes the claim.",
}
WAY_OF_MANY: Final = {
    "accept": "each waits for a name: scrubber amend",
    "repair": "applied by scrubber scrub --repair DIR",
    "patch": "in claim JSON: apply the patch in the JSON result",
    "unproven": "not verified: a person decides",
    "by hand": "a person decides and changes the claim",
}

#: Said wherever something was not evaluated.
NOT_A_PASS: Final = "A rule that could not be evaluated is not a pass."


CHECK_FAILED: Final = (
    "The check of this claim failed, so nothing is known about it. Do not send it unchecked."
)


def many(number: int, one: str, more: str | None = None) -> str:
    """Return a counted noun: `1 claim`, `1,200 claims`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def history_words(claims: int, since: str | None) -> str:
    """Return how much history a run could look into."""
    reach = f"everything since {since}" if since else "nobody said since when it has everything"
    return f"{many(claims, 'claim')}; {reach}"


def severity_rank(severity: str) -> int:
    """Return a severity's place in the order, 0 the gravest; unknown ones stand last."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
