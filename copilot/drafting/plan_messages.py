"""What the findings of a plan say, each with the next step, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copilot.drafting.draft import Severity

_MESSAGES: Mapping[str, tuple[Severity, str, str]] = {
    "plan_field_missing": ("error", "计划缺少{title},请补上。", "The plan lacks {title}. Add it."),
    "milestones_unordered": (
        "warning",
        "里程碑 {after} 的日期早于里程碑 {before}。请调整日期或次序。",
        "Milestone {after} is dated before milestone {before}. Change the date or the order.",
    ),
    "milestone_past": (
        "warning",
        "里程碑 {number} 的日期 {due} 已经过去。标为已完成,或改一个日期。",
        "The date {due} of milestone {number} has passed. Mark it done, or set a new date.",
    ),
    "first_value_past": (
        "warning",
        "第一价值的日期 {due} 已经过去。标为已交付,或改一个日期。",
        "The date {due} of first value has passed. Mark it delivered, or set a new date.",
    ),
    "time_only_trigger": (
        "warning",
        "里程碑 {numbers} 只按时间触发。写上客户做了什么时开始,时间只作提醒。",
        "Milestone {numbers} is set off by time alone. Say which behaviour sets it off; the date is only a reminder.",
    ),
    "too_many_quick_wins": (
        "warning",
        "选了 {count} 个快赢场景,最多两个。其余放到以后的分期。",
        "{count} quick wins are chosen; two at most. Move the others to later phases.",
    ),
    "big_quick_win": (
        "warning",
        "快赢场景「{name}」投入 {effort} 分,太大。换一个小的,或先拆小。",
        "The quick win {name!r} has effort {effort}, which is big. Choose a smaller one, or cut it down.",
    ),
    "uncited_recommendation": (
        "warning",
        "这条建议没有来源。加上来源编号,或改成自己的话。",
        "A recommendation without a source. Add its number, or put it in your own words.",
    ),
    "slot_outside_list": (
        "warning",
        "这里留着没填的空。填上,或移到「确认清单」里。",
        "Left open here. Fill it in, or move it to “To confirm”.",
    ),
    "sponsor_missing": (
        "error",
        "{name}是大客户,计划里没有我方高层赞助人。写上是谁,或列为待确认。",
        "{name} is a large account and the plan names no executive sponsor of ours. Name one, or list it as open.",
    ),
    "promise_missing": (
        "error",
        "合同承诺「{text}」不在计划里。写进「承诺」。",
        "The contract's promise {text!r} is not in the plan. Put it under Promises.",
    ),
    "early_pitch": (
        "warning",
        "第一价值还没交付就提「{text}」。移到「扩张假设」,先不提。",
        "{text!r} before first value is delivered. Move it to the expansion hypothesis and do not raise it yet.",
    ),
    "action_without_basis": (
        "warning",
        "「{text}」没有客户的事实,也没有来源。写上依据哪个事实,或加来源编号。",
        "{text!r} rests on no fact of the account and no source. Name the fact, or add a source.",
    ),
}
SEVERITIES: Mapping[str, Severity] = {code: severity for code, (severity, _, _) in _MESSAGES.items()}


def message_of(code: str, language: str, **values: Any) -> str:
    """Return what a finding says."""
    _, zh, en = _MESSAGES[code]
    return (zh if language == "zh" else en).format(**values)
