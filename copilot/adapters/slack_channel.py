"""Approved revisions as messages in Slack: to a channel or to a person, read by who is there at that moment."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from copilot.approval.approved import ApprovedRevision
from copilot.delivery.channel import Channel
from copilot.delivery.delivery import ChannelName
from copilot.delivery.wording import message, record, subject
from copilot.errors import ChannelUnavailable, DeliveryRefused, InvalidDestination, SlackRefused, SlackUnavailable
from copilot.interfaces.slack.calls import SlackCalls
from copilot.interfaces.slack.channels import Channels
from copilot.interfaces.slack.deciding import Where, Who
from copilot.interfaces.slack.delivery_blocks import delivery_message
from copilot.interfaces.slack.elements import Message
from copilot.interfaces.slack.identity import Identity
from copilot.interfaces.slack.posting import Poster
from copilot.interfaces.slack.remembered import Remembered
from copilot.people.person import OF_SLACK, Person
from knowledge.document import Audience

#: What was found of the readers of a destination holds for one check right behind it.
_LIFE_S = 60.0
_PAGES = 20
_ID = re.compile(r"[CGDUW][A-Z0-9]{2,30}")
_NAME = re.compile(r"#[^\s#@<>,.:;!?\"'A-Z]{1,80}")


@dataclass(frozen=True, kw_only=True)
class _Reach:
    identity: Identity
    channels: Channels
    poster: Poster


class SlackChannel(Channel):
    """Implements `Channel` and `Members`; a destination is `C…`, `#name` or `U…`, in its one spelling."""

    def __init__(
        self, calls: SlackCalls, people: Callable[[], Sequence[Person]], mapping: dict[str, str] | None = None
    ) -> None:
        self._calls = calls
        self._people = people
        self._mapping = mapping or {}
        self._lock = threading.Lock()
        self._known: _Reach | None = None
        self._audiences = Remembered[Audience](life_s=_LIFE_S, most=500)

    @property
    def name(self) -> ChannelName:
        """Return `slack`."""
        return ChannelName.SLACK

    def check(self, destination: str) -> str:
        """Return the destination in its one spelling; Slack is not asked.

        Raises:
            InvalidDestination: it is neither an id nor a name.
        """
        given = destination.strip()
        if _ID.fullmatch(given):
            return given
        named = given.lower()
        if _NAME.fullmatch(named):
            return named
        raise InvalidDestination(
            f"{destination[:80]!r} is nothing in Slack. Give a channel (C0123ABC or #sales) or a person (U0123ABC)."
        )

    def look(self, destination: str) -> None:
        """Find out who reads there now.

        Raises:
            ChannelUnavailable: Slack does not say right now.
            InvalidDestination: there is no such place, or we are not in it.
        """
        try:
            self._audiences.put(destination, self._audience(destination))
        except SlackUnavailable as error:
            raise ChannelUnavailable(error.message, retry_after_s=error.retry_after_s) from error
        except SlackRefused as error:
            raise InvalidDestination(
                f"Slack does not show who reads {destination!r} ({error.error}). Correct it, or invite the app there "
                "(/invite)."
            ) from error

    def audience(self, destination: str) -> Audience:
        """Return what the last look found; customers, where it is too long ago."""
        return self._audiences.get(destination) or Audience.CUSTOMER

    def send(self, approved: ApprovedRevision, destination: str, key: str) -> str:
        """Post the revision unless it stands there already; return channel and id of the message.

        Raises:
            DeliveryRefused: Slack will not take it there.
            ChannelUnavailable: it does not answer, or asks for patience.
        """
        try:
            reach = self._reach()
            channel = self._resolved(destination)
            found = reach.poster.found(channel, None, key)
            if found is not None:
                return f"{channel} {found}"
            inside = self.audience(destination) is Audience.INTERNAL
            text = record(approved) if inside else message(approved)
            said = delivery_message(subject(approved), text, approved.draft.language)
            posted = reach.poster.post(channel, None, said, key)
            reach.poster.upload(posted.channel, posted.ts, said.files)
        except SlackUnavailable as error:
            raise ChannelUnavailable(error.message, retry_after_s=error.retry_after_s) from error
        except SlackRefused as error:
            raise DeliveryRefused(
                f"Slack will not take it at {destination!r} ({error.error}). Invite the app there (/invite) or choose "
                "another place, and use `copilot deliveries retry`."
            ) from error
        return f"{posted.channel} {posted.ts}"

    def may_be_told(self, person: Person) -> bool:
        """Tell whether somebody may be a member of the workspace; Slack is not asked."""
        return person.id.startswith(OF_SLACK) or person.email is not None or person.id in self._mapping.values()

    def tell(self, person: Person, said: Message, key: str) -> None:
        """Post to a person alone, unless it stands there already.

        Raises:
            DeliveryRefused: they are no member of the workspace, or Slack will not take it.
            ChannelUnavailable: Slack does not answer, or asks for patience.
        """
        try:
            reach = self._reach()
            own = person.id.removeprefix(OF_SLACK) if person.id.startswith(OF_SLACK) else None
            user = own or reach.identity.slack_user(person.id)
            if user is None or reach.identity.known(user).who is not Who.MEMBER:
                raise DeliveryRefused(
                    f"{person.id!r} is no member of the workspace. Correct their e-mail address here."
                )
            channel = self._resolved(user)
            if reach.poster.found(channel, None, key) is None:
                reach.poster.post(channel, None, said, key)
        except SlackUnavailable as error:
            raise ChannelUnavailable(error.message, retry_after_s=error.retry_after_s) from error
        except SlackRefused as error:
            raise DeliveryRefused(f"Slack will not take it for {person.id!r} ({error.error}).") from error

    def announce(self, destination: str, title: str, text: str, language: Literal["zh", "en"], key: str) -> None:
        """Post a text of ours, unless it stands there already; only where nobody from outside reads.

        Raises:
            DeliveryRefused: somebody from outside reads there, or Slack will not take it.
            InvalidDestination: there is no such place, or we are not in it.
            ChannelUnavailable: Slack does not answer, or asks for patience.
        """
        self.look(destination)
        if self.audience(destination) is not Audience.INTERNAL:
            raise DeliveryRefused(f"People from outside read {destination!r} in Slack. Choose a place of our own.")
        try:
            reach, channel = self._reach(), self._resolved(destination)
            if reach.poster.found(channel, None, key) is None:
                reach.poster.post(channel, None, delivery_message(title, text, language), key)
        except SlackUnavailable as error:
            raise ChannelUnavailable(error.message, retry_after_s=error.retry_after_s) from error
        except SlackRefused as error:
            raise DeliveryRefused(f"Slack will not take it at {destination!r} ({error.error}).") from error

    def _audience(self, destination: str) -> Audience:
        reach = self._reach()
        if destination[0] in "UW":
            return Audience.INTERNAL if reach.identity.known(destination).who is Who.MEMBER else Audience.CUSTOMER
        channel = self._resolved(destination)
        if reach.channels.place(channel).where is Where.EXTERNAL:
            return Audience.CUSTOMER
        return reach.channels.readers(channel, fresh=True).audience

    def _resolved(self, destination: str) -> str:
        """Return the id of a conversation."""
        if destination[0] in "UW":
            told = self._calls("conversations.open", users=destination)
            return str((told.get("channel") or {}).get("id"))
        if not destination.startswith("#"):
            return destination
        cursor: str | None = None
        for _ in range(_PAGES):
            told = self._calls(
                "conversations.list",
                exclude_archived=True,
                types="public_channel,private_channel",
                limit=1000,
                cursor=cursor,
            )
            for one in told.get("channels", ()):
                if one.get("name") == destination[1:]:
                    return str(one["id"])
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        raise SlackRefused(f"There is no channel {destination!r} that the app can see.", error="channel_not_found")

    def _reach(self) -> _Reach:
        with self._lock:
            if self._known is None:
                told = self._calls("auth.test")
                us, team = str(told["user_id"]), str(told["team_id"])
                identity = Identity(self._calls, team=team, people=self._people, mapping=self._mapping)
                self._known = _Reach(
                    identity=identity,
                    channels=Channels(self._calls, identity, us=us, team=team),
                    poster=Poster(self._calls, us=us, team=team),
                )
            return self._known
