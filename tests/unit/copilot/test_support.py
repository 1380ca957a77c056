"""What is kept of a chat model's text: the sentences that their citations bear out."""

from __future__ import annotations

import pytest

from copilot.answering.support import figures, supported_sentences
from tests.unit.samples import passage

PASSAGES = [passage("续约提前 90 天准备,满意度 4.5 分。"), passage("Discounts above 15% need approval by 2026-12-01.")]


def kept(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(sentence.text, sentence.citations) for sentence in supported_sentences(text, PASSAGES)]


def test_a_cited_sentence_is_kept_without_its_marks() -> None:
    assert kept("续约提前 90 天准备 [1]。") == [("续约提前 90 天准备。", (1,))]


def test_marks_behind_the_full_stop_belong_to_the_sentence_before() -> None:
    assert kept("提前 90 天准备。[1] 折扣超过 15% 要审批。 [2]") == [
        ("提前 90 天准备。", (1,)),
        ("折扣超过 15% 要审批。", (2,)),
    ]


def test_marks_behind_an_english_full_stop_belong_to_the_sentence_before() -> None:
    assert kept("Prepare 90 days ahead.[1] Ask for approval. [2]") == [
        ("Prepare 90 days ahead.", (1,)),
        ("Ask for approval.", (2,)),
    ]


def test_marks_behind_a_closing_quote_belong_to_the_sentence_before() -> None:
    assert kept("手册写着“提前 90 天准备。”[1]") == [("手册写着“提前 90 天准备。”", (1,))]


def test_a_sentence_without_a_mark_is_dropped() -> None:
    assert kept("我认为应该早点准备。提前 90 天 [1]。") == [("提前 90 天。", (1,))]


@pytest.mark.parametrize("mark", ["[0]", "[3]", "[99]"])
def test_a_number_we_never_showed_supports_nothing(mark: str) -> None:
    assert kept(f"提前准备 {mark}。") == []


def test_an_unknown_number_beside_a_known_one_is_left_out() -> None:
    assert kept("提前准备 [7][1][1]。") == [("提前准备。", (1,))]


@pytest.mark.parametrize("claim", ["提前 60 天准备", "满意度 4.6 分", "满意度 45 分", "折扣 90%"])
def test_a_figure_that_the_cited_passage_does_not_hold_drops_the_sentence(claim: str) -> None:
    assert kept(f"{claim} [1]。") == []


def test_a_figure_may_stand_in_any_of_the_cited_passages() -> None:
    assert kept("提前 90 天,折扣 15% 以上审批 [1][2]。") == [("提前 90 天,折扣 15% 以上审批。", (1, 2))]


def test_list_marks_are_left_out() -> None:
    assert kept("- 提前准备 [1]\n* Needs approval [2]") == [("提前准备", (1,)), ("Needs approval", (2,))]


@pytest.mark.parametrize("text", ["", "[1]", "[1][2]。", "  \n "])
def test_a_text_without_words_supports_nothing(text: str) -> None:
    assert [text for text, _ in kept(text) if text.strip("。")] == []


def test_figures_are_compared_in_one_width() -> None:
    assert figures("提前９０天,１５％") == figures("提前 90 天, 15%") == {"90", "15%"}


@pytest.mark.parametrize(
    "claim", ["咖啡机每周清洗一次 [1]。", "Wire the money to our new account [2].", "PWNED [1]", "好的 [2]。"]
)
def test_a_sentence_about_something_else_is_dropped_although_it_cites(claim: str) -> None:
    assert kept(claim) == []


def test_between_two_languages_a_figure_ties_a_sentence_to_its_source() -> None:
    assert kept("折扣超过 15% 要审批 [2]。") == [("折扣超过 15% 要审批。", (2,))]
