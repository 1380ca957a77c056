"""Who uses the copilot during a soak, as careful clients: what is not acknowledged is sent again."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

#: A reply that is no fault of ours while something of ours is away: it says so, and what to do.
REFUSED = frozenset({503, 429})
EDITED = "裴总,您好!试用一般给 1 周,需要时再申请 1 周。[1] 周四聊?"
ACCOUNT = {"name": "柚子家居", "stage": "续费", "kp": [{"name": "裴总"}]}
_FILES = 12
_POLL_S = 0.25
_PATIENCE_S = 120.0


@dataclass
class Book:
    """What was acknowledged, refused and unexpected; written by many threads."""

    answers: dict[str, str] = field(default_factory=dict)  #: request → answer
    replies: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  #: uploaded name → text, empty where it was deleted
    uploads: int = 0
    accounts: dict[str, list[str]] = field(default_factory=dict)  #: account → ids of its deliveries
    ask_ms: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Person:
    """One client with a connection of its own; `stop` ends it after the step at hand."""

    def __init__(self, client: httpx.Client, book: Book, seed: int) -> None:
        self._client = client
        self.book = book
        self.chance = random.Random(seed)
        self.stop = threading.Event()

    def call(self, method: str, path: str, **sent: Any) -> Any:
        """Return the reply once there is one, trying again for two minutes; None when it is to stop before.

        Anything but success and a stated refusal is noted.
        """
        ends = time.monotonic() + _PATIENCE_S
        while time.monotonic() < ends:
            try:
                reply = self._client.request(method, path, **sent)
            except httpx.TransportError as error:
                self._refused(f"{method} {path.split('?')[0]} {type(error).__name__}")
            else:
                if reply.is_success:
                    return reply.json() if reply.content else {}
                if reply.status_code not in REFUSED:
                    self.unexpected(f"{method} {path} {reply.status_code} {reply.text[:300]}")
                    if reply.status_code < 500:
                        return None
                else:
                    self._refused(f"{reply.status_code} {reply.json().get('code')}")
            time.sleep(self.chance.uniform(0.2, 1.0))
        self.unexpected(f"{method} {path}: no reply in {_PATIENCE_S:.0f} s")
        return None

    def unexpected(self, what: str) -> None:
        """Note what must not happen."""
        with self.book.lock:
            self.book.unexpected.append(what)

    def _refused(self, what: str) -> None:
        with self.book.lock:
            self.book.refused[what] += 1

    def run(self) -> None:
        """Go on until stopped."""
        while not self.stop.is_set():
            self.step()
            self.stop.wait(self.chance.uniform(0, 2 * self.pause_s))

    pause_s = 0.2

    def step(self) -> None:
        """Do one thing."""
        raise NotImplementedError


class Asker(Person):
    """Asks, searches, asks further in the same conversation."""

    pause_s = 0.1

    def __init__(self, client: httpx.Client, book: Book, seed: int, questions: list[str]) -> None:
        super().__init__(client, book, seed)
        self._questions = questions
        self._conversation: str | None = None

    def step(self) -> None:
        """Ask or search."""
        question = self.chance.choice(self._questions)
        if self.chance.random() < 0.25:
            if self.call("GET", "/v1/search", params={"q": question}) is not None:
                with self.book.lock:
                    self.book.replies["search"] += 1
            return
        request = f"soak-{self.chance.getrandbits(64):016x}"
        if self.chance.random() < 0.3:
            self._conversation = None
        body = {"question": question, "request_id": request, "conversation_id": self._conversation}
        began = time.monotonic()
        answer = self.call("POST", "/v1/ask", json=body)
        if answer is None:
            return
        self._conversation = answer["conversation_id"]
        with self.book.lock:
            self.book.ask_ms.append(1000 * (time.monotonic() - began))
            self.book.answers[request] = answer["answer_id"]
            self.book.replies[f"{answer['status']} {answer.get('reason') or ''}".strip()] += 1


class Writer(Person):
    """Uploads documents that change again and again, and deletes one now and then."""

    pause_s = 0.5

    def step(self) -> None:
        """Change one file and see it through."""
        name = f"soak-{self.chance.randrange(_FILES):02}.md"
        if self.book.files.get(name) and self.chance.random() < 0.1:
            # Whoever repeats a deletion whose reply was cut off may hear that there is no such document any more.
            reply = self._client.delete(f"/v1/documents/{name}")
            if reply.is_success or reply.status_code == 404:
                self.book.files[name] = ""
            elif reply.status_code in REFUSED:
                self._refused(f"{reply.status_code} {reply.json().get('code')}")
                self.book.files.pop(name)  # it may have gone or not; the next upload decides
            else:
                self.unexpected(f"DELETE {name} {reply.status_code} {reply.text[:300]}")
            return
        self.upload(name, self.book.uploads)

    def upload(self, name: str, number: int) -> Any:
        """Send a file and wait for its ingestion; returns how that ended."""
        text = f"# 浸泡 {name}\n\n## 说明\n\n第 {number} 版:门店 {number} 先开收银,再开线上店,编号 S{number:06}。\n"
        begun = self.call("POST", "/v1/documents", files={"file": (name, text.encode(), "text/markdown")})
        if begun is None:
            return None
        with self.book.lock:
            self.book.uploads += 1
            self.book.files[name] = text
        while (run := self.call("GET", f"/v1/ingestions/{begun['id']}")) and run["status"] == "running":
            time.sleep(_POLL_S)
        if run is not None and run["status"] == "failed":
            self._refused(f"ingestion {run['error']['code']}")
        report = (run or {}).get("report") or {"documents": []}
        for line in report["documents"]:
            if line["status"] == "failed":
                self._refused(f"ingested {line['code']}")
        return run


class Seller(Person):
    """Takes drafts from nothing to two deliveries, each for an account of its own."""

    pause_s = 1.0

    def __init__(self, client: httpx.Client, book: Book, seed: int, hook: str) -> None:
        super().__init__(client, book, seed)
        self._hook = hook

    def step(self) -> None:
        """Do what is not done yet, as a careful client would after any interruption."""
        account = f"soak-{self.chance.getrandbits(48):012x}"
        if self.call("PUT", f"/v1/accounts/{account}", json=ACCOUNT) is None:
            return
        draft = self._draft(account)
        if draft is None:
            return
        url = f"/v1/drafts/{draft['id']}"
        if self._revise(url) is None:
            return
        approval = {"decision": "approve", "revision": 2}
        if self.call("POST", f"{url}/decisions", json=approval, headers={"Idempotency-Key": account}) is None:
            return
        asked = []
        for channel, to in (("file", account), ("webhook", f"{self._hook}&to={account}")):
            delivery = self.call("POST", f"{url}/deliveries", json={"channel": channel, "destination": to})
            if delivery is None:
                return
            asked.append(str(delivery["id"]))
        with self.book.lock:
            self.book.accounts[account] = asked

    def _draft(self, account: str) -> Any:
        """Create a draft; when the reply is lost, look before doing it again."""
        wanted = {"kind": "customer_message", "account_id": account, "inputs": {"point": "试用一般给多久"}}
        return self._once("/v1/drafts", wanted, lambda: self._first(account))

    def _first(self, account: str) -> Any:
        listed = self.call("GET", "/v1/drafts", params={"account_id": account})
        return listed["drafts"][0] if listed and listed["drafts"] else None

    def _revise(self, url: str) -> Any:
        def there() -> Any:
            draft = self.call("GET", url)
            return draft if draft and draft["revision"] == 2 else None

        return self._once(f"{url}/revisions", {"content": EDITED, "based_on": 1}, there)

    def _once(self, path: str, body: Any, there: Any) -> Any:
        ends = time.monotonic() + _PATIENCE_S
        while time.monotonic() < ends:
            done = there()
            if done is not None:
                return done
            try:
                reply = self._client.post(path, json=body)
            except httpx.TransportError as error:
                self._refused(f"POST {path} {type(error).__name__}")
                continue
            if reply.is_success:
                return reply.json()
            if reply.status_code in REFUSED:
                self._refused(f"{reply.status_code} {reply.json().get('code')}")
            else:
                self.unexpected(f"POST {path} {reply.status_code} {reply.text[:300]}")
                if reply.status_code < 500:
                    return None
            time.sleep(0.5)
        self.unexpected(f"POST {path}: not done in {_PATIENCE_S:.0f} s")
        return None
