"""How long a report and a digest take over a synthetic year of use.

`python -m tests.studies.insight --answers 200000 --drafts 20000 --database sqlite|postgresql`
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from copilot.adapters.sql.decided_drafts import DecidedDrafts
from copilot.adapters.sql.digest_reading import SqlDigestReading
from copilot.adapters.sql.insight_counts import SqlInsightCounts
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.portfolio import SqlPortfolio
from copilot.audit.surface import Surface
from copilot.insight.digest import DigestScope
from copilot.insight.digest_gathering import DigestGathering, DigestSources
from copilot.insight.digest_writing import digest
from copilot.insight.report import EVERYBODY, Scope, one_person, team_of
from copilot.insight.service import InsightService, Sources
from copilot.insight.week import last_week
from copilot.people.caller import the_owner
from copilot.people.person import Person, owner
from copilot.suggesting.playbook_quotes import PlaybookQuotes
from copilot.suggesting.rule_files import shipped_rules
from copilot.suggesting.service import AdviceService
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.lexical import full_text_of
from tests.databases import open_tables
from tests.postgres_server import PostgresServer
from tests.studies.usage import Size, fill

_SCOPES = {"everybody": EVERYBODY, "team": team_of("person00"), "one person": one_person("person01")}
_DAYS = (7, 28, 365)


def insight_on(engine: Engine, folder: Path, now: datetime) -> InsightService:
    """Wire the service as the application does, with a clock of its own."""
    people = SqlPeopleStore(engine)
    sources = Sources(
        counts=SqlInsightCounts(engine),
        drafts=DecidedDrafts(engine),
        portfolio=SqlPortfolio(engine, now=lambda: now),
        documents=SqlKnowledgeStore(engine, full_text_of(engine, folder)),
        people=lambda: [owner(), *people.people()],
    )
    return InsightService(sources, now=lambda: now)


def digests_on(engine: Engine, folder: Path, now: datetime) -> DigestGathering:
    """Wire digests as the application does, with the shipped rules and a clock of their own."""
    people = SqlPeopleStore(engine)
    store = SqlKnowledgeStore(engine, full_text_of(engine, folder))
    sources = DigestSources(
        insight=insight_on(engine, folder, now),
        counts=SqlInsightCounts(engine),
        portfolio=SqlPortfolio(engine, now=lambda: now),
        reading=SqlDigestReading(engine),
        people=lambda: [owner(), *people.people()],
        advising=AdviceService(book=shipped_rules, quotes=PlaybookQuotes(store), today=now.date),
        documents=store,
    )
    return DigestGathering(sources, now=lambda: now)


def timed_digest(gathering: DigestGathering, person: Person, scope: DigestScope, now: datetime) -> tuple[float, int]:
    """Return the seconds that a digest of the last week takes, and how many characters it has."""
    start = time.perf_counter()
    composed = digest(gathering.gather(person, scope, last_week(now.date()), "zh"), "zh")
    return time.perf_counter() - start, len(composed.content)


def timed(service: InsightService, scope: Scope, now: datetime, days: int) -> float:
    """Return the seconds that a report takes."""
    start = time.perf_counter()
    service.report(
        the_owner(Surface.CLI),
        scope=scope,
        since=now.date() - timedelta(days=days - 1),
        until=now.date(),
        language="zh",
    )
    return time.perf_counter() - start


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Engine]:
    server = PostgresServer() if kind == "postgresql" else None
    try:
        engine = open_tables(server.new_database() if server else f"sqlite:///{folder / 'synthetic.db'}")
        try:
            yield engine
        finally:
            engine.dispose()
    finally:
        if server is not None:
            server.stop()


def main() -> None:
    """Fill a fresh database, time reports of it, and print the figures."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--answers", type=int, default=200_000)
    options.add_argument("--drafts", type=int, default=20_000)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    size = Size(answers=chosen.answers, drafts=chosen.drafts)
    with tempfile.TemporaryDirectory() as named, _database(chosen.database, Path(named)) as engine:
        start = time.perf_counter()
        fill(engine, size, chosen.seed)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE" if chosen.database == "sqlite" else "VACUUM ANALYZE")
        print(
            f"Synthetic: {size.answers} answers, {size.drafts} drafts, seed {chosen.seed}, {chosen.database};", end=" "
        )
        print(f"filled in {time.perf_counter() - start:.0f} s")
        service = insight_on(engine, Path(named), size.until)
        for days in _DAYS:
            for name, scope in _SCOPES.items():
                first, again = (timed(service, scope, size.until, days) for _ in range(2))
                print(f"  {days:>3} days, {name:<10} {first:6.2f} s, again {again:5.2f} s")
        gathering, people = digests_on(engine, Path(named), size.until), SqlPeopleStore(engine)
        for name, id, digest_scope in (
            ("one person", "person01", "person"),
            ("team", "person00", "team"),
            ("everybody", "owner", "team"),
        ):
            person = owner() if id == "owner" else people.person(id)
            assert person is not None
            (first, length), (again, _) = (timed_digest(gathering, person, digest_scope, size.until) for _ in range(2))
            print(f"  digest,   {name:<10} {first:6.2f} s, again {again:5.2f} s, {length} characters")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
