"""The records of accounts as of today, read in portions with what was observed of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.accounts.current import current
from copilot.accounts.signal import Signal, SignalId
from copilot.adapters.sql.moment import aware
from copilot.adapters.sql.tables import account_signals, accounts
from copilot.insight.owners import owner_name

_AT_ONCE = 500


class SqlPortfolio:
    """Implements `Portfolio` and `Records`."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now

    def accounts(self, owners: frozenset[str] | None) -> Sequence[Account]:
        """Return accounts whose `owner`, or without one `csm`, is one of these names; None: all."""
        return self._read(owners, frozenset({RecordType.ACCOUNT}))

    def records(self, owners: frozenset[str] | None) -> Sequence[Account]:
        """Return accounts, opportunities and leads whose owner is one of these names; None: all."""
        return self._read(owners, frozenset(RecordType))

    def _read(self, owners: frozenset[str] | None, types: frozenset[RecordType]) -> Sequence[Account]:
        wanted = None if owners is None else {name.strip().casefold() for name in owners}
        now = self._now()
        with self._engine.connect() as connection:
            return [
                current(account, signals.get(account.id, ()), now)
                for portion in _portions(connection, types)
                for kept in [[one for one in portion if wanted is None or _owner(one) in wanted]]
                for signals in [_signals(connection, kept)]
                for account in kept
            ]


def _owner(account: Account) -> str:
    return owner_name(account).casefold()


def _portions(connection: Connection, types: frozenset[RecordType]) -> Iterator[list[Account]]:
    last = ""
    while True:
        query = select(accounts).where(accounts.c.type.in_([one.value for one in types]), accounts.c.id > last)
        rows = connection.execute(query.order_by(accounts.c.id).limit(_AT_ONCE)).all()
        if not rows:
            return
        last = rows[-1].id
        yield [
            Account(
                id=AccountId(row.id), type=RecordType(row.type), facts=dict(row.facts), updated_at=aware(row.updated_at)
            )
            for row in rows
        ]


def _signals(connection: Connection, kept: Sequence[Account]) -> Mapping[AccountId, Sequence[Signal]]:
    found: dict[AccountId, list[Signal]] = {}
    if kept:
        query = select(account_signals).where(account_signals.c.account_id.in_([one.id for one in kept]))
        for row in connection.execute(query):
            signal = _signal(row)
            found.setdefault(signal.account_id, []).append(signal)
    return found


def _signal(row: Any) -> Signal:
    return Signal(
        id=SignalId(row.id),
        account_id=AccountId(row.account_id),
        name=row.name,
        value=row.value,
        source=row.source,
        at=aware(row.at),
        recorded_at=aware(row.recorded_at),
    )
