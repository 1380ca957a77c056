"""A file of accounts can be looked at before anything is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.errors import InvalidRequest
from copilot.interfaces.account_files import preview_file

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_shown_with_its_mapping_and_what_is_wrong(tmp_path: Path) -> None:
    table = "编号,购买席位,活跃席位,心情\na1,10,12,好\na2,十,1,\na3,5,5,\n"
    preview = preview_file(written(tmp_path, "a.csv", table), NOW)
    assert [(one.column, one.field) for one in preview.columns] == [
        ("编号", "id"),
        ("购买席位", "seats_bought"),
        ("活跃席位", "seats_active"),
        ("心情", None),
    ]
    assert (preview.unmapped, preview.would_keep, preview.would_fail) == (["心情"], 2, 1)
    first, second, third = preview.rows
    assert first.record == {"id": "a1", "type": "account", "seats_bought": 10, "seats_active": 12, "心情": "好"}
    assert ([one.code for one in first.findings], first.unknown) == (["more_active_than_bought"], ["心情"])
    assert second.error is not None
    assert (second.line, second.id, second.error.code) == (3, "a2", "invalid_account")
    assert third.findings == []


def test_records_are_shown_too_and_only_the_first_in_full(tmp_path: Path) -> None:
    lines = [f'{{"id": "a{number}", "stage": "growth"}}' for number in range(12)] + ["{", '{"nps": "high"}']
    preview = preview_file(written(tmp_path, "a.jsonl", "\n".join(lines)), NOW)
    assert [(one.column, one.field) for one in preview.columns] == [
        ("id", "id"),
        ("stage", "lifecycle_stage"),
        ("nps", "nps"),
    ]
    assert (preview.would_keep, preview.would_fail, len(preview.rows)) == (12, 2, 12)
    assert [row.line for row in preview.rows if row.error] == [13, 14]


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xff\xfe\xff\xff\x81")
    with pytest.raises(InvalidRequest, match="neither UTF-8 nor GB18030"):
        preview_file(path)
