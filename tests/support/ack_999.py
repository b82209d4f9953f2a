"""What a 999 or a TA1 says, read back from its segments: values to compare with what was found."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.support.ack_reading import ACK_999, TA1, placed


@dataclass
class SegmentError:
    """An IK3: where, what, in which claim (CTX), and its IK4s as place, data element and IK403."""

    segment: str
    position: int
    loop: str
    code: str
    claim: str = ""
    elements: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class AnsweredSet:
    """AK2 to IK5. `letter` and `codes` are IK501 and IK502-IK506."""

    kind: str
    control: str
    guide: str
    errors: list[SegmentError] = field(default_factory=list)
    letter: str = ""
    codes: list[str] = field(default_factory=list)


@dataclass
class AnsweredGroup:
    """AK1 to AK9. `counts` are AK902-AK904: stated, received, accepted."""

    functional_id: str
    control: str
    guide: str
    sets: list[AnsweredSet] = field(default_factory=list)
    letter: str = ""
    counts: tuple[int, int, int] = (0, 0, 0)
    codes: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return sum(each.letter in ("A", "E") for each in self.sets)


def read_999(text: str) -> list[AnsweredGroup]:
    """Return the groups that a file of 999s answers. AK9 must agree with the answers before it."""
    groups: list[AnsweredGroup] = []
    for _, e in placed(text, ACK_999, least=6):
        if e[0] == "AK1":
            groups.append(AnsweredGroup(e[1], e[2], e[3]))
        elif e[0] == "AK2":
            groups[-1].sets.append(AnsweredSet(e[1], e[2], e[3]))
        elif e[0] == "IK3":
            groups[-1].sets[-1].errors.append(SegmentError(e[1], int(e[2]), e[3], e[4]))
        elif e[0] == "CTX" and e[1].startswith("CLM01:"):
            groups[-1].sets[-1].errors[-1].claim = e[1].removeprefix("CLM01:")
        elif e[0] == "IK4":
            groups[-1].sets[-1].errors[-1].elements.append((e[1], e[2], e[3]))
        elif e[0] == "IK5":
            groups[-1].sets[-1].letter, groups[-1].sets[-1].codes = e[1], [code for code in e[2:] if code]
        elif e[0] == "AK9":
            group = groups[-1]
            group.letter, group.counts = e[1], (int(e[2]), int(e[3]), int(e[4]))
            group.codes = [code for code in e[5:] if code]
            _agrees(group)
    return groups


def _agrees(group: AnsweredGroup) -> None:
    """Check that a group counts its transactions, and says R, P, E or A as they come out."""
    assert group.counts[2] == group.accepted
    accepted, noted = group.accepted, any(each.letter == "E" for each in group.sets)
    if not accepted:
        assert group.letter == "R"
    elif accepted < group.counts[1]:
        assert group.letter == "P"
    else:
        assert group.letter == ("E" if noted or group.codes else "A")
    for each in group.sets:
        assert (each.letter == "A") is not bool(each.errors or each.codes)


# --- TA1 ------------------------------------------------------------------------------------------------


def read_ta1(text: str) -> list[tuple[str, str, str]]:
    """Return ISA13 of the interchange, TA104 and TA105 of each TA1."""
    return [(e[1], e[4], e[5]) for _, e in placed(text, TA1) if e[0] == "TA1"]
