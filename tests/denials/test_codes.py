from __future__ import annotations

import pytest

from scrubber.denials import DenialCodeError, Denials, MalformedCode, MissingReasonCode, UnknownCode
from scrubber.denials.codes import canonical, parse_codes, read_spans


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["CO-16", "N290"], "CO-16 N290"),
        (["CO-16 N290"], "CO-16 N290"),
        (["co16"], "CO-16"),
        (["16 N290"], "16 N290"),
        (["CARC 16"], "16"),
        (["carc16", "rarc", "n290"], "16 N290"),
        (["CO-16-N290"], "CO-16 N290"),
        (["CO 16, N290; MA130"], "CO-16 N290 MA130"),
        (["CO*16".replace("*", "/"), "N290"], "CO-16 N290"),
        (["PR-204"], "PR-204"),
        (["OA-B7"], "OA-B7"),
        (["co-a1", "ma4"], "CO-A1 MA04"),
        (["CO-04"], "CO-4"),
        (["N290", "CO-16"], "CO-16 N290"),
        (["CO-16", "N290", "N290"], "CO-16 N290"),
        (["Reason code 16 and remark codes N290"], "16 N290"),
    ],
)
def test_every_usual_spelling_means_the_same(denials: Denials, typed: list[str], meant: str) -> None:
    assert str(parse_codes(typed, denials.known)) == meant


@pytest.mark.parametrize(
    ("typed", "error", "message"),
    [
        (
            ["CO-16 hello"],
            MalformedCode,
            "`HELLO` is no code of a remittance. A group is one of CO, OA, PI, PR; a reason code (CARC) is a "
            "number such as 16 or B7; a remark code (RARC) begins with M, MA or N, such as N290.",
        ),
        ([], MalformedCode, "No code was given. Type the codes of the remittance, such as `CO-16 N290`."),
        (["  "], MalformedCode, "No code was given. Type the codes of the remittance, such as `CO-16 N290`."),
        (["CO"], MalformedCode, "Only a group, CO: add the reason code, such as `CO-16`."),
        (["CO-16", "PR"], MalformedCode, "Two groups, CO and PR: explain one denial at a time."),
        (
            ["CO-16 CO-45"],
            MalformedCode,
            "Several reason codes, 16 and 45: explain one at a time, "
            "with the remark codes that stand beside it.",
        ),
        (
            ["N290"],
            MissingReasonCode,
            "N290 is a remark code: add the reason code that stands beside it on the remittance, "
            "such as `CO-16 N290`.",
        ),
        (
            ["CO-308"],
            UnknownCode,
            "There is no reason code (CARC) 308 in the list of this release: its numbers end at 305, "
            "and this one may be newer. Did you mean 38 or 305?",
        ),
        (
            ["CO-999"],
            UnknownCode,
            "There is no reason code (CARC) 999 in the list of this release: its numbers end at 305, "
            "and none is that high yet.",
        ),
        (
            ["CO-98"],
            UnknownCode,
            "There is no reason code (CARC) 98 in the list of this release: it was never given out, "
            "or was retired long ago. Did you mean 97, 8, 89 or 9?",
        ),
        (
            ["CO-W5"],
            UnknownCode,
            "There is no reason code (CARC) W5 in the list of this release: "
            "none of its numbers begins with W.",
        ),
        (
            ["CO-16 N2900"],
            UnknownCode,
            "There is no remark code (RARC) N2900 in the list of this release: its N numbers end at N999, "
            "and none is that high yet. Did you mean N290, N200 or N900?",
        ),
        (
            ["CO-16 MA140"],
            UnknownCode,
            "There is no remark code (RARC) MA140 in the list of this release: its MA numbers end at MA134, "
            "and this one may be newer. Did you mean MA40, MA10, MA104 or MA14?",
        ),
        (
            ["A7:562:82"],
            MalformedCode,
            "`A7:562:82` is a status of a 277CA. A claim rejected there was never processed: correct it and "
            "send it again as a new claim (frequency 1), without a claim control number.",
        ),
    ],
)
def test_what_cannot_be_looked_up_is_said_in_one_sentence(
    denials: Denials, typed: list[str], error: type[DenialCodeError], message: str
) -> None:
    with pytest.raises(error) as raised:
        parse_codes(typed, denials.known)
    assert str(raised.value) == message


def test_an_unknown_code_lists_the_nearest_for_programs_too(denials: Denials) -> None:
    with pytest.raises(UnknownCode) as raised:
        parse_codes(["CO-617"], denials.known)
    assert raised.value.code == "617"
    assert raised.value.nearest == ("167", "61")


@pytest.mark.parametrize(
    "hostile", ["\x1b[31m", "N" * 10_000, "<script>", "\u202e61-OC", "१६", "CO-9999999999"]
)
def test_no_text_crashes_the_parser_or_reaches_the_terminal_raw(denials: Denials, hostile: str) -> None:
    with pytest.raises(DenialCodeError) as raised:
        parse_codes([hostile], denials.known)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 400


def test_spans_and_zeros() -> None:
    assert sorted(map(str, read_spans(["B7-B9", "16"]))) == ["16", "B7", "B8", "B9"]
    assert canonical("MA4") == canonical("MA04") == "MA04"
    for wrong in ("B9-B7", "B7-9"):
        with pytest.raises(ValueError, match="no span"):
            read_spans([wrong])
