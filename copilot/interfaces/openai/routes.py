"""OpenAI's chat completions and list of models, on the same answers as `/v1/ask`."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from copilot.chat_model import ASKED_BY_A_COPILOT
from copilot.errors import ChatModelLoop
from copilot.interfaces.api.happening import Event, Shown, StreamViewer, happenings
from copilot.interfaces.api.streaming import pieces
from copilot.interfaces.contract import AnswerBody, ProblemBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.openai.errors import openai_error, openai_problem
from copilot.interfaces.openai.models import MODELS, model_body
from copilot.interfaces.openai.reply import Completion, content_of, rest_of
from copilot.interfaces.openai.request import ChatRequest, read_question

#: What fails this soon is told by its status; afterwards the stream has begun and tells it inside.
_FAILS_WITHIN_S = 0.5
#: Proxies must not hold pieces back.
_STREAMED = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
_ALIVE = b": ping\n\n"


def add_openai(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the routes."""

    @app.get("/v1/models", tags=["openai"])
    def list_models() -> dict[str, object]:
        """List the models: one per audience."""
        return {"object": "list", "data": [model_body(model) for model in MODELS]}

    @app.get("/v1/models/{id}", tags=["openai"])
    def show_model(id: str) -> dict[str, object]:
        """Show a model."""
        return model_body(id)

    @app.post("/v1/chat/completions", tags=["openai"], response_class=JSONResponse)
    async def complete(body: ChatRequest, request: Request) -> Response:
        """Answer the last message of the user, as OpenAI's chat completions do; citations are in `reference`."""
        if ASKED_BY_A_COPILOT in request.headers:
            raise ChatModelLoop(
                "A copilot asks this one as its chat model, which would go round in circles. Set COPILOT_CHAT_BASE_URL "
                "to a model server."
            )
        question, completion, caller = read_question(body), Completion(request=body), request.state.caller
        completion.check()
        if not body.stream:
            answer = await run_in_threadpool(copilot.ask, question, caller=caller)
            return JSONResponse(completion.whole(answer))

        def ask(viewer: StreamViewer) -> AnswerBody:
            return copilot.ask(question, caller=caller, listen=viewer.stage, viewer=viewer)

        happening = happenings(ask, first_within_s=_FAILS_WITHIN_S)
        first = await anext(happening)
        if isinstance(first, ProblemBody):
            await happening.aclose()
            return openai_problem(first)
        told = _chunks(completion, first, happening)
        return StreamingResponse(told, media_type="text/event-stream", headers=_STREAMED)


async def _chunks(
    completion: Completion, first: Event | None, happening: AsyncGenerator[Event | None, None]
) -> AsyncGenerator[bytes, None]:
    shown = ""
    async with aclosing(happening):
        yield _event(completion.chunk({"role": "assistant", "content": ""}))
        event: Event | None = first
        while not isinstance(event, AnswerBody | ProblemBody):
            if event is None:
                yield _ALIVE
            elif isinstance(event, Shown):
                shown += event.text
                yield _event(completion.chunk({"content": event.text}))
            event = await anext(happening)
        if isinstance(event, ProblemBody):
            yield _event(openai_error(event))
            return
        rest = rest_of(event, shown)
        for piece in pieces(rest):
            yield _event(completion.chunk({"content": piece}))
        yield _event(completion.last_chunk(event))
        if completion.request.wants_usage:
            yield _event(completion.usage_chunk(content_of(event)))
        yield b"data: [DONE]\n\n"


def _event(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()
