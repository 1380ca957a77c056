"""Routes of looking back, of beginning, and of asking for a person."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Path, Query, Request

from copilot.interfaces.conversation_contract import (
    AskForPersonBody,
    ConversationBody,
    ConversationList,
    HandoverBody,
    QuotedPlaceBody,
    ShortcutList,
)
from copilot.interfaces.conversations import LocalConversations
from knowledge.document import Audience


def add_conversations(app: FastAPI, conversations: LocalConversations) -> None:
    """Register the routes."""

    @app.get("/v1/conversations", tags=["answers"])
    def list_conversations(request: Request, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> ConversationList:
        """List your conversations, the one with the newest answer first."""
        return conversations.list(page, caller=request.state.caller)

    @app.get("/v1/conversations/{id}", tags=["answers"])
    def show_conversation(id: str, request: Request) -> ConversationBody:
        """Show a conversation of yours: its answers as they were shown, and whether a person was asked."""
        return conversations.show(id, caller=request.state.caller)

    @app.post("/v1/conversations/{id}/handover", tags=["answers"])
    def ask_for_person(id: str, body: AskForPersonBody, request: Request) -> HandoverBody:
        """Ask for a person to take a conversation of yours over; asking again corrects what you left."""
        return conversations.ask_for_person(id, body, caller=request.state.caller)

    @app.get("/v1/answers/{id}/citations/{number}", tags=["answers"])
    def show_citation(id: str, number: Annotated[int, Path(ge=1, le=999)], request: Request) -> QuotedPlaceBody:
        """Show a quote of an answer of yours in the text it stands in, if you may see the document now."""
        return conversations.place(id, number, caller=request.state.caller)

    @app.get("/v1/shortcuts", tags=["answers"])
    def list_shortcuts(
        request: Request,
        language: Literal["zh", "en"] = "zh",
        audience: Audience = Audience.INTERNAL,
        role: Annotated[str | None, Query(max_length=40)] = None,
        stage: Annotated[str | None, Query(max_length=40)] = None,
        account: Annotated[str | None, Query(max_length=100)] = None,
    ) -> ShortcutList:
        """List questions to begin with, by role, stage and the name of the account that is open."""
        return conversations.shortcuts(
            language, audience, role=role, stage=stage, account=account, caller=request.state.caller
        )
