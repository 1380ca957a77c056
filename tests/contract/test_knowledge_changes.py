"""What every `KnowledgeStore` promises of copies of a text, and of its revision."""

from __future__ import annotations

from knowledge.store import KnowledgeStore
from tests.contract.material import START, after, identity, indexed


def test_no_other_document_has_a_new_text(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    assert store.first_with_text("乙", identity("b.md")) is None


def test_a_document_is_no_copy_of_itself(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    assert store.first_with_text("甲", identity("a.md")) is None


def test_a_copy_is_one_of_the_earliest_document_with_its_text(store: KnowledgeStore) -> None:
    store.save(indexed("z.md", "甲", at=after(0)))
    store.save(indexed("a.md", "甲", at=after(1), duplicate_of="z.md"))
    assert store.first_with_text("甲", identity("m.md")) == "z.md"


def test_a_new_version_does_not_make_a_document_later(store: KnowledgeStore) -> None:
    store.save(indexed("z.md", "甲", at=after(0)))
    store.save(indexed("a.md", "乙", at=after(1)))
    store.save(indexed("z.md", "乙", version=2, at=after(2)))
    assert store.first_with_text("乙", identity("m.md")) == "z.md"


def test_a_text_that_was_replaced_has_no_copies(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "旧"))
    store.save(indexed("a.md", "新", version=2))
    assert store.first_with_text("旧", identity("b.md")) is None


def test_when_the_original_is_deleted_its_copy_is_the_earliest(store: KnowledgeStore) -> None:
    store.save(indexed("z.md", "甲", at=after(0)))
    store.save(indexed("a.md", "甲", at=after(1), duplicate_of="z.md"))
    store.delete(identity("z.md"))
    assert store.first_with_text("甲", identity("m.md")) == "a.md"


def test_the_revision_stays_while_nothing_changes(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    assert store.revision() == store.revision()


def test_a_new_document_changes_the_revision(store: KnowledgeStore) -> None:
    before = store.revision()
    store.save(indexed("a.md", "甲"))
    assert store.revision() != before


def test_a_new_version_changes_the_revision(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲", at=after(0)))
    before = store.revision()
    store.save(indexed("a.md", "乙", version=2, at=after(1)))
    assert store.revision() != before


def test_a_new_version_of_the_same_length_and_moment_changes_the_revision(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲", at=START))
    before = store.revision()
    store.save(indexed("a.md", "乙", version=2, at=START))
    assert store.revision() != before


def test_a_deletion_changes_the_revision(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲", at=after(0)))
    store.save(indexed("b.md", "甲", at=after(1)))
    before = store.revision()
    store.delete(identity("a.md"))
    assert store.revision() != before
