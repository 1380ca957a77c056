"""Tools around accounts: advice and drafts. A person approves and sends; no tool does, here or anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from mcp_types import ResourceLink

from copilot.drafting.draft import DraftKind, DraftStatus
from copilot.interfaces.advice_contract import AdviceBody
from copilot.interfaces.contract import CitationBody
from copilot.interfaces.draft_contract import DraftBody, DraftList, DraftReply
from copilot.interfaces.mcp.contract import (
    AccountEntries,
    AccountEntry,
    AccountsArguments,
    AdviceArguments,
    DraftArguments,
    DraftsArguments,
    PlanArguments,
    ShowDraftArguments,
)
from copilot.interfaces.mcp.desk import Desk
from copilot.interfaces.mcp.framing import framed, link, place
from copilot.interfaces.mcp.tool import AnyTool, Tool
from copilot.interfaces.mcp.watcher import Watcher
from copilot.people.scope import Scope

_UNAPPROVED = (
    "这是草稿,没有人确认就不会发出:请本人在工作台、Slack 或 `copilot drafts approve` 里确认。"
    "A draft: nothing leaves before a person approves it, in the workbench, in Slack or with `copilot drafts approve`."
)


def _accounts(desk: Desk, taken: AccountsArguments, _: Watcher) -> AccountEntries:
    listed = desk.accounts(taken.limit, taken.after).accounts
    return AccountEntries(accounts=[AccountEntry.model_validate(one.model_dump()) for one in listed])


def _advise(desk: Desk, taken: AdviceArguments, _: Watcher) -> AdviceBody:
    return desk.advice(taken.account_id, taken.language)


def _advice(given: AdviceBody) -> str:
    parts = [
        f"{given.segment.value or '—'} · {given.stage or '—'} · {given.health.band} {given.health.score or ''}".strip()
    ]
    for action in given.actions:
        due = f" · {action.due}" if action.due else ""
        marks = "".join(f"[{one.n}]" for one in action.citations)
        parts.append(f"- {action.title} ({action.urgency}{due} · {action.owner}): {action.why} {marks}")
    parts += [f"- ✗ {one.title}: {one.why} {''.join(f'[{c.n}]' for c in one.citations)}" for one in given.avoid]
    parts += [f"- ? {one}" for one in given.not_judged]
    return (
        "\n".join(parts)
        + "\n\n"
        + framed((one.n, place(one.source, one.title, one.heading_path), one.quote) for one in _sources(given))
    )


def _sources(given: AdviceBody) -> list[CitationBody]:
    every = [one for action in given.actions for one in action.citations]
    every += [one for step in given.avoid for one in step.citations]
    return list({(one.n, one.document_id, one.start): one for one in every}.values())


def _advice_links(given: AdviceBody) -> Sequence[ResourceLink]:
    links = {one.document_id: link(one.document_id, one.title, one.source, one.version) for one in _sources(given)}
    return list(links.values())


def _plan(desk: Desk, taken: PlanArguments, _: Watcher) -> DraftReply:
    return _create(desk, taken, DraftKind.SUCCESS_PLAN)


def _draft(desk: Desk, taken: DraftArguments, _: Watcher) -> DraftReply:
    return _create(desk, taken, taken.kind)


def _create(desk: Desk, taken: PlanArguments, kind: DraftKind) -> DraftReply:
    body = DraftBody(kind=kind, account_id=taken.account_id, inputs=taken.inputs, language=taken.language)
    return desk.drafts.create(body, taken.idempotency_key)


def _list(desk: Desk, taken: DraftsArguments, _: Watcher) -> DraftList:
    return desk.drafts.list(account=taken.account_id, limit=taken.limit)


def _show(desk: Desk, taken: ShowDraftArguments, _: Watcher) -> DraftReply:
    return desk.drafts.show(taken.id, taken.revision)


def _draft_text(given: DraftReply) -> str:
    head = f"{given.kind.value} {given.id} · {given.status.value} · r{given.revision}/{given.latest}"
    findings = "\n".join(f"- {one.severity} {one.code}: {one.message}" for one in given.findings)
    quotes = framed((one.n, place(one.source, one.title, one.heading_path), one.quote) for one in given.citations)
    waits = _UNAPPROVED if given.status is DraftStatus.OPEN else ""
    return "\n\n".join(part for part in (head, waits, given.content, findings, quotes) if part)


def _draft_links(given: DraftReply) -> Sequence[ResourceLink]:
    links = {one.document_id: link(one.document_id, one.title, one.source, one.version) for one in given.citations}
    return list(links.values())


TOOLS: tuple[AnyTool, ...] = (
    Tool(
        name="list_accounts",
        title="列出客户 List accounts",
        description="列出客户、商机、线索的 id 和名称。List ids and names of accounts, opportunities and leads.",
        scopes=(Scope.ACCOUNTS_READ,),
        takes=AccountsArguments,
        gives=AccountEntries,
        run=_accounts,
    ),
    Tool(
        name="suggest_next_actions",
        title="下一步建议 Suggest next actions",
        description="对一个客户:现在该做什么、不要做什么、为什么,每条带出处。\n"
        "For one account: what to do next, what to leave alone, and why, each with its source.",
        scopes=(Scope.ACCOUNTS_READ,),
        takes=AdviceArguments,
        gives=AdviceBody,
        run=_advise,
        text=_advice,
        links=_advice_links,
    ),
    Tool(
        name="draft_success_plan",
        title="起草成功计划 Draft a success plan",
        description="按客户的事实和公司的打法起草一份成功计划。只是草稿,由人确认。\n"
        "Draft a success plan from the account's facts and the company's playbooks. A draft: a person approves it.",
        scopes=(Scope.DRAFTS_WRITE,),
        takes=PlanArguments,
        gives=DraftReply,
        run=_plan,
        text=_draft_text,
        links=_draft_links,
        writes=True,
    ),
    Tool(
        name="create_draft",
        title="起草 Create a draft",
        description="起草一份东西:客户消息、交接单、话术、提案、续约简报、QBR、标杆邀约、价值更新、安灯。只是草稿,由人确认。\n"
        "Draft a message, handoff, call script, proposal, renewal brief, QBR, showcase request, value update or andon. "
        "A draft: a person approves it.",
        scopes=(Scope.DRAFTS_WRITE,),
        takes=DraftArguments,
        gives=DraftReply,
        run=_draft,
        text=_draft_text,
        links=_draft_links,
        writes=True,
    ),
    Tool(
        name="list_drafts",
        title="列出草稿 List drafts",
        description="列出草稿和状态,最近改动的在前。List drafts and their state, the last changed first.",
        scopes=(Scope.DRAFTS_READ,),
        takes=DraftsArguments,
        gives=DraftList,
        run=_list,
    ),
    Tool(
        name="get_draft",
        title="打开草稿 Get a draft",
        description="返回一份草稿的文字、出处和要注意的地方。Return a draft's text, its sources and its findings.",
        scopes=(Scope.DRAFTS_READ,),
        takes=ShowDraftArguments,
        gives=DraftReply,
        run=_show,
        text=_draft_text,
        links=_draft_links,
    ),
)
