"""What can be searched for."""

from __future__ import annotations

import pytest

from knowledge.errors import InvalidQuery
from knowledge.query import MAX_QUESTION_CHARACTERS, Query
from knowledge.reader import STAFF


@pytest.mark.parametrize("text", ["", "  \n\t", "\u3000"])
def test_an_empty_question_is_refused_with_the_next_step(text: str) -> None:
    with pytest.raises(InvalidQuery, match=r"empty.*Type what you want to know"):
        Query(text=text)


def test_a_question_of_the_greatest_length_is_accepted() -> None:
    assert len(Query(text="问" * MAX_QUESTION_CHARACTERS).text) == MAX_QUESTION_CHARACTERS


def test_a_longer_question_is_refused_naming_its_length_and_the_limit() -> None:
    with pytest.raises(InvalidQuery, match=f"has {MAX_QUESTION_CHARACTERS + 1} characters.*{MAX_QUESTION_CHARACTERS}"):
        Query(text="问" * (MAX_QUESTION_CHARACTERS + 1))


def test_a_query_is_for_our_own_staff_unless_it_says_otherwise() -> None:
    assert Query(text="续约").reader == STAFF
