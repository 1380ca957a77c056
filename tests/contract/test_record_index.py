"""What `RecordIndex` and `UsedTokens` promise, on every kind of database; and what the migration finds."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from copilot.accounts.account import Account, AccountId
from copilot.accounts.crm_record import crm_record
from copilot.adapters.sql import database
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.record_index import SqlRecordIndex
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.adapters.sql.used_tokens import SqlUsedTokens

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECORD, OTHER = crm_record("hubspot:company/1"), crm_record("hubspot:deal/2")
A, B = AccountId("a"), AccountId("b")


@pytest.fixture
def index(engine: Engine) -> SqlRecordIndex:
    return SqlRecordIndex(engine)


@pytest.fixture
def transactions(engine: Engine) -> SqlTransactions:
    return SqlTransactions(engine)


def test_records_follow_what_accounts_name(index: SqlRecordIndex, transactions: SqlTransactions) -> None:
    with transactions.begin() as transaction:
        index.named(transaction, A, {RECORD, OTHER})
        index.named(transaction, B, {RECORD})
    assert (index.accounts(RECORD), index.accounts(OTHER)) == ([A, B], [A])
    with transactions.begin() as transaction:
        index.named(transaction, A, {OTHER})
    assert (index.accounts(RECORD), index.accounts(OTHER)) == ([B], [A])


def test_what_a_person_says_counts_first_and_last(index: SqlRecordIndex, transactions: SqlTransactions) -> None:
    with transactions.begin() as transaction:
        index.named(transaction, A, {RECORD})
        assert index.bind(transaction, RECORD, B, "lin", NOW) is None
    assert index.accounts(RECORD) == [B]
    with transactions.begin() as transaction:
        assert index.bind(transaction, RECORD, A, "gao", NOW) == B
        index.named(transaction, B, {RECORD})
    assert index.accounts(RECORD) == [A]


def test_an_unknown_record_is_nobodys(index: SqlRecordIndex) -> None:
    assert index.accounts(RECORD) == []


def test_accounts_are_known_by_name_and_web_address(
    index: SqlRecordIndex, engine: Engine, transactions: SqlTransactions
) -> None:
    facts: tuple[dict[str, object], ...] = (
        {"name": "柚子", "website": "y.com"},
        {"domain": "z.com", "website": None},
        {},
    )
    with transactions.begin() as transaction:
        for id, told in zip("cab", facts, strict=True):
            SqlAccountStore(engine).put(transaction, Account(id=AccountId(id), facts=told, updated_at=NOW))
    found = [(one.id, one.name, one.website) for one in index.known()]
    assert found == [("a", None, "z.com"), ("b", None, None), ("c", "柚子", "y.com")]


def test_a_token_is_used_once_however_many_try(engine: Engine) -> None:
    used = SqlUsedTokens(engine)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: used.use("t", NOW + timedelta(minutes=20), NOW), range(8)))
    assert sorted(told) == [False] * 7 + [True]


def test_old_tokens_are_forgotten(engine: Engine) -> None:
    used = SqlUsedTokens(engine)
    used.use("old", NOW + timedelta(minutes=1), NOW)
    assert not used.use("old", NOW + timedelta(minutes=20), NOW + timedelta(seconds=30))
    assert used.use("new", NOW + timedelta(minutes=20), NOW + timedelta(minutes=2))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM used_tokens")).scalar() == 1


def test_accounts_from_before_are_found_by_their_records(engine: Engine, index: SqlRecordIndex) -> None:
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    insert = text(
        "INSERT INTO accounts(id, type, facts, updated_at) VALUES (:id, 'account', :facts, '2026-01-01 00:00:00')"
    )
    kept: tuple[object, ...] = (
        {"crm": {"hubspot": " Company/1"}},
        {"crm": {"salesforce": "salesforce:Account/001xx000003DGWi"}},
        {"crm": "rubbish"},
        {},
    )
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = []
        command.downgrade(config, "0020_signing_keys")
        for id, facts in zip("abcd", kept, strict=True):
            connection.execute(insert, {"id": id, "facts": json.dumps(facts)})
        command.upgrade(config, "head")
    assert index.accounts(RECORD) == ["a"]
    assert index.accounts(crm_record("salesforce:Account/001xx000003DGWiAAO")) == ["b"]
