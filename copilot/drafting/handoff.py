"""The handoff from sales to customer success (B5, B6): what was said and promised, by whom, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.drafting import account_facts
from copilot.drafting.kind_writing import Writing
from copilot.drafting.plan_facts import Tier

#: The relationship as records write it, in words; anything else is shown as it stands.
_LONGEST_NOTE = 300


def handoff(w: Writing) -> None:
    """Write it; what the record lacks is named, and the start waits for it (B5)."""
    _info(w)
    promises = _promises(w)
    outcome = w.said("outcome")
    if outcome:
        w.tell("outcome", outcome)
    else:
        w.add(
            "outcome",
            w.t("从在用的{feature}看,要的是它带来的结果:", "Going by {feature}, it is the result of that: ")
            + w.pointer(
                "outcome",
                "{kp}签约时说要解决的是哪一件事?用原话写",
                "Which one thing did {kp} want solved when signing? In their own words",
                ours=True,
            ),
        )
    note = w.fact("notes")
    if note:
        w.tell("outcome", w.t("销售备注:", "Note of sales: ") + note[:_LONGEST_NOTE])
    _people(w)
    users = _super_users(w)
    seller = w.said("from") or _seller(w)
    _way(w, seller)
    w.risks("risks")
    _checklist(w, promises=promises, outcome=outcome, users=users, seller=seller)
    w.advise("steps")


def _info(w: Writing) -> None:
    rows = [
        (w.t("客户", "Client"), w.facts.name),
        (w.t("行业 / 城市", "Industry / city"), " / ".join(filter(None, (w.fact("industry"), w.fact("city"))))),
        (w.t("年费", "Annual fee"), w.phrases["fee"] if w.facts.fee is not None else ""),
        (w.t("签约", "Signed"), w.phrases["day"] if w.facts.days is not None else ""),
        (w.t("合同到期", "Contract ends"), w.facts.ends_on.isoformat() if w.facts.ends_on else ""),
        (w.t("账号", "Seats"), w.phrases["seats"] if w.facts.bought else ""),
        (w.t("用到的功能", "In use"), w.phrases["features"] if w.facts.features else ""),
        (w.t("未结工单", "Open tickets"), w.phrases["tickets"] if w.facts.tickets is not None else ""),
    ]
    missing = w.t("缺", "missing")
    w.table("info", (w.t("项", "Item"), w.t("内容", "Content")), ((name, text or missing) for name, text in rows))


def _promises(w: Writing) -> str:
    told = tuple(dict.fromkeys((*w.facts.promises, *w.listed("promises"))))
    if told:
        w.tell("promises", *told)
        number = w.ask(
            "promises",
            "上面 {count} 条各由谁、在哪天前兑现?",
            "By whom and by when is each of the {count} kept?",
            ours=True,
            count=str(len(told)),
        )
        w.add(
            "promises",
            w.t(
                "由{owner}当面向{kp}复述一遍,逐条对上再接手;兑现人和日期见问题 {n}",
                "{owner} repeats them to {kp} in person before taking over; who keeps each and when: question {n}",
                n=str(number),
            ),
        )
        return w.joined(told)
    text = w.t("记录里没有写;没写不等于没答应:", "The record has none, which does not mean that nothing was said: ")
    ask = w.pointer(
        "promises",
        "对{kp}答应过什么(合同里和口头的)、何时兑现?没有也请写明“无”",
        "What was promised to {kp}, in the contract and by mouth, and by when? Write “nothing” if so",
        ours=True,
    )
    w.add("promises", text + ask)
    return ""


def _people(w: Writing) -> None:
    relations = _relations(w)
    head = (w.t("姓名", "Name"), w.t("职务", "Title"), w.t("关系", "Relationship"))
    missing = w.t("缺", "missing")
    w.table(
        "people",
        head,
        ((one.name, one.title or missing, relations.get(one.name) or missing) for one in w.facts.people),
    )
    if not w.facts.people:
        w.add("people", w.pointer("people", "谁拍板、谁用、谁付钱?", "Who decides, who uses, who pays?", ours=True))
    elif len(w.facts.people) == 1 and w.facts.tier is not Tier.SELF_SERVICE:
        w.add(
            "people",
            w.t(
                "目前只认识{kp}一位,交接会上请他再引荐一位每天用{feature}的人",
                "{kp} is the only contact; ask for one daily user of {feature} at the handover",
            ),
        )
    if w.facts.tier is Tier.KEY:
        w.add(
            "people",
            w.t(
                "{name}是大客户,交接时一并定下我方高层赞助人:",
                "{name} is a large account, so the handover names our executive sponsor: ",
            )
            + w.pointer("people", "由哪位高层做赞助人?", "Which executive is the sponsor?", ours=True),
        )


def _super_users(w: Writing) -> str:
    named = w.listed("super_users")
    if named:
        w.tell("super_users", *named)
    text = (
        w.t("{seats},", "{seats}: ")
        + w.t(
            "从中找出用{feature}最多、愿意反馈、同事肯听的两三位,登记姓名和岗位",
            "find the two or three who use {feature} most, give feedback and are listened to; note name and post",
        )
        if w.facts.active
        else w.t(
            "还没有人在用;请{kp}先指定两三位第一批用{feature}的人",
            "Nobody uses it yet; ask {kp} to name the first two or three users of {feature}",
        )
    )
    if not named:
        text += ":" if w.language == "zh" else ": "
        text += w.pointer("super_users", "是哪几位?", "Who are they?")
    w.add("super_users", text)
    w.cite("super_users", "怎么找到超级用户带动别人用", "How do super users bring others along?")
    return w.joined(named)


def _way(w: Writing, seller: str) -> None:
    day = w.day("meeting_date", w.soon(3))
    if w.facts.tier is Tier.SELF_SERVICE:
        w.add(
            "way",
            w.t(
                "只交书面:{seller}在 {day} 前填完这张单,{owner}收单后把第一步的短片和入口发给{kp}",
                "In writing alone: {seller} fills in this sheet by {day}, then {owner} sends {kp} the first clip "
                "and link",
                seller=seller,
                day=day.isoformat(),
            ),
        )
    else:
        w.add(
            "way",
            w.t(
                "{seller}在 {before} 前填完这张单,{owner}读完先问清再见客户",
                "{seller} fills in this sheet by {before}; {owner} reads it and asks before meeting the client",
                seller=seller,
                before=w.soon(1).isoformat(),
            ),
            w.t(
                "三方会 {day}:{seller}介绍,{owner}复述目标和承诺,{kp}当场改正;不让客户把说过的再说一遍",
                "Three-way meeting on {day}: {seller} introduces, {owner} repeats goal and promises, {kp} corrects; "
                "the client tells nothing twice",
                seller=seller,
                day=day.isoformat(),
            ),
            w.t(
                "会后当天{owner}把结论发给{kp}和{seller};{seller}再陪一次,到第一价值交付为止仍是联系人",
                "The same day {owner} sends the result to {kp} and {seller}; {seller} stays a contact until first "
                "value",
                seller=seller,
            ),
        )
    w.tell("way", w.t("交出:{seller}", "Hands over: {seller}", seller=seller))
    w.owned("way", day)
    w.cite("way", "销售怎么把客户交接给客户成功", "When does the sales to customer success handoff happen")


def _seller(w: Writing) -> str:
    w.ask("way", "签单的销售是谁?", "Who in sales signed the client?", ours=True)
    return w.phrase("签单销售", "the seller")


def _checklist(w: Writing, *, promises: str, outcome: str, users: str, seller: str) -> None:
    facts = w.facts
    named = facts.people[0] if facts.people else None
    there: Mapping[str, str] = {
        w.t("年费", "Annual fee"): w.phrases["fee"] if facts.fee is not None else "",
        w.t("签约日和到期日", "Days of signing and end"): _days(w),
        w.t("买的账号数", "Seats bought"): w.phrases["bought"] if facts.bought else "",
        w.t("关键人和职务", "Key person and title"): f"{named.name}, {named.title}" if named and named.title else "",
        w.t("承诺", "Promises"): promises,
        w.t("客户要的结果", "The result wanted"): outcome,
        w.t("超级用户", "Super users"): users,
        w.t("签单销售", "Seller"): w.said("from"),
    }
    missing = [name for name, known in there.items() if not known]
    no = w.t("缺", "missing")
    head = (w.t("项", "Item"), w.t("现有的", "What there is"), w.t("谁补", "Who adds it"))
    w.table("checklist", head, ((name, text or no, "" if text else seller) for name, text in there.items()))
    if missing:
        joined = ("、" if w.language == "zh" else ", ").join(missing)
        w.tell(
            "checklist",
            w.t(
                "{name}还缺 {n} 项:{missing}。补齐之前不开始上线。",
                "{n} items of {name} are missing: {missing}. The start waits until they are there.",
                n=str(len(missing)),
                missing=joined,
            ),
        )
        joined_en = f"{len(missing)} items are missing: {joined}. Have the seller add them before the start."
        w.find(
            "handoff_incomplete", f"还缺:{joined}。请销售补齐再启动。" if w.language == "zh" else joined_en, "checklist"
        )
    else:
        w.tell("checklist", w.t("{name}的交接齐了,可以启动。", "Everything of {name} is there; the start can begin."))


def _days(w: Writing) -> str:
    signed, end = w.facts.signed_on, w.facts.ends_on
    return f"{signed.isoformat()} – {end.isoformat()}" if signed and end else ""


def _relations(w: Writing) -> Mapping[str, str]:
    people = w.order.account.facts.get("kp")
    found = {}
    for one in people if isinstance(people, list | tuple) else []:
        if isinstance(one, Mapping) and isinstance(one.get("relationship"), str) and isinstance(one.get("name"), str):
            found[account_facts.plain(one["name"])] = account_facts.plain(one["relationship"])
    return found
