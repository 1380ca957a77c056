"""Routes around changes of the knowledge: check first, then publish."""

from __future__ import annotations

from fastapi import FastAPI, Request

from copilot.interfaces.change_contract import ChangeBody, ChangeReportBody, PublicationBody
from copilot.interfaces.changes import LocalChanges


def add_changes(app: FastAPI, changes: LocalChanges) -> None:
    """Register the routes."""

    @app.post("/v1/changes", tags=["knowledge"])
    def check_change(body: ChangeBody, request: Request) -> ChangeReportBody:
        """Try an edit on a copy and tell which answers it changes, breaks or mends; nothing is published."""
        return changes.check(body, caller=request.state.caller)

    @app.get("/v1/changes/{id}", tags=["knowledge"])
    def show_change(id: str, request: Request) -> ChangeReportBody:
        """Show what a check of yours found, until it is published or the copilot stops."""
        return changes.show(id, caller=request.state.caller)

    @app.post("/v1/changes/{id}/publication", tags=["knowledge"])
    def publish_change(id: str, body: PublicationBody, request: Request) -> ChangeReportBody:
        """Publish a checked edit; one that breaks answers only with a reason, 409 `change_breaks_answers` without."""
        return changes.publish(id, body, caller=request.state.caller)
