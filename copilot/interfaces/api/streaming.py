"""An answer as server-sent events: `status`, `delta`, `citation`, `html`, `done` (the whole), `error`, `ping`."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from copilot.answering.service import Stage
from copilot.errors import AskingCancelled
from copilot.interfaces.api.problems import unexpected
from copilot.interfaces.contract import AnswerBody, ProblemBody
from copilot.interfaces.presentation import problem
from copilot.interfaces.web.answer_markup import render_answer
from copilot.telemetry.context import carried
from knowledge.errors import ReportableError

#: Proxies close connections that stay silent; half a minute is the shortest limit in common use.
HEARTBEAT_S = 10.0
#: The work begins before the response that listens to it.
_ARRIVAL_S = 10.0
_PIECE = re.compile(r".{1,24}(?:\s|[，。；！？、,.;!?]|$)|.{1,24}", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class StreamEvent:
    """An event in its place; `id` is what a client sends back to go on behind it."""

    number: int  #: from 1
    id: str
    name: str
    data: str  #: JSON on one line

    def encoded(self) -> bytes:
        """Return it as it goes over the wire."""
        return f"event: {self.name}\nid: {self.id}\ndata: {self.data}\n\n".encode()


#: A sign of life. It has no id: there is nothing to go on behind.
PING = b"event: ping\ndata: {}\n\n"


class Asking(Protocol):
    """What a stream lets the work call; implemented by `AnswerStream`."""

    def stage(self, stage: Stage) -> None:
        """Take the stage that begins."""
        ...

    def show(self, text: str) -> None:
        """Take checked words of the answer."""
        ...

    def gone(self) -> bool:
        """Tell whether nobody wants the answer any more."""
        ...


class AnswerStream:
    """The events of one answer, kept so that they can be read again from any place, by one reader or several.

    Every piece of text was checked against its sources before it is sent. When the answer in the end is another one
    (a model that failed midway is replaced by quotes), status `withdrawn` comes first and then the whole of it. When
    nobody has listened for `grace_s`, or it was stopped, the work ends: nothing more is asked of the chat model.
    """

    def __init__(self, *, grace_s: float, html: bool = False, now: Callable[[], float] = time.monotonic) -> None:
        """`html`: also tell the answer as HTML."""
        self._run = secrets.token_urlsafe(6)
        self._grace_s = grace_s
        self._html = html
        self._now = now
        self._lock = threading.Lock()
        self._events: list[StreamEvent] = []
        self._listeners: set[Callable[[], None]] = set()
        self._shown = ""
        self._left_at = now()
        self._joined = False
        self._stopped = False
        self._cancelled = False
        self.ended_at: float | None = None

    def start(self, ask: Callable[[Asking], AnswerBody]) -> None:
        """Let a thread do the work."""
        threading.Thread(target=carried(self.work), args=(ask,), name="ask-stream", daemon=True).start()

    def work(self, ask: Callable[[Asking], AnswerBody]) -> None:
        """Ask, and tell what happens as it happens."""
        try:
            self._answer(ask(self))
        except AskingCancelled as error:
            self._cancelled = True
            self._fail(problem(error))
        except ReportableError as error:
            self._fail(problem(error))
        except Exception as error:  # noqa: BLE001  # the thread's boundary; logged with its cause
            self._fail(unexpected(error))

    def stage(self, stage: Stage) -> None:
        """Take the stage that begins.

        Raises:
            AskingCancelled: nobody wants the answer any more, so the stage need not begin.
        """
        if self.gone():
            raise AskingCancelled("Nobody waited for the answer any more.")
        self._tell("status", {"stage": stage})

    def show(self, text: str) -> None:
        """Take checked words of the answer."""
        self._shown += text
        self._tell("delta", {"text": text})

    def gone(self) -> bool:
        """Tell whether nobody wants the answer any more."""
        with self._lock:
            grace_s = self._grace_s if self._joined else max(self._grace_s, _ARRIVAL_S)
            alone = not self._listeners and self._now() - self._left_at > grace_s
            return self._stopped or alone

    def stop(self) -> bool:
        """End it for good; False when it had ended already."""
        with self._lock:
            if self.ended_at is not None:
                return False
            self._stopped = True
        self._fail(problem(AskingCancelled("It was stopped.")))
        return True

    @property
    def lost(self) -> bool:
        """Whether the work ended because nobody listened: the same request may be asked anew."""
        return self.ended_at is not None and not self._stopped and self._cancelled

    def place_of(self, last_event_id: str | None) -> int | None:
        """Return how many events a client has had; None when they were those of another run, to be forgotten."""
        run, _, number = (last_event_id or "").rpartition(".")
        if not last_event_id:
            return 0
        return int(number) if run == self._run and number.isascii() and number.isdigit() and len(number) < 9 else None

    async def read(self, last_event_id: str | None, heartbeat_s: float = HEARTBEAT_S) -> AsyncGenerator[bytes, None]:
        """Yield what comes behind an event, and signs of life, until the end."""
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # nobody is there to read it once the server has stopped
                loop.call_soon_threadsafe(woken.set)

        at = self.place_of(last_event_id)
        if at is None:
            # What the client shows came from a run that is gone; this one tells it all.
            yield f"event: status\ndata: {json.dumps({'stage': 'withdrawn'})}\n\n".encode()
            at = 0
        self._join(wake)
        try:
            while True:
                woken.clear()
                ended = self.ended_at is not None  # before looking: what comes behind the end is nothing
                for event in self._events[at:]:
                    at = event.number
                    yield event.encoded()
                if ended:
                    return
                try:
                    await asyncio.wait_for(woken.wait(), heartbeat_s)
                except TimeoutError:
                    yield PING
        finally:
            self._leave(wake)

    def _join(self, wake: Callable[[], None]) -> None:
        with self._lock:
            self._listeners.add(wake)
            self._joined = True

    def _leave(self, wake: Callable[[], None]) -> None:
        with self._lock:
            self._listeners.discard(wake)
            self._left_at = self._now()

    def _answer(self, answer: AnswerBody) -> None:
        for name, data in _rest(answer, self._shown):
            self._tell(name, data)
        if self._html:
            self._tell("html", {"html": render_answer(answer.answer, {one.n for one in answer.citations})})
        self._tell("done", answer.model_dump(mode="json"), last=True)

    def _fail(self, body: ProblemBody) -> None:
        self._tell("error", body.model_dump(exclude_none=True), last=True)

    def _tell(self, name: str, data: dict[str, Any], *, last: bool = False) -> None:
        written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        with self._lock:
            if self.ended_at is not None:
                return
            number = len(self._events) + 1
            self._events.append(StreamEvent(number=number, id=f"{self._run}.{number}", name=name, data=written))
            if last:
                self.ended_at = self._now()
            listeners = list(self._listeners)
        for wake in listeners:
            wake()


def _rest(answer: AnswerBody, shown: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if not answer.answer.startswith(shown):
        yield "status", {"stage": "withdrawn"}
        shown = ""
    for piece in pieces(answer.answer[len(shown) :]):
        yield "delta", {"text": piece}
    for citation in answer.citations:
        yield "citation", citation.model_dump(mode="json")


def pieces(text: str) -> list[str]:
    """Cut a text that came whole into pieces as they would be written."""
    return _PIECE.findall(text)
