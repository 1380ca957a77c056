"""Whether a question is about anything the knowledge covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from copilot.answering.question import Question
from copilot.answering.relevance import BACKGROUND, Relevance
from knowledge.document import Audience
from knowledge.reader import CUSTOMERS, STAFF, AccessLabel, Reader, access_label
from knowledge.retriever import Nearness, Retriever
from tests.unit.samples import passage

ZH = Question(text="续约怎么谈", person="owner")
EN = Question(text="how do we renew", person="owner")


class MeasuredRetriever:
    """Every background question comes equally near; counts how often it was measured."""

    def __init__(self, chunk: float | None = 0.5, question: float | None = None) -> None:
        self.near = Nearness(chunk=chunk, question=question)
        self.near_by_turns: list[float] = []
        self.state = "1"
        self.there = [access_label(Audience.INTERNAL), access_label(Audience.CUSTOMER)]
        self.measured: list[tuple[Sequence[str], Reader]] = []

    def nearness(self, texts: Sequence[str], reader: Reader) -> list[Nearness]:
        self.measured.append((texts, reader))
        levels = self.near_by_turns
        return [replace(self.near, chunk=levels[n % len(levels)]) if levels else self.near for n in range(len(texts))]

    def revision(self) -> str:
        return self.state

    def labels(self) -> Sequence[AccessLabel]:
        return self.there


def relevance(retriever: MeasuredRetriever) -> Relevance:
    return Relevance(cast(Retriever, retriever))


def test_a_question_stands_above_the_background_by_its_spreads() -> None:
    passages = [passage("甲", similarity=0.55), passage("乙", similarity=0.62)]
    retriever = MeasuredRetriever()
    retriever.near_by_turns = [0.4, 0.6]  # mean 0.5, spread 0.1

    assert relevance(retriever).standing(ZH, passages).chunk == pytest.approx(1.2)


def test_a_question_farther_away_than_the_background_stands_below_it() -> None:
    assert relevance(MeasuredRetriever(0.5)).standing(ZH, [passage("甲", similarity=0.4)]).chunk < 0


def test_equal_backgrounds_do_not_make_a_hair_a_mile() -> None:
    assert relevance(MeasuredRetriever(0.5)).standing(ZH, [passage("甲", similarity=0.501)]).chunk < 1


def test_the_best_written_question_stands_for_itself() -> None:
    found = [passage("甲", similarity=0.51, question_similarity=0.9), passage("乙", question_similarity=0.1)]

    standing = relevance(MeasuredRetriever(0.5, 0.6)).standing(ZH, found)

    assert standing.question is not None
    assert standing.question > 10


def test_an_index_without_written_questions_has_no_standing_by_them() -> None:
    assert relevance(MeasuredRetriever(0.5)).standing(ZH, [passage("甲")]).question is None


def test_without_passages_nothing_is_near_and_nothing_is_measured() -> None:
    retriever = MeasuredRetriever()

    assert relevance(retriever).standing(ZH, []).chunk < -5
    assert retriever.measured == []


def test_an_index_without_any_entry_for_the_background_counts_as_far() -> None:
    assert relevance(MeasuredRetriever(None)).standing(ZH, [passage("甲", similarity=0.3)]).chunk > 10


def test_the_background_is_measured_in_the_language_and_for_the_audience_of_the_question() -> None:
    retriever = MeasuredRetriever()
    judge = relevance(retriever)

    judge.standing(ZH, [passage("甲")])
    judge.standing(Question(text="how do we renew", person="x", reader=CUSTOMERS), [passage("甲")])

    assert retriever.measured == [(BACKGROUND["zh"], STAFF), (BACKGROUND["en"], CUSTOMERS)]


def test_the_background_is_measured_once_until_the_index_changes() -> None:
    retriever = MeasuredRetriever()
    judge = relevance(retriever)

    for state in ("1", "1", "2", "2"):
        retriever.state = state
        judge.standing(ZH, [passage("甲")])

    assert len(retriever.measured) == 2


def test_after_warming_up_no_question_of_our_own_staff_waits_for_a_measurement() -> None:
    retriever = MeasuredRetriever()
    judge = relevance(retriever)
    judge.warm_up()
    measured = len(retriever.measured)

    judge.standing(ZH, [passage("甲")])
    judge.standing(EN, [passage("甲")])

    assert len(retriever.measured) == measured == len(BACKGROUND)
