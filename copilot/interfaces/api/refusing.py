"""What stands against a request before a route has it, told as its reader expects it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.openai.errors import is_openai, openai_problem
from copilot.interfaces.presentation import problem
from copilot.interfaces.web.trouble import is_page, trouble_page
from knowledge.errors import ReportableError

#: What is not there now is mostly back in seconds; who asks more often only adds to the load.
_RETRY_AFTER_S = 5
_PASSING = (503, 507)
_KEPT = ("www-authenticate", "allow", "retry-after", "connection")


def as_read(request: Request, refused: ProblemResponse) -> Response:
    """Say it as the reader of a path expects it; strangers who want a page are led to sign in and back."""
    if is_openai(request.url.path):
        kept = {name: value for name, value in refused.headers.items() if name in _KEPT}
        return openai_problem(refused.problem, kept)
    if not is_page(request.url.path):
        return refused
    if refused.problem.code != "not_authenticated":
        page = trouble_page(request, refused.problem)
        page.headers.update({name: value for name, value in refused.headers.items() if name in _KEPT})
        return page
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/login" if request.method != "GET" else f"/login?{urlencode({'next': back})}", 303)


class ProblemResponse(JSONResponse):
    """A problem as JSON (RFC 9457)."""

    media_type = "application/problem+json"

    def __init__(self, problem: ProblemBody, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.model_dump(exclude_none=True), status_code=problem.status, headers=headers)
        self.problem = problem


def problem_response(
    status: int, code: str, title: str, detail: str, headers: Mapping[str, str] | None = None
) -> ProblemResponse:
    """Answer with a problem."""
    return ProblemResponse(ProblemBody(title=title, status=status, code=code, detail=detail), headers)


def refused(error: ReportableError) -> ProblemResponse:
    """Answer with a known error."""
    return ProblemResponse(problem(error), patience(error))


def patience(error: ReportableError) -> dict[str, str]:
    """Return the header that says when to come back, where an error knows or it helps (RFC 9110 §10.2.3)."""
    wait_s = getattr(error, "wait_s", None)
    if wait_s is None and error.retryable and problem(error).status in _PASSING:
        wait_s = _RETRY_AFTER_S
    return {} if wait_s is None else {"Retry-After": str(wait_s)}
