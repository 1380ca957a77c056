"""Who asked for a person: the list, each with its conversation, and marking one done."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from copilot.handover.handover import Handover, HandoverStatus
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.handover_words import WORDS
from copilot.interfaces.web.pages import Slice, page, see_other
from copilot.people.visit import OF_VISITORS

_SIZE = 50
_AT = "handovers"


def add_handover_pages(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the routes."""
    handovers = copilot.conversations.handovers

    @app.get("/app/handovers", include_in_schema=False)
    def list_handovers(
        request: Request,
        status: Literal["open", "done"] = "open",
        page_number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
    ) -> Response:
        """List those that are open, or done."""
        asked = HandoverStatus(status)
        rows, count = handovers.list(request.state.caller, asked, limit=_SIZE, offset=(page_number - 1) * _SIZE)
        shown = Slice(rows=rows, page=page_number, pages=max(1, -(-count // _SIZE)), count=count)
        return page(request, "handovers.html", WORDS, at=_AT, rows=shown, standing=status, who=_who)

    @app.get("/app/handovers/{id}", include_in_schema=False)
    def show_handover(id: str, request: Request, done: Literal["done"] | None = None) -> Response:
        """Show one with its conversation."""
        there, replies = handovers.show(request.state.caller, id)
        # Sanitised where it is made (answer_markup.py), so it may stand as it is.
        answers = [(one, Markup(one.html)) for one in copilot.conversations.answers(replies)]  # noqa: S704
        return page(request, "handover.html", WORDS, at=_AT, one=there, answers=answers, done=done, who=_who)

    @app.post("/app/handovers/{id}/done", include_in_schema=False)
    def finish_handover(id: str, request: Request) -> Response:
        """Mark one done."""
        handovers.finish(request.state.caller, id)
        return see_other(f"/app/handovers/{id}", done="done")


def _who(one: Handover) -> str | None:
    """Return the id of one of our people; None for a visitor, whose id is the host's and says nothing."""
    return None if one.person.startswith(OF_VISITORS) else one.person
