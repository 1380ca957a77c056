"""The queue in front of the database: who waits is told, what finds no room comes later, a stop gives back."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from copilot.interfaces.slack.claims import Claim, ClaimStore, KeptStore
from copilot.interfaces.slack.deciding import Decision, Outcome
from copilot.interfaces.slack.intake import Intake
from copilot.interfaces.slack.posting import Poster
from copilot.interfaces.slack.workers import Workers
from knowledge.errors import IndexUnavailable
from tests.slack_stage import wait_for

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


class Claims:
    """The part of a `ClaimStore` that is asked here."""

    def __init__(self) -> None:
        self.kept: dict[str, Claim] = {}
        self.due: list[Claim] = []
        self.put_back: list[tuple[str, str]] = []
        self.down = False

    def claim(self, claim: Claim) -> bool:
        if self.down:
            raise IndexUnavailable("The database is away.")
        new = claim.key not in self.kept and all(claim.event_id != one.event_id for one in self.kept.values())
        if new:
            self.kept[claim.key] = claim
        return new

    def claimed(self, key: str) -> Claim | None:
        return self.kept.get(key)

    def engaged(self, channel: str, thread: str, since: datetime) -> bool:
        return any((one.channel, one.thread) == (channel, thread) for one in self.kept.values())

    def take_over(self, now: datetime, until: datetime, limit: int) -> Sequence[Claim]:
        due, self.due = self.due[:limit], self.due[limit:]
        return [replace(one, attempts=one.attempts + 1) for one in due]

    def put_off(self, claim: Claim, until: datetime, reason: str) -> None:
        self.put_back.append((claim.key, reason))


class Told:
    """Takes what would be told."""

    def __init__(self) -> None:
        self.ahead: list[int] = []

    def tell_status(self, channel: str, thread: str, language: str, *, ahead: int = 0) -> None:
        self.ahead.append(ahead)


def a_claim(number: int) -> Claim:
    return Claim(
        key=f"k{number}",
        event_id=None,
        kind="mention",
        channel="C1",
        thread="1.0",
        ts=f"{number}.0",
        person="U1",
        at=NOW,
        lease=NOW + timedelta(minutes=4),
    )


def workers_of(claims: Claims, work: Any, **options: Any) -> Workers:
    given: dict[str, Any] = {"threads": 1, "look_every_s": 0.05} | options
    return Workers(work, claims=cast(ClaimStore, claims), kept=cast(KeptStore, claims), **given)


def event(text: str, ts: str, **more: Any) -> dict[str, Any]:
    told = {"type": "app_mention", "channel": "C1", "ts": ts, "user": "U1", "text": f"<@U0BOT> {text}"}
    return {"event_id": f"Ev{ts}", "event": told | more}


def test_who_has_to_wait_is_told_how_many_come_first() -> None:
    claims, told, go_on = Claims(), Told(), threading.Event()
    workers = workers_of(claims, lambda _: go_on.wait(5))
    intake = Intake(claims=cast(ClaimStore, claims), workers=workers, poster=cast(Poster, told), us="U0BOT")
    workers.start()
    assert intake.message(event("一", "1.0")) is None
    wait_for(lambda: workers._busy or None)
    for ts in ("2.0", "3.0"):
        assert intake.message(event("又一个", ts)) is None
    wait_for(lambda: True if told.ahead == [1, 2] else None)
    go_on.set()
    intake.close()
    workers.stop()


def test_what_has_come_before_is_ignored_with_the_reason() -> None:
    claims = Claims()
    workers = workers_of(claims, lambda _: None)
    intake = Intake(claims=cast(ClaimStore, claims), workers=workers, poster=cast(Poster, Told()), us="U0BOT")
    assert intake.message(event("一", "1.0")) is None
    retry = intake.message(event("一", "1.0"))
    twin = intake.message(event("一", "1.0", type="message") | {"event_id": "Ev-twin"})
    assert (retry, twin) == (
        Decision(outcome=Outcome.IGNORE, reason="retry"),
        Decision(outcome=Outcome.IGNORE, reason="twin"),
    )
    assert intake.message({"event": {"type": "reaction_added"}}) == Decision(
        outcome=Outcome.IGNORE, reason="no_message"
    )
    intake.close()


def test_what_cannot_be_written_down_is_not_acknowledged() -> None:
    claims = Claims()
    claims.down = True
    workers = workers_of(claims, lambda _: None)
    intake = Intake(claims=cast(ClaimStore, claims), workers=workers, poster=cast(Poster, Told()), us="U0BOT")
    with pytest.raises(IndexUnavailable):
        intake.message(event("一", "1.0"))
    intake.close()


def test_without_room_it_stays_in_the_database() -> None:
    claims = Claims()
    workers = workers_of(claims, lambda _: None, most=2)
    assert [workers.put(a_claim(number)) for number in range(3)] == [0, 1, 2]
    assert claims.put_back == [("k2", "queue_full")]


def test_a_stop_gives_back_what_was_not_begun() -> None:
    claims = Claims()
    workers = workers_of(claims, lambda _: None)
    workers.put(a_claim(1))
    workers.stop()
    assert claims.put_back == [("k1", "stopped")]
    assert workers.pause(10)
    workers.put(a_claim(2))
    assert claims.put_back[-1] == ("k2", "queue_full")


def test_what_waits_in_the_database_is_found() -> None:
    claims, done = Claims(), list[tuple[str, int]]()
    claims.due = [a_claim(1), a_claim(2)]
    workers = workers_of(claims, lambda claim: done.append((claim.key, claim.attempts)))
    workers.start()
    wait_for(lambda: True if sorted(done) == [("k1", 1), ("k2", 1)] else None)
    workers.stop()
