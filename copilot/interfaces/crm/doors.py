"""The doors from CRMs: each checks its own signature and ends in a visit of one of our people."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from copilot.accounts.crm_record import crm_record
from copilot.accounts.recognising import SHOWN
from copilot.errors import BadToken, CrmUnavailable, InvalidRequest
from copilot.interfaces.crm.canvas_request import read_canvas_request
from copilot.interfaces.crm.hubspot_request import HubSpotRequest, verified_user
from copilot.interfaces.crm.wecom import WeCom
from copilot.interfaces.sidebar_contract import InvitationBody
from copilot.people.caller import Caller
from copilot.people.crm_user import OURS, CrmUser, CrmUsers
from copilot.people.foreign_token import ForeignToken, ForeignTokens
from copilot.people.record_visit import RecordVisit, RecordVisits
from copilot.people.scope import Scope

_log = logging.getLogger(__name__)

Language = Literal["zh", "en"]


@dataclass(frozen=True, kw_only=True)
class HubSpotApp:
    """Our app in one portal of HubSpot."""

    secret: str = field(repr=False)
    portal: str


@dataclass(frozen=True, kw_only=True)
class CanvasApp:
    """Our app in one org of Salesforce."""

    secret: str = field(repr=False)
    org: str


@dataclass(frozen=True, kw_only=True)
class WeComApp:
    """Our application in one company of 企业微信."""

    server: WeCom
    corp: str
    agent: str
    login: str  #: where members are sent to sign in
    sdk: str  #: address of the JS-SDK


class Doors:
    """What is not set up is None, and has no route."""

    def __init__(
        self,
        *,
        visits: RecordVisits,
        users: CrmUsers,
        origins: Sequence[str] = (),
        public_url: str | None = None,
        foreign: ForeignTokens | None = None,
        hubspot: HubSpotApp | None = None,
        canvas: CanvasApp | None = None,
        wecom: WeComApp | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`origins` may show us in a frame; `public_url` is where CRMs reach us, without a slash at its end."""
        self.visits = visits
        self.origins = tuple(origins)
        self.public_url = public_url
        self.hubspot = hubspot
        self.canvas = canvas
        self.wecom = wecom
        self._users = users
        self._foreign = foreign
        self._now = now

    def invited(self, token: str) -> RecordVisit:
        """Return the visit that the token of an address opens: one of ours, or one that a CRM's back end has signed.

        Raises:
            ExpiredToken, UsedToken, BadToken: it opens nothing.
            CrmUserUnknown: it is good, and nobody here is meant.
        """
        try:
            return self.visits.accept(token)
        except BadToken as error:
            if self._foreign is None or error.code != BadToken.code:
                raise
        read = self._foreign.read(token)
        self.visits.use(f"crm:{read.id}")
        return self._visit_of(read)

    def invitation(self, caller: Caller, body: InvitationBody) -> str:
        """Return a token that opens the page once for a person whom the caller names.

        Raises:
            NotPermitted: the caller may not invite.
            CrmUserUnknown: nobody active is meant.
            InvalidRequest: a record or an origin cannot be used.
        """
        caller.need(Scope.SIDEBAR_INVITE)
        person = self._users.person(CrmUser(crm=OURS, id=body.person, email=body.email))
        visit = RecordVisit(
            person=person.id,
            record=str(crm_record(body.record)) if body.record else None,
            account=body.account_id,
            origin=self._origin(body.origin),
            language=body.language,
            shown={str(name): value for name, value in body.shown.items()},
        )
        return self.visits.invite(visit)

    def from_hubspot(self, request: HubSpotRequest) -> Caller:
        """Return who asks through HubSpot.

        Raises:
            ExpiredToken, BadToken: the request is not HubSpot's, or old.
            CrmUserUnknown: nobody here is that user.
        """
        if self.hubspot is None:
            raise BadToken("HubSpot is not set up here.")
        user = verified_user(self.hubspot.secret, self.hubspot.portal, request, int(self._now() * 1000))
        return self._caller(user)

    def from_salesforce(self, signed: str) -> RecordVisit:
        """Return the visit that a signed request of Salesforce opens.

        Raises:
            ExpiredToken, BadToken: the request is not Salesforce's, or old.
            CrmUserUnknown: nobody here is that user.
        """
        if self.canvas is None:
            raise BadToken("Salesforce is not set up here.")
        now = datetime.fromtimestamp(self._now(), UTC)
        read = read_canvas_request(self.canvas.secret, self.canvas.org, signed, now)
        person = self._users.person(read.user)
        return RecordVisit(person=person.id, record=read.record, language=read.language, shown=read.shown)

    def from_wecom(self, code: str) -> RecordVisit:
        """Return the visit that a sign-in code of 企业微信 opens; at which customer, the page finds out.

        Raises:
            BadToken: the code is good for nobody.
            CrmUserUnknown: nobody here is that member.
            CrmUnavailable: 企业微信 does not tell.
        """
        if self.wecom is None:
            raise BadToken("企业微信 is not set up here.")
        member = self.wecom.server.member(code)
        if member is None:
            raise BadToken("企业微信 knows no member for this sign-in. Open the page in the chat toolbar again.")
        person = self._users.person(CrmUser(crm="wecom", id=member))
        return RecordVisit(person=person.id, language="zh")

    def customer(self, record: str | None) -> Mapping[str, str]:
        """Return what 企业微信 shows of a customer of its own; nothing of other records, or while it does not tell."""
        if self.wecom is None or record is None:
            return {}
        read = crm_record(record)
        if (read.crm, read.object) != ("wecom", "customer"):
            return {}
        try:
            return self.wecom.server.customer(read.id)
        except CrmUnavailable as error:
            _log.warning("the name of a customer is not known, a person chooses the account: %s", error.message)
            return {}

    def _caller(self, user: CrmUser) -> Caller:
        person = self._users.person(user)
        caller = self.visits.caller_for(person.id)
        if caller is None:
            raise BadToken(f"{person.id!r} is not active.")
        return caller

    def _visit_of(self, token: ForeignToken) -> RecordVisit:
        claims, subject = token.claims, token.subject
        email = subject if "@" in subject else None
        person = self._users.person(CrmUser(crm=OURS, id=None if email else subject, email=email))
        try:
            record = str(crm_record(claims["record"])) if "record" in claims else None
            origin = self._origin(claims.get("origin"))
        except InvalidRequest as error:
            raise BadToken(error.message) from error
        language = claims.get("language")
        return RecordVisit(
            person=person.id,
            record=record,
            account=claims.get("account"),
            origin=origin,
            language=language if language in ("zh", "en") else None,
            shown={name: claims[name] for name in SHOWN if name in claims},
        )

    def _origin(self, given: str | None) -> str | None:
        if given is None:
            return None
        if given.rstrip("/") not in self.origins:
            raise InvalidRequest(f"{given[:200]!r} may not show this page. Name it in COPILOT_SIDEBAR_ORIGINS.")
        return given.rstrip("/")
