"""Approved drafts into channels of a loopback Slack: who reads them there, and never twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from copilot.adapters.slack_channel import SlackChannel
from copilot.delivery.delivery import ChannelName
from copilot.delivery.destination import DestinationList, DestinationRules
from copilot.errors import ChannelUnavailable, DeliveryRefused, InvalidDestination
from copilot.interfaces.slack.calls import SlackCalls, web_client
from knowledge.document import Audience
from tests.doubles.slack_server import TOKEN, Failure, SlackServer, broken, busy, refuses, slack_server
from tests.slack_stage import a_workspace
from tests.unit.copilot.delivery.test_wording import approved

NONE = DestinationList.of([])


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with slack_server(a_workspace()) as made:
        yield made
        assert made.world.violations == []


@pytest.fixture
def channel(server: SlackServer) -> SlackChannel:
    calls = SlackCalls(web_client(TOKEN, server.api_url, 5), budget_s=1.0, sleep=lambda _: None)
    return SlackChannel(calls, list)


@pytest.mark.parametrize(
    ("given", "spelled"), [("C0SALES", "C0SALES"), (" #Sales ", "#sales"), ("U0LI", "U0LI"), ("#销售", "#销售")]
)
def test_a_destination_has_one_spelling(channel: SlackChannel, given: str, spelled: str) -> None:
    assert channel.check(given) == spelled


@pytest.mark.parametrize("given", ["", "sales", "@li", "#", "#a b", "https://x.example", "c0sales", "#<!here>"])
def test_what_is_nothing_in_slack_is_refused(channel: SlackChannel, given: str) -> None:
    with pytest.raises(InvalidDestination):
        channel.check(given)


@pytest.mark.parametrize(
    ("destination", "audience"),
    [
        ("C0SALES", Audience.INTERNAL),
        ("#desk", Audience.INTERNAL),
        ("U0LI", Audience.INTERNAL),
        ("#shared", Audience.CUSTOMER),
        ("C0MIXED", Audience.CUSTOMER),
        ("U0GUEST", Audience.CUSTOMER),
    ],
)
def test_who_reads_there_is_asked_at_that_moment(channel: SlackChannel, destination: str, audience: Audience) -> None:
    rules = DestinationRules(internal=NONE, allowed=NONE, slack=channel)
    assert rules.audience(ChannelName.SLACK, destination) is Audience.CUSTOMER  # nobody has looked yet
    rules.look(ChannelName.SLACK, destination)
    assert rules.audience(ChannelName.SLACK, destination) is audience


def test_a_guest_who_joins_changes_who_reads(channel: SlackChannel, server: SlackServer) -> None:
    channel.look("C0SALES")
    server.world.channels["C0SALES"]["members"].append("U0GUEST")
    channel.look("C0SALES")
    assert channel.audience("C0SALES") is Audience.CUSTOMER


@pytest.mark.parametrize("destination", ["C0SALES", "#sales", "U0LI"])
@pytest.mark.parametrize("failure", [None, busy("0"), broken(), broken(done=True)])
def test_a_revision_arrives_once(
    channel: SlackChannel, server: SlackServer, destination: str, failure: Failure | None
) -> None:
    channel.look(destination)
    if failure is not None:
        server.fail("chat.postMessage", failure)
    first = channel.send(approved(), destination, "key-1")
    again = channel.send(approved(), destination, "key-1")
    assert first.split()[-1] == again.split()[-1]
    (message,) = server.world.ours()
    assert message["metadata"]["event_payload"] == {"key": "key-1"}
    assert "续约方案" in message["text"]


def test_what_slack_does_not_take_is_told_and_what_passes_is_tried_again(
    channel: SlackChannel, server: SlackServer
) -> None:
    with pytest.raises(InvalidDestination, match="C0NONE"):
        channel.look("C0NONE")
    with pytest.raises(DeliveryRefused, match="#nowhere"):
        channel.send(approved(), "#nowhere", "k")
    server.fail("chat.postMessage", refuses("not_in_channel"))
    with pytest.raises(DeliveryRefused, match="/invite"):
        channel.send(approved(), "C0SALES", "k")
    server.fail("chat.postMessage", busy("7200"))
    with pytest.raises(ChannelUnavailable) as busy_for_long:
        channel.send(approved(), "C0SALES", "k")
    assert busy_for_long.value.retry_after_s == 3600
