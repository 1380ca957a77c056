"""How long a report takes over a synthetic year of use, and what it looks like.

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
from copilot.adapters.sql.insight_counts import SqlInsightCounts
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.portfolio import SqlPortfolio
from copilot.audit.surface import Surface
from copilot.insight.report import EVERYBODY, Scope, one_person, team_of
from copilot.insight.service import InsightService, Sources
from copilot.people.caller import the_owner
from copilot.people.person import owner
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
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
