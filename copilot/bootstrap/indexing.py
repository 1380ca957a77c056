"""The write path: sources, ingestion and rebuilding, behind the ports that the rest of the application knows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from copilot.adapters.blob_uploads import BlobUploads
from copilot.adapters.sql.transactions import joining
from copilot.adapters.sql.turn import Turn
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.curating.publishing.document_file import ORIGIN as APPROVED
from copilot.errors import InvalidRequest
from copilot.interfaces.curation import ProgressListener
from copilot.interfaces.ingestion_contract import IngestLine, IngestProgress, IngestReport, StageBody
from copilot.interfaces.local import IngestListener
from copilot.people.caller import Caller
from copilot.telemetry.logs import log_event
from copilot.telemetry.measures import Measures
from ingest.bundles import with_ancestors
from ingest.errors import IngestError
from ingest.parsers.isolated import IsolatedParser
from ingest.progress import Progress
from ingest.questions import QuestionIndexing
from ingest.rebuild import Rebuild, RebuildReport
from ingest.report import ItemReport, Status, SyncReport
from ingest.source import Source
from ingest.sources.blobs import BlobSource
from ingest.sources.corpus import ORIGIN as CORPUS
from ingest.sources.corpus import CorpusSource
from ingest.sources.folder import FolderSource
from ingest.sources.git_address import is_git_address
from ingest.sources.records import RecordsSource
from ingest.sources.web import WebSource
from ingest.sources.web_site import Reach
from ingest.sync import Sync
from knowledge.adapters.chroma_index import ChromaIndex
from knowledge.adapters.embedding_models import embedder_of
from knowledge.adapters.sql.vector_sets import SqlVectorSets
from knowledge.chunk import ChunkQuestion
from knowledge.document import Audience, DocumentId
from knowledge.embedder import Embedder
from knowledge.errors import IndexRebuilding, UnknownDocument
from knowledge.failures import Failure, FailureStore
from knowledge.reader import access_label
from knowledge.reading import ReadingEmbedder
from knowledge.store import KnowledgeStore
from knowledge.web_address import is_web_address

_log = logging.getLogger(__name__)

#: A change of access waits this long for a small change to the index that is under way.
_MOVE_S = 2.0
#: The origin of everything that was uploaded.
UPLOADS = "uploads"
#: An ingestion gets this long to finish its item when the process stops.
_STOP_S = 4.0


class Indexing:
    """Runs ingestion for the rest of the application, which never imports it."""

    def __init__(
        self,
        *,
        sync: Sync,
        added: QuestionIndexing,
        renewal: Renewal,
        store: KnowledgeStore,
        audit: AuditLog,
        parsing: IsolatedParser,
        failures: FailureStore,
        reach: Reach,
        git: Callable[[str], Source],
        uploads: BlobUploads,
        approved: BlobUploads,
        measures: Measures,
        turn: Turn,
        rebuilding: Turn,
    ) -> None:
        """`turn` is that of whoever writes the index, `rebuilding` that of whoever makes it anew."""
        self._sync = sync
        self._measures = measures
        self._reach = reach
        self._git = git
        self._uploads = uploads
        self._approved = approved
        self._parsing = parsing
        self._failures = failures
        self._added = added
        self._renewal = renewal
        self._store = store
        self._audit = audit
        self._turn = turn
        self._rebuilding = rebuilding

    def ingest(
        self,
        paths: list[str],
        *,
        corpus: bool,
        listen: IngestListener | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Bring the index into the state of these sources; `cancelled` is asked between items, True ends it.

        An index that was made with another model than that of the settings is rebuilt first.

        Raises:
            InvalidRequest: neither a path nor the corpus is wanted.
            RebuildFailed: the index for the model of the settings is not right.
            IndexRebuilding: rebuilding was stopped.
        """
        if not paths and not corpus:
            raise InvalidRequest("There is nothing to ingest. Name a path, or include the shipped corpus.")
        return self._run(self._sources(paths, corpus=corpus), listen, cancelled)

    def retry(
        self, *, listen: IngestListener | None = None, cancelled: Callable[[], bool] = lambda: False
    ) -> IngestReport:
        """Ingest again what failed before, from wherever it came; what cannot be opened again is told.

        Raises:
            RebuildFailed, IndexRebuilding: as `ingest`.
        """
        failed: dict[str, list[str]] = {}
        for failure in self._failures.failures():
            failed.setdefault(failure.origin, []).append(failure.source)
        sources: list[Source] = []
        lines: list[IngestLine] = []
        for origin, names in failed.items():
            try:
                sources.append(self._reopened(origin))
            except IngestError as error:
                lines += [_closed(name, error) for name in names]
        again = {origin: with_ancestors(names) for origin, names in failed.items()}
        report = self._run(sources, listen, cancelled, again)
        return report.model_copy(update={"documents": report.documents + lines, "failed": report.failed + len(lines)})

    def failures(self) -> Sequence[Failure]:
        """Return what failed and has neither succeeded since nor vanished."""
        return self._failures.failures()

    def _run(
        self,
        sources: Sequence[Source],
        listen: IngestListener | None,
        cancelled: Callable[[], bool],
        again: Mapping[str, frozenset[str]] | None = None,
    ) -> IngestReport:
        def forward(progress: Progress) -> None:
            if listen:
                listen(_progress(progress))

        with self._turn:
            rebuilt = self._rebuild(forward, cancelled)
            if rebuilt is not None and not rebuilt.finished:
                raise IndexRebuilding("Rebuilding the index was stopped. Run `copilot ingest` again to go on.")
            try:
                report = self._sync.run(
                    sources, forward, cancelled=lambda: cancelled() or self._turn.lost(), again=again
                )
            finally:
                self._parsing.close()  # nothing is parsed until the next run
            self._tell(report)
            if report.count(Status.ADDED) or report.count(Status.UPDATED):
                self._renewal.note()
        return _ingest_report(report)

    def _tell(self, report: SyncReport) -> None:
        outcomes = {status.value: report.count(status) for status in Status}
        self._measures.ingested(outcomes, report.seconds)
        told = ", ".join(f"{count} {name}" for name, count in outcomes.items() if count) or "nothing to do"
        log_event(_log, logging.INFO, "ingestion", told, **outcomes, seconds=round(report.seconds, 3))

    def rebuild(self, listen: ProgressListener | None = None) -> RebuildReport | None:
        """Make the index anew if it was made with another model than that of the settings; None if it was not.

        Search goes on meanwhile with the old vectors, if their model can still be loaded (decisions/0013).

        Raises:
            RebuildFailed: the new index is not right; the old one stays.
            ModelUnavailable: the model of the settings cannot be loaded.
        """

        def forward(progress: Progress) -> None:
            if listen:
                listen(progress.done, progress.total, progress.source)

        with self._turn:
            report = self._rebuild(forward)
            self._sync.move()
            return report

    def _rebuild(
        self, listen: Callable[[Progress], None], cancelled: Callable[[], bool] = lambda: False
    ) -> RebuildReport | None:
        if not self._renewal.due():
            return None
        with self._rebuilding:
            return self._renewal.run(listen, lambda: cancelled() or self._turn.lost())

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Small changes do not wait for a rebuild, which takes minutes."""
        if self._rebuilding.taken():
            raise IndexRebuilding(
                "The index is being rebuilt for another embedding model, and nothing in it can be changed until then. "
                "Try again when it is done: /readyz tells how far it is."
            )
        with self._turn:
            yield

    def publish(
        self,
        sources: Sequence[Source],
        gone: Sequence[DocumentId],
        *,
        ready: Callable[[], None],
        together: bool = False,
    ) -> SyncReport:
        """Ingest an edit that was tried, and delete what it deletes; `ready` is called when nobody else can change it.

        Each document changes in one step; with `together`, no search runs between the first and the last of them.

        Raises:
            IndexRebuilding: not now.
            What `ready` raises; nothing has changed then.
        """
        with self._changing(), self._renewal.undisturbed() if together else nullcontext():
            ready()
            try:
                report = self._sync.run(sources)
            finally:
                self._parsing.close()
            for document in gone:
                with suppress(UnknownDocument):  # a part that went with its bundle
                    self._remove(document)
            self._renewal.note()
        return report

    @contextmanager
    def tidied(self) -> Iterator[None]:
        """Remove vectors of versions and questions that are not current, and let nothing change in the block.

        Raises:
            IndexRebuilding: not now.
        """
        with self._changing():
            self._sync.reconcile()
            yield

    def close(self) -> None:
        """Stop what is running, so that nothing is written once the home is given up."""
        self._sync.stop()
        self._renewal.stop()
        with self._turn.settled(_STOP_S):
            pass

    def delete(self, document: DocumentId) -> None:
        """Take one document out of the index.

        Raises:
            IndexRebuilding: not now.
        """
        with self._changing():
            self._remove(document)

    def _remove(self, document: DocumentId) -> None:
        stored = self._store.find(document)
        if stored.origin == UPLOADS:  # first, or a kill in between would bring the document back
            self._uploads.remove(stored.document.source)
        if stored.origin == APPROVED:
            self._approved.remove(stored.document.source)
        self._sync.delete(document)

    @property
    def any_approved(self) -> bool:
        """Whether anything was approved here."""
        return self._approved.any

    def sync_approved(self) -> IngestReport:
        """Bring the index into the state of what was approved here; unchanged files cost a stat.

        Raises:
            IndexRebuilding: not now; an index of another model is rebuilt by the next ingestion.
        """
        if self._renewal.due():
            raise IndexRebuilding("The index is of another embedding model. Run `copilot ingest`, which rebuilds it.")
        with self._changing():
            report = self._sync.run([_kept(self._approved, APPROVED)])
            if report.count(Status.ADDED) or report.count(Status.UPDATED):
                self._renewal.note()
        return _ingest_report(report)

    def discard(self, upload: str) -> bool:
        """Remove an uploaded file that no document came of; False where there is none such.

        Raises:
            IndexRebuilding: not now.
        """
        if not self._uploads.holds(upload):  # most names that are unknown need not wait for anything
            return False
        with self._changing():
            return upload not in self._store.states(UPLOADS) and self._uploads.remove(upload)

    def change_access(self, caller: Caller, document: DocumentId, audience: Audience, groups: list[str]) -> bool:
        """Put a person's word on who may read a document in force, at once, whatever else is going on.

        Returns False when an ingestion is under way, which will move the vectors when it ends. Until then search passes
        over passages that may no longer be read, and finds by its words alone what more people may read now.
        """

        def tell(transaction: object) -> None:
            said = access_label(audience, groups)
            event = Event(
                action="document.access_changed",
                actor=caller.person.id,
                subject=document,
                surface=caller.surface,
                at=datetime.now(UTC),
                details={"access": str(said)},
            )
            self._audit.append(joining(transaction), event)

        if not self._store.set_access(document, audience, groups, tell):
            raise UnknownDocument(f"Document {document!r} is gone. `copilot documents list` shows all of them.")
        if not self._turn.acquire(timeout=_MOVE_S):
            return False
        try:
            self._sync.move()
        finally:
            self._turn.release()
        return True

    def origins(self, paths: list[str], *, corpus: bool) -> set[str]:
        """Return the origins that ingesting these would cover."""
        return {source.origin for source in self._sources(paths, corpus=corpus)}

    def _sources(self, paths: list[str], *, corpus: bool) -> list[Source]:
        """Return what is named, each once."""
        named: list[Source] = [self._source(path) for path in paths]
        if corpus:
            named.append(CorpusSource(corpus_folder()))
        return list({source.origin: source for source in named}.values())

    def _reopened(self, origin: str) -> Source:
        """Return the source that calls itself so.

        Raises:
            UnknownSource: it cannot be opened any more.
        """
        if origin == CORPUS:
            return CorpusSource(corpus_folder())
        kept = {UPLOADS: self._uploads, APPROVED: self._approved}
        return _kept(kept[origin], origin) if origin in kept else self._source(origin)

    def _source(self, named: str) -> Source:
        for kept, origin in ((self._uploads, UPLOADS), (self._approved, APPROVED)):
            if named == kept.path:
                return _kept(kept, origin)
        if is_git_address(named):
            return self._git(named)
        if is_web_address(named):
            return WebSource(named, self._reach)
        path = Path(named)
        if str(path.resolve()) != named and str(path.resolve()) in (self._uploads.path, self._approved.path):
            return self._source(str(path.resolve()))
        return RecordsSource(path) if path.suffix.lower() == ".jsonl" else FolderSource(path)

    def add_questions(self, document: DocumentId, version: int, questions: Sequence[ChunkQuestion]) -> bool:
        """Make questions of the current version searchable; False when another version has become current."""
        with self._changing():
            return self._added.add(document, version, questions)

    def remove_questions(self, document: DocumentId, ids: Sequence[str]) -> int:
        """Take questions out of the index; returns how many there were."""
        with self._changing():
            return self._added.remove(document, ids)


def _kept(files: BlobUploads, origin: str) -> Source:
    return BlobSource(files.blobs, files.prefix, origin=origin)


def _progress(progress: Progress) -> IngestProgress:
    stages = [StageBody.model_validate(asdict(stage)) for stage in progress.stages]
    return IngestProgress(done=progress.done, total=progress.total, source=progress.source, stages=stages)


def _ingest_report(report: SyncReport) -> IngestReport:
    return IngestReport(
        **{
            status.value: report.count(status)
            for status in (Status.ADDED, Status.UPDATED, Status.UNCHANGED, Status.DELETED, Status.FAILED)
        },
        seconds=report.seconds,
        cancelled=report.cancelled,
        left=report.left,
        documents=[_ingest_line(line) for line in report.documents],
    )


def _closed(source: str, error: IngestError) -> IngestLine:
    return IngestLine(source=source, status="failed", code=error.code, reason=error.message)


def _ingest_line(line: ItemReport) -> IngestLine:
    return IngestLine(
        source=line.source,
        status=line.status.value,
        code=line.code,
        reason=line.reason,
        characters=line.characters,
        chunks=line.chunks,
        duplicate_of=line.duplicate_of,
        warnings=list(line.warnings),
        parts=[_ingest_line(part) for part in line.parts],
    )


class Renewal:
    """Notices that the index was made with another model than that of the settings, and rebuilds it."""

    def __init__(
        self,
        rebuild: Rebuild,
        *,
        embedder: Embedder,
        vectors: ChromaIndex,
        sets: SqlVectorSets,
        reading: ReadingEmbedder,
        setting: str | None,
        models: Path,
    ) -> None:
        """`setting` names the model before it is loaded; None: always load it to see."""
        self._rebuild = rebuild
        self._embedder = embedder
        self._vectors = vectors
        self._sets = sets
        self._reading = reading
        self._setting = setting
        self._models = models

    def due(self) -> bool:
        """Tell whether the live vectors are of another model; drops what was begun for a third one if not."""
        live = self._vectors.identity()
        if live is None:
            return False
        if self._setting is None or self._sets.setting() != self._setting:
            if live != self._embedder.identity:
                return True
            self.note()
        self._rebuild.tidy()
        return False

    def run(self, listen: Callable[[Progress], None], cancelled: Callable[[], bool]) -> RebuildReport:
        """Rebuild; questions are embedded with the old model meanwhile, if there is one."""
        live = self._vectors.identity()
        with self._reading.change_to(embedder_of(live, self._models) if live else None):
            pass
        try:
            report = self._rebuild.run(listen, cancelled)
        except BaseException:
            if not self._reading.available:  # nothing is under way any more: let the mismatch be told as it is
                with self._reading.change_to(self._embedder):
                    pass
            raise
        if report.finished:
            self.note()
        return report

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Let no search run meanwhile; the model stays the same."""
        with self._reading.change_to(self._embedder):
            yield

    def note(self) -> None:
        """Remember that the live vectors are those of the settings, so that the next run need not load the model."""
        if self._setting is not None:
            self._sets.note(self._setting)

    def stop(self) -> None:
        """End a rebuild soon; the next run goes on."""
        self._rebuild.stop()


def corpus_folder() -> Path:
    """Return the folder of the shipped corpus."""
    return Path(str(resources.files("knowledge").joinpath("corpus")))
