"""The plan as it is composed: whole, of this account alone, every action on a fact or a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from copilot.accounts.account import Account, AccountId
from copilot.accounts.health import Band, Health
from copilot.accounts.segment import segment_of
from copilot.drafting.composer import Composed, Language
from copilot.drafting.draft import DraftKind
from copilot.drafting.findings import findings
from copilot.drafting.plan import Plan
from copilot.drafting.plan_facts import Course, Tier, facts_of
from copilot.drafting.plan_reading import read_plan
from copilot.drafting.plan_schedule import due_dates
from copilot.drafting.success_plan import SuccessPlan
from copilot.suggesting.advice import Action, Advice, Avoid, Outlook, Urgency
from knowledge.document import DocumentKind, Metadata
from knowledge.passage import cite
from knowledge.reader import Reader
from tests.unit.copilot.drafting.test_composers import FACTS, INTERNAL, PUBLIC, TODAY, compose, sources
from tests.unit.copilot.drafting_standins import START
from tests.unit.samples import passage

KEY: dict[str, Any] = {
    "name": "北辰连锁",
    "annual_fee_cny": 1_600_000,
    "lifecycle_stage": "adoption",
    "days_since_signing": 150,
    "contract_end_in_days": 215,
    "seats_bought": 400,
    "seats_active": 130,
    "usage_trend": "falling",
    "key_features_used": ["排班", "库存"],
    "first_value_delivered": True,
    "milestones": ["排班上线"],
    "kp": [{"name": "苏经理", "title": "运营经理"}],
    "open_tickets": 7,
    "last_contact_days": 25,
}
MICRO: dict[str, Any] = {
    "name": "小满花店",
    "annual_fee_cny": 3600,
    "lifecycle_stage": "adoption",
    "days_since_signing": 60,
    "contract_end_in_days": 305,
    "seats_bought": 2,
    "seats_active": 1,
    "usage_trend": "flat",
    "key_features_used": ["小程序"],
    "first_value_delivered": True,
    "milestones": ["小程序上线"],
    "kp": [{"name": "小满", "title": "店主"}],
    "open_tickets": 1,
    "last_contact_days": 30,
}
ONBOARDING = {"first_value_delivered": False, "days_since_signing": 12, "lifecycle_stage": "onboarding"}
STATES: list[dict[str, Any]] = [
    {},
    ONBOARDING,
    ONBOARDING | {"days_since_signing": 50},
    {"contract_end_in_days": 40},
    {"lifecycle_stage": "growth", "usage_trend": "rising"},
    {"annual_fee_cny": 30_000},
    {"annual_fee_cny": 8_000},
    {"annual_fee_cny": 240_000},
]


def account(**facts: Any) -> Account:
    return Account(id=AccountId("a1"), facts=FACTS | facts, updated_at=START)


def planned(language: Language = "zh", inputs: dict[str, str] | None = None, **facts: Any) -> Composed:
    return compose(SuccessPlan(sources(INTERNAL)[0]), language, inputs, **facts)


def read(language: Language = "zh", inputs: dict[str, str] | None = None, **facts: Any) -> Plan:
    return read_plan(planned(language, inputs, **facts).content)


def told(composed: Composed, **facts: Any) -> list[str]:
    found = findings(DraftKind.SUCCESS_PLAN, composed.content, composed.quotes, account=account(**facts), today=TODAY)
    return [one.code for one in found]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("base", [KEY, MICRO])
def test_a_plan_lacks_nothing_but_what_only_people_know(
    language: Language, state: dict[str, Any], base: dict[str, Any]
) -> None:
    facts = base | state
    composed = planned(language, **facts)
    assert told(composed, **facts) == ["placeholder_left"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_accounts_share_few_lines(language: Language) -> None:
    large, small = (set(filter(str.strip, planned(language, **facts).content.split("\n"))) for facts in (KEY, MICRO))
    assert len(large & small) < 0.4 * min(len(large), len(small))


def test_a_key_account_in_trouble_gets_sponsor_andon_and_visits() -> None:
    plan = read(**KEY)
    assert plan.sponsor.startswith("见问题")
    assert any("按灯" in line for line in plan.effort)
    assert any("现场" in line for line in plan.calendar)
    assert [one.name for one in plan.risks][:3] == ["用量在下降", "问题积压", "联系断了"]


def test_a_micro_account_gets_self_service_a_cap_and_the_contract_floor() -> None:
    plan = read(**MICRO)
    assert plan.sponsor == ""
    assert "2,160 元" in plan.effort[0]
    assert any("底线" in line for line in plan.effort)
    assert len(plan.milestones) == 3
    assert "现场" not in planned(**MICRO).content


def test_the_cap_is_in_hours_where_an_hour_has_a_cost() -> None:
    assert "18 小时" in read(inputs={"hour_cost": "120"}, **MICRO).effort[0]


@pytest.mark.parametrize("said", ["abc", "-1", "nan", "inf", "0"])
def test_a_cost_that_is_none_is_told_and_the_cap_stays_in_money(said: str) -> None:
    composed = planned(inputs={"hour_cost": said}, **MICRO)
    assert "2,160 元" in read_plan(composed.content).effort[0]
    assert ("input_unused", "effort") in [(one.code, one.place) for one in composed.findings]


def test_a_fee_between_the_bands_is_left_to_a_person() -> None:
    assert any("主管定" in one.text for one in read(**KEY | {"annual_fee_cny": 8_000}).questions)


@pytest.mark.parametrize(
    ("facts", "course"),
    [
        ({"first_value_delivered": False, "contract_end_in_days": 30}, Course.START),
        ({"first_value_delivered": True, "contract_end_in_days": 30}, Course.RENEW),
        ({"first_value_delivered": True, "lifecycle_stage": "renewal"}, Course.RENEW),
        ({"first_value_delivered": True, "lifecycle_stage": "growth"}, Course.GROW),
        ({"first_value_delivered": True}, Course.ADOPT),
        ({"first_value_delivered": None, "days_since_signing": 20}, Course.START),
    ],
)
def test_what_comes_next_follows_from_the_record(facts: dict[str, Any], course: Course) -> None:
    assert facts_of(account(**facts), "zh", TODAY).course is course


def test_after_first_value_the_plan_speaks_of_the_next() -> None:
    assert "## 第一价值之后的下一个价值" in planned(**KEY).content
    assert "## 第一价值\n" in planned(**KEY | ONBOARDING).content


@pytest.mark.parametrize("days", [0, 3, 27, 29, 60, 305, 4000])
@pytest.mark.parametrize("state", [{"first_value_delivered": False}, {"first_value_delivered": True}, MICRO])
def test_milestones_lie_ahead_in_order_and_on_working_days(days: int, state: dict[str, Any]) -> None:
    dates = due_dates(facts_of(account(**state | {"days_since_signing": days}), "zh", TODAY))
    assert list(dates) == sorted(set(dates))
    assert dates[0] > TODAY
    assert all(day.weekday() < 5 for day in dates)


def test_first_value_comes_within_thirty_days_of_signing() -> None:
    first = read(days_since_signing=0).first_value_date
    assert first is not None
    assert (first - TODAY).days <= 32  # thirty, and a weekend


def test_milestones_before_a_renewal_end_before_the_contract() -> None:
    end = 40
    dates = due_dates(facts_of(account(**KEY | {"contract_end_in_days": end}), "zh", TODAY))
    assert (dates[-1] - TODAY).days < end


def test_what_people_said_of_the_plan_stands_in_it_and_is_not_asked_again() -> None:
    inputs = {
        "scenario": "周年庆秒杀=5/2/4; 门店盘点=3/5/2",
        "outcome": "首日 300 单",
        "promises": "周五开通；下周培训",
        "owner": "李强",
        "first_value_date": "2026-12-18",
    }
    plan = read(inputs=inputs)
    assert [(one.name, one.points) for one in plan.scenarios] == [("周年庆秒杀", 80), ("门店盘点", 6)]
    assert plan.quick_wins == ("周年庆秒杀",)
    assert plan.outcome == "首日 300 单"
    assert (plan.first_value_date, plan.milestones[1].due) == (date(2026, 12, 18), date(2026, 12, 18))
    assert plan.first_value_owner == "李强 / 裴总"
    assert [one.partition("(")[0] for one in plan.promises] == ["周五开通", "下周培训"]
    assert not {"必要的结果(预期成果)", "承诺"} & {one.field for one in plan.questions}


def test_an_input_that_is_no_date_is_told() -> None:
    composed = planned(inputs={"first_value_date": "下周"})
    assert ("input_unused", "first_value") in [(one.code, one.place) for one in composed.findings]


def test_contract_promises_of_the_record_stand_in_the_plan() -> None:
    facts = MICRO | {"contract_promises": ["一年一次换季主题"]}
    assert read(**facts).promises[0].startswith("一年一次换季主题")
    scope = read(**MICRO, contract_scope=["在线客服"], promises=["周五前回复"]).promises
    assert [one.partition("(")[0] for one in scope] == ["在线客服", "周五前回复"]


def test_who_the_record_says_answers_for_the_account_owns_our_steps() -> None:
    assert read(**MICRO, owner="周齐").first_value_owner.startswith("周齐 /")


def test_every_score_says_where_it_comes_from() -> None:
    (one,) = read(**MICRO).scenarios
    assert (one.impact.value, one.effort.value, one.probability.origin) == (4, 2, "default")
    assert "2 个账号里 1 个在用" in one.basis


def test_nothing_of_how_we_judge_people_and_no_notes_stand_in_the_part_for_the_client() -> None:
    content = planned(nps=3).content
    shared, internal = content.split("以下仅供内部")
    assert "钱花哪了" not in content
    assert "什么都想要" not in content
    assert "风险与对策" not in shared
    assert "扩张假设" in internal


def test_a_plan_without_playbooks_recommends_nothing_and_says_so() -> None:
    composed = compose(SuccessPlan(sources(PUBLIC)[0]))
    assert "建议:" not in composed.content
    assert {one.code for one in composed.findings} == {"no_playbook"}


def test_quotes_stand_verbatim_in_their_document_and_once_in_the_plan() -> None:
    composed = planned()
    (quote,) = composed.quotes
    assert INTERNAL.text[quote.start : quote.end] == quote.quote
    assert composed.content.count("建议:") == 1


@dataclass
class Advises:
    """Advice of one action and one thing to leave alone."""

    def advise(self, account: Account, reader: Reader, language: Language) -> Advice:
        source = passage(
            "先停下其余的事,一周内跑出一个结果。", name="act", metadata=Metadata(kind=DocumentKind.PLAYBOOK)
        )
        citation = cite(1, source, 0, len(source.text))
        return Advice(
            account=account,
            language=language,
            segment=segment_of(None),
            stage=None,
            health=Health(score=None, band=Band.UNKNOWN, model="narrow", dimensions=()),
            outlook=Outlook(),
            actions=(
                Action(
                    id="s1",
                    key="first_value_now",
                    title="这周先跑出一个结果",
                    why="窗口快过了",
                    signals=("签约第 27 天,第一价值未交付",),
                    citations=(citation,),
                    playbook="act",
                    uplift=None,
                    urgency=Urgency.WEEK,
                    due=date(2026, 12, 3),
                    draft_kind=None,
                    owner="林悦",
                ),
            ),
            avoid=(Avoid(key="no_list", title="不按整张清单铺开", why="人手不够", citations=(citation,)),),
            not_judged=(),
        )


def test_advice_becomes_the_next_two_weeks_with_its_quotes() -> None:
    composed = compose(SuccessPlan(sources(INTERNAL)[0], Advises()))
    plan = read_plan(composed.content)
    assert plan.steps == (
        "这周先跑出一个结果(2026-12-03 前,王敏)。依据:签约第 27 天,第一价值未交付\n"
        "  建议:先停下其余的事,一周内跑出一个结果。 [1]",
    )
    assert plan.avoid[0].startswith("不按整张清单铺开:人手不够\n  建议:")
    assert told(composed) == ["placeholder_left"]


def test_a_record_that_tells_nothing_still_makes_a_plan() -> None:
    empty = Account(id=AccountId("a1"), updated_at=START)
    plan = facts_of(empty, "zh", TODAY)
    assert (plan.tier, plan.course) == (Tier.STANDARD, Course.START)


@pytest.mark.parametrize("text", ["关键客户要超配资源,先配赞助人。", "资料没有给客户数量的数字。"])
def test_advice_on_other_accounts_or_on_the_source_itself_is_not_given(text: str) -> None:
    other = passage(text, similarity=0.9, metadata=Metadata(kind=DocumentKind.PLAYBOOK))
    assert compose(SuccessPlan(sources(other)[0]), **MICRO).quotes == ()
