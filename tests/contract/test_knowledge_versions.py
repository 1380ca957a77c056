"""What every `KnowledgeStore` promises of versions that are, were, or may come to be."""

from __future__ import annotations

import pytest

from knowledge.document import Metadata
from knowledge.errors import UnknownDocument
from knowledge.store import KnowledgeStore
from tests.contract.material import ORIGIN, after, identity, indexed

NAME = identity("a.md")


def test_the_first_version_is_one(store: KnowledgeStore) -> None:
    assert store.next_version(NAME) == 1


def test_the_next_version_comes_after_the_current_one(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    assert store.next_version(NAME) == 2


def test_versions_go_on_after_a_deletion(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.save(indexed("a.md", "乙", version=2))
    store.delete(NAME)
    assert store.next_version(NAME) == 3


def test_versions_are_counted_per_document(store: KnowledgeStore) -> None:
    store.save(indexed("b.md", "甲"))
    assert store.next_version(NAME) == 1


def test_the_history_is_oldest_first(store: KnowledgeStore) -> None:
    for version, text in enumerate(["甲", "乙", "丙"], start=1):
        store.save(indexed("a.md", text, version=version))
    assert [version.version for version in store.history(NAME)] == [1, 2, 3]


def test_the_history_keeps_what_each_version_was_made_from(store: KnowledgeStore) -> None:
    versions = [indexed("a.md", "甲"), indexed("a.md", "乙", version=2)]
    for version in versions:
        store.save(version)
    assert [version.content_hash for version in store.history(NAME)] == [v.content_hash for v in versions]


def test_the_time_of_a_version_comes_back_as_it_went_in(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲", at=after(7)))
    assert [version.created_at for version in store.history(NAME)] == [after(7)]


def test_a_deleted_document_keeps_its_history(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.delete(NAME)
    assert [version.version for version in store.history(NAME)] == [1]


def test_an_unknown_document_has_no_history(store: KnowledgeStore) -> None:
    assert store.history(NAME) == []


def test_a_replaced_version_stays_readable(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "旧"))
    store.save(indexed("a.md", "新", version=2))
    assert store.find_version(NAME, 1).document.text == "旧"


def test_a_version_of_a_deleted_document_stays_readable(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.delete(NAME)
    assert store.find_version(NAME, 1).document.text == "甲"


@pytest.mark.parametrize("text", ["a\r\nb\n", "👩‍💻 𠮷", "e\u0301 ﬁ ①", "\u2028\u200b\ufeff\x0b", "a\0b"], ids=ascii)
def test_a_text_comes_back_character_for_character(store: KnowledgeStore, text: str) -> None:
    store.save(indexed("a.md", text))
    assert store.find_version(NAME, 1).document.text == text


def test_a_replaced_version_keeps_its_own_title_and_metadata(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "旧", title="旧题", metadata=Metadata(owner="王敏")))
    store.save(indexed("a.md", "新", version=2, title="新题", metadata=Metadata(owner="李强")))
    document = store.find_version(NAME, 1).document
    assert (document.title, document.metadata.owner) == ("旧题", "王敏")


def test_a_version_says_which_document_it_is_of(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    found = store.find_version(NAME, 1)
    assert (found.id, found.origin, found.version, found.document.source) == (NAME, ORIGIN, 1, "a.md")


@pytest.mark.parametrize("version", [0, 2])
def test_a_version_that_never_was_is_unknown(store: KnowledgeStore, version: int) -> None:
    store.save(indexed("a.md", "甲"))
    with pytest.raises(UnknownDocument):
        store.find_version(NAME, version)


def test_a_new_store_has_no_leftovers(store: KnowledgeStore) -> None:
    assert store.leftovers() == []


def test_an_intended_version_is_a_leftover_until_it_is_saved(store: KnowledgeStore) -> None:
    store.intend(NAME, 1)
    assert store.leftovers() == [(NAME, 1)]


def test_intending_a_version_twice_leaves_it_once(store: KnowledgeStore) -> None:
    store.intend(NAME, 1)
    store.intend(NAME, 1)
    assert store.leftovers() == [(NAME, 1)]


def test_an_intended_version_is_not_current(store: KnowledgeStore) -> None:
    store.intend(NAME, 1)
    assert store.count() == 0


def test_saving_the_intended_version_leaves_nothing(store: KnowledgeStore) -> None:
    store.intend(NAME, 1)
    store.save(indexed("a.md", "甲"))
    assert store.leftovers() == []


def test_a_replaced_version_is_a_leftover(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "旧"))
    store.save(indexed("a.md", "新", version=2))
    assert store.leftovers() == [(NAME, 1)]


def test_the_last_version_of_a_deleted_document_is_a_leftover(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.delete(NAME)
    assert store.leftovers() == [(NAME, 1)]


def test_a_settled_leftover_is_forgotten(store: KnowledgeStore) -> None:
    store.intend(NAME, 1)
    store.settle(NAME, 1)
    assert store.leftovers() == []


def test_settling_one_version_keeps_the_others(store: KnowledgeStore) -> None:
    store.intend(NAME, 1)
    store.intend(NAME, 2)
    store.settle(NAME, 1)
    assert store.leftovers() == [(NAME, 2)]


def test_settling_what_was_never_intended_changes_nothing(store: KnowledgeStore) -> None:
    store.intend(NAME, 1)
    store.settle(identity("b.md"), 1)
    assert store.leftovers() == [(NAME, 1)]
