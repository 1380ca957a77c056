"""What passes between the sync and the process that parses: lengths, JSON and raw bytes, nothing that could be code."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

from ingest.parser import Bundle, Part
from knowledge.document import Document, DocumentKind, Metadata, WrittenQuestion

_LENGTHS = struct.Struct(">QQ")


class BrokenMessage(Exception):
    """The other side is gone, or does not keep to this form."""


def send(pipe: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    """Write one message."""
    head = json.dumps(header).encode()
    pipe.write(_LENGTHS.pack(len(head), len(body)))
    pipe.write(head)
    pipe.write(body)
    pipe.flush()


def receive(pipe: BinaryIO, limit: int) -> tuple[dict[str, Any], bytes]:
    """Read one message of at most `limit` bytes.

    Raises:
        BrokenMessage: there is none.
    """
    head, body = _LENGTHS.unpack(_exactly(pipe, _LENGTHS.size))
    if head + body > limit:
        raise BrokenMessage(f"a message of {head + body} bytes; {limit} are allowed")
    try:
        header = json.loads(_exactly(pipe, head))
    except ValueError as error:
        raise BrokenMessage(str(error)) from error
    if not isinstance(header, dict):
        raise BrokenMessage("a header that is no object")
    return header, _exactly(pipe, body)


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if data is None or len(data) < size:
        raise BrokenMessage("the other side is gone")
    return data


def packed(document: Document) -> tuple[dict[str, Any], bytes]:
    """Return a document as a message; of its metadata only what these parsers find: kind and context."""
    header: dict[str, Any] = {
        "source": document.source,
        "title": document.title,
        "text": document.text,
        "kind": document.metadata.kind.value,
        "context": document.metadata.context,
        "questions": [[question.text, question.section] for question in document.questions],
        "warnings": list(document.warnings),
        "pages": list(document.pages),
    }
    if not isinstance(document, Bundle):
        return header, b""
    header["parts"] = [[part.name, len(part.data), part.code, part.reason, part.above] for part in document.parts]
    return header, b"".join(part.data for part in document.parts)


def unpacked(header: dict[str, Any], body: bytes) -> Document:
    """Rebuild a document.

    Raises:
        BrokenMessage: a key is missing or of another type.
    """
    try:
        document = Document(
            source=str(header["source"]),
            title=str(header["title"]),
            text=str(header["text"]),
            metadata=Metadata(
                kind=DocumentKind(header["kind"]),
                context=None if header["context"] is None else str(header["context"]),
            ),
            questions=tuple(
                WrittenQuestion(text=str(text), section=None if section is None else str(section))
                for text, section in header["questions"]
            ),
            warnings=tuple(map(str, header["warnings"])),
            pages=tuple(map(int, header["pages"])),
        )
        if "parts" not in header:
            return document
        parts, start = [], 0
        for name, size, code, reason, above in header["parts"]:
            data = body[start : start + size]
            parts.append(Part(name=str(name), data=data, code=code, reason=reason, above=tuple(map(str, above))))
            start += size
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenMessage(f"a document that is none: {error}") from error
    return Bundle(**vars(document), parts=tuple(parts))
