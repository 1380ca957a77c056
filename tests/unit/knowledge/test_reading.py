"""The embedder of the live vectors, and the lock under which both change."""

from __future__ import annotations

import threading

import pytest

from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.errors import IndexRebuilding
from knowledge.reading import ReadingEmbedder, SwitchLock

OLD, NEW = HashingEmbedder(8), HashingEmbedder(16)
_WAIT_S = 30


def test_the_model_changes_with_the_block() -> None:
    reading = ReadingEmbedder(OLD)
    with reading.change_to(NEW):
        assert reading.identity == OLD.identity
    assert reading.identity == NEW.identity
    assert reading.embed_queries(["续约"]).shape == reading.embed_passages(["续约"]).shape == (1, 16)
    assert reading.embed_sentences(["续约"], [[(0, 2)]]).whole.shape == (1, 16)


def test_a_block_that_fails_changes_nothing() -> None:
    reading = ReadingEmbedder(OLD)
    with pytest.raises(ValueError, match="lost"), reading.change_to(NEW):
        raise ValueError("lost")
    assert reading.identity == OLD.identity
    with reading.steady():
        assert reading.available


def test_without_a_model_the_rebuild_is_named() -> None:
    reading = ReadingEmbedder(OLD)
    with reading.change_to(None):
        pass
    assert not reading.available
    with pytest.raises(IndexRebuilding, match="readyz"):
        reading.embed_queries(["续约"])


def test_a_switch_waits_for_searches_and_keeps_new_ones_out() -> None:
    lock = SwitchLock()
    order: list[str] = []
    searching, waiting, done = threading.Event(), threading.Event(), threading.Event()

    def search() -> None:
        with lock.searching():
            searching.set()
            assert waiting.wait(_WAIT_S)
            with lock.searching():  # inside one search another may begin, even while a switch waits
                order.append("search")

    def switch() -> None:
        with lock.switching():
            order.append("switch")

    def late() -> None:
        with lock.searching():
            order.append("late")
        done.set()

    threads = [threading.Thread(target=target, daemon=True) for target in (search, switch, late)]
    threads[0].start()
    assert searching.wait(_WAIT_S)
    threads[1].start()
    while not lock._switches:  # until the switch stands in line
        threading.Event().wait(0.001)
    threads[2].start()
    waiting.set()
    assert done.wait(_WAIT_S)
    assert order == ["search", "switch", "late"]


def test_searches_do_not_wait_for_each_other() -> None:
    lock = SwitchLock()
    both = threading.Barrier(2, timeout=_WAIT_S)

    def search() -> None:
        with lock.searching():
            both.wait()

    other = threading.Thread(target=search, daemon=True)
    other.start()
    search()
    other.join(_WAIT_S)
    assert not other.is_alive()


def test_no_more_than_a_few_search_at_a_time_and_one_may_search_within_its_search() -> None:
    lock, go_on, inside = SwitchLock(at_once=2), threading.Event(), threading.Semaphore(0)

    def search() -> None:
        with lock.searching(), lock.searching():
            inside.release()
            assert go_on.wait(_WAIT_S)

    threads = [threading.Thread(target=search) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=_WAIT_S)
    assert inside.acquire(timeout=_WAIT_S)
    assert not inside.acquire(timeout=0.1)
    go_on.set()
    assert all(inside.acquire(timeout=_WAIT_S) for _ in range(3))
    for thread in threads:
        thread.join(_WAIT_S)
    with lock.switching():  # every lane was given back
        pass
