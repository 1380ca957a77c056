"""Claims and kept messages of the Slack app on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, and_, delete, func, or_, select, update

from copilot.adapters.sql.moment import aware
from copilot.adapters.sql.tables import slack_events, slack_messages
from copilot.adapters.sql.transactions import SqlTransactions, connection_of
from copilot.adapters.sql.upsert import insert_new, put
from copilot.interfaces.slack.claims import SHARED, Claim, ClaimStatus, Kept

#: Refusals that begin no conversation: whoever writes below them talks to others.
_NO_TALK = ("guest", "stranger", "inactive", "external_channel")
#: What begins a conversation that everybody sees; commands, shortcuts and clicks are answered beside it.
_ALOUD = ("mention", "direct", "engaged")
_OPEN = slack_events.c.status == ClaimStatus.CLAIMED.value


class SqlSlackStore:
    """Implements `ClaimStore` and `KeptStore`; writers wait for each other as everywhere in this database."""

    def __init__(self, engine: Engine, transactions: SqlTransactions) -> None:
        self._engine = engine
        self._transactions = transactions

    def claim(self, claim: Claim) -> bool:
        """Take something on; False when its key or its event was taken before."""
        with self._transactions.begin() as transaction:
            return insert_new(connection_of(transaction), slack_events, _values(claim))

    def claimed(self, key: str) -> Claim | None:
        """Return a claim."""
        with self._engine.connect() as connection:
            row = connection.execute(select(slack_events).where(slack_events.c.key == key)).first()
        return None if row is None else _claim(row)

    def take_over(self, now: datetime, until: datetime, limit: int) -> Sequence[Claim]:
        """Lease what is not finished and nobody works on any more; a lease far ahead comes from a wrong clock."""
        now, until = now.astimezone(UTC), until.astimezone(UTC)
        query = (
            select(slack_events)
            .where(_OPEN, or_(slack_events.c.lease <= now, slack_events.c.lease > until + (until - now) * 20))
            .order_by(slack_events.c.at, slack_events.c.key)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        with self._transactions.begin() as transaction:
            connection = connection_of(transaction)
            found = [_claim(row) for row in connection.execute(query)]
            if not found:
                return []
            keys = [one.key for one in found]
            connection.execute(
                update(slack_events)
                .where(slack_events.c.key.in_(keys))
                .values(lease=until, attempts=slack_events.c.attempts + 1)
            )
            again = connection.execute(
                select(slack_events).where(slack_events.c.key.in_(keys)).order_by(slack_events.c.at, slack_events.c.key)
            )
            return [_claim(row) for row in again]

    def renew(self, claim: Claim, until: datetime) -> Claim | None:
        """Go on with a claim; None when somebody else has taken it over or finished it."""
        with self._transactions.begin() as transaction:
            connection = connection_of(transaction)
            mine = and_(
                slack_events.c.key == claim.key,
                _OPEN,
                slack_events.c.attempts == claim.attempts,
            )
            changed = connection.execute(update(slack_events).where(mine).values(lease=until.astimezone(UTC)))
            if changed.rowcount != 1:
                return None
            row = connection.execute(select(slack_events).where(slack_events.c.key == claim.key)).one()
        return _claim(row)

    def writing(self, claim: Claim, answer_ts: str | None) -> None:
        """Remember which message the answer is being written into; None: into none after all."""
        self._change(claim.key, {"answer_ts": answer_ts})

    def settle(self, key: str, status: ClaimStatus, reason: str | None = None, answer_ts: str | None = None) -> bool:
        """Finish a claim; False when it was finished before."""
        values: dict[str, Any] = {"status": status.value, "reason": reason}
        if answer_ts is not None:
            values["answer_ts"] = answer_ts
        return self._change(key, values)

    def put_off(self, claim: Claim, until: datetime, reason: str) -> None:
        """Let go of a claim until later."""
        self._change(claim.key, {"lease": until.astimezone(UTC), "reason": reason})

    def engaged(self, channel: str, thread: str, since: datetime) -> bool:
        """Tell whether something was asked of us, or shared, where everybody in a thread saw it since then."""
        query = (
            select(slack_events.c.key)
            .where(
                slack_events.c.channel == channel,
                slack_events.c.thread == thread,
                slack_events.c.kind.in_(_ALOUD),
                slack_events.c.status != ClaimStatus.IGNORED.value,
                or_(slack_events.c.reason.is_(None), slack_events.c.reason.not_in(_NO_TALK)),
                slack_events.c.at >= since.astimezone(UTC),
            )
            .limit(1)
        )
        shared = (
            select(slack_messages.c.id)
            .where(
                slack_messages.c.kind == "answer",
                slack_messages.c.channel == channel,
                slack_messages.c.thread == thread,
                slack_messages.c.id.endswith(SHARED, autoescape=True),
                slack_messages.c.at >= since.astimezone(UTC),
            )
            .limit(1)
        )
        with self._engine.connect() as connection:
            return any(connection.execute(one).first() is not None for one in (query, shared))

    def answers(self, channel: str, thread: str) -> set[str]:
        """Return the messages of a thread that answer something, or are being written."""
        query = select(slack_events.c.answer_ts).where(
            slack_events.c.channel == channel, slack_events.c.thread == thread, slack_events.c.answer_ts.is_not(None)
        )
        with self._engine.connect() as connection:
            return {str(row.answer_ts) for row in connection.execute(query)}

    def waiting(self) -> int:
        """Count what is not finished."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(slack_events).where(_OPEN)).scalar_one())

    def keep(self, kept: Kept) -> None:
        """Keep what a message is about; the same id again replaces it."""
        values = {
            "id": kept.id,
            "kind": kept.kind,
            "subject": kept.subject,
            "channel": kept.channel,
            "thread": kept.thread,
            "ts": kept.ts,
            "person": kept.person,
            "body": dict(kept.body),
            "at": kept.at.astimezone(UTC),
        }
        with self._transactions.begin() as transaction:
            put(connection_of(transaction), slack_messages, values, ["id"])

    def about(self, kind: str, subject: str) -> Sequence[Kept]:
        """Return the messages about something, oldest first."""
        query = (
            select(slack_messages)
            .where(slack_messages.c.kind == kind, slack_messages.c.subject == subject)
            .order_by(slack_messages.c.at, slack_messages.c.id)
        )
        with self._engine.connect() as connection:
            return [_kept(row) for row in connection.execute(query)]

    def conversation(self, channel: str, thread: str | None, since: datetime, limit: int) -> Sequence[Kept]:
        """Return the last answers of a thread or, with None, of a whole channel, oldest first."""
        query = select(slack_messages).where(
            slack_messages.c.channel == channel,
            slack_messages.c.kind.in_(("answer", "draft")),
            slack_messages.c.at >= since.astimezone(UTC),
        )
        if thread is not None:
            query = query.where(slack_messages.c.thread == thread)
        query = query.order_by(slack_messages.c.at.desc(), slack_messages.c.id.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [_kept(row) for row in connection.execute(query)][::-1]

    def forget(self, before: datetime) -> int:
        """Forget what is older, and finished claims too; returns how many messages."""
        moment = before.astimezone(UTC)
        with self._transactions.begin() as transaction:
            connection = connection_of(transaction)
            connection.execute(
                delete(slack_events).where(
                    slack_events.c.at < moment, slack_events.c.status != ClaimStatus.CLAIMED.value
                )
            )
            return int(connection.execute(delete(slack_messages).where(slack_messages.c.at < moment)).rowcount)

    def _change(self, key: str, values: dict[str, Any]) -> bool:
        """Change a claim that is not finished."""
        with self._transactions.begin() as transaction:
            changed = connection_of(transaction).execute(
                update(slack_events).where(slack_events.c.key == key, _OPEN).values(values)
            )
            return bool(changed.rowcount == 1)


def _values(claim: Claim) -> dict[str, Any]:
    return {
        "key": claim.key,
        "event_id": claim.event_id,
        "kind": claim.kind,
        "channel": claim.channel,
        "thread": claim.thread,
        "ts": claim.ts,
        "person": claim.person,
        "work": dict(claim.work),
        "status": claim.status.value,
        "reason": claim.reason,
        "answer_ts": claim.answer_ts,
        "attempts": claim.attempts,
        "at": claim.at.astimezone(UTC),
        "lease": claim.lease.astimezone(UTC),
    }


def _claim(row: Row[Any]) -> Claim:
    return Claim(
        key=row.key,
        event_id=row.event_id,
        kind=row.kind,
        channel=row.channel,
        thread=row.thread,
        ts=row.ts,
        person=row.person,
        work=row.work,
        status=ClaimStatus(row.status),
        reason=row.reason,
        answer_ts=row.answer_ts,
        attempts=row.attempts,
        at=aware(row.at),
        lease=aware(row.lease),
    )


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        channel=row.channel,
        thread=row.thread,
        ts=row.ts,
        person=row.person,
        body=row.body,
        at=aware(row.at),
    )
