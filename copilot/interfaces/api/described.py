"""The description of the API, in which what every operation may be refused with stands once.

A model given to FastAPI for six statuses of each of more than two hundred routes is made into six validators of each,
which nothing ever calls: they were most of what building the application took.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from copilot.interfaces.contract import ProblemBody

_NAME = ProblemBody.__name__
#: By status, as OpenAPI describes a response; the schema is in the components of `Described`.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status.value: {
        "description": status.phrase,
        "content": {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{_NAME}"}}},
    }
    for status in (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
}


class Described(FastAPI):
    """An application whose every operation may be refused with a problem (RFC 9457)."""

    def openapi(self) -> dict[str, Any]:
        """Return the description of all operations; made once."""
        described = super().openapi()
        described["components"]["schemas"][_NAME] = ProblemBody.model_json_schema()
        return described
