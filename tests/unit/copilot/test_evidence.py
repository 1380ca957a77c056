"""Which sentences are quoted."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.evidence import EvidenceFinder
from copilot.answering.question import Question
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.passage import Citation, Passage
from knowledge.text import sentence_spans
from tests.unit.samples import ALPHABET, passage

DOCUMENT = """# 续约手册

合同到期之前九十天开始准备续约。办公室的咖啡机每周清洗一次。

## 谁来签字

- 由客户的采购负责人在合同到期之前签字,
- 咖啡机的清洗记录贴在墙上。
"""


def find(question: str, *texts: str) -> list[Citation]:
    passages = [read(passage(text, name=f"d{n}"), question) for n, text in enumerate(texts)]
    return EvidenceFinder().find(Question(text=question, person="owner"), passages)


def read(found: Passage, question: str) -> Passage:
    """The passage with the cosines that the retriever adds."""
    embedder = HashingEmbedder()
    sentences = embedder.embed_passages([found.text[start:end] for start, end in sentence_spans(found.text)])
    return replace(found, sentence_similarities=tuple(map(float, sentences @ embedder.embed_queries([question])[0])))


lines = st.sampled_from(
    [
        "## 谁来签字",
        "# 续约",
        "由采购负责人签字。",
        "- 看用量,",
        "1. 约决策人;",
        "三步:",
        "好的。",
        "",
        "| a | b |",
        "---",
        "续约 {金额} 元",
    ]
)


def test_the_sentence_that_answers_comes_first() -> None:
    assert find("续约提前多久开始准备", DOCUMENT)[0].quote == "合同到期之前九十天开始准备续约。"


def test_a_list_marker_and_a_loose_comma_are_left_out_of_the_quote() -> None:
    assert find("采购负责人签字", DOCUMENT)[0].quote == "由客户的采购负责人在合同到期之前签字"


def test_a_numbered_item_is_quoted_without_its_number() -> None:
    assert (
        find("约决策人当面确认预算和时间", "1. 约决策人当面确认预算和时间。\n")[0].quote
        == "约决策人当面确认预算和时间。"
    )


def test_a_number_that_begins_a_sentence_is_no_list_marker() -> None:
    assert find("满意度要多少分", "4.5 分以上的满意度才算健康的客户。")[0].quote.startswith("4.5 分")


def test_a_sentence_that_leads_on_takes_what_it_leads_on_to() -> None:
    text = "续约准备分三步:\n- 核对用量\n- 约决策人\n- 确认预算"

    assert find("续约准备分几步", text)[0].quote == text


def test_what_is_led_on_to_ends_at_the_next_heading() -> None:
    quote = find("续约准备分几步", "续约准备分三步:\n\n## 咖啡机\n\n每周清洗一次。")[0].quote

    assert quote == "续约准备分三步:"


@given(st.lists(lines, max_size=12).map("\n".join))
def test_a_heading_is_never_quoted(text: str) -> None:
    assert not any("#" in citation.quote for citation in find("谁来签字,续约看什么", text))


def test_passages_that_hold_no_sentence_give_no_evidence() -> None:
    assert find("谁来签字", "## 谁来签字\n\n---\n\n| 谁 | 签字 |\n") == []


def test_no_passages_give_no_evidence() -> None:
    assert find("谁来签字") == []


def test_equally_good_sentences_of_one_passage_become_at_most_five_quotes() -> None:
    texts = [f"由采购负责人签字,第{word}种情形也一样。" for word in "甲乙丙丁戊己庚"]

    assert 1 <= len(find("由采购负责人签字,情形也一样", *texts)) <= 5


def test_the_same_sentence_in_two_documents_is_quoted_once() -> None:
    quotes = [citation.quote for citation in find("谁来签字", "由采购负责人来签字。", "由采购负责人来签字。")]

    assert quotes == ["由采购负责人来签字。"]


@given(st.lists(lines, min_size=1, max_size=10).map("\n".join), st.lists(lines, max_size=10).map("\n".join))
def test_quotes_are_verbatim_numbered_from_one_at_most_five_and_do_not_overlap(one: str, other: str) -> None:
    citations = find("续约谁来签字,看什么用量", one, other)

    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    assert len(citations) <= 5
    assert all(c.quote == c.passage.text[c.start : c.end] for c in citations)
    assert not any(
        a.passage.chunk.id == b.passage.chunk.id and a.start < b.end and b.start < a.end
        for a, b in combinations(citations, 2)
    )


@given(st.text(st.sampled_from(ALPHABET), max_size=400))
def test_a_quote_of_more_than_one_sentence_stays_short_enough_to_read_at_a_glance(text: str) -> None:
    for citation in find("续约前先确认客户用量", text):
        assert len(citation.quote) <= 260 or len(sentence_spans(citation.quote)) == 1


def test_in_a_handful_of_sentences_what_is_about_something_else_is_not_quoted() -> None:
    other = "合同到期前九十天开始准备。"
    assert [citation.quote for citation in find("试用一般给几周", "试用一般给一周。", other)] == ["试用一般给一周。"]
