"""Approved revisions as e-mail."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from markdown_it import MarkdownIt

from copilot.adapters.bounded_smtp import mail_connection
from copilot.approval.approved import ApprovedRevision
from copilot.delivery.delivery import ChannelName
from copilot.delivery.wording import message, subject
from copilot.errors import ChannelUnavailable, ConfigurationError, DeliveryRefused, InvalidDestination

#: For each exchange with the server; one attempt is about ten of them.
_WAIT_S = 15.0
#: For a whole attempt, however the server dawdles: well below the lease of a delivery.
_ALL_S = 150.0
_LONGEST_ADDRESS = 254  # RFC 5321
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed in. `tls`: from the start, by STARTTLS, or none."""

    host: str
    port: int
    tls: Literal["start", "starttls", "none"]
    user: str | None = None
    password: str | None = None


def mail_server(url: str) -> MailServer:
    """Read `smtp(s)://user:password@host:port`.

    `smtp` begins in the clear and changes to TLS before anything is said, except to this machine or with `?tls=no`.

    Raises:
        ConfigurationError: it is no such address; the message does not repeat it, since it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        raise ConfigurationError(
            "COPILOT_SMTP_URL is no address of a mail server. Write smtps://user:password@host:465."
        )
    if not unquote(f"{parts.username}{parts.password}").isascii():
        raise ConfigurationError("Name and password in COPILOT_SMTP_URL must be ASCII: SMTP knows nothing else.")
    clear = parts.hostname in _LOOPBACK or parse_qs(parts.query).get("tls") == ["no"]
    return MailServer(
        host=parts.hostname,
        port=port or (465 if parts.scheme == "smtps" else 587),
        tls="start" if parts.scheme == "smtps" else "none" if clear else "starttls",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or "") if parts.username else None,
    )


def sender_address(text: str) -> Address:
    """Read `Name <address>` or an address.

    Raises:
        ConfigurationError: it is neither.
    """
    read = getaddresses([text])
    name, address = read[0] if len(read) == 1 else ("", "")
    if not _ADDRESS.fullmatch(address) or any(sign < " " for sign in text):
        raise ConfigurationError(f"COPILOT_SMTP_FROM {text!r} is no sender. Write: 公司 <hello@example.com>.")
    return Address(display_name=name, addr_spec=address)


#: The page of a text in its language, for a domain that ids of pictures belong to; and these pictures (PNG) by id.
Layout = Callable[[str, Literal["zh", "en"], str], tuple[str, Mapping[str, bytes]]]


def _plain_layout(text: str, language: Literal["zh", "en"], domain: str) -> tuple[str, Mapping[str, bytes]]:
    del domain
    # Pictures would be fetched from anywhere when the mail is opened; tags of the content are shown as text.
    body = MarkdownIt("commonmark", {"html": False}).disable("image").render(text)
    return f'<!doctype html><html lang="{language}"><meta charset="utf-8"><body>{body}</body></html>', {}


class SmtpChannel:
    """Implements `Channel`; a destination is one e-mail address.

    A message has the same Message-ID on every attempt, by which mail programs recognise a second copy.
    """

    name = ChannelName.EMAIL

    def __init__(
        self,
        *,
        server: MailServer,
        sender: Address,
        trust: ssl.SSLContext | None = None,
        wait_s: float = _WAIT_S,
        all_s: float = _ALL_S,
        layout: Layout | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`layout` gives the page of a text, with the pictures in it; without one it is plain."""
        self._layout = layout or _plain_layout
        self._server = server
        self._sender = sender
        self._trust = trust or ssl.create_default_context()
        self._wait_s = wait_s
        self._all_s = all_s
        self._now = now

    def check(self, destination: str) -> str:
        """Return the address with its domain in lower case.

        Raises:
            InvalidDestination: it is not one plain address.
        """
        address = destination.strip()
        if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
            raise InvalidDestination(
                f"{destination[:80]!r} is no e-mail address. Give one address without a name, such as li@example.com."
            )
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.lower()}"

    def send(self, approved: ApprovedRevision, destination: str, key: str) -> str:
        """Hand the message in and return its Message-ID.

        Raises:
            DeliveryRefused: the server will not take it for this address.
            ChannelUnavailable: it does not answer, or not now.
        """
        mail = self.message(approved, self.check(destination), key)
        self.hand_in(mail, destination)
        return str(mail["Message-ID"])

    def hand_in(self, mail: EmailMessage, destination: str) -> None:
        """Hand a message in.

        Raises:
            DeliveryRefused: the server will not take it for this address.
            ChannelUnavailable: it does not answer, or not now.
        """
        with self._told(), self._connected() as server:
            server.send_message(mail, self._sender.addr_spec, [destination])

    def reach(self) -> None:
        """Sign in to the server, and hand nothing in.

        Raises:
            DeliveryRefused, ChannelUnavailable: as `hand_in`.
        """
        with self._told(), self._connected() as server:
            server.noop()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            ((code, text),) = error.recipients.values()
            raise self._failure(code, text) from error
        except smtplib.SMTPAuthenticationError as error:  # ours to put right, and no fault of the message
            raise ChannelUnavailable(
                f"The mail server refuses our name or password ({error.smtp_code}). Correct COPILOT_SMTP_URL."
            ) from error
        except smtplib.SMTPResponseException as error:
            raise self._failure(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelUnavailable(
                f"The mail server {self._server.host!r} cannot be used now ({type(error).__name__}). It is tried again "
                "by itself; check COPILOT_SMTP_URL if that lasts."
            ) from error

    def written(self, address: str, subject: str, text: str, key: str) -> EmailMessage:
        """Return a message of plain text."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._sender
        mail["To"] = address
        mail["Subject"] = " ".join(subject.split())
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = f"<{key}@{self._sender.domain}>"
        mail.set_content(text.encode(errors="replace").decode(), cte="base64")
        return mail

    def message(self, approved: ApprovedRevision, address: str, key: str) -> EmailMessage:
        """Return the whole message: plain text, and the same as simple HTML with its pictures inside."""
        text = message(approved)
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._sender
        mail["To"] = address
        mail["Subject"] = subject(approved)
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = f"<{key}@{self._sender.domain}>"
        mail["Content-Language"] = approved.draft.language
        # What has no form in UTF-8 must not keep the rest from leaving.
        text = text.encode(errors="replace").decode()
        mail.set_content(text, cte="base64")
        shown, pictures = self._layout(text, approved.draft.language, self._sender.domain)
        mail.add_alternative(shown, subtype="html", cte="base64")
        page = next(part for part in mail.iter_parts() if part.get_content_type() == "text/html")
        for id, data in pictures.items():
            page.add_related(data, "image", "png", cid=f"<{id}>", disposition="inline")
        return mail

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        one = self._server
        trust = self._trust if one.tls == "start" else None
        with mail_connection(one.host, one.port, wait_s=self._wait_s, all_s=self._all_s, trust=trust) as server:
            if one.tls == "starttls":
                server.starttls(context=self._trust)
            if one.user is not None:
                server.login(one.user, one.password or "")
            yield server
            with suppress(OSError, smtplib.SMTPException):
                server.quit()  # it was accepted before; how the server says goodbye changes nothing

    def _failure(self, code: int, text: bytes | str) -> ChannelUnavailable | DeliveryRefused:
        said = text.decode(errors="replace") if isinstance(text, bytes) else text
        shown = f"The mail server answered {code} {' '.join(said.split())[:200]!r}."
        if 500 <= code < 600:
            return DeliveryRefused(f"{shown} Correct the address or the sender, then `copilot deliveries retry`.")
        return ChannelUnavailable(f"{shown} It is tried again by itself.")
