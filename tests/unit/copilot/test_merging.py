"""Several searches → one result, several parts → one row of numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.merging import in_turns, numbered
from knowledge.passage import cite
from tests.unit.samples import passage

A, B, C, D = (passage(text, name=text) for text in ("甲。", "乙。", "丙。", "丁。"))


def test_one_result_stays_as_it_is() -> None:
    assert in_turns([[A, B]]) == [A, B]


def test_the_best_of_each_come_first_and_no_text_twice() -> None:
    assert in_turns([[A, B, C], [B, D]]) == [A, B, D, C]


@given(st.lists(st.lists(st.sampled_from([A, B, C, D]), max_size=6), min_size=2, max_size=4), st.integers(1, 4))
def test_a_merged_result_is_distinct_and_bounded(results: list[list[object]], limit: int) -> None:
    merged = in_turns(results, limit)  # type: ignore[arg-type]

    assert len(merged) <= limit
    assert len({one.text for one in merged}) == len(merged)


def test_citations_are_numbered_through_and_each_group_keeps_one() -> None:
    first, second = cite(1, A, 0, 2), cite(2, B, 0, 2)

    groups = numbered([[first, second], [cite(1, B, 0, 2), cite(2, C, 0, 2)]])

    assert [[c.number for c in group] for group in groups] == [[1, 2], [3, 4]]
    assert [[c.quote for c in group] for group in groups] == [["甲。", "乙。"], ["乙。", "丙。"]]
