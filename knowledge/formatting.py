"""What a text says, apart from how it is set: two texts that differ in formatting alone have the same wording.

Only marks that Markdown does not show are taken off: white space, emphasis, code marks, heading and list marks, rules,
quotes, and the width of characters (full, half). Everything else may carry meaning and stays: case, script, signs,
~~struck~~ text, targets of links, numbers of lists, superscripts (10² is not 102, so this is no NFKC).
"""

from __future__ import annotations

import re
from hashlib import sha256

#: Full-width forms of ASCII, and the ideographic space.
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
#: Rules, underlines of headings, and the row under the head of a table.
_RULE = re.compile(r"^[ \t]*[-=*_:|][-=*_:| \t]{2,}$", re.MULTILINE)
_LINE_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?|#{1,6}[ \t]+|[-*+][ \t]+)+", re.MULTILINE)
_CLOSED_HEADING = re.compile(r"(?<![ \t])[ \t]+#+[ \t]*$", re.MULTILINE)
#: Emphasis is bounded, so that a line of a million opening marks takes no time; longer emphasis counts as text.
_STARS = re.compile(r"(\*{1,3})(?=[^\s*])([^\n]{0,200}?[^\s*])\1")
_UNDERLINES = re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])([^\n]{0,200}?[^\s_])\1(?!\w)")
_CODE = re.compile(r"(`{1,3})([^`\n]+)\1|^[ \t]*`{3}\w*[ \t]*$", re.MULTILINE)
_SPACE = re.compile(r"\s+")
#: Without the space between them, two words or numbers would become one.
_NEEDED = re.compile(r"(?<=[A-Za-z0-9.,%]) (?=[A-Za-z0-9.,+-])")


def wording(text: str) -> str:
    """Return the text without its formatting, for comparing only."""
    plain = _RULE.sub("", text.translate(_WIDTH))
    plain = _CLOSED_HEADING.sub("", _LINE_MARKS.sub("", plain))
    plain = _CODE.sub(lambda match: match[2] or "", plain)
    plain = _UNDERLINES.sub(r"\2", _STARS.sub(r"\2", plain))
    spaced = _SPACE.sub(" ", plain).strip()
    return _NEEDED.sub("\n", spaced).replace(" ", "").replace("\n", " ")


def wording_hash(text: str) -> str:
    """Return the SHA-256 of the wording in hexadecimal: equal for texts that differ in formatting alone."""
    return sha256(wording(text).encode("utf-8", "surrogatepass")).hexdigest()
