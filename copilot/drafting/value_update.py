"""Tells a key person what was reached, in figures and in their own words, and what is next (C13)."""

from __future__ import annotations

from copilot.drafting.kind_writing import Writing
from copilot.drafting.showcase_request import greet, sign


def value_update(w: Writing) -> None:
    """Write the letter; where nothing was reached yet, it says what is in place and when the first result comes."""
    greet(w)
    reached = bool(w.done or w.said("result"))
    w.opens(
        w.t("把{name}这一段用出的结果跟您说一声。", "A short note on what {name} has got out of it so far.")
        if reached and w.facts.delivered is not False
        else w.t(
            "第一个结果还没出来,先把{name}走到哪一步跟您说清。",
            "There is no first result yet; this is where {name} stands.",
        )
    )
    _numbers(w)
    _quote(w)
    _next(w)
    w.cite(
        "next", "成功计划由谁来写,衡量办法由谁定", "Who writes the success plan and defines how success is measured?"
    )
    sign(w)


def _numbers(w: Writing) -> None:
    facts = w.facts
    for result in w.listed("result"):
        w.tell("numbers", result)
    if facts.bought and facts.active is not None:
        means = (
            w.t("下一步是让其余的人用上{feature}", "next, the others get to use {feature}")
            if facts.few_active
            else w.t("{feature}已经进了日常", "{feature} has become part of the day")
        )
        w.tell("numbers", w.t("{seats}:{means}", "{seats}: {means}", means=means[:1].lower() + means[1:]))
    if facts.trend == "falling":
        w.add(
            "numbers",
            w.t(
                "最近用得少了:想请您说说{feature}停在哪里",
                "It is used less of late: where does {feature} stop, in your view",
            ),
        )
    elif facts.trend == "rising":
        w.tell("numbers", w.t("用量在上升", "Use is rising"))
    for one in w.done[-3:]:
        w.tell("numbers", w.t("做到了:{one}", "Reached: {one}", one=one))
    if facts.tickets:
        w.tell("numbers", w.t("还有{tickets},逐条给您答复日期", "{tickets}; you get a date for each"))
    if not w.said("result") and facts.delivered is not False:
        w.add(
            "numbers",
            w.t("{feature}换成您自己的数:", "{feature} in your own figures: ")
            + w.pointer(
                "numbers", "省下或多出来的是多少(钱、人、时间)?", "How much was saved or gained: money, people, time?"
            ),
        )


def _quote(w: Writing) -> None:
    quote = w.said("quote")
    if quote:
        w.tell("quote", w.t("“{quote}”", "“{quote}”", quote=quote))
    elif w.facts.delivered is not False:
        w.add(
            "quote",
            w.pointer(
                "quote", "同事说过的一句原话是什么?是谁说的?", "One sentence a colleague of yours said, and who?"
            ),
        )
    else:
        w.add(
            "quote",
            w.t(
                "等第一个结果出来,想请{kp}用一句话说说变化",
                "Once the first result is there, {kp} may put the change in a sentence",
            ),
        )


def _next(w: Writing) -> None:
    facts = w.facts
    said = w.said("next_step")
    if said:
        step = said
    elif facts.delivered is False:
        step = w.t("只做{feature}一件事,出第一个结果", "{feature} alone, to a first result")
    elif facts.few_active:
        step = w.t("选一组人,到 {target}账号在用{feature}", "one group, until {target} seats use {feature}")
    elif facts.ends_soon:
        step = w.t("一起写下一期要的结果({end})", "write down the result of the next term ({end})")
    else:
        step = w.t("{other},同样先出一个数", "{other}, again one figure first")
    w.tell("next", step)
    w.owned("next", w.day("next_date", w.soon(5) if facts.trend == "falling" else w.later(14)))
