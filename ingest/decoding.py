"""Bytes → text, refusing to guess wildly."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

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
#: Share of Han characters from the frequent half of an encoding (GB 2312 level 1, Big5 level 1) in real text.
_COMMON = 0.85


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text and warnings: byte-order mark first, then UTF-8, then a detector.

    Raises:
        UnreadableText: binary data, or no encoding fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding), ()
    if b"\0" in data:
        raise UnreadableText(
            "The file holds binary data, not text. Convert it to Markdown, text or HTML and ingest that."
        )
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _detected(data)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableText(
            f"The file starts like {encoding} but breaks at byte {error.start}. Save it anew as UTF-8."
        ) from error


def _chinese(data: bytes) -> tuple[str, str] | None:
    """Try the two Chinese encodings: the right one gives common characters, the wrong one rare ones."""
    best: tuple[float, str, str] | None = None
    for encoding, lead in (("gb18030", range(0xB0, 0xD8)), ("big5", range(0xA4, 0xC7))):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        han = [character.encode(encoding)[0] for character in text if "\u4e00" <= character <= "\u9fff"]
        kana = sum("\u3040" <= character <= "\u30ff" for character in text)
        share = sum(first in lead for first in han) / len(han) if han else 0.0
        if share >= _COMMON and kana * 10 <= len(han) and (best is None or share > best[0]):
            best = (share, text, encoding)
    return (best[1], best[2]) if best else None


def _detected(data: bytes) -> tuple[str, tuple[str, ...]]:
    chinese = _chinese(data)
    if chinese is not None:
        return chinese[0], (f"decoded as {chinese[1]}",)
    best = from_bytes(data, cp_isolation=["gb18030", "big5", "shift_jis", "euc_kr", "cp1252"]).best()
    if best is None or best.chaos > _MAX_CHAOS:
        raise UnreadableText("The file is not UTF-8 and its encoding cannot be told for sure. Save it as UTF-8.")
    return str(best), (f"decoded as {best.encoding}",)
