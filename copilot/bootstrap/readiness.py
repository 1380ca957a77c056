"""Whether questions can be answered now."""

from __future__ import annotations

import logging
import threading

from copilot.bootstrap.application import Application
from copilot.interfaces.contract import PartBody, ReadyBody
from knowledge.errors import ReportableError
from knowledge.retriever import is_partial

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
        """Return the state now, asking the stores."""
        if self._leaving:
            return ReadyBody(status="leaving", detail="This process is about to end. Ask another one.")
        return self._state if self._state.status != "ready" else self._with_parts(self._state)

    def of_the_stores(self) -> ReadyBody:
        """Return what the stores say, without loading the model, so without asking whether the index is of it."""
        return self._with_parts(ReadyBody(status="ready"), loaded=False)

    def _with_parts(self, state: ReadyBody, *, loaded: bool = True) -> ReadyBody:
        parts = dict(self._application.health.parts())
        if parts["database"].state == "failed":
            return ReadyBody(status="failed", detail=parts["database"].detail, parts=parts)
        documents = self._application.store.count()
        if parts["vectors"].state == "ok":
            other = self._of_another_model() if loaded else None
            if other is not None:
                return ReadyBody(status="failed", detail=other, parts=parts)
            if documents and self._application.vectors.identity() is None:
                gone = "The vectors of the index are gone. Run `copilot ingest` to make them anew."
                parts["vectors"] = PartBody(state="degraded", detail=gone)
        return state.model_copy(update={"documents": documents, "parts": parts})

    def _of_another_model(self) -> str | None:
        """Return what to do where another process has rebuilt the index for its own settings; None where none has."""
        reading = self._application.reading
        live = self._application.vectors.identity()
        if live is None or not reading.available or live == reading.identity:
            return None
        return f"The index is of {live.model!r} by now. Restart with the settings of the others."

    def warm_up(self) -> None:
        """Load the model and tell how it went; never raises what a person can act on."""
        try:
            self._application.warm_up()
            self._state = ReadyBody(status="ready")
        except ReportableError as error:
            self._state = self._without(error)
        except Exception as error:  # noqa: BLE001  # the thread's boundary: it must not end in "loading" for ever
            _log.exception("cannot get ready")
            self._state = ReadyBody(status="failed", detail=f"Unexpected: {type(error).__name__}. See the log.")

    def _without(self, error: ReportableError) -> ReadyBody:
        """Tell whether questions can be answered without what failed: by words alone, where something is known."""
        if is_partial(error) and self._application.store.count():
            return ReadyBody(status="ready", detail=f"Questions are answered by words alone. {error.message}")
        return ReadyBody(status="failed", detail=error.message)
