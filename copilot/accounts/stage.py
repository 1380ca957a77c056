"""The stage of an account from what happened to it, beside the one that somebody recorded (B2, B3, C7).

Onboarded means first value delivered: neither configuration nor the calendar ends onboarding (C7).
"""

from __future__ import annotations

from dataclasses import dataclass

from copilot.accounts.account import Account, RecordType
from copilot.accounts.cadence import RENEWAL_DAYS
from copilot.accounts.finding import FactFinding
from copilot.accounts.lifecycle import Stage

_GROWTH_FROM, _GROWTH_TO = 90, 270  #: days since signing (B2)
#: A renewal may be prepared before it is due.
_EARLY_RENEWAL_DAYS = 180
#: May follow the first value at any time, and not before it (C14).
_AFTER_VALUE = frozenset({Stage.EXPANSION, Stage.ADVOCACY})
_NAMES = {
    Stage.LEAD: "线索",
    Stage.OPPORTUNITY: "商机",
    Stage.ONBOARDING: "新手启动",
    Stage.ADOPTION: "使用",
    Stage.GROWTH: "成长",
    Stage.RENEWAL: "续签",
    Stage.EXPANSION: "扩张",
    Stage.ADVOCACY: "口碑",
    Stage.MANAGEMENT: "管理",
}


@dataclass(frozen=True, kw_only=True)
class StageReading:
    """Where an account stands, and why; `contradiction` when the record says otherwise."""

    stage: Stage | None  #: the recorded one where the facts allow it, else the one they give
    recorded: Stage | None
    reason_zh: str
    reason_en: str
    contradiction: FactFinding | None = None

    def reason(self, language: str) -> str:
        """Return the reason in a language."""
        return self.reason_zh if language == "zh" else self.reason_en


@dataclass(frozen=True, kw_only=True)
class _Given:
    """What the facts give: the likeliest stage, those that they allow beside it, and why."""

    stage: Stage | None
    allowed: frozenset[Stage]
    zh: str
    en: str


def stage_reading(account: Account) -> StageReading:
    """Read the stage of an account; its facts are taken as of today (`current.py`)."""
    written = account.facts.get("lifecycle_stage")
    recorded = Stage(written) if isinstance(written, str) and written in set(Stage) else None
    given = _given(account)
    if recorded is None:
        return StageReading(stage=given.stage, recorded=None, reason_zh=given.zh, reason_en=given.en)
    if recorded is Stage.MANAGEMENT or recorded is given.stage or recorded in given.allowed:
        return StageReading(
            stage=recorded,
            recorded=recorded,
            reason_zh=f"记录的阶段是{_NAMES[recorded]},与事实相符:{given.zh}",
            reason_en=f"The record says {recorded}, and the facts allow it: {given.en}",
        )
    elsewhere = _NAMES[given.stage] if given.stage else "别处"
    finding = FactFinding(
        field="lifecycle_stage",
        code="stage_contradicts_facts",
        message_zh=f"记录的阶段是{_NAMES[recorded]},但事实指向{elsewhere}:{given.zh}",
        message_en=f"The record says {recorded}, but the facts say {given.stage or 'otherwise'}: {given.en}",
    )
    return StageReading(
        stage=given.stage or recorded,
        recorded=recorded,
        reason_zh=finding.message_zh,
        reason_en=finding.message_en,
        contradiction=finding,
    )


def _given(account: Account) -> _Given:
    if account.type is not RecordType.ACCOUNT:
        stage = Stage(account.type.value)
        return _Given(
            stage=stage,
            allowed=frozenset(),
            zh=f"这是一条{_NAMES[stage]}记录。",
            en=f"This is the record of {'an' if stage is Stage.OPPORTUNITY else 'a'} {stage}.",
        )
    left = account.facts.get("contract_end_in_days")
    valued = account.facts.get("first_value_delivered")
    if isinstance(left, int) and left <= RENEWAL_DAYS:
        return _near_end(left, valued)
    early = (
        frozenset({Stage.RENEWAL})
        if left is None or (isinstance(left, int) and left <= _EARLY_RENEWAL_DAYS)
        else frozenset()
    )
    if valued is False:
        return _Given(
            stage=Stage.ONBOARDING,
            allowed=frozenset(),
            zh="首次价值还没有交付,所以仍在新手启动(C7)。",
            en="The first value is not delivered, so it is still onboarding (C7).",
        )
    if valued is None:
        return _Given(
            stage=None,
            allowed=_AFTER_VALUE | early | {Stage.ONBOARDING, Stage.ADOPTION, Stage.GROWTH},
            zh="不知道首次价值是否交付,无法由事实判断阶段。",
            en="Whether the first value was delivered is unknown, so no stage follows from the facts.",
        )
    return _after_value(account.facts.get("days_since_signing"), early)


def _near_end(left: int, valued: object) -> _Given:
    allowed = _AFTER_VALUE if valued is not False else frozenset()
    if left < 0:
        zh, en = f"合同已到期 {-left} 天。", f"The contract ended {-left} days ago."
    else:
        zh = f"距合同到期 {left} 天,不多于 {RENEWAL_DAYS} 天。"
        en = f"The contract ends in {left} days, not more than {RENEWAL_DAYS}."
    return _Given(stage=Stage.RENEWAL, allowed=allowed, zh=zh, en=en)


def _after_value(days: object, early: frozenset[Stage]) -> _Given:
    allowed = _AFTER_VALUE | early
    if not isinstance(days, int):
        return _Given(
            stage=Stage.ADOPTION,
            allowed=allowed | {Stage.GROWTH},
            zh="首次价值已交付(C7),签约天数未知。",
            en="The first value is delivered (C7); the days since signing are unknown.",
        )
    window = f"{_GROWTH_FROM}-{_GROWTH_TO}"
    if days < _GROWTH_FROM:
        return _Given(
            stage=Stage.ADOPTION,
            allowed=allowed,
            zh=f"首次价值已交付,签约第 {days} 天,未到成长窗口({window} 天,B2)。",
            en=f"The first value is delivered; day {days} is before the growth window, {window} (B2).",
        )
    where = ("处于成长窗口", "lies in") if days <= _GROWTH_TO else ("已过成长窗口", "lies behind")
    return _Given(
        stage=Stage.GROWTH,
        allowed=allowed | {Stage.ADOPTION},
        zh=f"首次价值已交付,签约第 {days} 天,{where[0]}({window} 天,B2)。",
        en=f"The first value is delivered; day {days} {where[1]} the growth window, {window} (B2).",
    )
