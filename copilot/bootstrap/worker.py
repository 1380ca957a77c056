"""The worker as a process of its own: it sends what is due and runs schedules, without a model or vectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.bootstrap.advising import advising_of
from copilot.bootstrap.home import database, take_home
from copilot.bootstrap.outlook import learning_of
from copilot.bootstrap.schedules import schedules_of
from copilot.bootstrap.work import people_by_id, work_of
from copilot.delivery.worker import DeliveryWorker
from copilot.people.person import owner
from copilot.settings import Settings
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.lexical import full_text_of


@contextmanager
def open_worker(settings: Settings) -> Iterator[DeliveryWorker]:
    """Open what sending needs, which is neither a model nor the vectors; owns the home unless Chroma is a server.

    Raises:
        IndexLocked: another process owns the home, and sends itself.
        IndexUnavailable: the database cannot be opened.
        ConfigurationError: a setting cannot be used.
    """
    lock = None if settings.chroma_url else take_home(settings)
    engine: Engine | None = None
    try:
        engine = database(settings)
        store = SqlKnowledgeStore(engine, full_text_of(engine, settings.home / "cache"))
        people, learning = SqlPeopleStore(engine), learning_of(settings, engine)
        person_of, transactions, audit = people_by_id(people), SqlTransactions(engine), SqlAuditLog(engine)
        work = work_of(
            settings,
            engine,
            store,
            [],
            learning=learning,
            person_of=person_of,
            transactions=transactions,
            audit=audit,
        )
        quotes_alone = advising_of(settings, store, None, learning.model)[0]
        schedules_of(
            settings,
            engine,
            work,
            documents=store,
            people=lambda: [owner(), *people.people()],
            person_of=person_of,
            advising=quotes_alone,
            transactions=transactions,
            audit=audit,
        )
        yield work.delivering.worker
    finally:
        if engine is not None:
            engine.dispose()
        if lock is not None:
            lock.release()
