"""Adding what was observed about accounts, and what is known of them with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.accounts.current import MOST_SIGNALS, current
from copilot.accounts.observation import read_signal
from copilot.accounts.service import check_converts
from copilot.accounts.signal import Signal
from copilot.accounts.signal_store import SignalStore
from copilot.accounts.store import AccountStore
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import InvalidSignal, UnknownAccount
from copilot.people.person import Person
from copilot.transaction import Transactions

#: In one request.
MOST_OBSERVATIONS = 500


@dataclass(frozen=True, kw_only=True)
class Added:
    """The signals of one request in its order; `new` of them were not known before."""

    signals: tuple[Signal, ...]
    new: int


class SignalService:
    """One path for every surface."""

    def __init__(
        self,
        *,
        accounts: AccountStore,
        signals: SignalStore,
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._accounts = accounts
        self._signals = signals
        self._transactions = transactions
        self._audit = audit
        self._now = now

    def add(
        self, account_id: str, observations: Sequence[Mapping[str, object]], *, person: Person, surface: Surface
    ) -> Added:
        """Add observations to what is known, all or none; those that are there already change nothing.

        Raises:
            UnknownAccount: there is no record for them.
            InvalidSignal: one cannot be kept; the message says which.
            LeadNotReady: a lead is said to be an opportunity without a contact or a business need (B7).
        """
        account = self._account(account_id)
        if not 0 < len(observations) <= MOST_OBSERVATIONS:
            raise InvalidSignal(f"{len(observations)} signals are not 1 to {MOST_OBSERVATIONS}. Send them in parts.")
        now = self._now()
        alone = len(observations) == 1
        signals = tuple(
            read_signal(
                account.id,
                one,
                source=person.id,
                now=now,
                place="The signal" if alone else f"Signal {number} of {len(observations)}",
            )
            for number, one in enumerate(observations, start=1)
        )
        self._check_stage(account, signals)
        with self._transactions.begin() as transaction:
            new = [one for one in signals if self._signals.append(transaction, one)]
            if new:
                event = Event(
                    action="account.signal",
                    actor=person.id,
                    subject=account.id,
                    surface=surface,
                    at=now,
                    details={"signals": len(new), "names": ", ".join(sorted({one.name for one in new}))},
                )
                self._audit.append(transaction, event)
        return Added(signals=signals, new=len(new))

    def note(self, account_id: str, text: str, *, person: Person, surface: Surface) -> Added:
        """Add a line to what is noted of an account, with the day and who says it; the lines before it stay.

        Raises:
            UnknownAccount: there is no record for it.
            InvalidSignal: it says nothing, or the notes would become too long.
        """
        account = self._account(account_id)
        said = " ".join(text.split())
        if not said:
            raise InvalidSignal("The note is empty. Write what you have heard or seen.")
        line = f"{self._now().date().isoformat()} {person.name}: {said}"
        noted = self.current(account).text("notes")
        value = f"{noted}\n{line}" if noted else line
        return self.add(account_id, [{"name": "notes", "value": value}], person=person, surface=surface)

    def list(self, account_id: str, limit: int, *, newest_first: bool = True) -> Sequence[Signal]:
        """Return what was observed about an account, by time.

        Raises:
            UnknownAccount: there is no such record.
        """
        return self._signals.list(self._account(account_id).id, limit, newest_first=newest_first)

    def current(self, account: Account) -> Account:
        """Return a record as of now, under its signals."""
        return current(account, self._signals.list(account.id, MOST_SIGNALS), self._now())

    def _check_stage(self, account: Account, signals: Sequence[Signal]) -> None:
        """A signal is no way around what a lead needs (B7)."""
        if account.type is RecordType.LEAD:
            told = self.current(account)
            for one in signals:
                if one.name == "lifecycle_stage" and one.value == RecordType.OPPORTUNITY:
                    check_converts(told)
                told = replace(told, facts={**told.facts, one.name: one.value})

    def _account(self, id: str) -> Account:
        account = self._accounts.get(AccountId(id))
        if account is None:
            raise UnknownAccount(f"There is no account {id!r}. `copilot accounts list` shows what there is.")
        return account
