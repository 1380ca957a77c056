"""What a change does to a question, from what was seen on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from copilot.curating.changes.asked import Asked, Expected
from copilot.curating.changes.seen import Quoted, Seen
from copilot.curating.changes.verdict import Judged, Verdict, Why, judge, reworded
from knowledge.passage import Passage
from tests.unit.samples import passage

ASKED = Asked(set="mine", id="1", text="谁负责续费", expected=(Expected(document_id="d1"),))
QUOTE = Quoted(document_id="d1", source="d1.md", quote="由客户成功经理负责。", evidence=True)
BEFORE = Seen(status="answered", answer="由客户成功经理负责。 [1]", quotes=(QUOTE,), rank=1, passages=())
NOTHING = Seen(status="abstained", answer="没有", quotes=(), rank=None, passages=())


def says(*quotes: str) -> object:
    def says_it(quote: str, passages: Sequence[Passage]) -> bool:
        return quote in quotes

    return says_it


def judged(before: Seen, after: Seen, asked: Asked = ASKED, said: tuple[str, ...] = ()) -> Judged:
    return judge(asked, before, after, {"d1"}, says(*said))  # type: ignore[arg-type]


def test_the_same_answer_is_unchanged() -> None:
    assert judged(BEFORE, BEFORE).verdict is Verdict.UNCHANGED


def test_the_same_abstention_is_unchanged() -> None:
    assert judged(NOTHING, NOTHING).verdict is Verdict.UNCHANGED


def test_an_answer_that_becomes_an_abstention_is_broken() -> None:
    assert judged(BEFORE, NOTHING) == Judged(verdict=Verdict.BROKEN, why=Why.NO_ANSWER)


@pytest.mark.parametrize("rank", [None, 6])
def test_evidence_behind_the_first_five_is_lost(rank: int | None) -> None:
    assert judged(BEFORE, replace(BEFORE, rank=rank)) == Judged(verdict=Verdict.BROKEN, why=Why.EVIDENCE_LOST)


def test_evidence_that_moves_among_the_first_five_is_no_change() -> None:
    assert judged(BEFORE, replace(BEFORE, rank=5)).verdict is Verdict.UNCHANGED


def test_a_quote_that_is_gone_breaks_unless_something_says_as_much() -> None:
    after = replace(BEFORE, answer="别的 [1]", quotes=(replace(QUOTE, quote="别的"),))
    assert judged(BEFORE, after) == Judged(verdict=Verdict.BROKEN, why=Why.QUOTE_GONE)
    assert judged(BEFORE, after, said=(QUOTE.quote,)).verdict is Verdict.CHANGED


def test_only_the_words_that_stood_first_have_to_stay() -> None:
    second = replace(QUOTE, quote="补充的话")
    before = replace(BEFORE, quotes=(QUOTE, second))
    assert judged(before, BEFORE).verdict is Verdict.CHANGED


def test_a_quote_of_a_document_that_was_not_edited_cannot_be_gone() -> None:
    other = replace(QUOTE, document_id="d2")
    after = replace(BEFORE, quotes=(replace(other, quote="另一句"),))
    assert judged(replace(BEFORE, quotes=(other,)), after).verdict is Verdict.CHANGED


def test_other_words_alone_are_a_change() -> None:
    assert judged(BEFORE, replace(BEFORE, answer="现在:由客户成功经理负责。 [1]")).verdict is Verdict.CHANGED


def test_a_question_without_its_evidence_is_mended_by_an_answer_with_it() -> None:
    assert judged(NOTHING, BEFORE).verdict is Verdict.MENDED
    assert judged(replace(BEFORE, rank=7), BEFORE).verdict is Verdict.MENDED


def test_what_was_answered_wrongly_cannot_break() -> None:
    assert judged(replace(BEFORE, rank=None), NOTHING).verdict is Verdict.CHANGED


def test_what_should_not_be_answered_neither_breaks_nor_is_mended() -> None:
    asked = replace(ASKED, answerable=False, expected=())
    assert judged(BEFORE, NOTHING, asked).verdict is Verdict.CHANGED
    assert judged(NOTHING, BEFORE, asked).verdict is Verdict.CHANGED


def test_where_no_evidence_is_known_any_answer_counts() -> None:
    asked = replace(ASKED, expected=())
    assert judged(replace(BEFORE, rank=None), NOTHING, asked).why is Why.NO_ANSWER


def test_expected_words_in_other_words_count_only_in_an_edited_document() -> None:
    asked = replace(ASKED, expected=(Expected(quote="由客户成功经理负责"),))
    lost = replace(BEFORE, rank=None, passages=(passage("改写的话", name="d2"), passage("改写的话", name="d1")))
    says_it = says("由客户成功经理负责")
    assert reworded(asked, lost, {"d1"}, says_it).rank == 2  # type: ignore[arg-type]
    assert reworded(asked, lost, {"d3"}, says_it).rank is None  # type: ignore[arg-type]


def test_a_section_is_known_by_its_headings_and_words_wherever_they_stand() -> None:
    section = Expected(document_id="d1", sections=(), quote="原来的话在这里")

    def holds(text: str, quote: str) -> bool:
        return quote in text

    assert section.is_in(passage("全新的话", name="d1"), holds)
    assert section.is_in(passage("原来的话在这里,搬到别处", name="d2"), holds)
    assert not section.is_in(passage("全新的话", name="d2"), holds)
