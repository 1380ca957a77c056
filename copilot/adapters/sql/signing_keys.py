"""Signing keys on SQL."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, select

from copilot.adapters.sql.moment import aware
from copilot.adapters.sql.tables import signing_keys
from copilot.adapters.sql.upsert import insert_new
from copilot.people.token import SigningKey

_BYTES = 32  #: as long as what SHA-256 gives (RFC 7518 §3.2)


class SqlSigningKeys:
    """Implements `SigningKeys`. A key never changes, so each is read once."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now
        self._known: dict[int, SigningKey] = {}

    def newest(self) -> SigningKey:
        """Return the key that signs."""
        query = select(signing_keys).order_by(signing_keys.c.id.desc()).limit(1)
        with self._engine.begin() as connection:
            row = connection.execute(query).first()
            if row is None:
                first = {"id": 1, "secret": secrets.token_urlsafe(_BYTES), "created_at": self._now()}
                insert_new(connection, signing_keys, first)
                row = connection.execute(query).one()
        return self._remember(row)

    def find(self, id: int) -> SigningKey | None:
        """Return a key by its id."""
        if id in self._known:
            return self._known[id]
        with self._engine.connect() as connection:
            row = connection.execute(select(signing_keys).where(signing_keys.c.id == id)).first()
        return None if row is None else self._remember(row)

    def _remember(self, row: Row[Any]) -> SigningKey:
        key = SigningKey(id=row.id, secret=row.secret, created_at=aware(row.created_at))
        self._known[key.id] = key
        return key
