"""Signals are added all or none, once, and told in the audit log; leads keep to their rule (B7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from copilot.accounts.service import AccountService
from copilot.accounts.signal_service import MOST_OBSERVATIONS, Added, SignalService
from copilot.audit.surface import Surface
from copilot.errors import InvalidSignal, LeadNotReady, UnknownAccount
from copilot.people.person import owner
from tests.doubles.approval import InMemoryAccountStore
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.signals import InMemorySignalStore
from tests.unit.copilot.accounts.standins import NOW


class Book:
    """Accounts and their signals, in memory."""

    def __init__(self) -> None:
        database = InMemoryDatabase()
        accounts, transactions = InMemoryAccountStore(database), InMemoryTransactions(database)
        self.audit = InMemoryAuditLog(database)
        self.service = AccountService(store=accounts, transactions=transactions, audit=self.audit, now=self.now)
        self.signals = SignalService(
            accounts=accounts,
            signals=InMemorySignalStore(database),
            transactions=transactions,
            audit=self.audit,
            now=self.now,
        )
        self.put(seats_active=20)

    def now(self) -> datetime:
        return NOW

    def put(self, **record: Any) -> None:
        self.service.put({"id": "a1", **record}, person=owner(), surface=Surface.CLI)

    def add(self, *observations: dict[str, Any], to: str = "a1") -> Added:
        return self.signals.add(to, observations, person=owner(), surface=Surface.HTTP)

    def names(self) -> list[str]:
        return [one.name for one in self.signals.list("a1", 10)]


@pytest.fixture
def book() -> Book:
    return Book()


def test_what_was_observed_is_kept_told_and_known(book: Book) -> None:
    added = book.add({"name": "contacted", "at": "2026-11-25T09:00:00Z"}, {"name": "complaint", "value": "慢"})
    assert (added.new, [one.source for one in added.signals]) == (2, ["owner", "owner"])
    assert book.names() == ["complaint", "contacted"]
    assert book.audit.actions == ["account.stored", "account.signal"]
    assert book.audit.events[-1].details == {"signals": 2, "names": "complaint, contacted"}
    known = book.signals.current(book.service.get("a1"))
    assert (known.facts["complaints"], known.facts["last_contact_days"]) == (1, 1)


def test_the_same_again_adds_nothing_and_is_no_event(book: Book) -> None:
    seen = {"name": "nps", "value": 8, "at": "2026-11-20T09:00:00Z"}
    assert [book.add(seen).new, book.add(seen).new, book.add(seen, seen).new] == [1, 0, 0]
    assert book.audit.actions.count("account.signal") == 1


def test_one_wrong_observation_keeps_all_out(book: Book) -> None:
    with pytest.raises(InvalidSignal, match="Signal 2 of 2 cannot be kept: name: 'mood'"):
        book.add({"name": "contacted"}, {"name": "mood", "value": 1})
    assert book.names() == []


@pytest.mark.parametrize("count", [0, MOST_OBSERVATIONS + 1])
def test_a_request_holds_some_and_not_too_many(book: Book, count: int) -> None:
    with pytest.raises(InvalidSignal, match="in parts"):
        book.add(*[{"name": "contacted"}] * count)


def test_an_unknown_account_has_no_signals(book: Book) -> None:
    with pytest.raises(UnknownAccount):
        book.add({"name": "contacted"}, to="a9")
    with pytest.raises(UnknownAccount):
        book.signals.list("a9", 1)


def test_a_lead_becomes_an_opportunity_with_a_contact_and_a_need(book: Book) -> None:
    book.put(type="lead", contact="何总 138")
    with pytest.raises(LeadNotReady, match="business_need missing") as caught:
        book.put(type="opportunity", contact="何总 138")
    assert caught.value.code == "lead_not_ready"
    assert book.service.get("a1").type.value == "lead"
    book.put(lifecycle_stage="商机", kp=[{"name": "何总"}], notes="希望年前把三家店的会员打通")
    assert book.service.get("a1").type.value == "opportunity"


def test_a_signal_is_no_way_around_that(book: Book) -> None:
    book.put(type="lead", contact="何总 138")
    with pytest.raises(LeadNotReady):
        book.add({"name": "stage", "value": "opportunity"})
    assert book.add({"name": "business_need", "value": "会员打通"}, {"name": "stage", "value": "opportunity"}).new == 2


def test_who_was_never_a_lead_here_is_taken_as_it_comes(book: Book) -> None:
    book.service.put({"id": "a2", "type": "opportunity"}, person=owner(), surface=Surface.CLI)
    assert book.service.get("a2").type.value == "opportunity"


def test_a_note_joins_those_before_it_with_day_and_person(book: Book) -> None:
    book.signals.note("a1", " 老板说\n要换人 ", person=owner(), surface=Surface.APP)
    book.signals.note("a1", "约了周五", person=owner(), surface=Surface.APP)
    day = NOW.date().isoformat()
    assert book.signals.current(book.service.get("a1")).text("notes") == (
        f"{day} Owner: 老板说 要换人\n{day} Owner: 约了周五"
    )
    with pytest.raises(InvalidSignal, match="empty"):
        book.signals.note("a1", " \n ", person=owner(), surface=Surface.APP)


def test_notes_end_where_a_record_ends_them(book: Book) -> None:
    book.signals.note("a1", "长" * 15_000, person=owner(), surface=Surface.APP)
    with pytest.raises(InvalidSignal, match="20000"):
        book.signals.note("a1", "长" * 10_000, person=owner(), surface=Surface.APP)
