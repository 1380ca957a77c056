"""What every `LexicalIndex` promises over the documents of its store."""

from __future__ import annotations

import pytest

from knowledge.document import Audience, Metadata
from knowledge.index import Field
from knowledge.reader import CUSTOMERS
from tests.contract.material import Knowledge, chunk_of, identity, indexed


@pytest.mark.parametrize("field", ["chunk", "question"])
def test_an_empty_index_finds_nothing(knowledge: Knowledge, field: Field) -> None:
    assert knowledge.found("续约", field=field) == {}


def test_chunks_with_a_shared_word_are_found(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "续约前九十天复盘", "培训从第一周开始"))
    assert set(knowledge.found("什么时候谈续约")) == {chunk_of("a.md", 0)}


def test_one_shared_word_is_enough(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "a pilot comes before the contract"))
    assert set(knowledge.found("pilot invoice tax refund")) == {chunk_of("a.md")}


def test_more_shared_words_score_higher(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "renewal review meeting", "renewal price list", "hiring plan"))
    scores = knowledge.found("renewal review")
    assert scores[chunk_of("a.md", 0)] > scores[chunk_of("a.md", 1)]


def test_a_word_that_every_chunk_has_still_scores_above_zero(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "续约甲", "续约乙", "续约丙"))
    scores = knowledge.found("续约")
    assert len(scores) == 3
    assert min(scores.values()) > 0


@pytest.mark.parametrize(
    ("stored", "asked"),
    [("客戶續約", "客户续约"), ("ＮＰＳ 調查", "nps"), ("Onboarding", "ONBOARDING"), ("健康度评分", "健康度")],
    ids=["script", "width", "case", "part of a compound"],
)
def test_spellings_with_one_normal_form_match(knowledge: Knowledge, stored: str, asked: str) -> None:
    knowledge.store.save(indexed("a.md", stored))
    assert set(knowledge.found(asked)) == {chunk_of("a.md")}


def test_the_title_leads_to_every_chunk(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "甲段", "乙段", title="Escalation"))
    assert set(knowledge.found("escalation")) == {chunk_of("a.md", 0), chunk_of("a.md", 1)}


def test_the_context_leads_to_the_chunk(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "甲段", metadata=Metadata(context="Handover")))
    assert set(knowledge.found("handover")) == {chunk_of("a.md")}


def test_a_written_question_leads_to_its_chunk(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "先看使用数据", "再约会议", questions=["客户不续费怎么办"]))
    assert set(knowledge.found("不续费", field="question")) == {chunk_of("a.md", 0)}


def test_written_questions_are_no_chunks(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "先看使用数据", questions=["refund"]))
    assert knowledge.found("refund", field="chunk") == {}


def test_chunks_are_no_questions(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "refund", questions=["怎么退款"]))
    assert knowledge.found("refund", field="question") == {}


def test_questions_of_one_chunk_give_its_best_score_only(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "甲段", questions=["renewal review", "renewal of another kind"]))
    knowledge.store.save(indexed("b.md", "乙段", questions=["renewal of another kind"]))
    scores = knowledge.found("renewal review", field="question")
    assert scores[chunk_of("a.md")] > scores[chunk_of("b.md")]


def test_the_limit_keeps_the_best(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "renewal price list", "renewal review meeting", "hiring plan"))
    assert set(knowledge.found("renewal review", limit=1)) == {chunk_of("a.md", 1)}


@pytest.mark.parametrize("field", ["chunk", "question"])
def test_customers_find_no_internal_entry(knowledge: Knowledge, field: Field) -> None:
    knowledge.store.save(indexed("in.md", "refund rules", questions=["refund?"], audience=Audience.INTERNAL))
    knowledge.store.save(indexed("out.md", "refund form", questions=["refund?"], audience=Audience.CUSTOMER))
    found = knowledge.lexical.search_text(field, "refund", 10, CUSTOMERS)
    assert set(found) == {chunk_of("out.md")}


def test_the_limit_counts_only_what_a_customer_may_read(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("in.md", *["refund refund"] * 5, audience=Audience.INTERNAL))
    knowledge.store.save(indexed("out.md", "refund form and more words", audience=Audience.CUSTOMER))
    assert set(knowledge.lexical.search_text("chunk", "refund", 1, CUSTOMERS)) == {chunk_of("out.md")}


def test_a_document_made_internal_is_hidden_from_customers(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "refund", audience=Audience.CUSTOMER))
    knowledge.store.save(indexed("a.md", "refund", version=2, audience=Audience.INTERNAL))
    assert knowledge.lexical.search_text("chunk", "refund", 10, CUSTOMERS) == {}


def test_the_words_of_a_replaced_version_are_found_no_more(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "refund", questions=["refund?"]))
    knowledge.store.save(indexed("a.md", "续约", version=2, questions=["怎么续约"]))
    assert (knowledge.found("refund"), knowledge.found("refund", field="question")) == ({}, {})


def test_the_words_of_the_new_version_lead_to_its_chunk(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "refund"))
    knowledge.store.save(indexed("a.md", "续约", version=2))
    assert set(knowledge.found("续约")) == {chunk_of("a.md", version=2)}


@pytest.mark.parametrize("field", ["chunk", "question"])
def test_a_deleted_document_is_found_no_more(knowledge: Knowledge, field: Field) -> None:
    knowledge.store.save(indexed("a.md", "refund", questions=["refund?"]))
    knowledge.store.delete(identity("a.md"))
    assert knowledge.found("refund", field=field) == {}


@pytest.mark.parametrize("text", ["", " \n", "？！…", '"', "*", "()", "🙂", "\0"], ids=ascii)
def test_a_text_without_words_finds_nothing(knowledge: Knowledge, text: str) -> None:
    knowledge.store.save(indexed("a.md", "refund"))
    assert knowledge.found(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        '"refund',
        "refund*",
        "-refund",
        "NOT refund",
        "NEAR(refund, 2)",
        "words:refund",
        "refund AND",
        "^refund",
        "refund\0",
    ],
)
def test_search_syntax_is_only_text(knowledge: Knowledge, text: str) -> None:
    knowledge.store.save(indexed("a.md", "refund", "其他内容"))
    assert set(knowledge.found(text)) == {chunk_of("a.md")}


def test_a_very_long_text_is_searched_too(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "refund"))
    assert set(knowledge.found(" ".join(f"w{i}" for i in range(2000)) + " refund")) == {chunk_of("a.md")}


def test_every_word_of_the_chunks_is_told_with_the_number_of_chunks_that_have_it(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "renewal renewal review", "renewal price", questions=["refund?"]))
    words = knowledge.lexical.words()
    assert (words["renewal"], words["review"], words.get("refund")) == (2, 1, None)


def test_words_follow_the_documents(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "refund"))
    assert "refund" in knowledge.lexical.words()
    knowledge.store.delete(identity("a.md"))
    assert "refund" not in knowledge.lexical.words()
