"""Every error leaves as RFC 9457 problem+json; an unexpected one shows a reference that the log holds too."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from copilot.interfaces.api.refusing import patience
from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.openai.errors import is_openai, openai_problem
from copilot.interfaces.presentation import problem
from copilot.interfaces.web.trouble import is_page, trouble_page
from copilot.telemetry.context import at_hand, request_id
from copilot.telemetry.logs import log_event
from knowledge.errors import ReportableError
from knowledge.space import full, is_full

_log = logging.getLogger(__name__)

#: From this status on it is our trouble, and whoever meets it is told under which reference it stands in the log.
_OURS = 500


def unexpected(error: Exception) -> ProblemBody:
    """Log an error nobody foresaw and describe it without its inside; a full disk can show anywhere, and is told."""
    reference = str(at_hand().get("request") or request_id(None))
    _log.error("unexpected error %s", reference, exc_info=error)
    if is_full(error):
        return problem(full()).model_copy(update={"reference": reference})
    return ProblemBody(
        title="Unexpected error",
        status=500,
        code="internal_error",
        detail=f"Something went wrong on our side. Try again; if it stays, report reference {reference!r}.",
        reference=reference,
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(ReportableError)
    def _known(request: Request, error: ReportableError) -> Response:
        body = problem(error)
        if body.status >= _OURS and "request" in at_hand():
            body.reference = str(at_hand()["request"])
            log_event(_log, logging.WARNING, "trouble", f"{error.code}: {error.message}", code=error.code)
        return _response(request, body, patience(error))

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
        detail = f"{where}: {first['msg'].lower()}. /openapi.json describes what is expected."
        return _response(
            request,
            ProblemBody(title="Invalid request", status=422, code="invalid_request", detail=detail, param=where),
        )

    @app.exception_handler(UnicodeEncodeError)
    def _half(request: Request, error: UnicodeEncodeError) -> Response:
        # JSON can say half a character, which no database can look for: what began is rolled back.
        if error.reason != "surrogates not allowed":
            return unforeseen(request, error)
        detail = "The request holds half a character. Type it again."
        return _response(
            request, ProblemBody(title="Invalid request", status=422, code="invalid_request", detail=detail)
        )

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        codes = {404: "not_found", 405: "method_not_allowed"}
        detail = f"{request.method} {request.url.path}: {str(error.detail).lower()}. /docs lists what there is."
        body = ProblemBody(
            title=str(error.detail),
            status=error.status_code,
            code=codes.get(error.status_code, "http_error"),
            detail=detail,
        )
        response = _response(request, body)
        response.headers.update(error.headers or {})
        return response

    app.exception_handler(Exception)(unforeseen)


def unforeseen(request: Request, error: Exception) -> Response:
    """Answer a request that ended in an error nobody foresaw, as its reader expects it."""
    return _response(request, unexpected(error))


def _response(request: Request, body: ProblemBody, headers: Mapping[str, str] | None = None) -> Response:
    response: Response
    if is_page(request.url.path):
        response = trouble_page(request, body)
    elif is_openai(request.url.path):
        response = openai_problem(body)
    else:
        response = JSONResponse(
            body.model_dump(exclude_none=True), status_code=body.status, media_type="application/problem+json"
        )
    response.headers.update(headers or {})
    return response
