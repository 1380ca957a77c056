"""Half an hour of everything at once, with PostgreSQL, a Chroma server and a chat model that fail in turn.

People ask, write and sell; afterwards what was acknowledged is looked for, and what the server held is looked at.
Run: python -m tests.studies.soak [--minutes 30] [--seed 1] [--words]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, func, select, update

from copilot.adapters.sql.tables import answers, deliveries
from knowledge.adapters.packaged_model import unpacked_model
from tests.benchmarks.texts import pages, questions
from tests.contract.chroma_server import ChromaServer, chroma_server
from tests.doubles.openai_server import OpenAIServer, openai_server
from tests.doubles.webhook_receiver import WebhookReceiver, webhook_receiver
from tests.forked_commands import ForkedCommands
from tests.journey.served_home import ServedHome
from tests.postgres_server import postgres_server
from tests.studies.soak_faults import WELL, Fault, Faults, Gauge, Held, held
from tests.studies.soak_people import Asker, Book, Person, Seller, Writer

#: The first part of a run, in which caches fill, connections open and libraries load what they load late.
WARM_UP = 1 / 3
_ASKERS = 6
_EVERY_S = 5.0
_SETTLE_S = 120.0
_TRIAL = "---\nkind: faq\ntitle: 试用多久\naudience: customer\n---\n## 简答\n\n试用一般给 1 周,需要时再申请 1 周。\n"


@dataclass
class Outcome:
    """What came of it; `lost`, `twice` and `unexpected` are to be empty."""

    minutes: float
    book: Book = field(default_factory=Book)
    faults: list[Fault] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    chroma_mb: float = 0.0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    repeated_sends: int = 0  #: webhooks that came again under the same key, which says that they are the same
    audit_faults: int = 0

    @property
    def unexpected(self) -> list[str]:
        """What no careful client should have met."""
        return self.book.unexpected

    def steady(self) -> list[Held]:
        """Return what was held after the warm-up."""
        return [one for one in self.held if one.at_s >= self.minutes * 60 * WARM_UP]

    def slope_mb(self) -> float:
        """Return by how many megabytes an hour the memory grew after the warm-up (least squares)."""
        steady = self.steady()
        slope, _ = statistics.linear_regression([one.at_s / 3600 for one in steady], [one.rss_mb for one in steady])
        return slope

    def risen(self, of: Callable[[Held], float]) -> float:
        """Return by how much the middle of the last quarter is above that of the first one after the warm-up."""
        values = [of(one) for one in self.steady()]
        quarter = max(1, len(values) // 4)
        return statistics.median(values[-quarter:]) - statistics.median(values[:quarter])

    def summary(self) -> dict[str, Any]:
        """Return the figures."""
        times = sorted(self.book.ask_ms)
        at = lambda share: round(times[min(len(times) - 1, int(len(times) * share))])  # noqa: E731
        return {
            "minutes": self.minutes,
            "answers": len(self.book.answers),
            "replies": dict(self.book.replies),
            "ask_ms": {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": round(times[-1])} if times else {},
            "uploads": self.book.uploads,
            "deliveries": 2 * len(self.book.accounts),
            "faults": dict(Counter(one.name for one in self.faults)),
            "refused": dict(self.book.refused),
            "unexpected": self.unexpected[:20],
            "lost": self.lost[:20],
            "twice": self.twice[:20],
            "repeated_sends": self.repeated_sends,
            "audit_faults": self.audit_faults,
            "rss_mb_per_hour": round(self.slope_mb(), 1),
            "rss_mb_risen": round(self.risen(lambda one: one.rss_mb), 1),
            "threads_risen": self.risen(lambda one: one.threads),
            "files_risen": self.risen(lambda one: one.files),
            "chroma_mb": self.chroma_mb,
            "held": [asdict(one) for one in self.held[:: max(1, len(self.held) // 40)]],
        }


def run(minutes: float, seed: int = 1, *, models: Path | None = None) -> Outcome:
    """Soak; without `models`, the embedder that needs none is used."""
    outcome = Outcome(minutes=minutes)
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copilot-soak-")))
        (work / "chroma").mkdir()
        postgres = stack.enter_context(postgres_server())
        chroma = stack.enter_context(chroma_server(work / "chroma"))
        chat = stack.enter_context(openai_server(WELL))
        receiver = stack.enter_context(webhook_receiver())
        database = postgres.new_migrated_database()
        served = stack.enter_context(_served(work, database, chroma, chat, receiver, models))
        client = stack.enter_context(_client(served))
        writer = Writer(client, outcome.book, seed)
        gauge = Gauge(served.pid, _EVERY_S, also=chat.requests.clear)  # or this process would grow instead
        faults = Faults(postgres=postgres, database=database, chroma=chroma, chat=chat, seed=seed)
        with gauge.running():
            with faults.running():
                _live(stack, served, outcome.book, minutes, seed, receiver.url)
            outcome.faults = faults.done
            _settle(client, writer, outcome.book, database)
        outcome.held = gauge.held
        outcome.chroma_mb = held(Path("/proc") / str(chroma.pid)).rss_mb
        _look(client, outcome, database, receiver)
    return outcome


@contextmanager
def _served(
    work: Path,
    database: str,
    chroma: ChromaServer,
    chat: OpenAIServer,
    receiver: WebhookReceiver,
    models: Path | None,
) -> Iterator[ServedHome]:
    folder, home = work / "knowledge", work / "home"
    folder.mkdir()
    (folder / "trial.md").write_text(_TRIAL, "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COPILOT_")}
    environment = kept | {
        "COPILOT_HOME": str(home),
        "COPILOT_DATABASE_URL": database,
        "COPILOT_CHROMA_URL": chroma.url,
        "COPILOT_CHAT_MODEL": "openai:stand-in",
        "COPILOT_CHAT_BASE_URL": chat.base_url,
        "COPILOT_CHAT_API_KEY": "none",
        "COPILOT_CHAT_TIMEOUT_S": "3",
        "COPILOT_RATES": "ask=0, search=0, draft=0, upload=0, other=0",
        "COPILOT_DELIVERY_INTERNAL": f"127.0.0.1:{receiver.port}",
        "COPILOT_WEBHOOK_SECRET": "a secret of the receiver",
    }
    environment |= {"COPILOT_MODEL_FOLDER": str(models)} if models else {"COPILOT_EMBEDDING_MODEL": "words"}
    commands = ForkedCommands()
    served = ServedHome(home=home, environment=environment, commands=commands)
    try:
        done = commands.run(["ingest", str(folder)], environment=environment, cwd=work, timeout_s=1800)
        assert done.returncode == 0, done.stdout + done.stderr
        served.start()
        yield served
    finally:
        served.close()
        commands.close()


def _client(served: ServedHome) -> httpx.Client:
    """Return a client of its own for one person."""
    headers = {"Authorization": served.client.headers["Authorization"]}
    return httpx.Client(base_url=served.client.base_url, headers=headers, trust_env=False, timeout=60)


def _live(stack: ExitStack, served: ServedHome, book: Book, minutes: float, seed: int, hook: str) -> None:
    """Let everybody work for so many minutes."""
    asked = questions(pages(10**9), 10**6)
    random.Random(seed).shuffle(asked)

    def client() -> httpx.Client:
        return stack.enter_context(_client(served))

    people: list[Person] = [Asker(client(), book, seed + n, asked) for n in range(_ASKERS)]
    people += [Writer(client(), book, seed + 100), Seller(client(), book, seed + 200, hook)]
    threads = [threading.Thread(target=_guarded, args=(one,), name=type(one).__name__) for one in people]
    for thread in threads:
        thread.start()
    time.sleep(60 * minutes)
    for one in people:
        one.stop.set()
    for thread in threads:
        thread.join()


def _guarded(person: Person) -> None:
    try:
        person.run()
    except Exception as error:  # noqa: BLE001  # the thread's boundary: a client that broke is a finding
        person.unexpected(f"{type(person).__name__} ended: {error!r}")


def _settle(client: httpx.Client, writer: Writer, book: Book, database: str) -> None:
    """Give what was acknowledged the time to be done: one calm ingestion, and deliveries whose lease is over."""
    ends = time.monotonic() + _SETTLE_S
    while time.monotonic() < ends:
        report = (writer.upload("soak-last.md", 10**6) or {}).get("report")
        if report and not report["failed"]:
            break
    over = datetime.now(UTC) - timedelta(seconds=1)
    engine = create_engine(database)
    with engine.begin() as connection:
        waiting = deliveries.c.status != "sent"
        connection.execute(
            update(deliveries).where(waiting, deliveries.c.leased_until.is_not(None)).values(leased_until=over)
        )
        connection.execute(update(deliveries).where(waiting).values(due_at=over))
    asked = [one for ids in book.accounts.values() for one in ids]
    while time.monotonic() < ends:
        with engine.connect() as connection:
            sent = select(func.count()).where(deliveries.c.id.in_(asked), deliveries.c.status == "sent")
            if connection.execute(sent).scalar_one() == len(asked):
                break
        time.sleep(1)
    engine.dispose()


def _look(client: httpx.Client, outcome: Outcome, database: str, receiver: WebhookReceiver) -> None:
    """Look for everything that was acknowledged."""
    book = outcome.book
    engine = create_engine(database)
    with engine.connect() as connection:
        stored = {row.id: row.request for row in connection.execute(select(answers.c.id, answers.c.request))}
        left = {row.id: row for row in connection.execute(select(deliveries))}
    engine.dispose()
    outcome.lost += [f"answer {one}" for one in book.answers.values() if one not in stored]
    again = Counter(request for request in stored.values() if request)
    outcome.twice += [f"request {request}: {count} answers" for request, count in again.items() if count > 1]
    for name, text in book.files.items():
        shown = client.get(f"/v1/documents/{name}")
        right = (
            shown.status_code == 404 if not text else shown.is_success and shown.json()["text"].strip() == text.strip()
        )
        if not right:
            outcome.lost.append(f"file {name}: {shown.status_code} {shown.text[:200]}")
    keys = Counter(one.headers["idempotency-key"] for one in receiver.received)
    outcome.repeated_sends = sum(keys.values()) - len(keys)
    for account, asked in book.accounts.items():
        drafts = client.get("/v1/drafts", params={"account_id": account}).json()["drafts"]
        if len(drafts) != 1:
            outcome.twice.append(f"account {account}: {len(drafts)} drafts")
        for one in asked:
            if one not in left or left[one].status != "sent":
                outcome.lost.append(f"delivery {one}: {left[one].status if one in left else 'gone'}")
        of_account = {one.headers["idempotency-key"] for one in receiver.received if one.path.endswith(f"to={account}")}
        if len(of_account) != 1 or not of_account <= set(asked):
            outcome.twice.append(f"account {account}: webhooks {sorted(of_account)} of {asked}")
    outcome.audit_faults = len(client.get("/v1/audit/check", timeout=300).json()["faults"])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--words", action="store_true", help="embed by shared words, without a model")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copilot-models-") as folder:
        models = None if options.words else Path(folder)
        if models is not None:
            unpacked_model(models)
        print(json.dumps(run(options.minutes, options.seed, models=models).summary(), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
