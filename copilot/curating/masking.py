"""Numbers and addresses that may be somebody's are hidden from those who need not see them."""

from __future__ import annotations

import re

#: Telephone, account and identity numbers: seven digits and more, as `candidate.py` tells them; and mail addresses.
_PERSONAL = re.compile(r"\+?\d(?:[ \-]?\d){6,}[Xx]?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MASK = "•••"


def masked(text: str) -> str:
    """Return a text with a mask in place of what may be a person's number or address."""
    return _PERSONAL.sub(MASK, text)
