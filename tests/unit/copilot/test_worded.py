"""Checked sentences of a chat model, each tied to a verbatim quote."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.answer import Composition, GroundedSentence
from copilot.answering.claims import unsupported
from copilot.answering.question import Question
from copilot.answering.reading import read_claims
from copilot.answering.worded import compose_worded
from knowledge.passage import Passage
from tests.unit.samples import passage

ZH = Question(text="续约提前多久", person="owner")
EN = Question(text="how early do we prepare", person="owner")
RENEWAL = passage("续约提前 90 天准备。满意度要 4.5 分。折扣超过 15% 要审批。", name="renewal", start=40)
GROWTH = passage("增购先看用量。用量到 80% 再谈。", name="growth")

sentences = st.sampled_from(
    [
        "续约提前 90 天准备",
        "满意度 4.5 分",
        "折扣 15% 要审批",
        "用量到 80% 再谈",
        "先看用量",
        "满意度 4.5 分,折扣 15%",
        "90 天内用量到 80%",
    ]
)
claims = st.lists(st.tuples(sentences, st.sampled_from(["[1]", "[2]", "[1][2]", "[2][1]"])), min_size=1, max_size=5)


def compose(text: str, passages: list[Passage], question: Question = ZH) -> Composition:
    claimed = [GroundedSentence(text=c.text, status="grounded", citations=c.passages) for c in read_claims(text)]
    borne_out = [s for s in claimed if not unsupported(s.text, "\n".join(passages[n - 1].text for n in s.citations))]
    return compose_worded(question, passages, borne_out, "tiny")


@given(claims)
def test_quotes_are_verbatim_in_their_document(said: list[tuple[str, str]]) -> None:
    composition = compose("".join(f"{claim}{marks}。" for claim, marks in said), [RENEWAL, GROWTH])

    for citation in composition.citations:
        offset = citation.passage.chunk.span.start
        assert citation.quote == citation.passage.text[citation.start - offset : citation.end - offset] != ""


@given(claims)
def test_every_figure_of_a_sentence_stands_in_one_of_its_quotes(said: list[tuple[str, str]]) -> None:
    composition = compose("".join(f"{claim}{marks}。" for claim, marks in said), [RENEWAL, GROWTH])
    quotes = {citation.number: citation.quote for citation in composition.citations}

    for sentence in composition.grounding:
        assert unsupported(sentence.text, "\n".join(quotes[number] for number in sentence.citations)) == []


@given(claims)
def test_citations_are_numbered_from_one_as_they_first_appear(said: list[tuple[str, str]]) -> None:
    composition = compose("".join(f"{claim}{marks}。" for claim, marks in said), [RENEWAL, GROWTH])
    appearing = list(dict.fromkeys(number for sentence in composition.grounding for number in sentence.citations))

    assert appearing == [citation.number for citation in composition.citations] == list(range(1, len(appearing) + 1))


def test_each_sentence_is_followed_by_its_marks() -> None:
    composition = compose("用量到 80% 再谈[2]。提前 90 天准备[1][2]。", [RENEWAL, GROWTH])

    assert composition.text == "用量到 80% 再谈。 [1]提前 90 天准备。 [2] [1]"
    assert composition.composer == "llm:tiny"


def test_english_sentences_are_joined_with_a_space() -> None:
    passages = [passage("Prepare 90 days ahead. Check usage first.")]

    assert compose("Check usage first [1]. Prepare ahead [1].", passages, EN).text == (
        "Check usage first. [1] Prepare ahead. [1]"
    )


def test_the_quote_is_the_sentence_that_carries_the_claim() -> None:
    composition = compose("满意度要 4.5 分[1]。", [RENEWAL, GROWTH])

    assert [citation.quote for citation in composition.citations] == ["满意度要 4.5 分。"]


def test_two_claims_on_one_passage_share_a_quote_that_holds_both() -> None:
    composition = compose("提前 90 天准备[1]。折扣 15% 要审批[1]。", [RENEWAL, GROWTH])

    assert [citation.quote for citation in composition.citations] == [RENEWAL.text]


def test_a_passage_that_nobody_cites_is_no_citation() -> None:
    composition = compose("用量到 80% 再谈[2]。", [RENEWAL, GROWTH])

    assert [citation.passage for citation in composition.citations] == [GROWTH]
