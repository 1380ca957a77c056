"""Many events at once, a fifth of them twice, with a Slack that fails at random: who gets how many answers, how fast.

The app, bolt, the database and HTTP on both sides are real; answers come from a stand-in, so that what is measured is
Slack's side. Run: python -m tests.studies.slack_load [--events 500] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

from copilot.adapters.sql.slack_store import SqlSlackStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.bootstrap.home import database
from copilot.bootstrap.slack import slack_of
from copilot.interfaces.contract import AnswerBody, AskBody
from copilot.people.pace import Pacing, Rates
from knowledge.errors import IndexUnavailable, UnknownDocument
from tests.doubles.slack_server import Failure, Sender, SlackServer, broken, busy, slack_server
from tests.doubles.slack_world import BOT, Json, SlackWorld
from tests.slack_stage import http_of_slack, slack_settings

USERS = 60
SENDERS = 12


class FastCopilot:
    """Answers at once, and now and then not at all; nobody asks it for gaps or knowledge."""

    gaps: Any = None
    knowledge: Any = None

    def __init__(self, seed: int, trouble: float = 0.05) -> None:
        self._chance = random.Random(seed)
        self._trouble = trouble
        self._lock = threading.Lock()

    def ask(self, body: AskBody, *, caller: object = None, listen: Any = lambda _: None) -> AnswerBody:
        """Answer; raises what the real one may raise, and what nobody foresaw."""
        with self._lock:
            chance = self._chance.random()
        listen("searching")
        if chance < self._trouble:
            raise IndexUnavailable("The index is away. Ask again.")
        if chance < self._trouble * 1.3:
            raise ValueError("unforeseen")
        id = str(uuid4())
        return AnswerBody(
            id=id,
            answer_id=id,
            conversation_id=id,
            question=body.question,
            standalone_question=body.question,
            language="zh",
            status="answered",
            answer=f"答:{body.question[:80]}",
            explanation="",
            composer="extractive",
        )


@dataclass
class Outcome:
    """What came of it."""

    addressed: int = 0
    sent: int = 0
    ack_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)  #: how many addressed messages have so many replies
    unfinished: int = 0
    strays: int = 0  #: messages of ours that answer nothing that was addressed to us
    calls: int = 0
    failed_calls: int = 0
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def summary(self) -> Json:
        """Return the figures."""
        times = sorted(self.ack_ms)
        at = lambda share: round(times[min(len(times) - 1, int(len(times) * share))], 1)  # noqa: E731
        return {
            "events_sent": self.sent,
            "addressed": self.addressed,
            "replies_per_addressed": dict(self.answers),
            "unfinished": self.unfinished,
            "strays": self.strays,
            "api_calls": self.calls,
            "api_calls_failed": self.failed_calls,
            "violations": len(self.violations),
            "ack_ms": {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": round(times[-1], 1)},
            "http": dict(self.statuses),
            "seconds": round(self.seconds, 1),
        }


@contextmanager
def app_of(server: SlackServer, home: Path, seed: int) -> Iterator[tuple[Sender, SqlSlackStore]]:
    """Start the app on a stand-in."""
    settings = slack_settings(home, server.api_url)
    engine = database(settings)
    transactions = SqlTransactions(engine)

    def unknown(*_: object) -> object:
        raise UnknownDocument("none")

    connection = slack_of(
        settings,
        engine,
        copilot=cast(Any, FastCopilot(seed)),
        people=cast(Any, SimpleNamespace(people=list)),
        documents=cast(Any, SimpleNamespace(find=unknown)),
        transactions=transactions,
        pacing=Pacing(Rates()),
    )
    assert connection is not None
    connection.start()
    try:
        assert connection.wait(30), connection.problem
        with http_of_slack(connection) as address:
            yield Sender(server, address), SqlSlackStore(engine, transactions)
    finally:
        connection.stop()
        engine.dispose()


def run(events: int = 500, seed: int = 1, *, duplicates: float = 0.2, failures: float = 0.1) -> Outcome:
    """Send the events and count."""
    chance, outcome = random.Random(seed), Outcome()
    world = SlackWorld()
    users = [world.user(f"U{number:04}", f"user{number}") for number in range(USERS)]
    for channel in ("C0ONE", "C0TWO", "C0THREE"):
        world.channel(channel, users[:20])
    world.channel("C0SHARED", users[:5], is_ext_shared=True)
    for user in users:
        world.direct(user)
    trouble, lock = random.Random(seed + 1), threading.Lock()

    def chaos(method: str) -> Failure | None:
        with lock:
            drawn = trouble.random()
        if method == "auth.test" or drawn >= failures:
            return None
        outcome.failed_calls += 1
        return [busy("0"), broken(), broken(done=True), Failure(status=503)][int(drawn / failures * 4)]

    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, slack_server(world) as server:
        server.chaos = chaos
        with app_of(server, Path(folder), seed) as (sender, store):
            addressed = _send(sender, chance, users, events, duplicates, outcome)
            ends = time.monotonic() + 120
            while store.waiting() and time.monotonic() < ends:
                time.sleep(0.05)
            outcome.unfinished = store.waiting()
        _count(world, addressed, outcome)
    outcome.seconds = time.monotonic() - started
    return outcome


def _send(
    sender: Sender, chance: random.Random, users: list[str], events: int, duplicates: float, outcome: Outcome
) -> set[str]:
    addressed: set[str] = set()
    roots: list[Json] = []
    lock = threading.Lock()

    def post(envelope: Json, retry: int) -> None:
        begun = time.monotonic()
        status, _ = sender.event(envelope, retry=retry)
        with lock:
            outcome.ack_ms.append((time.monotonic() - begun) * 1000)
            outcome.statuses[status] += 1
            outcome.sent += 1

    with ThreadPoolExecutor(SENDERS) as pool:
        waiting = []
        while len(waiting) < events:
            kind = chance.choices(
                ["mention", "direct", "follow", "chat", "bot", "edit", "shared"], [4, 3, 2, 1, 1, 1, 1]
            )[0]
            user, channel = chance.choice(users[:20]), chance.choice(["C0ONE", "C0TWO", "C0THREE"])
            bodies: list[Json] = []
            message: Json | None = None
            if kind == "mention":
                message, envelope = sender.mention(channel, user, f"问题 {len(waiting)}")
                bodies = [envelope, sender.envelope(message | {"channel_type": "channel"})]
            elif kind == "direct":
                user = chance.choice(users)
                message, envelope = sender.message(f"D{user[1:]}", user, f"问题 {len(waiting)}")
                bodies = [envelope]
            elif kind == "follow" and roots:
                root = chance.choice(roots)
                message, envelope = sender.message(root["channel"], user, f"接着 {len(waiting)}", thread=root["ts"])
                bodies = [envelope]
            elif kind == "bot":
                said = sender.world.said(channel, "U0ROBOT", f"<@U0BOT> 日报 {BOT}", bot_id="B0ROBOT")
                bodies = [sender.envelope(said | {"channel_type": "channel"})]
            elif kind == "edit":
                said = sender.world.said(channel, user, "改过的话")
                changed = {"type": "message", "subtype": "message_changed", "channel": channel, "ts": said["ts"]}
                bodies = [sender.envelope(changed | {"message": said})]
            elif kind == "shared":
                _, envelope = sender.mention("C0SHARED", users[0], "外部频道")
                bodies = [envelope]
            else:
                _, envelope = sender.message(channel, user, "大家下午好")
                bodies = [envelope]
            if message is not None:
                addressed.add(f"message:{message['channel']}:{message['ts']}")
                outcome.addressed += 1
            chance.shuffle(bodies)
            for body in bodies:
                done = pool.submit(post, body, 0)
                waiting.append(done)
                if chance.random() < duplicates:
                    waiting.append(pool.submit(post, body, 1))
            if kind == "mention" and message is not None:
                done.result()  # a thread is followed from when its mention was taken
                roots.append(message)
        for one in waiting:
            one.result()
    return addressed


def _count(world: SlackWorld, addressed: set[str], outcome: Outcome) -> None:
    replies: Counter[str] = Counter()
    for message in world.ours():
        key = ((message.get("metadata") or {}).get("event_payload") or {}).get("key")
        if key is None or key not in addressed or message.get("streaming"):
            outcome.strays += 1
        else:
            replies[key] += 1
    outcome.answers = Counter(replies.get(key, 0) for key in addressed)
    outcome.calls = len(world.calls)
    outcome.violations = list(world.violations)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps(run(options.events, options.seed).summary(), indent=2))


if __name__ == "__main__":
    main()
