"""Keys and sessions on SQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, delete, func, insert, select

from copilot.adapters.sql.tables import api_keys, sessions


class SqlKeyStore:
    """Implements `KeyStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def has_keys(self) -> bool:
        """Tell whether any key was ever made."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(api_keys)).scalar_one() > 0

    def add_key(self, key_hash: str, person: str, at: datetime) -> None:
        """Keep a key."""
        with self._engine.begin() as connection:
            connection.execute(insert(api_keys).values(hash=key_hash, person=person, created_at=at))

    def person_of_key(self, key_hash: str) -> str | None:
        """Return the holder, if any."""
        with self._engine.connect() as connection:
            return connection.execute(select(api_keys.c.person).where(api_keys.c.hash == key_hash)).scalar()

    def add_session(self, session_hash: str, person: str, expires_at: datetime) -> None:
        """Keep a session."""
        values = {"hash": session_hash, "person": person, "expires_at": expires_at.astimezone(UTC)}
        with self._engine.begin() as connection:
            connection.execute(insert(sessions).values(values))

    def person_of_session(self, session_hash: str, now: datetime) -> str | None:
        """Return the holder of a session that has not expired; expired ones are swept out when one is met."""
        query = select(sessions.c.person, sessions.c.expires_at).where(sessions.c.hash == session_hash)
        with self._engine.begin() as connection:
            row = connection.execute(query).first()
            if row is not None and _aware(row.expires_at) <= now:
                connection.execute(delete(sessions).where(sessions.c.expires_at <= now.astimezone(UTC)))
        if row is None:
            return None
        return str(row.person) if _aware(row.expires_at) > now else None


def _aware(at: datetime) -> datetime:
    """SQLite gives times back without their zone; we store UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
