"""What was asked and what came of it: use, refusals by reason, gaps apart from outages, and what people said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from copilot.insight.certainty import Share, count_change
from copilot.insight.counts import AnswerCount, Gaps, Votes
from copilot.insight.figure import Chart, Figure, Row, Series
from copilot.insight.telling import Pair, Telling, percent, short
from copilot.privacy.masking import strictly_masked

_STATUSES: Mapping[str, Pair] = {
    "answered": ("完整回答", "Answered"),
    "partial": ("部分回答", "Answered in part"),
    "abstained": ("未回答", "Not answered"),
    "clarify": ("反问澄清", "Asked back"),
}
_NOT_IN_KNOWLEDGE, _OUTAGE, _NO_PERMISSION = "not_in_knowledge", "retrieval_failed", "no_permission"
_REASONS: Mapping[str, Pair] = {
    _NOT_IN_KNOWLEDGE: ("知识里没有", "Not in the knowledge"),
    _OUTAGE: ("检索故障", "Retrieval failed"),
    _NO_PERMISSION: ("无权阅读", "No permission"),
    "out_of_scope": ("超出范围", "Out of scope"),
}
_SURFACES: Mapping[str, Pair] = {
    "cli": ("命令行", "Command line"),
    "http": ("HTTP 接口", "HTTP"),
    "app": ("网页", "Web page"),
    "slack": ("Slack", "Slack"),
    "widget": ("网站小窗", "Widget"),
    "sidebar": ("CRM 侧栏", "CRM sidebar"),
    "mcp": ("MCP 客户端", "MCP client"),
}
_UNKNOWN: Pair = ("未知", "Unknown")
#: A longer time is drawn by weeks.
_MOST_DAYS = 62
_MOST_GAPS = 10
#: Fewer active people than this share of all: those who stay away are worth a word.
_FEW_ACTIVE = 0.5
_ASKED: Pair = ("问题", "questions")


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What is known of one period."""

    answers: Sequence[AnswerCount]
    askers: int
    votes: Votes

    @property
    def total(self) -> int:
        """All questions."""
        return sum(one.times for one in self.answers)

    def by(self, name: str) -> Counter[str | None]:
        """Sum by `status`, `surface` or `reason`."""
        found: Counter[str | None] = Counter()
        for one in self.answers:
            found[getattr(one, name)] += one.times
        return found

    def share(self, *statuses: str) -> Share:
        """Return the share of all questions with one of these statuses."""
        by = self.by("status")
        return Share(hits=sum(by[status] for status in statuses), n=self.total)

    @property
    def gaps(self) -> Share:
        """Of the questions that retrieval worked for and that were ours to answer, those nothing answers."""
        reasons = self.by("reason")
        apart = sum(reasons[reason] for reason in _REASONS if reason != _NOT_IN_KNOWLEDGE)
        return Share(hits=reasons[_NOT_IN_KNOWLEDGE], n=self.total - apart)

    @property
    def helpful(self) -> Share:
        """Of the answers that somebody judged, those that helped."""
        return Share(hits=self.votes.helpful, n=self.votes.helpful + self.votes.unhelpful)


def questions(tell: Telling, now: Asking, before: Asking, since: date, until: date, today: date) -> Figure:
    """How much was asked, by surface and day; a day that is not over is said to be so."""
    by, was = now.by("surface"), before.by("surface")
    rows = [
        Row(name=_named(tell, _SURFACES, surface), value=times, n=now.total, detail=percent(times / now.total))
        for surface, times in by.most_common()
    ]
    change = count_change(now.total, before.total)
    if not now.total:
        analysis = tell.say("这段时间没有人提问。", "Nobody asked anything in this time.")
        action = tell.say(
            "请团队成员试问一个客户的真实问题;`copilot up` 会给出登录链接。",
            "Have the team ask one real question of a customer; `copilot up` prints a sign-in link.",
        )
    else:
        first = tell.say(
            f"{now.askers} 人提了 {now.total} 个问题,最多的来自{rows[0].name}({rows[0].detail})。",
            f"{now.askers} people asked {now.total} questions, most by {rows[0].name} ({rows[0].detail}).",
        )
        running = tell.say("今天还没有结束。", "Today is not over yet.") if until >= today else ""
        analysis = tell.sentences(first, tell.count_change(now.total, before.total), running)
        action = tell.nothing_to_do()
    if now.total and change is not None and change < 0:
        fallen = max(was, key=lambda surface: was[surface] - by[surface])
        name = _named(tell, _SURFACES, fallen)
        action = tell.say(
            f"降幅最大的是{name}({was[fallen]} → {by[fallen]}):先看它是否可用(`copilot doctor`),再问使用者原因。",
            f"{name} fell most ({was[fallen]} → {by[fallen]}): check it (`copilot doctor`), then ask its users.",
        )
    idle = action == tell.nothing_to_do()
    return Figure(
        key="questions",
        title=tell.say("提问数", "Questions asked"),
        value=now.total,
        unit="count",
        n=now.total,
        previous=before.total,
        analysis=analysis,
        action=action,
        owner=None if idle else "manager",
        link=None if idle else "copilot doctor" if now.total else "copilot up",
        rows=rows,
        chart=_over_time(tell, now, since, until),
    )


def active_people(tell: Telling, now: Asking, before: Asking, people: int | None) -> Figure:
    """How many people asked, of those who could."""
    share = Share(hits=min(now.askers, people), n=people) if people else None
    told = tell.say(f"{now.askers} 人提过问题。", f"{now.askers} people asked.")
    action, owner = tell.nothing_to_do(), None
    if share is not None:
        told = tell.say(
            f"可用的 {share.n} 人中 {share.hits} 人提过问题。", f"{share.hits} of {share.n} people who may ask did."
        )
        if share.enough and share.hits / share.n < _FEW_ACTIVE:
            owner = "manager"
            action = tell.say(
                f"还有 {share.n - share.hits} 人没有用过:在周会上现场演示一次,并带他们问自己的问题。",
                f"{share.n - share.hits} have not used it: show it once in the weekly meeting, on their own questions.",
            )
    return Figure(
        key="active_people",
        title=tell.say("活跃人数", "Active people"),
        value=now.askers,
        unit="count",
        n=people or now.askers,
        previous=before.askers,
        analysis=tell.sentences(told, tell.count_change(now.askers, before.askers)),
        action=action,
        owner=owner,
        link=None if owner is None else "copilot people list",
    )


def answered_share(tell: Telling, now: Asking, before: Asking) -> Figure:
    """How many questions were answered in full."""
    share, was, by = now.share("answered"), before.share("answered"), now.by("status")
    rows = _rows(tell, _STATUSES, by, now.total)
    change = share.change_since(was)
    rest = [(by[status], status) for status in ("partial", "clarify", "abstained") if by[status]]
    action, owner, link = tell.nothing_to_do(), None, None
    most = ""
    if share.enough and rest:
        times, status = max(rest)
        name = tell.say(*_STATUSES[status])
        most = tell.say(f"其余最多的是「{name}」,{times} 个。", f"Most of the rest: {name.lower()}, {times}.")
        if change is not None and change < 0:
            owner, link = "curator", "copilot documents review"
            action = tell.say(
                "回答率下降:先看这段时间改过或过期的文档,再用 `copilot evaluate` 重跑题集。",
                "The share fell: look at documents that changed or went stale, then run `copilot evaluate` again.",
            )
        elif status == "partial" and by["partial"] * 10 > now.total:
            owner, link = "curator", "copilot gaps list"
            action = tell.say(
                f"{times} 个问题只答了一部分:把缺的部分补进所引用的文档。",
                f"{times} questions were answered in part: add what is missing to the documents they cite.",
            )
    return Figure(
        key="answered_share",
        title=tell.say("完整回答率", "Answered in full"),
        value=share.value,
        unit="share",
        n=share.n,
        interval=share.interval,
        previous=was.value,
        analysis=tell.sentences(
            tell.share(share, _ASKED, ("得到完整回答", "were answered in full")), most, tell.share_change(share, was)
        ),
        action=action,
        owner=owner,
        link=link,
        rows=rows,
        chart=_status_chart(tell, by) if share.enough else None,
    )


def refusal_share(tell: Telling, now: Asking, before: Asking) -> Figure:
    """How many questions were not answered, and why: only one of the reasons is a gap in the knowledge."""
    share, was = now.share("abstained"), before.share("abstained")
    by: Counter[str | None] = Counter({reason: n for reason, n in now.by("reason").items() if reason is not None})
    rows = _rows(tell, _REASONS, by, share.hits)
    action, owner, link, most = tell.nothing_to_do(), None, None, ""
    if by:
        reason, times = by.most_common(1)[0]
        name = _named(tell, _REASONS, reason)
        most = tell.say(f"最主要的原因是「{name}」({times} 个)。", f"The main reason: {name.lower()} ({times}).")
        action, owner, link = _refusal_action(tell, by)
    return Figure(
        key="refusal_share",
        title=tell.say("未回答率", "Not answered"),
        value=share.value,
        unit="share",
        n=share.n,
        interval=share.interval,
        previous=was.value,
        analysis=tell.sentences(
            tell.share(share, _ASKED, ("没有得到回答", "were not answered")), most, tell.share_change(share, was)
        ),
        action=action,
        owner=owner,
        link=link,
        rows=rows,
        chart=_reason_chart(tell, by) if share.enough and by else None,
    )


def _refusal_action(tell: Telling, by: Counter[str | None]) -> tuple[str, str | None, str | None]:
    """Outages first: they make everything else look worse than it is."""
    if by[_OUTAGE]:
        action = tell.say(
            f"检索有 {by[_OUTAGE]} 次故障:先查索引和模型。",
            f"Retrieval failed {by[_OUTAGE]} times: check index and model.",
        )
        return action, "admin", "copilot doctor"
    if by[_NOT_IN_KNOWLEDGE] >= by[_NO_PERMISSION] and by[_NOT_IN_KNOWLEDGE]:
        action = tell.say(
            f"{by[_NOT_IN_KNOWLEDGE]} 个问题知识里没有:从问的人最多的缺口开始补。",
            f"{by[_NOT_IN_KNOWLEDGE]} questions have no answer in the knowledge: begin with the gap most people meet.",
        )
        return action, "curator", "copilot gaps list"
    if by[_NO_PERMISSION]:
        action = tell.say(
            f"{by[_NO_PERMISSION]} 个问题有答案,但提问的人无权阅读:核对这些文档的可读范围。",
            f"{by[_NO_PERMISSION]} questions have an answer that the asker may not read: check who it is for.",
        )
        return action, "curator", "copilot documents list"
    return tell.nothing_to_do(), None, None


def gap_share(tell: Telling, now: Asking, before: Asking) -> Figure:
    """How many questions the knowledge has no answer to; outages, permission and other subjects are not counted."""
    share, was = now.gaps, before.gaps
    action, owner, link = tell.nothing_to_do(), None, None
    if share.hits:
        owner, link = "curator", "copilot gaps list"
        action = tell.say(
            f"为这 {share.hits} 个问题中问的人最多的写一条答案。",
            f"Write an answer to the one of these {share.hits} questions that most people asked.",
        )
    return Figure(
        key="gap_share",
        title=tell.say("知识缺口率", "Gaps in the knowledge"),
        value=share.value,
        unit="share",
        n=share.n,
        interval=share.interval,
        previous=was.value,
        analysis=tell.sentences(
            tell.share(
                share,
                ("能检索且属于业务范围的问题", "questions that were ours to answer"),
                ("知识里没有答案", "had no answer in the knowledge"),
            ),
            tell.share_change(share, was),
        ),
        action=action,
        owner=owner,
        link=link,
    )


def open_gaps(tell: Telling, gaps: Gaps | None, *, named: bool = True) -> Figure:
    """How many gaps stand open, and who has them; `named` says what people asked, without anybody's number."""
    title = tell.say("未关闭的知识缺口", "Open gaps")
    if gaps is None:
        return Figure(
            key="open_gaps",
            title=title,
            value=None,
            unit="count",
            n=0,
            analysis=tell.say("还没有收集缺口,所以没有数字。", "Gaps are not collected yet, so there is no number."),
            action=tell.nothing_to_do(),
        )
    rows = [
        Row(
            name=short(strictly_masked(one.question)),
            value=one.askers,
            n=one.observations,
            detail=one.owner or tell.say("无人负责", "no owner"),
        )
        for one in (gaps.first[:_MOST_GAPS] if named else ())
    ]
    analysis = tell.say(
        f"现有 {gaps.open} 个缺口,{gaps.without_owner} 个无人负责;本期新增 {gaps.opened} 个,解决 {gaps.answered} 个。",
        f"{gaps.open} gaps are open, {gaps.without_owner} without an owner; {gaps.opened} came up and "
        f"{gaps.answered} were answered in this time.",
    )
    action, owner = tell.nothing_to_do(), None
    if gaps.without_owner:
        owner = "curator"
        action = tell.say(
            f"给 {gaps.without_owner} 个无人负责的缺口指定负责人。",
            f"Give the {gaps.without_owner} without one an owner.",
        )
    elif gaps.first and named:
        first = gaps.first[0]
        owner, question = first.owner, short(strictly_masked(first.question))
        action = tell.say(
            f"先回答「{question}」,{first.askers} 人问过。",
            f'Answer "{question}" first: {first.askers} people asked.',
        )
    return Figure(
        key="open_gaps",
        title=title,
        value=gaps.open,
        unit="count",
        n=gaps.open,
        analysis=analysis,
        action=action,
        owner=owner,
        link=None if owner is None else "copilot gaps list",
        rows=rows,
        chart=_bars(tell.say("问的人最多的缺口(人数)", "Gaps by people who asked"), rows) if rows else None,
    )


def helpful_share(tell: Telling, now: Asking, before: Asking) -> Figure:
    """How many judged answers helped; most answers are not judged."""
    share, was = now.helpful, before.helpful
    action, owner = tell.nothing_to_do(), None
    if now.votes.unhelpful:
        owner = "curator"
        action = tell.say(
            f"逐条看 {now.votes.unhelpful} 个被评为没有帮助的回答,改它们引用的文档。",
            f"Read the {now.votes.unhelpful} answers that did not help and correct the documents they cite.",
        )
    elif not share.n and now.total:
        owner = "manager"
        action = tell.say(
            "请大家在回答下点「有帮助 / 没帮助」。", "Ask people to say below an answer whether it helped."
        )
    return Figure(
        key="helpful_share",
        title=tell.say("有帮助的回答", "Answers that helped"),
        value=share.value,
        unit="share",
        n=share.n,
        interval=share.interval,
        previous=was.value,
        analysis=tell.sentences(
            tell.share(share, ("被评价的回答", "judged answers"), ("有帮助", "helped")), tell.share_change(share, was)
        ),
        action=action,
        owner=owner,
        link="copilot suggestions errors" if now.votes.unhelpful else None,
    )


def _named(tell: Telling, names: Mapping[str, Pair], key: str | None) -> str:
    return tell.say(*names.get(key, (key, key) if key else _UNKNOWN)) if key else tell.say(*_UNKNOWN)


def _rows(tell: Telling, names: Mapping[str, Pair], by: Counter[str | None], total: int) -> list[Row]:
    """Return the share of each, with its count beside it; the most frequent first."""
    known = [key for key in names if by[key]] + [key for key in by if key not in names and by[key]]
    return [
        Row(
            name=_named(tell, names, key),
            value=Share(hits=by[key], n=total).value,
            n=total,
            detail=tell.say(f"{by[key]} 个", f"{by[key]} questions"),
        )
        for key in sorted(known, key=lambda key: -by[key])
    ]


def _reason_chart(tell: Telling, by: Counter[str | None]) -> Chart:
    title = tell.say("未回答的原因(个)", "Why questions were not answered")
    most = by.most_common()
    return Chart(
        kind="bars",
        title=title,
        labels=[_named(tell, _REASONS, reason) for reason, _ in most],
        series=[Series(name=title, values=[times for _, times in most])],
    )


def _bars(title: str, rows: Sequence[Row]) -> Chart:
    return Chart(
        kind="bars",
        title=title,
        labels=[row.name for row in rows],
        series=[Series(name=title, values=[row.value for row in rows])],
    )


def _status_chart(tell: Telling, by: Counter[str | None]) -> Chart:
    """One bar whose layers are the statuses; each keeps its place, and so its colour, also where it is empty."""
    return Chart(
        kind="stack",
        title=tell.say("问题的结果", "What came of questions"),
        labels=[tell.say("问题", "Questions")],
        series=[Series(name=tell.say(*name), values=[by[status]]) for status, name in _STATUSES.items()],
    )


def _over_time(tell: Telling, now: Asking, since: date, until: date) -> Chart | None:
    days = (until - since).days + 1
    if days < 2 or not now.total:
        return None
    step = 1 if days <= _MOST_DAYS else 7
    starts = [since + timedelta(days=n) for n in range(0, days, step)]
    counted = [0.0] * len(starts)
    for one in now.answers:
        place = (one.day - since).days // step
        if 0 <= place < len(counted):
            counted[place] += one.times
    title = tell.say("每天的提问", "Questions a day") if step == 1 else tell.say("每周的提问", "Questions a week")
    return Chart(
        kind="line",
        title=title,
        labels=[f"{start:%m-%d}" for start in starts],
        series=[Series(name=title, values=counted)],
    )
