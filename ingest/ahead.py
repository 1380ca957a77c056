"""A stage that works ahead of the next one: an iterator in a thread of its own, as far ahead as memory allows."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Runs `items` in a thread while this is open as a context.

    It waits while what is ready weighs `most` or more; one item is always let in, however heavy. What `items` raises is
    raised to whoever takes, after what was ready before it.
    """

    def __init__(self, items: Iterator[T], *, name: str, weigh: Callable[[T], int], most: int) -> None:
        self._items = items
        self._weigh = weigh
        self._most = most
        self._ready: deque[T] = deque()
        self._weight = 0
        self._error: BaseException | None = None
        self._ended = self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Ahead[T]:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the thread, which finishes the item that it is at; the rest is dropped. Ctrl-C does not wait for it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if not isinstance(error, KeyboardInterrupt):
            self._thread.join()

    def batches(self, size: Callable[[T], int], enough: int) -> Iterator[list[T]]:
        """Yield everything in order, as much at once as is ready; a batch ends as soon as its sizes sum to `enough`.

        Only the first of a batch is waited for: a slow stage before makes small batches, never a pause.
        """
        while batch := self._take(size, enough):
            yield batch

    def _take(self, size: Callable[[T], int], enough: int) -> list[T]:
        batch: list[T] = []
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._ended)
            if not self._ready and self._error is not None:
                raise self._error
            total = 0
            while self._ready and (total < enough):
                item = self._ready.popleft()
                self._weight -= self._weigh(item)
                total += size(item)
                batch.append(item)
            self._changed.notify_all()
        return batch

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._items:
                if not self._put(item):
                    break
        except BaseException as caught:  # noqa: BLE001  # the boundary of the thread: raised again where items are taken
            error = caught
        with self._changed:
            self._error, self._ended = error, True
            self._changed.notify_all()

    def _put(self, item: T) -> bool:
        """Add an item when there is room; False when nobody takes any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._weight < self._most)
            if self._closed:
                return False
            self._ready.append(item)
            self._weight += self._weigh(item)
            self._changed.notify_all()
            return True
