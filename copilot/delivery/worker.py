"""The loop that sends: a thread of `serve` and `up`, or a process of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)

#: Another process may have asked for a delivery, and waits end: looking costs one short query.
LOOK_EVERY_S = 2.0
#: After something broke that is not one delivery's fault, such as the database.
REST_S = 10.0
#: How often what has run out of time is noted as such; nothing depends on the moment.
HOUSEKEEPING_EVERY_S = 3600.0
#: What is under way gets this long when the process stops; what does not end in it is sent again under its key.
STOP_S = 4.0


class DeliveryWorker:
    """Calls the step until it is told to stop; nothing a step does ends the loop."""

    def __init__(
        self,
        step: Callable[[], bool],
        *,
        housekeeping: Callable[[], object] | None = None,
        housekeeping_every_s: float = HOUSEKEEPING_EVERY_S,
        look_every_s: float = LOOK_EVERY_S,
        rest_s: float = REST_S,
    ) -> None:
        """`step` tries one delivery and tells whether there was one; `housekeeping` runs now and then."""
        self._steps = [step]
        self._housekeeping = [housekeeping] if housekeeping is not None else []
        self._housekeeping_every_s = housekeeping_every_s
        self._housekeeping_due = 0.0
        self._look_every_s = look_every_s
        self._rest_s = rest_s
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def also(self, step: Callable[[], bool], housekeeping: Callable[[], object] | None = None) -> None:
        """Take further work along; to be called before the start."""
        self._steps.append(step)
        self._housekeeping += [housekeeping] if housekeeping is not None else []

    def start(self) -> None:
        """Run beside the rest of the process."""
        self._thread = threading.Thread(target=self.run, name="deliveries", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Run until `stop`."""
        while not self._stopping.is_set():
            # Before looking, so that what is asked for while we look is not slept over.
            self._woken.clear()
            try:
                rest_s = 0.0 if self.step() else self._look_every_s
                if rest_s:  # what waits to be sent goes first
                    self._keep_house()
            except Exception:  # noqa: BLE001  # the loop's boundary
                _log.exception("deliveries cannot be looked at; the next try is in %s s", self._rest_s)
                rest_s = self._rest_s
            if rest_s and not self._stopping.is_set():
                self._woken.wait(rest_s)

    def step(self) -> bool:
        """Take one step of the loop; tells whether there was something to do."""
        worked = [step() for step in self._steps]  # each gets its turn
        return any(worked)

    def _keep_house(self) -> None:
        if self._housekeeping and time.monotonic() >= self._housekeeping_due:
            self._housekeeping_due = time.monotonic() + self._housekeeping_every_s
            for keep in self._housekeeping:
                keep()

    def wake(self) -> None:
        """Look for deliveries now."""
        self._woken.set()

    def ask_to_stop(self) -> None:
        """Let the loop end after the step it is in; may be called by a signal."""
        self._stopping.set()
        self._woken.set()

    def stop(self, within_s: float = STOP_S) -> bool:
        """End the loop; False when an attempt is still under way, which the next start will repeat."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join(within_s)
        return self._thread is None or not self._thread.is_alive()
