"""Which set of vectors is live, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from knowledge.chunk import Chunk, ChunkId
from knowledge.embedder import Vectors
from knowledge.vector_sets import UNNAMED
from tests.doubles.knowledge_store import InMemoryKnowledgeStore


class InMemoryVectorSets:
    """Implements `VectorSets`; the store beside it holds the sentences of the live set."""

    def __init__(self, store: InMemoryKnowledgeStore | None = None) -> None:
        self._store = store or InMemoryKnowledgeStore()
        self._live = UNNAMED
        self._previous: str | None = None
        self._setting: str | None = None
        self._kept: dict[str, dict[ChunkId, Vectors]] = {}

    def live(self) -> str:
        """Return the name of the set that is searched."""
        return self._live

    def previous(self) -> str | None:
        """Return the set that was live before."""
        return self._previous

    def switch(self, name: str) -> None:
        """Make another set the live one and the one before it the previous one."""
        self._previous = self._live if self._live != name else self._previous
        self._kept[self._live] = self._current()
        self._live, self._setting = name, None
        kept = self._kept.pop(name, {})
        for indexed in self._store.current:
            sentences = [kept[chunk.id] for chunk in indexed.chunks if chunk.id in kept]
            self._store.change(replace(indexed, sentences=sentences))

    def setting(self) -> str | None:
        """Return the setting that the live set is known to fit."""
        return self._setting

    def note(self, setting: str) -> None:
        """Remember that the live set fits this setting."""
        self._setting = setting

    def with_sentences(self, name: str) -> set[ChunkId]:
        """Return the current chunks whose sentences this set has."""
        if name == self._live:
            return set(self._current())
        current = {chunk.id for indexed in self._store.current for chunk in indexed.chunks}
        return set(self._kept.get(name, {})) & current

    def keep_sentences(self, name: str, chunks: Sequence[Chunk], vectors: Sequence[Vectors]) -> None:
        """Keep the sentences of current chunks for a set."""
        kept = self._kept.setdefault(name, {})
        kept.update((chunk.id, rows) for chunk, rows in zip(chunks, vectors, strict=True))

    def drop_besides(self, names: Collection[str]) -> None:
        """Forget the sentences of every set but the live one and these."""
        self._previous = self._previous if self._previous in names else None
        self._kept = {name: kept for name, kept in self._kept.items() if name in names}

    def _current(self) -> dict[ChunkId, Vectors]:
        return {
            chunk.id: rows
            for indexed in self._store.current
            for chunk, rows in zip(indexed.chunks, indexed.sentences, strict=False)
        }
