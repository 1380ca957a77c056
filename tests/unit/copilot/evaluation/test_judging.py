from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.evaluation.judging import judge, point_covered
from copilot.evaluation.observation import Cited, Reply, Said
from tests.unit.copilot.evaluation.evaluation_samples import (
    EVIDENCE,
    SECOND,
    abstention,
    answer,
    case,
    seen,
    unanswerable,
)


def test_passages_are_ranked_by_the_evidence_they_hold() -> None:
    row = judge(case(quotes=(EVIDENCE, SECOND)), seen("别的", SECOND, "还是别的", EVIDENCE), 10)
    assert row.ranks == [4, 2]
    assert row.measures["hit@1"] == (0, 1)
    assert row.measures["hit@3"] == (1, 1)
    assert row.measures["mrr@10"] == (0.5, 1)
    assert row.measures["all_evidence@5"] == (1, 1)
    assert row.found == ["1.md", "2.md", "3.md", "4.md"]


def test_sources_are_alternatives_so_all_evidence_is_not_asked_of_them() -> None:
    row = judge(case(quotes=(), sources=("2.md", "9.md")), seen("a", "b", "c"), 10)
    assert row.ranks == [2, None]
    assert row.measures["hit@3"] == (1, 1)
    assert "all_evidence@5" not in row.measures


def test_only_the_first_600_characters_of_a_passage_count() -> None:
    assert judge(case(), seen("字" * 600 + EVIDENCE), 10).ranks == [None]
    assert judge(case(), seen("字" * (600 - len(EVIDENCE)) + EVIDENCE), 10).ranks == [1]


def test_a_smaller_k_judges_fewer_passages_and_leaves_deeper_measures_out() -> None:
    row = judge(case(quotes=(EVIDENCE, SECOND)), seen("a", "b", "c", EVIDENCE), 3)
    assert row.ranks == [None, None]
    assert set(row.measures) == {"hit@1", "hit@3"}


def test_a_case_without_gold_gets_no_retrieval_score_rather_than_a_zero() -> None:
    row = judge(case(quotes=()), seen("a", reply=answer("a")), 10)
    assert row.ranks == []
    assert row.right is None
    assert not {"hit@1", "mrr@10", "right", "citation_precision"} & set(row.measures)
    assert row.measures["verbatim"] == (1, 1)


def test_without_a_reply_nothing_is_said_about_answers() -> None:
    row = judge(case(answer_points=("销售",)), seen(EVIDENCE), 10)
    assert (row.status, row.right, row.confidence) == (None, None, None)
    assert not {"refusal_precision", "answer_points", "right"} & set(row.measures)


def test_an_answer_is_right_when_it_cites_evidence() -> None:
    row = judge(case(), seen("a", reply=answer("毫不相干的一句话在这里", "续费由客户成功经理负责")), 10)
    assert row.right is True
    assert row.supported is True
    assert row.measures["citation_precision"] == (1, 2)
    assert [line.evidence for line in row.citations] == [False, True]
    assert row.measures["right"] == (1, 1)


def test_a_citation_from_a_gold_source_is_evidence() -> None:
    row = judge(case(quotes=(), sources=("2.md",)), seen("a", reply=answer("任意", "别的")), 10)
    assert row.measures["citation_precision"] == (1, 2)


def test_abstaining_from_an_answerable_question_is_wrong_but_may_be_supported() -> None:
    near = judge(case(answer_points=("谁负责",)), seen("a", "b", EVIDENCE, reply=abstention()), 10)
    far = judge(case(), seen("a", "b", "c", EVIDENCE, reply=abstention()), 10)
    assert (near.right, near.supported) == (False, True)
    assert (far.right, far.supported) == (False, False)
    assert near.measures["answer_points"] == (0, 1)
    assert near.measures["refusal_precision"] == (0, 1)
    assert "refusal_recall" not in near.measures
    assert "citation_precision" not in near.measures


def test_abstaining_is_right_where_there_is_no_answer() -> None:
    refused = judge(unanswerable(), seen("a", reply=abstention()), 10)
    bluffed = judge(unanswerable(), seen("a", reply=answer("a")), 10)
    assert (refused.right, bluffed.right) == (True, False)
    assert refused.supported is bluffed.supported is False
    assert refused.measures["refusal_f1"] == (2, 2)
    assert bluffed.measures["refusal_f1"] == (0, 1)
    assert bluffed.measures["refusal_recall"] == (0, 1)
    assert "refusal_precision" not in bluffed.measures


def test_a_quote_that_does_not_stand_in_the_stored_text_is_counted() -> None:
    row = judge(case(), seen("a", reply=answer(EVIDENCE, verbatim=False)), 10)
    assert row.measures["verbatim"] == (0, 1)


def test_ungrounded_sentences_and_figures_without_a_quote_are_counted() -> None:
    reply = Reply(
        status="answered",
        text="续费率 95% [1]。提前 30 天,共 7 步。",
        confidence=1.0,
        citations=(
            Cited(number=1, source="1.md", quote="续费率是 95%", verbatim=True),
            Cited(number=2, source="2.md", quote="提前 30 天", verbatim=True),
        ),
        sentences=(
            Said(text="续费率 95%", grounded=True, citations=(1,)),
            Said(text="提前 30 天", grounded=False, citations=(1,)),  # 30 stands in quote 2, which it does not cite
        ),
    )
    row = judge(case(), seen("a", reply=reply), 10)
    assert row.measures["grounding"] == (1, 2)
    assert row.figures_unsupported == ["30", "7"]
    assert row.measures["figures"] == (1, 3)


def test_marks_of_citations_are_no_figures() -> None:
    row = judge(case(), seen("a", reply=answer("没有数字的一句话")), 10)
    assert "figures" not in row.measures


@pytest.mark.parametrize(
    ("point", "text", "covered"),
    [
        ("客户成功经理负责续费", "续费归客户成功经理负责", True),
        ("到期前 90 天开始", "到期前 60 天就要开始了", False),
        ("9折以内", "折扣在九折以内", False),
        ("Gross margin, not revenue", "LTV is computed from gross margin and not from revenue", True),
        ("先收费再交付", "毫不相干", False),
        ("30%", "占到 30% 左右", True),
        ("的", "的", False),
    ],
)
def test_a_point_is_covered_when_its_figures_and_most_of_its_terms_occur(point: str, text: str, covered: bool) -> None:
    assert point_covered(point, text) is covered


@given(st.text(min_size=1), st.text(), st.text())
def test_more_text_never_uncovers_a_point(point: str, text: str, more: str) -> None:
    if point_covered(point, text):
        assert point_covered(point, f"{text}\n\n{more}")


def test_points_that_are_not_covered_are_named() -> None:
    row = judge(case(answer_points=("客户成功经理负责续费", "提前九十天")), seen("a", reply=answer(EVIDENCE)), 10)
    assert row.points_missing == ["提前九十天"]
    assert row.measures["answer_points"] == (1, 2)
