"""Single sign-on: to the provider and back, and who that is here."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import NotPermitted, SignOnRefused
from copilot.people.admission import Admission
from copilot.people.caller import Caller
from copilot.people.email import same_address
from copilot.people.identity import Attempt, AttemptStore, Identity, IdentityProvider, IdentityStore, ProviderClaims
from copilot.people.key import new_secret, secret_hash
from copilot.people.person import OWNER, Person, owner
from copilot.people.service import PeopleService
from copilot.people.session import Visitor, Way
from copilot.people.sessions import NewSession, SessionService
from copilot.transaction import Transaction, Transactions

#: As long as somebody may look for their telephone at the provider.
ATTEMPT_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What came of an attempt: a session, or a bound identity."""

    back: str
    session: NewSession | None


class SignOnService:
    """One provider. An identity is bound to a person at their first sign-in, by an address that it has verified."""

    def __init__(
        self,
        *,
        provider: IdentityProvider,
        identities: IdentityStore,
        attempts: AttemptStore,
        people: PeopleService,
        sessions: SessionService,
        transactions: Transactions,
        audit: AuditLog,
        admission: Admission,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._provider = provider
        self._identities = identities
        self._attempts = attempts
        self._people = people
        self._sessions = sessions
        self._transactions = transactions
        self._audit = audit
        self._admission = admission
        self._now = now

    @property
    def title(self) -> str:
        """The provider as people know it."""
        return self._provider.title

    def begin(self, *, browser: str, redirect_uri: str, back: str, binds: Caller | None = None) -> str:
        """Return where to send a browser, which holds the secret `browser`; `binds` binds what comes to themselves.

        Raises:
            SignOnUnavailable: the provider does not answer.
            NotPermitted: the one who binds is the owner, or came by a limited key.
        """
        if binds is not None and (binds.limited or binds.person.id == OWNER):
            raise NotPermitted("Only a person who was added and signed in binds an identity to themselves.")
        state, nonce, verifier = new_secret("state"), new_secret("nonce"), new_secret("verifier")
        address = self._provider.address(redirect_uri=redirect_uri, state=state, nonce=nonce, verifier=verifier)
        attempt = Attempt(
            browser_hash=secret_hash(browser),
            nonce=nonce,
            verifier=verifier,
            redirect_uri=redirect_uri,
            back=back,
            binds=binds.person.id if binds else None,
            expires_at=self._now() + ATTEMPT_LIFE,
        )
        with self._transactions.begin() as transaction:
            self._attempts.begin(transaction, secret_hash(state), attempt, self._now())
        return address

    def finish(
        self, *, state: str, code: str, browser: str, visitor: Visitor, caller: Caller | None = None, issuer: str = ""
    ) -> Finished:
        """Take what the browser brought back from the provider; `issuer` is who it says that was, if it does.

        Raises:
            SignOnUnavailable: the provider does not answer.
            SignOnRefused: the attempt is not this browser's, was used or has expired; the provider refused; or the
                person is not let in. The reason is in its `reason`.
        """
        attempt = self._taken(state, browser)
        try:
            if issuer and issuer != self._provider.issuer:  # RFC 9207: another provider's answer
                raise SignOnRefused("The answer came from another provider. Sign in again.", "issuer")
            claims = self._provider.claims(
                code=code, redirect_uri=attempt.redirect_uri, nonce=attempt.nonce, verifier=attempt.verifier
            )
            self._admission.check_domain(claims)
            if attempt.binds is not None:
                return self._bound(attempt, claims, caller)
            with self._transactions.begin() as transaction:
                person = self._admitted(transaction, claims)
                return Finished(
                    back=attempt.back, session=self._sessions.open(transaction, person.id, Way.PROVIDER, visitor)
                )
        except SignOnRefused as error:
            self._refused(error.reason, visitor)
            raise

    def identities(self, caller: Caller) -> Sequence[Identity]:
        """Return the identities of the caller at this provider."""
        return [one for one in self._identities.of(caller.person.id) if one.issuer == self._provider.issuer]

    def release(self, caller: Caller) -> None:
        """Unbind the caller from the provider.

        Raises:
            NotPermitted: they came by a limited key.
        """
        if caller.limited:
            raise NotPermitted("A limited key changes no identity. Sign in first.")
        with self._transactions.begin() as transaction:
            if self._identities.release(transaction, caller.person.id, self._provider.issuer):
                self._tell(transaction, "identity.released", caller.person.id, caller.person.id)

    def _taken(self, state: str, browser: str) -> Attempt:
        with self._transactions.begin() as transaction:
            attempt = self._attempts.finish(transaction, secret_hash(state))
        if (
            attempt is None
            or attempt.expires_at <= self._now()
            or not hmac.compare_digest(attempt.browser_hash, secret_hash(browser))
        ):
            raise SignOnRefused("This sign-in was not begun in this browser, or too long ago. Begin again.", "attempt")
        return attempt

    def _bound(self, attempt: Attempt, claims: ProviderClaims, caller: Caller | None) -> Finished:
        """Bind to who began it, provided that they are still the one who is signed in."""
        if caller is None or caller.person.id != attempt.binds:
            raise SignOnRefused("Somebody else has signed in meanwhile. Begin again in your settings.", "attempt")
        known = self._identities.identity(self._provider.issuer, claims.subject)
        if known is None:
            with self._transactions.begin() as transaction:
                self._bind(transaction, caller.person, claims)
        elif known.person != caller.person.id:
            raise SignOnRefused("This account is bound to somebody else here. Ask an admin.", "taken")
        return Finished(back=attempt.back, session=None)

    def _admitted(self, transaction: Transaction, claims: ProviderClaims) -> Person:
        issuer, now = self._provider.issuer, self._now()
        known = self._identities.identity(issuer, claims.subject)
        if known is not None:
            person = self._active(known.person)
            self._identities.used(transaction, issuer, claims.subject, now)
        else:
            person = self._by_address(transaction, claims)
            self._bind(transaction, person, claims)
        roles = self._admission.roles_of(claims)
        if roles is not None and roles != person.roles:
            person = replace(person, roles=roles)
            self._people.assign(transaction, person)
        return person

    def _active(self, id: str) -> Person:
        person = next((one for one in self._people.people() if one.id == id), None)
        if person is None or not person.active or person.id == owner().id:
            raise SignOnRefused("You may not sign in here any more. Ask an admin.", "inactive")
        return person

    def _by_address(self, transaction: Transaction, claims: ProviderClaims) -> Person:
        if not claims.email:
            raise SignOnRefused("The provider tells no e-mail address, by which people are known here.", "no_email")
        if not claims.email_verified:
            raise SignOnRefused("The provider has not verified your e-mail address. Let it do so first.", "unverified")
        wanted = same_address(claims.email)
        found = [one for one in self._people.people() if one.email and same_address(one.email) == wanted]
        active = [one for one in found if one.active]
        if len(active) > 1:
            raise SignOnRefused("Several people here have your e-mail address. Ask an admin.", "several")
        if active:
            if any(one.issuer == self._provider.issuer for one in self._identities.of(active[0].id)):
                # The address has passed to another account at the provider; the person here may be somebody else.
                raise SignOnRefused("Your address is bound to another account of the provider. Ask an admin.", "taken")
            return active[0]
        if found:
            raise SignOnRefused("You may not sign in here any more. Ask an admin.", "inactive")
        if not self._admission.create:
            raise SignOnRefused("Nobody with your e-mail address was added here. Ask an admin.", "unknown")
        return self._people.take_in(transaction, lambda taken: self._admission.newcomer(claims, taken))

    def _bind(self, transaction: Transaction, person: Person, claims: ProviderClaims) -> None:
        now = self._now()
        identity = Identity(
            issuer=self._provider.issuer,
            subject=claims.subject,
            person=person.id,
            email=claims.email,
            bound_at=now,
            used_at=now,
        )
        if not self._identities.bind(transaction, identity):
            raise SignOnRefused("This account is bound to somebody else here. Ask an admin.", "taken")
        self._tell(transaction, "identity.bound", person.id, person.id)

    def _refused(self, reason: str, visitor: Visitor) -> None:
        with self._transactions.begin() as transaction:
            self._tell(
                transaction,
                "session.refused",
                "system",
                "unknown",
                way=Way.PROVIDER.value,
                reason=reason,
                address=visitor.address,
            )

    def _tell(self, transaction: Transaction, action: str, actor: str, subject: str, **details: str) -> None:
        event = Event(action=action, actor=actor, subject=subject, surface=Surface.APP, at=self._now(), details=details)
        self._audit.append(transaction, event)
