"""What a renewal rests on: behaviour before words, proof of value, an expansion hypothesis (I1, I3, D3, D5)."""

from __future__ import annotations

from copilot.drafting import account_facts, dates
from copilot.drafting.kind_writing import Writing
from copilot.drafting.plan_facts import MANY_TICKETS, SILENT_DAYS, Tier

#: From here on what a client says counts as praise (the usual border of promoters is 9 on 0-10, 50 on -100-100).
_PRAISE = 50
#: Steps before the end of a term: days left, kept apart where that day is over.
_STEPS = (90, 60, 30)


def renewal_brief(w: Writing) -> None:
    """Write it; a client who praises and stops using is at risk (D5)."""
    signs = _signs(w)
    _verdict(w, signs)
    w.table(
        "behaviour",
        (w.t("行为", "Behaviour"), w.t("看到的", "Seen"), w.t("说明", "What it tells")),
        signs
        or [
            (
                w.t("无", "none"),
                w.t("记录里没有行为数据", "the record has none"),
                w.t("先补数,再判断", "get figures first"),
            )
        ],
    )
    w.cite("behaviour", "客户老夸我们但不怎么登录怎么看", "Which two behaviours tell best that a client renews?")
    _words(w)
    _value(w)
    _switching(w)
    _expansion(w)
    _price(w)
    _schedule(w)
    w.risks("risks")
    w.advise("steps", "avoid")


def _signs(w: Writing) -> list[tuple[str, str, str]]:
    facts, found = w.facts, []
    if facts.trend in ("falling", "rising", "flat"):
        seen = {
            "falling": w.t("在下降", "falling"),
            "rising": w.t("在上升", "rising"),
            "flat": w.t("持平", "flat"),
        }[facts.trend]
        tells = {
            "falling": w.t("最强的不续信号", "the strongest sign against renewal"),
            "rising": w.t("价值在长", "value is growing"),
            "flat": w.t("靠习惯续,经不起换人", "kept by habit, which a new boss ends"),
        }[facts.trend]
        found.append((w.t("用量", "Use"), seen, tells))
    if facts.bought and facts.active is not None:
        share = f"{facts.active / facts.bought:.0%}"
        tells = (
            w.t("多数没用上,续的时候会砍账号", "most are idle and will be cut at renewal")
            if facts.few_active
            else w.t("真的在用", "really in use")
        )
        found.append((w.t("账号", "Seats"), f"{w.phrases['seats']} ({share})", tells))
    if facts.delivered is not None:
        seen = w.t("已交付", "delivered") if facts.delivered else w.t("未交付", "not delivered")
        tells = (
            w.t("有东西可讲", "there is something to show")
            if facts.delivered
            else w.t("没有它,谈续约等于谈价格", "without it a renewal is a talk about price")
        )
        found.append((w.t("第一价值", "First value"), seen, tells))
    if facts.tickets is not None:
        tells = (
            w.t("续约前先清", "clear them before the renewal")
            if facts.tickets >= MANY_TICKETS
            else w.t("不碍续约", "no obstacle")
        )
        found.append((w.t("工单", "Tickets"), w.phrases["tickets"], tells))
    if facts.silent is not None:
        tells = w.t("关系在冷", "the relation cools") if facts.silent >= SILENT_DAYS else w.t("联系正常", "in touch")
        found.append((w.t("联系", "Contact"), w.phrases["silent"], tells))
    return found


def _verdict(w: Writing, signs: list[tuple[str, str, str]]) -> None:
    facts = w.facts
    at_risk = facts.trend == "falling" or facts.few_active or facts.delivered is False
    if not signs:
        text = w.t("{name}没有行为数据,不下判断。", "Nothing is known of what {name} does: no judgement.")
    elif at_risk:
        text = w.t(
            "{name}按“有风险”准备:先把{feature}用回来,再谈续约。",
            "Treat {name} as at risk: bring {feature} back into use, then speak of renewal.",
        )
    elif facts.trend == "rising":
        text = w.t(
            "{name}按“会续”准备,重点放在下一个价值。", "Expect {name} to renew; the work goes into the next value."
        )
    else:
        text = w.t(
            "{name}大概率靠习惯续,要补一份看得见的价值。",
            "{name} will probably renew by habit; add value they can see.",
        )
    end = (
        w.t("合同 {day} 到期。", "The contract ends on {day}.", day=facts.ends_on.isoformat()) if facts.ends_on else ""
    )
    w.paragraph("verdict", f"{text}{'' if w.language == 'zh' else ' '}{end}".strip())


def _words(w: Writing) -> None:
    nps, note = account_facts.number(w.order.account, "nps"), w.fact("notes")
    if nps is not None:
        w.tell("words", f"NPS {nps:g}")
    if note:
        w.tell("words", note[:300])
    if nps is not None and nps >= _PRAISE and (w.facts.trend == "falling" or w.facts.few_active):
        w.add(
            "words",
            w.t(
                "嘴上满意,用量不满意:{seats}。以用量为准,分数不算数。",
                "The words are content, the use is not: {seats}. Use counts, the score does not.",
            ),
        )


def _value(w: Writing) -> None:
    w.tell("value", *w.listed("value"))
    for done in w.done[-3:]:
        w.tell("value", w.t("{one}:已经做到", "{one}: reached", one=done))
    if w.done and not w.said("value"):
        w.add(
            "value",
            w.t("{done}带来的数和{kp}的原话:", "The figure behind {done} and the words of {kp}: ")
            + w.pointer(
                "value",
                "{done}之后,您自己看到哪个数变了?",
                "Which figure of yours has moved since {done}?",
            ),
        )
    elif not w.done and not w.said("value"):
        w.add(
            "value",
            w.t(
                "还拿不出价值:到期前先让{feature}出一个结果",
                "There is no value to show yet: one result from {feature} before the term ends",
            ),
        )
    w.cite("value", "怎么让客户看见已经兑现的价值", "How do I make delivered value visible?")


def _switching(w: Writing) -> None:
    said = w.said("switching")
    if said:
        w.tell("switching", said)
    elif w.facts.features:
        w.add(
            "switching",
            w.t(
                "{name}换掉要重来的:{features}里的数据和 {active}在用的人的习惯",
                "What {name} would have to redo: the data in {features} and the habits of {active} users",
            ),
        )
    else:
        w.add("switching", w.t("{name}几乎没有迁移成本,不能指望它", "{name} has hardly any; do not count on it"))
    w.add(
        "switching",
        w.t(
            "只在价值讲清之后提,不拿它压{kp}:留人的是价值",
            "Mentioned only after the value, never to press {kp}: value is what keeps people",
        ),
    )
    w.cite("switching", "续费说到底靠什么", "Switching cost or value: what is the essence of renewal?")


def _expansion(w: Writing) -> None:
    said, facts = w.said("expansion"), w.facts
    if said:
        w.tell("expansion", said)
        return
    if facts.few_active or facts.trend == "falling":
        text = w.t(
            "现在没有:{seats}。先用起来;用到 {target}再提{other}",
            "None now: {seats}. Use first; speak of {other} once {target} are in use",
        )
    elif facts.trend == "rising":
        text = w.t(
            "{features}用得起来,下一步可能是{other}或更多账号(现在 {seats})",
            "{features} took hold; next may come {other} or more seats (now {seats})",
        )
    else:
        text = w.t(
            "{other}接在{feature}后面,等{kp}讲出一个结果再提",
            "{other} after {feature}, once {kp} tells of a result",
        )
    w.add("expansion", text)
    w.cite("expansion", "达成里程碑后怎么提扩张", "How does delivering first value reveal expansion openings?")


def _price(w: Writing) -> None:
    facts = w.facts
    w.add("price", w.t("现价 {fee};先对价值,后谈钱", "Now {fee}; value first, money after"))
    if facts.tier in (Tier.LIGHT, Tier.SELF_SERVICE):
        w.add(
            "price",
            w.t(
                "这一档不动价格:{name}要便宜,就减账号",
                "The price of this tier stands: for less money, {name} takes fewer seats",
            ),
        )
    elif facts.tier is Tier.KEY or facts.size is None:
        w.add(
            "price",
            w.t(
                "要动价格,先报主管;{owner}不当场答复{kp}",
                "A change of price goes to the manager first; {owner} gives {kp} no answer on the spot",
            ),
        )
    else:
        w.add(
            "price",
            w.t(
                "主管手里的名额才能动价,{owner}先用价值谈",
                "Only the manager's quota moves the price; {owner} argues by value",
            ),
        )
    floor = w.said("floor")
    if floor:
        w.tell("price", w.t("底线:{floor}", "Floor: {floor}", floor=floor))
    w.cite("price", "客户续费时要求降价怎么回", "How should I react when a customer says it's too expensive?")


def _schedule(w: Writing) -> None:
    end, today = w.facts.ends_on, w.order.today
    if end is None:
        w.add(
            "schedule",
            w.t("{owner}先查到期日:", "{owner} looks up the end of the term: ")
            + w.pointer("schedule", "合同哪天到期?", "When does the contract end?", ours=True),
        )
        w.owned("schedule", w.soon(2))
        return
    texts = (
        w.t("和{kp}对一页价值,听他怎么衡量", "A page of value with {kp}: how do they measure it"),
        w.t("报下一期的目标和账号数,{kp}内部走流程", "Goal and seats of the next term; {kp} starts the process inside"),
        w.t("合同定稿", "The contract is settled"),
    )
    rows = []
    last = today
    for left, text in zip(_STEPS, texts, strict=True):
        ideal = w.later((end - today).days - left)
        day = max(ideal, dates.working_days(last, 2)[-1])
        last = day
        rows.append((day.isoformat(), text, w.owner))
    head = (w.t("最晚", "By"), w.t("做什么", "What"), w.t("责任人", "Owner"))
    w.table("schedule", head, rows)
    w.owned("schedule")
    if last >= end:
        w.find(
            "renewal_late",
            f"到期日 {end} 之前排不下这几步,先给{w.phrases['kp']}打电话。"
            if w.language == "zh"
            else f"These steps do not fit before {end}: call {w.phrases['kp']} first.",
            "schedule",
        )
