"""Tokens of visitors: made for the back end of a host page, read with every request of its widget."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copilot.audit.surface import Surface
from copilot.errors import InvalidRequest, NotPermitted, OriginNotAllowed
from copilot.people.caller import Caller
from copilot.people.origins import Origins
from copilot.people.person import Person
from copilot.people.scope import Scope
from copilot.people.token import Tokens
from copilot.people.visit import OF_VISITORS, Visit
from knowledge.document import Audience

_PURPOSE = "widget"
_LONGEST = 200  # characters of the host's own id of a visitor


@dataclass(frozen=True, kw_only=True)
class IssuedToken:
    """What the host's page is handed."""

    token: str
    expires_at: datetime
    visitor: str  #: to be sent again next time, so that the visitor finds what they asked before


class Visitors:
    """A visitor may ask, rate, look at what they asked, and ask for a person; nothing else."""

    def __init__(
        self,
        tokens: Tokens,
        *,
        origins: Origins | None = None,
        internal: bool = False,
        lasting: timedelta = timedelta(minutes=15),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        """`internal`: whether tokens for our own people's pages, which show internal text, may be made at all."""
        self._tokens = tokens
        self.origins = origins or Origins()
        self._internal = internal
        self._lasting = lasting
        self._now = now
        self._new_id = new_id

    def issue(self, caller: Caller, visit: Visit, visitor: str | None = None) -> IssuedToken:
        """Make a token.

        Raises:
            NotPermitted: the caller's key is not made for it, or internal text is asked for and not allowed.
            InvalidRequest: the id of the visitor cannot be kept.
            OriginNotAllowed: the page is not in the settings.
        """
        caller.need(Scope.WIDGET_TOKENS)
        if visit.audience is Audience.INTERNAL and not self._internal:
            raise NotPermitted("Tokens that show internal text are not allowed here. Set COPILOT_WIDGET_INTERNAL=true.")
        if visit.origin is not None and visit.origin not in self.origins.allowed:
            raise OriginNotAllowed(f"{visit.origin[:200]!r} is not in COPILOT_WIDGET_ORIGINS. Add it there.")
        name = self._new_id() if visitor is None else visitor.strip()
        if not name or len(name) > _LONGEST or not name.isprintable():
            raise InvalidRequest(f"{name[:80]!r} cannot be the id of a visitor. Give 1 to {_LONGEST} characters.")
        claims = {name: str(value) for name, value in vars(visit).items() if value is not None}
        token = self._tokens.sign(_PURPOSE, {"sub": name, **claims}, self._lasting)
        return IssuedToken(token=token, expires_at=self._now() + self._lasting, visitor=name)

    def caller_of(self, token: str) -> Caller:
        """Return who holds a token.

        Raises:
            ExpiredToken: its time is over.
            BadToken: it is none of ours.
        """
        claims = dict(self._tokens.read(_PURPOSE, token))
        person = Person(id=OF_VISITORS + claims.pop("sub"), name=OF_VISITORS, roles=frozenset())
        # One that was made before internal text was forbidden shows none from then on.
        wanted = Audience(claims.pop("audience", Audience.CUSTOMER))
        visit = Visit(audience=wanted if self._internal else Audience.CUSTOMER, **claims)
        return Caller(person=person, scopes=frozenset({Scope.ASK}), surface=Surface.WIDGET, visit=visit)
