"""Errors as OpenAI's clients read them, on the paths that are theirs."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse

from copilot.interfaces.contract import ProblemBody

_PATHS = ("/v1/chat/completions", "/v1/models")
_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
#: What these clients expect for a request that cannot be used.
_STATUS = {422: 400}


def is_openai(path: str) -> bool:
    """Tell whether a path belongs to OpenAI's protocol."""
    return path in _PATHS or path.startswith("/v1/models/")


def openai_error(problem: ProblemBody) -> dict[str, object]:
    """Write a problem in OpenAI's shape."""
    kind = "server_error" if problem.status >= 500 else _TYPES.get(problem.status, "invalid_request_error")
    error = {"message": problem.detail, "type": kind, "code": problem.code, "param": problem.param}
    return {"error": error | ({"reference": problem.reference} if problem.reference else {})}


def openai_problem(problem: ProblemBody, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Answer with a problem. What a second try does not mend, these clients are told not to try again."""
    status = _STATUS.get(problem.status, problem.status)
    told = {"x-should-retry": "false"} if status == 409 else {}
    return JSONResponse(openai_error(problem), status_code=status, headers={**(headers or {}), **told})
