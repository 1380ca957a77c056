"""What the sources name and do not define (M): refused with what to ask, never filled in from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.accounts.economics.wording import Text
from knowledge.text import fold


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A figure or formula that nobody gave us, and whom to ask for what."""

    name: str
    spellings: tuple[str, ...]
    missing: Text
    ask: Text


HOLES: tuple[Hole, ...] = (
    Hole(
        name="rule_of_40",
        spellings=("40法则", "rule40", "rule of 40", "四十法则", "40 rule"),
        missing=Text(
            zh="40法则只被点名,来源没有公式和门槛", en="The rule of 40 is only named; no formula, no threshold"
        ),
        ask=Text(zh="请财务给出公司采用的公式和门槛", en="Ask finance for the formula and threshold you use"),
    ),
    Hole(
        name="discount_quota",
        spellings=("折扣配额", "折扣名额", "discount quota", "每10单配额"),
        missing=Text(
            zh="每 10 单给几个折扣名额、折到多少,来源没有写", en="How many of ten deals may have what discount"
        ),
        ask=Text(zh="请销售管理者给出配额数和最低折扣", en="Ask sales management for the quota and the lowest price"),
    ),
    Hole(
        name="gmv_threshold",
        spellings=("gmv门槛", "gmv占比", "gmv share", "gmv threshold", "gmv达标率"),
        missing=Text(zh="达到 GMV 线的客户要占百分之几,来源没有写", en="The share of customers over the GMV line"),
        ask=Text(zh="请经营管理给出自己的占比门槛", en="Ask operations for your own share"),
    ),
    Hole(
        name="csm_load",
        spellings=("csm负荷", "csm负载", "每个csm带多少客户", "csm ratio", "csm load", "人均客户数"),
        missing=Text(zh="一个客户成功经理带多少客户,来源没有写", en="How many accounts one CSM carries"),
        ask=Text(zh="请客户成功负责人给出公司的标准", en="Ask the head of customer success for your standard"),
    ),
    Hole(
        name="health_weights",
        spellings=("健康度权重", "健康分权重", "health weights", "health weight"),
        missing=Text(zh="健康度各维度的权重,来源没有写", en="The weights of the dimensions of health"),
        ask=Text(zh="请客户成功负责人给出权重", en="Ask the head of customer success for the weights"),
    ),
    Hole(
        name="andon_clock",
        spellings=("按灯时限", "andon时限", "andon", "按灯", "andon clock"),
        missing=Text(zh="按灯后多久要响应,来源没有写", en="How soon somebody must answer an andon call"),
        ask=Text(zh="请客户支持负责人给出时限", en="Ask the head of support for the time limit"),
    ),
    Hole(
        name="markov",
        spellings=("markov", "markov mode", "马尔可夫", "马尔科夫"),
        missing=Text(zh="Markov 只被点名,来源没有状态和算法", en="Markov is only named; no states, no method"),
        ask=Text(zh="请产品和数据团队给出要用的模型", en="Ask product and data which model is meant"),
    ),
    Hole(
        name="relationship_decay",
        spellings=("关系衰减", "relationship decay", "关系衰减天数"),
        missing=Text(zh="客情多少天开始衰减,来源没有写", en="After how many days a relationship decays"),
        ask=Text(zh="请客户成功负责人给出天数", en="Ask the head of customer success for the days"),
    ),
    Hole(
        name="rep_ramp",
        spellings=("成才人数", "转正后成才", "reps who stay good"),
        missing=Text(zh="转正的 5 人里成才几个,来源没有写", en="How many of the five confirmed reps become good"),
        ask=Text(zh="请销售管理者给出自己的成才率", en="Ask sales management for your own rate"),
    ),
)
_BY_SPELLING = {fold(spelling): hole for hole in HOLES for spelling in (hole.name, *hole.spellings)}


def hole_named(name: str) -> Hole | None:
    """Return the hole that somebody asks to compute."""
    return _BY_SPELLING.get(fold(name).strip())
