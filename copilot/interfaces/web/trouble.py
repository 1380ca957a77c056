"""An error as a page, for those who read pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse

from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.web.error_words import told
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page
from copilot.interfaces.web.words import Speaker

#: Pages that a stranger signs in on, and forms of the frame.
_AT_THE_DOOR = frozenset(
    {"/login", "/login/provider", "/login/provider/back", "/logout", "/invitation", "/preferences"}
)


def is_page(path: str) -> bool:
    """Tell whether people, not programs, ask for a path."""
    return path == "/app" or path.startswith("/app/") or path in _AT_THE_DOOR


def trouble_page(request: Request, problem: ProblemBody) -> HTMLResponse:
    """Write a problem as a page with a way on."""
    t = Speaker(language_of(request))
    known = {404: "not_found", 403: "not_permitted"}.get(problem.status, "failed")
    key = f"{problem.code}.detail"
    detail = t(key) if t.has(key) else told(problem.code, problem.detail, language_of(request))
    return page(
        request,
        "message.html",
        {},
        status=problem.status,
        title=t(known),
        detail=detail,
        code=problem.code,
        reference=problem.reference,
    )
