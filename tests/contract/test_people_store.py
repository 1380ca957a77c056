"""What every `PeopleStore` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.people.person import Person, Role
from copilot.people.store import PeopleStore
from copilot.transaction import Transactions
from tests.doubles.database import InMemoryTransactions
from tests.doubles.people import InMemoryPeopleStore

NOW = datetime(2026, 11, 26, tzinfo=UTC)
WANG = Person(
    id="wang.min",
    name="王敏",
    email="wang@example.com",
    roles=frozenset({Role.CURATOR, Role.MANAGER}),
    groups=frozenset({"财务", "legal"}),
)


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest) -> tuple[PeopleStore, Transactions]:
    if request.param == "memory":
        return InMemoryPeopleStore(), InMemoryTransactions()
    engine: Engine = request.getfixturevalue("engine")
    return SqlPeopleStore(engine), SqlTransactions(engine)


def test_a_person_comes_back_as_they_went_in(kept: tuple[PeopleStore, Transactions]) -> None:
    store, transactions = kept
    bare = Person(id="Li", name="Li")
    with transactions.begin() as transaction:
        assert store.add(transaction, WANG, NOW)
        assert store.add(transaction, bare, NOW)
    assert (store.person("wang.min"), store.person("Li"), store.person("li")) == (WANG, bare, None)
    assert store.people() == [bare, WANG]


@pytest.mark.parametrize("id", ["a\0b", "a\ud800b", ""])
def test_nobody_has_an_id_that_cannot_be_kept(kept: tuple[PeopleStore, Transactions], id: str) -> None:
    assert kept[0].person(id) is None


def test_an_id_is_given_once(kept: tuple[PeopleStore, Transactions]) -> None:
    store, transactions = kept
    with transactions.begin() as transaction:
        store.add(transaction, WANG, NOW)
        assert not store.add(transaction, replace(WANG, name="Somebody else"), NOW)
    assert store.person("wang.min") == WANG


def test_a_change_replaces_the_person_it_names_alone(kept: tuple[PeopleStore, Transactions]) -> None:
    store, transactions = kept
    changed = replace(WANG, email=None, roles=frozenset({Role.READER}), groups=frozenset(), active=False)
    with transactions.begin() as transaction:
        store.add(transaction, WANG, NOW)
        assert store.change(transaction, changed)
        assert not store.change(transaction, Person(id="nobody", name="x"))
    assert store.people() == [changed]
