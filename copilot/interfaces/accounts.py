"""The use cases around account records, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from typing import Any, Protocol

from copilot.accounts.account import Account
from copilot.accounts.contradictions import findings_of
from copilot.accounts.fields import FIELDS
from copilot.accounts.record import unknown_fields
from copilot.accounts.service import AccountService
from copilot.accounts.signal import Signal
from copilot.accounts.signal_service import SignalService
from copilot.audit.surface import Surface
from copilot.interfaces.account_contract import FactFindingBody, SignalList, SignalsAdded, SignalShown
from copilot.interfaces.draft_contract import AccountBody, AccountList
from copilot.people.person import Person


class Accounts(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def put(self, id: str | None, record: Mapping[str, Any]) -> AccountBody:
        """Keep a record in place of the one with its id."""
        ...

    def get(self, id: str) -> AccountBody:
        """Return a record."""
        ...

    def list(self, limit: int, after: str | None = None) -> AccountList:
        """Return records in the order of their ids."""
        ...

    def add_signals(self, id: str, observations: Sequence[Mapping[str, Any]]) -> SignalsAdded:
        """Add what was observed about an account, all or none."""
        ...

    def signals(self, id: str, limit: int) -> SignalList:
        """Return what was observed, newest first."""
        ...


class LocalAccounts:
    """Implements `Accounts`."""

    def __init__(
        self,
        service: AccountService,
        signals: SignalService,
        *,
        person: str,
        person_of: Callable[[str], Person],
        surface: Surface = Surface.CLI,
    ) -> None:
        self._service = service
        self._signals = signals
        self._person = person
        self._person_of = person_of
        self._surface = surface

    def as_caller(self, person: str, surface: Surface) -> LocalAccounts:
        """Return the use cases for somebody else."""
        return LocalAccounts(self._service, self._signals, person=person, person_of=self._person_of, surface=surface)

    def put(
        self,
        id: str | None,
        record: Mapping[str, Any],
        *,
        person: str | None = None,
        surface: Surface | None = None,
    ) -> AccountBody:
        """Keep a record."""
        caller = self._person_of(person or self._person)
        return account_body(self._service.put(record, person=caller, surface=surface or self._surface, id=id).account)

    def get(self, id: str) -> AccountBody:
        """Return a record."""
        return account_body(self._service.get(id))

    def current(self, id: str) -> Account:
        """Return a record as of today: grown older, under the signals that came since."""
        return self._signals.current(self._service.get(id))

    def list(self, limit: int, after: str | None = None) -> AccountList:
        """Return records in the order of their ids."""
        return AccountList(accounts=[account_body(account) for account in self._service.list(limit, after)])

    def add_signals(
        self,
        id: str,
        observations: Sequence[Mapping[str, Any]],
        *,
        person: str | None = None,
        surface: Surface | None = None,
    ) -> SignalsAdded:
        """Add what was observed about an account, all or none."""
        caller = self._person_of(person or self._person)
        added = self._signals.add(id, observations, person=caller, surface=surface or self._surface)
        shown = [_signal_shown(one) for one in added.signals]
        return SignalsAdded(signals=shown, changed=self._changed(id), new=added.new)

    def note(self, id: str, text: str) -> SignalsAdded:
        """Add to what is noted of an account, with the day and who says it."""
        added = self._signals.note(id, text, person=self._person_of(self._person), surface=self._surface)
        return SignalsAdded(signals=[_signal_shown(one) for one in added.signals], new=added.new)

    def signals(self, id: str, limit: int) -> SignalList:
        """Return what was observed, newest first."""
        shown = [_signal_shown(one) for one in self._signals.list(id, limit)]
        return SignalList(signals=shown, changed=self._changed(id))

    def _changed(self, id: str) -> dict[str, Any]:
        account = self._service.get(id)
        facts = self._signals.current(account).facts
        names = sorted(facts.keys() | account.facts.keys())
        return {name: facts.get(name) for name in names if facts.get(name) != account.facts.get(name)}


def account_body(account: Account) -> AccountBody:
    """Show a record."""
    shown = dict.fromkeys(FIELDS) | dict(account.facts)
    ours = {
        "id": account.id,
        "type": account.type.value,
        "updated_at": account.updated_at,
        "unknown": list(unknown_fields(account)),
        "findings": finding_bodies(account),
    }
    return AccountBody.model_validate(shown | ours)


def finding_bodies(account: Account) -> list[FactFindingBody]:
    """Show what to look at in a record; its days count from the day it was kept."""
    found = findings_of(account, account.updated_at.astimezone(UTC).date())
    return [
        FactFindingBody(field=one.field, code=one.code, message_zh=one.message_zh, message_en=one.message_en)
        for one in found
    ]


def _signal_shown(signal: Signal) -> SignalShown:
    return SignalShown(
        id=signal.id,
        name=signal.name,
        value=signal.value,
        source=signal.source,
        at=signal.at,
        recorded_at=signal.recorded_at,
    )
