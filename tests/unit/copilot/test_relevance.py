"""Whether a question is about anything the knowledge covers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from copilot.answering.question import Question
from copilot.answering.relevance import BACKGROUND, Relevance
from knowledge.document import Audience
from knowledge.retriever import Nearness, Retriever
from tests.unit.samples import passage

ZH = Question(text="续约怎么谈", person="owner")
EN = Question(text="how do we renew", person="owner")


class MeasuredRetriever:
    """Every background question comes equally near; counts how often it was measured."""

    def __init__(self, chunk: float | None = 0.5, question: float | None = None) -> None:
        self.near = Nearness(chunk=chunk, question=question)
        self.state = "1"
        self.measured: list[tuple[Sequence[str], Audience]] = []

    def nearness(self, texts: Sequence[str], audience: Audience) -> list[Nearness]:
        self.measured.append((texts, audience))
        return [self.near for _ in texts]

    def revision(self) -> str:
        return self.state


def relevance(retriever: MeasuredRetriever) -> Relevance:
    return Relevance(cast(Retriever, retriever))


def test_the_margin_is_the_best_passage_over_the_background() -> None:
    passages = [passage("甲", similarity=0.55), passage("乙", similarity=0.62)]

    assert relevance(MeasuredRetriever(0.5)).margin(ZH, passages) == pytest.approx(0.12)


def test_a_question_farther_away_than_the_background_has_a_negative_margin() -> None:
    assert relevance(MeasuredRetriever(0.5)).margin(ZH, [passage("甲", similarity=0.4)]) == pytest.approx(-0.1)


def test_a_near_written_question_widens_the_margin() -> None:
    found = [passage("甲", similarity=0.51, question_similarity=0.9)]

    assert relevance(MeasuredRetriever(0.5, 0.6)).margin(ZH, found) == pytest.approx(0.3)


def test_a_far_written_question_does_not_narrow_it() -> None:
    found = [passage("甲", similarity=0.7, question_similarity=0.1)]

    assert relevance(MeasuredRetriever(0.5, 0.6)).margin(ZH, found) == pytest.approx(0.2)


def test_without_passages_nothing_is_related_and_nothing_is_measured() -> None:
    retriever = MeasuredRetriever()
    judge = relevance(retriever)

    assert judge.margin(ZH, []) < judge.thresholds.other_subject
    assert retriever.measured == []


def test_an_index_without_any_entry_for_the_background_counts_as_far() -> None:
    assert relevance(MeasuredRetriever(None)).margin(ZH, [passage("甲", similarity=0.3)]) == pytest.approx(0.3)


def test_the_background_is_measured_in_the_language_and_for_the_audience_of_the_question() -> None:
    retriever = MeasuredRetriever()
    judge = relevance(retriever)

    judge.margin(ZH, [passage("甲")])
    judge.margin(Question(text="how do we renew", person="x", audience=Audience.CUSTOMER), [passage("甲")])

    assert retriever.measured == [(BACKGROUND["zh"], Audience.INTERNAL), (BACKGROUND["en"], Audience.CUSTOMER)]


def test_the_background_is_measured_once_until_the_index_changes() -> None:
    retriever = MeasuredRetriever()
    judge = relevance(retriever)

    for state in ("1", "1", "2", "2"):
        retriever.state = state
        judge.margin(ZH, [passage("甲")])

    assert len(retriever.measured) == 2


def test_after_warming_up_no_question_of_our_own_staff_waits_for_a_measurement() -> None:
    retriever = MeasuredRetriever()
    judge = relevance(retriever)
    judge.warm_up()
    measured = len(retriever.measured)

    judge.margin(ZH, [passage("甲")])
    judge.margin(EN, [passage("甲")])

    assert len(retriever.measured) == measured == len(BACKGROUND)
