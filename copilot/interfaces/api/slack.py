"""The one route that Slack calls; bolt checks the signature and the time of every request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from copilot.interfaces.slack.manifest import EVENTS_PATH

#: Slack's own requests are far smaller; nobody has been recognised yet, so nothing large is kept in memory for them.
_MOST_BYTES = 2 * 2**20


class Answered(Protocol):
    """What is answered."""

    status: int
    body: str

    def first_headers(self) -> dict[str, str]:
        """Return the headers."""
        ...


class SlackRequests(Protocol):
    """Answers requests of Slack."""

    def over_http(self, body: str, headers: Mapping[str, str]) -> Answered:
        """Answer one."""
        ...


def add_slack(app: FastAPI, slack: SlackRequests | None) -> None:
    """Register the route; without settings for Slack there is none, and it is 404."""
    if slack is None:
        return

    @app.post(EVENTS_PATH, include_in_schema=False)
    async def slack_events(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                return Response(status_code=413)
        text = body.decode("utf-8", "replace")
        reply = await run_in_threadpool(slack.over_http, text, dict(request.headers))
        return Response(content=reply.body, status_code=reply.status, headers=reply.first_headers())
