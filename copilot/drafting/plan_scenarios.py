"""Scenarios of a plan and their scores (C4): every number from a fact, from somebody's input, or a marked default."""

from __future__ import annotations

import re
from collections.abc import Mapping

from copilot.drafting.account_facts import plain
from copilot.drafting.plan import BIG_EFFORT, MOST, MOST_QUICK_WINS, Scenario, Score
from copilot.drafting.plan_facts import MANY_TICKETS, PlanFacts

_MIDDLE = Score(value=3)
_MOST_SCENARIOS = 4
_GIVEN = re.compile(r"^(.+?)\s{0,4}[=＝:：]\s{0,4}([1-5])\s{0,4}[/,、 ]\s{0,4}([1-5])\s{0,4}[/,、 ]\s{0,4}([1-5])$")


def scenarios_of(facts: PlanFacts, inputs: Mapping[str, str], fallback: str) -> tuple[Scenario, ...]:
    """Judge the scenarios that inputs name, or one for each feature in use, or `fallback`; best first.

    Inputs: `scenario`, several separated by semicolons, each perhaps `name=impact/effort/probability`.
    """
    said = [plain(one) for one in inputs.get("scenario", "").replace("；", ";").split(";") if one.strip()]
    names = said or list(facts.features) or [fallback]
    judged = [_judged(facts, name, said=bool(said)) for name in names[:_MOST_SCENARIOS]]
    return tuple(sorted(judged, key=lambda one: -one.points))


def quick_wins_of(scenarios: tuple[Scenario, ...]) -> tuple[str, ...]:
    """Pick one or two of little effort; the best one, whatever its effort, where none is (the validator says so)."""
    small = [one for one in scenarios if one.effort.value < BIG_EFFORT]
    best = small[:MOST_QUICK_WINS] or list(scenarios[:1])
    return tuple(one.name for one in best if one.points * 2 >= best[0].points)


def _judged(facts: PlanFacts, name: str, *, said: bool) -> Scenario:
    given = _GIVEN.match(name)
    if given:
        impact, effort, probability = (Score(value=int(given[n]), origin="input") for n in (2, 3, 4))
        basis = "三个分数由提出的人给" if facts.language == "zh" else "all three given by who named it"
        return Scenario(name=given[1], impact=impact, effort=effort, probability=probability, basis=basis)
    known = name in facts.features
    reasons: list[tuple[str, str]] = []
    impact = Score(value=4, origin="fact") if facts.few_active else _MIDDLE
    if facts.few_active:
        reasons.append(
            (
                f"{facts.bought} 个账号里 {facts.active} 个在用,影响 4",
                f"{facts.active} of {facts.bought} seats in use: impact 4",
            )
        )
    effort = _MIDDLE
    if known:
        effort = Score(value=2, origin="fact")
        reasons.append((f"已经在用{name},投入 2", f"{name} is in use: effort 2"))
    if (facts.tickets or 0) >= MANY_TICKETS:
        effort = Score(value=min(MOST, effort.value + 1), origin="fact")
        reasons.append((f"{facts.tickets} 个未结工单,投入加 1", f"{facts.tickets} open tickets: effort + 1"))
    probability = _MIDDLE
    if facts.trend in ("rising", "falling"):
        rising = facts.trend == "rising"
        probability = Score(value=4 if rising else 2, origin="fact")
        reasons.append(
            ("用量上升,把握 4", "use rises: probability 4")
            if rising
            else ("用量下降,把握 2", "use falls: probability 2")
        )
    if not reasons:
        source = (
            ("由提出的人选定", "named by a person")
            if said
            else ("记录里没有相关事实", "the record tells nothing on it")
        )
        reasons.append(source)
    zh = facts.language == "zh"
    basis = ";".join(reason[0] for reason in reasons) if zh else "; ".join(reason[1] for reason in reasons)
    return Scenario(name=name, impact=impact, effort=effort, probability=probability, basis=basis)
