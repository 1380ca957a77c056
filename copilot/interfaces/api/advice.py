"""Routes around advice and what people say of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query, Request

from copilot.interfaces.advice import LocalAdvices
from copilot.interfaces.advice_contract import (
    AdviceBody,
    AdviceQuery,
    ErrorBookBody,
    ReactionBody,
    ReactionChange,
    RejectionList,
)
from copilot.suggesting.advice import Language

Limit = Annotated[int, Query(ge=1, le=500)]


def add_advice(app: FastAPI, advices: LocalAdvices) -> None:
    """Register the routes."""

    @app.get("/v1/accounts/{id}/advice", tags=["advice"])
    def show_advice(id: str, request: Request, language: Language = "zh", newcomer: bool = False) -> AdviceBody:
        """Say what to do next about an account, what to leave alone, and why, with citations."""
        return advices.advice(id, language, newcomer=newcomer, caller=request.state.caller)

    @app.post("/v1/advice", tags=["advice"])
    def advise_record(body: AdviceQuery, request: Request) -> AdviceBody:
        """Advise on a record that is sent along; nothing is kept."""
        return advices.advise_record(body.record, body.language, newcomer=body.newcomer, caller=request.state.caller)

    @app.post("/v1/suggestions/{id}/reaction", tags=["advice"])
    def react(id: str, body: ReactionChange, request: Request) -> ReactionBody:
        """Say whether a suggestion is taken; a rejection needs a reason. Your last word counts."""
        return advices.react(id, body, caller=request.state.caller)

    @app.get("/v1/suggestions/rejected", tags=["advice"])
    def list_rejected(
        request: Request, owner: str | None = None, playbook: str | None = None, limit: Limit = 100
    ) -> RejectionList:
        """List rejected suggestions with their reasons, for those who answer for the playbooks."""
        return advices.rejected(owner, playbook, limit, caller=request.state.caller)

    @app.get("/v1/suggestions/errors", tags=["advice"])
    def show_error_book(request: Request, limit: Limit = 100) -> ErrorBookBody:
        """Show rejected suggestions and answers voted down, each beside the playbook to read."""
        return advices.error_book(limit, caller=request.state.caller)
