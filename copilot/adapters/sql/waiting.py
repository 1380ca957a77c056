"""How long one waits for a connection or the right to write; the same on every database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, PoolProxiedConnection, QueuePool
from sqlalchemy.exc import TimeoutError as PoolTimeout

from knowledge.errors import DatabaseBusy

#: Of the setting `database_wait_s`. Nothing that is done inside a transaction takes a second.
WAIT_S = 10.0
_OPTION = "database_wait_s"


class BoundedPool(QueuePool):
    """A pool that says as everything else does that nobody gave a connection back in time."""

    def connect(self) -> PoolProxiedConnection:
        """Return a connection.

        Raises:
            DatabaseBusy: all are in use, for as long as one waits.
        """
        try:
            return super().connect()
        except PoolTimeout as error:
            raise DatabaseBusy(
                f"All {self.checkedout()} connections to the database are in use. Nothing was changed. Try again."
            ) from error


def bounds(wait_s: float) -> dict[str, Any]:
    """Return what `create_engine` takes so that waiting for a connection ends, and so that others know the bound."""
    return {
        "poolclass": BoundedPool,
        "pool_size": 5,
        "max_overflow": 15,
        "pool_timeout": wait_s,
        "execution_options": {_OPTION: wait_s},
    }


def wait_of(engine: Engine) -> float:
    """Return how many seconds users of an engine wait."""
    return float(engine.get_execution_options().get(_OPTION, WAIT_S))
