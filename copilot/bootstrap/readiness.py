"""Whether questions can be answered now."""

from __future__ import annotations

import logging
import threading

from copilot.bootstrap.application import Application
from copilot.interfaces.contract import ReadyBody
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)


class Readiness:
    """Whether the model is loaded, for `/readyz`."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._state = ReadyBody(status="loading", detail="The embedding model is being loaded.")
        self._leaving = False

    def start(self) -> None:
        """Warm up in the background."""
        if self._state.status != "ready":
            self._state = ReadyBody(status="loading", detail="The embedding model is being loaded.")
        threading.Thread(target=self.warm_up, name="warm-up", daemon=True).start()

    def indexing(self, done: int, total: int) -> None:
        """Tell how far the first indexing is."""
        self._state = ReadyBody(status="loading", detail=f"Indexing the shipped knowledge: {done} of {total}.")

    def rebuilding(self, done: int, total: int) -> None:
        """Tell how far the rebuild for another model is; questions are answered with the old one if there is one."""
        detail = f"Rebuilding the index for another embedding model: {done} of {total} documents."
        if self._application.reading.available:
            self._state = ReadyBody(status="ready", detail=f"{detail} Answers come from the index before it meanwhile.")
        else:
            self._state = ReadyBody(status="loading", detail=detail)

    def leave(self) -> None:
        """Tell from now on that this process is about to end: nothing new is to be sent here."""
        self._leaving = True

    def __call__(self) -> ReadyBody:
        """Return the state now.

        Raises:
            IndexUnavailable: a store cannot be asked.
        """
        if self._leaving:
            return ReadyBody(status="leaving", detail="This process is about to end. Ask another one.")
        if self._state.status != "ready":
            return self._state
        live = self._application.vectors.identity()
        if live is not None and self._application.reading.available and live != self._application.reading.identity:
            # Another process has rebuilt the index for its own settings.
            return ReadyBody(
                status="failed",
                detail=f"The index is of {live.model!r} by now. Restart with the settings of the others.",
            )
        return self._state.model_copy(update={"documents": self._application.store.count()})

    def warm_up(self) -> None:
        """Load the model and tell how it went; never raises what a person can act on."""
        try:
            self._application.warm_up()
            self._state = ReadyBody(status="ready")
        except ReportableError as error:
            self._state = ReadyBody(status="failed", detail=error.message)
        except Exception as error:  # noqa: BLE001  # the thread's boundary: it must not end in "loading" for ever
            _log.exception("cannot get ready")
            self._state = ReadyBody(status="failed", detail=f"Unexpected: {type(error).__name__}. See the log.")
