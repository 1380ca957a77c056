"""Port: the people, besides the owner, who needs no record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from copilot.people.person import Person
from copilot.transaction import Transaction


class PeopleStore(Protocol):
    """Changes belong to a transaction of the caller's; reading sees what was committed."""

    def add(self, transaction: Transaction, person: Person, at: datetime) -> bool:
        """Keep somebody new; False, changing nothing, when their id is taken."""
        ...

    def change(self, transaction: Transaction, person: Person) -> bool:
        """Put a person in place of the one with their id; False when there is none."""
        ...

    def person(self, id: str) -> Person | None:
        """Return one person, active or not."""
        ...

    def people(self) -> Sequence[Person]:
        """Return everybody, by id."""
        ...
