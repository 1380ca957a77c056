"""Numbers and addresses that may be somebody's are hidden from those who need not see them."""

from __future__ import annotations

import re

#: Begun where a run of its signs begins, so that a long run is looked through once.
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
#: Telephone, account and identity numbers: seven digits and more, as `candidate.py` tells them.
_NUMBER = re.compile(r"\+?\d(?:[ \-]?\d){6,}[Xx]?")
MASK = "•••"


def masked(text: str) -> str:
    """Return a text with a mask in place of what may be a person's number or address."""
    return _NUMBER.sub(MASK, _MAIL.sub(MASK, text))
