"""What became of drafts, suggestions and deliveries, and an estimate of the time all of it saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from copilot.drafting.draft import DraftKind
from copilot.drafting.kinds import KINDS
from copilot.insight.certainty import Share
from copilot.insight.counts import DeliveryCount, Outcome, Taken
from copilot.insight.figure import Chart, Figure, Row, Series
from copilot.insight.telling import Telling, percent, short

_MOST_ROWS = 12
#: An accepted draft of which more than this was rewritten was no help with the words.
_MUCH = 0.3


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """Minutes that a person would have needed without it."""

    per_answer: float = 6.0  #: looking it up, or asking a colleague
    per_draft: float = 20.0  #: writing it from nothing


@dataclass(frozen=True, kw_only=True)
class Named:
    """How a document is called and who answers for it; None where the reader may not know."""

    title: str
    owner: str | None


NameOf = Callable[[str], Named | None]


def draft_acceptance(tell: Telling, now: Mapping[str, Outcome], before: Mapping[str, Outcome]) -> Figure:
    """How many decided drafts were accepted, by kind."""
    share, was = _accepted(now.values()), _accepted(before.values())
    rows = _outcome_rows(tell, {_kind(tell, kind): outcome for kind, outcome in now.items()})
    action, owner, link = tell.nothing_to_do(), None, None
    worst = max(now, key=lambda kind: (now[kind].rejected, kind), default=None)
    said = ""
    if worst is not None and now[worst].rejected > 1:
        one, name = now[worst], _kind(tell, worst)
        said = tell.say(
            f"被拒最多的是「{name}」({one.decided} 份中 {one.rejected} 份)。",
            f"Rejected most: {name.lower()} ({one.rejected} of {one.decided}).",
        )
        owner, link = "manager", "copilot drafts list"
        why = short(one.reasons[0][0]) if one.reasons else ""
        action = (
            tell.say(
                f"针对最常见的拒绝理由「{why}」({one.reasons[0][1]} 次)改进「{name}」的模板或依据。",
                f'Work on the most frequent reason against {name.lower()}: "{why}" ({one.reasons[0][1]} times).',
            )
            if why
            else tell.say(f"请拒绝「{name}」的人写明理由。", f"Have people say why they reject a {name.lower()}.")
        )
    return Figure(
        key="draft_acceptance",
        title=tell.say("草稿采纳率", "Drafts accepted"),
        value=share.value,
        unit="share",
        n=share.n,
        interval=share.interval,
        previous=was.value,
        analysis=tell.sentences(
            tell.share(share, ("已决定的草稿", "decided drafts"), ("被采纳", "were accepted")),
            said,
            tell.share_change(share, was),
        ),
        action=action,
        owner=owner,
        link=link,
        rows=rows,
        chart=_share_chart(tell.say("各类草稿的采纳率", "Drafts accepted by kind"), rows),
    )


def draft_edits(tell: Telling, now: Mapping[str, Outcome], before: Mapping[str, Outcome]) -> Figure:
    """How many accepted drafts were edited first, and how much of them."""
    share, was = _edited(now.values()), _edited(before.values())
    rows = [
        Row(
            name=_kind(tell, kind),
            value=_edited([one]).value,
            n=one.accepted,
            detail=_changed(tell, one.mean_edit_share),
        )
        for kind, one in sorted(now.items(), key=lambda item: -item[1].accepted)
    ][:_MOST_ROWS]
    much = {kind: one for kind, one in now.items() if (one.mean_edit_share or 0) > _MUCH and one.accepted >= 5}
    action, owner = tell.nothing_to_do(), None
    worst = _worst({k: Share(hits=one.accepted - one.accepted_after_edit, n=one.accepted) for k, one in now.items()})
    if much:
        kind = max(much, key=lambda kind: much[kind].mean_edit_share or 0)
        name, changed = _kind(tell, kind), percent(much[kind].mean_edit_share or 0)
        owner = "curator"
        action = tell.say(
            f"「{name}」平均被改掉 {changed}:对照三份改后的文本,改它所用的打法。",
            f"{changed} of a {name.lower()} is rewritten: compare three with what was sent and change their sources.",
        )
    elif worst is not None and share.enough and share.hits * 2 > share.n:
        name = _kind(tell, worst)
        owner = "curator"
        action = tell.say(
            f"多数草稿要改后才用,「{name}」最常:看三份改了什么,把共同的改动写进打法。",
            f"Most drafts are edited first, {name.lower()} above all: see what three edits share and put it into the "
            "playbook.",
        )
    return Figure(
        key="draft_edits",
        title=tell.say("改后采纳", "Accepted after edits"),
        value=share.value,
        unit="share",
        n=share.n,
        interval=share.interval,
        previous=was.value,
        analysis=tell.sentences(
            tell.share(share, ("被采纳的草稿", "accepted drafts"), ("先被修改过", "were edited first")),
            tell.share_change(share, was),
        ),
        action=action,
        owner=owner,
        link=None if owner is None else "copilot drafts list",
        rows=rows,
    )


def document_acceptance(tell: Telling, now: Mapping[str, Outcome], name_of: NameOf) -> Figure:
    """How drafts that quote a document were taken; a draft counts once for each document."""
    share = _accepted(now.values())
    seen = {id: (named, one) for id, one in now.items() if (named := name_of(id)) is not None}
    rows = _outcome_rows(tell, {short(named.title): one for named, one in seen.values()})
    worst = _worst({id: Share(hits=one.accepted, n=one.decided) for id, (_, one) in seen.items()})
    action, owner, said = tell.nothing_to_do(), None, ""
    if worst is not None and (one := seen[worst][1]).rejected:
        title = short(seen[worst][0].title)
        said = tell.say(
            f"引用《{title}》的 {one.decided} 份草稿中 {one.rejected} 份被拒,最多。",
            f'Of {one.decided} drafts that quote "{title}", {one.rejected} were rejected: the most.',
        )
        rate, all_others = (
            Share(hits=one.accepted, n=one.decided),
            Share(hits=share.hits - one.accepted, n=share.n - one.decided),
        )
        if (rate.change_since(all_others) or 0) < 0:
            owner = seen[worst][0].owner or "curator"
            action = tell.say(
                f"《{title}》明显差于其他文档:对照被拒的草稿修改它。",
                f'"{title}" does clearly worse than the others: correct it beside the rejected drafts.',
            )
    return Figure(
        key="document_acceptance",
        title=tell.say("按引用文档的采纳率", "Drafts accepted, by what they quote"),
        value=share.value,
        unit="share",
        n=share.n,
        interval=share.interval,
        analysis=tell.sentences(
            tell.share(share, ("草稿对文档的引用", "quotes of documents in drafts"), ("随草稿被采纳", "were accepted")),
            said,
        ),
        action=action,
        owner=owner,
        link=None if owner is None else "copilot documents review",
        rows=rows,
    )


def suggestion_acceptance(
    tell: Telling, now: Mapping[str, Taken], before: Mapping[str, Taken], name_of: NameOf
) -> Figure:
    """How people took suggestions, by the playbook they rest on."""
    share, was = _taken(now.values()), _taken(before.values())
    seen = {id: (named, one) for id, one in now.items() if (named := name_of(id)) is not None}
    rows = [
        Row(
            name=short(named.title),
            value=(one_share := _taken([one])).value,
            n=one_share.n,
            detail=tell.say(
                f"采纳 {one.accepted},稍后 {one.later},拒绝 {one.rejected}",
                f"{one.accepted} accepted, {one.later} later, {one.rejected} rejected",
            ),
        )
        for named, one in sorted(
            seen.values(), key=lambda pair: -sum((pair[1].accepted, pair[1].later, pair[1].rejected))
        )
    ][:_MOST_ROWS]
    action, owner, said = tell.nothing_to_do(), None, ""
    rejected = {id: one.rejected for id, (_, one) in seen.items() if one.rejected}
    if rejected:
        worst = max(rejected, key=lambda id: (rejected[id], id))
        title = short(seen[worst][0].title)
        said = tell.say(
            f"被拒最多的是《{title}》的建议({rejected[worst]} 次)。",
            f'Rejected most: what "{title}" suggests ({rejected[worst]} times).',
        )
        owner = seen[worst][0].owner or "curator"
        action = tell.say(
            "读这些拒绝的理由,改打法或它的适用条件。",
            "Read the reasons, then change the playbook or when it applies.",
        )
    return Figure(
        key="suggestion_acceptance",
        title=tell.say("建议采纳率", "Suggestions accepted"),
        value=share.value,
        unit="share",
        n=share.n,
        interval=share.interval,
        previous=was.value,
        analysis=tell.sentences(
            tell.share(share, ("对建议的反馈", "reactions to suggestions"), ("是采纳", "accepted them")),
            said,
            tell.share_change(share, was),
        ),
        action=action,
        owner=owner,
        link=None if owner is None else "copilot suggestions rejected",
        rows=rows,
        chart=_share_chart(tell.say("各打法的建议采纳率", "Suggestions accepted by playbook"), rows),
    )


def deliveries_sent(tell: Telling, now: Sequence[DeliveryCount], before: Sequence[DeliveryCount]) -> Figure:
    """What was sent, what was stopped by a check, and what was given up."""
    by, was = _by_status(now), _by_status(before)
    failed = by["dead"] + by["blocked"]
    channels = sorted({one.channel for one in now})
    rows = [
        Row(
            name=channel,
            value=sum(one.times for one in now if one.channel == channel and one.status == "sent"),
            n=sum(one.times for one in now if one.channel == channel),
            detail=", ".join(
                f"{_status(tell, one.status)} {one.times}"
                for one in sorted(now, key=lambda one: -one.times)
                if one.channel == channel
            ),
        )
        for channel in channels
    ]
    analysis = tell.say("这段时间没有发送。", "Nothing was to be sent in this time.")
    if now:
        waiting = by["queued"] + by["sending"]
        analysis = tell.say(
            f"发出 {by['sent']} 份,放弃 {by['dead']} 份,被检查拦下 {by['blocked']} 份,等待 {waiting} 份。",
            f"{by['sent']} were sent, {by['dead']} given up, {by['blocked']} stopped by a check, {waiting} wait.",
        )
    action, owner = tell.nothing_to_do(), None
    if by["dead"]:
        owner = "admin"
        action = tell.say(
            f"查看 {by['dead']} 份放弃的发送的错误,修好通道后重发。",
            f"See why {by['dead']} were given up, mend the channel and send them again.",
        )
    elif by["blocked"]:
        owner = "manager"
        action = tell.say(
            f"{by['blocked']} 份被拦下:核对收件方能否阅读所引用的文档。",
            f"{by['blocked']} were stopped: check that the receiver may read what they cite.",
        )
    return Figure(
        key="deliveries_sent",
        title=tell.say("已发送", "Deliveries sent"),
        value=by["sent"],
        unit="count",
        n=sum(by.values()),
        previous=was["sent"],
        analysis=tell.sentences(analysis, tell.count_change(by["sent"], was["sent"])),
        action=action,
        owner=owner,
        link="copilot deliveries list" if failed else None,
        rows=rows,
    )


def hours_saved(tell: Telling, answered: int, drafts: Mapping[str, Outcome], assumed: Assumption) -> Figure:
    """An estimate, with what it assumes; what was rewritten of a draft saved nothing."""
    kept = sum(one.accepted - one.accepted_after_edit * (one.mean_edit_share or 0.0) for one in drafts.values())
    accepted = sum(one.accepted for one in drafts.values())
    by_answers, by_drafts = answered * assumed.per_answer / 60, kept * assumed.per_draft / 60
    rows = [
        Row(name=tell.say("完整回答的问题", "Questions answered in full"), value=round(by_answers, 1), n=answered),
        Row(name=tell.say("被采纳的草稿", "Accepted drafts"), value=round(by_drafts, 1), n=accepted),
    ]
    return Figure(
        key="hours_saved",
        title=tell.say("节省的时间(估计)", "Time saved (an estimate)"),
        value=round(by_answers + by_drafts, 1),
        unit="hours",
        n=answered + accepted,
        analysis=tell.say(
            f"这是估计,不是测量:假设每个完整回答省 {assumed.per_answer:g} 分钟({answered} 个),"
            f"每份被采纳的草稿省 {assumed.per_draft:g} 分钟({accepted} 份)。",
            f"An estimate, not a measurement: it assumes {assumed.per_answer:g} minutes for each question answered in "
            f"full ({answered}) and {assumed.per_draft:g} for each accepted draft ({accepted}).",
        ),
        action=tell.say(
            "用秒表核对一周内的五个问题,再设定 `COPILOT_INSIGHT_MINUTES_PER_ANSWER`。",
            "Time five questions of one week with a watch, then set `COPILOT_INSIGHT_MINUTES_PER_ANSWER`.",
        )
        if answered + accepted and assumed == Assumption()
        else tell.nothing_to_do(),
        owner="manager" if answered + accepted and assumed == Assumption() else None,
        rows=rows if answered + accepted else (),
    )


def _kind(tell: Telling, kind: str) -> str:
    return KINDS[DraftKind(kind)].title[tell.language] if kind in set(DraftKind) else kind


def _accepted(outcomes: Iterable[Outcome]) -> Share:
    kept = list(outcomes)
    return Share(hits=sum(one.accepted for one in kept), n=sum(one.decided for one in kept))


def _edited(outcomes: Iterable[Outcome]) -> Share:
    kept = list(outcomes)
    return Share(hits=sum(one.accepted_after_edit for one in kept), n=sum(one.accepted for one in kept))


def _taken(reactions: Iterable[Taken]) -> Share:
    kept = list(reactions)
    accepted = sum(one.accepted for one in kept)
    return Share(hits=accepted, n=accepted + sum(one.later + one.rejected for one in kept))


def _worst(shares: Mapping[str, Share]) -> str | None:
    """Return what misses most in number, of those with enough to tell a share of."""
    enough = {key: share.n - share.hits for key, share in shares.items() if share.enough}
    return max(enough, key=lambda key: (enough[key], key)) if enough else None


def _outcome_rows(tell: Telling, outcomes: Mapping[str, Outcome]) -> list[Row]:
    return [
        Row(
            name=name,
            value=Share(hits=one.accepted, n=one.decided).value,
            n=one.decided,
            detail=tell.say(
                f"采纳 {one.accepted}(改后 {one.accepted_after_edit}),拒绝 {one.rejected}",
                f"{one.accepted} accepted ({one.accepted_after_edit} after edits), {one.rejected} rejected",
            ),
        )
        for name, one in sorted(outcomes.items(), key=lambda item: (-item[1].decided, item[0]))
    ][:_MOST_ROWS]


def _changed(tell: Telling, share: float | None) -> str:
    if share is None:
        return ""
    return tell.say(f"平均改动 {percent(share)}", f"{percent(share)} changed on average")


def _share_chart(title: str, rows: Sequence[Row]) -> Chart | None:
    drawn = [row for row in rows if row.value is not None]
    if not drawn:
        return None
    return Chart(
        kind="bars",
        title=title,
        labels=[row.name for row in drawn],
        series=[Series(name=title, values=[row.value for row in drawn])],
        unit="share",
    )


def _by_status(deliveries: Sequence[DeliveryCount]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in deliveries:
        found[one.status] += one.times
    return found


def _status(tell: Telling, status: str) -> str:
    names = {
        "sent": ("已发", "sent"),
        "dead": ("放弃", "given up"),
        "blocked": ("拦下", "stopped"),
        "queued": ("等待", "waiting"),
        "sending": ("发送中", "sending"),
    }
    return tell.say(*names.get(status, (status, status)))
