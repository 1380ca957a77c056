"""Whether to answer: signals, calibration, and what follows from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.answerability import Answerability, signals
from copilot.answering.calibration import (
    CALIBRATION_FILE,
    SIGNALS,
    Calibration,
    Coefficients,
    as_json,
    calibration_of,
    read_calibration,
    shipped_calibration,
)
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.question import Question
from copilot.answering.relevance import Relevance, Standing
from copilot.errors import ConfigurationError
from knowledge.passage import Passage, cite
from knowledge.retriever import Retriever
from tests.unit.copilot.answering_standins import CALIBRATION, FoundPassages
from tests.unit.samples import passage

STANDING = Standing(chunk=2.5, question=None)


def asked(text: str) -> Question:
    return Question(text=text, person="owner")


def seen(question: str, found: Passage, standing: Standing = STANDING) -> dict[str, float]:
    return signals(asked(question), [found], [cite(1, found, 0, len(found.text))], standing)


def test_every_signal_is_there() -> None:
    assert set(seen("续约怎么谈", passage("续约前先看用量。"))) == set(SIGNALS)


def test_a_fact_that_no_quote_holds_is_missing() -> None:
    assert seen("带教师傅的补贴是多少", passage("带教要有职责和利益机制。"))["fact_missing"] == 1
    assert seen("带教师傅的补贴是多少", passage("带教师傅每月补贴 300 元。"))["fact_missing"] == 0
    assert seen("带教怎么安排", passage("带教要有职责和利益机制。"))["fact_missing"] == 0


def test_names_and_numbers_that_stand_nowhere_are_counted() -> None:
    assert seen("ACME 的 CRM 怎么接 42 号接口", passage("CRM 由开放平台接入。"))["names_missing"] == 2


def test_english_names_are_told_by_their_capital() -> None:
    assert seen("Which tool does Acme use?", passage("Routing is done by hand."))["names_missing"] == 1


def test_the_first_word_of_an_english_sentence_is_no_name() -> None:
    assert seen("The account is down. Which step comes first?", passage("看日志。"))["names_missing"] == 0


def test_a_subject_that_is_not_mentioned_is_missing() -> None:
    assert seen("飞燕的估值现在多少", passage("飞燕是一家教育公司。"))["subject_missing"] == 1
    assert seen("飞燕的估值现在多少", passage("飞燕的估值没有公布。"))["subject_missing"] == 0


def test_subjects_are_not_compared_across_languages() -> None:
    assert seen("How many reviewers sign off?", passage("由三个人签字。"))["subject_missing"] == 0


def test_without_passages_there_is_no_confidence() -> None:
    judge = Answerability(
        relevance=Relevance(cast(Retriever, FoundPassages([]))), evidence=EvidenceFinder(), calibration=CALIBRATION
    )

    assert judge.judge(asked("续约怎么谈"), []).confidence == 0.0


def test_the_coefficients_depend_on_whether_there_are_written_questions() -> None:
    calibration = Calibration(
        with_questions=Coefficients(intercept=1.0, weights={}),
        without_questions=Coefficients(intercept=-1.0, weights={}),
        threshold=0.5,
        other_subject=1.0,
    )

    assert calibration.confidence({}, with_questions=True) > 0.5 > calibration.confidence({}, with_questions=False)


@given(st.fixed_dictionaries({name: st.floats(-1e6, 1e6) for name in SIGNALS}), st.booleans())
def test_a_confidence_is_a_probability(values: dict[str, float], with_questions: bool) -> None:
    assert 0.0 <= shipped_calibration().confidence(values, with_questions=with_questions) <= 1.0


def test_a_missing_fact_never_makes_the_shipped_calibration_surer() -> None:
    calibration = shipped_calibration()

    for used in (calibration.with_questions, calibration.without_questions):
        assert used.weights["near"] > 0
        assert all(weight <= 0 for name, weight in used.weights.items() if name.endswith("_missing"))


def test_a_home_may_have_its_own_calibration(tmp_path: Path) -> None:
    assert calibration_of(tmp_path) == shipped_calibration()

    (tmp_path / CALIBRATION_FILE).write_text(as_json(CALIBRATION), "utf-8")

    assert calibration_of(tmp_path) == CALIBRATION


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", json.dumps({"with_questions": {"intercept": 0, "weights": {"mood": 1}}, "threshold": 0.5})]
)
def test_a_file_that_is_no_calibration_is_refused_with_the_next_step(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--fit"):
        read_calibration(text)
