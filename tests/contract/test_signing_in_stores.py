"""What the stores of sessions, codes, passwords, failures and identities promise. Moments lie in the past."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.code_store import SqlCodeStore
from copilot.adapters.sql.identity_store import SqlAttemptStore, SqlIdentityStore
from copilot.adapters.sql.password_store import SqlPasswordStore
from copilot.adapters.sql.session_store import SqlSessionStore
from copilot.adapters.sql.strike_store import SqlStrikeStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.people.identity import Attempt, AttemptStore, Identity, IdentityStore
from copilot.people.one_time import CodeKind, CodeStore, OneTimeCode
from copilot.people.password import KeptPassword, PasswordStore
from copilot.people.session import Session, SessionStore, Way
from copilot.people.throttle import StrikeStore
from copilot.transaction import Transactions
from tests.databases import STORES
from tests.doubles.database import InMemoryTransactions
from tests.doubles.signing_in import (
    InMemoryAttemptStore,
    InMemoryCodeStore,
    InMemoryIdentityStore,
    InMemoryPasswordStore,
    InMemorySessionStore,
    InMemoryStrikeStore,
)

NOW = datetime(2020, 5, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE, OTHER, THIRD = "a" * 64, "b" * 64, "c" * 64


@dataclass(frozen=True, kw_only=True)
class Stores:
    transactions: Transactions
    sessions: SessionStore
    codes: CodeStore
    passwords: PasswordStore
    strikes: StrikeStore
    identities: IdentityStore
    attempts: AttemptStore


@pytest.fixture(params=STORES)
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return Stores(
            transactions=InMemoryTransactions(),
            sessions=InMemorySessionStore(),
            codes=InMemoryCodeStore(),
            passwords=InMemoryPasswordStore(),
            strikes=InMemoryStrikeStore(),
            identities=InMemoryIdentityStore(),
            attempts=InMemoryAttemptStore(),
        )
    engine: Engine = request.getfixturevalue("engine")
    return Stores(
        transactions=SqlTransactions(engine),
        sessions=SqlSessionStore(engine),
        codes=SqlCodeStore(engine),
        passwords=SqlPasswordStore(engine),
        strikes=SqlStrikeStore(),
        identities=SqlIdentityStore(engine),
        attempts=SqlAttemptStore(),
    )


def session(id: str, person: str = "王敏", at: datetime = NOW) -> Session:
    return Session(id=id[:12], person=person, way=Way.PASSWORD, browser="Firefox/1", opened_at=at, seen_at=at)


def keep(stores: Stores, *sessions: tuple[str, Session]) -> None:
    with stores.transactions.begin() as transaction:
        for hashed, one in sessions:
            stores.sessions.add(transaction, hashed, one)


def test_a_session_comes_back_as_it_went_in(stores: Stores) -> None:
    elsewhere = session(ONE, at=NOW.astimezone(timezone(timedelta(hours=8))))
    keep(stores, (ONE, elsewhere), (OTHER, session(OTHER, "owner")))
    assert (stores.sessions.find(ONE), stores.sessions.find(THIRD)) == (elsewhere, None)
    assert stores.sessions.of("王敏") == [elsewhere]


def test_the_session_that_was_used_last_is_the_first(stores: Stores) -> None:
    keep(stores, (ONE, session(ONE)), (OTHER, session(OTHER)))
    stores.sessions.seen(OTHER[:12], NOW + HOUR)
    assert [one.id for one in stores.sessions.of("王敏")] == [OTHER[:12], ONE[:12]]
    found = stores.sessions.find(OTHER)
    assert found is not None
    assert (found.opened_at, found.seen_at) == (NOW, NOW + HOUR)


def test_sessions_end_one_by_one_or_all_but_one(stores: Stores) -> None:
    keep(stores, *((hashed, session(hashed)) for hashed in (ONE, OTHER, THIRD)), ("d" * 64, session("d" * 12, "owner")))
    with stores.transactions.begin() as transaction:
        assert stores.sessions.end(transaction, ONE[:12])
        assert not stores.sessions.end(transaction, ONE[:12])
        assert stores.sessions.end_all(transaction, "王敏", but=OTHER[:12]) == 1
    assert [one.id for one in stores.sessions.of("王敏")] == [OTHER[:12]]
    with stores.transactions.begin() as transaction:
        assert stores.sessions.end_all(transaction, "王敏") == 1
    assert len(stores.sessions.of("owner")) == 1


def test_sessions_that_ran_out_are_swept(stores: Stores) -> None:
    keep(
        stores,
        (ONE, session(ONE, at=NOW - DAY)),
        (OTHER, session(OTHER, at=NOW)),
        (THIRD, session(THIRD, at=NOW - DAY)),
    )
    stores.sessions.seen(THIRD[:12], NOW)
    with stores.transactions.begin() as transaction:
        stores.sessions.sweep(transaction, NOW - 2 * DAY, NOW - HOUR)
    assert {one.id for one in stores.sessions.of("王敏")} == {OTHER[:12], THIRD[:12]}


def code(person: str = "王敏", kind: CodeKind = CodeKind.INVITATION, at: datetime = NOW) -> OneTimeCode:
    return OneTimeCode(kind=kind, person=person, made_by="owner", made_at=at, expires_at=at + DAY)


def test_a_code_is_used_once(stores: Stores) -> None:
    with stores.transactions.begin() as transaction:
        stores.codes.add(transaction, ONE, code())
    assert stores.codes.find(ONE) == code()
    with stores.transactions.begin() as transaction:
        assert stores.codes.use(transaction, ONE) == code()
        assert stores.codes.use(transaction, ONE) is None
    assert stores.codes.find(ONE) is None


def test_of_many_who_use_a_code_at_once_one_gets_it(stores: Stores) -> None:
    with stores.transactions.begin() as transaction:
        stores.codes.add(transaction, ONE, code())
    got: list[OneTimeCode | None] = []

    def use() -> None:
        with stores.transactions.begin() as transaction:
            got.append(stores.codes.use(transaction, ONE))

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(one is not None for one in got) == [False] * 5 + [True]


def test_codes_are_listed_by_kind_and_ended_by_person(stores: Stores) -> None:
    link, late = code(kind=CodeKind.LINK), code("owner", at=NOW + HOUR)
    with stores.transactions.begin() as transaction:
        for hashed, one in ((ONE, code()), (OTHER, link), (THIRD, late)):
            stores.codes.add(transaction, hashed, one)
    assert stores.codes.of_kind(CodeKind.INVITATION, NOW) == [code(), late]
    assert stores.codes.of_kind(CodeKind.INVITATION, NOW + DAY) == [late]
    with stores.transactions.begin() as transaction:
        assert stores.codes.end_all(transaction, "王敏", CodeKind.INVITATION) == 1
    assert stores.codes.find(OTHER) == link
    with stores.transactions.begin() as transaction:
        assert stores.codes.end_all(transaction, "王敏") == 1


def test_codes_that_expired_are_forgotten_with_the_next(stores: Stores) -> None:
    with stores.transactions.begin() as transaction:
        stores.codes.add(transaction, ONE, code())
        stores.codes.add(transaction, OTHER, code(at=NOW + 2 * DAY))
    assert stores.codes.find(ONE) is None


def test_a_person_has_one_password(stores: Stores) -> None:
    first = KeptPassword(person="王敏", hash="$argon2id$1", set_at=NOW)
    second = replace(first, hash="$argon2id$2", set_at=NOW + HOUR)
    with stores.transactions.begin() as transaction:
        stores.passwords.put(transaction, first)
        stores.passwords.put(transaction, second)
        stores.passwords.put(transaction, replace(first, person="li"))
    assert (stores.passwords.password("王敏"), stores.passwords.password("x")) == (second, None)
    with stores.transactions.begin() as transaction:
        assert stores.passwords.take_away(transaction, "li")
        assert not stores.passwords.take_away(transaction, "li")
    assert stores.passwords.with_password() == {"王敏"}


def struck(stores: Stores, at: datetime, key: str = "account:x") -> tuple[int, datetime | None]:
    with stores.transactions.begin() as transaction:
        counted = stores.strikes.strike(transaction, key, at, at - DAY)
    return counted.count, counted.blocked_until


def test_failures_are_counted_from_the_first_within_the_time(stores: Stores) -> None:
    assert [struck(stores, NOW + n * HOUR)[0] for n in range(3)] == [1, 2, 3]
    assert struck(stores, NOW + DAY) == (4, None)
    assert struck(stores, NOW + DAY + timedelta(seconds=1)) == (1, None)
    assert struck(stores, NOW, "account:y") == (1, None)


def test_a_block_is_kept_until_it_is_forgiven(stores: Stores) -> None:
    struck(stores, NOW)
    with stores.transactions.begin() as transaction:
        stores.strikes.block(transaction, "account:x", NOW + HOUR)
    assert struck(stores, NOW) == (2, NOW + HOUR)
    with stores.transactions.begin() as transaction:
        stores.strikes.forgive(transaction, "account:x")
    assert struck(stores, NOW) == (2, None)
    with stores.transactions.begin() as transaction:
        stores.strikes.clear(transaction, "account:x")
    assert struck(stores, NOW) == (1, None)


def test_old_failures_are_swept(stores: Stores) -> None:
    struck(stores, NOW)
    struck(stores, NOW + HOUR, "account:y")
    with stores.transactions.begin() as transaction:
        stores.strikes.sweep(transaction, NOW + timedelta(minutes=1))
    assert (struck(stores, NOW + HOUR)[0], struck(stores, NOW + HOUR, "account:y")[0]) == (1, 2)


def test_those_who_try_at_once_are_all_counted(stores: Stores) -> None:
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(struck(stores, NOW)[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(counts) == list(range(1, 9))


def identity(subject: str = "sub-1", person: str = "王敏", issuer: str = "https://login.example.com") -> Identity:
    return Identity(issuer=issuer, subject=subject, person=person, email="wang@example.com", bound_at=NOW, used_at=NOW)


def test_an_identity_is_bound_once(stores: Stores) -> None:
    with stores.transactions.begin() as transaction:
        assert stores.identities.bind(transaction, identity())
        assert not stores.identities.bind(transaction, identity(person="li"))
        assert stores.identities.bind(transaction, identity(issuer="https://other.example.com", person="li"))
        stores.identities.used(transaction, "https://login.example.com", "sub-1", NOW + HOUR)
    assert stores.identities.identity("https://login.example.com", "sub-1") == replace(identity(), used_at=NOW + HOUR)
    assert stores.identities.identity("https://login.example.com", "SUB-1") is None
    assert len(stores.identities.of("li")) == 1


def test_identities_are_released_at_one_provider(stores: Stores) -> None:
    elsewhere = identity(issuer="https://other.example.com")
    with stores.transactions.begin() as transaction:
        stores.identities.bind(transaction, identity())
        stores.identities.bind(transaction, elsewhere)
        assert stores.identities.release(transaction, "王敏", "https://login.example.com") == 1
    assert stores.identities.of("王敏") == [elsewhere]


def test_an_attempt_is_finished_once_and_expired_ones_are_forgotten(stores: Stores) -> None:
    attempt = Attempt(
        browser_hash=THIRD,
        nonce="n",
        verifier="v",
        redirect_uri="https://copilot.example.com/login/provider/back",
        back="/app/accounts?page=2",
        binds=None,
        expires_at=NOW,
    )
    late = replace(attempt, binds="王敏", expires_at=NOW + HOUR)
    with stores.transactions.begin() as transaction:
        stores.attempts.begin(transaction, ONE, attempt, NOW)
        stores.attempts.begin(transaction, OTHER, late, NOW + timedelta(seconds=1))
        assert stores.attempts.finish(transaction, ONE) is None
        assert stores.attempts.finish(transaction, OTHER) == late
        assert stores.attempts.finish(transaction, OTHER) is None
