"""Keeping the records of accounts, opportunities and leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.accounts.handoff import may_convert
from copilot.accounts.observer import Observer
from copilot.accounts.record import ReadRecord, read_record
from copilot.accounts.store import AccountStore
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import LeadNotReady, UnknownAccount
from copilot.people.person import Person
from copilot.transaction import Transactions


class AccountService:
    """One path for every surface."""

    def __init__(
        self,
        *,
        store: AccountStore,
        transactions: Transactions,
        audit: AuditLog,
        observers: Sequence[Observer] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._transactions = transactions
        self._audit = audit
        self._observers = observers
        self._now = now

    def put(
        self, record: Mapping[str, object], *, person: Person, surface: Surface, id: str | None = None
    ) -> ReadRecord:
        """Keep a record in place of the one with its id.

        Raises:
            InvalidAccount: a field has the wrong form; nothing is kept.
            LeadNotReady: a lead becomes an opportunity without a contact or a business need; nothing is kept.
        """
        read = read_record(record, self._now(), id)
        account = read.account
        if account.type is RecordType.OPPORTUNITY:
            before = self._store.get(account.id)
            if before is not None and before.type is RecordType.LEAD:
                check_converts(account)
        with self._transactions.begin() as transaction:
            before = self._store.lock(transaction, account.id)
            self._store.put(transaction, account)
            for observer in self._observers:
                observer.changed(transaction, before, account)
            event = Event(
                action="account.stored",
                actor=person.id,
                subject=account.id,
                surface=surface,
                at=account.updated_at,
                details={"type": account.type.value, "fields": len(account.facts), "unknown": len(read.unknown)},
            )
            self._audit.append(transaction, event)
        return read

    def get(self, id: str) -> Account:
        """Return a record.

        Raises:
            UnknownAccount: there is none.
        """
        account = self._store.get(AccountId(id))
        if account is None:
            raise UnknownAccount(f"There is no account {id!r}. `copilot accounts list` shows what there is.")
        return account

    def list(self, limit: int, after: str | None = None) -> Sequence[Account]:
        """Return records in the order of their ids."""
        return self._store.list(limit, None if after is None else AccountId(after))


def check_converts(account: Account) -> None:
    """Let a lead become an opportunity only with a contact and a stated business need (B7).

    Raises:
        LeadNotReady: names what is missing.
    """
    missing = may_convert(account)
    if missing:
        raise LeadNotReady(
            f"The lead {account.id!r} cannot become an opportunity yet: {', '.join(missing)} missing. Give a contact "
            "(a person with a name in `kp`, or `contact`) and the need (`business_need`, or a note that tells it)."
        )
