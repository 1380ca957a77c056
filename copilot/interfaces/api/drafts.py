"""Routes around drafts, decisions and delegations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Header, Query, Request, Response

from copilot.audit.surface import Surface
from copilot.drafting.draft import DraftKind, DraftStatus
from copilot.interfaces.draft_contract import (
    ChangeReply,
    DecisionReply,
    DelegationBody,
    DelegationReply,
    DraftBody,
    DraftDecisionBody,
    DraftList,
    DraftReply,
    InstructionBody,
    RevisionBody,
)
from copilot.interfaces.drafts import LocalDrafts
from copilot.interfaces.export.formats import Exported, ExportFormat
from copilot.interfaces.web.cookies import session_of
from copilot.people.caller import Caller
from knowledge.document import Audience

#: What our own clients say of themselves; it is recorded and decides nothing.
SURFACE_HEADER = "X-Copilot-Surface"
_SAID = {surface.value: surface for surface in (Surface.CLI, Surface.APP, Surface.SIDEBAR, Surface.MCP)}
Number = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=200)]


def surface_of(request: Request) -> Surface:
    """Return where a request comes from: beside a record, whoever came by its token, whatever else they say."""
    if request.state.caller is not None and request.state.caller.surface is Surface.SIDEBAR:
        return Surface.SIDEBAR
    said = _SAID.get(request.headers.get(SURFACE_HEADER, ""))
    return said or (Surface.APP if session_of(request.headers, request.url.scheme) else Surface.HTTP)


def caller_of(request: Request) -> Caller:
    """Return who calls, from where their client says they are."""
    caller: Caller = request.state.caller
    said = _SAID.get(request.headers.get(SURFACE_HEADER, ""))
    return caller if said is None else replace(caller, surface=said)


def attachment(file: Exported, format: ExportFormat) -> Response:
    """Return a file for saving under its name."""
    plain = f"draft.{format.value}"  # for clients that cannot read the name after it (RFC 6266)
    headers = {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}"}
    return Response(file.data, media_type=file.media_type, headers=headers)


def add_drafts(app: FastAPI, drafts: LocalDrafts) -> None:
    """Register the routes."""

    def of(request: Request) -> LocalDrafts:
        return drafts.as_caller(request.state.person, surface_of(request))

    @app.post("/v1/drafts", tags=["drafts"], status_code=201)
    def create_draft(
        body: DraftBody, request: Request, idempotency_key: Annotated[str | None, Header()] = None
    ) -> DraftReply:
        """Compose a first revision from the account's facts and cited passages; the same key again returns it."""
        return of(request).create(body, idempotency_key)

    @app.get("/v1/drafts", tags=["drafts"])
    def list_drafts(
        request: Request,
        status: DraftStatus | None = None,
        kind: DraftKind | None = None,
        account_id: str | None = None,
        limit: Limit = 50,
        before: datetime | None = None,
    ) -> DraftList:
        """List drafts, the last changed first."""
        return of(request).list(status=status, kind=kind, account=account_id, limit=limit, before=before)

    @app.get("/v1/drafts/{id}", tags=["drafts"])
    def show_draft(id: str, request: Request, revision: Number = None) -> DraftReply:
        """Show a draft with its revisions and decisions."""
        return of(request).show(id, revision)

    @app.post("/v1/drafts/{id}/revisions", tags=["drafts"], status_code=201)
    def revise_draft(id: str, body: RevisionBody, request: Request) -> DraftReply:
        """Keep an edited text; the findings are told and refuse nothing."""
        return of(request).revise(id, body)

    @app.post("/v1/drafts/{id}/instructions", tags=["drafts"], status_code=201)
    def change_draft(id: str, body: InstructionBody, request: Request) -> ChangeReply:
        """Change a draft by an instruction in words; what is unclear comes back with `choices` and changes nothing."""
        return of(request).change(id, body)

    @app.post("/v1/drafts/{id}/decisions", tags=["drafts"])
    def decide_draft(
        id: str, body: DraftDecisionBody, request: Request, idempotency_key: Annotated[str | None, Header()] = None
    ) -> DecisionReply:
        """Approve or reject the latest revision; the same key again changes nothing."""
        return of(request).decide(id, body, idempotency_key)

    @app.get("/v1/drafts/{id}/export", tags=["drafts"], response_class=Response)
    def export_draft(
        id: str,
        request: Request,
        format: ExportFormat = ExportFormat.MARKDOWN,
        audience: Audience = Audience.INTERNAL,
    ) -> Response:
        """Return the latest revision as a file; with audience `customer` without what is for our people alone."""
        return attachment(of(request).export(id, format, audience), format)

    @app.post("/v1/delegations", tags=["drafts"], status_code=201)
    def delegate(body: DelegationBody, request: Request) -> DelegationReply:
        """Let somebody decide in your place until a time."""
        return of(request).delegate(body)
