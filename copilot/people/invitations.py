"""Invitations: a link by which somebody chooses their password, once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import InvalidRequest, InvitationOver, NotPermitted, UnknownPerson
from copilot.people.caller import Caller
from copilot.people.key import new_secret, secret_hash
from copilot.people.one_time import LIFE, CodeKind, CodeStore, OneTimeCode
from copilot.people.passwords import PasswordService
from copilot.people.person import OWNER, Person
from copilot.people.scope import Scope
from copilot.people.session import Visitor, Way
from copilot.people.sessions import NewSession
from copilot.people.store import PeopleStore
from copilot.transaction import Transaction, Transactions
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """An invitation as it is shown, once."""

    person: Person
    url: str
    expires_at: datetime
    mailed: bool  #: False: nothing is set up for it, or the mail server did not take it


class InvitationMail(Protocol):
    """Port: sends invitations."""

    def send(self, person: Person, url: str, expires_at: datetime, by: str) -> None:
        """Hand the invitation in, to the address that the person is known by.

        Raises:
            ReportableError: it was not taken.
        """
        ...


class InvitationService:
    """Who manages people invites them; the invited need nothing but the link."""

    def __init__(
        self,
        *,
        codes: CodeStore,
        people: PeopleStore,
        passwords: PasswordService,
        transactions: Transactions,
        audit: AuditLog,
        mail: InvitationMail | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._codes = codes
        self._people = people
        self._passwords = passwords
        self._transactions = transactions
        self._audit = audit
        self._mail = mail
        self._now = now

    def invite(self, caller: Caller, id: str, base: str) -> Invitation:
        """Make a link below `base`, which ends in `/`, for somebody to choose a password; links before end.

        It leaves by e-mail after the commit and is tried once: what is kept of it is a hash, from which no mail can be
        written again.

        Raises:
            NotPermitted: the caller does not manage people, or came by a limited key.
            UnknownPerson: nobody active has this id.
            InvalidRequest: they have no e-mail address to sign in with, or share it with somebody.
        """
        caller.need(Scope.PEOPLE_MANAGE, Scope.KEYS_MANAGE)
        if caller.limited:
            raise NotPermitted("A limited key invites nobody: the invited may do all that their roles allow.")
        person = self._invited(id)
        code, now = new_secret("invitation"), self._now()
        kept = OneTimeCode(
            kind=CodeKind.INVITATION,
            person=person.id,
            made_by=caller.person.id,
            made_at=now,
            expires_at=now + LIFE[CodeKind.INVITATION],
        )
        with self._transactions.begin() as transaction:
            self._codes.end_all(transaction, person.id, CodeKind.INVITATION)
            self._codes.add(transaction, secret_hash(code), kept)
            self._tell(transaction, "invitation.made", caller.person.id, person.id, caller.surface)
        url = f"{base}invitation?code={code}"
        mailed = self._sent(person, url, kept.expires_at, caller.person.name)
        return Invitation(person=person, url=url, expires_at=kept.expires_at, mailed=mailed)

    def revoke(self, caller: Caller, id: str) -> bool:
        """End the invitation of somebody; False when there was none.

        Raises:
            NotPermitted: the caller does not manage people.
        """
        caller.need(Scope.PEOPLE_MANAGE, Scope.KEYS_MANAGE)
        with self._transactions.begin() as transaction:
            ended = self._codes.end_all(transaction, id, CodeKind.INVITATION) > 0
            if ended:
                self._tell(transaction, "invitation.revoked", caller.person.id, id, caller.surface)
        return ended

    def open(self) -> Mapping[str, datetime]:
        """Return until when whose invitation is good."""
        return {code.person: code.expires_at for code in self._codes.of_kind(CodeKind.INVITATION, self._now())}

    def person_of(self, code: str) -> Person:
        """Return who is invited.

        Raises:
            InvitationOver: the code was used, revoked or replaced, has expired, or never was one.
        """
        found = self._codes.find(secret_hash(code))
        if found is None or found.kind is not CodeKind.INVITATION or found.expires_at <= self._now():
            raise _over()
        person = self._people.person(found.person)
        if person is None or not person.active:
            raise _over()
        return person

    def accept(self, code: str, password: str, visitor: Visitor) -> NewSession:
        """Keep the password that the invited chose and sign them in; a refused password leaves the code as it is.

        Raises:
            InvitationOver: the code is not good any more.
            PasswordRefused: the password cannot be chosen.
        """
        person = self.person_of(code)
        hashed = self._passwords.hashed(password, person)
        with self._transactions.begin() as transaction:
            if self._codes.use(transaction, secret_hash(code)) is None:
                raise _over()
            self._tell(transaction, "invitation.accepted", person.id, person.id, Surface.APP)
            return self._passwords.set(transaction, person, hashed, Way.INVITATION, visitor)

    def _invited(self, id: str) -> Person:
        if id == OWNER:
            raise InvalidRequest("The owner signs in by link or key. `copilot up` prints a link.")
        person = self._people.person(id)
        if person is None or not person.active:
            raise UnknownPerson(f"Nobody active has the id {id!r}. `copilot people list` shows everybody.")
        if person.email is None:
            raise InvalidRequest(
                f"{id!r} has no e-mail address, which one signs in with. Add it with `copilot people set {id} --email`."
            )
        if self._passwords.person_with(person.email) is None:
            raise InvalidRequest(
                f"Somebody else has the e-mail address of {id!r} too, so it leads to nobody. Give each their own."
            )
        return person

    def _sent(self, person: Person, url: str, expires_at: datetime, by: str) -> bool:
        if self._mail is None:
            return False
        try:
            self._mail.send(person, url, expires_at, by)
        except ReportableError as error:
            _log.warning("the invitation of %s was not sent: %s %s", person.id, error.code, error.message)
            return False
        return True

    def _tell(self, transaction: Transaction, action: str, actor: str, subject: str, surface: Surface) -> None:
        event = Event(action=action, actor=actor, subject=subject, surface=surface, at=self._now())
        self._audit.append(transaction, event)


def _over() -> InvitationOver:
    return InvitationOver("This invitation is not good any more. Ask an admin for a new one.")
