"""What Slack sends becomes a claim before Slack is told that we have it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from copilot.interfaces.slack.claims import ENGAGED_FOR, LEASE, Claim, ClaimStore
from copilot.interfaces.slack.deciding import Decision, Outcome, Seen, decide_at_once
from copilot.interfaces.slack.events import Incoming, read_message
from copilot.interfaces.slack.posting import Poster
from copilot.interfaces.slack.texts import Language
from copilot.interfaces.slack.workers import Workers
from knowledge.text import is_chinese

_log = logging.getLogger(__name__)

#: Words about the queue that wait to be told; more would come too late to be of use.
_MOST_TOLD = 20


class Intake:
    """Fast by design: a row in the database and a place in the queue, nothing is asked of Slack."""

    def __init__(
        self,
        *,
        claims: ClaimStore,
        workers: Workers,
        poster: Poster,
        us: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._claims = claims
        self._workers = workers
        self._poster = poster
        self._us = us
        self._now = now
        self._courier = ThreadPoolExecutor(1, thread_name_prefix="slack-courier")
        self._room = threading.Semaphore(_MOST_TOLD)

    def message(self, body: Mapping[str, Any]) -> Decision | None:
        """Take in an event about a message; returns why it is ignored, None where it was taken."""
        incoming = read_message(body, self._us, self._engaged)
        if incoming is None:
            return Decision(outcome=Outcome.IGNORE, reason="no_message")
        decision = decide_at_once(incoming.situation)
        if decision is None:
            claim = self._claim_of(incoming)
            if self._take(claim):
                return None
            decision = decide_at_once(replace(incoming.situation, seen=self._seen(incoming)))
        if decision is not None:
            _log.info("%s of %s is ignored: %s", incoming.key, incoming.user or "nobody", decision.reason)
        return decision

    def request(
        self,
        key: str,
        kind: str,
        *,
        channel: str,
        person: str,
        work: Mapping[str, Any],
        thread: str = "",
        ts: str = "",
    ) -> bool:
        """Take in a command, a shortcut or a click that is answered with a message; False: taken before."""
        now = self._now()
        claim = Claim(
            key=key[:300],
            event_id=None,
            kind=kind,
            channel=channel,
            thread=thread,
            ts=ts,
            person=person,
            work=work,
            at=now,
            lease=now + LEASE,
        )
        return self._take(claim)

    def close(self) -> None:
        """Tell nothing more."""
        self._courier.shutdown(wait=False, cancel_futures=True)

    def _take(self, claim: Claim) -> bool:
        if not self._claims.claim(claim):
            return False
        ahead = self._workers.put(claim)
        if ahead > 0 and claim.thread and self._room.acquire(blocking=False):
            language: Language = "zh" if is_chinese(str(claim.work.get("text") or "")) else "en"
            try:
                told = self._courier.submit(
                    self._poster.tell_status, claim.channel, claim.thread, language, ahead=ahead
                )
                told.add_done_callback(lambda _: self._room.release())
            except RuntimeError:  # it is being closed
                self._room.release()
        return True

    def _claim_of(self, incoming: Incoming) -> Claim:
        now = self._now()
        return Claim(
            key=incoming.key,
            event_id=incoming.event_id,
            kind=incoming.via.value,
            channel=incoming.channel,
            thread=incoming.thread or incoming.ts,
            ts=incoming.ts,
            person=incoming.user,
            work={"text": incoming.text, "files": incoming.files, "external": incoming.external},
            at=now,
            lease=now + LEASE,
        )

    def _seen(self, incoming: Incoming) -> Seen:
        before = self._claims.claimed(incoming.key)
        same = before is None or before.event_id == incoming.event_id
        return Seen.RETRY if same else Seen.TWIN

    def _engaged(self, channel: str, thread: str) -> bool:
        return self._claims.engaged(channel, thread, self._now() - ENGAGED_FOR)
