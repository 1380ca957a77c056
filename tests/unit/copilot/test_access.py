"""Keys, one-time links and sessions, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.code_store import SqlCodeStore
from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.key_store import SqlKeyStore
from copilot.adapters.sql.password_store import SqlPasswordStore
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.session_store import SqlSessionStore
from copilot.adapters.sql.strike_store import SqlStrikeStore
from copilot.adapters.sql.tables import metadata as copilot_metadata
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.audit.surface import Surface
from copilot.people.access import AccessService
from copilot.people.caller import Caller, the_owner
from copilot.people.invitations import InvitationService
from copilot.people.keys import KeyService
from copilot.people.passwords import PasswordService
from copilot.people.person import OWNER
from copilot.people.session import SessionLimits, Visitor
from copilot.people.sessions import SessionService
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from tests.doubles.signing_in import PlainHasher

CONFIGURED = "a-configured-key-of-32-characters"
MOMENT = timedelta(seconds=1)
_EVERY_HASH = "SELECT hash FROM api_keys UNION SELECT hash FROM sessions UNION SELECT hash FROM one_time_codes"


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time


OWNER_CALLS = the_owner(Surface.CLI)


def service(engine: Engine, clock: Clock | None = None, configured_key: str | None = None) -> AccessService:
    store, people, now, transactions = (
        SqlKeyStore(engine),
        SqlPeopleStore(engine),
        clock or Clock(),
        SqlTransactions(engine),
    )
    audit, codes = SqlAuditLog(engine), SqlCodeStore(engine)
    keys = KeyService(store=store, people=people, transactions=transactions, audit=audit, now=now)
    sessions = SessionService(store=SqlSessionStore(engine), transactions=transactions, audit=audit, now=now)
    passwords = PasswordService(
        store=SqlPasswordStore(engine),
        hasher=PlainHasher(),
        people=people,
        sessions=sessions,
        strikes=SqlStrikeStore(),
        transactions=transactions,
        audit=audit,
        now=now,
    )
    return AccessService(
        store=store,
        people=people,
        keys=keys,
        sessions=sessions,
        codes=codes,
        passwords=passwords,
        invitations=InvitationService(
            codes=codes, people=people, passwords=passwords, transactions=transactions, audit=audit, now=now
        ),
        transactions=transactions,
        configured_key=configured_key,
        now=now,
    )


def who(caller: Caller | None) -> str | None:
    return caller.person.id if caller else None


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(
        f"sqlite:///{tmp_path_factory.mktemp('db') / 'c.db'}", [knowledge_metadata, copilot_metadata]
    )
    yield engine
    engine.dispose()


@pytest.fixture
def engine(migrated: Engine) -> Engine:
    with migrated.begin() as connection:
        connection.execute(text("DELETE FROM api_keys"))
        connection.execute(text("DELETE FROM sessions"))
        connection.execute(text("DELETE FROM one_time_codes"))
    return migrated


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(engine: Engine, clock: Clock) -> AccessService:
    return service(engine, clock)


def opened(access: AccessService, credential: str) -> str:
    session = access.redeem_link(credential) or access.sign_in(credential)
    assert session is not None
    return session


def test_the_first_key_opens_and_is_shown_only_once(access: AccessService) -> None:
    key = access.first_key()

    assert key is not None
    assert who(access.caller_of_key(key)) == OWNER
    assert access.first_key() is None


def test_the_first_key_still_opens_after_a_restart(access: AccessService, engine: Engine) -> None:
    key = access.first_key()
    assert key is not None

    assert who(service(engine).caller_of_key(key)) == OWNER


@pytest.mark.parametrize("key", ["", "wrong", "copilot_", CONFIGURED, "ключ", "\u00ff"])
def test_a_wrong_key_belongs_to_nobody(access: AccessService, key: str) -> None:
    access.first_key()

    assert who(access.caller_of_key(key)) is None
    assert access.sign_in(key) is None


def test_a_configured_key_is_the_owners_and_no_other_is_made(engine: Engine) -> None:
    access = service(engine, configured_key=CONFIGURED)

    assert who(access.caller_of_key(CONFIGURED)) == OWNER
    assert who(access.caller_of_key(CONFIGURED + "x")) is None
    assert access.first_key() is None


def test_the_token_of_a_run_opens_only_that_run(access: AccessService, engine: Engine) -> None:
    assert who(access.caller_of_key(access.run_token)) == OWNER
    assert who(service(engine).caller_of_key(access.run_token)) is None


def test_a_link_opens_one_session_and_no_second(access: AccessService) -> None:
    code = access.new_link_code(OWNER_CALLS)

    assert who(access.caller_of_session(opened(access, code))) == OWNER
    assert access.redeem_link(code) is None


def test_a_link_works_until_its_hour_is_over(access: AccessService, clock: Clock) -> None:
    code = access.new_link_code(OWNER_CALLS)
    clock.time += timedelta(hours=1) - MOMENT

    assert access.redeem_link(code) is not None


def test_a_link_is_dead_after_an_hour(access: AccessService, clock: Clock) -> None:
    code = access.new_link_code(OWNER_CALLS)
    clock.time += timedelta(hours=1)

    assert access.redeem_link(code) is None


def test_a_link_code_is_no_key_and_no_session(access: AccessService) -> None:
    code = access.new_link_code(OWNER_CALLS)

    assert who(access.caller_of_key(code)) is None
    assert who(access.caller_of_session(code)) is None


def test_a_key_opens_as_many_sessions_as_are_needed(access: AccessService) -> None:
    key = access.first_key()
    assert key is not None

    assert len({opened(access, key), opened(access, key)}) == 2


def test_a_session_that_is_used_ends_with_its_length(access: AccessService, clock: Clock) -> None:
    session, limits = opened(access, access.new_link_code(OWNER_CALLS)), SessionLimits()
    ends = clock.time + limits.longest
    while clock.time < ends - MOMENT:
        assert who(access.caller_of_session(session)) == OWNER
        clock.time = min(clock.time + limits.idle - MOMENT, ends - MOMENT)
    assert who(access.caller_of_session(session)) == OWNER
    clock.time = ends
    assert who(access.caller_of_session(session)) is None


def test_a_session_that_nobody_uses_ends_before(access: AccessService, clock: Clock) -> None:
    session = opened(access, access.new_link_code(OWNER_CALLS))
    clock.time += SessionLimits().idle
    assert who(access.caller_of_session(session)) is None


def test_a_link_holds_whichever_process_is_asked(access: AccessService, engine: Engine) -> None:
    code = access.new_link_code(OWNER_CALLS)
    assert service(engine).redeem_link(code) is not None
    assert access.redeem_link(code) is None


def test_signing_in_ends_the_session_that_the_browser_came_with(access: AccessService) -> None:
    first = opened(access, access.new_link_code(OWNER_CALLS))
    second = access.redeem_link(access.new_link_code(OWNER_CALLS), Visitor(session=first))
    assert second is not None
    assert (who(access.caller_of_session(first)), who(access.caller_of_session(second))) == (None, OWNER)


def test_a_session_outlives_a_restart_but_is_no_key(access: AccessService, engine: Engine) -> None:
    session = opened(access, access.new_link_code(OWNER_CALLS))
    restarted = service(engine)

    assert who(restarted.caller_of_session(session)) == OWNER
    assert who(restarted.caller_of_key(session)) is None


def test_neither_keys_nor_sessions_stand_in_the_database(access: AccessService, engine: Engine) -> None:
    key = access.first_key()
    assert key is not None
    session, link = opened(access, key), access.new_link_code(OWNER_CALLS)

    with engine.connect() as connection:
        rows = connection.execute(text(_EVERY_HASH)).scalars().all()

    assert len(rows) == 3
    assert not {key, session, link} & set(rows)


def test_a_link_is_no_key_and_a_key_no_link(access: AccessService) -> None:
    key = access.first_key()
    assert key is not None
    assert access.redeem_link(key) is None
    assert access.sign_in(access.new_link_code(OWNER_CALLS)) is None


def test_the_token_of_this_run_opens_no_session(access: AccessService) -> None:
    assert access.sign_in(access.run_token) is None
    assert access.redeem_link(access.run_token) is None
