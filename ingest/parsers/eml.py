"""EML: who wrote when about what, the body, and the attachments as parts."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage, Message, MIMEPart

from ingest.decoding import decode
from ingest.errors import DamagedFile, PermanentIngestError
from ingest.limits import Limits
from ingest.parser import Bundle, Parser, Part
from ingest.parsers.characters import one_line, readable
from ingest.parsers.zip import free_name, safe_name
from ingest.source import Item

_HEADERS = (("Subject", "主题"), ("From", "发件人"), ("To", "收件人"), ("Cc", "抄送"), ("Date", "日期"))


class EmlParser:
    """Implements `Parser` for .eml."""

    def __init__(self, limits: Limits, html: Parser) -> None:
        self._limits = limits
        self._html = html

    def parse(self, item: Item, data: bytes) -> Bundle:
        """Return headers and body; of two bodies the plain one, an HTML one as its visible text.

        Raises:
            DamagedFile: there is neither a header nor a body.
        """
        message = email.message_from_bytes(data, policy=email.policy.default)
        if not isinstance(message, EmailMessage) or not any(message.get(name) for name, _ in _HEADERS):
            raise DamagedFile(f"{item.source!r} is no mail: it has no headers. Export it anew, or name it .txt.")
        headers = [f"{label} {name}: {value}" for name, label in _HEADERS if (value := _header(message, name))]
        body, warnings = self._body(item, message)
        return Bundle(
            source=item.source,
            title=_header(message, "Subject"),
            text="\n".join(headers) + ("\n\n" + body.strip() if body.strip() else ""),
            warnings=warnings,
            parts=_attachments(message, self._limits),
        )

    def _body(self, item: Item, message: EmailMessage) -> tuple[str, tuple[str, ...]]:
        part = message.get_body(("plain", "html"))
        if part is None:
            return "", ()
        try:
            text, warnings = _content(part)
            if part.get_content_subtype() == "html":
                text = self._html.parse(item, text.encode("utf-8", "replace")).text
        except PermanentIngestError as error:
            return "", (f"the body could not be read: {error.message}",)
        return readable(text), warnings


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message.get(name, "")))
    except Exception:  # noqa: BLE001  # the parser of headers is lazy and fails on what senders make up
        return ""


def _content(part: MIMEPart) -> tuple[str, tuple[str, ...]]:
    """Decode by the charset that the part names, else by what its bytes tell."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(part.get_content_charset("utf-8")), ()
    except (LookupError, ValueError):
        return decode(data)


def _attachments(message: EmailMessage, limits: Limits) -> tuple[Part, ...]:
    parts: dict[str, Part] = {}
    for number, part in enumerate(message.iter_attachments(), start=1):
        if len(parts) >= limits.members:
            break
        if part.get_content_maintype() == "image" and part.get("Content-ID"):
            continue  # a logo or a signature inside the body
        data = _bytes(part)
        ending = ".eml" if part.get_content_type() == "message/rfc822" else ""
        name = free_name(safe_name(part.get_filename() or "") or f"attachment-{number}{ending}", parts)
        parts[name] = Part(name=name, data=data)
    return tuple(parts.values())


def _bytes(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
