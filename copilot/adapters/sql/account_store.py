"""Accounts on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, select

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import accounts
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import put
from copilot.transaction import Transaction
from knowledge.text import is_storable


class SqlAccountStore:
    """Implements `AccountStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, transaction: Transaction, account: Account) -> None:
        """Keep a record in place of the one with this id."""
        values = {
            "id": account.id,
            "type": account.type.value,
            "facts": dict(account.facts),
            "updated_at": utc(account.updated_at),
        }
        put(connection_of(transaction), accounts, values, ["id"])

    def lock(self, transaction: Transaction, id: AccountId) -> Account | None:
        """Return a record; others who change it wait until the transaction ends."""
        query = select(accounts).where(accounts.c.id == id).with_for_update()
        row = connection_of(transaction).execute(query).first()
        return None if row is None else _account(row)

    def get(self, id: AccountId) -> Account | None:
        """Return a record; none has an id that no database can keep."""
        if not is_storable(id):
            return None
        with self._engine.connect() as connection:
            row = connection.execute(select(accounts).where(accounts.c.id == id)).first()
        return None if row is None else _account(row)

    def list(self, limit: int, after: AccountId | None = None) -> Sequence[Account]:
        """Return records in the order of their ids."""
        query = select(accounts).order_by(accounts.c.id).limit(limit)
        if after is not None:
            query = query.where(accounts.c.id > after)
        with self._engine.connect() as connection:
            return [_account(row) for row in connection.execute(query)]


def _account(row: Row[Any]) -> Account:
    return Account(
        id=AccountId(row.id), type=RecordType(row.type), facts=dict(row.facts), updated_at=aware(row.updated_at)
    )
