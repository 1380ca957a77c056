"""Records and signals for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.accounts.record import read_record
from copilot.accounts.signal import Signal, SignalId, SignalValue

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def account(*, days_ago: float = 0, type: RecordType = RecordType.ACCOUNT, **facts: object) -> Account:
    """A record that was kept so many days ago."""
    return read_record({"id": "a1", "type": type.value, **facts}, NOW - timedelta(days=days_ago)).account


def signal(name: str, value: SignalValue = None, *, days_ago: float = 0, told_days_ago: float | None = None) -> Signal:
    """An observation of so many days ago, told at once unless said otherwise."""
    at = NOW - timedelta(days=days_ago)
    told = at if told_days_ago is None else NOW - timedelta(days=told_days_ago)
    return Signal(
        id=SignalId(f"{name}-{days_ago}"),
        account_id=AccountId("a1"),
        name=name,
        value=value,
        source="product",
        at=at,
        recorded_at=told,
    )
