"""What is known today: the record, grown older, under its signals."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from copilot.accounts.account import Account
from copilot.accounts.current import CurrentAccounts, current
from copilot.accounts.signal import Signal
from tests.doubles.approval import InMemoryAccountStore
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.signals import InMemorySignalStore
from tests.unit.copilot.accounts.standins import NOW, account, signal


def now(record: Account, *signals: Signal) -> dict[str, object]:
    return dict(current(record, signals, NOW).facts)


def test_the_newest_observation_of_a_field_wins() -> None:
    record = account(days_ago=10, seats_active=20)
    seen = (signal("seats_active", 7, days_ago=1), signal("seats_active", 9, days_ago=3))
    assert now(record, *seen)["seats_active"] == 7


def test_a_record_that_is_newer_than_an_observation_stays() -> None:
    record = account(seats_active=20)
    assert now(record, signal("seats_active", 7, days_ago=1))["seats_active"] == 20
    assert now(record, signal("seats_bought", 50, days_ago=1))["seats_bought"] == 50


def test_counts_of_days_grow_while_a_record_lies() -> None:
    record = account(days_ago=5, days_since_signing=20, contract_end_in_days=3, last_contact_days=2, nps=8)
    facts = now(record)
    assert (facts["days_since_signing"], facts["contract_end_in_days"]) == (25, -2)
    assert (facts["last_contact_days"], facts["nps"]) == (7, 8)


def test_days_follow_from_the_dates_of_a_contract() -> None:
    facts = now(account(contract_start="2026-11-06", contract_end="2027/11/6"))
    assert (facts["days_since_signing"], facts["contract_end_in_days"]) == (20, 345)
    assert facts["contract_end"] == "2027-11-06"
    told = now(account(contract_start="2026-11-06", days_since_signing=21))
    assert told["days_since_signing"] == 21


def test_a_contact_lets_the_days_begin_anew() -> None:
    record = account(days_ago=10, last_contact_days=30)
    assert now(record, signal("contacted", days_ago=4))["last_contact_days"] == 4
    assert now(record, signal("visited", days_ago=2))["last_contact_days"] == 2
    assert now(record, signal("contacted", days_ago=60))["last_contact_days"] == 40


def test_first_value_delivered_is_not_taken_back_by_an_import() -> None:
    record = account(first_value_delivered=False)
    facts = now(record, signal("first_value_delivered", days_ago=3))
    assert facts["first_value_delivered"] is True
    assert facts["days_since_first_value_delivered"] == 3
    assert now(record, signal("first_value_delivered", False))["first_value_delivered"] is False


def test_milestones_are_added_once() -> None:
    record = account(days_ago=5, milestones=["签约"])
    reached = [signal("milestone_reached", "首单上线", days_ago=day) for day in (1, 2)]
    assert now(record, *reached)["milestones"] == ["签约", "首单上线"]
    assert record.facts["milestones"] == ["签约"]


def test_people_come_and_go() -> None:
    record = account(days_ago=5, kp=[{"name": "裴总"}, {"name": "小阮"}])
    facts = now(record, signal("kp_left", "裴总", days_ago=2), signal("kp_changed", "何总", days_ago=1))
    assert facts["kp"] == [{"name": "小阮"}, {"name": "何总"}]
    assert (facts["days_since_kp_left"], facts["days_since_kp_changed"]) == (2, 1)


def test_complaints_are_counted_once_the_record_knows_no_better() -> None:
    record = account(days_ago=2, complaints=1)
    assert now(record, signal("complaint", "慢", days_ago=1), signal("complaint", "又慢"))["complaints"] == 3
    assert now(record, signal("complaint", "旧的", days_ago=9))["complaints"] == 1
    assert now(record, signal("complaint", "昨天才说的旧事", days_ago=9, told_days_ago=1))["complaints"] == 2


def test_a_renewal_moves_the_end_or_forgets_it() -> None:
    record = account(days_ago=2, contract_end_in_days=20)
    assert now(record, signal("renewal_signed", "2027-11-26", days_ago=1))["contract_end_in_days"] == 365
    assert "contract_end_in_days" not in now(record, signal("renewal_signed", days_ago=1))


def test_a_handoff_is_done_and_signing_begins_the_count() -> None:
    record = account(days_ago=9, handoff={"owner": "王敏"}, days_since_signing=400)
    facts = now(record, signal("handoff_done", days_ago=1), signal("contract_signed", days_ago=3))
    assert facts["handoff"] == {"owner": "王敏", "done": True}
    assert (facts["days_since_signing"], facts["contract_start"]) == (3, "2026-11-23")


def test_what_lies_ahead_or_belongs_to_others_is_left_out() -> None:
    record = account(days_ago=1, nps=3)
    assert now(record, signal("nps", 9, days_ago=-1)) == now(record)


@given(st.permutations([signal("seats_active", day, days_ago=day) for day in range(4)] + [signal("contacted")]))
def test_the_order_of_signals_does_not_matter(signals: list[Signal]) -> None:
    record = account(days_ago=9)
    assert now(record, *signals) == now(record, *reversed(signals))


def test_stored_accounts_are_read_as_of_now() -> None:
    database = InMemoryDatabase()
    signals = InMemorySignalStore(database)
    accounts = CurrentAccounts(InMemoryAccountStore(database), signals, now=lambda: NOW)
    record = account(days_ago=3, seats_active=1)
    with InMemoryTransactions(database).begin() as transaction:
        accounts.put(transaction, record)
        signals.append(transaction, signal("seats_active", 5, days_ago=1))
    read = accounts.get(record.id)
    assert read is not None
    assert (read.facts["seats_active"], read.updated_at) == (5, NOW - timedelta(days=3))
    assert accounts.list(5) == [record]
