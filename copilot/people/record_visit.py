"""A visit from a CRM: who looks, at which record, from which page; carried by a short-lived token."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from copilot.audit.surface import Surface
from copilot.errors import BadToken, ExpiredToken, UsedToken
from copilot.people.caller import Caller
from copilot.people.person import OWNER, Person
from copilot.people.scope import Scope, scopes_of
from copilot.people.token import Tokens
from copilot.people.used import UsedTokens

#: How long a page beside a record may act; what a person typed by then can still be sent after a renewal.
VISIT_LENGTH = timedelta(minutes=30)
#: Renewed for as long as somebody works at the record, and never longer than this.
LONGEST_VISIT = timedelta(hours=8)
#: How long an address with a token may wait to be opened.
INVITATION_LENGTH = timedelta(minutes=10)

_VISIT, _INVITATION = "sidebar", "sidebar-invitation"
#: Who comes from a CRM acts at records; people, keys and other people's visits are no business of that page.
_NEVER = frozenset({Scope.PEOPLE_MANAGE, Scope.KEYS_OWN, Scope.KEYS_MANAGE, Scope.SIDEBAR_INVITE})
_SHOWN = "shown."
_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class RecordVisit:
    """What is known of a visit; everything but the person may be missing."""

    person: str
    record: str | None = None  #: as `hubspot:company/123`
    account: str | None = None  #: where the CRM knows our id
    origin: str | None = None  #: of the page that shows us
    language: str | None = None
    shown: Mapping[str, str] = field(default_factory=dict)  #: facts of the record that the CRM has sent along
    since: datetime | None = None


class RecordVisits:
    """Opens visits, reads them again, and invites to them."""

    def __init__(
        self,
        *,
        tokens: Tokens,
        used: UsedTokens,
        person_of: Callable[[str], Person | None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`person_of` returns a person as they are now; the owner is none of those who visit."""
        self._tokens = tokens
        self._used = used
        self._person_of = person_of
        self._now = now

    def open(self, visit: RecordVisit) -> str:
        """Return the token of a visit that begins now."""
        return self._tokens.sign(_VISIT, _claims(replace(visit, since=self._now())), VISIT_LENGTH)

    def renew(self, token: str) -> str:
        """Return a token for going on.

        Raises:
            ExpiredToken: the visit is over, or has lasted long enough.
            BadToken: it is no token of a visit.
        """
        visit = self.read(token)
        if visit.since is None or self._now() - visit.since > LONGEST_VISIT:
            raise ExpiredToken("This visit has lasted long enough. Open the record in the CRM again.")
        return self._tokens.sign(_VISIT, _claims(visit), VISIT_LENGTH)

    def read(self, token: str) -> RecordVisit:
        """Return the visit that a token stands for.

        Raises:
            ExpiredToken: it is over.
            BadToken: it is no token of a visit.
        """
        return _visit(self._tokens.read(_VISIT, token))

    def caller(self, token: str) -> Caller | None:
        """Return who holds a token; None when it opens nothing, or its person is not active any more."""
        try:
            visit = self.read(token)
        except BadToken:
            return None
        return self.caller_for(visit.person)

    def caller_for(self, id: str) -> Caller | None:
        """Return a person as they come from a CRM; None when they are not active."""
        person = None if id == OWNER else self._person_of(id)
        if person is None or not person.active:
            return None
        return Caller(person=person, scopes=scopes_of(person) - _NEVER, surface=Surface.SIDEBAR)

    def invite(self, visit: RecordVisit) -> str:
        """Return a token that opens this visit once, within minutes."""
        claims = _claims(visit) | {"jti": secrets.token_urlsafe(16)}
        return self._tokens.sign(_INVITATION, claims, INVITATION_LENGTH)

    def accept(self, invitation: str) -> RecordVisit:
        """Return the visit that an invitation of ours opens; it is used up then.

        Raises:
            ExpiredToken: nobody opened it in time.
            UsedToken: somebody has opened it before.
            BadToken: it is none of ours.
        """
        claims = self._tokens.read(_INVITATION, invitation)
        self.use(f"ours:{claims['jti']}")
        return _visit(claims)

    def use(self, token_id: str) -> None:
        """Let a token that opens something once do so.

        Raises:
            UsedToken: it was used before.
        """
        now = self._now()
        if not self._used.use(token_id, now + 2 * INVITATION_LENGTH, now):
            raise UsedToken("This link was opened before; it works once. Open the record in the CRM again.")


def _claims(visit: RecordVisit) -> dict[str, str]:
    told = {
        "sub": visit.person,
        "record": visit.record,
        "account": visit.account,
        "origin": visit.origin,
        "language": visit.language,
        "since": visit.since.isoformat() if visit.since else None,
    } | {f"{_SHOWN}{name}": value[:_LONGEST] for name, value in visit.shown.items()}
    return {name: value for name, value in told.items() if value}


def _visit(claims: Mapping[str, str]) -> RecordVisit:
    since = claims.get("since")
    return RecordVisit(
        person=claims.get("sub", ""),
        record=claims.get("record"),
        account=claims.get("account"),
        origin=claims.get("origin"),
        language=claims.get("language"),
        shown={name.removeprefix(_SHOWN): value for name, value in claims.items() if name.startswith(_SHOWN)},
        since=datetime.fromisoformat(since) if since else None,
    )
