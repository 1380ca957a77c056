"""What is embedded for a chunk, and how chunks are named."""

from __future__ import annotations

from knowledge.chunk import Span, chunk_id, embedded_text
from knowledge.document import document_id


def span(*headings: str) -> Span:
    return Span(start=0, end=4, text="签字确认", heading_path=headings)


def test_title_context_and_headings_stand_before_the_text() -> None:
    assert (
        embedded_text("续约手册", "客户成功", span("第一步", "完成标志"))
        == "续约手册 > 客户成功 > 第一步 > 完成标志\n签字确认"
    )


def test_a_part_that_was_named_before_is_not_repeated() -> None:
    assert embedded_text("续约手册", None, span("续约手册", "完成标志")) == "续约手册 > 完成标志\n签字确认"


def test_empty_parts_leave_no_gap() -> None:
    assert embedded_text("", "", span("", "完成标志")) == "完成标志\n签字确认"


def test_the_text_of_the_chunk_is_never_changed() -> None:
    assert embedded_text("签字确认", None, span("签字确认")).split("\n", 1)[1] == "签字确认"


def test_chunks_of_other_versions_positions_and_documents_have_other_names() -> None:
    one, other = document_id("folder", "a.md"), document_id("folder", "b.md")

    names = {chunk_id(one, 1, 0), chunk_id(one, 2, 0), chunk_id(one, 1, 1), chunk_id(other, 1, 0)}

    assert len(names) == 4


def test_the_same_place_gives_the_same_document_and_another_origin_another() -> None:
    assert document_id("folder", "a.md") == document_id("folder", "a.md") != document_id("elsewhere", "a.md")
