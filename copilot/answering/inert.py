"""Text from outside as it may stand in Markdown that we send: nothing in it links, embeds, runs or cites.

The letters stay readable; only what gives them power goes. Citations keep the verbatim quote beside it as data.
"""

from __future__ import annotations

import re
import unicodedata

_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])")
#: Links of a form that is not worth rewriting are no links without this.
_JOINT = re.compile(r"\](?=[(\[])")
#: `[name]: address` gives every [name] of the text an address.
_DEFINITION = re.compile(r"\[([^\[\]\n]+)\](?=[ \t]*:)")
#: A mark that reads like one of our citations, or what is left of one.
_MARK = re.compile(r"\[(\^?\d{1,3})\]")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: What spreadsheets take for a formula at the start of a cell (OWASP, CSV injection), full-width forms included; a sign
#: in front of a plain number or word is left alone.
_FORMULA = re.compile(r"\A(?=[=@＝＠]|[+\-＋－](?:[^\n]*\||\S*[(A-Za-z]))")
#: Controls, formats (direction overrides, zero widths), private use, halves of characters.
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})
#: Joiners that emoji and some scripts are spelled with; every other invisible character hides or reorders text.
_SPELLING = "\u200c\u200d"


def inert(text: str) -> str:
    """Return text that no browser, Markdown renderer, terminal or spreadsheet acts on."""
    visible = "".join(c for c in text if c in "\n\t" or c in _SPELLING or unicodedata.category(c) not in _INVISIBLE)
    plain = visible
    # A link inside a link is one more round; each round takes brackets away, so this ends.
    while (next_plain := _IMAGE_OR_LINK.sub(r"\1", plain)) != plain:
        plain = next_plain
    plain = _JOINT.sub("］", plain)
    plain = _TAG.sub("＜", _DEFINITION.sub(r"［\1］", _MARK.sub(r"［\1］", plain)))
    return _FORMULA.sub("'", plain.strip())
