"""Signals on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, select

from copilot.accounts.account import AccountId
from copilot.accounts.signal import Signal, SignalId
from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import account_signals
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.transaction import Transaction


class SqlSignalStore:
    """Implements `SignalStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, transaction: Transaction, signal: Signal) -> bool:
        """Keep a signal; False when its account has one with its id."""
        values = {
            "id": signal.id,
            "account_id": signal.account_id,
            "name": signal.name,
            "value": signal.value,
            "source": signal.source,
            "at": utc(signal.at),
            "recorded_at": utc(signal.recorded_at),
        }
        return insert_new(connection_of(transaction), account_signals, values)

    def list(self, account_id: AccountId, limit: int, *, newest_first: bool = True) -> Sequence[Signal]:
        """Return signals of an account by time."""
        order = (account_signals.c.at, account_signals.c.recorded_at, account_signals.c.id)
        query = (
            select(account_signals)
            .where(account_signals.c.account_id == account_id)
            .order_by(*(column.desc() if newest_first else column for column in order))
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [_signal(row) for row in connection.execute(query)]


def _signal(row: Row[Any]) -> Signal:
    return Signal(
        id=SignalId(row.id),
        account_id=AccountId(row.account_id),
        name=row.name,
        value=row.value,
        source=row.source,
        at=aware(row.at),
        recorded_at=aware(row.recorded_at),
    )
