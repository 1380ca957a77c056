"""Sessions on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, or_, select, update

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import sessions
from copilot.adapters.sql.transactions import connection_of
from copilot.people.session import Session, Way
from copilot.transaction import Transaction


class SqlSessionStore:
    """Implements `SessionStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, transaction: Transaction, session_hash: str, session: Session) -> None:
        """Keep a session."""
        connection_of(transaction).execute(
            insert(sessions).values(
                hash=session_hash,
                id=session.id,
                person=session.person,
                way=session.way.value,
                browser=session.browser,
                opened_at=utc(session.opened_at),
                seen_at=utc(session.seen_at),
            )
        )

    def find(self, session_hash: str) -> Session | None:
        """Return the session with this hash."""
        with self._engine.connect() as connection:
            row = connection.execute(select(sessions).where(sessions.c.hash == session_hash)).first()
        return None if row is None else _session(row)

    def of(self, person: str) -> Sequence[Session]:
        """Return the sessions of a person, the one that was used last first."""
        query = select(sessions).where(sessions.c.person == person).order_by(sessions.c.seen_at.desc(), sessions.c.id)
        with self._engine.connect() as connection:
            return [_session(row) for row in connection.execute(query)]

    def seen(self, id: str, at: datetime) -> None:
        """Remember when a session was used."""
        with self._engine.begin() as connection:
            connection.execute(update(sessions).where(sessions.c.id == id).values(seen_at=utc(at)))

    def end(self, transaction: Transaction, id: str) -> bool:
        """End one."""
        return connection_of(transaction).execute(delete(sessions).where(sessions.c.id == id)).rowcount > 0

    def end_all(self, transaction: Transaction, person: str, but: str | None = None) -> int:
        """End all sessions of a person but one."""
        gone = delete(sessions).where(sessions.c.person == person)
        if but is not None:
            gone = gone.where(sessions.c.id != but)
        return connection_of(transaction).execute(gone).rowcount

    def sweep(self, transaction: Transaction, opened_before: datetime, seen_before: datetime) -> None:
        """Forget those that were opened, or used last, before these moments."""
        old = or_(sessions.c.opened_at < utc(opened_before), sessions.c.seen_at < utc(seen_before))
        connection_of(transaction).execute(delete(sessions).where(old))


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        person=row.person,
        way=Way(row.way),
        browser=row.browser,
        opened_at=aware(row.opened_at),
        seen_at=aware(row.seen_at),
    )
