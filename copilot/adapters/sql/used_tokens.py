"""Tokens that were used, on SQL; only hashes are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, delete

from copilot.adapters.sql.moment import utc
from copilot.adapters.sql.tables import used_tokens
from copilot.adapters.sql.upsert import insert_new
from copilot.people.key import secret_hash


class SqlUsedTokens:
    """Implements `UsedTokens`: of several who use one at once, the database lets one in."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def use(self, token: str, until: datetime, now: datetime) -> bool:
        """Use a token up."""
        with self._engine.begin() as connection:
            connection.execute(delete(used_tokens).where(used_tokens.c.until < utc(now)))
            return insert_new(connection, used_tokens, {"hash": secret_hash(token), "until": utc(until)})
