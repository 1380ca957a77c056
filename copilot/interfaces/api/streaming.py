"""An answer as server-sent events: `status`, `delta`, `citation`, `done` (the whole answer), `error`, `ping`."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterator

from fastapi.sse import ServerSentEvent

from copilot.answering.service import StageListener
from copilot.interfaces.api.problems import unexpected
from copilot.interfaces.contract import AnswerBody, ProblemBody
from copilot.interfaces.presentation import problem
from knowledge.errors import ReportableError

#: Proxies close connections that stay silent; half a minute is the shortest limit in common use.
_HEARTBEAT_S = 10.0
_PIECE = re.compile(r".{1,24}(?:\s|[，。；！？、,.;!?]|$)|.{1,24}", re.DOTALL)


def answer_events(ask: Callable[[StageListener], AnswerBody]) -> Iterator[ServerSentEvent]:
    """Run `ask` beside the stream and tell what happens as it happens.

    Text is sent only after it was checked against its sources, so that nothing has to be taken back.
    """
    events: queue.Queue[str | AnswerBody | ProblemBody] = queue.Queue()

    def work() -> None:
        try:
            events.put(ask(events.put))
        except ReportableError as error:
            events.put(problem(error))
        except Exception as error:  # noqa: BLE001  # the thread's boundary; logged with its cause
            events.put(unexpected(error))

    threading.Thread(target=work, name="ask-stream", daemon=True).start()
    while True:
        try:
            event = events.get(timeout=_HEARTBEAT_S)
        except queue.Empty:
            yield ServerSentEvent(event="ping", data={})
            continue
        if isinstance(event, str):
            yield ServerSentEvent(event="status", data={"stage": event})
        elif isinstance(event, ProblemBody):
            yield ServerSentEvent(event="error", data=event.model_dump(exclude_none=True))
            return
        else:
            yield from _spoken(event)
            return


def _spoken(answer: AnswerBody) -> Iterator[ServerSentEvent]:
    for piece in _PIECE.findall(answer.answer):
        yield ServerSentEvent(event="delta", data={"text": piece})
    for citation in answer.citations:
        yield ServerSentEvent(event="citation", data=citation.model_dump(mode="json"))
    yield ServerSentEvent(event="done", data=answer.model_dump(mode="json"))
