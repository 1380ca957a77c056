"""The embedder that the live vectors are asked with. Both change in one step, while no search is under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from knowledge.embedder import Embedder, ModelIdentity, PassageVectors, Vectors
from knowledge.errors import IndexRebuilding

#: A search is computing under the lock of the interpreter, between short waits for the stores. More at a time only wait
#: for each other: 4, 16 and 64 at once made 11, 9 and 3 searches a second on two cores.
SEARCHES_AT_ONCE = 4


class SwitchLock:
    """Held by a few searches at a time, or by one switch alone. A waiting switch goes before new searches.

    A thread that searches may search again inside; it must not switch.
    """

    def __init__(self, at_once: int = SEARCHES_AT_ONCE) -> None:
        self._lanes = threading.BoundedSemaphore(at_once)
        self._changed = threading.Condition()
        self._searches = 0
        self._switches = 0  # waiting or under way
        self._inside = threading.local()

    @contextmanager
    def searching(self) -> Iterator[None]:
        """Keep switches out; waits for a lane and for the switch under way."""
        depth: int = getattr(self._inside, "depth", 0)
        if depth == 0:
            self._lanes.acquire()
            with self._changed:
                self._changed.wait_for(lambda: self._switches == 0)
                self._searches += 1
        self._inside.depth = depth + 1
        try:
            yield
        finally:
            self._inside.depth = depth
            if depth == 0:
                with self._changed:
                    self._searches -= 1
                    if self._switches:
                        self._changed.notify_all()
                self._lanes.release()

    @contextmanager
    def switching(self) -> Iterator[None]:
        """Wait for the searches under way and keep new ones out; only one thread may switch."""
        with self._changed:
            self._switches += 1
            self._changed.wait_for(lambda: self._searches == 0)
        try:
            yield
        finally:
            with self._changed:
                self._switches -= 1
                self._changed.notify_all()


class ReadingEmbedder:
    """Implements `Embedder` with the model of the live vectors: that of the settings, or while the index is rebuilt for
    it, the one before.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder: Embedder | None = embedder
        self._lock = SwitchLock()

    @property
    def identity(self) -> ModelIdentity:
        """The identity of the model in use."""
        return self._current().identity

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched."""
        return self._current().embed_passages(texts)

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        """Embed passages and the spans within them."""
        return self._current().embed_sentences(texts, spans)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what is asked."""
        return self._current().embed_queries(texts)

    @property
    def available(self) -> bool:
        """Whether questions can be embedded now."""
        return self._embedder is not None

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Neither the model nor the live vectors change in here."""
        with self._lock.searching():
            yield

    @contextmanager
    def change_to(self, embedder: Embedder | None) -> Iterator[None]:
        """Use another model once the block has made its vectors live; None: there is none until the next change."""
        with self._lock.switching():
            yield
            self._embedder = embedder

    def _current(self) -> Embedder:
        if self._embedder is None:
            raise IndexRebuilding(
                "The index is being rebuilt for another embedding model, and the one before it cannot be loaded. Ask "
                "again when it is done: /readyz tells how far it is."
            )
        return self._embedder
