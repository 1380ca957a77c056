"""How each part of the running copilot is, for `/readyz` and `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Engine, text

from copilot.adapters.sql.sqlite import see_writable
from copilot.bootstrap.faults import Guards
from copilot.interfaces.contract import PartBody
from knowledge.breaker import Breaker
from knowledge.chunk import ChunkId
from knowledge.errors import ReportableError
from knowledge.index import SearchedVectors
from knowledge.patience import OutOfPatience, Patience

#: A probe that waits longer is taken for a process that hangs.
_PROBE_S = 2.0
#: Nothing that is done inside a transaction takes a second.
_WRITING_S = 1.5
_NOBODY = ChunkId("nobody.0.0")  #: what the index knows of itself is remembered, so an entry is looked for


class Health:
    """Asks database and vectors, and tells how embedder and chat model did last."""

    def __init__(self, engine: Engine, vectors: SearchedVectors, guards: Guards, *, chat_model: bool) -> None:
        self._engine = engine
        self._vectors = vectors
        self._guards = guards
        self._chat_model = chat_model
        self._patience = Patience(_PROBE_S)

    def parts(self) -> Mapping[str, PartBody]:
        """Return each part by its name; only the database can be `failed`, the others can be done without."""
        return {
            "database": self._asked(self._database, otherwise="failed"),
            "vectors": self._asked(lambda: self._vectors.vectors([_NOBODY]), otherwise="degraded"),
            "embedder": _last(self._guards.embedder),
            "chat_model": _last(self._guards.chat_model) if self._chat_model else PartBody(state="off"),
        }

    def _database(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            if connection.dialect.name == "sqlite":
                see_writable(connection, _WRITING_S)  # reading waits for nobody, and an answer is written down

    def _asked(self, ask: Callable[[], object], *, otherwise: str) -> PartBody:
        try:
            self._patience.wait(ask)
        except ReportableError as error:
            return PartBody.model_validate({"state": otherwise, "detail": error.message})
        except OutOfPatience as error:
            return PartBody.model_validate({"state": otherwise, "detail": f"It does not answer: {error}."})
        return PartBody(state="ok")


def _last(breaker: Breaker) -> PartBody:
    if not breaker.failing:
        return PartBody(state="ok")
    left_alone = "" if breaker.state == "closed" else " It is left alone for a while, then tried again."
    return PartBody(state="degraded", detail=f"It failed when it was asked last.{left_alone} See the log.")
