"""The embedding cache: the same vectors, fewer of them made."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from knowledge.adapters.cached_embedder import CachedEmbedder
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.embedder import ModelIdentity, PassageVectors, Vectors

TEXTS = ["续约前九十天", "价格异议", "续约前九十天", ""]


class Counting:
    """Counts what it is asked to embed."""

    def __init__(self, dimension: int = 16, model: str = "hashing") -> None:
        self._inner = HashingEmbedder(dimension)
        self.identity = ModelIdentity(model=model, dimension=dimension, normal_form=1)
        self.asked: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return self._inner.embed_passages(texts)

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        self.asked += texts
        return self._inner.embed_sentences(texts, spans)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return -self._inner.embed_queries(texts)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "embeddings.db"


def entries(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])


def test_vectors_are_those_of_the_embedder_in_the_order_of_the_texts(file: Path) -> None:
    cached = CachedEmbedder(Counting(), file)

    for _ in range(2):
        np.testing.assert_array_equal(cached.embed_passages(TEXTS), Counting().embed_passages(TEXTS))
        np.testing.assert_array_equal(cached.embed_queries(TEXTS), Counting().embed_queries(TEXTS))


def test_only_what_is_new_is_embedded_and_each_text_once(file: Path) -> None:
    embedder = Counting()
    CachedEmbedder(embedder, file).embed_passages(TEXTS)
    assert embedder.asked == ["续约前九十天", "价格异议", ""]

    CachedEmbedder(embedder, file).embed_passages([*TEXTS, "试点"])
    assert embedder.asked[3:] == ["试点"]


def test_a_question_and_a_passage_of_the_same_words_are_two_entries(file: Path) -> None:
    embedder = Counting()
    cached = CachedEmbedder(embedder, file)
    cached.embed_passages(["试点"])
    cached.embed_queries(["试点"])

    assert embedder.asked == ["试点", "试点"]


@pytest.mark.parametrize("other", [Counting(model="other"), Counting(dimension=32)], ids=["model", "dimension"])
def test_another_identity_never_reads_these_vectors(file: Path, other: Counting) -> None:
    CachedEmbedder(Counting(), file).embed_passages(["试点"])

    found = CachedEmbedder(other, file).embed_passages(["试点"])

    assert other.asked == ["试点"]
    np.testing.assert_array_equal(found, other.embed_passages(["试点"]))


def test_no_texts_give_no_rows_of_the_dimension(file: Path) -> None:
    assert CachedEmbedder(Counting(), file).embed_queries([]).shape == (0, 16)


def test_the_oldest_entries_go_when_there_are_too_many(file: Path) -> None:
    embedder = Counting()
    cached = CachedEmbedder(embedder, file, limit=20)
    for number in range(100):
        cached.embed_passages([f"text {number}"])
        assert entries(file) <= 20
    embedder.asked.clear()

    cached.embed_passages(["text 99", "text 0"])

    assert embedder.asked == ["text 0"]


def test_more_texts_at_once_than_the_cache_holds_are_all_embedded(file: Path) -> None:
    texts = [f"text {number}" for number in range(1200)]
    cached = CachedEmbedder(Counting(), file, limit=100)

    np.testing.assert_array_equal(cached.embed_passages(texts), Counting().embed_passages(texts))
    assert entries(file) <= 100


def test_a_damaged_file_is_replaced(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 100)
    embedder = Counting()
    cached = CachedEmbedder(embedder, file)

    with caplog.at_level(logging.WARNING):
        np.testing.assert_array_equal(cached.embed_passages(TEXTS), Counting().embed_passages(TEXTS))
    cached.embed_passages(TEXTS)

    assert "damaged" in caplog.text
    assert len(embedder.asked) == 3
    assert cached.embed_passages(TEXTS).shape == (4, 16)


@pytest.mark.parametrize("damage", ["zeroblob(68)", "substr(vector, 1, 40)", "x''"])
def test_a_torn_vector_is_made_anew(file: Path, damage: str) -> None:
    cached = CachedEmbedder(Counting(), file)
    cached.embed_passages(["试点"])
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"UPDATE vectors SET vector = {damage}")

    for _ in range(2):
        np.testing.assert_array_equal(cached.embed_passages(["试点"]), Counting().embed_passages(["试点"]))


def test_a_folder_that_cannot_be_made_is_passed_by(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cached = CachedEmbedder(Counting(), tmp_path / "cache" / "embeddings.db")

    with caplog.at_level(logging.WARNING):
        assert cached.embed_passages(TEXTS).shape == (4, 16)

    assert "cannot be read" in caplog.text


def test_a_locked_file_is_passed_by(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.adapters.cached_embedder._WAIT_S", 0.01)
    CachedEmbedder(Counting(), file).embed_passages(["试点"])
    embedder = Counting()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        found = CachedEmbedder(embedder, file).embed_passages(["试点"])

    np.testing.assert_array_equal(found, Counting().embed_passages(["试点"]))


def test_several_threads_get_the_right_vectors(file: Path) -> None:
    cached = CachedEmbedder(Counting(), file)
    texts = [f"text {number % 7}" for number in range(60)]

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda text: cached.embed_passages([text])[0], texts))

    np.testing.assert_array_equal(np.stack(found), Counting().embed_passages(texts))


def test_an_error_of_the_embedder_passes_through(file: Path) -> None:
    class Failing(Counting):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            raise OSError("no model")

    with pytest.raises(OSError, match="no model"):
        CachedEmbedder(Failing(), file).embed_passages(["试点"])


def test_sentences_are_remembered_with_the_passage_they_stand_in(file: Path) -> None:
    embedder = Counting()
    texts, spans = ["续约。先看用量。", "续约。先看用量。", ""], [[(0, 3), (3, 8)], [(0, 8)], []]
    expected = HashingEmbedder(16).embed_sentences(texts, spans)

    for _ in range(2):
        found = CachedEmbedder(embedder, file).embed_sentences(texts, spans)

        np.testing.assert_array_equal(found.whole, expected.whole)
        assert [rows.tolist() for rows in found.sentences] == [rows.tolist() for rows in expected.sentences]
    assert embedder.asked == texts


def test_no_passages_have_no_sentences(file: Path) -> None:
    found = CachedEmbedder(Counting(), file).embed_sentences([], [])

    assert found.whole.shape == (0, 16)
    assert list(found.sentences) == []
