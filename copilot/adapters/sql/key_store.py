"""Keys on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select, update

from copilot.adapters.sql.moment import aware
from copilot.adapters.sql.reading import reading
from copilot.adapters.sql.tables import api_keys
from copilot.adapters.sql.transactions import connection_of
from copilot.people.caller import scopes_named
from copilot.people.key import Key
from copilot.transaction import Transaction


class SqlKeyStore:
    """Implements `KeyStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = reading(engine)

    def has_keys(self) -> bool:
        """Tell whether any key was ever made."""
        with self._reading.connect() as connection:
            return connection.execute(select(func.count()).select_from(api_keys)).scalar_one() > 0

    def add_key(self, transaction: Transaction, key_hash: str, key: Key) -> None:
        """Keep a key."""
        connection_of(transaction).execute(
            insert(api_keys).values(
                hash=key_hash,
                id=key.id,
                person=key.person,
                scopes=None if key.scopes is None else sorted(key.scopes),
                label=key.label,
                created_at=key.created_at.astimezone(UTC),
                expires_at=key.expires_at.astimezone(UTC) if key.expires_at else None,
            )
        )

    def find_key(self, key_hash: str) -> Key | None:
        """Return the key with this hash."""
        with self._reading.connect() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.hash == key_hash)).first()
        return None if row is None else _key(row)

    def key(self, id: str) -> Key | None:
        """Return the key with this id."""
        with self._reading.connect() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.id == id)).first()
        return None if row is None else _key(row)

    def keys(self, person: str | None = None) -> Sequence[Key]:
        """Return the keys of a person, or of everybody, oldest first."""
        query = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)
        if person is not None:
            query = query.where(api_keys.c.person == person)
        with self._reading.connect() as connection:
            return [_key(row) for row in connection.execute(query)]

    def end_key(
        self,
        transaction: Transaction,
        id: str,
        *,
        expires_at: datetime | None = None,
        revoked_at: datetime | None = None,
    ) -> None:
        """Let a key expire at a moment, or revoke it."""
        ends = {"expires_at": expires_at, "revoked_at": revoked_at}
        values = {name: at.astimezone(UTC) for name, at in ends.items() if at is not None}
        if values:
            connection_of(transaction).execute(update(api_keys).where(api_keys.c.id == id).values(values))

    def revoke_keys(self, transaction: Transaction, person: str, at: datetime) -> int:
        """Revoke all keys of a person that are not revoked yet."""
        open_ones = update(api_keys).where(api_keys.c.person == person, api_keys.c.revoked_at.is_(None))
        return connection_of(transaction).execute(open_ones.values(revoked_at=at.astimezone(UTC))).rowcount

    def used(self, id: str, at: datetime) -> None:
        """Remember when a key was used."""
        with self._engine.begin() as connection:
            connection.execute(update(api_keys).where(api_keys.c.id == id).values(last_used_at=at.astimezone(UTC)))


def _key(row: Row[Any]) -> Key:
    return Key(
        id=row.id,
        person=row.person,
        created_at=aware(row.created_at),
        label=row.label,
        scopes=None if row.scopes is None else scopes_named(row.scopes),
        expires_at=aware(row.expires_at) if row.expires_at else None,
        last_used_at=aware(row.last_used_at) if row.last_used_at else None,
        revoked_at=aware(row.revoked_at) if row.revoked_at else None,
    )
