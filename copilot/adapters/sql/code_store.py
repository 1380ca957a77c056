"""One-time codes on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import one_time_codes as codes
from copilot.adapters.sql.transactions import connection_of
from copilot.people.one_time import CodeKind, OneTimeCode
from copilot.transaction import Transaction


class SqlCodeStore:
    """Implements `CodeStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, transaction: Transaction, code_hash: str, code: OneTimeCode) -> None:
        """Keep a code, and forget those that expired before it was made."""
        connection = connection_of(transaction)
        connection.execute(delete(codes).where(codes.c.expires_at < utc(code.made_at)))
        connection.execute(
            insert(codes).values(
                hash=code_hash,
                kind=code.kind.value,
                person=code.person,
                made_by=code.made_by,
                made_at=utc(code.made_at),
                expires_at=utc(code.expires_at),
            )
        )

    def find(self, code_hash: str) -> OneTimeCode | None:
        """Return an open code."""
        with self._engine.connect() as connection:
            row = connection.execute(select(codes).where(codes.c.hash == code_hash)).first()
        return None if row is None else _code(row)

    def use(self, transaction: Transaction, code_hash: str) -> OneTimeCode | None:
        """Take a code away and return it."""
        taken = delete(codes).where(codes.c.hash == code_hash).returning(*codes.c)
        row = connection_of(transaction).execute(taken).first()
        return None if row is None else _code(row)

    def of_kind(self, kind: CodeKind, now: datetime) -> Sequence[OneTimeCode]:
        """Return the codes of a kind that have not expired."""
        query = select(codes).where(codes.c.kind == kind.value, codes.c.expires_at > utc(now))
        with self._engine.connect() as connection:
            return [_code(row) for row in connection.execute(query.order_by(codes.c.made_at, codes.c.hash))]

    def end_all(self, transaction: Transaction, person: str, kind: CodeKind | None = None) -> int:
        """Take all codes of a person, or those of a kind, away."""
        gone = delete(codes).where(codes.c.person == person)
        if kind is not None:
            gone = gone.where(codes.c.kind == kind.value)
        return connection_of(transaction).execute(gone).rowcount


def _code(row: Row[Any]) -> OneTimeCode:
    return OneTimeCode(
        kind=CodeKind(row.kind),
        person=row.person,
        made_by=row.made_by,
        made_at=aware(row.made_at),
        expires_at=aware(row.expires_at),
    )
