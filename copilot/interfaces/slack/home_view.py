"""App Home: where to find what, my accounts and what to do, drafts that wait for me, gaps that are mine (K4, K9).

However much there is, it fits into the 100 blocks of a view: each list has its share, and what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.drafting.draft import DraftKind
from copilot.drafting.kinds import KINDS
from copilot.interfaces.contract import MapStage, NavigationBody
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.elements import actions, button, context, divider, header, section
from copilot.interfaces.slack.limits import VIEW_BLOCKS, Block
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import BANDS, MORE, URGENCIES, Language, Texts, day, moment
from copilot.suggesting.advice import Urgency

#: Of one's accounts, those that need somebody most.
MOST_ACCOUNTS = 10
_DRAFTS, _GAPS, _DOCUMENTS = 10, 8, 12
_HELLO: Texts = {"zh": "👋 {name},今天先做什么?", "en": "👋 {name}, what comes first today?"}
_HELLO_ALL: Texts = {"zh": "👋 今天先做什么?", "en": "👋 What comes first today?"}
_HOW: Texts = {
    "zh": "在「消息」里直接提问,或在任何频道 @我。`/copilot help` 看所有用法。",
    "en": "Ask in Messages, or mention me in any channel. `/copilot help` shows all that I do.",
}
_MY_ACCOUNTS: Texts = {"zh": "我的客户", "en": "My accounts"}
_NO_ACCOUNTS: Texts = {
    "zh": "还没有你负责的客户。请管理员导入客户记录,负责人写你(`copilot accounts import 文件`)。",
    "en": "No account is yours yet. Ask an admin to import records with you as owner (`copilot accounts import FILE`).",
}
_MY_DRAFTS: Texts = {"zh": "等我确认的草稿", "en": "Drafts that wait for me"}
_NO_DRAFTS: Texts = {
    "zh": "没有草稿在等你。`/copilot plan 客户` 起草一份成功计划。",
    "en": "No draft waits for you. `/copilot plan ACCOUNT` drafts a success plan.",
}
_MY_GAPS: Texts = {"zh": "归我补的知识", "en": "Knowledge that I should add"}
_NO_GAPS: Texts = {
    "zh": "没有问题在等你的答案。",
    "en": "No question waits for your answer.",
}
_MAP: Texts = {"zh": "按阶段找打法", "en": "Playbooks by stage"}
_NO_MAP: Texts = {
    "zh": "知识库还是空的。运行 `copilot ingest` 放入资料。",
    "en": "The knowledge is empty. Run `copilot ingest` to fill it.",
}
_NEXT: Texts = {"zh": "看建议", "en": "What next"}
_SEE: Texts = {"zh": "打开", "en": "Open"}
_ANSWER: Texts = {"zh": "回答", "en": "Answer"}
_ASKED: Texts = {"zh": "{count} 人次问过", "en": "asked {count} times"}
_STAGE: Texts = {"zh": "{stage} ({count})", "en": "{stage} ({count})"}
_REVISION: Texts = {"zh": "第 {revision} 版", "en": "revision {revision}"}
_DUE: Texts = {"zh": "{day} 前", "en": "by {day}"}


@dataclass(frozen=True, kw_only=True)
class MyAccount:
    """An account of the person, with the first thing to do."""

    id: str
    name: str
    band: Band = Band.UNKNOWN
    score: float | None = None
    next_action: str | None = None
    urgency: Urgency | None = None
    due: date | None = None
    stage: Stage | None = None


@dataclass(frozen=True, kw_only=True)
class WaitingDraft:
    """A draft that the person may decide on."""

    id: str
    kind: DraftKind
    revision: int
    account: str | None
    author: str
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class OwnedGap:
    """A question that was not answered, for whoever answers for its topic."""

    id: str
    question: str
    asked: int = 1


@dataclass(frozen=True, kw_only=True)
class Home:
    """What one person sees; lists in the order they are shown, `stage` the one whose documents are open."""

    language: Language
    name: str | None = None
    navigation: NavigationBody | None = None
    accounts: Sequence[MyAccount] = ()
    account_count: int = 0  #: of all that are theirs
    drafts: Sequence[WaitingDraft] = ()
    gaps: Sequence[OwnedGap] = ()
    stage: str | None = None


def home_view(home: Home) -> Block:
    """Return the view for `views.publish`."""
    language = home.language
    hello = _HELLO[language].format(name=home.name) if home.name else _HELLO_ALL[language]
    blocks = [header(hello), *context([_HOW[language]])]
    blocks += _accounts(home.accounts, home.account_count, language)
    blocks += _drafts(home.drafts, language)
    blocks += _map(home.navigation, home.stage, language)
    blocks += _gaps(home.gaps, language)
    return {"type": "home", "blocks": blocks[:VIEW_BLOCKS]}


def _accounts(accounts: Sequence[MyAccount], count: int, language: Language) -> list[Block]:
    blocks = [divider(), header(_MY_ACCOUNTS[language])]
    if not accounts:
        return [*blocks, *context([_NO_ACCOUNTS[language]])]
    for number, account in enumerate(accounts[:MOST_ACCOUNTS]):
        score = "" if account.score is None else f" {account.score:.0f}"
        lines = [f"*{fitted(account.name, 100)}*  {BANDS[account.band][language]}{score}"]
        if account.next_action:
            when = [URGENCIES[account.urgency][language]] if account.urgency else []
            when += [_DUE[language].format(day=day(account.due))] if account.due else []
            lines.append(f"→ {fitted(account.next_action, 150)}" + (f" ({', '.join(when)})" if when else ""))
        open_it = button(_NEXT[language], f"{ids.ACCOUNT_ADVICE}{number}", account.id, told=account.name)
        blocks.append(section("\n".join(lines), open_it))
    return blocks + _rest(max(count, len(accounts)) - MOST_ACCOUNTS, language)


def _drafts(drafts: Sequence[WaitingDraft], language: Language) -> list[Block]:
    blocks = [divider(), header(_MY_DRAFTS[language])]
    if not drafts:
        return [*blocks, *context([_NO_DRAFTS[language]])]
    for number, draft in enumerate(drafts[:_DRAFTS]):
        title = KINDS[draft.kind].title[language] + (f" · {draft.account}" if draft.account else "")
        revision = _REVISION[language].format(revision=draft.revision)
        line = f"*{fitted(title, 150)}*\n{revision} · {fitted(draft.author, 60)} · {moment(draft.updated_at)}"
        carried = ids.value(draft.id, draft.revision)
        blocks.append(section(line, button(_SEE[language], f"{ids.DRAFT_SHOW}{number}", carried, told=title)))
    return blocks + _rest(len(drafts) - _DRAFTS, language)


def _gaps(gaps: Sequence[OwnedGap], language: Language) -> list[Block]:
    blocks = [divider(), header(_MY_GAPS[language])]
    if not gaps:
        return [*blocks, *context([_NO_GAPS[language]])]
    for number, gap in enumerate(gaps[:_GAPS]):
        line = f"{fitted(gap.question, 250)}\n_{_ASKED[language].format(count=gap.asked)}_"
        blocks.append(section(line, button(_ANSWER[language], f"{ids.GAP}{number}", gap.id, told=gap.question)))
    return blocks + _rest(len(gaps) - _GAPS, language)


def _map(navigation: NavigationBody | None, opened: str | None, language: Language) -> list[Block]:
    blocks = [divider(), header(_MAP[language])]
    stages = [stage for stage in (navigation.stages if navigation else ()) if _documents(stage)]
    if not stages:
        return [*blocks, *context([_NO_MAP[language]])]
    buttons = [
        button(
            _STAGE[language].format(
                stage=stage.title if language == "zh" else stage.title_en, count=len(_documents(stage))
            ),
            f"{ids.STAGE}{number}",
            stage.key,
            style="primary" if stage.key == opened else None,
        )
        for number, stage in enumerate(stages)
    ]
    blocks += actions(buttons)
    shown = next((stage for stage in stages if stage.key == opened), None)
    return blocks if shown is None else blocks + stage_blocks(shown, language)


def stage_blocks(stage: MapStage, language: Language) -> list[Block]:
    """Return the documents of a stage by topic: at most a dozen topics with a dozen documents each."""
    blocks: list[Block] = []
    for topic in stage.topics[:_DOCUMENTS]:
        titles = [
            (one.title if language == "zh" else one.title_en or one.title) for one in topic.documents[:_DOCUMENTS]
        ]
        lines = [f"*{fitted(topic.title if language == 'zh' else topic.title_en, 60)}*"]
        lines += [f"• {fitted(title, 120)}" for title in titles]
        if len(topic.documents) > _DOCUMENTS:
            lines.append(MORE[language].format(count=len(topic.documents) - _DOCUMENTS))
        blocks.append(section("\n".join(lines)))
    return blocks + _rest(len(stage.topics) - _DOCUMENTS, language)


def _documents(stage: MapStage) -> set[str]:
    return {document.id for topic in stage.topics for document in topic.documents}


def _rest(count: int, language: Language) -> list[Block]:
    return context([MORE[language].format(count=count)]) if count > 0 else []
