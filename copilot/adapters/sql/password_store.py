"""Passwords on SQL."""

from __future__ import annotations

from sqlalchemy import Engine, delete, select

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import passwords
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import put
from copilot.people.password import KeptPassword
from copilot.transaction import Transaction


class SqlPasswordStore:
    """Implements `PasswordStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def password(self, person: str) -> KeptPassword | None:
        """Return the password of a person."""
        with self._engine.connect() as connection:
            row = connection.execute(select(passwords).where(passwords.c.person == person)).first()
        return None if row is None else KeptPassword(person=row.person, hash=row.hash, set_at=aware(row.set_at))

    def with_password(self) -> frozenset[str]:
        """Return who has one."""
        with self._engine.connect() as connection:
            return frozenset(connection.execute(select(passwords.c.person)).scalars())

    def put(self, transaction: Transaction, password: KeptPassword) -> None:
        """Keep a password, in place of the one before."""
        row = {"person": password.person, "hash": password.hash, "set_at": utc(password.set_at)}
        put(connection_of(transaction), passwords, row, ["person"])

    def take_away(self, transaction: Transaction, person: str) -> bool:
        """Forget the password of a person."""
        gone = delete(passwords).where(passwords.c.person == person)
        return connection_of(transaction).execute(gone).rowcount > 0
