"""What Prometheus collects after real traffic, and while the database is away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, event, insert, update

from copilot.adapters.sql.backlog_reading import read_backlog
from copilot.adapters.sql.tables import deliveries, drafts, gaps
from copilot.bootstrap import Application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from knowledge.adapters.sql.tables import documents

Samples = dict[tuple[str, ...], float]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def client(application: Application, knowledge_folder: Path) -> Iterator[TestClient]:
    """A client with the owner's key."""
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    app = create_app(
        copilot=application.copilot,
        access=application.access,
        ready=lambda: ReadyBody(status="ready"),
        version="0",
        measures=application.measures,
    )
    made = application.access.first_key()
    with TestClient(app, headers={"Authorization": f"Bearer {made}"}, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def engine(application: Application) -> Engine:
    return application.audit._engine


def scraped(client: TestClient) -> Samples:
    reply = client.get("/metrics", headers={"Authorization": ""})
    assert reply.status_code == 200
    return {
        (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(reply.text)
        for one in family.samples
    }


def test_traffic_is_seen_by_who_has_no_key(client: TestClient, engine: Engine) -> None:
    client.post("/v1/ask", json={"question": "续费应该谁负责"})
    client.post("/v1/ask", json={"question": "火星上的天气怎么样"})
    client.get("/v1/documents/renewal.md")
    client.get("/no/such/path")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    with engine.begin() as connection:
        connection.execute(update(documents).where(documents.c.source == "renewal.md").values(review_by=yesterday))
    seen = scraped(client)
    assert seen["copilot_requests_total", "POST", "/v1/ask", "200"] == 2
    assert seen["copilot_requests_total", "GET", "/v1/documents/{id:path}", "200"] == 1
    assert seen["copilot_requests_total", "GET", "unknown", "404"] == 1
    assert seen["copilot_answers_total", "extractive", "", "answered"] == 1
    assert seen["copilot_answer_stage_seconds_count", "retrieve"] == 2
    assert seen["copilot_ingested_items_total", "added"] == 2
    assert seen["copilot_ingestion_seconds_count",] == 1
    assert seen["copilot_documents",] == 2
    assert seen["copilot_answers_of_a_day", "", "answered"] == 1
    assert seen["copilot_abstention_share",] == 0.5
    assert seen["copilot_stale_documents",] == seen["copilot_stale_used_documents",] == 1
    assert seen["copilot_database_connections", "in_use"] == 0
    assert seen["copilot_store_bytes", "vectors"] > 0
    assert any(key[0] == "process_resident_memory_bytes" for key in seen)
    assert any(key[0] == "copilot_passages_total" for key in seen)


def test_the_process_is_still_seen_while_the_database_is_away(client: TestClient, engine: Engine) -> None:
    def away(*_: object) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    event.listen(engine, "checkout", away)
    try:
        seen = scraped(client)
    finally:
        event.remove(engine, "checkout", away)
    assert seen["copilot_stores_up",] == 0
    assert seen["copilot_ingestion_seconds_count",] == 1
    assert not any(key[0] == "copilot_documents" for key in seen)


def draft(id: str, status: str, at: datetime) -> dict[str, object]:
    return {
        "id": id, "kind": "visit_brief", "language": "zh", "created_by": "lin", "created_at": at, "revision": 1,
        "status": status, "updated_at": at,
    }  # fmt: skip


def delivery(id: str, status: str, due_at: datetime, **values: object) -> dict[str, object]:
    return {
        "id": id, "draft_id": "d-1", "revision": 1, "channel": "email", "destination": id, "status": status,
        "attempts": 0, "due_at": due_at, "requested_by": "lin", "created_at": NOW - timedelta(hours=2),
        "leased_until": None,
    } | values  # fmt: skip


def test_what_waits_is_counted_with_its_age(application: Application, engine: Engine) -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    gap = {"question": "x", "language": "zh", "observations": 1, "askers": 1, "last_at": NOW}
    with engine.begin() as connection:
        connection.execute(insert(drafts), [draft("d-1", "open", NOW - day), draft("d-2", "rejected", NOW - 9 * day)])
        connection.execute(
            insert(deliveries),
            [
                delivery("due", "queued", NOW - hour),
                delivery("later", "queued", NOW + hour, created_at=NOW - 9 * day),
                delivery("left alone", "sending", NOW - hour, leased_until=NOW - hour),
                delivery("sent", "sent", NOW - hour, created_at=NOW - 9 * day),
            ],
        )
        connection.execute(
            insert(gaps),
            [
                {"id": "g-1", "status": "open", "first_at": NOW - 3 * day, **gap},
                {"id": "g-2", "status": "answered", "first_at": NOW - 30 * day, **gap},
            ],
        )
    backlog, cited = read_backlog(engine, NOW)
    assert backlog.deliveries == {("email", "queued"): 2, ("email", "sending"): 1, ("email", "sent"): 1}
    assert backlog.delivery_oldest_s == 2 * 3600  # what is not due yet waits for nothing
    assert backlog.deliveries_stuck == 1
    assert (backlog.gaps, backlog.gap_oldest_s) == ({"open": 1, "answered": 1}, 3 * 86400)
    assert (backlog.drafts, backlog.draft_oldest_s) == ({"open": 1, "rejected": 1}, 86400)
    assert backlog.schedule_lag_s == 0
    assert cited == frozenset()
