"""Characters that formats carry and no text has: they are left out, or become what they stand for."""

from __future__ import annotations

_BREAKS = {"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
_DROPPED = [chr(code) for code in [*range(9), *range(0xE, 0x20), 0x7F, 0xAD, 0xFEFF, 0xFFFE, 0xFFFF]]
_TABLE = str.maketrans(_BREAKS | dict.fromkeys(_DROPPED, "") | {"\xa0": " "})


def readable(text: str) -> str:
    """Return text with plain line breaks, without control characters and halves of characters."""
    text = text.replace("\r\n", "\n").translate(_TABLE)
    return text.encode("utf-8", "ignore").decode() if any("\ud800" <= c <= "\udfff" for c in text) else text


def one_line(text: str) -> str:
    """Return text on one line, white space run together."""
    return " ".join(readable(text).split())
