"""Routes around changes of the knowledge: check first, then publish."""

from __future__ import annotations

from fastapi import FastAPI, Request

from copilot.interfaces.change_contract import ChangeBody, ChangeList, ChangeReportBody, PublicationBody
from copilot.interfaces.changes import LocalChanges


def add_changes(app: FastAPI, changes: LocalChanges) -> None:
    """Register the routes."""

    @app.post("/v1/changes", tags=["knowledge"], status_code=202)
    def check_change(body: ChangeBody, request: Request) -> ChangeReportBody:
        """Begin to try an edit on a copy; nothing is published. `GET /v1/changes/{id}` tells which answers change."""
        return changes.start(body, caller=request.state.caller)

    @app.get("/v1/changes", tags=["knowledge"])
    def list_changes(request: Request) -> ChangeList:
        """List your checks since the copilot was started, without their questions."""
        return changes.list(caller=request.state.caller)

    @app.get("/v1/changes/{id}", tags=["knowledge"])
    def show_change(id: str, request: Request) -> ChangeReportBody:
        """Show how far a check of yours is and what it found, until the copilot stops."""
        return changes.show(id, caller=request.state.caller)

    @app.delete("/v1/changes/{id}", tags=["knowledge"])
    def cancel_change(id: str, request: Request) -> ChangeReportBody:
        """Call a check off after the question at hand; one that has ended is discarded."""
        return changes.cancel(id, caller=request.state.caller)

    @app.post("/v1/changes/{id}/publication", tags=["knowledge"])
    def publish_change(id: str, body: PublicationBody, request: Request) -> ChangeReportBody:
        """Publish a checked edit; one that breaks answers only with a reason, 409 `change_breaks_answers` without."""
        return changes.publish(id, body, caller=request.state.caller)
