"""What was acknowledged, compared with what is there: read from the database, the files and the receiver themselves."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import Connection, create_engine, func, select

from copilot.adapters.sql.tables import accounts, answers, audit_log, decisions, deliveries, drafts
from knowledge.adapters.sql.tables import documents
from tests.studies.faulty.scene import Scene
from tests.studies.faulty.traffic import Ledger

#: Each of these is noted at most once for one subject.
_ONCE = ("draft.created", "draft.approved", "delivery.requested", "delivery.sent")


@dataclass
class Reckoning:
    """What should not be."""

    lost: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    again: int = 0


@contextmanager
def _rows(scene: Scene) -> Iterator[Connection]:
    engine = create_engine(scene.database)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def settled(scene: Scene, ledger: Ledger, within_s: float) -> bool:
    """Wait until what was asked for has left and what was uploaded is indexed; False when that does not happen."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        with _rows(scene) as rows:
            sent = {row.id for row in rows.execute(select(deliveries.c.id).where(deliveries.c.status == "sent"))}
            sources = set(rows.execute(select(documents.c.source)).scalars())
        if set(ledger.deliveries) <= sent and not (set(ledger.uploads) - sources - _told(scene, ledger)):
            return True
        time.sleep(0.2)
    return False


def _told(scene: Scene, ledger: Ledger) -> set[str]:
    """Return the uploads of which it was told that they failed: their people know, and the next run takes them."""
    failed = set()
    for source, ingestion in ledger.uploads.items():
        try:
            reply = scene.client.get(f"/v1/ingestions/{ingestion}")
        except httpx.TransportError:
            continue
        if reply.is_success and reply.json()["status"] == "failed":
            failed.add(source)
    return failed


def reckon(scene: Scene, ledger: Ledger, seen: int) -> Reckoning:
    """Compare; `seen` is how much the receiver had before."""
    found = Reckoning()
    uploads_told = _told(scene, ledger)
    with _rows(scene) as rows:
        kept = {
            "accounts": set(rows.execute(select(accounts.c.id)).scalars()),
            "answers": set(rows.execute(select(answers.c.id)).scalars()),
        }
        sources = Counter(rows.execute(select(documents.c.source)).scalars())
        _compare_drafts(rows, ledger, found)
        _compare_deliveries(rows, scene, ledger, found, seen)
        noted = rows.execute(
            select(audit_log.c.action, audit_log.c.subject, func.count())
            .where(audit_log.c.action.in_(_ONCE))
            .group_by(audit_log.c.action, audit_log.c.subject)
            .having(func.count() > 1)
        )
        found.twice += [f"{action} {subject} noted {count} times" for action, subject, count in noted]
    begun = ledger.accounts[: ledger.acknowledged["accounts"]]
    found.lost += [f"account {one}" for one in begun if one not in kept["accounts"]]
    found.lost += [f"answer {one}" for one in ledger.answers if one not in kept["answers"]]
    found.lost += [f"upload {one}" for one in ledger.uploads if one not in sources and one not in uploads_told]
    found.twice += [f"document {source}" for source, count in sources.items() if count > 1]
    check = scene.client.get("/v1/audit/check")
    found.lost += [f"audit: {fault}" for fault in check.json()["faults"]] if check.is_success else ["audit unreadable"]
    return found


def _compare_drafts(rows: Connection, ledger: Ledger, found: Reckoning) -> None:
    by_account: dict[str, list[str]] = {}
    for row in rows.execute(select(drafts.c.id, drafts.c.account_id)):
        by_account.setdefault(row.account_id, []).append(row.id)
    decided = Counter(rows.execute(select(decisions.c.draft_id)).scalars())
    for account, draft in ledger.drafts.items():
        there = by_account.get(account, [])
        if draft not in there:
            found.lost.append(f"draft {draft}")
        if len(there) > 1:
            found.twice.append(f"{len(there)} drafts of {account}")
    for draft in ledger.approved:
        if decided[draft] == 0:
            found.lost.append(f"decision on {draft}")
        if decided[draft] > 1:
            found.twice.append(f"{decided[draft]} decisions on {draft}")


def _compare_deliveries(rows: Connection, scene: Scene, ledger: Ledger, found: Reckoning, seen: int) -> None:
    kept: Mapping[str, Any] = {row.id: row for row in rows.execute(select(deliveries))}
    received = Counter(one.headers["idempotency-key"] for one in scene.receiver.received[seen:])
    approved = set(rows.execute(select(decisions.c.draft_id).where(decisions.c.verdict == "approve")).scalars())
    for id, account in ledger.deliveries.items():
        row = kept.get(id)
        if row is None or row.status != "sent":
            found.lost.append(f"delivery {id}: {'gone' if row is None else row.status}")
        elif row.channel == "webhook" and id not in received:
            found.lost.append(f"delivery {id}: noted as sent and never received")
        elif row.channel == "file" and not (scene.home / "exports" / f"{account}.md").is_file():
            found.lost.append(f"delivery {id}: noted as sent and no file")
    for key in received:
        if key not in kept or kept[key].draft_id not in approved:
            found.leaked.append(f"received {key}, which nobody approved")
    asked = Counter((row.draft_id, row.channel, row.destination) for row in kept.values())
    found.twice += [f"{count} deliveries to {to}" for (_, _, to), count in asked.items() if count > 1]
    found.lost += [f"unfinished file {one.name}" for one in (scene.home / "exports").rglob(".*.part")]
    found.leaked += [f"file {one.name}" for one in (scene.home / "exports").rglob("early-*")]
    found.again += sum(count - 1 for count in received.values())
