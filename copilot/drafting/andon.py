"""Pulls the cord for a key account's urgent matter (E3), and looks for others it may strike (E4).

How long each step may take is not defined anywhere (M), so the clock is asked for and never made up.
"""

from __future__ import annotations

from copilot.drafting.kind_writing import Writing
from copilot.drafting.plan_facts import Tier


def andon(w: Writing) -> None:
    """Write it."""
    _problem(w)
    _fit(w)
    _owner(w)
    _informs(w)
    w.add(
        "words",
        w.t(
            "“{kp},我是{owner},这件事由我牵头,您只找我一个人。我们已经在查,下一次什么时候告诉您,我现在就跟您说定。”",
            "“{kp}, this is {owner}. I lead this, and you need to speak to nobody else. We are on it; let us fix "
            "now when "
            "you hear from me next.”",
        ),
        w.t(
            "{kp}说影响到哪、最急的是哪一步,照记不解释;不猜原因,不许诺日期",
            "Note what {kp} says is hit and what is most urgent; no guess at the cause, no date you cannot keep",
        ),
    )
    _similar(w)
    w.add(
        "after",
        w.t(
            "{kp}确认恢复之后才算结束,再由{owner}当面说清原因和以后怎么不再发生",
            "It ends when {kp} confirms; then {owner} explains cause and prevention in person",
        ),
        w.t(
            "复盘写进知识库,{feature}的同类问题一起改",
            "The review goes into the knowledge base; what is alike in {feature} is fixed along with it",
        ),
    )
    w.cite("after", "客诉复盘怎么做", "When is a complaint worth a wider investigation?")


def _problem(w: Writing) -> None:
    problem = w.said("problem")
    if problem:
        w.tell("problem", problem)
    else:
        seen = w.t("{tickets};", "{tickets}; ") if w.facts.tickets else ""
        w.add(
            "problem",
            seen
            + w.pointer(
                "problem", "出了什么事、从几点开始、谁发现的?", "What happened, since when, who saw it?", ours=True
            ),
        )
    impact = w.said("impact")
    if impact:
        w.tell("impact", impact)
    else:
        text = w.t("{name}在用{features},{seats};", "{name} uses {features}, {seats}; ")
        w.add(
            "impact",
            text
            + w.pointer("impact", "停了哪些业务、多少人、损失多少?", "Which work stopped, for how many, at what loss?"),
        )
    if w.facts.ends_soon:
        w.tell("impact", w.t("{end}", "{end}"))
    if w.facts.trend == "falling":
        w.tell("impact", w.t("出事之前{name}的用量就在下降", "Use at {name} was falling before this"))


def _fit(w: Writing) -> None:
    if w.facts.tier is Tier.KEY:
        w.tell(
            "fit",
            w.t(
                "{name}是关键客户({fee}),重要又紧急,按",
                "{name} is a key account ({fee}); important and urgent: pull it",
            ),
        )
    elif w.facts.size is None:
        text = w.t("{name}的档位没有规则可依({fee}):", "No rule tells the tier of {name} ({fee}): ")
        w.add("fit", text + w.pointer("fit", "按不按,由主管定", "Whether to pull it is for the manager", ours=True))
    else:
        w.tell(
            "fit",
            w.t(
                "{name}不是关键客户({fee}):走普通急件通道,{owner}盯到底;牵连多家才按灯",
                "{name} is no key account ({fee}): the usual urgent channel, followed up by {owner}; pull it only "
                "when many are hit",
            ),
        )
        w.find(
            "andon_not_key",
            "按灯留给关键客户的急事;这一家走普通急件,除非牵连多家。"
            if w.language == "zh"
            else "The andon is for key accounts; take the usual urgent channel unless many are hit.",
            "fit",
        )
    w.cite("fit", "按灯是什么意思,啥情况能按", "When can we trigger the andon escalation?")


def _owner(w: Writing) -> None:
    w.owned("owner")
    w.tell("owner", w.t("一个人管到结束,不转手", "One person until it is over, never handed on"))
    clock = w.said("clock")
    if clock:
        w.tell("owner", w.t("时限:{clock}", "Clock: {clock}", clock=clock))
    else:
        w.add(
            "owner",
            w.t("时限:手册没有定,", "Clock: no playbook defines it, ")
            + w.pointer(
                "owner",
                "首次回应、临时恢复、彻底解决各要多久?",
                "How long for the first reply, the workaround, the solution?",
                ours=True,
            ),
        )


def _informs(w: Writing) -> None:
    product = w.said("product") or w.t("值班研发", "the engineer on duty")
    sponsor = w.said("sponsor")
    if not sponsor and w.facts.tier is Tier.KEY:
        sponsor = w.phrase(
            "我方高层({see})",
            "our executive ({see})",
            see=w.pointer("informs", "哪位高层出面?", "Which executive steps in?", ours=True),
        )
    kp, owner, now = w.phrases["kp"], w.owner, w.t("立刻", "at once")
    rows = [(owner, kp, w.t("谁牵头、下一次几点说", "who leads, when they hear next"), now)]
    if w.facts.size is not None and w.facts.tier is not Tier.KEY:
        desk = w.phrase("客服值班", "the service desk")
        rows.append((owner, desk, w.t("{name}的工单置顶", "the ticket of {name} comes first"), now))
    else:
        rows += [
            (owner, product, w.t("现象、开始时间、影响", "symptom, since when, impact"), now),
            (
                owner,
                w.t("主管", "the manager"),
                w.t("要不要加人", "are more people needed"),
                w.t("按下时", "when pulled"),
            ),
            (product, owner, w.t("进展,没进展也说", "progress, or none"), w.t("每到约定时刻", "at every agreed hour")),
        ]
    if sponsor:
        boss = w.t("{kp}的上级", "the boss of {kp}")
        rows.append(
            (
                sponsor,
                boss,
                w.t("一句话:知道了,谁在管", "one sentence: we know, and who leads"),
                w.t("当天", "the same day"),
            )
        )
    head = (w.t("谁", "Who"), w.t("通知谁", "Informs"), w.t("说什么", "Of what"), w.t("何时", "When"))
    w.table("informs", head, rows)


def _similar(w: Writing) -> None:
    industry = w.fact("industry")
    w.add(
        "similar",
        w.t("查还有谁在用{feature}、版本和设置相同", "Who else uses {feature} with the same version and settings"),
        w.t(
            "查最近的工单里还有没有同样的说法({tickets})", "Whether recent tickets elsewhere read the same ({tickets})"
        ),
    )
    if industry:
        w.add(
            "similar",
            w.t(
                "先问{industry}里用{feature}的其他客户,{owner}在他们来问之前先说",
                "First the other {industry} clients on {feature}; {owner} tells them before they ask",
                industry=industry,
            ),
        )
    w.cite("similar", "一家投诉后怎么筛出有同样风险的客户", "Signals that a complaint is not an isolated case")
