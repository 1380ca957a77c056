"""How much of a draft a person changed before it was approved."""

from __future__ import annotations


def edit_share(composed: str, approved: str) -> float:
    """Return the share of characters that were taken out or put in: 0 unchanged, 1 nothing left.

    The least number of removed and added characters that leads from one text to the other, over the sum of both
    lengths. White space at the ends counts nothing. 40,000 characters against as many others take about a third of a
    second, and less the more they agree at their ends.
    """
    before, after = composed.strip(), approved.strip()
    whole = len(before) + len(after)
    before, after = _trimmed(before, after)
    if not before and not after:
        return 0.0
    return (len(before) + len(after) - 2 * _common(before, after)) / whole


def _trimmed(a: str, b: str) -> tuple[str, str]:
    """Cut off what both begin and end with."""
    shorter = min(len(a), len(b))
    start = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    a, b = a[start:], b[start:]
    shorter = min(len(a), len(b))
    end = next((i for i in range(shorter) if a[-1 - i] != b[-1 - i]), shorter)
    return a[: len(a) - end], b[: len(b) - end]


def _common(a: str, b: str) -> int:
    """Return the length of the longest common subsequence, a row of the table in the bits of one number.

    H. Hyyrö, "Bit-parallel LCS-length computation revisited", 2004.
    """
    places: dict[str, int] = {}
    for index, character in enumerate(a):
        places[character] = places.get(character, 0) | 1 << index
    every = (1 << len(a)) - 1
    row = every
    for character in b:
        here = row & places.get(character, 0)
        row = ((row + here) | (row - here)) & every
    return len(a) - row.bit_count()
