"""A proposal for one client (G15): focus points, a peer, an estimate whose assumptions are open, terms (G3, G6, G7)."""

from __future__ import annotations

from copilot.accounts.account import RecordType
from copilot.drafting import account_facts
from copilot.drafting.kind_writing import Writing
from copilot.drafting.plan_facts import Tier
from knowledge.document import DocumentKind

#: Working days of a year, where nobody says another number; always told as an assumption.
WORKDAYS = 250


def proposal(w: Writing) -> None:
    """Write it; nothing in it is a price break, and every figure says where it comes from."""
    new = w.order.account.type is not RecordType.ACCOUNT
    w.tell("understanding", *account_facts.shared(w.order.account, w.language))
    w.add("understanding", _outcome(w))
    focus = w.listed("focus") or _focus(w)
    for number, text in enumerate(focus, start=1):
        mark = w.t("重点", "Focus point")
        w.tell("focus", f"**{mark} {number}** {text}")
    w.cite("focus", "必要的结果和恰当的体验分别指什么", "Required outcome vs appropriate experience in short")
    _case(w)
    _value(w)
    _steps(w)
    _terms(w, new=new)
    w.tell(
        "next",
        w.t("和{kp}一起过一遍这份方案:改重点、改假设", "We go through this with {kp}: focus points and assumptions"),
    )
    w.owned("next", w.day("next_date", w.soon(4)))


def _outcome(w: Writing) -> str:
    outcome = w.t(
        "要的结果:让{feature}做出{kp}看得见的一个数",
        "The result wanted: one figure from {feature} that {kp} can see",
    )
    said = w.said("outcome")
    if said:
        return w.t("要的结果:{said}", "The result wanted: {said}", said=said)
    return w.proposed(
        "outcome", outcome, "understanding", "您最想要的一个结果是什么?", "Which result do you want most?"
    )


def _focus(w: Writing) -> tuple[str, ...]:
    facts = w.facts
    found = [
        w.t(
            "先做{feature},做出结果再加下一个场景",
            "{feature} first, and the next scenario once that shows a result",
        )
    ]
    if facts.bought:
        found.append(
            w.t("让 {bought}账号真正用起来,目标 {target}", "{bought} seats really in use; the goal is {target}")
        )
    if facts.tickets:
        found.append(w.t("先清{tickets}", "The {tickets} first"))
    if len(facts.features) > 1:
        found.append(w.t("{other}接在{feature}后面", "{other} follows {feature}"))
    if facts.tier is Tier.KEY:
        found.append(
            w.t("两边各一位高层,每季见一次{kp}", "One executive on each side; a meeting with {kp} every quarter")
        )
    return tuple(found)


def _case(w: Writing) -> None:
    if not w.peer("case"):
        w.add("case", w.pointer("case", "附哪个同行案例?", "Which peer case goes here?", ours=True))


def _value(w: Writing) -> None:
    """Users × minutes a day × days of work × cost of an hour; each factor with its origin, none made up (G3)."""
    said, fact = w.t("您提供", "from you"), w.t("合同", "contract")
    users, origin = w.number("users"), said
    if users is None and w.facts.bought:
        users, origin = float(w.facts.bought), fact
    minutes, cost = w.number("minutes_saved"), w.number("hour_cost")
    days = w.number("workdays")
    number = (
        None
        if users and minutes and cost
        else w.ask(
            "value",
            "几个人用、每人每天省几分钟、一小时人力成本多少?",
            "How many users, how many minutes saved a day, what does an hour of work cost?",
        )
    )
    unknown = "" if number is None else w.phrase("见问题 {n}", "question {n}", n=str(number))
    rows = [
        (w.t("用的人", "Users"), _shown(users) or unknown, origin if users else ""),
        (
            w.t("每人每天省下(分钟)", "Minutes saved per user and day"),
            _shown(minutes) or unknown,
            said if minutes else "",
        ),
        (w.t("一小时人力成本(元)", "Cost of an hour (yuan)"), _shown(cost) or unknown, said if cost else ""),
        (
            w.t("一年工作日", "Working days a year"),
            _shown(days or WORKDAYS),
            said if days else w.t("假设,请改", "assumed; change it"),
        ),
    ]
    fee = w.facts.fee
    if users and minutes and cost:
        value = users * minutes / 60 * cost * (days or WORKDAYS)
        rows.append(
            (
                w.t("一年价值(元)", "Value a year (yuan)"),
                _shown(value),
                w.t("前四行相乘,分钟除以 60", "the product, minutes / 60"),
            )
        )
        if fee:
            rows.append((w.t("价值是年费的几倍", "Value / annual fee"), f"{value / fee:.1f}", w.t("估算", "estimate")))
    if fee is not None:
        rows.append((w.t("年费(元)", "Annual fee (yuan)"), _shown(fee), w.t("报价", "quote")))
    w.table("value", (w.t("项", "Item"), w.t("数", "Figure"), w.t("从哪来", "From")), rows)
    w.tell(
        "value",
        w.t(
            "这是估算,不是承诺:假设变了,结果就变;用满 30 天按{name}的实际数重算。",
            "An estimate, no commitment: it moves with its assumptions, and is done again after 30 days with the "
            "figures of {name}.",
        ),
    )


def _steps(w: Writing) -> None:
    w.add(
        "steps",
        w.t(
            "第 1 周:只上{feature},用{kp}挑的一组人",
            "Week 1: {feature} alone, with one group chosen by {kp}",
        ),
        w.t("30 天内:{feature}的第一个结果,{kp}亲眼看到", "Within 30 days: a first result of {feature} that {kp} sees"),
        w.t(
            "之后:每走到一步再加一步,不按日历加",
            "After that: one step more for every step reached, not by the calendar",
        ),
    )
    w.cite(
        "steps",
        "合同刚签完就要写计划吗还是等上线",
        "Do we begin the plan at signing or wait for go-live?",
        kinds=frozenset({DocumentKind.FAQ}),
    )


def _terms(w: Writing, *, new: bool) -> None:
    price = w.said("price") or (
        w.t("{fee}", "{fee}")
        if w.facts.fee is not None
        else w.pointer("terms", "报价单上的价格是多少?", "What does the price list say?", ours=True)
    )
    w.tell(
        "terms",
        w.t("期限:一年一签", "Term: one year at a time"),
        w.t("价格:{price}(每年,按报价单)", "Price: {price} (a year, by the price list)", price=price),
    )
    if new:
        w.tell(
            "terms",
            w.t(
                "试用:1 周;用起来了、还没看完,再向我们申请 1 周",
                "Trial: 1 week; if you use it and need more, 1 week on request",
            ),
        )
    if w.facts.promises:
        joined = ("、" if w.language == "zh" else ", ").join(w.facts.promises)
        w.tell("terms", w.t("包括:{all}", "Included: {all}", all=joined))


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:g}"
