"""What a person is shown before deciding."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.accounts.account import Account, AccountId
from copilot.drafting.draft import DraftKind, SourceQuote
from copilot.drafting.findings import findings
from knowledge.document import DocumentId
from tests.unit.samples import ALPHABET

MESSAGE, PLAN = DraftKind.CUSTOMER_MESSAGE, DraftKind.SUCCESS_PLAN


def quote(text: str = "续约前 90 天开始准备,由客户成功经理负责。", number: int = 1) -> SourceQuote:
    return SourceQuote(
        number=number,
        document_id=DocumentId("d"),
        version=1,
        source="续约.md",
        title="续约",
        heading_path=("怎么做",),
        quote=text,
        start=0,
        end=len(text),
    )


def codes(content: str, *quotes: SourceQuote, kind: DraftKind = MESSAGE, others: tuple[str, ...] = ()) -> list[str]:
    return [one.code for one in findings(kind, content, quotes or [quote()], other_customers=others)]


def test_a_cited_line_that_its_quote_bears_out_has_no_finding() -> None:
    assert codes("裴总,您好!\n续约前 90 天开始准备。 [1]\n您哪天方便?") == []


def test_a_quote_as_it_stands_has_no_finding_whatever_stands_in_front() -> None:
    assert codes("供您参考:续约前 90 天开始准备,由客户成功经理负责。 [1]") == []


@pytest.mark.parametrize(
    "line", ["续约前 60 天开始准备。 [1]", "续约前 90 天由李总准备。 [1]", "2026年3月起续约前 90 天准备。 [1]"]
)
def test_what_does_not_stand_in_the_quote_is_found(line: str) -> None:
    assert codes(line) == ["not_in_source"]


def test_only_what_stands_before_a_marker_is_held_against_it() -> None:
    assert codes("续约前 90 天开始准备。 [1] 您有 12 个账号。") == []


def test_an_unknown_number_is_found() -> None:
    assert codes("续约前 90 天开始准备。 [1][7]") == ["unknown_citation"]


def test_a_message_without_any_source_says_so() -> None:
    assert codes("裴总,您好!") == ["no_customer_source"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("我们保证三个月见效", "over_promise"),
        ("您绝对放心", "over_promise"),
        ("We guarantee results", "over_promise"),
        ("这个月可以打八折", "discount"),
        ("签约就赠送两个账号", "discount"),
        ("We can offer a discount", "discount"),
        ("请打 13812345678 找我", "phone_number"),
        ("请打 010-62345678", "phone_number"),
        ("身份证 11010519491231002X", "id_number"),
        ("卡号 6222 0212 3456 7890 123", "card_number"),
        ("您好,{客户称呼}", "placeholder_left"),
        ("日期待确认", "placeholder_left"),
        ("Date TBD", "placeholder_left"),
        ("就像晴川文具那样", "other_customer"),
    ],
)
def test_a_risky_word_is_found(line: str, code: str) -> None:
    content = f"续约前 90 天开始准备。 [1]\n{line}"
    assert codes(content, others=("晴川文具(虚构)", "云")) == [code]


@pytest.mark.parametrize(
    "line", ["我们不保证结果", "没有折扣", "在一定程度上", "不打折", "We do not guarantee it", "折叠屏"]
)
def test_a_denied_or_harmless_word_is_not(line: str) -> None:
    assert codes(f"续约前 90 天开始准备。 [1]\n{line}") == []


def test_personal_numbers_are_shown_masked() -> None:
    (found,) = findings(MESSAGE, "续约前 90 天开始准备。 [1]\n电话 13812345678", [quote()])
    assert "13812345678" not in found.message
    assert found.place == "line 2"


def test_words_of_a_quote_are_the_sources_and_not_judged() -> None:
    source = quote("我们绝对不给折扣,晴川文具除外。")
    assert codes("我们绝对不给折扣,晴川文具除外。 [1]", source, others=("晴川文具",)) == []


FULL = """# 客户成功计划:柚子家居

## 已界定场景
- 场景:商城下单
## 预期成果与衡量
- 预期成果:首月成交
- 衡量:订单数
- 合适的体验:手把手
## 第一价值
- 内容:跑通一单
- 日期:2026-12-03
- 责任人:王敏
## 里程碑
| 序 | 里程碑 | 触发 | 责任人 | 日期 |
| --- | --- | --- | --- | --- |
| 1 | 跑通一单 | 录入第一单 | 王敏 | 2026-12-03 |
## 意义
- 对公司:省时
## 快赢场景
1. 商城下单
## 承诺
- 下周上线
## 扩张假设
- 门店
建议:续约前 90 天开始准备。 [1]
"""


def test_a_full_plan_has_no_finding() -> None:
    assert codes(FULL, kind=PLAN) == []


@pytest.mark.parametrize(
    ("cut", "place"),
    [
        ("- 场景:商城下单", "scenario"),
        ("- 预期成果:首月成交", "outcome"),
        ("- 衡量:订单数", "measure"),
        ("- 日期:2026-12-03\n", "first_value_date"),
        ("- 责任人:王敏\n", "first_value_owner"),
        ("- 对公司:省时\n", "meaning"),
        ("- 下周上线\n", "promises"),
        ("| 1 | 跑通一单 | 录入第一单 | 王敏 | 2026-12-03 |\n", "milestones"),
        (" 2026-12-03 |\n##", "milestone_dates"),
        (" 王敏 | 2026-12-03", "milestone_owners"),
        ("| 序 | 里程碑 | 触发 | 责任人 | 日期 |\n", "milestone_owners"),
    ],
)
def test_a_plan_lacks_what_was_cut_out(cut: str, place: str) -> None:
    content = FULL.replace(cut, "|\n##" if cut.endswith("##") else "")
    if place == "scenario":
        content = content.replace("场景", "").replace("商城下单", "")
    if place in ("outcome", "measure"):
        content = content.replace("预期成果与衡量", "目标")
    found = findings(PLAN, content, [quote()])
    assert ("plan_field_missing", place) in [(one.code, one.place) for one in found]


def account(**facts: Any) -> Account:
    return Account(
        id=AccountId("a1"), facts={"name": "柚子家居", **facts}, updated_at=datetime(2026, 11, 26, tzinfo=UTC)
    )


def of_plan(content: str, today: date | None = date(2026, 11, 26), **facts: Any) -> list[tuple[str, str | None]]:
    found = findings(PLAN, content, [quote()], account=account(**facts), today=today)
    return [(one.code, one.place) for one in found]


TABLE = "| 1 | 柚子家居跑通一单 | 录入第一单 | 王敏 | 2026-12-03 |\n"
NAMED = FULL.replace("跑通一单 |", "柚子家居跑通一单 |")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (TABLE, TABLE + "| 2 | 每周都用 | 一周没用 | 王敏 | 2026-12-01 |\n", "milestones_unordered"),
        ("录入第一单", "签约后第30天", "time_only_trigger"),
        ("录入第一单", "after 30 days", "time_only_trigger"),
        ("录入第一单", "", "time_only_trigger"),
        ("2026-12-03 |", "2026-11-03 |", "milestone_past"),
        ("日期:2026-12-03", "日期:2026-11-03", "first_value_past"),
        ("1. 商城下单", "1. 商城下单\n2. 盘点\n3. 会员", "too_many_quick_wins"),
        (
            "- 场景:商城下单",
            "| 场景 | 影响 | 投入 | 把握 | 得分 | 依据 |\n|-|-|-|-|-|-|\n| 商城下单 | 5 | 5 | 2 | 10 | 猜的 |",
            "big_quick_win",
        ),
        ("## 承诺", "## 接下来两周\n- 打个电话\n## 承诺", "action_without_basis"),
        ("## 承诺", "## 接下来两周\n- 给柚子家居推荐增购\n## 承诺", "early_pitch"),
        ("## 承诺", "## 确认清单\n1. 谁:待确认\n## 承诺\n- 〔谁〕", "slot_outside_list"),
    ],
)
def test_what_is_wrong_with_a_plan_is_found(old: str, new: str, code: str) -> None:
    assert code not in [one for one, _ in of_plan(NAMED)]
    assert old in NAMED
    assert code in [one for one, _ in of_plan(NAMED.replace(old, new))]


def test_a_large_account_needs_a_sponsor() -> None:
    assert ("sponsor_missing", "people") in of_plan(NAMED, annual_fee_cny=2_000_000)
    sponsored = NAMED.replace("## 承诺", "## 关键人\n- 我方高层赞助人:周总\n## 承诺")
    assert "sponsor_missing" not in [code for code, _ in of_plan(sponsored, annual_fee_cny=2_000_000)]


def test_a_contract_promise_that_the_plan_lacks_is_named() -> None:
    promises = ["下周上线", "两次驻场培训"]
    found = findings(PLAN, NAMED, [quote()], account=account(contract_promises=promises))
    assert [one.message for one in found if one.code == "promise_missing"] == [
        "合同承诺「两次驻场培训」不在计划里。写进「承诺」。"
    ]


def test_expansion_may_be_spoken_of_once_first_value_is_there_or_when_it_is_denied() -> None:
    pitched = NAMED.replace("## 承诺", "## 接下来两周\n- 给柚子家居推荐增购\n## 承诺")
    assert "early_pitch" not in [code for code, _ in of_plan(pitched, first_value_delivered=True)]
    assert "early_pitch" not in [code for code, _ in of_plan(pitched.replace("推荐增购", "先不增购"))]


def test_findings_of_a_plan_are_in_its_language() -> None:
    english = "# Plan\n## Quick wins\n1. a\n2. b\n3. c\n建议:续约前 90 天开始准备。 [1]"
    told = [one.message for one in findings(PLAN, english, [quote()]) if one.code == "too_many_quick_wins"]
    assert told == ["3 quick wins are chosen; two at most. Move the others to later phases."]


def test_a_recommendation_without_a_source_is_found() -> None:
    assert codes(FULL.replace("[1]", ""), kind=PLAN) == ["uncited_recommendation"]


def test_an_english_plan_is_read_too() -> None:
    content = (
        "# Plan\n## Desired outcome and how it is measured\n- Outcome: sales\n- Measure: orders\n"
        "## First value\n- What: a first order\n- Owner: Wang, 3 December 2026"
    )
    lacking = {one.place for one in findings(PLAN, content, [])}
    assert not lacking & {"outcome", "measure", "first_value", "first_value_date", "first_value_owner"}
    assert {"scenario", "milestones", "expansion"} <= lacking


@given(content=st.text(ALPHABET + "[1]{}|建议第一价值里程碑折保证", max_size=300), kind=st.sampled_from(DraftKind))
def test_no_text_breaks_it(content: str, kind: DraftKind) -> None:
    for one in findings(kind, content, [quote()], other_customers=("晴川文具", "")):
        assert one.message
