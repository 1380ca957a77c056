"""Whether GTM is done (H6): hard targets and preconditions, each with its answer; nothing passes unseen."""

from __future__ import annotations

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import flag, given, out
from copilot.accounts.economics.wording import Text, plain

#: H6: output of a sales rep by what they cost.
_PRODUCTIVITY = 3.0
_CHECKS = {
    "margin2_positive": Text(zh="毛利2 为正", en="margin 2 is positive"),
    "margin2_growing": Text(zh="扩大后毛利2 继续变大", en="margin 2 grows with more sales units"),
    "indicator_healthy": Text(zh="存续先导指标健康", en="the leading indicator of retention is healthy"),
    "managers_ready": Text(zh="合格干部到位", en="managers are ready"),
    "processes_running": Text(zh="核心流程和管理机制在运行", en="core processes and mechanisms run"),
    "practices_repeatable": Text(zh="最佳实践可复制", en="best practices can be copied"),
    "journey_mapped": Text(zh="客户成长周期有完整地图", en="the customer journey is mapped"),
    "ue_sound": Text(zh="UE 模型合理", en="unit economics are sound"),
    "mass_users_reached": Text(zh="摸到大众用户", en="mainstream users are reached"),
}


def gtm_gate(inputs: Inputs) -> Result:
    """H6: all hold → scale; the indicator does not → back to PMF; any other does not → go on with GTM."""
    states: dict[str, bool | None] = {name: inputs.flag(name) for name in _CHECKS}
    productivity = inputs.maybe("productivity")
    titles = dict(_CHECKS)
    if productivity is not None:
        states["productivity"] = productivity >= _PRODUCTIVITY
        titles["productivity"] = Text(
            zh=f"人效是人均成本的 {plain(productivity)} 倍(要 3 倍以上)",
            en=f"output is {plain(productivity)} times cost (3)",
        )
    failed = [titles[name] for name, state in states.items() if state is False]
    unseen = [titles[name] for name, state in states.items() if state is None]
    if states["indicator_healthy"] is False:
        band, zh, en = "rollback_pmf", "续费先导指标立不住:回滚,重新调整 PMF", "the indicator fails: roll back to PMF"
    elif failed:
        band, zh, en = "continue_gtm", "还没过,继续 GTM,先不扩张", "not passed: go on with GTM, do not expand"
    elif unseen:
        band, zh, en = None, "还不能下结论,有检查项没有答案", "no conclusion yet: some checks have no answer"
    else:
        band, zh, en = "scale", "都过了,可以进入规模化", "all passed: ready to scale"
    if failed:
        zh += ";没过:" + "、".join(one.zh for one in failed)
        en += "; failed: " + ", ".join(one.en for one in failed)
    passed = sum(state is True for state in states.values())
    return Result(
        outputs=(out("passed", "通过项数", "checks passed", float(passed), Unit.COUNT),),
        band=band,
        verdict=Text(zh=f"{zh}。", en=f"{en[0].upper()}{en[1:]}."),
        worked=f"{passed} / {len(states)}",
        change=tuple(
            [Text(zh=f"要补:{one.zh}。", en=f"To be reached: {one.en}.") for one in failed]
            + [Text(zh=f"要回答:{one.zh}?", en=f"To be answered: {one.en}?") for one in unseen]
        ),
        notes=(
            Text(
                zh="先导指标的健康线和干部人数来源没有给,用自己的。",
                en="The sources give no line and no number of managers.",
            ),
        ),
    )


CALCULATORS = (
    Calculator(
        name="gtm_gate",
        title=Text(zh="GTM 是否完成", en="Is GTM done"),
        inputs=(
            *(flag(name, title.zh, title.en) for name, title in _CHECKS.items()),
            given("productivity", "人效倍数", "output by cost of a rep", Unit.NUMBER, "人效", optional=True),
        ),
        formula=Text(
            zh="毛利2 为正且能变大、先导指标健康、干部和机制到位,全过才进规模化;指标立不住就回滚 PMF",
            en="margin 2 positive and growing, indicator healthy, managers and processes: all, or no scaling",
        ),
        rules=("H6",),
        playbook="playbook-gtm-exit-check",
        compute=gtm_gate,
        aliases=("gtm", "gtm验收"),
        asked="GTM完成的硬指标有哪些",
    ),
)
