"""Accounts from JSONL and CSV files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copilot.accounts.record import read_record
from copilot.accounts.table import columns_of, fields_of, read_csv, read_jsonl

NOW = datetime(2026, 11, 26, tzinfo=UTC)
CHINESE = (
    "客户编号,客户名称,行业,年费(元),客户阶段,购买席位,首次价值已交付,里程碑,关键人,备注,负责销售\n"
    'a1,柚子家居,家居零售,"240,000",新手启动,120,否,签约;需求清单,裴总/电商总监;小阮,"什么都要\n同时上",王敏\n'
    "\n"
    "a2,晴川文具,,,,,,,,,\n"
    "a3,多,了,1,续费,1,是,x,y,z,w,多余\n"
)


def test_chinese_columns_become_the_fields_of_the_record() -> None:
    first, *_ = read_csv(CHINESE)
    assert first.record is not None
    read = read_record(first.record, NOW)
    assert read.account.id == "a1"
    assert read.account.facts == {
        "name": "柚子家居",
        "industry": "家居零售",
        "annual_fee_cny": 240000,
        "lifecycle_stage": "onboarding",
        "seats_bought": 120,
        "first_value_delivered": False,
        "milestones": ["签约", "需求清单"],
        "kp": [{"name": "裴总", "title": "电商总监"}, {"name": "小阮"}],
        "notes": "什么都要\n同时上",
        "负责销售": "王敏",
    }
    assert read.unknown == ("负责销售",)


def test_lines_have_the_numbers_an_editor_shows() -> None:
    assert [(line.number, line.fault) for line in read_csv(CHINESE)] == [
        (2, None),
        (5, None),
        (6, "12 cells, but 11 columns"),
    ]


def test_empty_cells_are_missing_facts() -> None:
    second = list(read_csv(CHINESE))[1]
    assert second.record == {"id": "a2", "name": "晴川文具"}


def test_english_columns_are_known_too() -> None:
    (line,) = read_csv("ID,Name,Stage,NPS\nx,Yuzu,renewal,9\n")
    assert line.record == {"id": "x", "name": "Yuzu", "lifecycle_stage": "renewal", "nps": 9}


def test_a_cell_that_is_no_number_is_left_to_the_check() -> None:
    (line,) = read_csv("id,nps\nx,很高\n")
    assert line.record == {"id": "x", "nps": "很高"}


@pytest.mark.parametrize(
    ("text", "fault"), [("{", "not JSON"), ("[1]", "not a JSON object"), ("[" * 100_000, "not JSON")]
)
def test_a_bad_line_is_told_and_the_rest_is_read(text: str, fault: str) -> None:
    lines = list(read_jsonl(f'{{"id": "a"}}\n\n{text}\n{{"id": "b"}}\n'))
    assert [line.number for line in lines] == [1, 3, 4]
    assert fault in (lines[1].fault or "")
    assert lines[2].record == {"id": "b"}


def test_days_lists_and_shares_of_a_contract_are_read_from_a_table() -> None:
    (line,) = read_csv(
        "编号,签约日期,合同到期日,承诺,毛利率,交接,工单,门店数,距客诉天数\n"
        'a1,2026/3/1,2027年2月28日,两周上线;专人培训,62.5%,已完成,退款;导出,"1,200",9\n'
    )
    assert line.record is not None
    read = read_record(line.record, NOW)
    assert read.unknown == ()
    assert read.account.facts == {
        "contract_start": "2026-03-01",
        "contract_end": "2027-02-28",
        "promises": ["两周上线", "专人培训"],
        "gross_margin": 0.625,
        "handoff": {"done": True},
        "tickets": [{"title": "退款"}, {"title": "导出"}],
        "stores": 1200,
        "days_since_complaint": 9,
    }


def test_columns_and_keys_are_mapped_to_fields() -> None:
    assert [(one.name, one.field) for one in columns_of("\n客户编号, 签约日 ,心情\n")] == [
        ("客户编号", "id"),
        ("签约日", "contract_start"),
        ("心情", None),
    ]
    assert columns_of("") == []
    assert [(one.name, one.field) for one in fields_of('{"id": "a", "stage": 1}\n{\n{"id": "b", "x": 1}')] == [
        ("id", "id"),
        ("stage", "lifecycle_stage"),
        ("x", None),
    ]
