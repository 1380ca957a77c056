"""Bytes → text, refusing to guess wildly.

In this order: a byte-order mark, UTF-16 and UTF-32 without one, UTF-8, an East Asian encoding, any other. A text that
was decoded wrongly before it was saved is decoded anew as a whole where that is certain; nothing less is repaired.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

from ingest.encodings import east_asian
from ingest.errors import UnreadableText

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
#: Share of characters that a detector may find unlikely before its guess is refused (charset-normalizer's own scale).
_MAX_CHAOS = 0.2
#: Categories of characters that a text has none of, and where those of Latin, Greek, Cyrillic and CJK texts lie.
_NEVER = frozenset({"Cn", "Co", "Cs", "Cc"})
_USUAL = (("\t", "\u024f"), ("\u0370", "\u04ff"), ("\u2010", "\u266f"), ("\u3000", "\u30ff"), ("\u4e00", "\u9fff"),
          ("\uac00", "\ud7a3"), ("\uff00", "\uffef"))  # fmt: skip
#: What the detector is shown: it reads a text dozens of times.
_SAMPLE = 200_000
_OTHERS = ["cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"]
#: UTF-8 that was read as Latin-1: the lead byte of a character of two to four bytes and its successors.
_SHIFTED = re.compile(r"[ÂÃ][\x80-\xbf]|[â-ï][\x80-\xbf€‚-›Ž-ž]{2}")
#: Shifted characters that a text must give back before it is decoded anew.
_REPAIRED = 8


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text and warnings about everything that was not plain UTF-8 or marked.

    Raises:
        UnreadableText: binary data, or no encoding fits for sure.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _examined(_strict(data, encoding), ())
    if b"\0" in data:
        return _with_zeros(data)
    try:
        return _examined(data.decode("utf-8"), ())
    except UnicodeDecodeError:
        return _detected(data)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableText(
            f"The file starts like {encoding} but breaks at byte {error.start}. Save it anew as UTF-8."
        ) from error


def _with_zeros(data: bytes) -> tuple[str, tuple[str, ...]]:
    """UTF-16 and UTF-32 without a mark have zeros in every line; binary data gives characters that no text has."""
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        if len(data) % width == 0:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if _is_text(text):
                return text, (f"decoded as {encoding}",)
    raise UnreadableText("The file holds binary data, not text. Convert it to Markdown, text or HTML and ingest that.")


def _is_text(text: str) -> bool:
    """Tell whether a text is made of characters that texts are made of: a wrong reading gives those of many scripts."""
    sample = text[:5_000]
    if any(unicodedata.category(c) in _NEVER and c not in "\t\n\r\f" for c in sample):
        return False
    return sum(any(first <= c <= last for first, last in _USUAL) for c in sample) >= 0.95 * len(sample)


def _detected(data: bytes) -> tuple[str, tuple[str, ...]]:
    found = east_asian(data)
    if found is not None:
        return found.text, (f"decoded as {found.encoding}",)
    mixed = _line_by_line(data)
    if mixed is not None:
        return mixed
    best = from_bytes(data[:_SAMPLE], cp_isolation=_OTHERS).best()
    if best is None or best.chaos > _MAX_CHAOS:
        raise UnreadableText("The file is not UTF-8 and its encoding cannot be told for sure. Save it as UTF-8.")
    try:
        return data.decode(best.encoding), (f"decoded as {best.encoding}",)
    except UnicodeDecodeError as error:
        raise UnreadableText(
            f"The file starts like {best.encoding} but breaks at byte {error.start}. Save it anew as UTF-8."
        ) from error


def _line_by_line(data: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Read a file that was put together from others: UTF-8 lines as they are, the rest if it is of one encoding."""
    lines = data.split(b"\n")
    other = [line for line in lines if not _is_utf8(line)]
    plain = [line for line in lines if any(byte > 0x7F for byte in line) and _is_utf8(line)]
    if not plain:
        return None
    found = east_asian(b"\n".join(other))
    if found is None:
        return None
    text = b"\n".join(line if _is_utf8(line) else line.decode(found.encoding).encode() for line in lines).decode()
    return text, (f"two encodings in one file: {len(other)} of {len(lines)} lines decoded as {found.encoding}",)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _examined(text: str, warnings: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Look for damage that was done before the file was saved: decode it anew if certain, else say so."""
    lost = text.count("\ufffd") + text.count("锟斤拷")
    if lost:
        warnings = (*warnings, f"{lost} characters were lost before the file was saved; get the original")
    if _SHIFTED.search(text) is None:
        return text, warnings
    repaired = _shifted_back(text)
    if repaired is not None:
        return repaired, (*warnings, "decoded anew: UTF-8 had been read as Latin-1")
    count = len(_SHIFTED.findall(text))
    if count < _REPAIRED:  # a few such pairs are a text about encodings, or Portuguese
        return text, warnings
    return text, (*warnings, f"{count} places look as if UTF-8 had been read as Latin-1; save the original as UTF-8")


def _shifted_back(text: str) -> str | None:
    """Undo reading UTF-8 as Latin-1 or Windows-1252; None unless all of it fits and much comes back."""
    data = bytearray()
    for character in text:
        try:
            data += character.encode("latin-1")
        except UnicodeEncodeError:
            try:
                data += character.encode("cp1252")
            except UnicodeEncodeError:
                return None
    try:
        repaired = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return repaired if sum(character > "\xff" for character in repaired) >= _REPAIRED else None
