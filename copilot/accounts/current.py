"""What is known of an account today: its record, grown older, under the signals that came since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import cast

from copilot.accounts.account import Account, AccountId
from copilot.accounts.events import DAYS_SINCE, AccountEvent
from copilot.accounts.fields import FIELDS, GROWING, LONGEST_SPAN, SHRINKING
from copilot.accounts.signal import Signal
from copilot.accounts.signal_store import SignalStore
from copilot.accounts.store import AccountStore
from copilot.transaction import Transaction

#: Older signals than these no longer change what is known.
MOST_SIGNALS = 2_000

_Facts = dict[str, object]


def current(account: Account, signals: Sequence[Signal], at: datetime) -> Account:
    """Return the record as of a moment; `signals` in any order, those of other accounts and of later are left out.

    The newest word wins: what was observed before the record was kept counts only where the record is silent. An event
    counts when it happened or was told after it; that first value was delivered, and milestones, count for good.
    Counts of days grow by the days since they were told (`contract_end_in_days` shrinks), and follow from
    `contract_start` and `contract_end` where only these are told.
    """
    today = _day(at)
    facts = _dated(_aged(account.facts, (today - _day(account.updated_at)).days), today)
    own = [one for one in signals if one.account_id == account.id and one.at <= at]
    for signal in sorted(own, key=lambda one: (one.at, one.recorded_at, one.id)):
        _apply(facts, signal, account, today)
    return replace(account, facts=facts)


class CurrentAccounts:
    """Implements `AccountStore` over another: what is read is as of now, what is kept stays as it came."""

    def __init__(
        self, store: AccountStore, signals: SignalStore, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._signals = signals
        self._now = now

    def put(self, transaction: Transaction, account: Account) -> None:
        """Keep a record in place of the one with this id."""
        self._store.put(transaction, account)

    def lock(self, transaction: Transaction, id: AccountId) -> Account | None:
        """Return a record for changing, as it was kept."""
        return self._store.lock(transaction, id)

    def get(self, id: AccountId) -> Account | None:
        """Return a record as of now."""
        account = self._store.get(id)
        return None if account is None else self.of(account)

    def list(self, limit: int, after: AccountId | None = None) -> Sequence[Account]:
        """Return records as they were kept, in the order of their ids: names are wanted of lists, not days."""
        return self._store.list(limit, after)

    def of(self, account: Account) -> Account:
        """Return a record as of now."""
        return current(account, self._signals.list(account.id, MOST_SIGNALS), self._now())


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _aged(facts: Mapping[str, object], days: int) -> _Facts:
    """Let the counts of days grow by the days that have passed since they were told."""
    return {name: _older(name, value, days) for name, value in facts.items()}


def _older(name: str, value: object, days: int) -> object:
    if days <= 0 or not isinstance(value, int) or isinstance(value, bool) or name not in GROWING | SHRINKING:
        return value
    grown = value + days if name in GROWING else value - days
    return max(-LONGEST_SPAN, min(LONGEST_SPAN, grown))


def _dated(facts: _Facts, today: date) -> _Facts:
    """Count from the dates of the contract where nobody has counted."""
    start, end = facts.get("contract_start"), facts.get("contract_end")
    if isinstance(start, str) and facts.get("days_since_signing") is None and (days := _days_since(start, today)) >= 0:
        facts["days_since_signing"] = min(days, LONGEST_SPAN)
    if isinstance(end, str) and facts.get("contract_end_in_days") is None:
        facts["contract_end_in_days"] = max(-LONGEST_SPAN, min(LONGEST_SPAN, -_days_since(end, today)))
    return facts


def _days_since(day: str, today: date) -> int:
    return (today - date.fromisoformat(day)).days


def _apply(facts: _Facts, signal: Signal, account: Account, today: date) -> None:
    """Let one signal change the facts; what the record itself told later stays."""
    days = (today - _day(signal.at)).days
    event = AccountEvent(signal.name) if signal.name in set(AccountEvent) else None
    if event is None or (signal.name in FIELDS and signal.value is False):
        if signal.at > account.updated_at or account.facts.get(signal.name) is None:
            facts[signal.name] = _older(signal.name, signal.value, days)
        return
    # An event of last week that is told today is news to a record of yesterday.
    news = max(signal.at, signal.recorded_at) > account.updated_at

    def wins(name: str) -> bool:
        return news or account.facts.get(name) is None

    counter, counted = DAYS_SINCE[event], facts.get(DAYS_SINCE[event])
    if event is not AccountEvent.CONTRACT_SIGNED:
        facts[counter] = min(days, counted) if isinstance(counted, int) else days
    elif wins(counter):
        facts[counter] = days
    _follow(facts, event, signal, wins=wins, days=days, today=today)


def _follow(
    facts: _Facts, event: AccountEvent, signal: Signal, *, wins: Callable[[str], bool], days: int, today: date
) -> None:
    """Let an event change the other facts that it speaks of."""
    text = signal.value.strip() if isinstance(signal.value, str) else ""
    match event:
        case AccountEvent.FIRST_VALUE_DELIVERED:
            facts["first_value_delivered"] = True  # what has happened stays so, whatever a nightly import repeats (C7)
        case AccountEvent.CONTRACT_SIGNED if wins("contract_start"):
            facts["contract_start"] = _day(signal.at).isoformat()
        case AccountEvent.HANDOFF_DONE if wins("handoff"):
            facts["handoff"] = {**cast("dict[str, object]", facts.get("handoff") or {}), "done": True}
        case AccountEvent.COMPLAINT if wins("complaints"):
            told = facts.get("complaints")
            facts["complaints"] = (told if isinstance(told, int) else 0) + 1
        case AccountEvent.MILESTONE_REACHED:
            reached = _items(facts.get("milestones"))
            facts["milestones"] = reached if text in reached else [*reached, text]
        case AccountEvent.VISITED:
            told = facts.get("last_contact_days")
            facts["last_contact_days"] = min(days, told) if isinstance(told, int) else days
        case AccountEvent.KP_LEFT if text and wins("kp"):
            facts["kp"] = [
                one for one in _items(facts.get("kp")) if not (isinstance(one, dict) and one.get("name") == text)
            ]
        case AccountEvent.KP_CHANGED if text and wins("kp"):
            people = _items(facts.get("kp"))
            known = any(isinstance(one, dict) and one.get("name") == text for one in people)
            facts["kp"] = people if known else [*people, {"name": text}]
        case AccountEvent.RENEWAL_SIGNED if wins("contract_end_in_days"):
            facts.pop("contract_end_in_days", None)
            facts.pop("contract_end", None)
            if text:
                facts["contract_end"] = text
                facts["contract_end_in_days"] = -_days_since(text, today)
        case _:
            pass


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
