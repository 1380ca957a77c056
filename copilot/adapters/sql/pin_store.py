"""Pinned answers on SQL."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, delete, select

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.reading import reading
from copilot.adapters.sql.tables import pins
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import put
from copilot.answering.pin import Pin
from copilot.transaction import Transaction
from knowledge.document import DocumentId


class SqlPinStore:
    """Implements `PinStore`."""

    def __init__(self, engine: Engine) -> None:
        self._reading = reading(engine)

    def put(self, transaction: Transaction, pinned: Sequence[Pin]) -> None:
        """Keep pins in place of those of the same words."""
        for pin in pinned:
            row = vars(pin) | {"pinned_at": utc(pin.pinned_at)}
            put(connection_of(transaction), pins, row, ["words"])

    def remove(self, transaction: Transaction, document: DocumentId) -> int:
        """Take away all pins of a document; returns how many there were."""
        return connection_of(transaction).execute(delete(pins).where(pins.c.document_id == document)).rowcount

    def of_words(self, words: str) -> Pin | None:
        """Return the pin of a question."""
        return next(iter(self._found(select(pins).where(pins.c.words == words))), None)

    def of_document(self, document: DocumentId) -> Sequence[Pin]:
        """Return the pins of a document, by their words."""
        return self._found(select(pins).where(pins.c.document_id == document).order_by(pins.c.words))

    def list(self) -> Sequence[Pin]:
        """Return all pins, by document and words."""
        return self._found(select(pins).order_by(pins.c.document_id, pins.c.words))

    def _found(self, query: Any) -> builtins.list[Pin]:
        with self._reading.connect() as connection:
            return [_pin(row) for row in connection.execute(query)]


def _pin(row: Row[Any]) -> Pin:
    return Pin(**dict(row._mapping) | {"document_id": DocumentId(row.document_id), "pinned_at": aware(row.pinned_at)})
