"""What is kept of a contact of a customer: given as a whole, and erased as far as nothing else needs it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from copilot.accounts.account import Account, AccountId
from copilot.accounts.contact import Contact, contact_of
from copilot.accounts.store import AccountStore
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.errors import InvalidRequest, UnknownAccount, UnknownContact
from copilot.people.caller import Caller
from copilot.people.erasure import ERASED, Outcome
from copilot.people.person import Person
from copilot.transaction import Transaction, Transactions
from knowledge.text import is_storable

LONGEST_NAME = 200
#: The record of a CRM is the master, and what it sends is kept.
AGAIN = (
    "CRM 再次推送这条记录时,联系人会随之回来:请先在 CRM 里删除,再在这里删除。",
    "When the CRM sends the record again, the contact comes back with it: clean the CRM first, then erase here.",
)


@dataclass(frozen=True, kw_only=True)
class Mentions:
    """Where an account's texts name the contact, by id; `documents` by source, and they stay as they are."""

    drafts: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    conversations: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContactExport:
    """Rows by table, plain values only."""

    contact: Contact
    rows: Mapping[str, Sequence[Mapping[str, object]]]
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ContactErasure:
    """What was done table by table, or would be where it is a `preview`."""

    contact: Contact
    preview: bool
    outcomes: tuple[Outcome, ...]
    mentions: Mentions


class ContactRecords(Protocol):
    """Port: every row of an account that names a contact."""

    def export(self, account: AccountId, contact: Contact) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return them by table; tables without any are left out."""
        ...

    def mentions(self, transaction: Transaction, account: AccountId, contact: Contact) -> Mentions:
        """Return what names them."""
        ...

    def documents(self, contact: Contact) -> Sequence[str]:
        """Return the sources of current documents that name them, in order."""
        ...

    def erase(
        self, transaction: Transaction, account: AccountId, contact: Contact, pseudonym: str
    ) -> Sequence[Outcome]:
        """Delete, empty and rename; what was approved or sent stays."""
        ...


class _OnlyLooked(Exception):  # no error: it ends a transaction that must leave nothing behind
    def __init__(self, made: ContactErasure) -> None:
        self.made = made


class ContactErasureService:
    """Routes see to it that only those come here who may manage people."""

    def __init__(
        self,
        *,
        records: ContactRecords,
        accounts: AccountStore,
        ours: Callable[[], Sequence[Person]],
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_pseudonym: Callable[[], str] = lambda: ERASED + secrets.token_hex(4),
    ) -> None:
        """`ours` returns our own people, whose names are never replaced."""
        self._records = records
        self._accounts = accounts
        self._ours = ours
        self._transactions = transactions
        self._audit = audit
        self._now = now
        self._new_pseudonym = new_pseudonym

    def export(self, caller: Caller, account: str, name: str) -> ContactExport:
        """Return everything that is kept of a contact; that it was taken stands in the audit log, without the name.

        Raises:
            UnknownAccount: no record has this id.
            UnknownContact: nothing here names them.
            InvalidRequest: it is no name.
        """
        found = self._accounts.get(AccountId(account))
        contact = self._contact(found, account, name)
        rows = self._records.export(AccountId(account), contact)
        if not rows:
            raise _unknown(contact, account)
        with self._transactions.begin() as transaction:
            self._tell(transaction, "contact.exported", caller, account, rows=sum(map(len, rows.values())))
        return ContactExport(contact=contact, rows=rows, documents=tuple(self._records.documents(contact)))

    def erase(self, caller: Caller, account: str, name: str, *, preview: bool = False) -> ContactErasure:
        """Erase a contact, all or nothing; a `preview` does the same and takes it back, so that it tells what is true.

        Raises:
            UnknownAccount: no record has this id.
            UnknownContact: nothing here names them.
            InvalidRequest: it is no name.
        """
        try:
            with self._transactions.begin() as transaction:
                made = self._erased(transaction, caller, account, name, preview=preview)
                if preview:
                    raise _OnlyLooked(made)
        except _OnlyLooked as looked:
            return looked.made
        return made

    def _erased(
        self, transaction: Transaction, caller: Caller, account: str, name: str, *, preview: bool
    ) -> ContactErasure:
        id = AccountId(account)
        contact = self._contact(self._accounts.lock(transaction, id), account, name)
        mentions = self._records.mentions(transaction, id, contact)
        outcomes = tuple(self._records.erase(transaction, id, contact, self._new_pseudonym()))
        if not outcomes:
            raise _unknown(contact, account)
        counts = {
            done: sum(one.rows for one in outcomes if one.done == done) for done in ("deleted", "emptied", "renamed")
        }
        self._tell(transaction, "contact.erased", caller, account, **counts)
        return ContactErasure(contact=contact, preview=preview, outcomes=outcomes, mentions=mentions)

    def _contact(self, account: Account | None, id: str, name: str) -> Contact:
        if not 0 < len(name.strip()) <= LONGEST_NAME or not is_storable(name) or not name.strip().isprintable():
            raise InvalidRequest(
                f"The name of a contact has 1 to {LONGEST_NAME} visible characters. Write it as the record does."
            )
        if account is None:
            raise UnknownAccount(f"There is no account {id!r}. `copilot accounts list` shows all.")
        return contact_of(account, name, self._ours())

    def _tell(self, transaction: Transaction, action: str, by: Caller, account: str, **counts: int) -> None:
        event = Event(
            action=action, actor=by.person.id, subject=account, surface=by.surface, at=self._now(), details=dict(counts)
        )
        self._audit.append(transaction, event)


def _unknown(contact: Contact, account: str) -> UnknownContact:
    limit = f" Texts were not searched: {contact.limit[1]}." if contact.limit else ""
    return UnknownContact(
        f"Nothing in account {account!r} names {contact.name!r}.{limit} `copilot accounts show` shows its people."
    )
