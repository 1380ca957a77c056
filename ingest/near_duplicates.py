"""Texts that are almost the same: a copy with another date, the same page saved twice.

Each text is sketched by the smallest hashes of its overlapping runs of characters (bottom-k MinHash, Broder 1997); the
part of a sketch that two texts share estimates how much of them is the same. A sketch takes half a kilobyte, is stored
with its document, and is compared only with those that share one of its smallest hashes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

from knowledge.document import DocumentId

_RUN = 6  # characters
_SIZE = 64  # hashes of a sketch: the estimate is within 0.1 of the truth nineteen times out of twenty
#: Hashes by which candidates are found. Two texts with 0.8 in common share none of them once in 400,000 times.
_KEYS = 8
#: From here on two texts are called near-duplicates.
_NEAR = 0.8
_BEYOND = 0x10000
_SHORTEST = 200  # letters and digits; shorter texts are alike by chance, or an exact duplicate

Hashes = npt.NDArray[np.uint64]


def sketch_of(text: str) -> bytes:
    """Return the sketch of a text; empty when the text is too short for one."""
    codes = np.frombuffer(text.lower().encode("utf-32-le", "replace"), dtype="<u4")
    codes = codes[_letters()[np.minimum(codes, _BEYOND)]].astype(np.uint64)
    if len(codes) < _SHORTEST:
        return b""
    hashes = np.zeros(len(codes) - _RUN + 1, dtype=np.uint64)
    for place in range(_RUN):
        hashes = hashes * np.uint64(1_000_003) + codes[place : place + len(hashes)]
    return np.sort(np.unique(_mixed(hashes)))[:_SIZE].astype("<u8").tobytes()


@cache
def _letters() -> npt.NDArray[np.bool_]:
    """Return for every code point whether it is a letter or digit; what lies beyond the table counts as one."""
    return np.array([chr(code).isalnum() for code in range(_BEYOND)] + [True])


def _mixed(values: Hashes) -> Hashes:
    """Spread values over all 64 bits (the finaliser of SplitMix64), so that the smallest are a fair sample."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def likeness(one: Hashes, other: Hashes) -> float:
    """Estimate the part that two texts have in common, 0 to 1."""
    smallest = np.union1d(one, other)[:_SIZE]
    shared = np.intersect1d(one, other, assume_unique=True)
    return float(np.isin(smallest, shared, assume_unique=True).sum()) / len(smallest)


class NearDuplicates:
    """The sketches of all current documents, for the length of a run."""

    def __init__(self, stored: Iterable[tuple[DocumentId, str, bytes]]) -> None:
        self._known: dict[DocumentId, tuple[str, Hashes]] = {}
        self._by_key: dict[int, list[DocumentId]] = defaultdict(list)
        for document, source, sketch in stored:
            self.add(document, source, sketch)

    def add(self, document: DocumentId, source: str, sketch: bytes) -> None:
        """Remember the current text of a document, in place of the one before."""
        self._known.pop(document, None)
        if sketch:
            hashes = np.frombuffer(sketch, dtype="<u8").astype(np.uint64)
            self._known[document] = source, hashes
            for key in hashes[:_KEYS].tolist():
                self._by_key[key].append(document)

    def nearest(self, document: DocumentId, sketch: bytes) -> tuple[str, float] | None:
        """Return the source of the other document that is most alike and how much, None when none is near."""
        if not sketch:
            return None
        hashes = np.frombuffer(sketch, dtype="<u8").astype(np.uint64)
        others = {other for key in hashes[:_KEYS].tolist() for other in self._by_key.get(key, ())} - {document}
        # In the order in which they came, so that the earliest of equals is named.
        scored = [
            (self._known[other][0], likeness(hashes, self._known[other][1])) for other in self._known if other in others
        ]
        best = max(scored, key=lambda found: found[1], default=None)
        return best if best is not None and best[1] >= _NEAR else None
