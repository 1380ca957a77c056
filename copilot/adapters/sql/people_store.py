"""People on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, select, update

from copilot.adapters.sql.reading import reading
from copilot.adapters.sql.tables import people
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.people.person import Person, Role
from copilot.transaction import Transaction
from knowledge.text import is_storable

_ROLES = {role.value: role for role in Role}


class SqlPeopleStore:
    """Implements `PeopleStore`."""

    def __init__(self, engine: Engine) -> None:
        self._reading = reading(engine)

    def add(self, transaction: Transaction, person: Person, at: datetime) -> bool:
        """Keep somebody new."""
        connection = connection_of(transaction)
        row = _values(person) | {"id": person.id, "created_at": at.astimezone(UTC)}
        return insert_new(connection, people, row)

    def change(self, transaction: Transaction, person: Person) -> bool:
        """Put a person in place of the one with their id."""
        changed = update(people).where(people.c.id == person.id).values(_values(person))
        return connection_of(transaction).execute(changed).rowcount > 0

    def person(self, id: str) -> Person | None:
        """Return one person; nobody has an id that no database can keep."""
        if not is_storable(id):
            return None
        with self._reading.connect() as connection:
            row = connection.execute(select(people).where(people.c.id == id)).first()
        return None if row is None else _person(row)

    def people(self) -> Sequence[Person]:
        """Return everybody, by id."""
        with self._reading.connect() as connection:
            rows = [_person(row) for row in connection.execute(select(people))]
        return sorted(rows, key=lambda person: person.id)  # not by the database, whose order depends on its language


def _values(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "roles": sorted(role.value for role in person.roles),
        "groups": sorted(person.groups),
        "active": person.active,
    }


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=frozenset(_ROLES[name] for name in row.roles if name in _ROLES),
        groups=frozenset(row.groups),
        active=row.active,
    )
