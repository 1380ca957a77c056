"""What the records source makes of the lines of a file: each of them is an item, also a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import UnknownSource
from ingest.sources.records import RecordsSource


def opened(folder: Path, data: bytes) -> RecordsSource:
    (folder / "records.jsonl").write_bytes(data)
    return RecordsSource(folder / "records.jsonl")


def names(source: RecordsSource) -> list[str]:
    return [item.source for item in source.discover()]


def test_records_are_named_by_their_id_in_the_order_of_the_file(tmp_path: Path) -> None:
    assert names(opened(tmp_path, b'{"id": "b", "text": "x"}\n{"id": "a", "text": "y"}\n')) == ["b", "a"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b" \r\n"], ids=repr)
def test_blank_lines_are_no_items(tmp_path: Path, data: bytes) -> None:
    assert names(opened(tmp_path, data)) == []


def test_a_byte_order_mark_is_not_part_of_the_first_record(tmp_path: Path) -> None:
    assert names(opened(tmp_path, b'\xef\xbb\xbf{"id": "a", "text": "x"}')) == ["a"]


def test_windows_line_ends_are_understood(tmp_path: Path) -> None:
    assert names(opened(tmp_path, b'{"id": "a", "text": "x"}\r\n{"id": "b", "text": "y"}\r\n')) == ["a", "b"]


@pytest.mark.parametrize(
    "broken",
    [
        b"{",
        b"[]",
        b"null",
        b"42",
        b'{"text": "x"}',
        b"\xff\xfe",
        b'{"id": ""}',
        b'{"id": "a", "text": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
    ],
    ids=["cut", "list", "null", "number", "no id", "no text", "empty id", "huge number", "deep"],
)
def test_a_broken_line_is_an_item_called_by_its_number(tmp_path: Path, broken: bytes) -> None:
    assert names(opened(tmp_path, b'{"id": "first", "text": "x"}\n' + broken)) == ["first", "line 2"]


def test_a_repeated_id_is_an_item_of_its_own(tmp_path: Path) -> None:
    assert names(opened(tmp_path, b'{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}')) == ["a", "line 2"]


def test_an_id_that_looks_like_a_line_number_is_not_lost(tmp_path: Path) -> None:
    source = opened(tmp_path, b'{"id": "line 2", "text": "x"}\n{"id": ')
    assert len(names(source)) == 2


def test_an_id_with_half_a_surrogate_pair_still_gives_a_source_that_is_utf8(tmp_path: Path) -> None:
    source = opened(tmp_path, b'{"id": "a\\ud800", "text": "x"}')
    assert all(name.encode(errors="replace").decode() == name for name in names(source))


def test_a_folder_is_no_file_of_records(tmp_path: Path) -> None:
    with pytest.raises(UnknownSource):
        RecordsSource(tmp_path)
