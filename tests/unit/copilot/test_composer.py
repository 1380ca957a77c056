"""The answer that is made of quotes alone."""

from __future__ import annotations

import pytest

from copilot.answering.composer import EXTRACTIVE, compose_extract
from copilot.answering.question import Question
from knowledge.document import Metadata
from knowledge.passage import Citation, cite
from tests.unit.samples import passage

ZH = Question(text="续约提前多久", person="owner")
EN = Question(text="how early do we prepare", person="owner")


def citation(number: int, text: str, *, title: str = "续约手册", headings: tuple[str, ...] = ("准备",)) -> Citation:
    metadata = Metadata(title_en="Renewal playbook")
    return cite(number, passage(text, title=title, headings=headings, metadata=metadata), 0, len(text))


def test_one_quote_is_the_answer_with_its_mark() -> None:
    composition = compose_extract(ZH, [citation(1, "提前九十天。")])

    assert composition.text == "提前九十天。 [1]"
    assert composition.composer == EXTRACTIVE


def test_further_quotes_follow_as_a_list() -> None:
    composition = compose_extract(ZH, [citation(1, "提前九十天。"), citation(2, "先看用量。"), citation(3, "再约人。")])

    assert composition.text.split("\n\n", 1)[0] == "提前九十天。 [1]"
    assert [line for line in composition.text.splitlines() if line][1:] == ["- 先看用量。 [2]", "- 再约人。 [3]"]


def test_the_steps_of_the_first_quote_stay_steps_and_the_quote_stays_as_it_stands() -> None:
    composition = compose_extract(ZH, [citation(1, "分两步:\n- 看用量\n2. 约人")])

    assert composition.text == "分两步:\n- 看用量\n2. 约人 [1]"
    assert composition.citations[0].quote == "分两步:\n- 看用量\n2. 约人"


def test_every_sentence_is_grounded_in_its_own_citation() -> None:
    composition = compose_extract(ZH, [citation(1, "提前九十天。"), citation(2, "先看用量。")])

    assert [(s.text, s.status, s.citations) for s in composition.grounding] == [
        ("提前九十天。", "grounded", (1,)),
        ("先看用量。", "grounded", (2,)),
    ]


def test_the_explanation_says_where_each_quote_stands() -> None:
    composition = compose_extract(
        ZH, [citation(1, "提前九十天。"), citation(2, "先看用量。", title="增购手册", headings=())]
    )

    assert composition.explanation == "依据:[1] 《续约手册》 › 准备；[2] 《增购手册》"


def test_the_title_is_not_repeated_as_a_heading() -> None:
    composition = compose_extract(ZH, [citation(1, "提前九十天。", headings=("续约手册", "准备"))])

    assert composition.explanation == "依据:[1] 《续约手册》 › 准备"


def test_an_english_question_gets_english_titles_and_is_told_of_chinese_quotes() -> None:
    explanation = compose_extract(EN, [citation(1, "提前九十天。", headings=())]).explanation

    assert explanation.splitlines() == [
        "Based on: [1] “Renewal playbook”",
        "The source is written in Chinese and quoted as it stands.",
    ]


@pytest.mark.parametrize(("question", "text"), [(EN, "Ninety days ahead."), (ZH, "提前九十天。")])
def test_a_quote_in_the_language_asked_needs_no_remark(question: Question, text: str) -> None:
    assert "written in Chinese" not in compose_extract(question, [citation(1, text)]).explanation


def test_a_note_stands_before_the_explanation() -> None:
    assert compose_extract(ZH, [citation(1, "提前。")], "模型没有响应。").explanation.startswith(
        "模型没有响应。\n依据:"
    )
