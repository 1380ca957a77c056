"""Tools that read the knowledge: search, ask, list, open."""

from __future__ import annotations

from collections.abc import Sequence

from mcp_types import ResourceLink

from copilot.interfaces.contract import AskBody, CitationBody
from copilot.interfaces.mcp.contract import (
    Answered,
    AskArguments,
    DocumentArguments,
    DocumentEntries,
    DocumentEntry,
    DocumentPart,
    ListArguments,
    Passages,
    SearchArguments,
)
from copilot.interfaces.mcp.desk import Desk
from copilot.interfaces.mcp.framing import NOTICE, document_uri, framed, link, place
from copilot.interfaces.mcp.tool import AnyTool, Tool
from copilot.interfaces.mcp.watcher import Watcher
from copilot.people.scope import Scope


def _search(desk: Desk, taken: SearchArguments, _: Watcher) -> Passages:
    return Passages(notice=NOTICE, passages=desk.search(taken.query, taken.limit, taken.audience).passages)


def _found(given: Passages) -> str:
    if not given.passages:
        return "没有找到。换一种说法再找。Nothing was found; try other words."
    return framed(
        (rank, place(passage.source, passage.title, passage.heading_path), passage.text)
        for rank, passage in enumerate(given.passages, start=1)
    )


def _places(given: Passages) -> Sequence[ResourceLink]:
    return list({one.document_id: link(one.document_id, one.title, one.source) for one in given.passages}.values())


def _ask(desk: Desk, taken: AskArguments, watcher: Watcher) -> Answered:
    body = AskBody(
        question=taken.question,
        audience=taken.audience,
        history=taken.history,
        conversation_id=taken.conversation_id,
        account_id=taken.account_id,
    )
    return Answered.model_validate(desk.ask(body, watcher).model_dump())


def _answer(given: Answered) -> str:
    parts = [given.answer]
    if given.status == "abstained":
        parts.append(f"(没有回答 abstained: {given.reason})")
    if given.explanation:
        parts.append(given.explanation)
    if given.choices:
        parts.append("\n".join(f"- {choice.payload.get('question', choice.label)}" for choice in given.choices))
    if given.citations:
        parts.append(framed((one.n, _place(one), one.quote) for one in given.citations))
    return "\n\n".join(parts)


def _place(citation: CitationBody) -> str:
    stale = " · 已过复核期 past its review" if citation.stale else ""
    return place(citation.source, citation.title, citation.heading_path) + stale


def _cited(given: Answered) -> Sequence[ResourceLink]:
    links = {
        (one.document_id, one.version): link(one.document_id, one.title, one.source, one.version)
        for one in given.citations
    }
    return list(links.values())


def _list(desk: Desk, taken: ListArguments, _: Watcher) -> DocumentEntries:
    wanted = taken.contains.strip().casefold()
    fitting = [
        one
        for one in desk.documents().documents
        if (taken.kind is None or one.kind is taken.kind) and wanted in f"{one.title}\n{one.source}".casefold()
    ]
    page = fitting[taken.offset : taken.offset + taken.limit]
    entries = [DocumentEntry(uri=document_uri(one.id), **one.model_dump(exclude={"uri"})) for one in page]
    return DocumentEntries(total=len(fitting), offset=taken.offset, documents=entries)


def _open(desk: Desk, taken: DocumentArguments, _: Watcher) -> DocumentPart:
    body = desk.document(taken.document, taken.version)
    end = min(taken.offset + taken.max_characters, len(body.text))
    return DocumentPart(
        notice=NOTICE,
        id=body.id,
        uri=document_uri(body.id, None if body.status == "current" else body.version),
        source=body.source,
        title=body.title,
        version=body.version,
        status=body.status,
        verification=body.verification,
        offset=taken.offset,
        total_characters=len(body.text),
        next_offset=end if end < len(body.text) else None,
        text=body.text[taken.offset : end],
    )


def _text(given: DocumentPart) -> str:
    label = f"{given.source} · {given.title} · v{given.version} · {given.offset}/{given.total_characters}"
    shown = framed([(1, label, given.text)])
    if given.next_offset is None:
        return shown
    return f"{shown}\n\n还有后文:offset={given.next_offset}。There is more: offset={given.next_offset}."


TOOLS: tuple[AnyTool, ...] = (
    Tool(
        name="search_documents",
        title="搜索资料 Search documents",
        description="在公司的打法、案例、问答里找原文段落,最相关的在前。要一个带引用的回答时用 ask_question。\n"
        "Find passages in the company's playbooks, cases and FAQs, best first. For a cited answer use ask_question.",
        scopes=(Scope.SEARCH,),
        takes=SearchArguments,
        gives=Passages,
        run=_search,
        text=_found,
        links=_places,
    ),
    Tool(
        name="ask_question",
        title="提问 Ask a question",
        description="用公司自己的资料回答,每一句带 [n] 引用和原文;没有依据时明说,不要替它补。转述时保留 [n]。\n"
        "Answer from the company's own knowledge, every sentence with [n] and its quote; where there is no evidence it "
        "says so: do not fill that in. Keep the [n] when you pass it on.",
        scopes=(Scope.ASK,),
        takes=AskArguments,
        gives=Answered,
        run=_ask,
        text=_answer,
        links=_cited,
    ),
    Tool(
        name="list_documents",
        title="列出文档 List documents",
        description="列出可读的文档,可按种类和文字筛选。List the documents that can be read, by kind or by text.",
        scopes=(Scope.DOCUMENTS_READ,),
        takes=ListArguments,
        gives=DocumentEntries,
        run=_list,
    ),
    Tool(
        name="get_document",
        title="打开文档 Get a document",
        description="返回一篇文档的原文,长的分段。Return the stored text of a document, long ones in parts.",
        scopes=(Scope.DOCUMENTS_READ,),
        takes=DocumentArguments,
        gives=DocumentPart,
        run=_open,
        text=_text,
        links=lambda given: [link(given.id, given.title, given.source)],
    ),
)
