"""A digest as a page of Markdown: the answer first, then what to do, what changed, and the numbers (K7, J1, J2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from copilot.accounts.account import Account
from copilot.accounts.health import Band
from copilot.drafting.composer import Composed
from copilot.drafting.document import Document, Grid, Line, Section, written
from copilot.drafting.draft import DraftKind, Finding
from copilot.drafting.findings import shown
from copilot.drafting.kinds import KINDS
from copilot.drafting.sources import Numbered, shortened
from copilot.insight import digest_words as words
from copilot.insight.digest import Material, Moved, Step
from copilot.insight.figure import Chart, Series
from copilot.insight.owners import owner_name
from copilot.insight.report import Language
from copilot.insight.telling import Telling, short
from copilot.insight.text_chart import text_chart
from knowledge.text import is_chinese

_PERSON = ("questions", "answered_share", "draft_acceptance", "suggestion_acceptance")
_TEAM = (
    "healthy_share",
    "renewals_due",
    "renewal_fees",
    "gap_share",
    "open_gaps",
    "draft_acceptance",
    "suggestion_acceptance",
    "stale_used",
    "deliveries_sent",
)
_MOST_MOVES, _MOST_RENEWALS, _MOST_WAITING, _MOST_EVENTS, _MOST_NAMES, _MOST_MEMBERS = 5, 5, 3, 4, 5, 8
#: Bands that somebody has to ask about.
_NEEDS_CARE = frozenset({Band.RISK.value, Band.WATCH.value})
Body = tuple[Line | Grid, ...]


def digest(material: Material, language: Language) -> Composed:
    """Write what was found."""
    writing = _Writing(material, Telling(language=language))
    parts = _TEAM_PARTS if material.scope == "team" else _PERSON_PARTS
    sections = [Section(title=writing.tell.say(*title), body=part(writing)) for title, part in parts]
    document = Document(title=writing.title(), status=writing.status(), sections=tuple(sections))
    return Composed(
        content=written(document, language).content,
        quotes=writing.numbered.quotes,
        findings=tuple(writing.findings()),
    )


class _Writing:
    """One digest under way; every part returns its lines, none where there is nothing to tell."""

    def __init__(self, material: Material, tell: Telling) -> None:
        self.material, self.tell, self.numbered = material, tell, Numbered()

    def title(self) -> str:
        material, tell = self.material, self.tell
        name = words.plain(material.person.name)
        whose = tell.say(f"每周简报:{name}", f"Weekly digest: {name}")
        team = tell.say(f"团队周报:{name}", f"Team digest: {name}")
        return f"{team if material.scope == 'team' else whose} · {material.covered.weeks}"

    def status(self) -> str:
        """Say the days, what was missed, and the answer."""
        material, tell = self.material, self.tell
        period = material.covered.period
        days = tell.say(f"{period.since} 至 {period.until}(UTC)", f"{period.since} to {period.until} (UTC)")
        if missed := material.covered.missed:
            days += tell.say(
                f",含此前 {missed} 次没有发出的简报({material.covered.weeks})",
                f", with the {missed} digests before it that were not made ({material.covered.weeks})",
            )
        return f"{days}{tell.say('。', '.')}\n\n{self._answer()}"

    def _answer(self) -> str:
        material, tell = self.material, self.tell
        needing = sum(bool(one.reasons) for one in material.kept)
        said = [
            tell.say(
                f"{len(material.kept)} 个客户中 {needing} 个需要处理",
                f"{needing} of {words.many(len(material.kept), 'account')} need somebody",
            )
        ]
        if renewing := sum(one.renews_soon for one in material.kept):
            said.append(
                tell.say(
                    f"{renewing} 份合同 90 天内到期", f"{words.many(renewing, 'contract')} to renew within 90 days"
                )
            )
        if waiting := len(material.waiting):
            said.append(tell.say(f"{waiting} 份草稿等人决定", f"{words.many(waiting, 'draft')} to decide on"))
        if lost := self._unowned():
            said.append(tell.say(f"{lost} 个客户没有人负责", f"{words.many(lost, 'account')} without an owner"))
        first = ""
        if material.steps:
            name = words.named(material.steps[0].kept.account)
            first = tell.say(f"先处理 **{name}**。", f" Begin with **{name}**.")
        elif not material.kept:
            first = tell.say(
                "名下没有客户:请主管在客户记录里填 `owner`。",
                " No accounts are theirs: have the manager fill in `owner` in the records.",
            )
        return tell.say(",", ", ").join(said) + tell.say("。", ".") + first

    def steps(self) -> Body:
        lines = [Line(text=self._step(one)) for one in self.material.steps]
        return tuple(lines) + self._chart(words.health_chart(self.tell, self.material.kept))

    def _step(self, step: Step) -> str:
        tell, kept, action = self.tell, step.kept, step.action
        name, link = words.named(kept.account), f"`copilot next {kept.account.id}`"
        head = (
            f"**{name}**({words.state(tell, kept)})"
            if tell.language == "zh"
            else (f"**{name}** ({words.state(tell, kept)})")
        )
        if action is None:
            do = tell.say("看建议并联系客户", "look at the advice and speak with them")
            owner = words.who(tell, self.material, owner_name(kept.account))
            return tell.say(f"{head}:{do}。负责人:{owner};{link}", f"{head}: {do}. Owner: {owner}; {link}")
        owner = words.who(tell, self.material, action.owner)
        title = words.plain(action.title).rstrip("。.")
        due = tell.say(f";期限:{action.due}", f"; by {action.due}") if action.due else ""
        line = tell.say(f"{head}:{title}。负责人:{owner}{due};{link}", f"{head}: {title}. Owner: {owner}{due}; {link}")
        return line + "".join(self._quoted(step))

    def _quoted(self, step: Step) -> Iterator[str]:
        """Quote what an action rests on; what stands there already is only pointed to."""
        for citation in step.action.citations[:1] if step.action else ():
            quote, before = shortened(citation), len(self.numbered.quotes)
            number = self.numbered.number(quote)
            if len(self.numbered.quotes) == before:
                yield self.tell.say(f"\n  > 依据同上 [{number}]", f"\n  > Same source [{number}]")
                continue
            lead = "For reference (source in Chinese): " if self._foreign(quote.quote) else ""
            yield f"\n  > {lead}{shown(quote.quote)} [{number}]"

    def _foreign(self, quote: str) -> bool:
        return self.tell.language == "en" and is_chinese(quote)

    def _chart(self, chart: Chart) -> Body:
        if not any(chart.series[0].values):
            return ()
        return (Line(text=text_chart(chart, self.tell.language), shape="paragraph"),)

    def changes(self) -> Body:
        material, tell = self.material, self.tell
        lines = [Line(text=self._moved(one)) for one in material.moves[:_MOST_MOVES]]
        if more := len(material.moves) - len(lines):
            lines.append(Line(text=tell.say(f"另有 {more} 个客户换了档。", f"{more} more moved to another band.")))
        events: dict[tuple[str, str], tuple[Account, str]] = {}
        for account, one in material.observed:
            events.setdefault((account.id, one.name), (account, one.name))
        told = [f"{words.named(account)} {words.event(tell, name)}" for account, name in events.values()]
        if told:
            rest = len(told) - _MOST_EVENTS
            tail = tell.say(f",另 {rest} 件", f", {rest} more") if rest > 0 else ""
            joined = tell.say("、", ", ").join(told[:_MOST_EVENTS])
            lines.append(Line(text=tell.say(f"新记录的事件:{joined}{tail}。", f"New events: {joined}{tail}.")))
        if not lines:
            return (Line(text=tell.say("没有客户换档。", "No account moved to another band."), shape="paragraph"),)
        return tuple(lines)

    def _moved(self, one: Moved) -> str:
        tell = self.tell
        why = words.plain(one.reasons[0]).rstrip("。.;；") if one.reasons else ""
        name, before, after = words.named(one.account), words.band(tell, one.before), words.band(tell, one.after)
        because = tell.say(f"。原因:{why}", f". Why: {why}") if why else ""
        told = tell.say(f"{name}:{before} → {after}{because}。", f"{name}: {before} → {after}{because}.")
        if one.after not in _NEEDS_CARE:
            return told
        owner, link = words.who(tell, self.material, owner_name(one.account)), f"`copilot next {one.account.id}`"
        return told + tell.say(
            f"行动:问清变化从何而来。负责人:{owner};{link}", f" Action: find out what changed. Owner: {owner}; {link}"
        )

    def renewals(self) -> Body:
        tell = self.tell
        due = sorted((one for one in self.material.kept if one.renews_soon), key=lambda one: one.days_left or 0)
        if not due:
            return ()
        head = (("客户", "Account"), ("还有", "Left"), ("健康", "Health"), ("年费", "Yearly fee"), ("行动", "Action"))
        rows = [
            (
                words.named(one.account),
                tell.say(f"{one.days_left} 天", f"{one.days_left} days"),
                words.band(tell, one.band.value),
                tell.say(f"{one.fee:,.0f} 元", f"CNY {one.fee:,.0f}"),
                tell.say(f"写续约简报({one.account.id})", f"write the renewal brief ({one.account.id})"),
                words.who(tell, self.material, owner_name(one.account)),
            )
            for one in due[:_MOST_RENEWALS]
        ]
        titles = tuple(tell.say(*one) for one in (*head, ("负责人", "Owner")))
        more = len(due) - len(rows)
        rest = tell.say(f"另有 {more} 份。", f"{more} more. ") if more > 0 else ""
        command = f"{rest}`copilot drafts create --kind renewal_brief --account ID`"
        return (Grid(head=titles, rows=tuple(rows)), Line(text=command, shape="paragraph"))

    def waiting(self) -> Body:
        tell, material = self.tell, self.material
        if not material.waiting:
            return ()
        lines = []
        for one in material.waiting[:_MOST_WAITING]:
            kind = KINDS[DraftKind(one.kind)].title[tell.language] if one.kind in set(DraftKind) else one.kind
            about = words.plain(short(material.accounts.get(one.account_id or "", "")))
            since = f"{one.since:%m-%d}"
            owner = words.who(tell, material, one.created_by)
            name = f"{kind}({about})" if tell.language == "zh" else f"{kind} ({about})"
            lines.append(
                Line(
                    text=tell.say(
                        f"{name if about else kind},{since} 起等待:通过或拒绝。负责人:{owner};"
                        f"`copilot drafts show {one.id}`",
                        f"{name if about else kind}, since {since}: approve or reject it. Owner: {owner}; "
                        f"`copilot drafts show {one.id}`",
                    )
                )
            )
        if (more := len(material.waiting) - len(lines)) > 0:
            lines.append(Line(text=tell.say(f"另有 {more} 份。", f"{more} more.")))
        return tuple(lines)

    def answered(self) -> Body:
        return tuple(
            Line(
                text=self.tell.say(
                    f"「{words.plain(short(question))}」:见《{words.plain(short(title))}》。",
                    f'"{words.plain(short(question))}": see "{words.plain(short(title))}".',
                )
            )
            for question, title in self.material.answered[:_MOST_NAMES]
        )

    def numbers(self) -> Body:
        keys = _TEAM if self.material.scope == "team" else _PERSON
        table = words.numbers(self.tell, self.material, keys)
        return () if table is None else (table,)

    def team(self) -> Body:
        tell, members = self.tell, self.material.members[:_MOST_MEMBERS]
        if not members:
            return ()
        title = tell.say("需要处理的客户(个)", "Accounts that need somebody (number)")
        chart = Chart(
            kind="bars",
            title=title,
            labels=[short(one.person.name) for one in members],
            series=[Series(name=title, values=[one.needing for one in members])],
        )
        first = members[0]
        name = words.plain(first.person.name)
        told = tell.say(
            f"{name}最需要帮手:{first.accounts} 个客户中 {first.needing} 个需要处理,{first.at_risk} 个有风险,"
            f"{first.renewing} 个 90 天内到期。行动:本周一对一先看这些客户,需要时分给别人。"
            f"负责人:{words.plain(self.material.person.name)}",
            f"{name} needs help most: of {words.many(first.accounts, 'account')} {first.needing} need somebody, "
            f"{first.at_risk} are at risk, {first.renewing} end within 90 days. Action: go through them in this week's "
            f"one-to-one and share them out where needed. Owner: {words.plain(self.material.person.name)}",
        )
        return (Line(text=told, shape="paragraph"), *self._chart(chart))

    def ownerless(self) -> Body:
        tell, material = self.tell, self.material
        owner = words.plain(material.person.name)
        lines = []
        if material.without_owner:
            lines.append(
                tell.say(
                    f"{len(material.without_owner)} 个客户没有负责人({self._listed(material.without_owner)}):"
                    f"在客户记录里填 `owner`。负责人:{owner}",
                    f"{words.many(len(material.without_owner), 'account')} without an owner "
                    f"({self._listed(material.without_owner)}): fill in `owner` in their records. Owner: {owner}",
                )
            )
        for person, accounts in material.of_those_who_left:
            name = words.plain(person.name)
            lines.append(
                tell.say(
                    f"{name}已离开,名下还有 {len(accounts)} 个客户({self._listed(accounts)}):今天交给别人。"
                    f"负责人:{owner}",
                    f"{name} has left {words.many(len(accounts), 'account')} behind ({self._listed(accounts)}): "
                    f"hand them over today. Owner: {owner}",
                )
            )
        return tuple(Line(text=text) for text in lines)

    def _unowned(self) -> int:
        material = self.material
        return len(material.without_owner) + sum(len(accounts) for _, accounts in material.of_those_who_left)

    def _listed(self, accounts: Sequence[Account]) -> str:
        names = self.tell.say("、", ", ").join(map(words.named, accounts[:_MOST_NAMES]))
        return names + (self.tell.say(" 等", " and others") if len(accounts) > _MOST_NAMES else "")

    def trouble(self) -> Body:
        """Tell deliveries that failed, documents past their day, and gaps that nobody has taken, by name."""
        tell, material = self.tell, self.material
        lines = [
            tell.say(
                f"发送失败({one.channel},{one.code or one.status}):改好后重发。"
                f"负责人:{words.who(tell, material, one.requested_by)};`copilot deliveries retry {one.id}`",
                f"Not delivered ({one.channel}, {one.code or one.status}): mend it and send again. "
                f"Owner: {words.who(tell, material, one.requested_by)}; `copilot deliveries retry {one.id}`",
            )
            for one in material.failed[:_MOST_WAITING]
        ]
        stale, gaps = material.report.figure("stale_used"), material.report.figure("open_gaps")
        for row in stale.rows[:_MOST_WAITING] if stale else ():
            lines.append(
                tell.say(
                    f"《{words.plain(row.name)}》已过复核日,仍被引用 {row.value:g} 次:复核它。"
                    f"负责人:{words.plain(row.detail)};`copilot documents review`",
                    f'"{words.plain(row.name)}" is past its review date and was cited {row.value:g} times: review it. '
                    f"Owner: {words.plain(row.detail)}; `copilot documents review`",
                )
            )
        nobody = tell.say("无人负责", "no owner")
        for row in [row for row in gaps.rows if row.detail == nobody][:_MOST_WAITING] if gaps else ():
            lines.append(
                tell.say(
                    f"缺口「{words.plain(row.name)}」({row.value:g} 人问过)无人负责:指定一人。负责人:知识管理员",
                    f'The gap "{words.plain(row.name)}" ({row.value:g} people asked) has no owner: name one. '
                    "Owner: curator",
                )
            )
        return tuple(Line(text=text) for text in lines)

    def findings(self) -> Iterator[Finding]:
        if self.material.steps and all(one.action is None for one in self.material.steps):
            message = self.tell.say(
                "没有知识,建议没有依据:先运行 `copilot ingest`。",
                "There is no knowledge that advice could rest on: run `copilot ingest` first.",
            )
            yield Finding(code="no_playbook", severity="warning", message=message, place=None)


_Part = tuple[tuple[str, str], Callable[[_Writing], Body]]
_PERSON_PARTS: Sequence[_Part] = (
    (("先做这几件", "Do these first"), _Writing.steps),
    (("变了什么", "What changed"), _Writing.changes),
    (("90 天内到期", "Renewals within 90 days"), _Writing.renewals),
    (("等您决定的草稿", "Drafts that wait"), _Writing.waiting),
    (("您的问题有了答案", "Your questions that were answered"), _Writing.answered),
    (("数字", "Numbers"), _Writing.numbers),
)
_TEAM_PARTS: Sequence[_Part] = (
    (("先做这几件", "Do these first"), _Writing.steps),
    (("没有人负责的客户", "Accounts without an owner"), _Writing.ownerless),
    (("团队", "The team"), _Writing.team),
    (("变化最大的客户", "Biggest moves"), _Writing.changes),
    (("没做成的", "What is stuck"), _Writing.trouble),
    (("数字", "Numbers"), _Writing.numbers),
)
