"""Who somebody is, who reads along, and how calls are repeated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from copilot.errors import ConfigurationError, SlackRefused, SlackUnavailable, SlackUnclear
from copilot.interfaces.slack.calls import SlackCalls, web_client
from copilot.interfaces.slack.channels import Channels, where_of
from copilot.interfaces.slack.deciding import Where, Who
from copilot.interfaces.slack.identity import Identity, read_mapping
from copilot.people.person import Person, Role
from knowledge.document import Audience
from tests.doubles.slack_server import TOKEN, SlackServer, broken, busy, refuses, slack_server
from tests.doubles.slack_world import BOT_USER, OTHER_TEAM, TEAM, SlackWorld

PEOPLE = [
    Person(id="li", name="Li", email="Li@ours.example", groups=frozenset({"deals", "all"})),
    Person(id="zhao", name="Zhao", email="zhao@ours.example", groups=frozenset({"all"})),
    Person(id="gone", name="Gone", email="gone@ours.example", active=False),
    Person(id="boss", name="Boss", email="boss@ours.example", roles=frozenset({Role.ADMIN})),
    Person(id="twin1", name="Twin", email="twin@ours.example"),
    Person(id="twin2", name="Twin", email="twin@ours.example", roles=frozenset({Role.ADMIN})),
]


@pytest.fixture(scope="module")
def server() -> Iterator[SlackServer]:
    world = SlackWorld()
    for name in ("li", "zhao", "gone", "boss", "twin", "new"):
        world.user(f"U0{name.upper()}", name, email=f"{name}@ours.example", locale="zh-CN")
    world.user("U0GUEST", "guest", email="li@ours.example", is_restricted=True)
    world.user("U0ELSE", "else", email="li@ours.example")
    world.users["U0ELSE"]["team_id"] = OTHER_TEAM
    world.user("U0ROBOT", "robot", is_bot=True)
    world.channel("C0DEALS", ["U0LI", "U0ZHAO", "U0ROBOT", "U0BOSS"])
    world.channel("C0NEW", ["U0LI", "U0NEW"])
    world.channel("C0GUEST", ["U0LI", "U0GUEST"])
    with slack_server(world) as made:
        yield made


@pytest.fixture
def calls(server: SlackServer) -> Iterator[SlackCalls]:
    yield SlackCalls(web_client(TOKEN, server.api_url, 5), budget_s=2.0, sleep=lambda _: None, clock=lambda: 0.0)
    server.heal()


@pytest.fixture
def identity(calls: SlackCalls) -> Identity:
    return Identity(calls, team=TEAM, people=lambda: PEOPLE, mapping={"U0NEW": "nobody"})


@pytest.mark.parametrize(
    ("user", "person", "who"),
    [
        ("U0LI", "li", Who.MEMBER),
        ("U0NEW", "slack:U0NEW", Who.MEMBER),
        ("U0GONE", "gone", Who.INACTIVE),
        ("U0TWIN", "slack:U0TWIN", Who.MEMBER),  # two people have the address: neither is believed
        ("U0GUEST", "li", Who.GUEST),
        ("U0ELSE", "li", Who.STRANGER),
        ("U0NOBODY", "slack:U0NOBODY", Who.STRANGER),
    ],
)
def test_who_somebody_is(identity: Identity, user: str, person: str, who: Who) -> None:
    known = identity.known(user)
    assert (known.person.id, known.who) == (person, who)


def test_a_member_without_a_record_reads(identity: Identity) -> None:
    known = identity.known("U0NEW")
    assert known.person.roles == {Role.READER}
    assert known.language == "zh"
    assert known.caller.surface == "slack"


def test_a_mapping_comes_before_the_address(calls: SlackCalls) -> None:
    identity = Identity(calls, team=TEAM, people=lambda: PEOPLE, mapping={"U0ZHAO": "boss"})
    assert identity.known("U0ZHAO").person.id == "boss"
    assert identity.slack_user("boss") == "U0ZHAO"
    assert identity.slack_user("zhao") == "U0ZHAO"
    assert identity.slack_user("nobody") is None
    assert identity.slack_user(None) is None


def test_rights_are_those_of_now_while_what_slack_said_is_remembered(calls: SlackCalls, server: SlackServer) -> None:
    people = list(PEOPLE)
    identity = Identity(calls, team=TEAM, people=lambda: people)
    assert identity.known("U0LI").person.groups == {"deals", "all"}
    before = len(server.world.calls)
    people[0] = Person(id="li", name="Li", email="li@ours.example", groups=frozenset())
    assert identity.known("U0LI").person.groups == frozenset()
    assert len(server.world.calls) == before


@pytest.mark.parametrize("text", ["people = 3", "[people]\nU1 = 3", "["])
def test_a_mapping_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "people.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="COPILOT_SLACK_PEOPLE"):
        read_mapping(file)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("channel", "audience", "groups"),
    [
        ("C0DEALS", Audience.INTERNAL, {"all"}),
        ("C0NEW", Audience.INTERNAL, set()),
        ("C0GUEST", Audience.CUSTOMER, set()),
    ],
)
def test_a_channel_reads_what_its_weakest_member_does(
    calls: SlackCalls, identity: Identity, channel: str, audience: Audience, groups: set[str]
) -> None:
    readers = Channels(calls, identity, us=BOT_USER, team=TEAM).readers(channel)
    assert (readers.audience, readers.groups) == (audience, groups)
    assert readers.caller(PEOPLE[3]).reader(readers.audience).everything is False


@pytest.mark.parametrize(("channel", "audience"), [("C0DEALS", Audience.INTERNAL), ("C0GUEST", Audience.CUSTOMER)])
def test_in_a_large_channel_no_groups_count_and_guests_are_looked_for(
    calls: SlackCalls, identity: Identity, channel: str, audience: Audience
) -> None:
    readers = Channels(calls, identity, us=BOT_USER, team=TEAM, most_members=1).readers(channel)
    assert (readers.audience, readers.groups, readers.members) == (audience, frozenset(), None)


def test_many_members_are_looked_up_together(calls: SlackCalls, identity: Identity, server: SlackServer) -> None:
    many = [server.world.user(f"U1{number:03}", f"m{number}") for number in range(40)]
    server.world.channel("C0MANY", [*many, "U0LI"])
    before = len(server.world.calls)
    readers = Channels(calls, identity, us=BOT_USER, team=TEAM).readers("C0MANY")
    assert (readers.audience, readers.members) == (Audience.INTERNAL, 41)
    assert [method for method, _ in server.world.calls[before:]] == ["conversations.members", "users.list"]


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"is_im": True}, Where.DIRECT),
        ({}, Where.PUBLIC),
        ({"is_private": True}, Where.PRIVATE),
        ({"is_mpim": True}, Where.PRIVATE),
        ({"is_ext_shared": True}, Where.EXTERNAL),
        ({"is_pending_ext_shared": True, "is_private": True}, Where.EXTERNAL),
        ({"connected_team_ids": [TEAM, OTHER_TEAM]}, Where.EXTERNAL),
        ({"connected_team_ids": [TEAM, OTHER_TEAM], "is_org_shared": True}, Where.PUBLIC),
    ],
)
def test_where_a_channel_is(told: dict[str, Any], where: Where) -> None:
    assert where_of(told, TEAM) is where


def test_what_passes_is_waited_for(calls: SlackCalls, server: SlackServer) -> None:
    server.fail("auth.test", busy("0"), broken(), broken())
    assert calls("auth.test")["team_id"] == TEAM


def test_what_does_not_pass_is_told(calls: SlackCalls, server: SlackServer) -> None:
    server.fail("users.info", refuses("user_not_found"))
    with pytest.raises(SlackRefused) as refused:
        calls("users.info", user="U0LI")
    assert refused.value.error == "user_not_found"
    server.fail("users.info", busy("60"))
    with pytest.raises(SlackUnavailable) as busy_for_long:
        calls("users.info", user="U0LI")
    assert busy_for_long.value.retry_after_s == 60


def test_what_makes_something_new_is_not_repeated_blindly(calls: SlackCalls, server: SlackServer) -> None:
    before = len(server.world.messages)
    server.fail("chat.postMessage", broken(done=True))
    with pytest.raises(SlackUnclear):
        calls("chat.postMessage", once=True, channel="C0DEALS", text="once")
    assert len(server.world.messages) == before + 1
