"""Trials of edits: a copy of the rows, a layer over the vectors, and the ordinary sync between them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal
from uuid import uuid4

from sqlalchemy import URL, Engine

from copilot.adapters.blob_uploads import BlobUploads
from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.tables import metadata as copilot_metadata
from copilot.bootstrap.edits import Edits, Resolved
from copilot.bootstrap.indexing import UPLOADS, Indexing
from copilot.bootstrap.parsing import parsers_of
from copilot.curating.changes.report import EditedDocument
from copilot.curating.changes.trial import Edit, Side
from copilot.errors import InvalidChange, NotPermitted, StaleChange
from ingest.limits import Limits
from ingest.parsers.isolated import IsolatedParser
from ingest.questions import QuestionIndexing
from ingest.report import ItemReport, Status, SyncReport
from ingest.source import Source
from ingest.sources.given import NotingSource
from ingest.sync import Sync
from knowledge.adapters.blob_originals import BlobOriginals
from knowledge.adapters.folder_blobs import FolderBlobs
from knowledge.adapters.overlaid_index import OverlaidIndex
from knowledge.adapters.sql.copying import copy_file, copy_rows
from knowledge.adapters.sql.failure_store import SqlFailureStore
from knowledge.adapters.sql.full_text import FullText
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.question_store import SqlQuestionStore
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from knowledge.document import DocumentId, document_id
from knowledge.embedder import Embedder
from knowledge.errors import UnknownDocument
from knowledge.index import Field, LexicalIndex, VectorIndex
from knowledge.question_store import QuestionStore
from knowledge.reader import EVERYTHING, Reader
from knowledge.store import KnowledgeStore

#: So many documents are published with no search between them; for more, searches would wait for too long.
_TOGETHER = 20

#: Makes a side from what one is asked with: vectors, words, documents and questions.
SideOf = Callable[[VectorIndex, LexicalIndex, KnowledgeStore, QuestionStore], Side]


@dataclass(frozen=True, kw_only=True)
class Live:
    """The stores that are served from."""

    engine: Engine
    vectors: VectorIndex
    lexical: LexicalIndex
    store: KnowledgeStore
    questions: QuestionStore


class CopiedTrials:
    """Implements `Trials`.

    What the edit changes is parsed, chunked and embedded as ever, into the copy; the vectors of everything else are
    read where they are. A killed process leaves its copy behind, which goes when the home is opened next.
    """

    def __init__(
        self,
        *,
        home: Path,
        live: Live,
        side_of: SideOf,
        embedder: Embedder,
        limits: Limits,
        indexing: Indexing,
        uploads: BlobUploads,
    ) -> None:
        self._folder = home / "trials"
        self._cache = home / "cache"
        self._live = live
        self._side_of = side_of
        self._before = side_of(live.vectors, live.lexical, live.store, live.questions)
        self._embedder = embedder
        self._limits = limits
        self._indexing = indexing
        self._uploads = uploads
        self._edits = Edits(live.store, uploads)
        shutil.rmtree(self._folder, ignore_errors=True)  # the home is ours, so nobody is trying anything

    def look_at(self, edit: Edit, reader: Reader) -> None:
        """Raise what is wrong with an edit on its face."""
        self._edits.resolve(edit, reader)

    @contextmanager
    def open(self, edit: Edit, reader: Reader) -> Iterator[OpenTrial]:
        """Try an edit."""
        resolved = self._edits.resolve(edit, reader)
        folder = self._folder / uuid4().hex
        folder.mkdir(parents=True, mode=0o700)
        try:
            with self._copied(folder) as copy:
                yield self._tried(resolved, copy, folder, reader)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _copied(self, folder: Path) -> Iterator[Live]:
        file = folder / "copy.db"
        url = URL.create("sqlite", database=str(file.resolve()))
        same = self._live.engine.dialect.name == "sqlite"
        if same:
            copy_file(self._live.engine, file)
        engine = open_database(url, [knowledge_metadata, copilot_metadata])
        try:
            full_text = FullText(engine, self._cache)
            if not same:
                copy_rows(self._live.engine, engine, full_text)
            yield Live(
                engine=engine,
                vectors=OverlaidIndex(self._live.vectors, self._size),
                lexical=full_text,
                store=SqlKnowledgeStore(engine, full_text),
                questions=SqlQuestionStore(engine, full_text),
            )
        finally:
            engine.dispose()

    def _size(self, document: DocumentId, version: int) -> Mapping[Field, int]:
        """Count what the live vectors hold of a version; what is not current there is never found anyway."""
        current = self._live.questions.current(document)
        if current is None or current.version != version:
            return {}
        return {"chunk": len(current.chunks), "question": len(current.questions)}

    def _tried(self, resolved: Resolved, copy: Live, folder: Path, reader: Reader) -> OpenTrial:
        revision = copy.store.revision()
        unseen = {summary.id for summary in copy.store.summaries() if not reader.may_read(summary.metadata)}
        known = _versions(copy.store, resolved)
        titles = {summary.id: summary.title for summary in copy.store.summaries()}
        source = None if resolved.source is None else NotingSource(resolved.source)
        notes = [*resolved.notes, *self._ingest(resolved, source, copy, folder, known)]
        now = _versions(copy.store, resolved)
        documents = [
            _edited(copy.store, names, known.get(names), now.get(names), titles)
            for names in sorted({**known, **now})
            if known.get(names) != now.get(names)
        ]
        if any(document.id in unseen for document in documents):  # a folder, or the name of a new upload
            raise NotPermitted(
                "This edit changes or deletes documents that you may not read. Have somebody check it who may."
            )
        return OpenTrial(
            before=self._before,
            after=self._side_of(copy.vectors, copy.lexical, copy.store, copy.questions),
            documents=documents,
            notes=notes if documents else [],
            publication=IndexPublication(
                indexing=self._indexing,
                store=self._live.store,
                uploads=self._uploads,
                source=source,
                documents=documents,
            ),
            still_right=lambda: self._live.store.revision() == revision,
        )

    def _ingest(
        self, resolved: Resolved, source: Source | None, copy: Live, folder: Path, known: Mapping[_Names, int]
    ) -> list[str]:
        """Bring the copy into the state of the edit; returns what the person should know."""
        isolated = IsolatedParser(self._limits)
        sync = Sync(
            parsers=parsers_of(isolated),
            limits=self._limits,
            embedder=self._embedder,
            vectors=copy.vectors,
            store=copy.store,
            originals=BlobOriginals(FolderBlobs(folder)),
            added=QuestionIndexing(embedder=self._embedder, vectors=copy.vectors, store=copy.questions),
            failures=SqlFailureStore(copy.engine),
        )
        try:
            notes = [] if source is None else _told(sync.run([source]), resolved, source.origin, known)
        finally:
            isolated.close()
        for stored in resolved.deleted:
            sync.delete(stored.id)
        return notes


#: Origin and source of a document.
_Names = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class OpenTrial:
    """Implements `Trial`."""

    before: Side
    after: Side
    documents: Sequence[EditedDocument]
    notes: Sequence[str]
    publication: IndexPublication
    still_right: Callable[[], bool]


@dataclass(frozen=True, kw_only=True)
class IndexPublication:
    """Implements `Publication`: the bytes that were tried, into the live index."""

    indexing: Indexing
    store: KnowledgeStore
    uploads: BlobUploads
    source: NotingSource | None
    documents: Sequence[EditedDocument]

    def run(self) -> None:
        """Put the edit into the live index."""
        changed = [document for document in self.documents if document.change != "deleted"]
        gone = [DocumentId(document.id) for document in self.documents if document.change == "deleted"]
        sources = [] if self.source is None or not changed else [self.source.given()]
        report = self.indexing.publish(
            sources, gone, ready=partial(self._ready, changed), together=1 < len(self.documents) <= _TOGETHER
        )
        failed = next((line for line in report.documents if line.status is Status.FAILED), None)
        if failed is not None:
            raise InvalidChange(f"{failed.source!r} could not be published: {failed.reason}")

    def _ready(self, changed: Sequence[EditedDocument]) -> None:
        for document in self.documents:
            if _version(self.store, document.id) != document.version:
                raise StaleChange(
                    f"{document.source!r} has changed since the check: it was compared with "
                    f"{_called(document.version)} and there is {_called(_version(self.store, document.id))} now. "
                    "Check the edit again."
                )
        if self.source is not None and self.source.origin == UPLOADS:
            self.uploads.keep([(one.source, self.source.opened(one.source)) for one in changed])


def _version(store: KnowledgeStore, document: str) -> int | None:
    try:
        return store.find(document, EVERYTHING).version
    except UnknownDocument:
        return None


def _called(version: int | None) -> str:
    return "no document" if version is None else f"version {version}"


def _versions(store: KnowledgeStore, resolved: Resolved) -> dict[_Names, int]:
    """Return the versions of everything in the origins of the edit."""
    origins = {stored.origin for stored in resolved.deleted}
    origins |= set() if resolved.source is None else {resolved.source.origin}
    return {(origin, name): state.version for origin in origins for name, state in store.states(origin).items()}


def _edited(
    store: KnowledgeStore, names: _Names, before: int | None, after: int | None, titles: Mapping[DocumentId, str]
) -> EditedDocument:
    origin, source = names
    identity = document_id(origin, source)
    title = titles.get(identity, "") if after is None else store.find(identity).document.title
    change: Literal["added", "changed", "deleted"] = (
        "added" if before is None else "deleted" if after is None else "changed"
    )
    return EditedDocument(id=identity, origin=origin, source=source, title=title, change=change, version=before)


def _told(report: SyncReport, resolved: Resolved, origin: str, known: Mapping[_Names, int]) -> list[str]:
    """Refuse an edit that is no document; in a folder, only what was one before has to be one."""
    lines = list(report.documents)
    if not lines and resolved.single:
        raise InvalidChange("Ingestion leaves this file out (hidden files, links), so it is no document.")
    wrong = [line for line in lines if line.status in (Status.FAILED, Status.EMPTY)]
    for line in wrong:
        if resolved.single or (origin, line.source) in known:
            raise InvalidChange(_reason(line))
    return [_reason(line) for line in wrong] + [f"{line.source}: {text}" for line in lines for text in line.warnings]


def _reason(line: ItemReport) -> str:
    return f"{line.source!r} is no document ({line.code or line.status.value}): {line.reason or 'it has no text'}"
