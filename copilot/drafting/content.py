"""The text of a revision as it comes from a person."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.drafting.draft import SourceQuote
from copilot.errors import InvalidDraft
from knowledge.text import is_storable

#: About forty pages; a message or plan that is longer is something else.
MOST_CHARACTERS = 40_000
#: A marker [n]; [1](address) is a link.
MARKER = re.compile(r"\[(\d{1,3})\](?!\()")
#: A quote this long is recognised without its marker too.
_RECOGNISED = 16


def checked(content: str) -> str:
    """Return the text with its line ends in one form.

    Raises:
        InvalidDraft: it is empty, too long, or holds a NUL or half a character.
    """
    text = content.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InvalidDraft("The text is empty. Write what is to be sent, or reject the draft with a reason.")
    if len(text) > MOST_CHARACTERS:
        raise InvalidDraft(f"The text has {len(text)} characters; at most {MOST_CHARACTERS} fit. Shorten it.")
    if not is_storable(text):
        raise InvalidDraft("The text holds a NUL or half a character. Copy it again as plain text.")
    return text


def cited(content: str) -> set[int]:
    """Return the numbers of all markers."""
    return {int(number) for number in MARKER.findall(content)}


def used(content: str, quotes: Sequence[SourceQuote]) -> tuple[SourceQuote, ...]:
    """Return the quotes that a text uses: by marker, or by their words when the marker was taken out.

    Who may read the text is decided by them, so a quote does not stop to count when only its [n] is deleted.
    """
    numbers, plain = cited(content), one_line(content)
    kept = {
        quote.number: quote
        for quote in quotes
        if quote.number in numbers or (len(quote.quote) >= _RECOGNISED and one_line(quote.quote) in plain)
    }
    return tuple(kept[number] for number in sorted(kept))


def one_line(text: str) -> str:
    """Return the words of a text with single spaces between them."""
    return " ".join(text.split())
