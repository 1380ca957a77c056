"""What a chat model wrote and was paid for, on SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, select, update

from copilot.adapters.sql.tables import question_outcomes as outcomes
from copilot.adapters.sql.upsert import upsert
from copilot.chat_model import Usage
from copilot.curating.store import Order
from knowledge.chunk import ChunkId


class SqlOutcomeStore:
    """Implements `OutcomeStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def checked(self, model: str, version: str) -> Mapping[str, ChunkId | None]:
        """Return by passage key everything paid for, with the chunk it was last checked for."""
        query = select(outcomes.c.passage, outcomes.c.checked_chunk).where(
            outcomes.c.model == model, outcomes.c.prompt == version
        )
        with self._engine.connect() as connection:
            return {row.passage: row.checked_chunk and ChunkId(row.checked_chunk) for row in connection.execute(query)}

    def candidates(self, order: Order) -> Sequence[str] | None:
        """Return what was written, unchecked; None when it was never paid for."""
        with self._engine.connect() as connection:
            row = connection.execute(select(outcomes.c.candidates).where(_is(order))).first()
        return None if row is None else list(row.candidates)

    def keep(self, order: Order, candidates: Sequence[str], usage: Usage | None, at: datetime) -> None:
        """Remember what was written; what is remembered already stays."""
        values = {
            "passage": order.passage,
            "model": order.model,
            "prompt": order.version,
            "candidates": list(candidates),
            "tokens_in": usage.tokens_in if usage else None,
            "tokens_out": usage.tokens_out if usage else None,
            "created_at": at.astimezone(UTC),
        }
        with self._engine.begin() as connection:
            connection.execute(upsert(connection, outcomes).values(values).on_conflict_do_nothing())

    def mark_checked(self, order: Order, chunk: ChunkId) -> None:
        """Remember that everything written was checked and indexed for this chunk."""
        with self._engine.begin() as connection:
            connection.execute(update(outcomes).where(_is(order)).values(checked_chunk=chunk))

    def reopen(self, passages: Sequence[str]) -> None:
        """Forget that these were checked, whoever wrote them."""
        with self._engine.begin() as connection:
            for passage in passages:
                connection.execute(update(outcomes).where(outcomes.c.passage == passage).values(checked_chunk=None))


def _is(order: Order) -> ColumnElement[bool]:
    return (
        (outcomes.c.passage == order.passage) & (outcomes.c.model == order.model) & (outcomes.c.prompt == order.version)
    )
