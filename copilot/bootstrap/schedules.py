"""Digests and schedules: wired over insight, advice, drafts, decisions and deliveries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from copilot.adapters.sql.digest_reading import SqlDigestReading
from copilot.adapters.sql.draft_store import SqlDraftStore
from copilot.adapters.sql.insight_counts import SqlInsightCounts
from copilot.adapters.sql.portfolio import SqlPortfolio
from copilot.adapters.sql.schedule_store import SqlScheduleStore
from copilot.audit.log import AuditLog
from copilot.bootstrap.insight import insight_of
from copilot.bootstrap.outlook import judge_of
from copilot.bootstrap.work import Work
from copilot.insight.digest_gathering import DigestGathering, DigestSources
from copilot.insight.digest_service import DigestService
from copilot.insight.service import Documents
from copilot.people.person import Person
from copilot.scheduling.running import Running
from copilot.scheduling.service import ScheduleService
from copilot.settings import Settings
from copilot.suggesting.advice import Advising
from copilot.transaction import Transactions


@dataclass(frozen=True, kw_only=True)
class Scheduling:
    """What makes digests, and what makes them by itself."""

    digests: DigestService
    service: ScheduleService
    running: Running


def schedules_of(
    settings: Settings,
    engine: Engine,
    work: Work,
    *,
    documents: Documents,
    people: Callable[[], Sequence[Person]],
    person_of: Callable[[str], Person],
    advising: Advising,
    transactions: Transactions,
    audit: AuditLog,
) -> Scheduling:
    """Wire digests and schedules; the worker of deliveries runs what is due.

    Raises:
        ConfigurationError: the health of the settings cannot be used.
    """
    sources = DigestSources(
        insight=insight_of(settings, engine, documents, people),
        counts=SqlInsightCounts(engine),
        portfolio=SqlPortfolio(engine),
        reading=SqlDigestReading(engine),
        people=people,
        advising=advising,
        documents=documents,
    )
    digests = DigestService(DigestGathering(sources, judge=judge_of(settings)), work.writing)
    store, checks = SqlScheduleStore(engine), work.delivering.checks
    running = Running(
        store=store,
        transactions=transactions,
        audit=audit,
        digests=digests,
        drafts=SqlDraftStore(engine),
        approvals=work.approvals,
        deliveries=work.delivering.service,
        audience=checks.audience,
        person_of=person_of,
    )
    work.delivering.worker.also(running.step)
    service = ScheduleService(
        store=store, transactions=transactions, audit=audit, places=checks, people=people, running=running
    )
    return Scheduling(digests=digests, service=service, running=running)
