"""Documents as resources: what the caller may read, in the stored text that citations point into."""

from __future__ import annotations

from mcp_types import ListResourcesResult, ReadResourceResult, Resource, ResourceTemplate, TextResourceContents

from copilot.errors import InvalidRequest
from copilot.interfaces.mcp.desk import Access
from copilot.interfaces.mcp.framing import NOTICE, TEMPLATE, TEXT, document_uri, read_uri
from copilot.people.scope import Scope

_PAGE = 200
TEMPLATES = [
    ResourceTemplate(
        uri_template=TEMPLATE,
        name="document",
        title="文档 Document",
        description="文档的原文。The stored text of a document, by its id; `?version=N` for an older version.",
        mime_type=TEXT,
    )
]


def listed(access: Access, cursor: str | None) -> ListResourcesResult:
    """Return a page of documents; none for those whose key does not read documents.

    Raises:
        InvalidRequest: the cursor is none of ours.
    """
    if Scope.DOCUMENTS_READ not in access.caller.scopes:
        return ListResourcesResult(resources=[])
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise InvalidRequest(f"{cursor[:40]!r} is no cursor of this list. Begin without one.")
    start = int(cursor or 0)
    with access.desk() as desk:
        every = desk.documents().documents
    page = every[start : start + _PAGE]
    return ListResourcesResult(
        resources=[
            Resource(
                uri=document_uri(one.id),
                name=one.source,
                title=one.title,
                mime_type=TEXT,
                description=f"{one.kind.value} · {one.verification.state}",
            )
            for one in page
        ],
        next_cursor=str(start + _PAGE) if start + _PAGE < len(every) else None,
    )


def read(access: Access, uri: str) -> ReadResourceResult:
    """Return a document as it is stored; that it is data, not orders, stands beside it.

    Raises:
        InvalidRequest: it is no address of a document.
        NotPermitted: the caller's key does not read documents.
        UnknownDocument: there is no such document that the caller may read.
    """
    access.caller.need(Scope.DOCUMENTS_READ)
    id, version = read_uri(uri)
    with access.desk() as desk:
        body = desk.document(id, version)
    meta = {"frontline-copilot/notice": NOTICE, "frontline-copilot/version": body.version}
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=TEXT, text=body.text, _meta=meta)])
