"""The wordings of the gaps on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from copilot.adapters.sql.tables import gap_wordings
from copilot.adapters.sql.transactions import connection_of
from copilot.curating.gap import GapId
from copilot.curating.wording_store import Wording
from copilot.transaction import Transaction


class SqlWordingStore:
    """Implements `WordingStore`; numbers are given by those who are alone (`GapStore.alone`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def gap(self, transaction: Transaction, key: str) -> GapId | None:
        """Return the gap that a wording belongs to."""
        found = connection_of(transaction).execute(select(gap_wordings.c.gap_id).where(gap_wordings.c.key == key))
        gap = found.scalar()
        return None if gap is None else GapId(gap)

    def keep(self, transaction: Transaction, wording: Wording) -> None:
        """Keep a new wording; its number is given here."""
        connection = connection_of(transaction)
        connection.execute(
            insert(gap_wordings).values(
                key=wording.key,
                number=_next(connection),
                gap_id=wording.gap,
                text=wording.text,
                model=wording.model,
                vector=wording.vector.astype("<f4").tobytes(),
            )
        )

    def after(self, transaction: Transaction, number: int, model: str) -> Sequence[Wording]:
        """Return the wordings with a higher number whose vectors are of this model, by number."""
        query = (
            select(gap_wordings)
            .where(gap_wordings.c.number > number, gap_wordings.c.model == model)
            .order_by(gap_wordings.c.number)
        )
        return [_wording(row) for row in connection_of(transaction).execute(query)]

    def of_other_models(self, model: str, limit: int) -> Sequence[Wording]:
        """Return wordings whose vectors are of another model."""
        query = select(gap_wordings).where(gap_wordings.c.model != model).limit(limit)
        with self._engine.connect() as connection:
            return [_wording(row) for row in connection.execute(query)]

    def renew(self, transaction: Transaction, wordings: Sequence[Wording]) -> None:
        """Put new vectors in place of those of another model; each wording gets a new number."""
        connection = connection_of(transaction)
        for one in wordings:
            values = {"number": _next(connection), "model": one.model, "vector": one.vector.astype("<f4").tobytes()}
            connection.execute(update(gap_wordings).where(gap_wordings.c.key == one.key).values(values))


def _next(connection: Connection) -> int:
    return 1 + (connection.execute(select(func.max(gap_wordings.c.number))).scalar() or 0)


def _wording(row: Row[Any]) -> Wording:
    return Wording(
        number=row.number,
        key=row.key,
        gap=GapId(row.gap_id),
        text=row.text,
        model=row.model,
        vector=np.frombuffer(row.vector, dtype="<f4").astype(np.float32),
    )
