"""What every `KeyStore` promises. Its moments lie in the past: only the `now` that is passed in counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.key_store import SqlKeyStore
from copilot.people.key import KeyStore
from tests.databases import STORES
from tests.doubles.stores import InMemoryKeyStore

NOW = datetime(2020, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, OTHER = "a" * 64, "b" * 64


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> KeyStore:
    if request.param == "memory":
        return InMemoryKeyStore()
    engine: Engine = request.getfixturevalue("engine")
    return SqlKeyStore(engine)


def test_a_new_store_has_no_keys(store: KeyStore) -> None:
    assert not store.has_keys()


def test_a_store_with_a_key_has_keys(store: KeyStore) -> None:
    store.add_key(ONE, "owner", NOW)
    assert store.has_keys()


def test_a_session_is_no_key(store: KeyStore) -> None:
    store.add_session(ONE, "owner", NOW + HOUR)
    assert not store.has_keys()


def test_a_key_leads_to_its_holder(store: KeyStore) -> None:
    store.add_key(ONE, "owner", NOW)
    store.add_key(OTHER, "王敏", NOW)
    assert store.person_of_key(OTHER) == "王敏"


@pytest.mark.parametrize("other", [OTHER, "", ONE[:-1], ONE.upper()], ids=["other", "empty", "shorter", "upper case"])
def test_any_other_hash_leads_to_nobody(store: KeyStore, other: str) -> None:
    store.add_key(ONE, "owner", NOW)
    assert store.person_of_key(other) is None


def test_a_session_leads_to_its_holder(store: KeyStore) -> None:
    store.add_session(ONE, "王敏", NOW + HOUR)
    assert store.person_of_session(ONE, NOW) == "王敏"


def test_an_unknown_session_leads_to_nobody(store: KeyStore) -> None:
    assert store.person_of_session(ONE, NOW) is None


def test_a_key_is_no_session(store: KeyStore) -> None:
    store.add_key(ONE, "owner", NOW)
    assert store.person_of_session(ONE, NOW) is None


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1), HOUR], ids=str)
def test_an_expired_session_leads_to_nobody(store: KeyStore, late: timedelta) -> None:
    store.add_session(ONE, "owner", NOW)
    assert store.person_of_session(ONE, NOW + late) is None


def test_a_session_lasts_until_the_moment_it_expires(store: KeyStore) -> None:
    store.add_session(ONE, "owner", NOW)
    assert store.person_of_session(ONE, NOW - timedelta(microseconds=1)) == "owner"


@pytest.mark.parametrize("hours", [8, -8])
def test_a_session_expires_at_the_same_moment_in_every_time_zone(store: KeyStore, hours: int) -> None:
    store.add_session(ONE, "owner", NOW.astimezone(timezone(timedelta(hours=hours))))
    assert (store.person_of_session(ONE, NOW - HOUR), store.person_of_session(ONE, NOW + HOUR)) == ("owner", None)


def test_a_new_session_does_not_end_another(store: KeyStore) -> None:
    store.add_session(ONE, "owner", NOW + HOUR)
    store.add_session(OTHER, "owner", NOW + 2 * HOUR)
    assert store.person_of_session(ONE, NOW) == "owner"
