"""Decisions and delegations on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select
from sqlalchemy.exc import IntegrityError

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import decisions, delegations
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import put
from copilot.approval.decision import Decision, Delegation, Verdict
from copilot.audit.surface import Surface
from copilot.drafting.draft import DraftId
from copilot.errors import IdempotencyKeyReused
from copilot.transaction import Transaction


class SqlDecisionStore:
    """Implements `DecisionStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, transaction: Transaction, decision: Decision) -> None:
        """Keep a decision.

        Raises:
            IdempotencyKeyReused: the same person has just used this key for something else.
        """
        connection = connection_of(transaction)
        row = asdict(decision) | {
            "verdict": decision.verdict.value,
            "surface": decision.surface.value,
            "at": utc(decision.at),
            "findings": list(decision.findings),
        }
        try:
            with connection.begin_nested():
                connection.execute(insert(decisions).values(row))
        except IntegrityError as error:  # two requests with one key on two drafts, at once
            raise IdempotencyKeyReused(
                f"The key {decision.key!r} was used for another decision. Send a new key with a new decision."
            ) from error

    def by_key(self, transaction: Transaction, person: str, key: str) -> Decision | None:
        """Return what this person decided under this key."""
        query = select(decisions).where(decisions.c.person == person, decisions.c.key == key)
        row = connection_of(transaction).execute(query).first()
        return None if row is None else _decision(row)

    def of(self, draft: DraftId, transaction: Transaction | None = None) -> Sequence[Decision]:
        """Return the decisions on a draft, oldest first."""
        query = select(decisions).where(decisions.c.draft_id == draft).order_by(decisions.c.at, decisions.c.id)
        if transaction is not None:
            return [_decision(row) for row in connection_of(transaction).execute(query)]
        with self._engine.connect() as connection:
            return [_decision(row) for row in connection.execute(query)]

    def delegate(self, transaction: Transaction, delegation: Delegation) -> None:
        """Keep a delegation in place of one between the same people."""
        values = {"giver": delegation.giver, "taker": delegation.taker, "until": utc(delegation.until)}
        put(connection_of(transaction), delegations, values, ["giver", "taker"])

    def delegations(self, taker: str, now: datetime) -> Sequence[Delegation]:
        """Return what others let this person decide now."""
        query = (
            select(delegations)
            .where(delegations.c.taker == taker, delegations.c.until > utc(now))
            .order_by(delegations.c.giver)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [Delegation(giver=row.giver, taker=row.taker, until=aware(row.until)) for row in rows]


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        id=row.id,
        draft_id=DraftId(row.draft_id),
        revision=row.revision,
        verdict=Verdict(row.verdict),
        person=row.person,
        on_behalf_of=row.on_behalf_of,
        reason=row.reason,
        surface=Surface(row.surface),
        at=aware(row.at),
        key=row.key,
        findings=tuple(row.findings),
    )
