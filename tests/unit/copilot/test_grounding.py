"""Sentence by sentence against what is cited."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from copilot.answering.answer import GroundedSentence
from copilot.answering.claims import unsupported
from copilot.answering.composer import compose_extract
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.grounding import GroundingCheck, quote_span, verbatim
from copilot.answering.question import Question
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.text import fold, sentence_spans
from tests.unit.samples import ALPHABET, passage

CHECK = GroundingCheck(HashingEmbedder())
RENEWAL = passage("续约提前 90 天准备。满意度要 4.5 分。折扣超过 15% 要审批。小微客户不能打折。")
GROWTH = passage("增购先看用量。用量到 80% 再谈增购。", name="growth")

texts = st.text(alphabet=ALPHABET + "不没年月%第两三", max_size=60)
#: Sentences with digits, from which a source is made.
said = st.lists(
    st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(["客户", "续约", "每年", "NPS ", "At ", "上线", "第 "]),
        st.integers(0, 99999),
        st.sampled_from([" 天", "%", " 万元", " days", ".5 分", ",000 元", " B2B", "-40 次", "年3月", "", ":1"]),
        st.sampled_from(["之前准备", "以上", "要审批", " or more", "不做"]),
        st.sampled_from(["。", "!", "\n"]),
    ),
    min_size=1,
    max_size=4,
)


def status(sentence: str, source: str, check: GroundingCheck = CHECK) -> str:
    return check.check([sentence_of(sentence)], [passage(source)])[0].status


def sentence_of(text: str, *citations: int) -> GroundedSentence:
    return GroundedSentence(text=text, status="ungrounded", citations=citations or (1,))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("续约要提前 90 天准备。", "grounded"),
        ("续约提前九十天准备。", "grounded"),
        ("折扣 15% 要审批。", "partly"),
        ("续约提前 60 天准备。", "ungrounded"),
        ("小微客户能打折。", "ungrounded"),
        ("满意度要 4.6 分。", "ungrounded"),
        ("咖啡机每周清洗。", "ungrounded"),
    ],
)
def test_a_sentence_is_judged_against_what_it_cites(sentence: str, expected: str) -> None:
    assert status(sentence, RENEWAL.text) == expected


def test_only_what_is_cited_counts() -> None:
    of_growth = [sentence_of("用量到 80% 再谈增购。", n) for n in (1, 2)]

    assert [one.status for one in CHECK.check(of_growth, [RENEWAL, GROWTH])] == ["ungrounded", "grounded"]


def test_a_figure_may_stand_in_any_of_the_cited_passages() -> None:
    both = CHECK.check([sentence_of("续约提前 90 天准备,用量到 80% 再谈增购。", 1, 2)], [RENEWAL, GROWTH])

    assert both[0].status == "grounded"
    assert [RENEWAL.text[slice(*both[0].spans[0])], GROWTH.text[slice(*both[0].spans[1])]] == [
        "续约提前 90 天准备。",
        "用量到 80% 再谈增购。",
    ]


@pytest.mark.parametrize("numbers", [(), (0,), (9,)])
def test_a_sentence_that_cites_nothing_we_showed_is_ungrounded(numbers: tuple[int, ...]) -> None:
    sentence = GroundedSentence(text="续约提前 90 天准备。", status="grounded", citations=numbers)

    assert CHECK.check([sentence], [RENEWAL])[0] == GroundedSentence(
        text=sentence.text, status="ungrounded", citations=()
    )


def test_ungrounded_sentences_are_left_out_and_partly_grounded_ones_stay() -> None:
    sentences = [sentence_of(text) for text in ("续约提前 90 天准备。", "折扣 15% 要审批。", "折扣 45% 要审批。")]

    assert [(one.text, one.status) for one in CHECK.supported(sentences, [RENEWAL])] == [
        ("续约提前 90 天准备。", "grounded"),
        ("折扣 15% 要审批。", "partly"),
    ]


def test_a_passage_is_embedded_once_for_all_sentences_of_an_answer() -> None:
    counted = CountingEmbedder()
    check = GroundingCheck(counted)
    check.check([sentence_of("续约提前准备。")], [RENEWAL])
    before = len(counted.seen)

    check.check([sentence_of("满意度要高。")], [RENEWAL])

    assert counted.seen[before:] == ["满意度要高。"]


@pytest.mark.parametrize("sentence", ["打折。", "能打折。", "35 天。", "0 天准备。"])
def test_a_piece_of_a_sentence_is_not_verbatim(sentence: str) -> None:
    assert not verbatim(sentence, "小微客户不能打折。3-5 天。续约提前 90 天准备。")


def test_a_number_is_not_borne_out_by_one_that_reads_like_a_date() -> None:
    assert status("客户1900.0 分之前准备。", "客户1900.5 分之前准备。") == "ungrounded"


@given(texts, texts)
def test_nothing_makes_it_fail(sentence: str, source: str) -> None:
    assert status(sentence, source or "空") in ("grounded", "partly", "ungrounded")


@given(texts)
def test_a_sentence_copied_from_its_citation_is_always_grounded(source: str) -> None:
    spans = [span for span in sentence_spans(source) if any(c.isalnum() for c in source[slice(*span)])]
    assume(spans)

    assert {status(source[start:end], source) for start, end in spans} == {"grounded"}


@given(said, st.data())
def test_changing_any_digit_makes_it_not_grounded(sentences: list[str], data: st.DataObject) -> None:
    source = "".join(sentences)
    start, end = data.draw(st.sampled_from(sentence_spans(source)))
    copied = source[start:end]
    place = data.draw(st.sampled_from([match.start() for match in re.finditer(r"\d", copied)]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != copied[place]]))
    changed = copied[:place] + digit + copied[place + 1 :]
    # What the source says elsewhere is no mistake.
    assume(not (numbers(changed) <= numbers(source)))
    # Nothing is nothing in every unit: 0,000 元 is what 0 万元 says.
    assume(not re.search(r"(?<![\d.,])0+(?:[.,]0+)*(?![\d])", changed))

    assert status(changed, source) == "ungrounded"


@given(said, said)
def test_the_widened_quote_bears_out_all_that_its_passage_does(claims: list[str], others: list[str]) -> None:
    cited = passage("".join(others + claims))
    first = sentence_spans(cited.text)[0]

    start, end = quote_span([claim.strip() for claim in claims], cited, *first)

    assert start <= first[0] < first[1] <= end
    assert all(
        len(unsupported(claim, cited.text[start:end])) <= len(unsupported(claim, cited.text)) for claim in claims
    )


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[.,]\d+)*", fold(text)))


@given(st.lists(said.map("".join), min_size=1, max_size=3))
def test_all_figures_dates_and_names_of_an_extract_stand_in_its_verbatim_quote(sources: list[str]) -> None:
    question = Question(text="续约什么时候准备", person="owner")
    found = EvidenceFinder().find(question, [passage(s, name=f"d{n}") for n, s in enumerate(sources)])
    composition = compose_extract(question, found)
    quotes = {citation.number: citation for citation in composition.citations}

    for sentence in composition.grounding:
        missing = [one for number in sentence.citations for one in unsupported(sentence.text, quotes[number].quote)]
        assert [one for one in missing if one.kind != "polarity"] == []  # a source may deny what it says elsewhere
    for quote in quotes.values():
        offset = quote.passage.chunk.span.start
        assert quote.quote == quote.passage.text[quote.start - offset : quote.end - offset]


class CountingEmbedder(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed_passages(self, texts):  # type: ignore[no-untyped-def]
        self.seen.extend(texts)
        return super().embed_passages(texts)
