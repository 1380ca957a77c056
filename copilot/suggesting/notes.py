"""Text of people about an account, cut into sentences and brought into the form that cues are looked for in.

Notes are written in a hurry: no full stops, blanks instead of commas, two scripts. A sentence ends where a mark ends
it, and where a blank stands between Chinese characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.text import fold

_END = re.compile(
    r"[。!?！？…;；\n\r]+|(?<=[a-z\d)\]%\"'])\.(?=\s|$)|(?<=[㐀-鿿”」)）])[ \t\u3000]+(?=[㐀-鿿「“(（])", re.IGNORECASE
)
_BLANK_BESIDE_HAN = re.compile(r"(?<=[㐀-鿿])\s+|\s+(?=[㐀-鿿])")
_BLANKS = re.compile(r"\s+")
#: A sentence is no longer; what is longer is cut, so that no pattern reads a whole essay.
_LONGEST = 400


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence as it was written, and as it is matched."""

    text: str
    matched: str


def matching_form(text: str) -> str:
    """Return text folded, without blanks beside Chinese characters and with single ones elsewhere."""
    return _BLANK_BESIDE_HAN.sub("", _BLANKS.sub(" ", fold(text))).strip()


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """Cut into sentences, in order, none empty."""
    found = []
    for part in _END.split(text):
        for start in range(0, len(part), _LONGEST):
            piece = part[start : start + _LONGEST].strip(" \t\u3000,，、")
            matched = matching_form(piece)
            if matched:
                found.append(Sentence(text=piece, matched=matched))
    return tuple(found)
