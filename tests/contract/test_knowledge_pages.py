"""What every `KnowledgeStore` promises of pages, cuts and sketches."""

from __future__ import annotations

from dataclasses import replace

from knowledge.document import Cut
from knowledge.store import Indexed, KnowledgeStore
from tests.contract.material import Knowledge, identity, indexed

CUT = Cut(rule="lines of spam", reason="Advertising.", count=2, samples=("一", "二"))


def paged(source: str = "a.pdf") -> Indexed:
    """A version with one chunk that begins on page 2 and goes on over pages 3 and 4."""
    saved = indexed(source, "续约提前九十天。先看用量。")
    document = replace(saved.stored.document, pages=(0, 0, 8, 8), cuts=(CUT,))
    (chunk,) = saved.chunks
    chunk = replace(chunk, span=replace(chunk.span, page=2, page_breaks=(8, 8)))
    return replace(saved, stored=replace(saved.stored, document=document), chunks=[chunk], sketch=b"12345678")


def test_a_chunk_knows_the_pages_of_its_characters(knowledge: Knowledge) -> None:
    saved = paged()
    knowledge.store.save(saved)
    name = saved.chunks[0].id
    span = knowledge.store.chunks([name])[name].chunk.span
    assert [span.page_at(offset) for offset in (0, 7, 8, 12)] == [2, 2, 4, 4]
    current = knowledge.questions.current(saved.stored.id)
    assert current is not None
    assert current.chunks[0].span == span


def test_a_chunk_of_a_document_without_pages_has_none(store: KnowledgeStore) -> None:
    saved = indexed("a.md", "续约")
    store.save(saved)
    assert store.chunks([saved.chunks[0].id])[saved.chunks[0].id].chunk.span.page_at(0) is None


def test_pages_and_cuts_come_back_also_of_an_old_version(store: KnowledgeStore) -> None:
    store.save(paged())
    found = store.find("a.pdf").document
    assert (found.pages, found.cuts) == ((0, 0, 8, 8), (CUT,))
    store.delete(identity("a.pdf"))
    old = store.find_version(identity("a.pdf"), 1).document
    assert (old.pages, old.cuts) == ((0, 0, 8, 8), (CUT,))


def test_sketches_are_those_of_current_documents_that_have_one(store: KnowledgeStore) -> None:
    store.save(paged("a.pdf"))
    store.save(paged("b.pdf"))
    store.save(indexed("c.md", "短"))
    store.delete(identity("a.pdf"))
    assert list(store.sketches()) == [(identity("b.pdf"), "b.pdf", b"12345678")]
