"""Routes around approved knowledge: answers to gaps, publications, pins, notices."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import FastAPI, Header, Request

from copilot.interfaces.api.drafts import surface_of
from copilot.interfaces.knowledge import LocalKnowledge
from copilot.interfaces.knowledge_contract import (
    GapAnswerBody,
    GapDraftReply,
    KeptQuestions,
    KnowledgeList,
    NoticeList,
    PinChange,
    PinnedReply,
    Seen,
    WithdrawnReply,
)


def add_knowledge(app: FastAPI, knowledge: LocalKnowledge) -> None:
    """Register the routes."""

    @app.post("/v1/gaps/{id}/draft", tags=["gaps"], status_code=201)
    def answer_gap(
        id: str, body: GapAnswerBody, request: Request, idempotency_key: Annotated[str | None, Header()] = None
    ) -> GapDraftReply:
        """Draft an entry from an expert's answer, or refuse it with its reason; a draft like any other from then on."""
        caller = replace(request.state.caller, surface=surface_of(request))
        return knowledge.answer(id, body, idempotency_key, caller=caller)

    @app.get("/v1/knowledge", tags=["gaps"])
    def list_knowledge(request: Request) -> KnowledgeList:
        """List what was approved here, what became of it, and the pinned answers."""
        return knowledge.list(caller=request.state.caller)

    @app.get("/v1/knowledge/questions", tags=["gaps"])
    def list_kept_questions(request: Request) -> KeptQuestions:
        """List the questions that are asked again at every evaluation."""
        return knowledge.questions(caller=request.state.caller)

    @app.delete("/v1/knowledge/{id}", tags=["gaps"])
    def withdraw_knowledge(id: str, request: Request) -> WithdrawnReply:
        """Take a document out again: a curator, its owner or its deputy; the gaps it answered are open again."""
        return knowledge.withdraw(id, caller=request.state.caller)

    @app.put("/v1/knowledge/{id}/pin", tags=["gaps"])
    def pin_knowledge(id: str, body: PinChange, request: Request) -> PinnedReply:
        """Return a document's answers as they stand from now on; again: its new version is right, too."""
        return knowledge.pin(id, body, caller=request.state.caller)

    @app.delete("/v1/knowledge/{id}/pin", tags=["gaps"])
    def unpin_knowledge(id: str, request: Request) -> PinnedReply:
        """Let a document answer like any other again."""
        return knowledge.unpin(id, caller=request.state.caller)

    @app.get("/v1/notices", tags=["notices"])
    def list_notices(request: Request, unseen: bool = False) -> NoticeList:
        """List your notices: questions of yours that have an answer now."""
        return knowledge.notices(unseen=unseen, caller=request.state.caller)

    @app.post("/v1/notices/{id}/seen", tags=["notices"])
    def see_notice(id: str, request: Request) -> Seen:
        """Remember that you have seen a notice."""
        return knowledge.see(id, caller=request.state.caller)
