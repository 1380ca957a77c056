"""One repeatable run: discover, fetch, parse, clean, chunk, embed, index. Running it twice changes nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

import numpy as np

from ingest.chunking import RECIPE, chunk_text
from ingest.cleaning import clean
from ingest.errors import PermanentIngestError, TransientIngestError, UnsupportedFormat
from ingest.parser import Parser
from ingest.questions import QuestionIndexing
from ingest.report import ItemReport, Progress, ReportBuilder, Status, SyncReport
from ingest.source import Item, Source
from knowledge.chunk import Chunk, ChunkQuestion, Span, chunk_id, embedded_sentences, embedded_text
from knowledge.document import Document, DocumentId, StoredDocument, WrittenQuestion, content_hash, document_id
from knowledge.embedder import Embedder, PassageVectors, Vectors
from knowledge.errors import KnowledgeError
from knowledge.index import VectorIndex
from knowledge.originals import Originals
from knowledge.outline import title_of
from knowledge.reader import access_label
from knowledge.store import DocumentState, Indexed, KnowledgeStore

_log = logging.getLogger(__name__)

ProgressListener = Callable[[Progress], None]


class Sync:
    """Brings the index into the state of its sources."""

    def __init__(
        self,
        *,
        parsers: Mapping[str, Parser],
        embedder: Embedder,
        vectors: VectorIndex,
        store: KnowledgeStore,
        originals: Originals,
        added: QuestionIndexing,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._parsers = parsers
        self._embedder = embedder
        self._vectors = vectors
        self._store = store
        self._originals = originals
        self._added = added
        self._now = now
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End a run after the item it is at; what is left is for the next run."""
        self._stopping.set()

    def run(self, sources: list[Source], listen: ProgressListener | None = None) -> SyncReport:
        """Ingest every item of `sources`; what vanished from one of them is deleted, other origins stay.

        A failing item is reported and the run goes on. Each item is complete or absent, whenever the run is killed.
        """
        started = time.monotonic()
        report = ReportBuilder()
        self.reconcile()
        # Documents without any vector: the vector index was lost, so everything is embedded anew.
        lost = self._vectors.identity() is None
        plans = [(source, self._store.states(source.origin), list(source.discover())) for source in sources]
        total = sum(len(items) for _, _, items in plans)
        for source, states, items in plans:
            for item in items:
                if self._stopping.is_set():
                    return report.finish(time.monotonic() - started)
                report.add(self._ingest(source, item, states.get(item.source), lost=lost))
                if listen:
                    listen(Progress(done=len(report.lines), total=total, source=item.source))
        failed = [line.source for line in report.lines if line.status is Status.FAILED]
        for source, states, items in plans:
            if source.complete:
                for line in self._delete_vanished(states, {item.source for item in items}, failed):
                    report.add(line)
        self.reconcile()
        return report.finish(time.monotonic() - started)

    def delete(self, document: DocumentId) -> None:
        """Take one document out of the index."""
        self._store.delete(document)
        self.reconcile()

    def reconcile(self) -> None:
        """Remove vectors of versions that are not current: what a killed run or a replaced version left behind."""
        for document, version in self._store.leftovers():
            self._vectors.remove(document, version)
            self._store.settle(document, version)
        self.move()
        self._added.reconcile()

    def move(self) -> None:
        """Put vectors under the labels of their documents: what a change of access or a killed run left to do."""
        for document, (version, label) in self._store.moves().items():
            self._vectors.relabel(document, version, label)
            self._store.moved(document, version, label)

    def _delete_vanished(
        self, states: Mapping[str, DocumentState], present: set[str], failed: list[str]
    ) -> Iterator[ItemReport]:
        for name, state in sorted(states.items()):
            # What lies below a folder that could not be opened has not vanished.
            unseen = any(name.startswith(f"{folder}/") for folder in failed)
            if name not in present and not unseen:
                self._store.delete(state.id)
                yield ItemReport(source=name, status=Status.DELETED)

    def _ingest(self, source: Source, item: Item, state: DocumentState | None, *, lost: bool) -> ItemReport:
        try:
            return self._ingest_item(source, item, state, lost=lost)
        except KnowledgeError:  # the stores or the model: no other item would fare better
            raise
        except Exception as error:  # noqa: BLE001  # the boundary of one item: the others must still get in
            _log.exception("cannot ingest %r", item.source)
            reason = f"{item.source!r} could not be read ({type(error).__name__}). The log holds the cause; report it."
            return ItemReport(source=item.source, status=Status.FAILED, code="internal_error", reason=reason)

    def _ingest_item(self, source: Source, item: Item, state: DocumentState | None, *, lost: bool) -> ItemReport:
        current = state is not None and state.recipe == RECIPE and not lost
        if current and state and state.fingerprint == item.fingerprint != "":
            return _unchanged(state)
        try:
            data = source.fetch(item)
            if current and state and state.content_hash == content_hash(data):
                self._store.touch(state.id, item.fingerprint)
                return _unchanged(state)
            document = self._read(item, data)
        except (PermanentIngestError, TransientIngestError) as error:
            # What was ingested before stays: an unreadable new state is no reason to forget the last good one.
            return ItemReport(source=item.source, status=Status.FAILED, code=error.code, reason=error.message)
        if not document.text.strip():
            return self._empty(item, document, state)
        return self._index(source.origin, item, data, document, known=state is not None)

    def _empty(self, item: Item, document: Document, state: DocumentState | None) -> ItemReport:
        if state is not None:
            self._store.delete(state.id)
        return ItemReport(
            source=item.source,
            status=Status.EMPTY,
            code="no_text",
            reason="The file has no text. Nothing was indexed.",
            warnings=document.warnings,
        )

    def _read(self, item: Item, data: bytes) -> Document:
        parser = self._parsers.get(item.media)
        if parser is None:
            if item.media == ".jsonl":
                raise UnsupportedFormat(f"{item.source!r} holds records: ingest it by naming the file itself.")
            known = ", ".join(sorted(name for name in self._parsers if name.startswith(".")))
            raise UnsupportedFormat(
                f"{item.source!r} has the format {item.media or 'none'!r}; understood are {known} and .jsonl. "
                "Convert it, or leave it out."
            )
        document = parser.parse(item, data)
        cleaned = clean(document.text)
        return replace(
            document,
            title=document.title or title_of(cleaned.text, item.source),
            text=cleaned.text,
            warnings=document.warnings + cleaned.warnings,
        )

    def _index(self, origin: str, item: Item, data: bytes, document: Document, *, known: bool) -> ItemReport:
        identity = document_id(origin, item.source)
        version = self._store.next_version(identity)
        spans = chunk_text(document.text)
        chunks = [
            Chunk(id=chunk_id(identity, version, i), document_id=identity, version=version, ordinal=i, span=span)
            for i, span in enumerate(spans)
        ]
        stored = StoredDocument(
            id=identity,
            origin=origin,
            version=version,
            document=document,
            duplicate_of=self._store.first_with_text(document.text, identity),
        )
        vectors, questions, question_vectors, warnings = self._embed(document, chunks)
        metadata = self._store.in_force(identity, document.metadata)
        carried = self._added.carried(replace(document, metadata=metadata), identity, chunks, questions)
        self._originals.keep(data)
        self._store.intend(identity, version)
        label, model = access_label(metadata.audience, metadata.groups), self._embedder.identity
        self._vectors.add(
            "chunk", identity, version, [c.id for c in chunks], [c.id for c in chunks], vectors.whole, label, model
        )
        self._vectors.add(
            "question",
            identity,
            version,
            [q.id for q in questions],
            [q.chunk_id for q in questions],
            question_vectors,
            label,
            model,
        )
        self._vectors.add(
            "question",
            identity,
            version,
            [q.id for q in carried],
            [q.chunk_id for q in carried],
            self._embedder.embed_queries([q.text for q in carried]),
            label,
            model,
        )
        self._store.save(
            Indexed(
                stored=stored,
                chunks=chunks,
                questions=[*questions, *carried],
                sentences=vectors.sentences,
                content_hash=content_hash(data),
                fingerprint=item.fingerprint,
                recipe=RECIPE,
                at=self._now(),
            )
        )
        return ItemReport(
            source=item.source,
            status=Status.UPDATED if known else Status.ADDED,
            characters=len(document.text),
            chunks=len(chunks),
            duplicate_of=stored.duplicate_of,
            warnings=document.warnings + warnings,
        )

    def _embed(
        self, document: Document, chunks: list[Chunk]
    ) -> tuple[PassageVectors, list[ChunkQuestion], Vectors, tuple[str, ...]]:
        place = document.title, document.metadata.context
        vectors = self._embedder.embed_sentences(
            [embedded_text(*place, chunk.span) for chunk in chunks],
            [embedded_sentences(*place, chunk.span) for chunk in chunks],
        )
        asked = self._embedder.embed_queries([question.text for question in document.questions])
        questions, rows, warnings = [], [], []
        for row, question in enumerate(document.questions):
            candidates = answering(question, [chunk.span for chunk in chunks])
            if not candidates:
                warnings.append(f"question {question.text!r} points at {question.section!r}, which is no heading")
                continue
            # A long section is several chunks; the question belongs to the one that is nearest to it.
            best = max(candidates, key=lambda i: float(vectors.whole[i] @ asked[row]))
            questions.append(
                ChunkQuestion(id=f"{chunks[best].id}.q{row}", chunk_id=chunks[best].id, text=question.text)
            )
            rows.append(row)
        return vectors, questions, np.asarray(asked[rows], dtype=np.float32), tuple(warnings)


def answering(question: WrittenQuestion, spans: list[Span]) -> list[int]:
    """Return the chunks of the section that a question names; without a name, those of the first section."""
    if question.section is not None:
        return [i for i, span in enumerate(spans) if question.section in span.sections]
    named = list(chain.from_iterable(span.sections for span in spans))
    first = named[0] if named else None
    return [i for i, span in enumerate(spans) if not span.sections or span.sections[0] == first]


def _unchanged(state: DocumentState) -> ItemReport:
    return ItemReport(
        source=state.source,
        status=Status.UNCHANGED,
        characters=state.characters,
        chunks=state.chunks,
        duplicate_of=state.duplicate_of,
    )
