"""Questions into the index beside a document that is there already: nothing else of it is touched or embedded again."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.chunk import Chunk, ChunkQuestion, Writer, added_question, passage_key, same_words
from knowledge.document import Document, DocumentId
from knowledge.embedder import Embedder
from knowledge.index import VectorIndex
from knowledge.question_store import QuestionStore
from knowledge.reader import access_label, wider


class QuestionIndexing:
    """Adds and removes questions; intent first, as decisions/0004 has it for whole versions."""

    def __init__(self, *, embedder: Embedder, vectors: VectorIndex, store: QuestionStore) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._store = store

    def add(self, document: DocumentId, version: int, questions: Sequence[ChunkQuestion]) -> bool:
        """Make questions of the current version searchable; False when another version has become current."""
        current = self._store.current(document)
        if current is None or current.version != version:
            return False
        ids = [question.id for question in questions]
        vectors = self._embedder.embed_queries([question.text for question in questions])
        self._store.intend(ids)
        self._vectors.add(
            "question",
            document,
            version,
            ids,
            [question.chunk_id for question in questions],
            vectors,
            current.label,
            self._embedder.identity,
        )
        return self._store.add(document, version, questions)

    def remove(self, document: DocumentId, ids: Sequence[str]) -> int:
        """Take questions out of the index; returns how many there were."""
        removed = self._store.remove(document, ids)
        self.reconcile()
        return removed

    def carried(
        self, document: Document, known: DocumentId, chunks: Sequence[Chunk], own: Sequence[ChunkQuestion]
    ) -> list[ChunkQuestion]:
        """Return the added questions of the version before whose chunk is still there, tied to the new chunks.

        What people asked about a document stays behind when others are to read it: their wording may tell more than
        the text does.
        """
        before = self._store.current(known)
        if before is None:
            return []
        opened = wider(before.label, access_label(document.metadata.audience, document.metadata.groups))
        keys = before.keys()
        homes = {passage_key(document.title, document.metadata.context, chunk.span): chunk.id for chunk in chunks}
        written = {same_words(question.text) for question in own}
        return [
            added_question(homes[keys[question.chunk_id]], question.text, question.writer)
            for question in before.questions
            if question.writer is not Writer.DOCUMENT
            and keys.get(question.chunk_id) in homes
            and not (opened and question.writer is Writer.PERSON)
            and same_words(question.text) not in written
        ]

    def reconcile(self) -> None:
        """Remove vectors of questions that do not exist: what a killed run left behind."""
        leftovers = self._store.leftovers()
        if leftovers:
            self._vectors.discard("question", leftovers)
            self._store.settle(leftovers)
