"""The composition root: settings in, running application out. Only here are adapters and ingestion named."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from sqlalchemy import URL, Engine

from copilot.adapters.home_lock import HomeLock, Owner, serving_owner
from copilot.adapters.langchain_chat_model import LangChainChatModel
from copilot.adapters.recorded_chat_model import REPLAY, RecordingChatModel, ReplayChatModel
from copilot.adapters.sql.answer_store import SqlAnswerStore
from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.key_store import SqlKeyStore
from copilot.adapters.sql.tables import metadata as copilot_metadata
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.relevance import Relevance
from copilot.answering.service import AnsweringService
from copilot.chat_model import ChatModel
from copilot.errors import InvalidRequest
from copilot.interfaces.contract import IngestLine, IngestReport, ReadyBody
from copilot.interfaces.local import LocalCopilot, ProgressListener
from copilot.interfaces.remote import RemoteCopilot
from copilot.people.access import AccessService
from copilot.people.key import OWNER
from copilot.settings import WORDS_ONLY, Settings
from ingest.parsers.corpus import CorpusParser
from ingest.parsers.html import HtmlParser
from ingest.parsers.markdown import MarkdownParser
from ingest.parsers.record import RecordParser
from ingest.report import Progress, Status
from ingest.source import Source
from ingest.sources.corpus import CorpusSource
from ingest.sources.folder import FolderSource
from ingest.sources.records import RecordsSource
from ingest.sync import Sync
from knowledge.adapters.chroma_index import ChromaIndex, embedded_client, server_client
from knowledge.adapters.folder_originals import FolderOriginals
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.adapters.sentence_transformer_embedder import SentenceTransformerEmbedder
from knowledge.adapters.sql.full_text import FullText
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from knowledge.document import Audience, DocumentId
from knowledge.embedder import Embedder
from knowledge.errors import ReportableError
from knowledge.retriever import Retriever

_log = logging.getLogger(__name__)

#: An ingestion gets this long to finish its item when the process stops.
_STOP_S = 4.0


class Indexing:
    """Runs ingestion for the rest of the application, which never imports it."""

    def __init__(self, sync: Sync) -> None:
        self._sync = sync
        self._one_at_a_time = threading.Lock()

    def ingest(self, paths: list[str], *, corpus: bool, listen: ProgressListener | None = None) -> IngestReport:
        """Bring the index into the state of these sources.

        Raises:
            InvalidRequest: neither a path nor the corpus is wanted.
        """
        if not paths and not corpus:
            raise InvalidRequest("There is nothing to ingest. Name a path, or include the shipped corpus.")
        named: list[Source] = [_source(Path(path)) for path in paths]
        if corpus:
            named.append(CorpusSource(corpus_folder()))
        sources = list({source.origin: source for source in named}.values())

        def forward(progress: Progress) -> None:
            if listen:
                listen(progress.done, progress.total, progress.source)

        with self._one_at_a_time:
            report = self._sync.run(sources, forward)
        return IngestReport(
            **{
                status.value: report.count(status)
                for status in (Status.ADDED, Status.UPDATED, Status.UNCHANGED, Status.DELETED, Status.FAILED)
            },
            seconds=report.seconds,
            documents=[
                IngestLine(
                    source=line.source,
                    status=line.status.value,
                    code=line.code,
                    reason=line.reason,
                    characters=line.characters,
                    chunks=line.chunks,
                    duplicate_of=line.duplicate_of,
                    warnings=list(line.warnings),
                )
                for line in report.documents
            ],
        )

    def close(self) -> None:
        """Stop what is running, so that nothing is written once the home is given up."""
        self._sync.stop()
        if self._one_at_a_time.acquire(timeout=_STOP_S):
            self._one_at_a_time.release()

    def delete(self, document: DocumentId) -> None:
        """Take one document out of the index."""
        with self._one_at_a_time:
            self._sync.delete(document)


@dataclass(frozen=True, kw_only=True)
class Application:
    """Everything that runs in the process that owns the index."""

    settings: Settings
    copilot: LocalCopilot
    access: AccessService
    indexing: Indexing
    store: SqlKnowledgeStore
    vectors: ChromaIndex
    embedder: Embedder
    retriever: Retriever
    relevance: Relevance
    lock: HomeLock

    def publish(self, address: str) -> None:
        """Tell other commands where this process listens."""
        self.lock.publish(Owner(pid=os.getpid(), address=address, token=self.access.run_token))

    def warm_up(self) -> None:
        """Load the model and measure the background, so that the first question does not wait for it.

        Raises:
            ModelUnavailable: the model cannot be loaded.
        """
        _ = self.embedder.identity
        if self.store.count():
            self.copilot.search("warm up", 1, Audience.INTERNAL)
            self.relevance.warm_up()


class Readiness:
    """Whether the model is loaded, for `/readyz`."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._state = ReadyBody(status="loading", detail="The embedding model is being loaded.")

    def start(self) -> None:
        """Warm up in the background."""
        self._state = ReadyBody(status="loading", detail="The embedding model is being loaded.")
        threading.Thread(target=self.warm_up, name="warm-up", daemon=True).start()

    def indexing(self, done: int, total: int) -> None:
        """Tell how far the first indexing is."""
        self._state = ReadyBody(status="loading", detail=f"Indexing the shipped knowledge: {done} of {total}.")

    def __call__(self) -> ReadyBody:
        """Return the state now."""
        if self._state.status == "ready":
            return self._state.model_copy(update={"documents": self._application.store.count()})
        return self._state

    def warm_up(self) -> None:
        """Load the model and tell how it went; never raises what a person can act on."""
        try:
            self._application.warm_up()
            self._state = ReadyBody(status="ready")
        except ReportableError as error:
            self._state = ReadyBody(status="failed", detail=error.message)
        except Exception as error:  # noqa: BLE001  # the thread's boundary: it must not end in "loading" for ever
            _log.exception("cannot get ready")
            self._state = ReadyBody(status="failed", detail=f"Unexpected: {type(error).__name__}. See the log.")


@contextmanager
def open_application(settings: Settings, *, embedder: Embedder | None = None) -> Iterator[Application]:
    """Take the home, open the stores and wire everything; gives the home up at the end.

    Raises:
        IndexLocked: another process owns the home.
        IndexUnavailable: a store cannot be opened.
        ConfigurationError: a setting cannot be used.
    """
    home = settings.home
    lock = HomeLock(home)
    engine: Engine | None = None
    application: Application | None = None
    try:
        engine = open_database(
            settings.database_url or URL.create("sqlite", database=str((home / "copilot.db").resolve())),
            [knowledge_metadata, copilot_metadata],
        )
        application = _wire(settings, lock, engine, embedder)
        yield application
    finally:
        if application is not None:
            application.indexing.close()
        if engine is not None:
            engine.dispose()
        lock.release()


def running_copilot(settings: Settings) -> RemoteCopilot | None:
    """Return the use cases of the process that already serves this home, if there is one."""
    owner = serving_owner(settings.home)
    if owner is None or owner.address is None or owner.token is None:
        return None
    return RemoteCopilot(owner.address, owner.token)


def corpus_folder() -> Path:
    """Return the folder of the shipped corpus."""
    return Path(str(resources.files("knowledge").joinpath("corpus")))


def _wire(settings: Settings, lock: HomeLock, engine: Engine, embedder: Embedder | None) -> Application:
    home = settings.home
    full_text = FullText(engine, home / "cache")
    store = SqlKnowledgeStore(engine, full_text)
    client = server_client(settings.chroma_url) if settings.chroma_url else embedded_client(home / "chroma")
    vectors = ChromaIndex(client)
    embedder = embedder or _embedder(settings)
    retriever = Retriever(embedder=embedder, vectors=vectors, lexical=full_text, store=store)
    relevance = Relevance(retriever)
    markdown, html = MarkdownParser(), HtmlParser()
    sync = Sync(
        parsers={
            ".md": markdown,
            ".txt": markdown,
            ".html": html,
            ".htm": html,
            "record": RecordParser(),
            "corpus": CorpusParser(),
        },
        embedder=embedder,
        vectors=vectors,
        store=store,
        originals=FolderOriginals(home / "originals"),
    )
    indexing = Indexing(sync)
    answering = AnsweringService(
        retriever=retriever,
        relevance=relevance,
        evidence=EvidenceFinder(embedder),
        store=SqlAnswerStore(engine),
        chat_model=_chat_model(settings),
    )
    key = settings.api_key
    return Application(
        settings=settings,
        copilot=LocalCopilot(answering=answering, retriever=retriever, store=store, indexing=indexing, person=OWNER),
        access=AccessService(store=SqlKeyStore(engine), configured_key=key.get_secret_value() if key else None),
        indexing=indexing,
        store=store,
        vectors=vectors,
        embedder=embedder,
        retriever=retriever,
        relevance=relevance,
        lock=lock,
    )


def _embedder(settings: Settings) -> Embedder:
    if settings.embedding_model == WORDS_ONLY:
        return HashingEmbedder()
    return SentenceTransformerEmbedder(model=settings.embedding_model, folder=settings.models)


def _chat_model(settings: Settings) -> ChatModel | None:
    if settings.chat_model is None:
        return None
    key, record = settings.chat_api_key, settings.chat_record
    if settings.chat_model.startswith(REPLAY):
        return ReplayChatModel(Path(settings.chat_model.removeprefix(REPLAY)), wanted=record)
    model = LangChainChatModel(
        model=settings.chat_model,
        base_url=settings.chat_base_url,
        api_key=key.get_secret_value() if key else None,
        timeout_s=settings.chat_timeout_s,
    )
    return RecordingChatModel(model, record) if record else model


def _source(path: Path) -> Source:
    return RecordsSource(path) if path.suffix.lower() == ".jsonl" else FolderSource(path)
