"""A call: opened by what a peer did, about outcomes and not features, with a next step and an end (G8, G17, C10)."""

from __future__ import annotations

from copilot.accounts.account import RecordType
from copilot.accounts.segment import Size
from copilot.drafting.kind_writing import Writing

#: Attempts after which more calls bring less, by the size of a company (G8: 5, 8 and 12).
ATTEMPTS = {Size.MICRO: 5, Size.SMALL: 5, Size.MEDIUM: 8, Size.LARGE: 12}


def call_script(w: Writing) -> None:
    """Write it: a first call where nobody has bought yet, else the interview about outcomes."""
    new = w.order.account.type is not RecordType.ACCOUNT
    _goal(w, new=new)
    _opening(w, new=new)
    _interview(w, new=new)
    _answers(w, new=new)
    day = w.day("next_date", w.soon(3))
    step = w.said("next_step") or (
        w.t(
            "约 30 分钟看一个同行的做法,{kp}带上一个真实的例子",
            "30 minutes on what a peer did; {kp} brings a real case",
        )
        if new
        else w.t("把{kp}说的结果写成一句话发回去,请他改", "Send {kp} the result in one sentence, to be corrected")
    )
    w.tell("next", step)
    w.owned("next", day)
    w.add(
        "next",
        w.t(
            "挂电话之前把日期说定:两个时间请{kp}选一个,不说“再联系”",
            "Fix the day before hanging up: two times for {kp} to choose from, never “I will be in touch”",
        ),
    )
    _stop(w, new=new)
    w.add(
        "avoid",
        w.t("不问“您需要什么功能”,不念产品介绍", "Do not ask which features they need, do not read out the product"),
        w.t("不先报价,不拿价格当开场", "No price first, and no price as the opening"),
    )
    if w.facts.delivered is not True and not new:
        w.add("avoid", w.t("{name}的第一价值还没交付,不提增购", "First value of {name} is not delivered: no upsell"))


def _goal(w: Writing, *, new: bool) -> None:
    goal = w.said("goal")
    if goal:
        w.tell("goal", goal)
    elif new:
        w.add(
            "goal",
            w.t("听{kp}说出一个想要的结果,并约下一次", "Hear one result that {kp} wants, and agree on the next talk"),
        )
    else:
        w.add(
            "goal",
            w.t(
                "弄清{kp}今年最想要的一个结果,和他自己怎么衡量({seats})",
                "Learn which result {kp} wants most this year, and how they measure it ({seats})",
            ),
        )
    known = [w.phrases[name] for name, there in _known(w).items() if there]
    if known:
        joined = (";" if w.language == "zh" else "; ").join(known)
        w.tell("goal", w.t("打之前看一眼:{known}", "Before you call: {known}", known=joined))


def _known(w: Writing) -> dict[str, bool]:
    facts = w.facts
    return {
        "day": facts.days is not None,
        "seats": bool(facts.bought) and facts.active is not None,
        "tickets": bool(facts.tickets),
        "silent": facts.silent is not None,
        "end": facts.end is not None,
    }


def _opening(w: Writing, *, new: bool) -> None:
    industry = w.fact("industry")
    place = w.fact("city")
    who = w.phrase("{place}{industry}", "{industry} {place}", place=place, industry=industry).strip()
    peer = (
        w.phrase("一家{who}同行", "a {who} company", who=who) if who else w.phrase("一家同行", "a company like yours")
    )
    if new:
        w.add(
            "opening",
            w.t(
                "“{hello},我是{owner}。最近{peer}碰到一件事,我想您也可能碰到,说一分钟您听听像不像?”",
                "“{hello}, {owner} speaking. Something came up at {peer} that you may know too; may I take a minute?”",
                peer=peer,
            ),
        )
    else:
        w.add(
            "opening",
            w.t(
                "“{hello},我是{owner}。你们在用{feature},我不推东西,想问清您要的结果,好让我们往那儿使劲。”",
                "“{hello}, {owner} speaking. You use {feature}; I sell nothing today, I want to know the "
                "result you are after.”",
            ),
        )
    if not w.peer("opening"):
        w.add(
            "opening",
            w.t(
                "没有能对外讲的案例,就直接问{kp}:“同行里您最佩服谁的做法?”",
                "Without a case to tell, ask {kp}: “Whose way of working do you admire most among your peers?”",
            ),
        )


def _interview(w: Writing, *, new: bool) -> None:
    w.add(
        "interview",
        w.t(
            "“今年您最想要的一个结果是什么?”(让{kp}说完再问下一句)",
            "“Which one result do you want most this year?” (let {kp} finish before you go on)",
        ),
        w.t(
            "“现在这件事是怎么一步步做的?在哪一步停下来?”(联系{feature}听)",
            "“How is it done now, step by step? Where does it stop?” (listen for {feature})",
        ),
        w.t("“您自己看哪个数知道成了?现在是多少?”", "“Which figure tells you it worked? What is it today?”")
        + w.t("把{kp}报的数记下来", " Note the figure {kp} names"),
        w.t("“您的老板看哪个数?”记下{kp}的原话", "“Which figure does your boss look at?” Note the words of {kp}"),
    )
    if w.facts.few_active and not new:
        w.add(
            "interview",
            w.t(
                "“{seats},没用的同事最后一次停在哪里?”",
                "“{seats}: where did the colleagues who do not use it stop the last time?”",
            ),
        )
    if w.facts.trend == "falling":
        w.add(
            "interview",
            w.t(
                "用量在下降:“{feature}最近少用了,是事情变了,还是它不好用?”",
                "Use is falling: “{feature} is used less of late; has the work changed, or does it not do the job?”",
            ),
        )
    w.cite("interview", "给我一份能直接念的结果访谈提纲", "Why is asking customers for features a bad idea")


def _answers(w: Writing, *, new: bool) -> None:
    if new:
        w.add(
            "answers",
            w.t(
                "“太贵了” → 先不让价,问{kp}:“跟哪个结果比,觉得贵?”",
                "“Too expensive” → no price yet, ask {kp}: “Compared with which result?”",
            ),
            w.t(
                "“先发资料” → 发一页同行的做法,同时和{kp}约下一次",
                "“Send me something” → send one page on a peer, and agree on the next talk with {kp}",
            ),
        )
        w.cite("answers", "客户说太贵了 第一反应该是啥", "How should I react when a customer says it's too expensive?")
        return
    if w.facts.tickets:
        w.add(
            "answers",
            w.t(
                "抱怨{tickets} → 不辩解,逐条记下,当天给{kp}每条的答复日期",
                "Complaints about the {tickets} → do not argue, note each, give {kp} a date for each today",
            ),
        )
    if w.facts.ends_soon:
        w.add(
            "answers",
            w.t(
                "问到续约({end}) → 先对结果,再谈下一期",
                "Asked about renewal ({end}) → results first, the next term after",
            ),
        )
    w.add(
        "answers",
        w.t(
            "“都挺好的” → 问{kp}最近一次用{feature}做成了什么,看行为不看客气",
            "“All fine” → ask {kp} what {feature} last got done: behaviour, not politeness",
        ),
    )


def _stop(w: Writing, *, new: bool) -> None:
    most = ATTEMPTS.get(w.facts.size) if w.facts.size else None
    made = w.number("attempts")
    if most is None:
        text = w.t(
            "打几次停,按公司大小:小 5 次、中 8 次、大 12 次;{name}算哪一档:",
            "How often depends on the size: 5 small, 8 medium, 12 large; which is {name}: ",
        ) + w.pointer("stop", "这家公司算大、中还是小?", "Is this company large, medium or small?", ours=True)
        w.add("stop", text)
    else:
        left = None if made is None else most - int(made)
        if left is not None and left <= 0:
            w.tell(
                "stop",
                w.t(
                    "{name}已经打了 {made} 次,到了 {most} 次的上限:不再打,改用内容慢慢养",
                    "{name} was called {made} times, the limit is {most}: call no more, nurture with content",
                    made=str(int(made or 0)),
                    most=str(most),
                ),
            )
            w.find(
                "call_limit_reached",
                f"已到 {most} 次上限,不建议再打。" if w.language == "zh" else f"The limit of {most} calls is reached.",
                "stop",
            )
        else:
            rest = "" if left is None else w.t(",还剩 {left} 次", ", {left} left", left=str(left))
            w.tell(
                "stop",
                w.t("{name}最多打 {most} 次", "At most {most} calls to {name}", most=str(most))
                + rest
                + w.t(";打满就停", "; then stop"),
            )
    w.add(
        "stop",
        w.t("{kp}说不要再打,当场停,记下原因", "When {kp} says to stop calling, stop at once and note the reason"),
    )
    if new:
        w.cite("stop", "一家公司打几次电话就该停", "How many call attempts give the best return?")
