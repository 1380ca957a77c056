"""Passages and the citations that point into them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.document import Metadata
from knowledge.passage import cite, distinct
from tests.unit.samples import ALPHABET, passage

REVIEW_BY = Metadata(review_by=date(2026, 11, 23))


@given(st.text(st.sampled_from(ALPHABET), min_size=1, max_size=80), st.text(max_size=30), st.data())
def test_a_quote_is_what_stands_in_the_document_at_its_span(text: str, before: str, data: st.DataObject) -> None:
    document = before + text
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    citation = cite(1, passage(text, start=len(before)), start, end)

    assert citation.quote == document[citation.start : citation.end] == text[start:end]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 2), (-1, 2), (0, 6)])
def test_a_span_that_is_empty_or_leaves_the_passage_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not inside a passage of 5 characters"):
        cite(1, passage("先看用量。"), start, end)


def test_a_citation_is_stale_only_after_its_review_date() -> None:
    citation = cite(1, passage("先看用量。", metadata=REVIEW_BY), 0, 5)

    assert not citation.is_stale(date(2026, 11, 23))
    assert citation.is_stale(date(2026, 11, 24))


def test_a_document_without_a_review_date_is_never_stale() -> None:
    assert not cite(1, passage("先看用量。"), 0, 5).is_stale(date.max)


def test_passages_with_the_same_text_collapse_to_the_first_in_order() -> None:
    first, other, copy = passage("甲", name="a"), passage("乙", name="b"), passage("甲", name="c")

    assert distinct([first, other, copy]) == [first, other]


def test_nothing_stays_nothing() -> None:
    assert distinct([]) == []
