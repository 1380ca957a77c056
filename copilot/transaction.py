"""Port: one use case, one transaction, one commit at its end."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Transaction(Protocol):
    """A transaction that is under way; stores know what it is, services only hand it on."""


class Transactions(Protocol):
    """Opens transactions on the database that holds everything but vectors and files."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """Commit when the block ends, roll back when it raises. Writers on the same rows wait for each other."""
        ...
