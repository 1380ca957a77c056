"""The index anew for another embedding model: filled in the shadow, verified, then swapped (decisions/0013).

The originals are not read again: chunks and questions are stored, only their vectors are made anew.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.progress import Progress, ProgressListener
from ingest.verification import Entry, Verification
from knowledge.chunk import Chunk, ChunkId, ChunkQuestion, embedded_sentences, embedded_text
from knowledge.embedder import Embedder
from knowledge.errors import RebuildFailed
from knowledge.index import Field, ReplaceableIndex, VectorSet
from knowledge.question_store import QuestionedDocument, QuestionStore
from knowledge.reader import AccessLabel
from knowledge.reading import ReadingEmbedder
from knowledge.store import KnowledgeStore
from knowledge.vector_sets import VectorSets

_log = logging.getLogger(__name__)

#: Texts embedded between two looks at whether to stop, and lost at most when the process is killed.
_AT_ONCE = 32


@dataclass(frozen=True, kw_only=True)
class RebuildReport:
    """What a run did."""

    documents: int  #: current ones, all of them
    embedded: int  #: chunks and questions embedded by this run
    kept: int  #: those an earlier run had embedded
    finished: bool  #: False: it was stopped, and the next run goes on


class Rebuild:
    """Replaces the live vectors by those of `embedder`.

    The caller sees to it that no document changes meanwhile. Search goes on with the old vectors until the swap.
    """

    def __init__(
        self,
        *,
        embedder: Embedder,
        fresh: Embedder,
        vectors: ReplaceableIndex,
        sets: VectorSets,
        store: KnowledgeStore,
        questions: QuestionStore,
        reading: ReadingEmbedder,
        seed: int = 0,
    ) -> None:
        """`fresh` is the same model without memory, so that verifying does not compare a memory with itself."""
        self._embedder = embedder
        self._vectors = vectors
        self._sets = sets
        self._store = store
        self._questions = questions
        self._reading = reading
        self._verification = Verification(fresh, random.Random(seed))  # noqa: S311  # a sample, no secret
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End a run within a few texts; what is embedded is kept for the next."""
        self._stopping.set()

    def run(
        self, listen: ProgressListener | None = None, cancelled: Callable[[], bool] = lambda: False
    ) -> RebuildReport:
        """Fill the shadow, verify it, and make it live; the set before it is kept to go back to (decisions/0025).

        Going back is the same run: the shadow is the set that was live before, and only what is new is embedded.

        Raises:
            RebuildFailed: the new vectors are not right; they are dropped and the old ones stay live.
            ModelUnavailable: the model cannot be loaded.
        """
        identity = self._embedder.identity
        shadow = self._vectors.shadow(identity)
        back = shadow.name == self._sets.previous()
        self._drop_besides(shadow.name)
        filling = _Filling(self._embedder, shadow, self._sets)
        summaries = self._store.summaries()
        wanted: dict[Field, dict[str, Entry]] = {"chunk": {}, "question": {}}
        for done, summary in enumerate(summaries, start=1):
            document = self._questions.current(summary.id)
            if document is None:
                continue
            for _ in filling.fill(document):
                if self._stopping.is_set() or cancelled():
                    return filling.report(len(summaries), finished=False)
            for field, entries in _entries(document).items():
                wanted[field] |= entries
            if listen:
                listen(Progress(done=done, total=len(summaries), source=summary.source))
        filling.discard_besides(wanted)
        if self._stopping.is_set() or cancelled():
            return filling.report(len(summaries), finished=False)
        self._verify(shadow, wanted, filling.embedded if back else wanted)
        with self._reading.change_to(self._embedder):
            self._vectors.switch(identity)
        self.tidy()
        return filling.report(len(summaries), finished=True)

    def _verify(
        self,
        shadow: VectorSet,
        wanted: Mapping[Field, Mapping[str, Entry]],
        doubtful: Mapping[Field, Collection[str]],
    ) -> None:
        """Count everything, and embed some of the doubtful again: what was live before was verified then."""
        problem = self._verification.problem(shadow, wanted, doubtful)
        sentences = self._sets.with_sentences(shadow.name)
        if problem is None and sentences != set(wanted["chunk"]):
            problem = f"{len(sentences)} chunks have sentence vectors, not {len(wanted['chunk'])}"
        if problem is None:
            return
        self._drop_besides()
        raise RebuildFailed(
            f"The index made for {self._embedder.identity.model!r} failed its check and was dropped: {problem}. "
            "The one before it is unchanged: restore the model setting to use it, or run `copilot ingest` to try again."
        )

    def tidy(self) -> None:
        """Drop what is neither live nor was before: a shadow that nobody wants any more, or what a killed run left."""
        previous = self._sets.previous()
        self._drop_besides(*([] if previous is None else [previous]))

    def _drop_besides(self, *names: str) -> None:
        self._vectors.drop_besides(names)
        self._sets.drop_besides(names)


def complete(
    held: VectorSet,
    *,
    embedder: Embedder,
    sets: VectorSets,
    store: KnowledgeStore,
    questions: QuestionStore,
    listen: ProgressListener | None = None,
) -> RebuildReport:
    """Give a set of vectors of this embedder the entries that it lacks; nobody may change a document meanwhile."""
    filling = _Filling(embedder, held, sets)
    summaries = store.summaries()
    for done, summary in enumerate(summaries, start=1):
        document = questions.current(summary.id)
        for _ in () if document is None else filling.fill(document):
            pass
        if listen:
            listen(Progress(done=done, total=len(summaries), source=summary.source))
    return filling.report(len(summaries), finished=True)


class _Filling:
    """Embeds what a shadow does not have yet."""

    def __init__(self, embedder: Embedder, shadow: VectorSet, sets: VectorSets) -> None:
        self._embedder = embedder
        self._shadow = shadow
        self._sets = sets
        self._entries: dict[Field, Mapping[str, AccessLabel]] = {
            "chunk": shadow.entries("chunk"),
            "question": shadow.entries("question"),
        }
        self._with_sentences = sets.with_sentences(shadow.name)
        self._kept = 0
        self.embedded: dict[Field, list[str]] = {"chunk": [], "question": []}

    def fill(self, document: QuestionedDocument) -> Iterator[None]:
        """Embed a document, a few texts at a time."""
        label = document.label
        chunks = [
            chunk
            for chunk in document.chunks
            if self._entries["chunk"].get(chunk.id) != label or chunk.id not in self._with_sentences
        ]
        questions = [one for one in document.questions if self._entries["question"].get(one.id) != label]
        self._kept += len(document.chunks) - len(chunks) + len(document.questions) - len(questions)
        for start in range(0, len(chunks), _AT_ONCE):
            self._add_chunks(document, chunks[start : start + _AT_ONCE])
            yield
        for start in range(0, len(questions), _AT_ONCE):
            self._add_questions(document, questions[start : start + _AT_ONCE])
            yield

    def discard_besides(self, wanted: Mapping[Field, Mapping[str, Entry]]) -> None:
        """Remove what an earlier run embedded and what is no longer current."""
        for field, entries in self._entries.items():
            self._shadow.discard(field, [name for name in entries if name not in wanted[field]])

    def report(self, documents: int, *, finished: bool) -> RebuildReport:
        """Tell what was done."""
        return RebuildReport(
            documents=documents,
            embedded=sum(map(len, self.embedded.values())),
            kept=self._kept,
            finished=finished,
        )

    def _add_chunks(self, document: QuestionedDocument, chunks: Sequence[Chunk]) -> None:
        place = document.title, document.metadata.context
        vectors = self._embedder.embed_sentences(
            [embedded_text(*place, chunk.span) for chunk in chunks],
            [embedded_sentences(*place, chunk.span) for chunk in chunks],
        )
        ids: list[ChunkId] = [chunk.id for chunk in chunks]
        self._shadow.add("chunk", document.id, document.version, ids, ids, vectors.whole, document.label)
        self._sets.keep_sentences(self._shadow.name, chunks, vectors.sentences)
        self.embedded["chunk"] += ids

    def _add_questions(self, document: QuestionedDocument, questions: Sequence[ChunkQuestion]) -> None:
        self._shadow.add(
            "question",
            document.id,
            document.version,
            [question.id for question in questions],
            [question.chunk_id for question in questions],
            self._embedder.embed_queries([question.text for question in questions]),
            document.label,
        )
        self.embedded["question"] += [question.id for question in questions]


def _entries(document: QuestionedDocument) -> Mapping[Field, dict[str, Entry]]:
    place = document.title, document.metadata.context
    label = document.label
    return {
        "chunk": {
            chunk.id: Entry(text=embedded_text(*place, chunk.span), chunk=chunk.id, label=label)
            for chunk in document.chunks
        },
        "question": {
            question.id: Entry(text=question.text, chunk=question.chunk_id, label=label)
            for question in document.questions
        },
    }
