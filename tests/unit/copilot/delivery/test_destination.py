"""Who reads what arrives where, and where anything may go at all."""

from __future__ import annotations

import pytest

from copilot.delivery.delivery import ChannelName
from copilot.delivery.destination import DestinationList, DestinationRules, shown
from copilot.errors import InvalidDestination
from knowledge.document import Audience

EMAIL, WEBHOOK = ChannelName.EMAIL, ChannelName.WEBHOOK
RULES = DestinationRules(
    internal=DestinationList.of(["ours.example", "*.Ours.example", "partner@mail.example", "10.0.0.7:9000", "crm"]),
    allowed=DestinationList.of(["client.example", "hooks.client.example", "127.0.0.1", "[::1]:80", "localhost"]),
)


@pytest.mark.parametrize(
    ("channel", "destination", "audience"),
    [
        (ChannelName.FILE, "plan.md", Audience.INTERNAL),
        (ChannelName.CRM, "da-01", Audience.INTERNAL),
        (ChannelName.SLACK, "#general", Audience.CUSTOMER),
        (EMAIL, "li@ours.example", Audience.INTERNAL),
        (EMAIL, "Li@OURS.example", Audience.INTERNAL),
        (EMAIL, "li@sales.ours.example", Audience.INTERNAL),
        (EMAIL, "partner@mail.example", Audience.INTERNAL),
        (EMAIL, "other@mail.example", Audience.CUSTOMER),
        (EMAIL, "li@notours.example", Audience.CUSTOMER),
        (EMAIL, "li@ours.example.evil.example", Audience.CUSTOMER),
        (EMAIL, "ours.example@evil.example", Audience.CUSTOMER),
        (WEBHOOK, "https://ours.example/hook", Audience.INTERNAL),
        (WEBHOOK, "http://10.0.0.7:9000/hook", Audience.INTERNAL),
        (WEBHOOK, "http://10.0.0.7/hook", Audience.CUSTOMER),
        (WEBHOOK, "https://client.example/ours.example", Audience.CUSTOMER),
    ],
)
def test_the_audience_of_a_destination(channel: ChannelName, destination: str, audience: Audience) -> None:
    assert RULES.audience(channel, destination) is audience


@pytest.mark.parametrize(
    ("channel", "destination", "allowed"),
    [
        (EMAIL, "wang@client.example", True),
        (EMAIL, "li@ours.example", True),
        (EMAIL, "wang@sub.client.example", False),
        (EMAIL, "wang@elsewhere.example", False),
        (WEBHOOK, "https://hooks.client.example/x", True),
        (WEBHOOK, "https://elsewhere.example/x", False),
        (WEBHOOK, "http://127.0.0.1:5000/x", True),
        (WEBHOOK, "http://[::1]/x", True),
        (WEBHOOK, "http://[::1]:81/x", False),
        (ChannelName.FILE, "plan.md", True),
    ],
)
def test_only_what_is_listed_receives(channel: ChannelName, destination: str, allowed: bool) -> None:
    if allowed:
        RULES.check(channel, destination)
        return
    with pytest.raises(InvalidDestination, match="COPILOT_DELIVERY_ALLOWED"):
        RULES.check(channel, destination)


def test_nothing_is_allowed_by_default() -> None:
    rules = DestinationRules(internal=DestinationList.of([]), allowed=DestinationList.of([]))
    for channel, destination in ((EMAIL, "a@b.example"), (WEBHOOK, "https://b.example/")):
        with pytest.raises(InvalidDestination):
            rules.check(channel, destination)


def test_a_star_opens_every_address_and_no_host() -> None:
    rules = DestinationRules(internal=DestinationList.of([]), allowed=DestinationList.of(["*"]))
    rules.check(EMAIL, "a@b.example")
    assert rules.audience(EMAIL, "a@b.example") is Audience.CUSTOMER
    with pytest.raises(InvalidDestination):
        rules.check(WEBHOOK, "https://b.example/")
    assert not rules.may_be_private("b.example", 443)


@pytest.mark.parametrize(
    ("host", "port", "private"),
    [
        ("crm", 80, True),
        ("10.0.0.7", 9000, True),
        ("10.0.0.7", 9001, False),
        ("ours.example", 443, True),
        ("a.ours.example", 443, False),  # only as one of many
        ("127.0.0.1", 1, True),
        ("localhost", 1, True),
        ("::1", 80, True),
        ("hooks.client.example", 443, False),  # its owner decides where the name points
    ],
)
def test_only_hosts_named_for_it_may_lie_inside(host: str, port: int, private: bool) -> None:
    assert RULES.may_be_private(host, port) is private


@pytest.mark.parametrize("entry", ["a b", "https://ours.example/", "@ours.example", "a@b@c", "", "**"])
def test_an_entry_in_another_form_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="no address, domain or host"):
        DestinationList.of([entry])


def test_paths_of_urls_are_not_shown() -> None:
    assert shown(WEBHOOK, "https://hooks.client.example/T0/secret?key=1") == "https://hooks.client.example:443"
    assert shown(EMAIL, "wang@client.example") == "wang@client.example"
