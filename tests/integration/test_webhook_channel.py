"""Webhooks over real connections: what arrives, what counts as taken, and where nothing is sent."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from copilot.adapters.webhook_channel import WebhookChannel
from copilot.delivery.destination import DestinationList, DestinationRules
from copilot.errors import ChannelUnavailable, DeliveryRefused, InvalidDestination
from knowledge.guarded_http import is_public
from tests.doubles.certificate import Certificate, certificate
from tests.doubles.webhook_receiver import WebhookReceiver, webhook_receiver
from tests.unit.copilot.delivery.test_wording import approved

SECRET = "a secret of the receiver"
NOW = 1_772_000_000.0


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    return certificate(tmp_path_factory.mktemp("certificate"), "crm.internal")


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as running:
        yield running


def channel(
    *, internal: Sequence[str] = ("127.0.0.1",), allowed: Sequence[str] = ("*.client.example",), **options: Any
) -> WebhookChannel:
    rules = DestinationRules(internal=DestinationList.of(internal), allowed=DestinationList.of(allowed))
    return WebhookChannel(secret=SECRET, rules=rules, now=lambda: NOW, **options)


def test_the_receiver_can_verify_what_arrives(receiver: WebhookReceiver) -> None:
    assert channel().send(approved(), receiver.url, "key-1") == "HTTP 200"
    (got,) = receiver.received
    assert got.path == "/hook?from=copilot"
    assert got.headers["idempotency-key"] == "key-1"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    fields = dict(part.split("=", 1) for part in got.headers["copilot-signature"].split(","))
    expected = hmac.new(SECRET.encode(), f"{fields['t']}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert (fields["t"], fields["v1"]) == (str(int(NOW)), expected)
    body = json.loads(got.body)
    assert body["delivery_id"] == "key-1"
    assert body["subject"] == "续约方案"
    assert [one["n"] for one in body["sources"]] == [1, 2]


def test_every_attempt_carries_the_same(receiver: WebhookReceiver) -> None:
    for _ in range(2):
        channel().send(approved(), receiver.url, "key-1")
    first, second = receiver.received
    assert (first.body, first.headers["idempotency-key"]) == (second.body, second.headers["idempotency-key"])


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_2xx_is_taken(receiver: WebhookReceiver, status: int) -> None:
    receiver.replies = [(status, {})]
    assert channel().send(approved(), receiver.url, "k") == f"HTTP {status}"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_some_answers_ask_for_patience(receiver: WebhookReceiver, status: int) -> None:
    receiver.replies = [(status, {"Retry-After": "120"})]
    with pytest.raises(ChannelUnavailable, match=str(status)) as caught:
        channel().send(approved(), receiver.url, "k")
    assert caught.value.retry_after_s == 120


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("Wed, 25 Feb 2026 06:13:20 GMT", 0.0), ("Wed, 25 Feb 2026 06:14:20 GMT", 60.0), ("soon", None), ("-1", None),
     ("9" * 400, 999_999_999.0)],
)  # fmt: skip
def test_when_to_come_back_is_read_in_both_forms(receiver: WebhookReceiver, value: str, seconds: float | None) -> None:
    receiver.replies = [(503, {"Retry-After": value})]
    with pytest.raises(ChannelUnavailable) as caught:
        channel().send(approved(), receiver.url, "k")
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 422])
def test_other_answers_are_refusals(receiver: WebhookReceiver, status: int) -> None:
    receiver.replies = [(status, {})]
    with pytest.raises(DeliveryRefused, match=str(status)):
        channel().send(approved(), receiver.url, "k")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(receiver: WebhookReceiver, status: int) -> None:
    receiver.replies = [(status, {"Location": receiver.url}), (200, {})]
    with pytest.raises(DeliveryRefused, match="not followed"):
        channel().send(approved(), receiver.url, "k")
    assert len(receiver.received) == 1


def test_a_receiver_that_is_not_there_may_come_back() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ChannelUnavailable, match="ConnectError"):
            channel().send(approved(), f"http://127.0.0.1:{port}/", "k")


def test_a_receiver_that_drips_does_not_hold_a_worker(receiver: WebhookReceiver) -> None:
    receiver.drip_s = 0.05
    begun = time.monotonic()
    with pytest.raises(ChannelUnavailable, match="Timeout"):
        channel(within_s=0.4).send(approved(), receiver.url, "k")
    assert time.monotonic() - begun < 5


def test_a_name_that_points_inside_is_not_called(receiver: WebhookReceiver) -> None:
    for address in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0"):
        evil = channel(resolve=lambda *_, found=address: [found])
        with pytest.raises(InvalidDestination, match="inside our network"):
            evil.send(approved(), f"https://hooks.client.example:{receiver.port}/x", "k")
    assert receiver.received == []


def test_one_inner_address_among_public_ones_is_enough() -> None:
    with pytest.raises(InvalidDestination):
        channel(resolve=lambda *_: ["93.184.216.34", "127.0.0.1"]).send(
            approved(), "https://hooks.client.example/x", "k"
        )


def test_the_name_is_resolved_once(receiver: WebhookReceiver) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    inside = channel(internal=["crm.internal"], resolve=resolve)
    inside.send(approved(), f"http://crm.internal:{receiver.port}/x", "k")
    assert asked == ["crm.internal"]
    assert receiver.received[0].headers["host"] == f"crm.internal:{receiver.port}"


def test_the_receiver_must_be_who_the_name_says(receiver: WebhookReceiver, trusted: Certificate) -> None:
    receiver.tls = trusted.server
    inside: dict[str, Any] = {"internal": ["crm.internal", "other.internal"], "resolve": lambda *_: ["127.0.0.1"]}
    with pytest.raises(ChannelUnavailable, match="ConnectError"):
        channel(**inside).send(approved(), f"https://crm.internal:{receiver.port}/x", "k")
    with pytest.raises(ChannelUnavailable, match="ConnectError"):
        channel(**inside, trust=trusted.client).send(approved(), f"https://other.internal:{receiver.port}/x", "k")
    assert receiver.received == []
    channel(**inside, trust=trusted.client).send(approved(), f"https://crm.internal:{receiver.port}/x", "k")
    assert len(receiver.received) == 1


def test_without_tls_nothing_crosses_the_internet() -> None:
    with pytest.raises(InvalidDestination):
        channel(internal=["crm.internal"], resolve=lambda *_: ["93.184.216.34"]).send(
            approved(), "http://crm.internal/x", "k"
        )


def test_a_name_that_does_not_resolve_may_come_back() -> None:
    def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(ChannelUnavailable, match="gaierror"):
        channel(resolve=nothing).send(approved(), "https://hooks.client.example/x", "k")


@pytest.mark.parametrize(
    "destination",
    [
        "", "hooks.client.example", "ftp://hooks.client.example/", "file:///etc/passwd", "https://", "https:///x",
        "https://user:secret@hooks.client.example/", "https://user@hooks.client.example/", "http://hooks.client.example/",
        "https://hooks.client.example:0/", "https://hooks.client.example:99999/", "https://hooks.client.example:x/",
        "https://hooks.client.example/a b", "https://hooks.client.example/\r\nX: y", "https://hooks.client.example\\@x/",
        "https://[::1", "https://-x-/", "https://" + "a" * 3000, "gopher://127.0.0.1/", "https://a..b/",
        "https://hooks.client.example%2f@evil/", "javascript:alert(1)", "https://☃☃..example/",
    ],
)  # fmt: skip
def test_only_plain_https_addresses_are_taken(destination: str) -> None:
    with pytest.raises(InvalidDestination):
        channel().check(destination)


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        (" https://Hooks.Client.example ", "https://hooks.client.example/"),
        ("https://hooks.client.example:443/x#part", "https://hooks.client.example/x"),
        ("https://hooks.client.example./x?a=1", "https://hooks.client.example/x?a=1"),
        ("https://hooks.client.example/续约", "https://hooks.client.example/%E7%BB%AD%E7%BA%A6"),
        ("https://例子.example/", "https://xn--fsqu00a.example/"),
        ("http://127.0.0.1:80/x", "http://127.0.0.1/x"),
    ],
)
def test_a_destination_has_one_spelling(given: str, spelled: str) -> None:
    assert channel().check(given) == spelled
    assert channel().check(spelled) == spelled


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False),
        ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False), ("::127.0.0.1", False), ("ff02::1", False), ("240.0.0.1", False),
    ],
)  # fmt: skip
def test_what_belongs_to_the_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_no_message_holds_the_path_or_the_secret(receiver: WebhookReceiver) -> None:
    receiver.replies = [(403, {})]
    with pytest.raises(DeliveryRefused) as caught:
        channel().send(approved(), f"http://127.0.0.1:{receiver.port}/T0/token?key=1", "k")
    assert "token" not in caught.value.message
    assert SECRET not in caught.value.message
