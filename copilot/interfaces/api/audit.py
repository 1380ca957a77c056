"""Routes around the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query

from copilot.interfaces.auditing import LocalAuditing
from copilot.interfaces.draft_contract import AuditCheck, AuditPage

_Number = Annotated[int, Query(ge=0, le=2**31 - 1)]


def add_audit(app: FastAPI, auditing: LocalAuditing) -> None:
    """Register the routes."""

    @app.get("/v1/audit", tags=["audit"])
    def show_audit(after: _Number = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> AuditPage:
        """Show entries of the audit log in order."""
        return auditing.page(after, limit)

    @app.get("/v1/audit/check", tags=["audit"])
    def check_audit(since_number: _Number = 0, since_hash: str = "") -> AuditCheck:
        """Tell whether the audit log is whole, and whether it still has an entry that was noted elsewhere."""
        return auditing.check((since_number, since_hash) if since_hash else None)
