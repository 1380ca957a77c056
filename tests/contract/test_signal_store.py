"""What every `SignalStore` promises."""

from __future__ import annotations

import pytest

from copilot.accounts.account import Account, AccountId
from copilot.accounts.signal import Signal, SignalId, SignalValue
from tests.contract.material import START, after
from tests.contract.records import Records


def signal(id: str, *, minutes: int = 0, of: str = "a1", value: SignalValue = 7) -> Signal:
    return Signal(
        id=SignalId(id),
        account_id=AccountId(of),
        name="seats_active",
        value=value,
        source="产品",
        at=after(minutes),
        recorded_at=after(60),
    )


def append(records: Records, *signals: Signal) -> list[bool]:
    with records.transactions.begin() as transaction:
        for id in ("a1", "a2"):
            records.accounts.put(transaction, Account(id=AccountId(id), updated_at=START))
        return [records.signals.append(transaction, one) for one in signals]


@pytest.mark.parametrize("value", [None, True, 0, 2.5, "裴总升职了"])
def test_a_signal_comes_back_as_it_went_in(records: Records, value: SignalValue) -> None:
    kept = signal("s1", value=value)
    assert append(records, kept) == [True]
    assert records.signals.list(kept.account_id, 10) == [kept]


def test_the_same_id_twice_keeps_the_first(records: Records) -> None:
    assert append(records, signal("s1"), signal("s1", value=9)) == [True, False]
    assert append(records, signal("s1", value=9)) == [False]
    assert [one.value for one in records.signals.list(AccountId("a1"), 10)] == [7]


def test_the_same_id_for_another_account_is_another_signal(records: Records) -> None:
    mine, theirs = signal("s1"), signal("s1", of="a2", value=9)
    assert append(records, mine, theirs) == [True, True]
    assert records.signals.list(AccountId("a1"), 10) == [mine]
    assert records.signals.list(AccountId("a2"), 10) == [theirs]


def test_signals_are_listed_by_time_and_account(records: Records) -> None:
    append(records, signal("b", minutes=2), signal("c", minutes=1), signal("a", minutes=1), signal("d", of="a2"))
    assert [one.id for one in records.signals.list(AccountId("a1"), 10)] == ["b", "c", "a"]
    assert [one.id for one in records.signals.list(AccountId("a1"), 2, newest_first=False)] == ["a", "c"]
    assert records.signals.list(AccountId("nobody"), 10) == []
