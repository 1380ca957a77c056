"""Whether two e-mail addresses are the same."""

from __future__ import annotations

import string

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def same_address(address: str) -> str:
    """Return the form in which addresses are compared.

    Only ASCII letters are folded: lower case and every normal form of Unicode make letters one that are not (K and the
    Kelvin sign), by which somebody could come in as another person.
    """
    return address.strip().translate(_LOWER)


def domain_of(address: str) -> str:
    """Return what stands behind the last @."""
    return same_address(address).rpartition("@")[2]
