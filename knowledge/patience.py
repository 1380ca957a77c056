"""Calls that may hang, waited for no longer than a budget."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

_Given = TypeVar("_Given")
#: Calls that hang at the same time; each keeps a thread until its own time-out ends it.
_MOST = 32


class OutOfPatience(Exception):
    """The call took longer than its budget, or too many calls hang already."""


class Patience:
    """Runs each call in a thread of its own and goes on without it when the budget is spent.

    A thread cannot be stopped: a call that hangs ends by the time-out of its own connection.
    """

    def __init__(self, budget_s: float) -> None:
        self._budget_s = budget_s
        self._free = threading.BoundedSemaphore(_MOST)

    def wait(self, ask: Callable[[], _Given]) -> _Given:
        """Return what `ask` returns, or raise what it raises.

        Raises:
            OutOfPatience: it has done neither within the budget.
        """
        if not self._free.acquire(blocking=False):
            raise OutOfPatience(f"{_MOST} calls hang already")
        ended: queue.SimpleQueue[tuple[_Given | None, BaseException | None]] = queue.SimpleQueue()
        context = contextvars.copy_context()

        def work() -> None:
            try:
                ended.put((context.run(ask), None))
            except BaseException as error:  # noqa: BLE001  # whatever it is, the caller is told
                ended.put((None, error))
            finally:
                self._free.release()

        threading.Thread(target=work, name="patience", daemon=True).start()
        try:
            given, error = ended.get(timeout=self._budget_s)
        except queue.Empty:
            raise OutOfPatience(f"no answer within {self._budget_s:g} s") from None
        if error is not None:
            raise error
        return given  # type: ignore[return-value]  # there is no error, so this is what was returned
