"""Everything that runs in the process that owns the index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from copilot.adapters.blob_uploads import BlobUploads
from copilot.adapters.home_lock import HomeLock, Owner
from copilot.adapters.sql.answer_store import SqlAnswerStore
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.background_runs import SqlBackgroundRuns
from copilot.adapters.sql.evaluation_question_store import SqlEvaluationQuestionStore
from copilot.adapters.sql.evaluation_run_store import SqlEvaluationRunStore
from copilot.adapters.sql.feedback_store import SqlFeedbackStore
from copilot.adapters.sql.outcome_store import SqlOutcomeStore
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.pin_store import SqlPinStore
from copilot.adapters.sql.timeline import SqlTimeline
from copilot.adapters.sql.transactions import SqlTransactions, joining
from copilot.adapters.sql.turn import Turn, TurnOf
from copilot.answering.answerability import Answerability
from copilot.answering.calculated import CalculatedAnswers
from copilot.answering.calibration import calibration_of
from copilot.answering.conflicts import ConflictFinder
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.grounding import GroundingCheck
from copilot.answering.permission import Permission
from copilot.answering.pinned import PinnedAnswers
from copilot.answering.relevance import Relevance
from copilot.answering.service import AnsweringService
from copilot.approval.service import ApprovalService
from copilot.audit.surface import Surface
from copilot.bootstrap.advising import advices_of, advising_of, attention_of
from copilot.bootstrap.backing_up import backups_of
from copilot.bootstrap.blobs import APPROVED_FOLDER, UPLOADS_FOLDER, blobs_of
from copilot.bootstrap.changing import changes_of
from copilot.bootstrap.evaluating import evaluator_of
from copilot.bootstrap.faults import Guards, guarded_vectors, guards_of
from copilot.bootstrap.gaps import gaps_of
from copilot.bootstrap.health import Health
from copilot.bootstrap.home import database, take_home
from copilot.bootstrap.indexing import Indexing, Renewal
from copilot.bootstrap.insight import insight_of
from copilot.bootstrap.measuring import measured_chat_model, measures_of, tracer_of
from copilot.bootstrap.models import (
    fresh_embedder,
    model_name,
    price_of,
    question_writer_of,
    remembering,
)
from copilot.bootstrap.outlook import learning_of
from copilot.bootstrap.pacing import pacing_of
from copilot.bootstrap.parsing import formats, parsers_of
from copilot.bootstrap.publishing import ApprovedShelf, notice_channels, publishing_of, rules_of
from copilot.bootstrap.schedules import Scheduling, schedules_of
from copilot.bootstrap.sidebar import sidebar_of
from copilot.bootstrap.signing_in import signing_in_of
from copilot.bootstrap.trials import Live
from copilot.bootstrap.visitors import conversations_of
from copilot.bootstrap.watching import WatchedFolders
from copilot.bootstrap.work import people_by_id, work_of
from copilot.curating.checks import QuestionChecks
from copilot.curating.feedback import FeedbackService
from copilot.curating.publishing.service import PublishingService
from copilot.curating.verifying import VerificationService
from copilot.curating.writing import WritingService
from copilot.delivery.destination import DestinationList
from copilot.delivery.worker import DeliveryWorker
from copilot.drafting.draft import Draft
from copilot.drafting.kind_composers import composers
from copilot.drafting.sources import Sources
from copilot.drafting.wording import Wording
from copilot.errors import ConfigurationError
from copilot.insight.timeline import Timeline
from copilot.interfaces.cases import LocalCases
from copilot.interfaces.contacts import LocalContacts
from copilot.interfaces.curation import LocalCuration
from copilot.interfaces.evaluations import LocalEvaluations
from copilot.interfaces.insights import LocalInsights
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.people import LocalPeople
from copilot.interfaces.schedules import LocalSchedules
from copilot.interfaces.verifying import LocalVerifying
from copilot.people.access import AccessService
from copilot.people.caller import the_owner
from copilot.people.pace import Pacing
from copilot.settings import Settings
from copilot.suggesting.cases.service import CaseMatching
from copilot.telemetry.measures import Exposed
from copilot.telemetry.tracing import Tracer
from ingest.limits import Limits
from ingest.parsers.isolated import IsolatedParser
from ingest.questions import QuestionIndexing
from ingest.rebuild import Rebuild
from ingest.source import Source
from ingest.sources.git import GitLimits, GitSource
from ingest.sources.web_site import Reach, WebLimits
from ingest.sync import Sync
from knowledge.adapters.blob_originals import BlobOriginals
from knowledge.adapters.chroma_index import ChromaIndex, embedded_client, server_client
from knowledge.adapters.cross_encoder_reranker import CrossEncoderReranker
from knowledge.adapters.embedding_models import embedding_setting
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.adapters.kept_sound_table import sound_table
from knowledge.adapters.sql.failure_store import SqlFailureStore
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.lexical import full_text_of
from knowledge.adapters.sql.question_store import SqlQuestionStore
from knowledge.adapters.sql.vector_sets import SqlVectorSets
from knowledge.blobs import ABANDONED_S
from knowledge.document import Audience
from knowledge.embedder import Embedder
from knowledge.guarded import GuardedEmbedder
from knowledge.reader import EVERYTHING
from knowledge.reading import ReadingEmbedder
from knowledge.retriever import Retriever

if TYPE_CHECKING:
    from copilot.interfaces.slack.connecting import SlackConnection


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
    scheduling: Scheduling
    publishing: PublishingService
    watched: WatchedFolders
    lock: HomeLock
    pacing: Pacing
    measures: Exposed  #: what is counted here
    guards: Guards
    health: Health
    tracer: Tracer
    slack: SlackConnection | None = None  #: where it is set up; nothing runs until it is started

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
            self.copilot.advices.warm_up()


@contextmanager
def open_application(settings: Settings, *, embedder: Embedder | None = None) -> Iterator[Application]:
    """Take the home, open the stores and wire everything; gives the home up at the end.

    Raises:
        IndexLocked: another process owns the home.
        IndexUnavailable: a store cannot be opened.
        ConfigurationError: a setting cannot be used.
    """
    lock = take_home(settings)
    engine: Engine | None = None
    application: Application | None = None
    try:
        engine = database(settings)
        application = _wire(settings, lock, engine, embedder)
        yield application
    finally:
        if application is not None:
            application.watched.ask_to_stop()
            if application.slack is not None:
                application.slack.stop()
            application.worker.stop()
            application.writing.stop()
            application.copilot.changes.stop()
            application.copilot.evaluations.stop()
            application.indexing.close()
            application.watched.stop()
            application.tracer.close()
            application.vectors.close()
        if engine is not None:
            engine.dispose()
        lock.release()


def _wire(settings: Settings, lock: HomeLock, engine: Engine, embedder: Embedder | None) -> Application:
    home = settings.home
    full_text = full_text_of(engine, home / "cache")
    store = SqlKnowledgeStore(engine, full_text)
    client = server_client(settings.chroma_url) if settings.chroma_url else embedded_client(home / "chroma")
    sets = SqlVectorSets(engine)
    vectors = ChromaIndex(client, sets)
    setting = None if embedder else embedding_setting(model_name(settings), settings.embedding_engine)
    fresh = embedder or fresh_embedder(settings)
    embedder = embedder or remembering(fresh, settings)
    reading = ReadingEmbedder(embedder)
    sounds = sound_table(home / "cache")
    reranker = CrossEncoderReranker(settings.reranker) if settings.reranker else None
    blobs = blobs_of(settings)
    originals = BlobOriginals(blobs)
    measures, tracer = measures_of(settings, engine), tracer_of(settings)
    guards = guards_of(settings, measures)
    asking, searched = GuardedEmbedder(reading, guards.embedder), guarded_vectors(settings, vectors, guards)
    retriever = Retriever(
        embedder=asking,
        vectors=searched,
        lexical=full_text,
        store=store,
        sounds=sounds,
        reranker=reranker,
        words=HashingEmbedder(),
        steady=reading.steady,
    )
    relevance, evidence = Relevance(retriever), EvidenceFinder()
    answerability = Answerability(relevance=relevance, evidence=evidence, calibration=calibration_of(home))
    question_store = SqlQuestionStore(engine, full_text)
    added = QuestionIndexing(embedder=embedder, vectors=vectors, store=question_store)
    failures, limits = SqlFailureStore(engine), _limits(settings)
    isolated = IsolatedParser(limits)
    sync = Sync(
        parsers=parsers_of(isolated),
        limits=limits,
        embedder=embedder,
        vectors=vectors,
        store=store,
        originals=originals,
        added=added,
        failures=failures,
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
    uploads = BlobUploads(blobs, UPLOADS_FOLDER, settings.upload_max_bytes, formats())
    approved = BlobUploads(blobs, APPROVED_FOLDER, settings.upload_max_bytes)
    for folder in (uploads, approved):
        folder.recover(0.0 if settings.blobs is None else ABANDONED_S)
    inside = _inside(settings)
    indexing = Indexing(
        sync=sync,
        added=added,
        renewal=renewal,
        store=store,
        audit=audit,
        parsing=isolated,
        failures=failures,
        measures=measures,
        reach=_reach(settings, inside),
        git=_git(settings, inside),
        uploads=uploads,
        approved=approved,
        turn=Turn(engine, TurnOf.WRITING_THE_INDEX),
        rebuilding=Turn(engine, TurnOf.REBUILDING),
    )
    answers = SqlAnswerStore(engine)
    # Wording is checked with the model of the settings, whatever the live vectors were made with.
    check = GroundingCheck(GuardedEmbedder(embedder, guards.embedder)).supported
    chat_model = measured_chat_model(settings, measures, tracer, guards.chat_model)
    answering = AnsweringService(
        retriever=retriever,
        answerability=answerability,
        evidence=evidence,
        check=check,
        conflicts=ConflictFinder(store),
        permission=Permission(retriever=retriever, labels=store, answerability=answerability, evidence=evidence),
        store=answers,
        chat_model=chat_model,
        calculated=CalculatedAnswers(retriever=retriever, evidence=evidence),
        pinned=PinnedAnswers(pins=SqlPinStore(engine), documents=store, chunks=question_store),
        lapped=tracer.past,
        budget_s=settings.answer_budget_s,
    )
    checks = QuestionChecks(retriever=retriever.strict(), embedder=embedder, store=question_store)
    writing = WritingService(
        writer=question_writer_of(settings),
        checks=checks,
        outcomes=SqlOutcomeStore(engine),
        questions=question_store,
        index=indexing,
        price=price_of(settings),
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
    changes = changes_of(
        settings,
        Live(engine=engine, vectors=vectors, lexical=full_text, store=store, questions=question_store),
        embedder=embedder,
        reading=reading,
        sounds=sounds,
        reranker=reranker,
        calibration=answerability.calibration,
        limits=limits,
        indexing=indexing,
        uploads=uploads,
        transactions=transactions,
        audit=audit,
        operator=operator,
        kept_questions=SqlEvaluationQuestionStore(engine),
    )
    verification = VerificationService(
        store=store, citations=answers, tell=lambda transaction, event: audit.append(joining(transaction), event)
    )
    sources = Sources(retriever=retriever, evidence=evidence, answerability=answerability)
    people_store = SqlPeopleStore(engine)
    person_of = people_by_id(people_store)
    learning = learning_of(settings, engine)
    gaps = gaps_of(
        engine,
        embedder=embedder,
        documents=store,
        people=people_store,
        person_of=person_of,
        transactions=transactions,
        audit=audit,
        operator=operator,
    )
    advising, quotes = advising_of(settings, store, sources, learning.model)
    rules, refusals = rules_of(engine, gaps.store, store, settings.web_allowed)
    followers: list[Callable[[Draft], None]] = []
    work = work_of(
        settings,
        engine,
        store,
        composers(sources, advising),
        learning=learning,
        person_of=person_of,
        transactions=transactions,
        audit=audit,
        wording=None if chat_model is None else Wording(chat_model, check),
        knowledge=rules,
        followers=followers,
    )
    publishing = publishing_of(
        engine,
        gaps=gaps.store,
        documents=store,
        rules=rules,
        refusals=refusals,
        shelf=ApprovedShelf(approved, indexing, store),
        work=work,
        transactions=transactions,
        audit=audit,
        person_of=person_of,
        operator=operator,
        channels=notice_channels(settings, engine),
    )
    followers.append(publishing.service.decided)
    work.delivering.worker.also(gaps.step)
    work.delivering.worker.also(publishing.service.step, publishing.service.keep_house)
    work.delivering.worker.also(publishing.telling.step)
    signing_in = signing_in_of(settings, engine, people_store=people_store, transactions=transactions, audit=audit)
    people, access = signing_in.people, signing_in.access
    pacing = pacing_of(settings, engine)
    conversations = conversations_of(
        settings,
        engine,
        documents=store,
        questions=question_store,
        transactions=transactions,
        audit=audit,
        operator=operator,
        wake=work.delivering.worker.wake,
    )
    work.delivering.worker.also(conversations.handovers.step)
    scheduling = schedules_of(
        settings,
        engine,
        work,
        documents=store,
        people=people.people,
        person_of=person_of,
        advising=advising,
        transactions=transactions,
        audit=audit,
    )
    cases = LocalCases(CaseMatching(retriever=retriever, store=store), work.accounts, operator)
    advices = advices_of(
        engine, advising, quotes, retriever=retriever, transactions=transactions, audit=audit, operator=operator
    )
    wired = Application(
        settings=settings,
        copilot=LocalCopilot(
            answering=answering,
            retriever=retriever,
            store=store,
            originals=originals,
            indexing=indexing,
            uploads=uploads,
            operator=operator,
            curation=curation,
            changes=changes,
            accounts=work.accounts,
            attention=attention_of(settings, engine, advising, work.accounts),
            timeline=Timeline(SqlTimeline(engine)),
            outlooks=work.outlooks,
            cases=cases,
            advices=advices,
            drafts=work.drafts,
            auditing=work.auditing,
            backups=backups_of(
                settings,
                engine,
                vectors,
                retriever,
                blobs=blobs,
                transactions=transactions,
                audit=audit,
                operator=operator,
            ),
            deliveries=work.delivering.deliveries,
            gaps=gaps.interface,
            people=LocalPeople(
                people,
                signing_in.keys,
                access.invitations,
                signing_in.erasing,
                operator,
                access.public_address or _own_address(settings),
            ),
            contacts=LocalContacts(signing_in.contacts, operator),
            verifying=LocalVerifying(verification, operator),
            insights=LocalInsights(insight_of(settings, engine, store, people.people), operator),
            evaluations=LocalEvaluations(
                store=SqlEvaluationRunStore(engine),
                evaluator=evaluator_of(lambda: wired.copilot, settings),
                operator=operator,
            ),
            schedules=LocalSchedules(scheduling.service, scheduling.digests, work.drafts, operator, person_of),
            knowledge=publishing.knowledge,
            conversations=conversations,
            beside=sidebar_of(settings, engine, work=work, advices=advices, cases=cases, people=people_store),
            runs=SqlBackgroundRuns(engine),
            verified_only=settings.verified_only,
            measures=measures,
            tracer=tracer,
        ),
        approvals=work.approvals,
        worker=work.delivering.worker,
        scheduling=scheduling,
        publishing=publishing.service,
        access=access,
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
        watched=WatchedFolders(settings.watch, lambda folder: indexing.ingest([str(folder)], corpus=False)),
        lock=lock,
        pacing=pacing,
        measures=measures,
        guards=guards,
        health=Health(engine, searched, guards, chat_model=chat_model is not None),
        tracer=tracer,
    )
    if not (settings.slack_bot_token or settings.slack_signing_secret or settings.slack_app_token):
        return wired
    from copilot.bootstrap.slack import slack_of  # not before it is needed: it takes a while to import

    slack = slack_of(
        settings,
        engine,
        copilot=wired.copilot,
        people=people_store,
        documents=store,
        transactions=transactions,
        pacing=pacing,
    )
    if slack is not None:
        followers.append(slack.decided)
    return replace(wired, slack=slack)


def _own_address(settings: Settings) -> str:
    """Return where `serve` listens, as a browser on this machine writes it."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  # compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/"


def _limits(settings: Settings) -> Limits:
    return Limits(
        bytes=settings.parse_max_bytes,
        seconds=settings.parse_timeout_s,
        memory=settings.parse_memory_mb << 20,
        pages=settings.parse_max_pages,
        depth=settings.parse_max_depth,
        ratio=settings.parse_max_ratio,
    )


def _reach(settings: Settings, inside: Callable[[str, int], bool]) -> Reach:
    limits = WebLimits(
        bytes=settings.web_max_bytes,
        pages=settings.web_max_pages,
        seconds=settings.web_timeout_s,
        run_seconds=settings.web_run_s,
    )
    return Reach(limits=limits, inside=inside)


def _git(settings: Settings, inside: Callable[[str, int], bool]) -> Callable[[str], Source]:
    limits, cache = GitLimits(file_bytes=settings.parse_max_bytes), settings.home / "cache" / "git"
    return lambda address: GitSource(address, cache=cache, inside=inside, limits=limits)


def _inside(settings: Settings) -> Callable[[str, int], bool]:
    """Read which hosts inside may be asked: by their own names only, others could be pointed at them at any time."""
    entries = settings.web_allowed
    wrong = next((entry for entry in entries if "*" in entry or "@" in entry or "/" in entry), None)
    if wrong is not None:
        raise ConfigurationError(
            f"COPILOT_WEB_ALLOWED: {wrong!r} is no host. Write each by its own name, as wiki.ours.com or 10.0.0.7:8080."
        )
    return DestinationList.of(entries).names_exactly
