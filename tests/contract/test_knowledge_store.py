"""What every `KnowledgeStore` promises of what is current."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from knowledge.chunk import ChunkId
from knowledge.document import Audience, DocumentKind, Metadata
from knowledge.errors import UnknownDocument
from knowledge.store import DocumentState, FoundChunk, KnowledgeStore
from tests.contract.material import ORIGIN, after, chunk_of, identity, indexed

FULL = Metadata(
    kind=DocumentKind.PLAYBOOK,
    audience=Audience.CUSTOMER,
    language="zh",
    title_en="Renewal",
    summary="续约",
    summary_en="Renewals",
    context="客户成功 > 续约",
    url="https://example.com/renewal",
    verified_on=date(2026, 1, 2),
    review_by=date(2026, 7, 2),
    owner="王敏",
    stages=("renewal", "expansion"),
    roles=("csm",),
    requirements=("R-1",),
)


def test_an_unknown_origin_has_no_states(store: KnowledgeStore) -> None:
    assert store.states(ORIGIN) == {}


def test_a_state_holds_what_a_sync_compares(store: KnowledgeStore) -> None:
    saved = indexed("a.md", "第一段", "第二段", fingerprint="12-34", duplicate_of="b.md")
    store.save(saved)
    assert store.states(ORIGIN) == {
        "a.md": DocumentState(
            id=identity("a.md"),
            source="a.md",
            fingerprint="12-34",
            content_hash=saved.content_hash,
            recipe="1",
            version=1,
            characters=len("第一段\n\n第二段"),
            chunks=2,
            duplicate_of="b.md",
        )
    }


def test_states_are_those_of_one_origin(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.save(indexed("a.md", "乙", origin="/elsewhere"))
    assert store.states("/elsewhere")["a.md"].id == identity("a.md", "/elsewhere")


def test_a_touched_document_has_the_new_fingerprint(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲", fingerprint="old"))
    store.touch(identity("a.md"), "new")
    assert store.states(ORIGIN)["a.md"].fingerprint == "new"


def test_touching_makes_no_version(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.touch(identity("a.md"), "new")
    assert [version.version for version in store.history(identity("a.md"))] == [1]


def test_touching_an_unknown_document_makes_none(store: KnowledgeStore) -> None:
    store.touch(identity("a.md"), "new")
    assert store.count() == 0


def test_a_deleted_document_has_no_state(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.delete(identity("a.md"))
    assert store.states(ORIGIN) == {}


def test_deleting_an_unknown_document_changes_nothing(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.delete(identity("b.md"))
    assert store.count() == 1


def test_the_count_is_that_of_current_documents(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.save(indexed("a.md", "乙", version=2))
    store.save(indexed("b.md", "丙"))
    assert store.count() == 2


def test_summaries_stand_by_origin_and_source(store: KnowledgeStore) -> None:
    for source, origin in [("b.md", "/x"), ("a.md", "/y"), ("a.md", "/x")]:
        store.save(indexed(source, "甲", origin=origin))
    assert [(s.origin, s.source) for s in store.summaries()] == [("/x", "a.md"), ("/x", "b.md"), ("/y", "a.md")]


def test_a_summary_is_of_the_current_version(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "旧", title="旧标题"))
    store.save(indexed("a.md", "新的", "两段", version=2, title="新标题"))
    (summary,) = store.summaries()
    assert (summary.version, summary.title, summary.characters, summary.chunks) == (2, "新标题", 6, 2)


def test_metadata_comes_back_as_it_went_in(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲", metadata=FULL))
    assert store.summaries()[0].metadata == FULL


def test_the_time_of_a_change_comes_back_as_it_went_in(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲", at=after(5)))
    assert store.summaries()[0].updated_at == after(5)


@pytest.mark.parametrize("by", ["a.md", identity("a.md")], ids=["source", "id"])
def test_a_document_is_found_by(store: KnowledgeStore, by: str) -> None:
    saved = indexed("a.md", "甲", metadata=FULL, title="题", warnings=("w",), duplicate_of="b.md")
    store.save(saved)
    assert store.find(by) == saved.stored


def test_what_is_found_is_the_current_version(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "旧"))
    store.save(indexed("a.md", "新", version=2))
    assert store.find("a.md").document.text == "新"


def test_a_deleted_document_is_not_found(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.delete(identity("a.md"))
    with pytest.raises(UnknownDocument):
        store.find("a.md")


def test_a_mistyped_source_is_answered_with_the_closest(store: KnowledgeStore) -> None:
    store.save(indexed("playbooks/renewal.md", "甲"))
    with pytest.raises(UnknownDocument, match=r"playbooks/renewal\.md"):
        store.find("playbooks/renewel.md")


def test_chunks_come_with_the_facts_of_their_document(store: KnowledgeStore) -> None:
    saved = indexed("a.md", "第一段", "第二段", title="题", metadata=FULL)
    store.save(saved)
    second = saved.chunks[1]
    assert store.chunks([second.id]) == {second.id: FoundChunk(chunk=second, source="a.md", title="题", metadata=FULL)}


def test_no_ids_have_no_chunks(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    assert store.chunks([]) == {}


def test_chunks_of_an_earlier_version_are_left_out(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "旧"))
    store.save(indexed("a.md", "新", version=2))
    asked = [chunk_of("a.md", version=1), chunk_of("a.md", version=2)]
    assert set(store.chunks(asked)) == {chunk_of("a.md", version=2)}


def test_chunks_of_a_deleted_document_are_left_out(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    store.delete(identity("a.md"))
    assert store.chunks([chunk_of("a.md")]) == {}


def test_known_chunks_are_found_among_thousands_of_unknown_ids(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "甲"))
    unknown = [ChunkId(f"unknown.1.{i}") for i in range(3000)]
    assert set(store.chunks([*unknown, chunk_of("a.md")])) == {chunk_of("a.md")}


def test_a_version_that_cannot_be_saved_leaves_the_one_before_current(store: KnowledgeStore) -> None:
    store.save(indexed("a.md", "旧"))
    broken = indexed("a.md", "新", "新二", version=2)
    with pytest.raises((ValueError, IntegrityError)):
        store.save(replace(broken, chunks=[broken.chunks[0], broken.chunks[0]]))
    assert (store.find("a.md").version, set(store.chunks([chunk_of("a.md")]))) == (1, {chunk_of("a.md")})


def test_sentences_come_back_with_the_current_chunks(store: KnowledgeStore) -> None:
    saved = indexed("a.md", "续约提前九十天。先看用量!", "Call the buyer.")
    store.save(saved)

    found = store.sentences([chunk.id for chunk in saved.chunks] + [ChunkId("gone.1.0")])

    assert [found[chunk.id].vectors.tolist() for chunk in saved.chunks] == [v.tolist() for v in saved.sentences]
    assert [found[chunk.id].chinese for chunk in saved.chunks] == [True, False]
    assert len(found) == 2


def test_the_sentences_of_a_deleted_document_are_gone(store: KnowledgeStore) -> None:
    saved = indexed("a.md", "续约提前九十天。")
    store.save(saved)
    store.delete(saved.stored.id)

    assert store.sentences([chunk.id for chunk in saved.chunks]) == {}
