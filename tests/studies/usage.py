"""A synthetic year of use, drawn from a seed and written in bulk: it says nothing about real people or customers."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert

from copilot.adapters.sql import tables as t
from knowledge.adapters.sql import tables as k

_PORTION = 5_000
_STATUSES = ("answered",) * 70 + ("partial",) * 10 + ("clarify",) * 4 + ("abstained",) * 16
_REASONS = ("not_in_knowledge",) * 10 + ("out_of_scope",) * 3 + ("no_permission",) * 2 + ("retrieval_failed",)
_SURFACES = ("app",) * 5 + ("slack",) * 4 + ("http",) * 2 + ("cli", "widget", "sidebar")
_KINDS = ("customer_message",) * 8 + ("success_plan", "qbr", "renewal_brief", "proposal", "call_script", "value_update")
_STAGES = ("onboarding", "adoption", "growth", "renewal")
_BANDS = ("risk", "watch", "healthy")
_WHY = ("语气不合适", "缺少具体数据", "The date is wrong", "客户已经续约")
_NAMES = ("续约", "试用", "异议", "交接", "健康分", "复盘", "报价", "上线", "增购", "案例")
#: About as long as what real answers keep; never read by what is timed, as in use.
_BODY = {"text": "合成数据," * 150, "explanation": "", "citations": [], "grounding": []}


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is of what; the year ends at `until`."""

    answers: int = 200_000
    drafts: int = 20_000
    people: int = 60
    documents: int = 400
    accounts: int = 3_000
    until: datetime = datetime(2026, 11, 26, 12, tzinfo=UTC)


def fill(engine: Engine, size: Size, seed: int = 1) -> None:
    """Write a year of use into an empty database."""
    draw = random.Random(seed)
    people = [f"person{n:02d}" for n in range(size.people)]
    documents = [f"{n:016x}" for n in range(size.documents)]
    with engine.begin() as connection:
        _write(connection, t.people, _people(people, size))
        _write(connection, k.documents, _documents(documents, people, draw, size))
        _write(connection, t.accounts, _accounts(people, draw, size))
        _write(connection, t.account_transitions, _moves(draw, size))
        _fill_answers(connection, people, documents, draw, size)
        _fill_drafts(connection, people, documents, draw, size)
        _fill_suggestions(connection, people, documents, draw, size)


def _write(connection: Connection, table: Table, rows: Iterator[Mapping[str, Any]]) -> None:
    while portion := [dict(row) for row in islice(rows, _PORTION)]:
        connection.execute(insert(table), portion)


def _moment(draw: random.Random, size: Size) -> datetime:
    return size.until - timedelta(seconds=draw.random() * 365 * 86_400)


def _id(draw: random.Random) -> str:
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))


def _people(people: Sequence[str], size: Size) -> Iterator[Mapping[str, Any]]:
    for n, person in enumerate(people):
        yield {
            "id": person,
            "name": f"合成 {n}",
            "email": f"{person}@example.com",
            "roles": ["manager"] if n % 10 == 0 else ["frontline"],
            "groups": [f"team{n // 10}"],
            "active": True,
            "created_at": size.until - timedelta(days=400),
        }


def _documents(
    ids: Sequence[str], people: Sequence[str], draw: random.Random, size: Size
) -> Iterator[Mapping[str, Any]]:
    for n, id in enumerate(ids):
        verified = (size.until - timedelta(days=draw.randrange(10, 300))).date() if draw.random() < 0.6 else None
        review = None if verified is None else verified + timedelta(days=180)
        metadata: dict[str, Any] = {"kind": "playbook", "audience": "internal", "owner": draw.choice([*people, None])}
        if verified is not None and review is not None:
            metadata |= {"verified_on": verified.isoformat(), "review_by": review.isoformat()}
        yield {
            "id": id,
            "origin": "synthetic",
            "source": f"synthetic/{n}.md",
            "version": 1,
            "title": f"{_NAMES[n % len(_NAMES)]}打法(合成 {n})",
            "audience": "internal",
            "access": "internal",
            "metadata": metadata,
            "verified_on": verified,
            "review_by": review,
            "fingerprint": id,
            "content_hash": id,
            "text_hash": id,
            "recipe": "synthetic",
            "characters": 1_000,
            "chunk_count": 3,
            "duplicate_of": None,
            "warnings": [],
            "sketch": None,
            "created_at": size.until - timedelta(days=380),
            "updated_at": size.until - timedelta(days=draw.randrange(1, 380)),
        }


def _accounts(people: Sequence[str], draw: random.Random, size: Size) -> Iterator[Mapping[str, Any]]:
    for n in range(size.accounts):
        bought = draw.randrange(10, 400)
        yield {
            "id": f"account-{n:05d}",
            "type": "account",
            "facts": {
                "name": f"合成客户 {n}",
                "owner": draw.choice([*people, None]),
                "annual_fee_cny": draw.choice((8_000, 30_000, 120_000, 600_000)),
                "lifecycle_stage": draw.choice(_STAGES),
                "days_since_signing": draw.randrange(1, 900),
                "contract_end_in_days": draw.randrange(-20, 400),
                "seats_bought": bought,
                "seats_active": draw.randrange(bought),
                "usage_trend": draw.choice(("rising", "flat", "falling")),
                "first_value_delivered": draw.random() < 0.8,
                "last_contact_days": draw.randrange(90),
                "notes": "合成记录," * 40,
            },
            "updated_at": size.until - timedelta(days=draw.randrange(30)),
        }


def _moves(draw: random.Random, size: Size) -> Iterator[Mapping[str, Any]]:
    for n in range(size.accounts * 4):
        before, after = draw.sample(_BANDS, 2)
        ended = draw.choice(("renewed", "expanded", "churned")) if draw.random() < 0.1 else None
        stage = draw.choice(_STAGES)
        yield {
            "id": f"{n:032x}",
            "account_id": f"account-{draw.randrange(size.accounts):05d}",
            "from_stage": stage,
            "from_band": before,
            "action": None,
            "to_stage": None if ended else stage,
            "to_band": None if ended else after,
            "ended": ended,
            "at": _moment(draw, size),
            "source": "synthetic",
        }


def _fill_answers(
    connection: Connection, people: Sequence[str], documents: Sequence[str], draw: random.Random, size: Size
) -> None:
    talks = [(_id(draw), draw.choice(people)) for _ in range(max(1, size.answers // 2))]
    start = size.until - timedelta(days=366)
    rows = ({"id": id, "person": person, "created_at": start} for id, person in talks)
    _write(connection, t.conversations, rows)
    ids = [_id(draw) for _ in range(size.answers)]
    cited: list[Mapping[str, Any]] = []
    votes: list[Mapping[str, Any]] = []

    def answers() -> Iterator[Mapping[str, Any]]:
        for id in ids:
            status, at, (talk, person) = draw.choice(_STATUSES), _moment(draw, size), draw.choice(talks)
            if status in ("answered", "partial"):
                # A few documents have most of the use, as everywhere.
                used = {documents[int(len(documents) * 0.9 * draw.random() ** 3)] for _ in range(draw.randrange(1, 4))}
                cited.extend({"answer_id": id, "document_id": document, "version": 1} for document in sorted(used))
                if draw.random() < 0.05:
                    helped = draw.random() < 0.85
                    votes.append({"answer_id": id, "person": person, "helpful": helped, "at": at})
            yield {
                "id": id,
                "conversation_id": talk,
                "question": "合成问题",
                "status": status,
                "body": _BODY,
                "created_at": at,
                "reason": draw.choice(_REASONS) if status == "abstained" else None,
                "intent": "smalltalk" if draw.random() < 0.02 else "question",
                "language": "zh",
                "audience": "internal",
                "account_id": None,
                "surface": draw.choice(_SURFACES),
                "composer": "extractive",
            }

    _write(connection, t.answers, answers())
    _write(connection, t.answer_citations, iter(cited))
    _write(connection, t.answer_feedback, iter(votes))


def _fill_drafts(
    connection: Connection, people: Sequence[str], documents: Sequence[str], draw: random.Random, size: Size
) -> None:
    drafts: list[Mapping[str, Any]] = []
    revisions: list[Mapping[str, Any]] = []
    decisions: list[Mapping[str, Any]] = []
    deliveries: list[Mapping[str, Any]] = []
    for _ in range(size.drafts):
        id, at, person, last = _id(draw), _moment(draw, size), draw.choice(people), draw.choice((1, 1, 1, 2, 3))
        status = draw.choice(("open", "approved", "approved", "approved", "delivered", "delivered", "rejected"))
        drafts.append(
            {
                "id": id,
                "kind": draw.choice(_KINDS),
                "account_id": f"account-{draw.randrange(size.accounts):05d}",
                "language": "zh",
                "created_by": person,
                "created_at": at,
                "revision": last,
                "status": status,
                "updated_at": at,
                "inputs": {},
            }
        )
        revisions += [_revision(id, number, person, at, documents, draw) for number in range(1, last + 1)]
        if status != "open":
            decisions.append(
                {
                    "id": _id(draw),
                    "draft_id": id,
                    "revision": last,
                    "verdict": "reject" if status == "rejected" else "approve",
                    "person": person,
                    "on_behalf_of": None,
                    "reason": draw.choice(_WHY) if status == "rejected" else None,
                    "surface": "app",
                    "at": at,
                    "key": id,
                    "findings": [],
                }
            )
        if status == "delivered":
            sent = draw.random() < 0.95
            deliveries.append(
                {
                    "id": _id(draw),
                    "draft_id": id,
                    "revision": last,
                    "channel": draw.choice(("file", "email", "webhook")),
                    "destination": "synthetic@example.com",
                    "status": "sent" if sent else draw.choice(("dead", "blocked")),
                    "attempts": 1,
                    "due_at": at,
                    "requested_by": person,
                    "created_at": at,
                    "sent_at": at if sent else None,
                }
            )
    for table, rows in (
        (t.drafts, drafts),
        (t.draft_revisions, revisions),
        (t.decisions, decisions),
        (t.deliveries, deliveries),
    ):
        _write(connection, table, iter(rows))


def _revision(
    draft: str, number: int, person: str, at: datetime, documents: Sequence[str], draw: random.Random
) -> Mapping[str, Any]:
    quotes = [
        {
            "number": n,
            "document_id": documents[int(len(documents) * 0.5 * draw.random() ** 2)],
            "version": 1,
            "source": "synthetic.md",
            "title": "合成",
            "heading_path": ["合成"],
            "quote": "合成引文," * 12,
            "start": 0,
            "end": 60,
        }
        for n in range(1, 4)
    ]
    return {
        "draft_id": draft,
        "number": number,
        "content": "合成草稿。" * 200,
        "quotes": quotes,
        "findings": [],
        "author": person,
        "surface": "app",
        "at": at,
        "based_on": number - 1 or None,
    }


def _fill_suggestions(
    connection: Connection, people: Sequence[str], documents: Sequence[str], draw: random.Random, size: Size
) -> None:
    shown: list[Mapping[str, Any]] = []
    said: list[Mapping[str, Any]] = []
    for _ in range(size.drafts // 2):
        id, at = _id(draw), _moment(draw, size)
        playbook = str(int(len(documents) * 0.3 * draw.random() ** 2))
        account = f"account-{draw.randrange(size.accounts):05d}"
        shown.append({"id": id, "account_id": account, "action": "call", "playbook": playbook, "shown_at": at})
        if draw.random() < 0.6:
            verdict = draw.choice(("accepted", "accepted", "accepted", "later", "rejected"))
            said.append(
                {"suggestion_id": id, "person": draw.choice(people), "verdict": verdict, "reason": None, "at": at}
            )
    _write(connection, t.suggestions, iter(shown))
    _write(connection, t.suggestion_reactions, iter(said))
