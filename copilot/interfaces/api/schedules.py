"""Routes around digests and schedules."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query, Request

from copilot.interfaces.draft_contract import DraftReply
from copilot.interfaces.schedule_contract import (
    DigestBody,
    PauseBody,
    RunBody,
    RunList,
    ScheduleAsk,
    ScheduleBody,
    ScheduleList,
)
from copilot.interfaces.schedules import LocalSchedules


def add_schedules(app: FastAPI, schedules: LocalSchedules) -> None:
    """Register the routes."""

    @app.post("/v1/digests", tags=["schedules"], status_code=201)
    def make_digest(body: DigestBody, request: Request) -> DraftReply:
        """Make the digest of a week now, as a draft that waits for approval."""
        return schedules.digest(body, caller=request.state.caller)

    @app.get("/v1/schedules", tags=["schedules"])
    def list_schedules(request: Request) -> ScheduleList:
        """List one's own schedules; managers see those of their team."""
        return schedules.list(caller=request.state.caller)

    @app.post("/v1/schedules", tags=["schedules"], status_code=201)
    def add_schedule(ask: ScheduleAsk, request: Request) -> ScheduleBody:
        """Have a digest made once a week at a local time."""
        return schedules.add(ask, caller=request.state.caller)

    @app.delete("/v1/schedules/{id}", tags=["schedules"])
    def remove_schedule(id: str, request: Request) -> ScheduleBody:
        """Forget a schedule; its drafts stay."""
        return schedules.remove(id, caller=request.state.caller)

    @app.get("/v1/schedules/{id}/runs", tags=["schedules"])
    def list_runs(id: str, request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 20) -> RunList:
        """List what was made by a schedule, the newest first."""
        return schedules.runs(id, limit, caller=request.state.caller)

    @app.post("/v1/schedules/{id}/runs", tags=["schedules"], status_code=201)
    def run_schedule(id: str, request: Request) -> RunBody:
        """Run a schedule now, beside its times."""
        return schedules.run(id, caller=request.state.caller)

    @app.post("/v1/schedules/{id}/pause", tags=["schedules"])
    def pause_schedule(id: str, body: PauseBody, request: Request) -> ScheduleBody:
        """Let nothing be made by a schedule until it is resumed."""
        return schedules.pause(id, body, caller=request.state.caller)

    @app.post("/v1/schedules/{id}/resume", tags=["schedules"])
    def resume_schedule(id: str, request: Request) -> ScheduleBody:
        """Let a schedule go on with its next due time."""
        return schedules.resume(id, caller=request.state.caller)
