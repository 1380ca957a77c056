"""Approved knowledge with its pins, and the questions that are proposed for documents."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import Response

from copilot.curating.store import ProposalStatus
from copilot.errors import CopilotError
from copilot.interfaces.knowledge_contract import PinChange
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.presentation import problem
from copilot.interfaces.web.days import day_of
from copilot.interfaces.web.document_pages import NotSure
from copilot.interfaces.web.gap_words import GAPS
from copilot.interfaces.web.pages import page, see_other, sliced
from knowledge.errors import KnowledgeError, ReportableError

_Done = Annotated[str | None, Query(max_length=40)]
_Page = Annotated[int, Query(alias="page", ge=1, le=1_000_000)]


def add_approved_pages(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the routes; they come before those of single gaps."""

    def approved(
        request: Request,
        *,
        page_number: int = 1,
        fault: ReportableError | None = None,
        done: str | None = None,
        status: int = 200,
    ) -> Response:
        found = copilot.knowledge.list(caller=request.state.caller)
        titles = {one.id: one.title or one.source for one in copilot.documents(caller=request.state.caller).documents}
        return page(
            request,
            "gaps/approved.html",
            GAPS,
            at="gaps",
            status=status,
            listed=sliced(found.publications, page_number),
            pins=found.pins,
            pinned={one.document_id: one.state for one in found.pins},
            titles=titles,
            fault=fault,
            done=done,
        )

    @app.get("/app/gaps/knowledge", include_in_schema=False)
    def list_approved(request: Request, page_number: _Page = 1, done: _Done = None) -> Response:
        """List what was approved here."""
        known = ("pinned", "unpinned", "withdrawn")
        return approved(request, page_number=page_number, done=done if done in known else None)

    @app.post("/app/gaps/knowledge/{id}/pin", include_in_schema=False)
    def pin(id: str, request: Request, valid_until: Annotated[str, Form(max_length=40)] = "") -> Response:
        """Return a document's answers as they stand from now on."""
        try:
            copilot.knowledge.pin(id, PinChange(valid_until=day_of(valid_until)), caller=request.state.caller)
        except (CopilotError, KnowledgeError) as error:
            return approved(request, fault=error, status=problem(error).status)
        return see_other("/app/gaps/knowledge", done="pinned")

    @app.post("/app/gaps/knowledge/{id}/unpin", include_in_schema=False)
    def unpin(id: str, request: Request) -> Response:
        """Let a document answer like any other again."""
        try:
            copilot.knowledge.unpin(id, caller=request.state.caller)
        except (CopilotError, KnowledgeError) as error:
            return approved(request, fault=error, status=problem(error).status)
        return see_other("/app/gaps/knowledge", done="unpinned")

    @app.post("/app/gaps/knowledge/{id}/withdrawal", include_in_schema=False)
    def withdraw(id: str, request: Request, sure: Annotated[str, Form(max_length=10)] = "") -> Response:
        """Take a document out, once the box is ticked."""
        try:
            if not sure:
                raise NotSure("Tick the box that says you are sure.")
            copilot.knowledge.withdraw(id, caller=request.state.caller)
        except (CopilotError, KnowledgeError) as error:
            return approved(request, fault=error, status=problem(error).status)
        return see_other("/app/gaps/knowledge", done="withdrawn")

    def proposed(
        request: Request,
        *,
        page_number: int = 1,
        fault: ReportableError | None = None,
        done: str | None = None,
        status: int = 200,
    ) -> Response:
        caller = request.state.caller
        found = copilot.curation.proposals(ProposalStatus.PROPOSED, caller=caller).proposals
        titles = {one.id: one.title or one.source for one in copilot.documents(caller=caller).documents}
        return page(
            request,
            "gaps/proposals.html",
            GAPS,
            at="gaps",
            status=status,
            listed=sliced(found, page_number),
            titles=titles,
            fault=fault,
            done=done,
        )

    @app.get("/app/gaps/proposals", include_in_schema=False)
    def list_proposals(request: Request, page_number: _Page = 1, done: _Done = None) -> Response:
        """List the questions that wait for a decision."""
        return proposed(request, page_number=page_number, done=done if done in ("accepted", "rejected") else None)

    @app.post("/app/gaps/proposals/{id}/decisions", include_in_schema=False)
    def decide(id: str, request: Request, decision: Annotated[str, Form(pattern="^(accept|reject)$")]) -> Response:
        """Accept or reject a question."""
        try:
            copilot.curation.decide(id, accept=decision == "accept", caller=request.state.caller)
        except (CopilotError, KnowledgeError) as error:
            return proposed(request, fault=error, status=problem(error).status)
        return see_other("/app/gaps/proposals", done=f"{decision}ed")
