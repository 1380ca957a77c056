"""One repeatable run: discover, then fetch, parse, chunk, embed and index in stages. Twice changes nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile

from ingest.ahead import Ahead
from ingest.bundles import ancestors, every, holds_bundles, inside
from ingest.dead_letters import DeadLetters
from ingest.embedding import AT_ONCE, Embedding
from ingest.indexing import Indexer
from ingest.limits import Limits
from ingest.parser import Parser
from ingest.prepared import Place, Prepared
from ingest.preparing import Preparation
from ingest.progress import Meter, ProgressListener
from ingest.questions import QuestionIndexing
from ingest.reading import Reader
from ingest.report import ItemReport, ReportBuilder, SyncReport
from ingest.source import Item, Source
from ingest.versions import Versions
from knowledge.document import DocumentId
from knowledge.embedder import Embedder
from knowledge.failures import FailureStore
from knowledge.index import VectorIndex
from knowledge.originals import Originals
from knowledge.store import KnowledgeStore

STAGES = ("read", "embed", "index")

#: Bytes of prepared items that wait for the embedder. Enough that it never waits, little beside a model.
_AHEAD = 4_000_000


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What a run does with one source."""

    source: Source
    place: Place
    items: Sequence[Item]
    whole: bool  #: all of it: what is not there has vanished


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
        failures: FailureStore,
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._preparation = Preparation(Reader(parsers, limits or Limits()))
        self._embedding = Embedding(embedder)
        self._vectors = vectors
        self._store = store
        self._added = added
        self._failures = failures
        self._now = now
        self._versions = partial(
            Versions, embedder=embedder, vectors=vectors, store=store, originals=originals, added=added, now=now
        )
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End every run, this and later ones, after the item it is at; what is left is for the next start."""
        self._stopping.set()

    def run(
        self,
        sources: Sequence[Source],
        listen: ProgressListener | None = None,
        *,
        cancelled: Callable[[], bool] = lambda: False,
        again: Mapping[str, frozenset[str]] | None = None,
    ) -> SyncReport:
        """Ingest every item of `sources`; what vanished from one of them is deleted, other origins stay.

        A failing item is reported and the run goes on. Each item is complete or absent, whenever the run is killed.
        `cancelled` is asked between items: True ends the run, and nothing is taken for vanished. `again` names items by
        origin: only these are ingested then, even if they have not changed.
        """
        started = time.monotonic()
        report = ReportBuilder()
        self.reconcile()
        # Documents without any vector: the vector index was lost, so everything is embedded anew.
        lost = self._vectors.identity() is None
        plans = [self._plan(source, lost, again) for source in sources]
        total = sum(len(plan.items) for plan in plans)
        indexer, letters = Indexer(self._store, self._versions()), DeadLetters(self._failures, self._now)
        for line in self._lines(
            plans,
            indexer,
            letters,
            Meter(STAGES, total, listen),
            lambda: self._stopping.is_set() or cancelled(),
        ):
            report.add(line)
        left = total - len(report.lines)
        if not left:
            done = {line.source: line.status for line in every(report.lines)}
            for plan in plans:
                if plan.source.complete:
                    letters.forget_vanished(plan.place.origin, done)
                if plan.source.complete and plan.whole:
                    for line in indexer.delete_vanished(plan.place, done):
                        report.add(line)
        if not self._stopping.is_set():
            self.reconcile()
        return report.finish(time.monotonic() - started, left)

    def delete(self, document: DocumentId) -> None:
        """Take one document out of the index, with what lies inside it."""
        stored = self._store.find(document)
        states = self._store.states(stored.origin)
        for name, state in states.items() if holds_bundles(stored.origin) else ():
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

    def _plan(self, source: Source, lost: bool, again: Mapping[str, frozenset[str]] | None) -> _Plan:
        states = self._store.states(source.origin)
        wanted = frozenset() if again is None else again.get(source.origin, frozenset())
        place = Place(origin=source.origin, states=states, parts=inside(source.origin, states), lost=lost, again=wanted)
        items = [item for item in source.discover() if again is None or item.source in wanted]
        return _Plan(source=source, place=place, items=items, whole=again is None)

    def _lines(
        self,
        plans: Sequence[_Plan],
        indexer: Indexer,
        letters: DeadLetters,
        meter: Meter,
        stopped: Callable[[], bool],
    ) -> Iterator[ItemReport]:
        """Yield the line of every item that was done: reading works ahead in a thread, the rest follows in order."""

        def count(stage: str, one: Prepared) -> None:
            meter.count(stage, one.item.source, one.characters, whole=one.within is None)

        def read() -> Iterator[Prepared]:
            for plan in plans:
                items = takewhile(lambda _: not stopped(), plan.items)
                for one in self._preparation.run(plan.source, plan.place, items):
                    count("read", one)
                    yield one

        with Ahead(read(), name="reading", weigh=lambda one: one.weight, most=_AHEAD) as ahead:
            batches = ahead.batches(lambda one: one.texts, AT_ONCE)
            for made in self._embedding.run(batches, stopped):
                count("embed", made.prepared)
                line = indexer.take(made)
                letters.note(made.prepared.place.origin, line)
                count("index", made.prepared)
                if made.prepared.within is None:
                    yield line
                    if stopped():
                        return
