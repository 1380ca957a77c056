"""One repeatable run: discover, fetch, parse, clean, chunk, embed, index. Running it twice changes nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain

import numpy as np

from ingest.bundles import Budget, ancestors, every, failures, folded_in, inside, item_of, nothing_readable
from ingest.chunking import RECIPE, chunk_text
from ingest.errors import EmptyItem, Gone, IngestError, NestedTooDeeply
from ingest.limits import Limits
from ingest.near_duplicates import NearDuplicates, sketch_of
from ingest.parser import Bundle, Parser
from ingest.questions import QuestionIndexing
from ingest.reading import Reader, searchable
from ingest.report import ItemReport, Progress, ReportBuilder, Status, SyncReport
from ingest.source import Item, Source, looked_at
from knowledge.chunk import Chunk, ChunkQuestion, Span, chunk_id, embedded_sentences, embedded_text
from knowledge.document import Document, DocumentId, StoredDocument, WrittenQuestion, content_hash, document_id
from knowledge.embedder import Embedder, PassageVectors, Vectors
from knowledge.errors import KnowledgeError
from knowledge.index import VectorIndex
from knowledge.originals import Originals
from knowledge.reader import access_label
from knowledge.store import DocumentState, Indexed, KnowledgeStore

_log = logging.getLogger(__name__)

ProgressListener = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where an item stands: what its origin has stored, and what it is inside of."""

    source: Source
    origin: str
    states: Mapping[str, DocumentState]
    parts: Mapping[str, list[str]]  #: stored parts by their bundle
    lost: bool
    budget: Budget
    depth: int = 0
    near: list[NearDuplicates] = field(default_factory=list)  #: read when it is first needed


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
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._reader = Reader(parsers, limits or Limits())
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
        near: list[NearDuplicates] = []
        for source, states, items in plans:
            parts = inside(states)
            for item in items:
                if self._stopping.is_set():
                    return report.finish(time.monotonic() - started)
                budget = Budget(limits=self._reader.limits)
                place = _Place(
                    source=source,
                    origin=source.origin,
                    states=states,
                    parts=parts,
                    lost=lost,
                    budget=budget,
                    near=near,
                )
                report.add(self._ingest(place, item, lambda source=source, item=item: source.fetch(item)))  # type: ignore[misc]  # defaults bind the loop's values
                if listen:
                    listen(Progress(done=len(report.lines), total=total, source=item.source))
        done = {line.source: line.status for line in every(report.lines)}
        for source, states, _ in plans:
            if source.complete:
                for line in self._delete_vanished(states, done):
                    report.add(line)
        self.reconcile()
        return report.finish(time.monotonic() - started)

    def delete(self, document: DocumentId) -> None:
        """Take one document out of the index, with what lies inside it."""
        stored = self._store.find(document)
        states = self._store.states(stored.origin)
        for name, state in states.items():
            if stored.document.source in states and stored.document.source in ancestors(name):
                self._store.delete(state.id)
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

    def _delete_vanished(self, states: Mapping[str, DocumentState], done: Mapping[str, Status]) -> list[ItemReport]:
        gone = []
        for name, state in sorted(states.items()):
            # What lies below a folder or in an archive that could not be opened has not vanished.
            unseen = any(done.get(above) is Status.FAILED for above in ancestors(name))
            if name not in done and not unseen:
                self._store.delete(state.id)
                gone.append(ItemReport(source=name, status=Status.DELETED))
        return folded_in(gone)

    def _ingest(self, place: _Place, item: Item, fetch: Callable[[], bytes]) -> ItemReport:
        try:
            return self._ingest_item(place, item, fetch)
        except KnowledgeError:  # the stores or the model: no other item would fare better
            raise
        except Exception as error:  # noqa: BLE001  # the boundary of one item: the others must still get in
            _log.exception("cannot ingest %r", item.source)
            reason = f"{item.source!r} could not be read ({type(error).__name__}). The log holds the cause; report it."
            return ItemReport(source=item.source, status=Status.FAILED, code="internal_error", reason=reason)

    def _ingest_item(self, place: _Place, item: Item, fetch: Callable[[], bytes]) -> ItemReport:
        state = place.states.get(item.source)
        current = state is not None and state.recipe == RECIPE and not place.lost
        parts: tuple[ItemReport, ...] = ()
        try:
            item = looked_at(place.source, item, state.fingerprint if current and state else "")
            if current and state and state.fingerprint == item.fingerprint != "":
                return _unchanged(place, state)
            data = fetch()
            if current and state and state.content_hash == content_hash(data):
                self._store.touch(state.id, item.fingerprint)
                return _unchanged(place, state)
            document = self._reader.read(item, data)
            # Parts before their bundle: once it is stored, it counts as done with all that is in it.
            parts = self._ingest_parts(place, item, data, document)
        except EmptyItem as error:
            return self._empty(place, item, error.code, error.message)
        except Gone as error:
            if state is not None:
                return self._delete_with_parts(place, item.source)[0]
            return ItemReport(source=item.source, status=Status.FAILED, code=error.code, reason=error.message)
        except IngestError as error:
            # What was ingested before stays: an unreadable new state is no reason to forget the last good one.
            return ItemReport(source=item.source, status=Status.FAILED, code=error.code, reason=error.message)
        if not searchable(document):
            return self._empty(place, item, "no_text", "The file has no text. Nothing was indexed.", document.warnings)
        if not document.text.strip() and (line := nothing_readable(item, parts)) is not None:
            if state is not None and line.status is Status.EMPTY:
                self._store.delete(state.id)
            return line
        document = replace(document, warnings=document.warnings + failures(parts))
        return replace(self._index(place, item, data, document, known=state is not None), parts=parts)

    def _ingest_parts(self, place: _Place, item: Item, data: bytes, document: Document) -> tuple[ItemReport, ...]:
        """Ingest what is inside; what no longer is, is deleted."""
        found = document.parts if isinstance(document, Bundle) else ()
        place.budget.packed = place.budget.packed or len(data)
        place.budget.take(item.source, found)
        if found and place.depth >= self._reader.limits.depth:
            raise NestedTooDeeply(
                f"{item.source!r} lies {place.depth} archives deep and holds others. Unpack it, or raise "
                "COPILOT_PARSE_MAX_DEPTH."
            )
        within = replace(place, depth=place.depth + 1)
        lines = []
        for part in found:
            inner = item_of(item, part)
            if part.code is not None:
                lines.append(ItemReport(source=inner.source, status=Status.FAILED, code=part.code, reason=part.reason))
            else:
                lines.append(self._ingest(within, inner, lambda data=part.data: data))  # type: ignore[misc]  # as above
        there = {line.source for line in lines}
        for name in place.parts.get(item.source, ()):
            if name not in there:
                lines += self._delete_with_parts(place, name)
        return tuple(lines)

    def _delete_with_parts(self, place: _Place, name: str) -> list[ItemReport]:
        self._store.delete(place.states[name].id)
        inner = [line for part in place.parts.get(name, ()) for line in self._delete_with_parts(place, part)]
        return [ItemReport(source=name, status=Status.DELETED, parts=tuple(inner))]

    def _empty(self, place: _Place, item: Item, code: str, reason: str, warnings: tuple[str, ...] = ()) -> ItemReport:
        parts: tuple[ItemReport, ...] = ()
        if item.source in place.states:
            parts = self._delete_with_parts(place, item.source)[0].parts
        return ItemReport(
            source=item.source, status=Status.EMPTY, code=code, reason=reason, warnings=warnings, parts=parts
        )

    def _index(self, place: _Place, item: Item, data: bytes, document: Document, *, known: bool) -> ItemReport:
        identity = document_id(place.origin, item.source)
        version = self._store.next_version(identity)
        spans = chunk_text(document.text, pages=document.pages)
        chunks = [
            Chunk(id=chunk_id(identity, version, i), document_id=identity, version=version, ordinal=i, span=span)
            for i, span in enumerate(spans)
        ]
        duplicate_of = self._store.first_with_text(document.text, identity) if chunks else None
        sketch = sketch_of(document.text)
        if duplicate_of is None:
            document = replace(document, warnings=document.warnings + self._near(place, identity, sketch))
        stored = StoredDocument(
            id=identity, origin=place.origin, version=version, document=document, duplicate_of=duplicate_of
        )
        if not chunks:
            return self._store_empty_bundle(stored, item, data, known=known)
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
                sketch=sketch,
            )
        )
        for sketches in place.near:
            sketches.add(identity, item.source, sketch)
        return ItemReport(
            source=item.source,
            status=Status.UPDATED if known else Status.ADDED,
            characters=len(document.text),
            chunks=len(chunks),
            duplicate_of=stored.duplicate_of,
            warnings=document.warnings + warnings,
        )

    def _near(self, place: _Place, identity: DocumentId, sketch: bytes) -> tuple[str, ...]:
        if not place.near:
            place.near.append(NearDuplicates(self._store.sketches()))
        found = place.near[0].nearest(identity, sketch)
        return (
            () if found is None else (f"near_duplicate_of {found[0]!r}: about {found[1]:.0%} of the text is the same",)
        )

    def _store_empty_bundle(self, stored: StoredDocument, item: Item, data: bytes, *, known: bool) -> ItemReport:
        """Remember an archive, so that it is not unpacked again; its bytes are kept as those of its parts."""
        self._store.save(
            Indexed(
                stored=stored,
                chunks=(),
                questions=(),
                sentences=(),
                content_hash=content_hash(data),
                fingerprint=item.fingerprint,
                recipe=RECIPE,
                at=self._now(),
            )
        )
        return ItemReport(
            source=item.source,
            status=Status.UPDATED if known else Status.ADDED,
            warnings=stored.document.warnings,
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


def _unchanged(place: _Place, state: DocumentState) -> ItemReport:
    return ItemReport(
        source=state.source,
        status=Status.UNCHANGED,
        characters=state.characters,
        chunks=state.chunks,
        duplicate_of=state.duplicate_of,
        parts=tuple(_unchanged(place, place.states[name]) for name in place.parts.get(state.source, ())),
    )
