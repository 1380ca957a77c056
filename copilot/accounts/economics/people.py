"""What it costs to lose a steady rep (H9)."""

from __future__ import annotations

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import given, out
from copilot.accounts.economics.wording import Text, plain, yuan

#: H9: for each rep lost.
_INTERVIEWS, _HIRED, _CONFIRMED, _MONTHS = 100, 10, 5, 12
_TITLES = {
    "interview_cost": ("每次面试的成本", "cost of one interview"),
    "hire_cost": ("每个新人转正前的成本", "cost of one hire until confirmed"),
    "monthly_profit": ("老销售每月的利润贡献", "monthly profit of the rep"),
}


def rep_loss(inputs: Inputs) -> Result:
    """H9: 100 interviews, 10 hired, 5 confirmed, a year of care, for each rep that is lost."""
    reps = inputs.number("reps")
    interview, hire, profit = (inputs.maybe(name) for name in _TITLES)
    parts = [(reps * _INTERVIEWS, interview), (reps * _HIRED, hire), (reps * _MONTHS, profit)]
    known = [(count, each) for count, each in parts if each is not None]
    missing = [titles for (name, titles) in _TITLES.items() if name not in inputs]
    cost = sum(count * each for count, each in known) if known else None
    interviews, hired, confirmed = (plain(reps * each) for each in (_INTERVIEWS, _HIRED, _CONFIRMED))
    zh = (
        f"失去 {plain(reps)} 个稳定出单的老销售,要面试 {interviews} 人、入职 {hired} 人、转正 {confirmed} 人,再培养一年"
    )
    en = f"Losing {plain(reps)} takes {interviews} interviews, {hired} hires, {confirmed} confirmed and a year"
    if cost is not None:
        zh += f",至少 {yuan(cost)} 元" if missing else f",约 {yuan(cost)} 元"
        en += f", {'at least' if missing else 'about'} {yuan(cost)} yuan"
    return Result(
        outputs=(
            out("interviews", "面试", "interviews", reps * _INTERVIEWS, Unit.COUNT),
            out("hired", "入职", "hired", reps * _HIRED, Unit.COUNT),
            out("confirmed", "转正", "confirmed", reps * _CONFIRMED, Unit.COUNT),
            out("cost", "代价", "cost", cost, Unit.YUAN),
        ),
        band=None,
        verdict=Text(zh=f"{zh}。", en=f"{en}."),
        worked=" + ".join(f"{plain(count)} × {yuan(each)}" for count, each in known) + f" = {yuan(cost)}"
        if cost
        else "—",
        change=(
            *(Text(zh=f"给出{name}才能算进去。", en=f"Give the {name_en} to count it.") for name, name_en in missing),
            Text(
                zh=f"每多留住一个,少面试 {_INTERVIEWS} 人;资源先给优秀和有潜力的人。",
                en=f"Each one kept saves {_INTERVIEWS} interviews; resources go to the best people.",
            ),
        ),
        notes=(
            Text(zh="转正的人里成才几个,来源没有数字。", en="How many of them become good is not in the sources."),
            Text(
                zh="利润损失按一年算,来源说补回贡献要更久。",
                en="One year of profit is counted; the source says it takes longer.",
            ),
        ),
    )


CALCULATORS = (
    Calculator(
        name="rep_loss",
        title=Text(zh="老销售流失代价", en="Cost of losing a steady rep"),
        inputs=(
            given("reps", "流失人数", "reps lost", Unit.COUNT, "人数", above=True, most=100_000, default=1.0),
            *(given(name, zh, en, Unit.YUAN, optional=True) for name, (zh, en) in _TITLES.items()),
        ),
        formula=Text(
            zh="每流失 1 人:面试 100 × 单价 + 入职 10 × 单价 + 12 个月 × 月利润",
            en="each: 100 interviews + 10 hires + 12 months of profit",
        ),
        rules=("H9",),
        playbook="faq-sales-attrition-and-resources",
        compute=rep_loss,
        asked="走一个老销售要付出什么代价",
    ),
)
