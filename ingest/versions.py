"""A new version of a document into both stores: intent, vectors, then rows in one commit (decisions/0004)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from ingest.chunking import RECIPE, answering
from ingest.near_duplicates import NearDuplicates
from ingest.prepared import Embedded, Readable
from ingest.questions import QuestionIndexing
from ingest.source import Item
from knowledge.chunk import Chunk, ChunkQuestion, chunk_id
from knowledge.document import Document, DocumentId, StoredDocument, content_hash, document_id
from knowledge.embedder import Embedder, PassageVectors, Vectors
from knowledge.index import VectorIndex
from knowledge.originals import Originals
from knowledge.reader import access_label
from knowledge.store import Indexed, KnowledgeStore


class Versions:
    """Writes versions, one after the other: what is a duplicate depends on what was stored before."""

    def __init__(
        self,
        *,
        embedder: Embedder,
        vectors: VectorIndex,
        store: KnowledgeStore,
        originals: Originals,
        added: QuestionIndexing,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._store = store
        self._originals = originals
        self._added = added
        self._now = now
        self._near: NearDuplicates | None = None  # read when it is first needed

    def write(self, made: Embedded, content: Readable) -> tuple[StoredDocument, tuple[str, ...]]:
        """Make a version current; returns it, and warnings about its written questions, which are not stored.

        Raises:
            KnowledgeError: a store or the model fails.
        """
        item, origin = made.prepared.item, made.prepared.place.origin
        identity, document = document_id(origin, item.source), content.document
        duplicate_of = self._store.first_with_text(document.text, identity) if content.spans else None
        if duplicate_of is None:
            document = replace(document, warnings=document.warnings + self._near_to(identity, content.sketch))
        stored = StoredDocument(
            id=identity,
            origin=origin,
            version=self._store.next_version(identity),
            document=document,
            duplicate_of=duplicate_of,
        )
        if made.passages is None or made.questions is None:
            # An archive is remembered, so that it is not unpacked again; its bytes are kept as those of its parts.
            self._store.save(self._indexed(stored, item, content))
            return stored, ()
        return stored, self._write(stored, item, content, made.passages, made.questions)

    def _write(
        self, stored: StoredDocument, item: Item, content: Readable, passages: PassageVectors, asked: Vectors
    ) -> tuple[str, ...]:
        identity, version, document = stored.id, stored.version, stored.document
        chunks = [
            Chunk(id=chunk_id(identity, version, i), document_id=identity, version=version, ordinal=i, span=span)
            for i, span in enumerate(content.spans)
        ]
        own, question_vectors, warnings = _tied(document, chunks, passages.whole, asked)
        metadata = self._store.in_force(identity, document.metadata)
        carried = self._added.carried(replace(document, metadata=metadata), identity, chunks, own)
        carried_vectors = self._embedder.embed_queries([question.text for question in carried])
        label, model = access_label(metadata.audience, metadata.groups), self._embedder.identity
        ids = [chunk.id for chunk in chunks]
        self._originals.keep(content.data)
        self._store.intend(identity, version)
        self._vectors.add("chunk", identity, version, ids, ids, passages.whole, label, model)
        for questions, vectors in ((own, question_vectors), (carried, carried_vectors)):
            names, homes = [one.id for one in questions], [one.chunk_id for one in questions]
            self._vectors.add("question", identity, version, names, homes, vectors, label, model)
        self._store.save(self._indexed(stored, item, content, chunks, [*own, *carried], passages.sentences))
        if self._near is not None:
            self._near.add(identity, item.source, content.sketch)
        return warnings

    def _indexed(
        self,
        stored: StoredDocument,
        item: Item,
        content: Readable,
        chunks: Sequence[Chunk] = (),
        questions: Sequence[ChunkQuestion] = (),
        sentences: Sequence[Vectors] = (),
    ) -> Indexed:
        return Indexed(
            stored=stored,
            chunks=chunks,
            questions=questions,
            sentences=sentences,
            content_hash=content_hash(content.data),
            fingerprint=item.fingerprint,
            recipe=RECIPE,
            at=self._now(),
            sketch=content.sketch,
        )

    def _near_to(self, identity: DocumentId, sketch: bytes) -> tuple[str, ...]:
        if not sketch:
            return ()
        if self._near is None:
            self._near = NearDuplicates(self._store.sketches())
        found = self._near.nearest(identity, sketch)
        return (
            () if found is None else (f"near_duplicate_of {found[0]!r}: about {found[1]:.0%} of the text is the same",)
        )


def _tied(
    document: Document, chunks: Sequence[Chunk], vectors: Vectors, asked: Vectors
) -> tuple[list[ChunkQuestion], Vectors, tuple[str, ...]]:
    """Tie each written question to a chunk; returns the questions, their vectors, and what is wrong with others."""
    questions, rows, warnings = [], [], []
    for row, question in enumerate(document.questions):
        candidates = answering(question, [chunk.span for chunk in chunks])
        if not candidates:
            warnings.append(f"question {question.text!r} points at {question.section!r}, which is no heading")
            continue
        # A long section is several chunks; the question belongs to the one that is nearest to it.
        best = max(candidates, key=lambda i: float(vectors[i] @ asked[row]))
        questions.append(ChunkQuestion(id=f"{chunks[best].id}.q{row}", chunk_id=chunks[best].id, text=question.text))
        rows.append(row)
    return questions, np.asarray(asked[rows], dtype=np.float32), tuple(warnings)
