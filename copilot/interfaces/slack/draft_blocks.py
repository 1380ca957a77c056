"""A draft as one message that changes with it: what it says, what to look at, who decided what on which revision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from copilot.approval.decision import Verdict
from copilot.drafting.draft import DraftStatus
from copilot.drafting.kinds import KINDS
from copilot.interfaces.draft_contract import DecisionLine, DraftReply, FindingBody, QuoteBody
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.citations import place_of
from copilot.interfaces.slack.elements import AsFile, Message, actions, button, context, divider, header, section
from copilot.interfaces.slack.limits import MESSAGE_ALL_TEXT, Block, length, texts
from copilot.interfaces.slack.markdown_blocks import rendered
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import MORE, Language, Texts, moment
from knowledge.document import Audience

_PREVIEW_BLOCKS = 14
_PREVIEW_TEXT = 5_000
_FINDINGS, _SOURCES, _NAME = 8, 12, 80
_STATES: dict[DraftStatus, Texts] = {
    DraftStatus.OPEN: {"zh": "⏳ 待你确认", "en": "⏳ Waits for a decision"},
    DraftStatus.APPROVED: {"zh": "✅ 已批准", "en": "✅ Approved"},
    DraftStatus.REJECTED: {"zh": "⛔ 已驳回", "en": "⛔ Rejected"},
    DraftStatus.EXPIRED: {"zh": "⌛ 已过期", "en": "⌛ Expired"},
    DraftStatus.DELIVERED: {"zh": "📤 已发送", "en": "📤 Delivered"},
}
_REVISION: Texts = {"zh": "第 {revision} 版", "en": "revision {revision}"}
_NEWER: Texts = {"zh": "最新为第 {latest} 版", "en": "the latest is {latest}"}
_BY: Texts = {"zh": "{author} 写于 {at}", "en": "written by {author}, {at}"}
_READ_BY: dict[Audience, Texts] = {
    Audience.CUSTOMER: {"zh": "给客户看", "en": "for the customer"},
    Audience.INTERNAL: {"zh": "内部使用", "en": "for our own people"},
}
_FINDINGS_HEAD: Texts = {"zh": "*先看这几点*", "en": "*Look at these first*"}
_SOURCES_HEAD: Texts = {"zh": "*来源*", "en": "*Sources*"}
_DECIDED: dict[Verdict, Texts] = {
    Verdict.APPROVE: {
        "zh": "✅ {who} 于 {at} 批准第 {revision} 版",
        "en": "✅ {who} approved revision {revision}, {at}",
    },
    Verdict.REJECT: {
        "zh": "⛔ {who} 于 {at} 驳回第 {revision} 版",
        "en": "⛔ {who} rejected revision {revision}, {at}",
    },
}
_FOR: Texts = {"zh": "(代 {other})", "en": " for {other}"}
_MISSING: Texts = {"zh": "还需 {count} 人批准", "en": "{count} more approvals are needed"}
_EDIT: Texts = {"zh": "修改", "en": "Edit"}
_APPROVE: Texts = {"zh": "批准", "en": "Approve"}
_REJECT: Texts = {"zh": "驳回", "en": "Reject"}
_DELIVER: Texts = {"zh": "发送", "en": "Deliver"}

#: Says who somebody is, as safe mrkdwn: a mention of their Slack user, or a name.
NameOf = Callable[[str], str]


def name_alone(name: str) -> str:
    """Return a name that calls nobody."""
    return fitted(name, _NAME)


@dataclass(frozen=True, kw_only=True)
class DraftSetting:
    """Who looks at a draft, and what they may do with it."""

    language: Language
    account: str | None = None  #: its name
    name_of: NameOf = field(default=name_alone)
    may_edit: bool = True
    may_decide: bool = True
    may_deliver: bool = True
    approvals_missing: int = 0  #: after the decisions that are there


def draft_message(draft: DraftReply, setting: DraftSetting) -> Message:
    """Return the message for a draft as it stands now; sent again after a decision, it tells the decision."""
    language = setting.language
    kind = KINDS[draft.kind].title[language]
    account = setting.account or draft.account_id
    title = f"{kind} · {account}" if account else kind
    above = [header(title), *context([" · ".join(_facts(draft, setting))]), *_findings(draft.findings, language)]
    below = [*_sources(draft.citations, language), *_decisions(draft, setting), *actions(_buttons(draft, setting))]
    body = rendered(
        draft.content,
        {},
        language,
        room=min(_PREVIEW_TEXT, MESSAGE_ALL_TEXT - sum(length(text) for text in texts([*above, *below]))),
        most_blocks=_PREVIEW_BLOCKS,
        file=AsFile(name=f"draft-{draft.id[:8]}-r{draft.revision}.md", title=title, content=draft.content),
    )
    told = f"{_STATES[draft.status][language]}: {fitted(title, 300)}"
    blocks = (*above, divider(), *body.blocks, divider(), *below)
    return Message(text=told, blocks=blocks, files=body.files)


def decided_line(decision: DecisionLine, setting: DraftSetting) -> str:
    """Return who decided what on which revision, when and why, as safe mrkdwn."""
    language = setting.language
    who = setting.name_of(decision.person)
    if decision.on_behalf_of:
        who += _FOR[language].format(other=setting.name_of(decision.on_behalf_of))
    line = _DECIDED[decision.decision][language].format(who=who, at=moment(decision.at), revision=decision.revision)
    return f"{line}\n&gt; {fitted(decision.reason, 600)}" if decision.reason else line


def _facts(draft: DraftReply, setting: DraftSetting) -> list[str]:
    language = setting.language
    revision = _REVISION[language].format(revision=draft.revision)
    if draft.latest != draft.revision:
        revision += f" ({_NEWER[language].format(latest=draft.latest)})"
    return [
        f"*{_STATES[draft.status][language]}*",
        revision,
        _READ_BY[KINDS[draft.kind].audience][language],
        _BY[language].format(author=setting.name_of(draft.author), at=moment(draft.updated_at)),
    ]


def _findings(findings: Sequence[FindingBody], language: Language) -> list[Block]:
    if not findings:
        return []
    worst_first = sorted(findings, key=lambda one: one.severity != "error")
    lines = [
        f"{'🔴' if one.severity == 'error' else '🟡'} {fitted(one.message, 250)}" for one in worst_first[:_FINDINGS]
    ]
    if len(findings) > _FINDINGS:
        lines.append(MORE[language].format(count=len(findings) - _FINDINGS))
    return [section("\n".join([_FINDINGS_HEAD[language], *lines]))]


def _sources(quotes: Sequence[QuoteBody], language: Language) -> list[Block]:
    if not quotes:
        return []
    lines = [f"[{one.n}] {fitted(place_of(one.title, one.heading_path), 150)}" for one in quotes[:_SOURCES]]
    if len(quotes) > _SOURCES:
        lines.append(MORE[language].format(count=len(quotes) - _SOURCES))
    return context(["\n".join([_SOURCES_HEAD[language], *lines])])


def _decisions(draft: DraftReply, setting: DraftSetting) -> list[Block]:
    told = [decided_line(decision, setting) for decision in draft.decisions[-3:]]
    blocks = [section("\n".join(told))] if told else []
    if setting.approvals_missing > 0 and draft.decisions and draft.status is DraftStatus.OPEN:
        blocks += context([_MISSING[setting.language].format(count=setting.approvals_missing)])
    return blocks


def _buttons(draft: DraftReply, setting: DraftSetting) -> list[Block]:
    language, carried = setting.language, ids.value(draft.id, draft.revision)
    buttons: list[Block] = []
    current = draft.revision == draft.latest
    if draft.status is DraftStatus.OPEN and setting.may_decide and current:
        buttons.append(button(_APPROVE[language], ids.DRAFT_APPROVE, carried, style="primary"))
    if draft.status in (DraftStatus.APPROVED, DraftStatus.DELIVERED) and setting.may_deliver and current:
        buttons.append(button(_DELIVER[language], ids.DRAFT_DELIVER, carried, style="primary"))
    if setting.may_edit:
        buttons.append(button(_EDIT[language], ids.DRAFT_EDIT, carried))
    if draft.status is DraftStatus.OPEN and setting.may_decide and current:
        buttons.append(button(_REJECT[language], ids.DRAFT_REJECT, carried, style="danger"))
    return buttons
