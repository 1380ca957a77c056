"""Identities of single sign-on, and attempts that are under way, on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import identities
from copilot.adapters.sql.tables import sign_on_attempts as attempts
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.people.identity import Attempt, Identity
from copilot.transaction import Transaction


class SqlIdentityStore:
    """Implements `IdentityStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def identity(self, issuer: str, subject: str) -> Identity | None:
        """Return the identity, if it is bound."""
        query = select(identities).where(identities.c.issuer == issuer, identities.c.subject == subject)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _identity(row)

    def of(self, person: str) -> Sequence[Identity]:
        """Return the identities of a person, the oldest first."""
        query = select(identities).where(identities.c.person == person).order_by(identities.c.bound_at)
        with self._engine.connect() as connection:
            return [_identity(row) for row in connection.execute(query)]

    def bind(self, transaction: Transaction, identity: Identity) -> bool:
        """Keep an identity."""
        row = {
            "issuer": identity.issuer,
            "subject": identity.subject,
            "person": identity.person,
            "email": identity.email,
            "bound_at": utc(identity.bound_at),
            "used_at": utc(identity.used_at),
        }
        return insert_new(connection_of(transaction), identities, row)

    def used(self, transaction: Transaction, issuer: str, subject: str, at: datetime) -> None:
        """Remember when somebody signed in with it."""
        this = update(identities).where(identities.c.issuer == issuer, identities.c.subject == subject)
        connection_of(transaction).execute(this.values(used_at=utc(at)))

    def release(self, transaction: Transaction, person: str, issuer: str) -> int:
        """Forget the identities of a person at a provider."""
        gone = delete(identities).where(identities.c.person == person, identities.c.issuer == issuer)
        return connection_of(transaction).execute(gone).rowcount


class SqlAttemptStore:
    """Implements `AttemptStore`."""

    def begin(self, transaction: Transaction, state_hash: str, attempt: Attempt, now: datetime) -> None:
        """Keep an attempt, and forget those that expired."""
        connection = connection_of(transaction)
        connection.execute(delete(attempts).where(attempts.c.expires_at < utc(now)))
        connection.execute(
            insert(attempts).values(
                state=state_hash,
                browser=attempt.browser_hash,
                nonce=attempt.nonce,
                verifier=attempt.verifier,
                redirect_uri=attempt.redirect_uri,
                back=attempt.back,
                binds=attempt.binds,
                expires_at=utc(attempt.expires_at),
            )
        )

    def finish(self, transaction: Transaction, state_hash: str) -> Attempt | None:
        """Take an attempt away and return it."""
        taken = delete(attempts).where(attempts.c.state == state_hash).returning(*attempts.c)
        row = connection_of(transaction).execute(taken).first()
        if row is None:
            return None
        return Attempt(
            browser_hash=row.browser,
            nonce=row.nonce,
            verifier=row.verifier,
            redirect_uri=row.redirect_uri,
            back=row.back,
            binds=row.binds,
            expires_at=aware(row.expires_at),
        )


def _identity(row: Row[Any]) -> Identity:
    return Identity(
        issuer=row.issuer,
        subject=row.subject,
        person=row.person,
        email=row.email,
        bound_at=aware(row.bound_at),
        used_at=aware(row.used_at),
    )
