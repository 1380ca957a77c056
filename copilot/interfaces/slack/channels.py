"""Where a message stands and who reads along: what is said there is said to the weakest reader.

Members are asked page by page up to a bound. Where there are more, nobody's groups count, and guests are looked for in
the list of all users; where even that is too long, the channel is read by outsiders for all we know.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from copilot.audit.surface import Surface
from copilot.errors import SlackRefused
from copilot.interfaces.slack.calls import SlackCalls
from copilot.interfaces.slack.deciding import Where, Who
from copilot.interfaces.slack.identity import Identity, user_of
from copilot.interfaces.slack.remembered import Remembered
from copilot.people.caller import Caller
from copilot.people.person import Person, Role
from copilot.people.scope import scopes_of
from knowledge.document import Audience

#: Members that are looked at one by one.
MOST_MEMBERS = 100
_PAGE = 200
_PAGES = 25
_LIFE_S = 60.0
_MOST = 1_000


@dataclass(frozen=True, kw_only=True)
class Place:
    """A conversation of Slack."""

    id: str
    where: Where


@dataclass(frozen=True, kw_only=True)
class Readers:
    """What everybody at a place may read."""

    audience: Audience
    groups: frozenset[str] = frozenset()
    members: int | None = None  #: None: more than were counted

    def caller(self, asker: Person) -> Caller:
        """Return the asker with no more rights than everybody at the place has."""
        person = Person(
            id=asker.id, name=asker.name, email=asker.email, roles=frozenset({Role.READER}), groups=self.groups
        )
        return Caller(person=person, scopes=scopes_of(person), surface=Surface.SLACK)


class Channels:
    """Asks Slack; what it says is remembered for a minute, within a bound."""

    def __init__(
        self,
        calls: SlackCalls,
        identity: Identity,
        *,
        us: str,
        team: str,
        most_members: int = MOST_MEMBERS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = calls
        self._identity = identity
        self._us = us
        self._team = team
        self._most_members = most_members
        self._places = Remembered[Place](life_s=_LIFE_S, most=_MOST, clock=clock)
        self._readers = Remembered[Readers](life_s=_LIFE_S, most=_MOST, clock=clock)

    def place(self, channel: str, *, external: bool = False) -> Place:
        """Return where something was said; `external` is what the event itself told.

        Raises:
            SlackUnavailable: Slack does not say.
        """
        if channel.startswith("D"):
            return Place(id=channel, where=Where.DIRECT)
        if external:
            return Place(id=channel, where=Where.EXTERNAL)
        kept = self._places.get(channel)
        if kept is not None:
            return kept
        try:
            told = self._calls("conversations.info", channel=channel).get("channel", {})
            place = Place(id=channel, where=where_of(told, self._team))
        except SlackRefused:
            # We are not in it and cannot see it: nothing is said aloud there, and a preview counts as private.
            place = Place(id=channel, where=Where.PRIVATE)
        return self._places.put(channel, place)

    def readers(self, channel: str, *, fresh: bool = False) -> Readers:
        """Return what everybody there may read; `fresh` asks Slack whatever is remembered.

        Raises:
            SlackUnavailable: Slack does not say.
            SlackRefused: the members cannot be seen.
        """
        kept = None if fresh else self._readers.get(channel)
        return kept or self._readers.put(channel, self._asked(channel))

    def holds(self, channel: str, user: str) -> bool:
        """Tell whether somebody is among the members; where those cannot be seen, or are too many, they are not.

        Raises:
            SlackUnavailable: Slack does not say.
        """
        try:
            pages = self._paged("conversations.members", "members", channel=channel)
            return any(user in page for page in islice(pages, _PAGES))
        except SlackRefused:
            return False

    def _asked(self, channel: str) -> Readers:
        members: list[str] = []
        whole = True
        pages = self._paged("conversations.members", "members", channel=channel)
        for number, page in enumerate(pages, start=1):
            members += [one for one in page if isinstance(one, str) and one != self._us]
            if number == _PAGES:
                whole = next(pages, None) is None
                break
        if len(members) <= self._most_members and whole:
            return self._weakest(members)
        guests = self._outsiders()
        inside = whole and guests is not None and not guests & set(members)
        return Readers(audience=Audience.INTERNAL if inside else Audience.CUSTOMER)

    def _weakest(self, members: list[str]) -> Readers:
        shared: frozenset[str] | None = None
        self._identity.look_up(members)
        for member in members:
            known = self._identity.known(member)
            if known.user.bot or known.user.deleted:
                continue
            if known.who in (Who.GUEST, Who.STRANGER):
                return Readers(audience=Audience.CUSTOMER, members=len(members))
            if known.person.has(Role.ADMIN):  # reads everything, so takes nothing away
                continue
            groups = known.person.groups if known.who is Who.MEMBER else frozenset()
            shared = groups if shared is None else shared & groups
        return Readers(audience=Audience.INTERNAL, groups=shared or frozenset(), members=len(members))

    def _outsiders(self) -> set[str] | None:
        """Return all guests and strangers of the workspace; None where the list is too long."""
        found: set[str] = set()
        pages = self._paged("users.list", "members")
        for number, page in enumerate(pages, start=1):
            users = [user_of(str(one.get("id")), one, self._team) for one in page if isinstance(one, Mapping)]
            found |= {user.id for user in users if user.guest or user.stranger}
            if number == _PAGES:
                return found if next(pages, None) is None else None
        return found

    def _paged(self, method: str, name: str, **arguments: Any) -> Iterator[list[Any]]:
        cursor: str | None = None
        while True:
            told = self._calls(method, limit=_PAGE, cursor=cursor, **arguments)
            yield list(told.get(name, ()))
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return


def where_of(told: Mapping[str, Any], team: str) -> Where:
    """Read `channel` of `conversations.info`; several workspaces of one organisation are no others."""
    if told.get("is_im"):
        return Where.DIRECT
    others = {*told.get("connected_team_ids", ()), *told.get("pending_connected_team_ids", ())} - {team}
    pending = bool(told.get("is_pending_ext_shared")) or bool(told.get("pending_shared"))
    if told.get("is_ext_shared") or pending or (others and not told.get("is_org_shared")):
        return Where.EXTERNAL
    return Where.PRIVATE if told.get("is_private") or told.get("is_mpim") or told.get("is_group") else Where.PUBLIC
