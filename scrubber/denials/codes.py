"""Reads what people type for a denial (`CO-16 N290`, `co16`, `CARC 16`) and knows which numbers exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scrubber.denials.words import either

GROUPS = ("CO", "OA", "PI", "PR")
_LABELS = frozenset({"CARC", "CARCS", "RARC", "RARCS", "REASON", "REMARK", "CODE", "CODES", "GROUP", "AND"})
_TOKEN = re.compile(r"(CARC|RARC|CO|OA|PI|PR|CR)?(MA|[A-Z])?([0-9]{1,6})")
#: How far above the last known number one may be newer than this release; how far off is a neighbour.
_SOON, _BESIDE = 20, 3
_STATUS = re.compile(r"[A-Z][0-9]{1,2}:[0-9]{1,3}(:[A-Z0-9]{2,3})?", re.IGNORECASE)


class DenialCodeError(ValueError):
    """Codes that cannot be looked up. The message says what is wrong and what to type instead.

    `remedy` says what else there is to do, where there is something.
    """

    remedy = ""


class MalformedCode(DenialCodeError):
    """Something that is no reason or remark code, or codes that do not go together."""


class MissingReasonCode(DenialCodeError):
    """Remark codes without the reason code they explain."""


class UnknownCode(DenialCodeError):
    """A well-formed code whose number is not known. `nearest` are known codes that look like it."""

    remedy = (
        "read it again on the remittance; if it stands there, the payer says what it is about; "
        "`scrubber denials list` shows the codes that there is an answer to"
    )

    def __init__(self, code: str, what: str, why: str, nearest: Sequence[str]) -> None:
        self.code = code
        self.nearest = tuple(nearest)
        hint = f" Did you mean {either(nearest)}?" if nearest else ""
        super().__init__(f"There is no {what} {code} in the list of this release: {why}.{hint}")


@dataclass(frozen=True, slots=True)
class Code:
    """A code by letters and number: `MA130` is (MA, 130)."""

    letters: str
    number: int

    def __str__(self) -> str:
        """Return the code as it is published: `16`, `B7`, `MA04`."""
        return f"{self.letters}{self.number:02d}" if self.letters == "MA" else f"{self.letters}{self.number}"


@dataclass(frozen=True, slots=True)
class DenialCodes:
    """One denial as a remittance gives it. `group` is None when it was not given."""

    group: str | None
    carc: str
    rarc: tuple[str, ...]

    def __str__(self) -> str:
        """Return the usual spelling: `CO-16 N290`."""
        reason = f"{self.group}-{self.carc}" if self.group else self.carc
        return " ".join([reason, *self.rarc])


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """The code numbers that exist, and which of them there is an answer to."""

    carc: frozenset[Code]
    rarc: frozenset[Code]
    answered: frozenset[str]


def canonical(text: str) -> str:
    """Return a code as it is published, whatever its zeros: `MA4` and `MA04` are `MA04`."""
    found = re.fullmatch(r"(MA|[A-Z])?([0-9]+)", text)
    return str(Code(found[1] or "", int(found[2]))) if found else text


def read_spans(spans: Iterable[str]) -> frozenset[Code]:
    """Return the codes of a list of single codes and spans (`B7-B16`)."""
    codes: set[Code] = set()
    for span in spans:
        first, _, last = span.partition("-")
        low = re.fullmatch(r"([A-Z]*)([0-9]+)", first)
        high = re.fullmatch(r"([A-Z]*)([0-9]+)", last or first)
        if low is None or high is None or low[1] != high[1] or int(low[2]) > int(high[2]):
            raise ValueError(f"`{span}` is no span of codes")
        codes.update(Code(low[1], number) for number in range(int(low[2]), int(high[2]) + 1))
    return frozenset(codes)


def parse_codes(texts: Sequence[str], known: KnownNumbers) -> DenialCodes:
    """Return the denial that the texts name, in any usual spelling.

    Raises MalformedCode, MissingReasonCode or UnknownCode.
    """
    group: str | None = None
    carcs: list[Code] = []
    rarcs: list[Code] = []
    for word in _words(texts):
        if word in GROUPS:
            group = _same_group(group, word)
            continue
        found = _TOKEN.fullmatch(word)
        if found is None or found[1] == "CR":
            raise MalformedCode(_malformed(word))
        label, code = found[1], Code(found[2] or "", int(found[3]))
        if label in GROUPS:
            group = _same_group(group, label)
        is_rarc = code.letters in ("M", "MA", "N")
        if (is_rarc and label not in (None, "RARC")) or (not is_rarc and label == "RARC"):
            raise MalformedCode(_malformed(word))
        _must_exist(code, is_rarc, known)
        target = rarcs if is_rarc else carcs
        if code not in target:
            target.append(code)
    return _one_denial(group, carcs, rarcs)


def _words(texts: Sequence[str]) -> list[str]:
    words = []
    for text in texts:
        for word in re.split(r"[\s,;+/|]+", text.strip()):
            if _STATUS.fullmatch(word):
                raise MalformedCode(
                    f"`{word}` is a status of a 277CA. A claim rejected there was never processed: correct "
                    "it and send it again as a new claim (frequency 1), without a claim control number."
                )
            words += [w for w in re.split(r"[-:_]+", word.upper()) if w and w not in _LABELS]
    if not words:
        raise MalformedCode("No code was given. Type the codes of the remittance, such as `CO-16 N290`.")
    return words


def _same_group(group: str | None, new: str) -> str:
    if group not in (None, new):
        raise MalformedCode(f"Two groups, {group} and {new}: explain one denial at a time.")
    return new


def _malformed(word: str) -> str:
    shown = word if word.isprintable() and len(word) <= 30 else repr(word[:30])
    return (
        f"`{shown}` is no code of a remittance. A group is one of {', '.join(GROUPS)}; a reason code (CARC) "
        "is a number such as 16 or B7; a remark code (RARC) begins with M, MA or N, such as N290."
    )


def _must_exist(code: Code, is_rarc: bool, known: KnownNumbers) -> None:
    numbers = known.rarc if is_rarc else known.carc
    if code not in numbers:
        what = "remark code (RARC)" if is_rarc else "reason code (CARC)"
        nearest = [str(c) for c in _nearest(code, numbers, known.answered)]
        raise UnknownCode(str(code), what, _why_unknown(code, numbers), nearest)


def _why_unknown(code: Code, known: frozenset[Code]) -> str:
    """Say whether the publisher's list could have the number all the same."""
    series = [c.number for c in known if c.letters == code.letters]
    if not series:
        return f"none of its numbers begins with {code.letters}"
    last = Code(code.letters, max(series))
    if code.number < last.number:
        return "it was never given out, or was retired long ago"
    numbers = f"its {code.letters} numbers end" if code.letters else "its numbers end"
    if code.number <= last.number + _SOON:
        return f"{numbers} at {last}, and this one may be newer"
    return f"{numbers} at {last}, and none is that high yet"


def _nearest(code: Code, known: frozenset[Code], answered: frozenset[str]) -> list[Code]:
    """Return up to four known codes: a digit too many, transposed digits, or the next numbers.

    Those that there is an answer to come first.
    """
    digits = str(code.number)
    variants = {digits[:i] + digits[i + 1 :] for i in range(len(digits))} if len(digits) > 1 else set()
    variants |= {digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)}
    slips = [Code(code.letters, int(v)) for v in sorted(variants) if not v.startswith("0")]
    beside = [Code(code.letters, code.number + by) for step in range(1, _BESIDE + 1) for by in (-step, step)]
    found = [c for c in dict.fromkeys([*slips, *beside]) if c in known]
    return sorted(found, key=lambda c: str(c) not in answered)[:4]


def _one_denial(group: str | None, carcs: list[Code], rarcs: list[Code]) -> DenialCodes:
    if len(carcs) > 1:
        raise MalformedCode(
            f"Several reason codes, {' and '.join(map(str, carcs))}: explain one at a time, "
            "with the remark codes that stand beside it."
        )
    if not carcs:
        if not rarcs:
            raise MalformedCode(f"Only a group, {group}: add the reason code, such as `{group}-16`.")
        raise MissingReasonCode(
            f"{' '.join(map(str, rarcs))} {'is a remark code' if len(rarcs) == 1 else 'are remark codes'}: "
            f"add the reason code that stands beside it on the remittance, such as `CO-16 {rarcs[0]}`."
        )
    return DenialCodes(group, str(carcs[0]), tuple(str(r) for r in rarcs))
