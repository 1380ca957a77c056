"""Records from a file: JSONL, or CSV with column names in Chinese or English."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copilot.accounts.events import DAYS_SINCE, EVENT_NAMES
from copilot.accounts.fields import ALIASES, FIELDS, GROWING
from knowledge.text import fold

#: Names that people give to columns.
_COLUMNS = {
    "id": "id 编号 客户编号 客户id account_id",
    "type": "type 类型 record_type",
    "name": "name 名称 客户名称 客户 公司 account account_name",
    "industry": "industry 行业",
    "city": "city 城市",
    "region": "region 区域 大区 地区",
    "annual_fee_cny": "annual_fee_cny 年费 年订阅费 年费(元) annual_fee",
    "lifecycle_stage": "lifecycle_stage stage 阶段 客户阶段 生命周期",
    "days_since_signing": "days_since_signing 签约天数 已签约天数",
    "contract_end_in_days": "contract_end_in_days 到期天数 距到期天数 合同剩余天数",
    "contract_outcome": "contract_outcome 合同结果 续约结果 合同去向",
    "seats_bought": "seats_bought 购买席位 席位数 购买账号数",
    "seats_active": "seats_active 活跃席位 活跃账号数",
    "usage_trend": "usage_trend 使用趋势",
    "key_features_used": "key_features_used 使用功能 在用功能",
    "first_value_delivered": "first_value_delivered 首次价值已交付 第一价值已交付",
    "milestones": "milestones 里程碑",
    "kp": "kp 关键人 联系人",
    "open_tickets": "open_tickets 未结工单 工单数",
    "last_contact_days": "last_contact_days 距上次联系天数 上次联系天数",
    "nps": "nps",
    "notes": "notes 备注",
    "contract_start": "contract_start signed_on 签约日期 签约日 签约时间 合同开始日期 合同开始日 合同起始日",
    "contract_end": "contract_end expires_on 合同到期日 到期日 到期日期 合同结束日期 合同结束日 合同截止日",
    "contract_scope": "contract_scope 合同范围 合同内容",
    "promises": "promises 承诺 承诺事项",
    "handoff": "handoff 交接 交接完成",
    "owner": "owner csm 客户成功经理 负责人",
    "sponsor": "sponsor 高层赞助人 赞助人",
    "contact": "contact 联系方式 联络方式",
    "business_need": "business_need 业务需求 需求",
    "budget_cny": "budget_cny budget 预算 预算(元)",
    "deal_cycle_days": "deal_cycle_days 成交周期 成交周期天数 销售周期",
    "call_attempts": "call_attempts 拨打次数 电话次数",
    "company_size": "company_size 公司规模 企业规模 规模",
    "employees": "employees 员工数 人数",
    "stores": "stores 门店数",
    "product_line": "product_line 产品线 产品",
    "gross_margin": "gross_margin 毛利率",
    "effort_days": "effort_days 投入人天 计划人天",
    "day_cost_cny": "day_cost_cny 人天成本 人天成本(元)",
    "tickets": "tickets 工单",
    "complaints": "complaints 客诉数 投诉数",
    "results": "results 业务结果 成果",
    "last_use_days": "last_use_days 距上次使用天数 上次使用天数",
} | {
    DAYS_SINCE[event]: f"{DAYS_SINCE[event]} 距{name}天数"
    for event, name in EVENT_NAMES.items()
    if DAYS_SINCE[event] not in ("last_contact_days", "days_since_signing")
}
_BY_COLUMN = {fold(word): name for name, words in _COLUMNS.items() for word in words.split()}
#: Fields whose cells are numbers; every other field is a text, a list, a flag or a day.
_NUMBERS = frozenset(
    {
        "annual_fee_cny",
        "contract_end_in_days",
        "seats_bought",
        "seats_active",
        "open_tickets",
        "nps",
        "budget_cny",
        "deal_cycle_days",
        "call_attempts",
        "employees",
        "stores",
        "gross_margin",
        "effort_days",
        "day_cost_cny",
        "complaints",
        *GROWING,
    }
)
_LISTS = frozenset({"key_features_used", "milestones", "contract_scope", "promises", "results"})
_YES = frozenset({"true", "yes", "y", "1", "是", "已交付", "完成", "已完成"})
_NO = frozenset({"false", "no", "n", "0", "否", "未交付", "未完成"})
_BETWEEN = re.compile(r"[;；|\n]")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d+)?")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*[%%]")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line; `record` is None when it is none, and `fault` says why."""

    number: int  #: from 1, as an editor counts
    record: Mapping[str, object] | None
    fault: str | None = None


def read_jsonl(text: str) -> Iterator[Line]:
    """Read one record per line; empty lines are no lines."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Line(number=number, record=None, fault=f"not JSON: {error}")
            continue
        if isinstance(record, dict):
            yield Line(number=number, record=record)
        else:
            yield Line(number=number, record=None, fault="not a JSON object")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table, or a key of JSON records; `field` is None when nothing here knows it."""

    name: str
    field: str | None


def columns_of(text: str) -> list[Column]:
    """Return the columns of a CSV table, in its order."""
    try:
        first = next((row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)), [])
    except csv.Error:
        return []
    named = [(cell.strip(), _BY_COLUMN.get(fold(cell).strip(), cell.strip())) for cell in first]
    return [Column(name=cell, field=_known(name)) for cell, name in named]


def fields_of(text: str) -> list[Column]:
    """Return the keys of JSONL records, in the order in which they first occur."""
    names = dict.fromkeys(name for line in read_jsonl(text) if line.record is not None for name in line.record)
    return [Column(name=name, field=_known(ALIASES.get(name, name))) for name in names]


def _known(name: str) -> str | None:
    return name if name in FIELDS or name in ("id", "type") else None


def read_csv(text: str, columns: Mapping[str, str] | None = None) -> Iterator[Line]:
    """Read a table; its first line names the columns, empty cells are missing facts.

    `columns` maps folded names of columns to fields, whose cells stay text; without it they are those of a record.
    """
    reader = csv.reader(io.StringIO(text))
    names: list[str] = []
    while True:
        start = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield Line(number=start, record=None, fault=f"not CSV: {error}")
            continue
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if not names:
            known = _BY_COLUMN if columns is None else columns
            names = [known.get(fold(cell).strip(), cell.strip()) for cell in row]
        elif len(row) > len(names):
            yield Line(number=start, record=None, fault=f"{len(row)} cells, but {len(names)} columns")
        else:
            cells = zip(names, row, strict=False)
            read = _cell if columns is None else _text
            yield Line(number=start, record={name: read(name, cell.strip()) for name, cell in cells if cell.strip()})


def _text(_: str, cell: str) -> object:
    return cell


def _cell(name: str, cell: str) -> object:
    """Read a cell as its field wants it; what does not fit stays text, and the check of the record tells."""
    plain = cell.replace(",", "").replace("，", "")
    if name in _NUMBERS and _NUMBER.fullmatch(plain):
        return float(plain) if "." in plain else int(plain)
    if name == "first_value_delivered" and fold(cell) in _YES | _NO:
        return fold(cell) in _YES
    if name == "handoff" and fold(cell) in _YES | _NO:
        return {"done": fold(cell) in _YES}
    if name == "gross_margin" and (share := _SHARE.fullmatch(plain)):
        return float(share[1]) / 100
    if name == "tickets":
        return [{"title": part.strip()} for part in _BETWEEN.split(cell) if part.strip()]
    if name in _LISTS:
        return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]
    if name == "kp":
        people = [re.split(r"[/／]", part, maxsplit=2) for part in _BETWEEN.split(cell) if part.strip()]
        return [dict(zip(("name", "title", "relationship"), map(str.strip, one), strict=False)) for one in people]
    return cell


assert set(_COLUMNS) == set(FIELDS) | {"id", "type"}  # noqa: S101  # a new field needs a column name
