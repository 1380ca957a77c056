"""Who a user of Slack is here: a person with roles and groups, a reader without a record, or nobody we answer.

A mapping comes first, then the address that Slack has checked. What Slack says of a user is remembered for a few
minutes; what we say of a person is asked each time, so that rights are those of now.
"""

from __future__ import annotations

import logging
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.audit.surface import Surface
from copilot.errors import ConfigurationError, SlackRefused
from copilot.interfaces.slack.calls import SlackCalls
from copilot.interfaces.slack.deciding import Who
from copilot.interfaces.slack.remembered import Remembered
from copilot.interfaces.slack.texts import Language, language_of
from copilot.people.caller import Caller
from copilot.people.person import OF_SLACK, Person, Role
from copilot.people.scope import scopes_of

_log = logging.getLogger(__name__)

_LIFE_S = 300.0
_MOST = 5_000
#: Slack lets `users.info` be asked a hundred times a minute.
_ONE_BY_ONE = 15
_PAGE = 500


@dataclass(frozen=True, kw_only=True)
class SlackUser:
    """What Slack says of a user."""

    id: str
    name: str
    email: str | None = None
    locale: str | None = None
    bot: bool = False
    guest: bool = False
    stranger: bool = False
    deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class Known:
    """A user of Slack and the person they are here."""

    user: SlackUser
    person: Person
    who: Who

    @property
    def language(self) -> Language:
        """The language of buttons and labels."""
        return language_of(self.user.locale)

    @property
    def caller(self) -> Caller:
        """Return them as somebody who calls our use cases."""
        return Caller(person=self.person, scopes=scopes_of(self.person), surface=Surface.SLACK)


def read_mapping(file: Path) -> dict[str, str]:
    """Read which user of Slack is which person: a TOML table `[people]` of `U0123ABC = "li"`.

    Raises:
        ConfigurationError: it cannot be read or holds something else.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("people", {})
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"COPILOT_SLACK_PEOPLE: {str(file)!r} cannot be read ({error}). Give a TOML file with a table [people]."
        ) from error
    if not isinstance(table, dict) or not all(isinstance(id, str) and id for id in table.values()):
        raise ConfigurationError(
            f'COPILOT_SLACK_PEOPLE: {str(file)!r} needs lines like U0123ABC = "li" under [people]: a user of Slack and '
            "the id of a person (`copilot people list`)."
        )
    return {str(user): str(id) for user, id in table.items()}


class Identity:
    """Asks Slack who somebody is and the people's store who that is here."""

    def __init__(
        self,
        calls: SlackCalls,
        *,
        team: str,
        people: Callable[[], Sequence[Person]],
        mapping: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`team` is the workspace that the app is installed in; `people` are all, the owner too."""
        self._calls = calls
        self._team = team
        self._people = people
        self._mapping = dict(mapping or {})
        self._users = Remembered[SlackUser](life_s=_LIFE_S, most=_MOST, clock=clock)

    def known(self, user_id: str) -> Known:
        """Return who a user is.

        Raises:
            SlackUnavailable: Slack does not say.
        """
        user = self.user(user_id)
        person = self._person(user)
        if user.stranger:
            who = Who.STRANGER
        elif user.guest:
            who = Who.GUEST
        elif user.deleted or not person.active:
            who = Who.INACTIVE
        else:
            who = Who.MEMBER
        return Known(user=user, person=person, who=who)

    def user(self, user_id: str) -> SlackUser:
        """Return what Slack says of a user, as of the last minutes; one that Slack does not know is a stranger."""
        kept = self._users.get(user_id)
        if kept is not None:
            return kept
        try:
            told = self._calls("users.info", user=user_id, include_locale=True).get("user", {})
            user = user_of(user_id, told, self._team)
        except SlackRefused as error:
            _log.warning("user %s is treated as a stranger: %s", user_id, error.error)
            user = SlackUser(id=user_id, name=user_id, stranger=True)
        return self._users.put(user_id, user)

    def look_up(self, user_ids: Sequence[str]) -> None:
        """Prepare for many questions at once: users are asked one by one, or where many are unknown all together."""
        unknown = [id for id in user_ids if self._users.get(id) is None]
        if len(unknown) <= _ONE_BY_ONE:
            return
        cursor: str | None = None
        for _ in range(_MOST // _PAGE):
            told = self._calls("users.list", limit=_PAGE, cursor=cursor, include_locale=True)
            for one in told.get("members", ()):
                id = str(one.get("id"))
                self._users.put(id, user_of(id, one, self._team))
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return

    def slack_user(self, person_id: str | None) -> str | None:
        """Return the user of Slack that a person is, for a mention; None where that is not known."""
        if person_id is None:
            return None
        mapped = [user for user, id in self._mapping.items() if id == person_id]
        if mapped:
            return mapped[0]
        person = next((one for one in self._people() if one.id == person_id and one.active), None)
        if person is None or person.email is None:
            return None
        try:
            told = self._calls("users.lookupByEmail", email=person.email).get("user", {})
        except SlackRefused:
            return None
        id = told.get("id")
        return id if isinstance(id, str) else None

    def _person(self, user: SlackUser) -> Person:
        everybody = self._people()
        named = self._mapping.get(user.id)
        if named is not None:
            for person in everybody:
                if person.id == named:
                    return person
            _log.warning("COPILOT_SLACK_PEOPLE maps %s to %r, whom nobody knows here: a reader", user.id, named)
        elif user.email:
            found = [one for one in everybody if one.email and one.email.casefold() == user.email.casefold()]
            if len(found) == 1:
                return found[0]
        return Person(id=f"{OF_SLACK}{user.id}", name=user.name, email=user.email, roles=frozenset({Role.READER}))


def user_of(user_id: str, told: Mapping[str, object], team: str) -> SlackUser:
    """Read `user` of `users.info`."""
    profile = told.get("profile")
    profile = profile if isinstance(profile, Mapping) else {}
    name = next((str(one) for one in (profile.get("display_name"), told.get("real_name"), told.get("name")) if one), "")
    email, locale = profile.get("email"), told.get("locale")
    bot = bool(told.get("is_bot")) or user_id == "USLACKBOT"
    elsewhere = told.get("team_id") not in (None, "", team) and not told.get("enterprise_user")
    return SlackUser(
        id=user_id,
        name=name or user_id,
        email=email if isinstance(email, str) else None,
        locale=locale if isinstance(locale, str) else None,
        bot=bot,
        guest=bool(told.get("is_restricted") or told.get("is_ultra_restricted")),
        stranger=not bot and bool(told.get("is_stranger") or elsewhere),
        deleted=bool(told.get("deleted")),
    )
