"""The stage that embeds: the same vectors whoever shares a call, and one bad document spoils only itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ingest.chunking import chunk_text
from ingest.embedding import Embedding
from ingest.prepared import Embedded, Place, Prepared, Readable, Refused
from ingest.report import Status
from ingest.source import Item
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Document, WrittenQuestion
from knowledge.embedder import PassageVectors
from knowledge.errors import KnowledgeError, ModelUnavailable

PLACE = Place(origin="/docs", states={}, parts={}, lost=False)


class Recording(HashingEmbedder):
    """Keeps what each call was about; fails on the texts that say so."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.calls: list[int] = []
        self.error = error

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        self.calls.append(len(texts))
        if self.error and any("坏" in text for text in texts):
            raise self.error
        return super().embed_sentences(texts, spans)


def prepared(name: str, text: str, *questions: str) -> Prepared:
    asked = tuple(WrittenQuestion(text=question, section=None) for question in questions)
    document = Document(source=name, title=name, text=text, questions=asked)
    content = Readable(document=document, data=text.encode(), spans=chunk_text(text), sketch=b"")
    return Prepared(place=PLACE, item=Item(source=name, fingerprint="1", media=".md"), content=content)


def long(name: str) -> Prepared:
    return prepared(name, "\n\n".join(f"## 第 {n} 节\n\n{'试用一般给一周。' * 30}" for n in range(7)))


def embedded(embedder: HashingEmbedder, *batches: Sequence[Prepared], at_once: int = 16) -> list[Embedded]:
    return list(Embedding(embedder, at_once).run(batches, lambda: False))


def test_documents_of_a_batch_get_the_vectors_they_would_get_alone() -> None:
    items = [prepared("a", "续费归谁?", "谁负责续费", "renewals?"), long("b"), prepared("c", "试用一周。")]
    together = embedded(Recording(), items, at_once=3)
    alone = [made for one in items for made in embedded(Recording(), [one])]
    assert [made.prepared for made in together] == items
    for one, other in zip(together, alone, strict=True):
        assert one.passages
        assert other.passages
        np.testing.assert_array_equal(one.passages.whole, other.passages.whole)
        for mine, its in zip(one.passages.sentences, other.passages.sentences, strict=True):
            np.testing.assert_array_equal(mine, its)
        np.testing.assert_array_equal(one.questions, other.questions)


def test_small_documents_share_a_call_and_large_ones_take_several() -> None:
    embedder = Recording()
    embedded(embedder, [prepared(str(n), f"第 {n} 条。") for n in range(5)], [long("x")], at_once=5)
    assert embedder.calls == [5, 5, 2]


def test_a_document_that_cannot_be_embedded_is_refused_and_the_others_get_in() -> None:
    made = embedded(Recording(ValueError("odd")), [prepared("a", "好。"), prepared("b", "坏。"), prepared("c", "好。")])
    assert [one.prepared.item.source for one in made] == ["a", "b", "c"]
    assert [one.passages is None for one in made] == [False, True, False]
    refused = made[1].prepared.content
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code, refused.stage) == (Status.FAILED, "internal_error", "embed")


def test_a_model_that_is_not_there_ends_the_run() -> None:
    with pytest.raises(KnowledgeError):
        embedded(Recording(ModelUnavailable("gone")), [prepared("a", "坏。")])


def test_what_needs_no_vectors_passes_and_no_model_is_asked() -> None:
    refused = Refused(status=Status.FAILED, code="damaged_file", reason="!", stage="parse")
    one = Prepared(place=PLACE, item=Item(source="a", fingerprint="", media=".pdf"), content=refused)
    embedder = Recording()
    (made,) = embedded(embedder, [one])
    assert (made.prepared, made.passages, embedder.calls) == (one, None, [])


def test_a_stopped_stage_gives_out_no_half_document() -> None:
    asked = iter([False, True, True, True])
    made = list(Embedding(HashingEmbedder(), 3).run([[long("b")]], lambda: next(asked)))
    assert made == []
