"""Routes around gaps."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query, Request

from copilot.curating.gap import GapStatus
from copilot.interfaces.gap_contract import (
    AssignmentBody,
    DismissalBody,
    GapBody,
    GapDetailsBody,
    GapListBody,
    MergeBody,
)
from copilot.interfaces.gaps import LocalGaps


def add_gaps(app: FastAPI, gaps: LocalGaps) -> None:
    """Register the routes."""

    @app.get("/v1/gaps", tags=["gaps"])
    def list_gaps(
        request: Request,
        status: GapStatus | None = None,
        mine: bool = False,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    ) -> GapListBody:
        """List what is asked and not answered well, by the number of askers; `mine`: asked or owned by you."""
        return gaps.list(status, mine=mine, limit=limit, offset=offset, caller=request.state.caller)

    @app.get("/v1/gaps/{id}", tags=["gaps"])
    def show_gap(id: str, request: Request) -> GapDetailsBody:
        """Show a gap: who asked, when, and what they said."""
        return gaps.show(id, caller=request.state.caller)

    @app.post("/v1/gaps/{id}/assignment", tags=["gaps"])
    def assign_gap(id: str, body: AssignmentBody, request: Request) -> GapBody:
        """Give a gap to somebody: a curator, a manager or its owner."""
        return gaps.assign(id, body.owner, caller=request.state.caller)

    @app.post("/v1/gaps/{id}/dismissal", tags=["gaps"])
    def dismiss_gap(id: str, body: DismissalBody, request: Request) -> GapBody:
        """Decide that a gap needs no answer; being asked again does not reopen it."""
        return gaps.dismiss(id, body.reason, caller=request.state.caller)

    @app.post("/v1/gaps/{id}/reopening", tags=["gaps"])
    def reopen_gap(id: str, request: Request) -> GapBody:
        """Open a gap that was dismissed or answered."""
        return gaps.reopen(id, caller=request.state.caller)

    @app.post("/v1/gaps/{id}/merge", tags=["gaps"])
    def merge_gap(id: str, body: MergeBody, request: Request) -> GapBody:
        """Let a gap be part of another that asks the same: both have to be open; a draft of it answers both."""
        return gaps.merge(id, body.into, caller=request.state.caller)
