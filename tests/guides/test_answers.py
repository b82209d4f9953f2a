"""What is remembered of values: enough to be quick, never so much that a file could fill the memory."""

from __future__ import annotations

from scrubber.guides.formats import Answers


def test_an_answer_is_asked_for_once() -> None:
    asked: list[str] = []
    answers = Answers(lambda text: bool(asked.append(text)) or text.isdigit())
    assert [answers["12"], answers["1X"], answers["12"]] == [True, False, True]
    assert asked == ["12", "1X"]


def test_long_values_are_answered_and_not_kept() -> None:
    answers = Answers(str.isdigit)
    assert answers["9" * 10_000] and not answers["X" * 10_000]
    assert not answers.keys()


def test_there_are_never_very_many() -> None:
    answers = Answers(str.isdigit)
    for number in range(50_000):
        assert answers[str(number)]
    assert len(answers) < 20_000
