"""What happens while a question is answered in a thread, told to whoever listens once, as it happens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass

from copilot.answering.service import Stage
from copilot.errors import AskingCancelled
from copilot.interfaces.api.problems import unexpected
from copilot.interfaces.contract import AnswerBody, ProblemBody
from copilot.interfaces.presentation import problem
from copilot.telemetry.context import carried
from knowledge.errors import ReportableError

#: Proxies close connections that stay silent; half a minute is the shortest limit in common use.
_HEARTBEAT_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Checked words of the answer."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A stage that begins."""

    stage: Stage


Event = Shown | Reached | AnswerBody | ProblemBody


class StreamViewer:
    """Implements `Viewer` for a client: takes what happens in the thread that answers over to the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._gone = threading.Event()

    def stage(self, stage: Stage) -> None:
        """Take the stage that begins.

        Raises:
            AskingCancelled: the client has gone, so the stage need not begin.
        """
        if self.gone():
            raise AskingCancelled("The client went away before the answer was there.")
        self.tell(Reached(stage=stage))

    def show(self, text: str) -> None:
        """Take checked words of the answer."""
        self.tell(Shown(text=text))

    def gone(self) -> bool:
        """Tell whether the client has gone."""
        return self._gone.is_set()

    def leave(self) -> None:
        """Say that the client has gone."""
        self._gone.set()

    def tell(self, event: Event) -> None:
        """Hand an event over; nobody is there to read it once the server has stopped."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)

    async def next(self, within_s: float = _HEARTBEAT_S) -> Event | None:
        """Return the next event, or None when it is time for a sign of life."""
        try:
            return await asyncio.wait_for(self._events.get(), within_s)
        except TimeoutError:
            return None


async def happenings(
    ask: Callable[[StreamViewer], AnswerBody], *, first_within_s: float = _HEARTBEAT_S
) -> AsyncGenerator[Event | None, None]:
    """Run `ask` in a thread of its own and tell what happens as it happens; None when it is time for a sign of life.

    Ends after the answer or the problem. Whoever stops listening stops the work: nothing more is asked of the chat
    model and nothing is stored.
    """
    viewer = StreamViewer()

    def work() -> None:
        try:
            viewer.tell(ask(viewer))
        except AskingCancelled:
            return
        except ReportableError as error:
            viewer.tell(problem(error))
        except Exception as error:  # noqa: BLE001  # the thread's boundary; logged with its cause
            viewer.tell(unexpected(error))

    threading.Thread(target=carried(work), name="ask-stream", daemon=True).start()
    try:
        event = await viewer.next(first_within_s)
        yield event
        while not isinstance(event, AnswerBody | ProblemBody):
            event = await viewer.next()
            yield event
    finally:
        viewer.leave()
