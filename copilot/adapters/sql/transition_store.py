"""Moves of accounts on SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, Row, func, select

from copilot.accounts.account import AccountId
from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import account_transitions as table
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.suggesting.outlook.move import Move, State, Transition
from copilot.transaction import Transaction

_MOVE = (table.c.from_stage, table.c.from_band, table.c.action, table.c.to_stage, table.c.to_band, table.c.ended)


class SqlTransitionStore:
    """Implements `TransitionStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, transaction: Transaction, transition: Transition) -> bool:
        """Keep a move; False when it is kept already."""
        return insert_new(connection_of(transaction), table, _row(transition))

    def of(self, account: AccountId, limit: int = 100) -> Sequence[Transition]:
        """Return the last moves of an account, oldest first."""
        query = select(table).where(table.c.account_id == account)
        query = query.order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [_transition(row) for row in reversed(connection.execute(query).all())]

    def counts(self) -> Mapping[Move, int]:
        """Return how often each move was made."""
        query = select(*_MOVE, func.count().label("times")).group_by(*_MOVE)
        with self._engine.connect() as connection:
            return {_move(row): row.times for row in connection.execute(query)}

    def size(self) -> int:
        """Return how many moves are kept."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _row(transition: Transition) -> dict[str, Any]:
    move = transition.move
    return {
        "id": transition.id,
        "account_id": transition.account_id,
        "from_stage": move.before.stage.value,
        "from_band": move.before.band.value,
        "action": move.action,
        "to_stage": move.after.stage.value if isinstance(move.after, State) else None,
        "to_band": move.after.band.value if isinstance(move.after, State) else None,
        "ended": move.after.value if isinstance(move.after, ContractEnd) else None,
        "at": utc(transition.at),
        "source": transition.source,
    }


def _move(row: Row[Any]) -> Move:
    return Move(
        before=State(stage=Stage(row.from_stage), band=Band(row.from_band)),
        action=row.action,
        after=ContractEnd(row.ended) if row.ended else State(stage=Stage(row.to_stage), band=Band(row.to_band)),
    )


def _transition(row: Row[Any]) -> Transition:
    return Transition(account_id=AccountId(row.account_id), move=_move(row), at=aware(row.at), source=row.source)
