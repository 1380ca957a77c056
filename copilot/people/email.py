"""Whether two e-mail addresses are the same."""

from __future__ import annotations

import string
import unicodedata

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def same_address(address: str) -> str:
    """Return the form in which addresses are compared.

    Only ASCII letters are folded: other alphabets have letters that fold to the same one (K and the Kelvin sign), by
    which somebody could come in as another person.
    """
    return unicodedata.normalize("NFC", address.strip()).translate(_LOWER)


def domain_of(address: str) -> str:
    """Return what stands behind the last @."""
    return same_address(address).rpartition("@")[2]
