"""Text from outside as Slack's mrkdwn: it is read as it stands, and does nothing.

Slack acts on `<…>`, on marks around words and, unless a text object is `verbatim`, on bare addresses and names. So
`&`, `<` and `>` are escaped, what hides or reorders text is taken out, and marks that would format are replaced by
letters that look alike. Only this package writes `<…>`: links to documents that it was given, and people whose ids
Slack gave us.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

from copilot.interfaces.slack.limits import length

#: Controls, formats (direction overrides, zero widths, tags), private use, halves of characters.
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
#: Joiners that emoji and some scripts are spelled with; kept only between two visible characters.
_JOINERS = "\u200c\u200d"
_LOOSE_JOINER = re.compile(r"(?<![^\s\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\s\u200c\u200d])")
#: Slack reads these words behind an @ as everybody where a text is not `verbatim`.
_EVERYBODY = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
#: Marks that format. `_` does so only at the edge of a word, and stands inside many names of files.
_LOOK_ALIKE = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_EDGE_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_USER = re.compile(r"[UW][A-Z0-9]{2,30}")
_MARKS_ADDRESS = "/?#[]@!$&'()+,;=:%~-._"


def clean(text: str) -> str:
    """Return the visible characters, with plain line ends; for plain text and for mrkdwn alike."""
    if text.isprintable():  # nearly every word of nearly every text
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(
        character
        for character in lines
        if character in "\n\t" or character in _JOINERS or unicodedata.category(character) not in _INVISIBLE
    )
    return _LOOSE_JOINER.sub("", kept)


def escaped(text: str) -> str:
    """Return cleaned text in which nothing mentions, links or embeds; marks of formatting stay."""
    visible = _EVERYBODY.sub("＠", clean(text))
    return visible.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Return text on one line that formats nothing either: titles, names, reasons."""
    one_line = " ".join(clean(text).split())
    return escaped(_EDGE_UNDERSCORE.sub("＿", one_line.translate(_LOOK_ALIKE)))


def bold(text: str) -> str:
    """Return a line of its own or a word among spaces, in bold; empty for nothing."""
    shown = plain(text)
    return f"*{shown}*" if shown else ""


def link(address: str | None, text: str) -> str:
    """Return a link to an address that we know; the text alone where there is none, or it is none of the web."""
    shown = plain(text)
    safe = web_address(address)
    return f"<{safe}|{shown.replace('|', '¦')}>" if safe and shown else shown


def web_address(address: str | None) -> str | None:
    """Return an http(s) address with nothing in it that ends a link; None for all else."""
    if not address or clean(address) != address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or length(address) > 2_000:
        return None
    return quote(address, safe=_MARKS_ADDRESS).replace("&", "&amp;")


def mention(user: str | None, name: str) -> str:
    """Return a mention of a person whose id Slack gave us, else the name alone, which calls nobody."""
    return f"<@{user}>" if user and _USER.fullmatch(user) else plain(name)


def shortened(text: str, most: int) -> str:
    """Return text of at most `most` UTF-16 units, cut between visible characters, with … where something is missing.

    It does not know about markup: shorten first, then escape.
    """
    if length(text) <= most:
        return text
    kept, size = [], 1
    for one in characters(text):
        size += length(one)
        if size > most:
            break
        kept.append(one)
    return "".join(kept).rstrip() + "…"


def fitted(text: str, most: int) -> str:
    """Return `plain(text)` of at most `most` UTF-16 units, never cut inside an entity."""
    line = shortened(" ".join(clean(text).split()), most)  # escaping only makes it longer
    while length(shown := plain(line)) > most:
        line = shortened(line, max(1, length(line) - max(1, (length(shown) - most) // 5)))
        if length(line) <= 1:
            return "…"
    return shown


def characters(text: str) -> list[str]:
    """Return what a reader takes for one character each: joined emoji and letters with marks stay whole."""
    found: list[str] = []
    joined = False
    for one in text:
        extends = (
            unicodedata.category(one) in ("Mn", "Me", "Mc") or one in _JOINERS or "\U0001f3fb" <= one <= "\U0001f3ff"
        )
        if found and (extends or joined) and length(found[-1]) < 64:
            found[-1] += one
        else:
            found.append(one)
        joined = one == "\u200d"
    return found
