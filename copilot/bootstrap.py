"""The composition root: settings in, running application out. Only here are adapters and ingestion named."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from sqlalchemy import URL, Engine

from copilot.accounts.service import AccountService
from copilot.adapters.file_channel import FileChannel
from copilot.adapters.folder_model_shelf import FolderModelShelf
from copilot.adapters.home_lock import HomeLock, Owner, serving_owner
from copilot.adapters.langchain_chat_model import LangChainChatModel
from copilot.adapters.langchain_usage import LangChainUsage
from copilot.adapters.recorded_chat_model import REPLAY, RecordingChatModel, ReplayChatModel
from copilot.adapters.smtp_channel import SmtpChannel, mail_server, sender_address
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.answer_store import SqlAnswerStore
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.decision_store import SqlDecisionStore
from copilot.adapters.sql.draft_store import SqlDraftStore
from copilot.adapters.sql.feedback_store import SqlFeedbackStore
from copilot.adapters.sql.key_store import SqlKeyStore
from copilot.adapters.sql.outbox import SqlOutbox
from copilot.adapters.sql.outcome_store import SqlOutcomeStore
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.tables import metadata as copilot_metadata
from copilot.adapters.sql.transactions import SqlTransactions, joining
from copilot.adapters.webhook_channel import WebhookChannel
from copilot.answering.answerability import Answerability
from copilot.answering.calibration import calibration_of
from copilot.answering.conflicts import ConflictFinder
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.grounding import GroundingCheck
from copilot.answering.permission import Permission
from copilot.answering.relevance import Relevance
from copilot.answering.service import AnsweringService
from copilot.approval.policy import Policy
from copilot.approval.policy_file import read_policy
from copilot.approval.service import ApprovalService
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.chat_model import ChatModel
from copilot.curating.checks import QuestionChecks
from copilot.curating.cost import Price
from copilot.curating.feedback import FeedbackService
from copilot.curating.writer import ChatQuestionWriter, QuestionWriter
from copilot.curating.writing import WritingService
from copilot.delivery.channel import Channel
from copilot.delivery.delivery import ChannelName
from copilot.delivery.destination import DestinationList, DestinationRules
from copilot.delivery.sending import Sending
from copilot.delivery.service import Approvals, DeliveryChecks, DeliveryService
from copilot.delivery.visibility import CurrentDocuments
from copilot.delivery.worker import DeliveryWorker
from copilot.drafting.access import SourceAccess
from copilot.drafting.composer import Composer
from copilot.drafting.customer_message import CustomerMessage
from copilot.drafting.service import DraftService
from copilot.drafting.sources import Sources
from copilot.drafting.store import DraftStore
from copilot.drafting.success_plan import SuccessPlan
from copilot.errors import ConfigurationError, InvalidRequest
from copilot.interfaces.accounts import LocalAccounts
from copilot.interfaces.auditing import LocalAuditing
from copilot.interfaces.contract import IngestLine, IngestReport, ReadyBody
from copilot.interfaces.curation import LocalCuration, ProgressListener
from copilot.interfaces.deliveries import LocalDeliveries
from copilot.interfaces.drafts import LocalDrafts
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.people import LocalPeople
from copilot.interfaces.remote import RemoteCopilot
from copilot.people.access import AccessService
from copilot.people.caller import Caller, the_owner
from copilot.people.keys import KeyService
from copilot.people.person import OWNER, Person, owner, reader_of
from copilot.people.service import PeopleService
from copilot.people.store import PeopleStore
from copilot.settings import PACKAGED_MODEL, WORDS_ONLY, Settings
from copilot.training.guards import shipped_guard, shipped_questions
from copilot.training.service import Guards, TrainingService
from copilot.transaction import Transactions
from ingest.limits import Limits
from ingest.parsers.corpus import CorpusParser
from ingest.parsers.isolated import FORMATS, IsolatedParser
from ingest.parsers.markdown import MarkdownParser
from ingest.parsers.record import RecordParser
from ingest.preview import preview
from ingest.questions import QuestionIndexing
from ingest.rebuild import Rebuild, RebuildReport
from ingest.report import ItemReport, Progress, Status
from ingest.source import Source
from ingest.sources.corpus import ORIGIN, CorpusSource
from ingest.sources.folder import FolderSource
from ingest.sources.records import RecordsSource
from ingest.sync import Sync
from knowledge.adapters.cached_embedder import CachedEmbedder
from knowledge.adapters.chinese_sounds import ChineseSounds
from knowledge.adapters.chroma_index import ChromaIndex, embedded_client, server_client
from knowledge.adapters.cross_encoder_reranker import CrossEncoderReranker
from knowledge.adapters.embedding_models import embedder_of, embedding_setting
from knowledge.adapters.folder_originals import FolderOriginals
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.adapters.low_rank_trainer import LowRankTrainer
from knowledge.adapters.packaged_model import unpacked_model
from knowledge.adapters.sentence_transformer_embedder import SentenceTransformerEmbedder
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.lexical import full_text_of
from knowledge.adapters.sql.question_store import SqlQuestionStore
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from knowledge.adapters.sql.training_material import stored_material
from knowledge.adapters.sql.vector_sets import SqlVectorSets
from knowledge.chunk import ChunkQuestion
from knowledge.document import Audience, DocumentId
from knowledge.embedder import Embedder
from knowledge.errors import IndexRebuilding, ModelNotTrainable, ReportableError, UnknownDocument
from knowledge.reader import EVERYTHING, Reader, access_label
from knowledge.reading import ReadingEmbedder
from knowledge.retriever import Retriever
from knowledge.sounds import SoundTable
from knowledge.store import KnowledgeStore
from knowledge.training import Material

_log = logging.getLogger(__name__)

#: A change of access waits this long for a small change to the index that is under way.
_MOVE_S = 2.0
#: An ingestion gets this long to finish its item when the process stops.
_STOP_S = 4.0


class Indexing:
    """Runs ingestion for the rest of the application, which never imports it."""

    def __init__(
        self,
        sync: Sync,
        added: QuestionIndexing,
        renewal: Renewal,
        store: KnowledgeStore,
        audit: AuditLog,
        parsing: IsolatedParser,
    ) -> None:
        self._sync = sync
        self._parsing = parsing
        self._added = added
        self._renewal = renewal
        self._store = store
        self._audit = audit
        self._one_at_a_time = threading.Lock()
        self._rebuilding = False

    def ingest(self, paths: list[str], *, corpus: bool, listen: ProgressListener | None = None) -> IngestReport:
        """Bring the index into the state of these sources.

        An index that was made with another model than that of the settings is rebuilt first.

        Raises:
            InvalidRequest: neither a path nor the corpus is wanted.
            RebuildFailed: the index for the model of the settings is not right.
            IndexRebuilding: rebuilding was stopped.
        """
        if not paths and not corpus:
            raise InvalidRequest("There is nothing to ingest. Name a path, or include the shipped corpus.")
        sources = _sources(paths, corpus=corpus)

        def forward(progress: Progress) -> None:
            if listen:
                listen(progress.done, progress.total, progress.source)

        with self._one_at_a_time:
            rebuilt = self._rebuild(forward)
            if rebuilt is not None and not rebuilt.finished:
                raise IndexRebuilding("Rebuilding the index was stopped. Run `copilot ingest` again to go on.")
            try:
                report = self._sync.run(sources, forward)
            finally:
                self._parsing.close()  # nothing is parsed until the next run
            if report.count(Status.ADDED) or report.count(Status.UPDATED):
                self._renewal.note()
        return IngestReport(
            **{
                status.value: report.count(status)
                for status in (Status.ADDED, Status.UPDATED, Status.UNCHANGED, Status.DELETED, Status.FAILED)
            },
            seconds=report.seconds,
            documents=[_ingest_line(line) for line in report.documents],
        )

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

        with self._one_at_a_time:
            report = self._rebuild(forward)
            self._sync.move()
            return report

    def _rebuild(self, listen: Callable[[Progress], None]) -> RebuildReport | None:
        if not self._renewal.due():
            return None
        self._rebuilding = True
        try:
            return self._renewal.run(listen)
        finally:
            self._rebuilding = False

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Small changes do not wait for a rebuild, which takes minutes."""
        if self._rebuilding:
            raise IndexRebuilding(
                "The index is being rebuilt for another embedding model, and nothing in it can be changed until then. "
                "Try again when it is done: /readyz tells how far it is."
            )
        with self._one_at_a_time:
            yield

    def close(self) -> None:
        """Stop what is running, so that nothing is written once the home is given up."""
        self._sync.stop()
        self._renewal.stop()
        if self._one_at_a_time.acquire(timeout=_STOP_S):
            self._one_at_a_time.release()

    def delete(self, document: DocumentId) -> None:
        """Take one document out of the index.

        Raises:
            IndexRebuilding: not now.
        """
        with self._changing():
            self._sync.delete(document)

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
        if not self._one_at_a_time.acquire(timeout=_MOVE_S):
            return False
        try:
            self._sync.move()
        finally:
            self._one_at_a_time.release()
        return True

    def origins(self, paths: list[str], *, corpus: bool) -> set[str]:
        """Return the origins that ingesting these would cover."""
        return {source.origin for source in _sources(paths, corpus=corpus)}

    def add_questions(self, document: DocumentId, version: int, questions: Sequence[ChunkQuestion]) -> bool:
        """Make questions of the current version searchable; False when another version has become current."""
        with self._changing():
            return self._added.add(document, version, questions)

    def remove_questions(self, document: DocumentId, ids: Sequence[str]) -> int:
        """Take questions out of the index; returns how many there were."""
        with self._changing():
            return self._added.remove(document, ids)


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
        self._rebuild.abandon()
        return False

    def run(self, listen: Callable[[Progress], None]) -> RebuildReport:
        """Rebuild; questions are embedded with the old model meanwhile, if there is one."""
        live = self._vectors.identity()
        with self._reading.change_to(embedder_of(live, self._models) if live else None):
            pass
        try:
            report = self._rebuild.run(listen)
        except BaseException:
            if not self._reading.available:  # nothing is under way any more: let the mismatch be told as it is
                with self._reading.change_to(self._embedder):
                    pass
            raise
        if report.finished:
            self.note()
        return report

    def note(self) -> None:
        """Remember that the live vectors are those of the settings, so that the next run need not load the model."""
        if self._setting is not None:
            self._sets.note(self._setting)

    def stop(self) -> None:
        """End a rebuild soon; the next run goes on."""
        self._rebuild.stop()


@dataclass(frozen=True, kw_only=True)
class Application:
    """Everything that runs in the process that owns the index."""

    settings: Settings
    copilot: LocalCopilot
    access: AccessService
    audit: SqlAuditLog
    indexing: Indexing
    store: SqlKnowledgeStore
    vectors: ChromaIndex
    embedder: Embedder
    reading: ReadingEmbedder
    retriever: Retriever
    relevance: Relevance
    answerability: Answerability
    writing: WritingService
    approvals: ApprovalService
    worker: DeliveryWorker
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
            self.retriever.meant("续非率", EVERYTHING)  # any slip of the keyboard: loads the table of sounds
            self.relevance.warm_up()


class Readiness:
    """Whether the model is loaded, for `/readyz`."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._state = ReadyBody(status="loading", detail="The embedding model is being loaded.")

    def start(self) -> None:
        """Warm up in the background."""
        if self._state.status != "ready":
            self._state = ReadyBody(status="loading", detail="The embedding model is being loaded.")
        threading.Thread(target=self.warm_up, name="warm-up", daemon=True).start()

    def indexing(self, done: int, total: int) -> None:
        """Tell how far the first indexing is."""
        self._state = ReadyBody(status="loading", detail=f"Indexing the shipped knowledge: {done} of {total}.")

    def rebuilding(self, done: int, total: int) -> None:
        """Tell how far the rebuild for another model is; questions are answered with the old one if there is one."""
        detail = f"Rebuilding the index for another embedding model: {done} of {total} documents."
        if self._application.reading.available:
            self._state = ReadyBody(status="ready", detail=f"{detail} Answers come from the index before it meanwhile.")
        else:
            self._state = ReadyBody(status="loading", detail=detail)

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
        engine = _database(settings)
        application = _wire(settings, lock, engine, embedder)
        yield application
    finally:
        if application is not None:
            application.worker.stop()
            application.writing.stop()
            application.indexing.close()
        if engine is not None:
            engine.dispose()
        lock.release()


@contextmanager
def open_worker(settings: Settings) -> Iterator[DeliveryWorker]:
    """Open what sending needs, which is neither a model nor the vectors; owns the home unless Chroma is a server.

    Raises:
        IndexLocked: another process owns the home, and sends itself.
        IndexUnavailable: the database cannot be opened.
        ConfigurationError: a setting cannot be used.
    """
    lock = None if settings.chroma_url else HomeLock(settings.home)
    engine: Engine | None = None
    try:
        engine = _database(settings)
        work = _work(
            settings,
            engine,
            SqlKnowledgeStore(engine, full_text_of(engine, settings.home / "cache")),
            [],
            person_of=_person_of(SqlPeopleStore(engine)),
            transactions=SqlTransactions(engine),
            audit=SqlAuditLog(engine),
        )
        yield work.delivering.worker
    finally:
        if engine is not None:
            engine.dispose()
        if lock is not None:
            lock.release()


@contextmanager
def home_taken(settings: Settings) -> Iterator[None]:
    """Own the home without opening anything in it.

    Raises:
        IndexLocked: another process owns the home.
    """
    lock = HomeLock(settings.home)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def open_material(settings: Settings) -> Iterator[Material]:
    """Take the home and read what a model can learn from; nobody changes the index until the home is given up.

    Raises:
        IndexLocked: another process owns the home.
        IndexUnavailable: the store cannot be opened.
    """
    with home_taken(settings):
        engine = _database(settings)
        try:
            material = stored_material(engine)
        finally:
            engine.dispose()
        yield material


def training_service(settings: Settings) -> TrainingService:
    """Wire training of the embedding model that the settings name."""
    name = settings.embedding_model

    def base_folder() -> Path:
        if name == WORDS_ONLY:
            raise ModelNotTrainable(f"COPILOT_EMBEDDING_MODEL is {name!r}, which is no model. Leave it unset to train.")
        return unpacked_model(settings.models) if name == PACKAGED_MODEL else Path(name)

    return TrainingService(
        base=name,
        base_folder=base_folder,
        trainer=LowRankTrainer(settings.models),
        shelf=FolderModelShelf(settings.models),
    )


def shipping_service(models: Path) -> TrainingService:
    """Wire training of the change that ships: from the packaged weights without it, onto a shelf of its own."""
    return TrainingService(
        base=PACKAGED_MODEL,
        base_folder=lambda: unpacked_model(models, plain=True),
        trainer=LowRankTrainer(models),
        shelf=FolderModelShelf(models),
    )


def shipped_material() -> Material:
    """Read the shipped corpus without an index."""
    return preview(CorpusSource(corpus_folder()), {"corpus": CorpusParser()})


def own_guards(material: Material, seed: int) -> Guards:
    """Return what ships with the product to judge on, unless it is being trained on."""
    if any(section.origin == ORIGIN for section in material.sections):
        return Guards(notes=("The shipped corpus is among what is learnt from, so it is no guard.",))
    questions = shipped_questions()
    return Guards(sets=(shipped_guard(shipped_material(), questions, seed=seed),))


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
    full_text = full_text_of(engine, home / "cache")
    store = SqlKnowledgeStore(engine, full_text)
    client = server_client(settings.chroma_url) if settings.chroma_url else embedded_client(home / "chroma")
    sets = SqlVectorSets(engine)
    vectors = ChromaIndex(client, sets)
    setting = None if embedder else embedding_setting(_model_name(settings), settings.embedding_engine)
    fresh = embedder or _embedder(settings)
    embedder = embedder or _remembering(fresh, settings)
    reading = ReadingEmbedder(embedder)
    retriever = Retriever(
        embedder=reading,
        vectors=vectors,
        lexical=full_text,
        store=store,
        sounds=SoundTable(ChineseSounds(home / "cache")),
        reranker=CrossEncoderReranker(settings.reranker) if settings.reranker else None,
        steady=reading.steady,
    )
    relevance, evidence = Relevance(retriever), EvidenceFinder()
    answerability = Answerability(relevance=relevance, evidence=evidence, calibration=calibration_of(home))
    question_store = SqlQuestionStore(engine, full_text)
    added = QuestionIndexing(embedder=embedder, vectors=vectors, store=question_store)
    limits = _limits(settings)
    isolated = IsolatedParser(limits)
    sync = Sync(
        parsers={
            **dict.fromkeys(FORMATS, isolated),
            **dict.fromkeys((".md", ".markdown", ".mdx", ".txt", ".text"), MarkdownParser()),
            "record": RecordParser(),
            "corpus": CorpusParser(),
        },
        limits=limits,
        embedder=embedder,
        vectors=vectors,
        store=store,
        originals=FolderOriginals(home / "originals"),
        added=added,
    )
    rebuild = Rebuild(
        embedder=embedder,
        fresh=fresh,
        vectors=vectors,
        sets=sets,
        store=store,
        questions=question_store,
        reading=reading,
    )
    renewal = Renewal(
        rebuild,
        embedder=embedder,
        vectors=vectors,
        sets=sets,
        reading=reading,
        setting=setting,
        models=settings.models,
    )
    audit, transactions = SqlAuditLog(engine), SqlTransactions(engine)
    indexing = Indexing(sync, added, renewal, store, audit, isolated)
    answering = AnsweringService(
        retriever=retriever,
        answerability=answerability,
        evidence=evidence,
        check=GroundingCheck(embedder).supported,
        conflicts=ConflictFinder(store),
        permission=Permission(retriever=retriever, labels=store, answerability=answerability, evidence=evidence),
        store=SqlAnswerStore(engine),
        chat_model=_chat_model(settings),
    )
    checks = QuestionChecks(retriever=retriever, embedder=embedder, store=question_store)
    writing = WritingService(
        writer=_question_writer(settings),
        checks=checks,
        outcomes=SqlOutcomeStore(engine),
        questions=question_store,
        index=indexing,
        price=_price(settings),
    )
    operator = the_owner(Surface.CLI)
    curation = LocalCuration(
        writing=writing,
        feedback=FeedbackService(
            store=SqlFeedbackStore(engine), questions=question_store, checks=checks, index=indexing
        ),
        questions=question_store,
        store=store,
        origins=lambda paths, corpus: indexing.origins(paths, corpus=corpus),
        operator=operator,
    )
    sources = Sources(retriever=retriever, evidence=evidence, answerability=answerability)
    people_store, key_store = SqlPeopleStore(engine), SqlKeyStore(engine)
    person_of = _person_of(people_store)
    composers: list[Composer] = [CustomerMessage(sources), SuccessPlan(sources)]
    work = _work(settings, engine, store, composers, person_of=person_of, transactions=transactions, audit=audit)
    key = settings.api_key
    keys = KeyService(store=key_store, people=people_store, transactions=transactions, audit=audit)
    people = PeopleService(store=people_store, keys=key_store, transactions=transactions, audit=audit)
    return Application(
        settings=settings,
        copilot=LocalCopilot(
            answering=answering,
            retriever=retriever,
            store=store,
            indexing=indexing,
            operator=operator,
            curation=curation,
            accounts=work.accounts,
            drafts=work.drafts,
            auditing=work.auditing,
            deliveries=work.delivering.deliveries,
            people=LocalPeople(people, keys, operator),
        ),
        approvals=work.approvals,
        worker=work.delivering.worker,
        access=AccessService(
            store=key_store,
            people=people_store,
            keys=keys,
            configured_key=key.get_secret_value() if key else None,
        ),
        audit=audit,
        indexing=indexing,
        store=store,
        vectors=vectors,
        embedder=embedder,
        reading=reading,
        retriever=retriever,
        relevance=relevance,
        answerability=answerability,
        writing=writing,
        lock=lock,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        bytes=settings.parse_max_bytes,
        seconds=settings.parse_timeout_s,
        memory=settings.parse_memory_mb << 20,
        pages=settings.parse_max_pages,
        depth=settings.parse_max_depth,
        ratio=settings.parse_max_ratio,
    )


@dataclass(frozen=True, kw_only=True)
class Delivering:
    """Deliveries and the loop that sends them; nothing runs until the worker is started."""

    deliveries: LocalDeliveries
    worker: DeliveryWorker


def delivering(
    settings: Settings,
    engine: Engine,
    *,
    transactions: Transactions,
    approvals: Approvals,
    drafts: DraftStore,
    audit: AuditLog,
    documents: CurrentDocuments,
    person_of: Callable[[str], Person],
    reader_of: Callable[[Person], Reader],
) -> Delivering:
    """Wire deliveries; neither a model nor the vectors are needed for them.

    Raises:
        ConfigurationError: a setting of a channel cannot be used.
    """
    rules = DestinationRules(
        internal=_destinations("delivery_internal", settings.delivery_internal),
        allowed=_destinations("delivery_allowed", settings.delivery_allowed),
    )
    checks = DeliveryChecks(approvals=approvals, channels=_channels(settings, rules), rules=rules, documents=documents)
    outbox = SqlOutbox(engine)
    sending = Sending(transactions=transactions, drafts=drafts, checks=checks, outbox=outbox, audit=audit)
    worker = DeliveryWorker(sending.step)
    service = DeliveryService(
        transactions=transactions,
        drafts=drafts,
        checks=checks,
        outbox=outbox,
        audit=audit,
        reader_of=reader_of,
        wake=worker.wake,
    )
    return Delivering(
        deliveries=LocalDeliveries(service=service, step=sending.step, person=OWNER, person_of=person_of),
        worker=worker,
    )


def _destinations(name: str, entries: Sequence[str]) -> DestinationList:
    try:
        return DestinationList.of(entries)
    except ValueError as error:
        raise ConfigurationError(
            f"COPILOT_{name.upper()}: {error}. Write li@example.com, example.com, *.example.com or 127.0.0.1:9000."
        ) from error


def _channels(settings: Settings, rules: DestinationRules) -> dict[ChannelName, Channel]:
    """Return the ways out whose settings are there."""
    channels: list[Channel] = [FileChannel(settings.home / "exports")]
    if settings.webhook_secret is not None:
        channels.append(WebhookChannel(secret=settings.webhook_secret.get_secret_value(), rules=rules))
    if settings.smtp_url is not None:
        if settings.smtp_from is None:
            raise ConfigurationError("COPILOT_SMTP_URL is set without a sender. Set COPILOT_SMTP_FROM too.")
        server, sender = mail_server(settings.smtp_url.get_secret_value()), sender_address(settings.smtp_from)
        channels.append(SmtpChannel(server=server, sender=sender))
    return {channel.name: channel for channel in channels}


@dataclass(frozen=True, kw_only=True)
class _Work:
    """Accounts, drafts and decisions."""

    accounts: LocalAccounts
    drafts: LocalDrafts
    auditing: LocalAuditing
    approvals: ApprovalService
    delivering: Delivering


def _work(
    settings: Settings,
    engine: Engine,
    store: SqlKnowledgeStore,
    composers: Sequence[Composer],
    *,
    person_of: Callable[[str], Person],
    transactions: SqlTransactions,
    audit: SqlAuditLog,
) -> _Work:
    accounts, drafts = SqlAccountStore(engine), SqlDraftStore(engine)
    writing = DraftService(
        composers=composers,
        accounts=accounts,
        drafts=drafts,
        access=SourceAccess(store),
        transactions=transactions,
        audit=audit,
        reader_of=reader_of,
    )
    approvals = ApprovalService(
        drafts=drafts,
        decisions=SqlDecisionStore(engine),
        transactions=transactions,
        audit=audit,
        people=person_of,
        stale=writing.stale,
        policy=read_policy(settings.approval_policy) if settings.approval_policy else Policy(),
    )
    service = AccountService(store=accounts, transactions=transactions, audit=audit)
    return _Work(
        accounts=LocalAccounts(service, person=OWNER, person_of=person_of),
        drafts=LocalDrafts(writing=writing, approvals=approvals, person=OWNER, person_of=person_of),
        auditing=LocalAuditing(audit),
        approvals=approvals,
        delivering=delivering(
            settings,
            engine,
            transactions=transactions,
            approvals=approvals,
            drafts=drafts,
            audit=audit,
            documents=store,
            person_of=person_of,
            reader_of=reader_of,
        ),
    )


def _person_of(people: PeopleStore) -> Callable[[str], Person]:
    """Return who an id stands for; somebody who is not known any more may do nothing."""

    def person_of(id: str) -> Person:
        if id == OWNER:
            return owner()
        return people.person(id) or Person(id=id, name=id, roles=frozenset(), active=False)

    return person_of


def _database(settings: Settings) -> Engine:
    given = settings.database_url
    own = URL.create("sqlite", database=str((settings.home / "copilot.db").resolve()))
    return open_database(given.get_secret_value() if given else own, [knowledge_metadata, copilot_metadata])


def _embedder(settings: Settings) -> Embedder:
    if settings.embedding_model == WORDS_ONLY:
        return HashingEmbedder()
    return SentenceTransformerEmbedder(
        model=_model_name(settings), folder=settings.models, engine=settings.embedding_engine
    )


def _model_name(settings: Settings) -> str:
    """Return the model that training has made of the one in the settings, if any was promoted."""
    if settings.embedding_model == WORDS_ONLY:
        return WORDS_ONLY
    shelf = FolderModelShelf(settings.models)
    state = shelf.current()
    trained = state.active if state is not None and state.base == settings.embedding_model else None
    return str(shelf.folder(trained)) if trained else settings.embedding_model


def _remembering(embedder: Embedder, settings: Settings) -> Embedder:
    if settings.embedding_model == WORDS_ONLY:
        return embedder
    return CachedEmbedder(embedder, settings.home / "cache" / "embeddings.db")


def _question_writer(settings: Settings) -> QuestionWriter | None:
    if settings.chat_model is None:
        return None
    meter = LangChainUsage()
    chat_model = _chat_model(settings, meter)
    assert chat_model is not None  # noqa: S101  # for the type: a model is set
    return ChatQuestionWriter(chat_model=chat_model, meter=meter, count=settings.questions_per_chunk)


def _price(settings: Settings) -> Price | None:
    if settings.chat_price_input is None and settings.chat_price_output is None:
        return None
    return Price(input=settings.chat_price_input or 0.0, output=settings.chat_price_output or 0.0)


def _chat_model(settings: Settings, meter: LangChainUsage | None = None) -> ChatModel | None:
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
        callbacks=[meter.callback] if meter else [],
    )
    return RecordingChatModel(model, record) if record else model


def _sources(paths: list[str], *, corpus: bool) -> list[Source]:
    """Return what is named, each once."""
    named: list[Source] = [_source(Path(path)) for path in paths]
    if corpus:
        named.append(CorpusSource(corpus_folder()))
    return list({source.origin: source for source in named}.values())


def _source(path: Path) -> Source:
    return RecordsSource(path) if path.suffix.lower() == ".jsonl" else FolderSource(path)
