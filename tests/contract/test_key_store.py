"""What every `KeyStore` promises. Its moments lie in the past: only the `now` that is passed in counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.key_store import SqlKeyStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.people.key import Key, KeyStore
from copilot.people.scope import Scope
from copilot.transaction import Transactions
from tests.databases import STORES
from tests.doubles.database import InMemoryTransactions
from tests.doubles.people import InMemoryKeyStore

NOW = datetime(2020, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, OTHER = "a" * 64, "b" * 64


@pytest.fixture(params=STORES)
def kept(request: pytest.FixtureRequest) -> tuple[KeyStore, Transactions]:
    if request.param == "memory":
        return InMemoryKeyStore(), InMemoryTransactions()
    engine: Engine = request.getfixturevalue("engine")
    return SqlKeyStore(engine), SqlTransactions(engine)


@pytest.fixture
def store(kept: tuple[KeyStore, Transactions]) -> KeyStore:
    return kept[0]


@pytest.fixture
def transactions(kept: tuple[KeyStore, Transactions]) -> Transactions:
    return kept[1]


def keep(store: KeyStore, transactions: Transactions, hashed: str = ONE, person: str = "owner", **known: object) -> Key:
    key = Key(id=hashed[:12], person=person, **({"created_at": NOW} | known))  # type: ignore[arg-type]
    with transactions.begin() as transaction:
        store.add_key(transaction, hashed, key)
    return key


def test_a_new_store_has_no_keys(store: KeyStore) -> None:
    assert not store.has_keys()
    assert store.keys() == []


def test_a_key_comes_back_as_it_went_in(store: KeyStore, transactions: Transactions) -> None:
    full = keep(
        store,
        transactions,
        person="王敏",
        label="表单 → CRM",
        scopes=frozenset({Scope.ASK, Scope.SEARCH}),
        expires_at=NOW.astimezone(timezone(timedelta(hours=8))) + HOUR,
    )
    bare = keep(store, transactions, OTHER)
    assert store.has_keys()
    assert (store.find_key(ONE), store.key(ONE[:12])) == (full, full)
    assert store.find_key(OTHER) == bare


@pytest.mark.parametrize("other", [OTHER, "", ONE[:-1], ONE.upper()], ids=["other", "empty", "shorter", "upper case"])
def test_any_other_hash_leads_to_nobody(store: KeyStore, transactions: Transactions, other: str) -> None:
    keep(store, transactions)
    assert (store.find_key(other), store.key(other)) == (None, None)


def test_keys_are_listed_by_person_oldest_first(store: KeyStore, transactions: Transactions) -> None:
    late = keep(store, transactions, ONE, "王敏", created_at=NOW + HOUR)
    early = keep(store, transactions, OTHER, "王敏")
    owners = keep(store, transactions, "c" * 64)
    assert list(store.keys("王敏")) == [early, late]
    assert {key.id for key in store.keys(None)} == {early.id, late.id, owners.id}


def test_a_key_expires_and_is_revoked_without_changing_others(store: KeyStore, transactions: Transactions) -> None:
    one, other = keep(store, transactions, ONE), keep(store, transactions, OTHER)
    with transactions.begin() as transaction:
        store.end_key(transaction, one.id, expires_at=NOW + HOUR)
    with transactions.begin() as transaction:
        store.end_key(transaction, one.id, revoked_at=NOW)
    ended = store.key(one.id)
    assert ended is not None
    assert (ended.expires_at, ended.revoked_at) == (NOW + HOUR, NOW)
    assert store.key(other.id) == other


def test_revoking_all_keys_of_a_person_counts_those_that_were_open(store: KeyStore, transactions: Transactions) -> None:
    for hashed, person in ((ONE, "王敏"), (OTHER, "王敏"), ("c" * 64, "owner")):
        keep(store, transactions, hashed, person)
    with transactions.begin() as transaction:
        store.end_key(transaction, ONE[:12], revoked_at=NOW)
        counted = store.revoke_keys(transaction, "王敏", NOW + HOUR)
    assert counted == 1
    assert [key.revoked_at for key in store.keys("王敏")] == [NOW, NOW + HOUR]
    assert [key.revoked_at for key in store.keys("owner")] == [None]


def test_the_last_use_is_remembered(store: KeyStore, transactions: Transactions) -> None:
    key = keep(store, transactions)
    store.used(key.id, NOW + HOUR)
    found = store.key(key.id)
    assert found is not None
    assert found.last_used_at == NOW + HOUR
