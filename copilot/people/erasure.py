"""What is kept of a person: given to them as a whole, and erased as far as nothing else needs it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.errors import InvalidRequest, UnknownPerson
from copilot.people.caller import Caller
from copilot.people.person import OWNER, Person
from copilot.transaction import Transaction, Transactions

#: Before what stands in place of the id of somebody who was erased.
ERASED = "erased-"
#: `deleted`: the rows are gone · `emptied`: what the person wrote in them is · `renamed`: only who it was is · `kept`.
Done = Literal["deleted", "emptied", "renamed", "kept"]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A person as rows name them. `slack`: the ids of their users there; `words`: name and address, as in texts."""

    id: str
    slack: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of the rows of one table that have to do with a person; `why`: the reason, in both languages."""

    table: str
    done: Done
    rows: int
    why: str
    why_zh: str


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What was done, or would be, table by table, and the documents that name the person and stay as they are."""

    person: str
    outcomes: tuple[Outcome, ...]
    documents: tuple[str, ...]


class PersonalRecords(Protocol):
    """Port: every row that has to do with a person."""

    def export(self, subject: Subject) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return their rows by table, plain values only, without what opens a door; tables without any are left out."""
        ...

    def documents(self, subject: Subject) -> Sequence[str]:
        """Return the sources of current documents that name the person, in order."""
        ...

    def erase(self, transaction: Transaction, subject: Subject, pseudonym: str) -> Sequence[Outcome]:
        """Delete, empty and rename; the log of what was done stays as it is."""
        ...


class ErasureService:
    """Routes see to it that only those come here who may manage people."""

    def __init__(
        self,
        *,
        records: PersonalRecords,
        person: Callable[[str], Person | None],
        slack_users: Callable[[str], Sequence[str]],
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_pseudonym: Callable[[], str] = lambda: ERASED + secrets.token_hex(4),
    ) -> None:
        """`slack_users` returns the users of Slack that are this person."""
        self._records = records
        self._person = person
        self._slack_users = slack_users
        self._transactions = transactions
        self._audit = audit
        self._now = now
        self._new_pseudonym = new_pseudonym

    def export(self, caller: Caller, id: str) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return everything that is kept of a person, by table; that it was taken stands in the audit log.

        Raises:
            UnknownPerson: nothing is known of anybody with this id.
        """
        rows = self._records.export(self._subject(id))
        if not rows:
            raise _unknown(id)
        with self._transactions.begin() as transaction:
            self._tell(transaction, "person.exported", caller, id, rows=sum(map(len, rows.values())))
        return rows

    def erase(self, caller: Caller, id: str) -> Erasure:
        """Erase a person: all or nothing.

        Raises:
            InvalidRequest: it is the owner, without whom nobody could come in.
            UnknownPerson: nothing is known of anybody with this id.
        """
        if id == OWNER:
            raise InvalidRequest("The owner cannot be erased: nobody could come in. Erase the people beside them.")
        subject = self._subject(id)
        documents = tuple(self._records.documents(subject))
        with self._transactions.begin() as transaction:
            outcomes = tuple(self._records.erase(transaction, subject, self._new_pseudonym()))
            if not outcomes:
                raise _unknown(id)
            counts = {done: sum(one.rows for one in outcomes if one.done == done) for done in ("deleted", "emptied")}
            self._tell(transaction, "person.erased", caller, id, **counts)
        return Erasure(person=id, outcomes=outcomes, documents=documents)

    def _subject(self, id: str) -> Subject:
        person = self._person(id)
        words = () if person is None else (person.name, person.email or "")
        return Subject(
            id=id,
            slack=tuple(self._slack_users(id)),
            words=tuple(word for word in words if len(word) > 1 and word != id),
        )

    def _tell(self, transaction: Transaction, action: str, by: Caller, id: str, **counts: int) -> None:
        event = Event(
            action=action, actor=by.person.id, subject=id, surface=by.surface, at=self._now(), details=dict(counts)
        )
        self._audit.append(transaction, event)


def _unknown(id: str) -> UnknownPerson:
    return UnknownPerson(f"Nothing is kept of {id!r}. `copilot people list` shows everybody.")
