"""What every `VectorSets` promises of the sentences of sets, beside the store of documents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from copilot.adapters.sql import database
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.chunk import ChunkId
from knowledge.vector_sets import UNNAMED, set_name
from tests.contract.material import Knowledge, indexed

NAME, OTHER = set_name(HashingEmbedder(8).identity), set_name(HashingEmbedder(16).identity)


def _sentences(knowledge: Knowledge, chunk: ChunkId) -> list[list[float]]:
    found = knowledge.store.sentences([chunk])
    return found[chunk].vectors.tolist() if chunk in found else []


def test_models_have_names_of_their_own() -> None:
    assert len({NAME, OTHER, UNNAMED}) == 3
    assert set_name(HashingEmbedder(8).identity) == NAME


def test_before_the_first_switch_the_live_set_has_no_name(knowledge: Knowledge) -> None:
    assert (knowledge.sets.live(), knowledge.sets.setting()) == (UNNAMED, None)


def test_a_saved_document_has_its_sentences_in_the_live_set(knowledge: Knowledge) -> None:
    saved = indexed("a.md", "续约提前九十天。")
    knowledge.sets.switch(NAME)
    knowledge.store.save(saved)
    assert knowledge.sets.with_sentences(NAME) == {saved.chunks[0].id}
    assert knowledge.sets.with_sentences(OTHER) == set()
    assert _sentences(knowledge, saved.chunks[0].id) == saved.sentences[0].tolist()


def test_sentences_of_another_set_are_read_after_the_switch_only(knowledge: Knowledge) -> None:
    saved = indexed("a.md", "续约提前九十天。先看用量!")
    (chunk,) = saved.chunks
    knowledge.store.save(saved)
    other = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    knowledge.sets.keep_sentences(NAME, saved.chunks, [other * 0])
    knowledge.sets.keep_sentences(NAME, saved.chunks, [other])
    assert _sentences(knowledge, chunk.id) == saved.sentences[0].tolist()
    knowledge.sets.switch(NAME)
    assert _sentences(knowledge, chunk.id) == other.tolist()


def test_a_switch_makes_the_revision_another_one(knowledge: Knowledge) -> None:
    before = knowledge.store.revision()
    knowledge.store.save(indexed("a.md", "甲"))
    saved = knowledge.store.revision()
    knowledge.sets.switch(NAME)
    assert len({before, saved, knowledge.store.revision()}) == 3


def test_dropping_keeps_the_live_sentences_and_those_named(knowledge: Knowledge) -> None:
    saved = indexed("a.md", "续约提前九十天。")
    knowledge.store.save(saved)
    for name in (NAME, OTHER):
        knowledge.sets.keep_sentences(name, saved.chunks, saved.sentences)
    knowledge.sets.drop_besides([NAME])
    assert knowledge.sets.with_sentences(OTHER) == set()
    assert knowledge.sets.with_sentences(NAME) == {saved.chunks[0].id}
    knowledge.sets.drop_besides([])
    assert knowledge.sets.with_sentences(NAME) == set()
    assert _sentences(knowledge, saved.chunks[0].id) == saved.sentences[0].tolist()


def test_sentences_go_with_their_document_in_every_set(knowledge: Knowledge) -> None:
    saved = indexed("a.md", "续约提前九十天。")
    knowledge.store.save(saved)
    knowledge.sets.keep_sentences(NAME, saved.chunks, saved.sentences)
    knowledge.store.delete(saved.stored.id)
    assert knowledge.sets.with_sentences(NAME) == set()


def test_a_noted_setting_holds_until_the_switch(knowledge: Knowledge) -> None:
    knowledge.sets.note("fp32")
    assert (knowledge.sets.setting(), knowledge.sets.live()) == ("fp32", UNNAMED)
    knowledge.sets.switch(NAME)
    assert (knowledge.sets.setting(), knowledge.sets.live()) == (None, NAME)


def test_the_set_before_is_known_until_it_is_dropped(knowledge: Knowledge) -> None:
    saved = indexed("a.md", "续约提前九十天。")
    knowledge.store.save(saved)
    assert knowledge.sets.previous() is None
    knowledge.sets.switch(NAME)
    knowledge.sets.switch(NAME)
    assert knowledge.sets.previous() == UNNAMED
    knowledge.sets.drop_besides([UNNAMED])
    assert knowledge.sets.with_sentences(UNNAMED) == {saved.chunks[0].id}
    knowledge.sets.switch(UNNAMED)
    assert (knowledge.sets.live(), knowledge.sets.previous()) == (UNNAMED, NAME)
    assert _sentences(knowledge, saved.chunks[0].id) == saved.sentences[0].tolist()
    knowledge.sets.drop_besides([OTHER])
    assert knowledge.sets.previous() is None


def test_an_older_database_keeps_its_sentences_in_the_set_without_a_name(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/copilot.db")
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = []
        command.upgrade(config, "0003")
        connection.execute(
            text("INSERT INTO chunk_sentences(chunk_id, chinese, vectors) VALUES ('one.1.0', 1, x'00000000')")
        )
        command.upgrade(config, "head")
        rows = connection.execute(text("SELECT chunk_id, vector_set, length(vectors) FROM chunk_sentences")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [("one.1.0", UNNAMED, 4)]
