"""A quarterly review: a number without a meaning is none, and a meaning without an action is idle (J1, J2, J3)."""

from __future__ import annotations

from copilot.drafting import account_facts
from copilot.drafting.kind_writing import Writing
from copilot.drafting.plan_facts import MANY_TICKETS, Tier

#: How long the meeting is; ours.
_MINUTES = {Tier.KEY: 60, Tier.STANDARD: 45, Tier.LIGHT: 30, Tier.SELF_SERVICE: 20}


def qbr(w: Writing) -> None:
    """Write it, with what both sides know and nothing else."""
    day = w.day("date", w.later(14))
    goal = w.said("goal") or _goal(w)
    w.tell("goal", goal)
    w.tell("goal", w.t("日期:{day}", "Date: {day}", day=day.isoformat()))
    head = (
        w.t("数字", "Number"),
        w.t("说明", "What it means"),
        w.t("行动", "Action"),
        w.t("责任人", "Owner"),
        w.t("日期", "Date"),
    )
    rows = _numbers(w)
    if rows:
        w.table("numbers", head, rows)
    else:
        w.add(
            "numbers",
            w.pointer("numbers", "这一季您看哪三个数?", "Which three figures of this quarter count for you?"),
            w.t("责任人:{owner},{day} 前补上", "Owner: {owner}, added by {day}", day=w.soon(5).isoformat()),
        )
    w.cite("numbers", "成功计划一句话怎么解释给客户", "What is a customer success plan in one paragraph?")
    _results(w)
    _open(w)
    _next_goal(w)
    _agenda(w)
    if w.facts.delivered is False or w.facts.trend == "falling":
        w.find(
            "review_not_yet",
            "第一价值没交付或用量在下降:先修,再开分享会式的回顾(C17)。"
            if w.language == "zh"
            else "First value is missing or use falls: fix that before a review that celebrates (C17).",
            "agenda",
        )


def _goal(w: Writing) -> str:
    if w.facts.ends_soon:
        return w.t("定下一期要的结果({end})", "settle the result of the next term ({end})")
    if w.facts.delivered is False:
        return w.t("定下{feature}第一个结果的日期", "settle the day of the first result from {feature}")
    if w.facts.few_active or w.facts.trend == "falling":
        return w.t("定下怎么把{feature}用回来", "settle how {feature} comes back into use")
    return w.t("定下{other}要的结果", "settle the result wanted from {other}")


def _numbers(w: Writing) -> list[tuple[str, str, str, str, str]]:
    facts, found = w.facts, []
    soon, month = w.soon(5).isoformat(), w.later(30).isoformat()
    both = f"{w.owner} / {w.phrases['kp']}"
    if facts.bought and facts.active is not None:
        share = f"{facts.active / facts.bought:.0%}"
        few = facts.few_active
        found.append(
            (
                f"{w.phrases['seats']} ({share})",
                w.t("多数账号还没用上{feature}", "most seats do not use {feature} yet")
                if few
                else w.t("{feature}已经是日常", "{feature} is part of the day"),
                w.t("选一组人,到 {target}在用", "choose one group; {target} seats in use")
                if few
                else w.t("请用得最好的一组讲给别的组听", "the best group shows the others"),
                both,
                month,
            )
        )
    if facts.trend in ("falling", "rising", "flat"):
        words = {
            "falling": (
                w.t("用量在下降", "Use is falling"),
                w.t("{feature}在某一步停了", "{feature} stops at some step"),
                w.t("一起看停在哪一步,先修", "look together where it stops, fix that first"),
            ),
            "rising": (
                w.t("用量在上升", "Use is rising"),
                w.t("{feature}有了自己的习惯", "{feature} has become a habit"),
                w.t("把做法写下来给{other}用", "write it down for {other}"),
            ),
            "flat": (
                w.t("用量持平", "Use is flat"),
                w.t("{feature}停在原来的用法", "{feature} stays where it was"),
                w.t("试一步没用过的,{kp}选", "try one unused step, chosen by {kp}"),
            ),
        }[facts.trend]
        found.append((*words, w.owner, soon))
    if facts.tickets is not None:
        many = facts.tickets >= MANY_TICKETS
        found.append(
            (
                w.phrases["tickets"],
                w.t("积压,影响信任", "they pile up and cost trust")
                if many
                else w.t("在正常范围", "within what is usual"),
                w.t("逐条给答复日期", "a date for each answer") if many else w.t("照常处理", "handled as usual"),
                w.owner,
                soon,
            )
        )
    if w.done:
        found.append(
            (
                w.t("走到 {n} 步,最近是{done}", "{n} steps reached, last {done}", n=str(len(w.done))),
                w.t("{done}有了结果", "{done} shows a result"),
                w.t("给{done}配一个{kp}认的数", "one figure for {done} that {kp} stands by"),
                both,
                month,
            )
        )
    if facts.ends_soon:
        found.append(
            (
                w.phrases["end"],
                w.t("够定下一期的目标", "time to settle the next goal"),
                w.t("{kp}写下下一期要的结果", "{kp} writes down the next result"),
                both,
                soon,
            )
        )
    return found


def _results(w: Writing) -> None:
    w.tell("results", *w.done)
    quote = w.said("quote")
    if quote:
        w.tell("results", w.t("原话:“{quote}”", "In their words: “{quote}”", quote=quote))
    elif w.done:
        w.add(
            "results",
            w.t("{done}之后的变化,用{kp}的话:", "What changed after {done}, in the words of {kp}: ")
            + w.pointer("results", "{done}之后,您看到了什么变化?", "What has changed for you since {done}?"),
        )
    else:
        w.tell(
            "results",
            w.t(
                "还没有,{feature}的第一个结果是这一季的事。",
                "None yet; a first result of {feature} is this quarter's work.",
            ),
        )


def _open(w: Writing) -> None:
    if w.facts.tickets:
        w.add(
            "open", w.t("{tickets}:逐条说明到哪一步、哪天答复{kp}", "{tickets}: where each stands, and when {kp} hears")
        )
    if w.facts.few_active:
        w.add(
            "open",
            w.t("{seats}:请{kp}说说其余的人为什么不用", "{seats}: why do the others not use it, in the view of {kp}"),
        )
    told = [account_facts.plain(one) for one in w.facts.promises]
    w.tell("open", *(w.t("说过要做的:{one}", "What we said we would do: {one}", one=one) for one in told))
    if not (w.facts.tickets or w.facts.few_active or told):
        w.add("open", w.t("请{kp}说一件我们没做好的事", "{kp} names one thing we have not done well"))


def _next_goal(w: Writing) -> None:
    proposal = (
        w.t("{feature}用到 {target}账号", "{feature} used by {target} seats")
        if w.facts.few_active
        else w.t("{other}做出一个看得见的数", "one visible figure from {other}")
    )
    said = w.said("next_goal")
    if said:
        w.tell("next_goal", said)
    else:
        asked = ("下一季最想要的一个结果?", "Which one result next quarter?")
        w.add("next_goal", w.proposed("next_goal", proposal, "next_goal", *asked))
    w.owned("next_goal", by=w.t("{owner} / {kp}", "{owner} / {kp}"))


def _agenda(w: Writing) -> None:
    minutes = _MINUTES[w.facts.tier]
    first, second, third = (str(round(minutes * share)) for share in (0.3, 0.4, 0.3))
    w.tell(
        "agenda",
        w.t("{kp}先讲:目标和变化({n} 分钟)", "{kp} first: goal and changes ({n} minutes)", n=first),
        w.t(
            "一起过数字和行动,逐行定人定日期({n} 分钟)",
            "Numbers and actions, row by row, with owner and date ({n} minutes)",
            n=second,
        ),
        w.t("下一季的目标,当场定({n} 分钟)", "The next goal, settled on the spot ({n} minutes)", n=third),
    )
