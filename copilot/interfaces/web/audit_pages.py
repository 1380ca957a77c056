"""The audit log: looked through by action, person, subject and day, and checked for holes."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from copilot.audit.log import Wanted
from copilot.interfaces.auditing import LocalAuditing
from copilot.interfaces.web.audit_words import AUDIT
from copilot.interfaces.web.pages import page
from knowledge.text import is_storable

_SIZE = 50
_Text = Annotated[str, Query(max_length=300)]
_Number = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


def add_audit_pages(app: FastAPI, auditing: LocalAuditing) -> None:
    """Register the routes."""

    @app.get("/app/audit", include_in_schema=False)
    def list_entries(
        request: Request,
        action: _Text = "",
        actor: _Text = "",
        subject: _Text = "",
        since: _Text = "",
        until: _Text = "",
        before: _Number = None,
        check: bool = False,
    ) -> Response:
        """List entries, the newest first; a value that is none narrows nothing."""
        asked = {"action": action, "actor": actor.strip(), "subject": subject.strip(), "since": since, "until": until}
        kept = {name: value for name, value in asked.items() if value and is_storable(value)}
        wanted = Wanted(
            action=kept.get("action"),
            actor=kept.get("actor"),
            subject=kept.get("subject"),
            since=_day(since),
            until=_day(until),
        )
        found = auditing.search(wanted, before, _SIZE + 1)
        older = {**kept, "before": str(found[_SIZE - 1].number)} if len(found) > _SIZE else None
        return page(
            request,
            "audit/list.html",
            AUDIT,
            at="audit",
            entries=found[:_SIZE],
            actions=auditing.actions(),
            asked=kept,
            older=f"/app/audit?{urlencode(older)}" if older else None,
            newest=f"/app/audit?{urlencode(kept)}" if before is not None else None,
            checked=auditing.check() if check else None,
        )

    @app.get("/app/audit/{number}", include_in_schema=False)
    def show_entry(request: Request, number: int) -> Response:
        """Show an entry with its details and its place in the chain."""
        if not 0 < number < 2**31:
            raise HTTPException(404, "Not Found")
        found = auditing.search(Wanted(), number + 1, 1)
        if not found or found[0].number != number:
            raise HTTPException(404, "Not Found")
        return page(request, "audit/entry.html", AUDIT, at="audit", entry=found[0])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
