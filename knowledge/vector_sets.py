"""Port: which set of vectors is searched, and the sentence vectors of sets that are not searched yet.

A set holds the vectors of one model identity. At most two exist: the live one, and either the one that was live before,
to go back to (decisions/0025), or a shadow that is being filled for another model (decisions/0013). The live one is a
single value, so that search never sees half of a change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Protocol

from knowledge.chunk import Chunk, ChunkId
from knowledge.embedder import ModelIdentity, Vectors

#: The set of homes that are older than names of sets; it stays live until it is replaced.
UNNAMED = ""


def set_name(identity: ModelIdentity) -> str:
    """Name the vectors of a model: 12 lower-case hexadecimal digits, fit for the name of a collection."""
    told = f"{identity.model}\0{identity.dimension}\0{identity.normal_form}"
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


class VectorSets(Protocol):
    """Every method is one transaction."""

    def live(self) -> str:
        """Return the name of the set that is searched; `UNNAMED` before the first switch."""
        ...

    def previous(self) -> str | None:
        """Return the set that was live before, whole as it was then; None when it was dropped or there was none."""
        ...

    def switch(self, name: str) -> None:
        """Make another set the live one and the one before it the previous one.

        From here on its sentences are read, and `revision` of the store is new.
        """
        ...

    def setting(self) -> str | None:
        """Return the setting that the live set is known to fit; None when nobody has noted one since the switch."""
        ...

    def note(self, setting: str) -> None:
        """Remember that the live set fits this setting, so that the next run need not load a model to find out."""
        ...

    def with_sentences(self, name: str) -> set[ChunkId]:
        """Return the current chunks whose sentences this set has."""
        ...

    def keep_sentences(self, name: str, chunks: Sequence[Chunk], vectors: Sequence[Vectors]) -> None:
        """Keep the sentences of current chunks for a set, in place of those it has."""
        ...

    def drop_besides(self, names: Collection[str]) -> None:
        """Forget the sentences of every set but the live one and these; the previous one is none if it goes."""
        ...
