"""One line of a JSONL file as a document."""

from __future__ import annotations

import json

import pytest

from ingest.errors import InvalidRecord
from ingest.parsers.record import RecordParser
from ingest.source import Item

ITEM = Item(source="r7", fingerprint="", media="record")


def test_a_record_gives_title_text_context_and_questions() -> None:
    questions = ["怎么续", {"text": "何时"}, " "]
    line = json.dumps({"id": "r7", "title": "续约", "text": "先看用量。", "context": "手册", "questions": questions})

    document = RecordParser().parse(ITEM, line.encode())

    assert (document.source, document.title, document.text) == ("r7", "续约", "先看用量。")
    assert document.metadata.context == "手册"
    assert [question.text for question in document.questions] == ["怎么续", "何时"]


def test_a_record_without_a_title_is_called_by_its_id() -> None:
    assert RecordParser().parse(ITEM, '{"id": 7, "text": "先看用量。", "extra": 1}'.encode()).title == "r7"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"{", "not JSON"),
        (b"\xff{}", "not JSON"),
        (b'{"id": "r7"}', "'text'"),
        (b'{"id": "r7", "text": 5, "questions": "x"}', "'questions'"),
        (b"[1]", "'record'"),
    ],
)
def test_a_line_that_is_no_record_is_refused_naming_what_is_wrong(line: bytes, named: str) -> None:
    with pytest.raises(InvalidRecord, match=named):
        RecordParser().parse(ITEM, line)


@pytest.mark.parametrize(
    "line",
    [b"[" * 100_000, b'{"id": "r7", "text": "x", "n": ' + b"9" * 5000 + b"}", b'{"id": "r7", "text": "\\ud800"}'],
    ids=["too deep", "too large a number", "half a character"],
)
def test_a_line_that_cannot_be_taken_in_is_refused(line: bytes) -> None:
    with pytest.raises(InvalidRecord):
        RecordParser().parse(ITEM, line)
