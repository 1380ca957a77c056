"""Where an account stands in its life, and how systems and people write that down."""

from __future__ import annotations

from enum import StrEnum

from knowledge.text import fold


class Stage(StrEnum):
    """The values of `lifecycle_stage`."""

    LEAD = "lead"
    OPPORTUNITY = "opportunity"
    ONBOARDING = "onboarding"
    ADOPTION = "adoption"
    GROWTH = "growth"
    RENEWAL = "renewal"
    EXPANSION = "expansion"
    ADVOCACY = "advocacy"
    MANAGEMENT = "management"


class CustomerStage(StrEnum):
    """The five stages of the customer (B1: 市场获客、销售转化、新手启动、成长、续签)."""

    ACQUISITION = "acquisition"  #: 市场获客
    CONVERSION = "conversion"  #: 销售转化
    START = "start"  #: 新手启动
    GROWTH = "growth"  #: 成长
    RENEWAL = "renewal"  #: 续签


#: Management is about our own company and stands in no stage of a customer.
_CUSTOMER_STAGES = {
    Stage.LEAD: CustomerStage.ACQUISITION,
    Stage.OPPORTUNITY: CustomerStage.CONVERSION,
    Stage.ONBOARDING: CustomerStage.START,
    Stage.ADOPTION: CustomerStage.GROWTH,
    Stage.GROWTH: CustomerStage.GROWTH,
    Stage.EXPANSION: CustomerStage.GROWTH,
    Stage.ADVOCACY: CustomerStage.GROWTH,
    Stage.RENEWAL: CustomerStage.RENEWAL,
}
_SPELLINGS = {
    Stage.LEAD: "线索 市场获客 获客 潜在客户 prospect acquisition",
    Stage.OPPORTUNITY: "商机 机会 销售转化 转化 deal conversion",
    Stage.ONBOARDING: "新手启动 启动 上线 实施 交付 新签 start implementation",
    Stage.ADOPTION: "使用 活跃 采用",
    Stage.GROWTH: "成长 增长 成长期",
    Stage.RENEWAL: "续签 续费 续约 renew",
    Stage.EXPANSION: "扩张 增购 扩展 upsell",
    Stage.ADVOCACY: "口碑 推荐 转介绍 referral",
    Stage.MANAGEMENT: "管理",
}
_BY_SPELLING = {word: stage for stage, words in _SPELLINGS.items() for word in words.split()} | {
    stage.value: stage for stage in Stage
}


def stage_of(written: str) -> Stage | None:
    """Read a stage in Chinese or English; None when it is none of them."""
    return _BY_SPELLING.get(fold(written).strip().removesuffix("阶段").removesuffix("期"))


def customer_stage(stage: Stage) -> CustomerStage | None:
    """Return the stage of the customer's own journey (B1)."""
    return _CUSTOMER_STAGES.get(stage)
