"""Routes of asking: at once, as a stream that can be picked up again, and stopping it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import FastAPI, Header, Path, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from copilot.answering.question import request_key
from copilot.interfaces.api.drafts import caller_of
from copilot.interfaces.api.streams import Streams
from copilot.interfaces.contract import REQUEST_ID, AnswerBody, AskBody
from copilot.interfaces.conversation_contract import StoppedBody
from copilot.interfaces.local import LocalCopilot

#: Proxies neither gather the events nor change them (nginx reads the second).
_HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """Server-sent events; whoever reads them counts as listening until the response has ended."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None], status_code: int = 200) -> None:
        super().__init__(events, status_code, _HEADERS)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        async with aclosing(self._events):
            await super().__call__(scope, receive, send)


def add_asking(app: FastAPI, copilot: LocalCopilot, streams: Streams | None = None) -> None:
    """Register the routes."""
    running = streams or Streams()

    @app.post("/v1/ask", tags=["answers"])
    def ask(body: AskBody, request: Request) -> AnswerBody:
        """Answer a question with citations, or abstain with a reason; the same `request_id` is answered once."""
        return copilot.ask(body, caller=caller_of(request))

    @app.post("/v1/ask/stream", tags=["answers"], response_class=EventStream)
    def ask_stream(
        body: AskBody, request: Request, last_event_id: Annotated[str | None, Header(max_length=100)] = None
    ) -> EventStream:
        """Answer as server-sent events: status, delta, citation, html, done, error, ping.

        With a `request_id` a broken connection loses nothing: send the same again with the `Last-Event-ID` you had.
        """
        caller = caller_of(request)
        stream = running.open(
            caller.person.id,
            body.request_id,
            lambda asking: copilot.ask(body, caller=caller, listen=asking.stage, viewer=asking),
            lambda key: copilot.conversations.answered(key, caller=caller),
            html=body.html,
        )
        return EventStream(stream.read(last_event_id))

    @app.delete("/v1/ask/stream/{request_id}", tags=["answers"])
    def stop_stream(request_id: Annotated[str, Path(pattern=REQUEST_ID)], request: Request) -> StoppedBody:
        """Stop answering a request of yours for good."""
        caller = request.state.caller
        answered = copilot.conversations.answered(request_key(caller.person.id, request_id), caller=caller)
        stopped = answered is None and running.stop(caller.person.id, request_id)
        return StoppedBody(request_id=request_id, status="stopped" if stopped else "finished")
