"""Which account somebody looks at in a CRM: known, one of a few to choose from, or none yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copilot.accounts.account import Account, AccountId
from copilot.accounts.crm_record import CrmRecord, records_in
from copilot.accounts.likeness import Likeness, alike
from copilot.accounts.record_index import RecordIndex
from copilot.accounts.service import AccountService
from copilot.accounts.store import AccountStore
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import InvalidRequest, UnknownAccount
from copilot.people.person import Person
from copilot.transaction import Transaction, Transactions

#: Facts that a CRM may show of a record, which a new account can begin with.
SHOWN = ("name", "website", "industry", "city")


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """What a record was recognised as; without an account, `choices` are those it may be."""

    account: AccountId | None = None
    choices: Sequence[Likeness] = ()


class RecordIndexing:
    """Implements `Observer`: the index follows what accounts say of themselves."""

    def __init__(self, index: RecordIndex) -> None:
        self._index = index

    def changed(self, transaction: Transaction, before: Account | None, after: Account) -> None:
        """Take note of the records that an account names."""
        records = records_in(after)
        if before is None or records_in(before) != records:
            self._index.named(transaction, after.id, records)


class RecognisingService:
    """Finds, binds and creates; nothing is bound or created before a person says so."""

    def __init__(
        self,
        *,
        index: RecordIndex,
        store: AccountStore,
        accounts: AccountService,
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._index = index
        self._store = store
        self._accounts = accounts
        self._transactions = transactions
        self._audit = audit
        self._now = now

    def recognise(self, record: CrmRecord | None, shown: Mapping[str, str]) -> Recognised:
        """Return the account of a record, or those that its name and web address may stand for, best first."""
        found = self._index.accounts(record) if record is not None else ()
        if len(found) == 1:
            return Recognised(account=found[0])
        known = self._index.known()
        if found:  # several accounts name it: which one, a person says
            named = {one.id: one.name for one in known}
            return Recognised(choices=[Likeness(id=id, name=named.get(id) or id, score=1.0) for id in found])
        return Recognised(choices=alike(shown.get("name"), shown.get("website"), known))

    def bind(self, record: CrmRecord, account: str, *, person: Person, surface: Surface) -> None:
        """Keep that a record is this account's.

        Raises:
            UnknownAccount: there is none with this id.
        """
        if self._store.get(AccountId(account)) is None:
            raise UnknownAccount(f"There is no account {account!r}. `copilot accounts list` shows what there is.")
        with self._transactions.begin() as transaction:
            at = self._now()
            before = self._index.bind(transaction, record, AccountId(account), person.id, at)
            if before == account:
                return
            event = Event(
                action="account.recognised",
                actor=person.id,
                subject=account,
                surface=surface,
                at=at,
                details={"record": str(record), "before": before},
            )
            self._audit.append(transaction, event)

    def create(
        self, record: CrmRecord | None, facts: Mapping[str, str], *, person: Person, surface: Surface
    ) -> AccountId:
        """Make an account of what a person has confirmed; the same record twice makes one.

        Raises:
            InvalidRequest: there is no name.
            InvalidAccount: a field has the wrong form.
        """
        told = {name: facts[name].strip() for name in SHOWN if facts.get(name, "").strip()}
        if "name" not in told:
            raise InvalidRequest("An account needs a name. Type what people call it.")
        id = _id_of(record, told["name"])
        if self._store.get(AccountId(id)) is None:
            named = {"crm": {record.crm: f"{record.object}/{record.id}"}} if record is not None else {}
            self._accounts.put({**told, **named}, person=person, surface=surface, id=id)
        return AccountId(id)


def _id_of(record: CrmRecord | None, name: str) -> str:
    """Return an id that the same record gets again; an account without a record is known by its name."""
    if record is not None:
        return f"{record.crm}-{record.object}-{record.id}"
    return f"account-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
