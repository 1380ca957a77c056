"""A signal: something observed about an account at a time, by a source. Signals are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from copilot.accounts.account import AccountId

SignalId = NewType("SignalId", str)
#: Numbers, flags and short texts are observed; whole records are not.
SignalValue = bool | int | float | str | None


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One observation, as `seats_active = 7, seen by the product at 9:00`."""

    id: SignalId
    account_id: AccountId
    name: str  #: a field of the record (`seats_active`), or an event (`first_value_delivered`, `kp_changed`)
    value: SignalValue
    source: str  #: who saw it: a system's name or a person's id
    at: datetime  #: when it was so; never in the future
    recorded_at: datetime
