"""Asks a client to become a showcase (E8): consent first, the key person takes part, conditions and cost are told."""

from __future__ import annotations

from copilot.drafting import account_facts, dates
from copilot.drafting.kind_writing import Writing
from copilot.drafting.plan_facts import MANY_TICKETS, Tier


def showcase_request(w: Writing) -> None:
    """Write the letter; who is not well served yet is not asked, and the author is told why."""
    greet(w)
    _why(w)
    form = w.said("form") or _form(w)
    w.tell("ask", w.t("{form};由您来讲,不由我们来夸", "{form}; told by you, not praised by us", form=form))
    w.add("ask", w.t("成稿请您一句句改,改到{name}愿意署名", "You edit it line by line, until {name} would sign it"))
    w.tell(
        "conditions",
        w.t("什么条件下做得成:{seats},{features}", "What it took: {seats}, {features}"),
        w.t("照做要花多少人、多少时间:", "What it costs in people and time to do the same: ")
        + w.pointer(
            "conditions",
            "做成{feature}用了几个人、几周、哪些准备?",
            "How many people and weeks, and which preparation, did {feature} take?",
        ),
        w.t("哪里没做好,也写上", "What did not go well is written too"),
    )
    w.tell(
        "consent",
        w.t("您书面同意之前,什么都不发", "Nothing is published before you agree in writing"),
        w.t(
            "用不用公司名、标志、数字,由您选,给谁看也由您选", "Name, logo, figures and who may see them are your choice"
        ),
        w.t("以后想撤下,说一声就撤", "You may have it taken down later, for no reason"),
        w.t("不愿意也没关系,服务照旧", "If you would rather not, that is fine; nothing changes"),
    )
    w.tell("next", w.t("您点头,我就把提纲发给您", "If you like the idea, I send you an outline"))
    w.owned("next", w.day("next_date", w.soon(5)))
    w.cite("why", "请客户做样板要讲清什么条件和成本", "What must a showcase tell about conditions and cost?")
    _not_yet(w)
    sign(w)


def _form(w: Writing) -> str:
    if w.facts.tier is Tier.KEY:
        return w.t("半天现场,拍一段您讲{feature}的短片", "Half a day on site: a short film in which you show {feature}")
    if w.facts.tier is Tier.SELF_SERVICE:
        return w.t("手机上回三个关于{feature}的问题", "Three questions on {feature}, answered by phone message")
    return w.t("一次 30 分钟的访谈,把{feature}写成一页", "One talk of 30 minutes, written up as a page on {feature}")


def _why(w: Writing) -> None:
    result = w.said("result")
    if result:
        w.tell("why", result)
    told = [w.t("{one}已经做成", "{one} is done", one=one) for one in w.done[-2:]]
    w.tell("why", *told)
    if w.facts.bought and not w.facts.few_active and w.facts.active is not None:
        w.tell("why", w.t("{seats}", "{seats}"))
    if not result and not w.done:
        text = w.t("您这里做成的是:", "What you achieved: ")
        w.add(
            "why",
            text
            + w.pointer("why", "这家客户做成了哪件事、哪个数?", "What did this client achieve, in figures?", ours=True),
        )
    w.add("why", w.t("别的公司想听{name}怎么走过来的", "Others would like to hear how {name} got there"))


def _not_yet(w: Writing) -> None:
    facts, zh = w.facts, w.language == "zh"
    reasons = []
    if facts.delivered is not True:
        reasons.append("第一价值没有交付" if zh else "first value is not delivered")
    if facts.trend == "falling":
        reasons.append("用量在下降" if zh else "use is falling")
    if facts.few_active:
        reasons.append(w.phrases["seats"])
    if (facts.tickets or 0) >= MANY_TICKETS:
        reasons.append(w.phrases["tickets"])
    if reasons:
        joined = ("、" if zh else ", ").join(reasons)
        message = f"现在请还太早:{joined}。先修好再请。" if zh else f"Too early to ask: {joined}. Fix that first."
        w.find("too_early", message)


def greet(w: Writing) -> None:
    """Begin a letter to the key person."""
    to = w.said("to") or account_facts.contact(w.order.account) or w.facts.name
    w.opens(w.t("{to},您好!", "Dear {to},", to=to), "fact")


def sign(w: Writing) -> None:
    """End a letter with a choice of time and a name."""
    sender = w.said("from") or w.order.person.name
    _, one, other = dates.working_days(w.order.today, 3)
    w.closes(
        w.t(
            "您看哪个时间方便?\nA. {one} 10:00\nB. {other} 15:00\nC. 您定一个时间",
            "Which time suits you?\nA. {one}, 10:00\nB. {other}, 15:00\nC. Another time of your choice",
            one=dates.spoken(one, w.language),
            other=dates.spoken(other, w.language),
        )
    )
    w.closes(w.t("{sender}", "Best regards\n{sender}", sender=sender))
