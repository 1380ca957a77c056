"""E-mail through a real SMTP server on this machine."""

from __future__ import annotations

import email
import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from copilot.adapters.smtp_channel import SmtpChannel, mail_server, sender_address
from copilot.errors import ChannelUnavailable, ConfigurationError, DeliveryRefused, InvalidDestination
from tests.doubles.certificate import Certificate, certificate
from tests.unit.copilot.delivery.test_wording import approved

SENDER = "前线团队 <hello@ours.example>"
PASSWORD = "pa:ss@word"


class Mailbox:
    """Keeps what arrives; `answers` are given instead of taking it, by recipient or to the data."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.recipient = "250 OK"
        self.data = "250 OK"

    async def handle_RCPT(  # noqa: N802  # the server's name for it
        self, server: object, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.envelopes.append(envelope)
        return self.data

    def mail(self) -> EmailMessage:
        content = self.envelopes[-1].content
        assert isinstance(content, bytes)
        read = email.message_from_bytes(content, policy=default)
        assert isinstance(read, EmailMessage)
        return read


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(box: Mailbox, **options: Any) -> Iterator[int]:
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(box: Mailbox) -> Iterator[int]:
    with serving(box) as running:
        yield running


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    return certificate(tmp_path_factory.mktemp("certificate"), "localhost")


def channel(url: str, trust: ssl.SSLContext | None = None, *, insist: bool = False) -> SmtpChannel:
    """`insist` on TLS as for a server that is not on this machine."""
    server = mail_server(url)
    return SmtpChannel(
        server=replace(server, tls="starttls") if insist else server,
        sender=sender_address(SENDER),
        trust=trust,
        wait_s=5,
        now=lambda: datetime(2026, 3, 1, tzinfo=UTC),
    )


def test_a_mail_arrives_as_people_read_it(box: Mailbox, port: int) -> None:
    receipt = channel(f"smtp://127.0.0.1:{port}").send(approved(), "wang@client.example", "key-1")
    mail = box.mail()
    assert receipt == mail["Message-ID"] == "<key-1@ours.example>"
    assert mail["Subject"] == "续约方案"
    assert mail["From"] == "前线团队 <hello@ours.example>"
    assert mail["To"] == "wang@client.example"
    assert (box.envelopes[0].mail_from, box.envelopes[0].rcpt_tos) == ("hello@ours.example", ["wang@client.example"])
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "王总您好,按年付费九折 [1]。" in plain.get_content()
    assert "[1] 价目表 › 价格" in plain.get_content()
    assert "<h1>续约方案</h1>" in page.get_content()


def test_every_attempt_has_the_same_message_id(box: Mailbox, port: int) -> None:
    for _ in range(2):
        channel(f"smtp://127.0.0.1:{port}").send(approved(), "wang@client.example", "key-1")
    ids = {email.message_from_bytes(one.content)["Message-ID"] for one in box.envelopes if one.content}  # type: ignore[arg-type]
    assert ids == {"<key-1@ours.example>"}


def test_content_is_never_a_header_a_tag_or_the_end(box: Mailbox, port: int) -> None:
    evil = "# Hi\rBcc: x@evil.example\x0bX-Evil: 1\n\n.\n\nFrom me <script>alert(1)</script> ![p](https://evil.example/p.png)\n\ud800"
    channel(f"smtp://127.0.0.1:{port}").send(approved(evil), "wang@client.example", "key-1")
    mail = box.mail()
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert box.envelopes[0].rcpt_tos == ["wang@client.example"]
    page = mail.get_body(("html",))
    assert page is not None
    assert "<script" not in page.get_content()
    assert "<img" not in page.get_content()


def test_long_lines_in_any_script_arrive_whole(box: Mailbox, port: int) -> None:
    text = "续" * 5000 + " 😀"
    channel(f"smtp://127.0.0.1:{port}").send(approved(text), "wang@client.example", "key-1")
    plain = box.mail().get_body(("plain",))
    assert plain is not None
    assert text in plain.get_content()


@pytest.mark.parametrize("answer", ["550 no such user", "501 syntax"])
def test_a_refused_recipient_is_final(box: Mailbox, port: int, answer: str) -> None:
    box.recipient = answer
    with pytest.raises(DeliveryRefused, match=answer[:3]):
        channel(f"smtp://127.0.0.1:{port}").send(approved(), "wang@client.example", "key-1")


def test_a_refused_message_is_final(box: Mailbox, port: int) -> None:
    box.data = "554 looks like spam"
    with pytest.raises(DeliveryRefused, match="looks like spam"):
        channel(f"smtp://127.0.0.1:{port}").send(approved(), "wang@client.example", "key-1")


def test_greylisting_asks_for_patience(box: Mailbox, port: int) -> None:
    box.recipient = "451 come back later"
    with pytest.raises(ChannelUnavailable, match="451"):
        channel(f"smtp://127.0.0.1:{port}").send(approved(), "wang@client.example", "key-1")
    box.recipient, box.data = "250 OK", "421 too busy"
    with pytest.raises(ChannelUnavailable, match="421"):
        channel(f"smtp://127.0.0.1:{port}").send(approved(), "wang@client.example", "key-1")


def test_a_server_that_is_not_there_may_come_back() -> None:
    with pytest.raises(ChannelUnavailable, match="ConnectionRefused"):
        channel(f"smtp://127.0.0.1:{free_port()}").send(approved(), "wang@client.example", "key-1")


def test_name_and_password_go_through_tls_alone(box: Mailbox, trusted: Certificate) -> None:
    given: list[tuple[bytes, bytes]] = []

    def authenticate(server: object, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        given.append((data.login, data.password))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    with serving(box, tls_context=trusted.server, auth_required=True, authenticator=authenticate) as port:
        address = f"smtp://hello%40ours:{{}}@127.0.0.1:{port}"
        good = address.format("pa%3Ass%40word")
        with pytest.raises(ChannelUnavailable, match="SSLCertVerificationError"):
            channel(good, insist=True).send(approved(), "wang@client.example", "key-1")
        assert given == []
        channel(good, trusted.client, insist=True).send(approved(), "wang@client.example", "key-1")
        assert given == [(b"hello@ours", PASSWORD.encode())]
        with pytest.raises(ChannelUnavailable, match="name or password"):
            channel(address.format("wrong"), trusted.client, insist=True).send(approved(), "wang@client.example", "k")
    assert len(box.envelopes) == 1


def test_a_server_without_tls_gets_nothing(box: Mailbox, port: int) -> None:
    with pytest.raises(ChannelUnavailable, match="SMTPNotSupportedError"):
        channel(f"smtp://127.0.0.1:{port}", insist=True).send(approved(), "wang@client.example", "key-1")
    channel(f"smtp://127.0.0.1:{port}").send(approved(), "wang@client.example", "key-1")
    assert len(box.envelopes) == 1


@pytest.mark.parametrize(
    "destination",
    [
        "", "wang", "@client.example", "wang@", "Wang <wang@client.example>", "a@b.example,c@d.example",
        "a@b.example\r\nRCPT TO:<x@y.example>", "a b@c.example", '"a b"@c.example', "a@b..example", "a@-b.example",
        "王@client.example", "a@[127.0.0.1]", "a" * 300 + "@b.example", "a@b@c.example", "a@b.example\0",
        "mailto:a@b.example",
    ],
)  # fmt: skip
def test_only_one_plain_address_is_taken(destination: str) -> None:
    with pytest.raises(InvalidDestination):
        channel("smtp://localhost").check(destination)


def test_an_address_has_one_spelling() -> None:
    assert channel("smtp://localhost").check(" Wang.Li+1@Client.EXAMPLE ") == "Wang.Li+1@client.example"


@pytest.mark.parametrize(
    "url", ["", "mail.example", "http://mail.example", "smtp://", "smtp://mail:x", "smtp://a/b", "smtp://u:p%C3%A4@a"]
)
def test_an_address_of_no_server_is_told_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_SMTP_URL"):
        mail_server(url)
    with pytest.raises(ConfigurationError) as caught:
        mail_server("http://me:hunter2@mail.example")
    assert "hunter2" not in caught.value.message


def test_a_server_has_the_usual_ports() -> None:
    assert mail_server("smtps://mail.example").port == 465
    assert (mail_server("smtp://mail.example").port, mail_server("smtp://mail.example").tls) == (587, "starttls")
    assert {mail_server(url).tls for url in ("smtp://localhost", "smtp://mail.example?tls=no")} == {"none"}


@pytest.mark.parametrize("text", ["", "nobody", "a@b.example, c@d.example", "A\nBcc: x <a@b.example>"])
def test_a_sender_that_is_none_is_told(text: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_SMTP_FROM"):
        sender_address(text)
