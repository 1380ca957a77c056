"""What people do while things break, and what was acknowledged to them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.studies.faulty.scene import HIDDEN, SECRETS, Scene

#: Nobody waits longer for an answer or a reason.
PATIENCE_S = 30.0
#: What is not done so long after everything works again is stuck.
STUCK_S = 90.0
EDITED = "裴总,您好!试用一般给 1 周,需要时再申请 1 周。[1] 周四聊?"


@dataclass
class Ledger:
    """What was acknowledged, and what should never happen; written by several threads, read when they have ended."""

    accounts: list[str] = field(default_factory=list)  #: journeys begun
    acknowledged: Counter[str] = field(default_factory=Counter)
    drafts: dict[str, str] = field(default_factory=dict)  #: account → draft
    approved: set[str] = field(default_factory=set)  #: drafts
    deliveries: dict[str, str] = field(default_factory=dict)  #: delivery → account
    answers: list[str] = field(default_factory=list)
    uploads: dict[str, str] = field(default_factory=dict)  #: source → ingestion
    reasons: Counter[str] = field(default_factory=Counter)  #: stated, by code
    silent: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)


class People:
    """An asker, one who uploads, and one who writes, approves and sends; each tries again until it is done."""

    def __init__(self, scene: Scene, run: str) -> None:
        self.ledger = Ledger()
        self._scene = scene
        self._run = run
        self._home_time = threading.Event()
        self._give_up = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._ask, self._upload, self._work)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Let everybody end what they have begun; what cannot be ended is stuck."""
        self._home_time.set()
        ends = time.monotonic() + STUCK_S
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        self._give_up.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        number = 0
        while not self._home_time.is_set():
            number += 1
            customer = number % 2 == 0
            body = {"question": "年费折扣的底线是多少" if customer else "试用一般给多久",
                    "audience": "customer" if customer else "internal"}  # fmt: skip
            reply = self._call("POST", "/v1/ask", json=body)
            if reply is None:
                continue
            answer = reply.json()
            if customer and HIDDEN in reply.text:
                self.ledger.leaked.append(f"answer {answer['id']}")
            if answer["status"] != "answered" and not (answer.get("reason") or answer.get("explanation")):
                self.ledger.silent.append(f"answer {answer['id']}: {answer['status']}")
            self.ledger.answers.append(answer["id"])
            self.ledger.acknowledged["answers"] += 1
            time.sleep(0.05)

    def _upload(self) -> None:
        number = 0
        while not self._home_time.is_set():
            number += 1
            name = f"{self._run}-{number}.md"
            text = f"# 纪要 {self._run} {number}\n\n第 {number} 次会议的结论是先上线收银。\n"
            reply = self._call("POST", "/v1/documents", files={"file": (name, text.encode(), "text/markdown")})
            if reply is not None:
                self.ledger.uploads[name] = reply.json()["id"]
                self.ledger.acknowledged["uploads"] += 1
            self._home_time.wait(0.4)

    def _work(self) -> None:
        number = 0
        while not self._home_time.is_set():
            number += 1
            account = f"{self._run}-{number}"
            self.ledger.accounts.append(account)
            if not self._journey(account):
                self.ledger.stuck.append(account)

    def _journey(self, account: str) -> bool:
        """Do each step until it is acknowledged; False when one is stuck."""
        ledger = self.ledger
        if self._until("PUT", f"/v1/accounts/{account}", json={"name": "柚子家居", "stage": "续费"}) is None:
            return False
        ledger.acknowledged["accounts"] += 1
        draft = self._draft(account)
        if draft is None:
            return False
        url = f"/v1/drafts/{draft}"
        early = self._call("POST", f"{url}/deliveries", json={"channel": "file", "destination": f"early-{account}"})
        if early is not None:
            ledger.leaked.append(f"{draft}: accepted for sending before it was approved")
        if not self._revised(url):
            return False
        decision = {"decision": "approve", "revision": 2}
        if self._until("POST", f"{url}/decisions", json=decision, headers={"Idempotency-Key": account}) is None:
            return False
        ledger.approved.add(draft)
        ledger.acknowledged["decisions"] += 1
        for channel, to in (("file", account), ("webhook", f"{self._scene.hook}&to={account}")):
            reply = self._until("POST", f"{url}/deliveries", json={"channel": channel, "destination": to})
            if reply is None:
                return False
            ledger.deliveries[reply.json()["id"]] = account
            ledger.acknowledged["deliveries"] += 1
        return True

    def _draft(self, account: str) -> str | None:
        """Look before writing, as one does whose last request was cut off."""
        wanted = {"kind": "customer_message", "account_id": account, "inputs": {"point": "试用一般给多久"}}
        while not self._give_up.is_set():
            listed = self._call("GET", f"/v1/drafts?account_id={account}")
            if listed is None:
                continue
            drafts = listed.json()["drafts"]
            made = None if drafts else self._call("POST", "/v1/drafts", json=wanted)
            if drafts or made is not None:
                draft: str = drafts[0]["id"] if made is None else made.json()["id"]
                self.ledger.drafts[account] = draft
                self.ledger.acknowledged["drafts"] += 1
                return draft
        return None

    def _revised(self, url: str) -> bool:
        while not self._give_up.is_set():
            shown = self._call("GET", url)
            if shown is None:
                continue
            if shown.json()["revision"] > 1 or self._call(
                "POST", f"{url}/revisions", json={"content": EDITED, "based_on": 1}
            ):
                return True
        return False

    def _until(self, method: str, url: str, **sent: Any) -> httpx.Response | None:
        while not self._give_up.is_set():
            reply = self._call(method, url, **sent)
            if reply is not None:
                return reply
        return None

    def _call(self, method: str, url: str, **sent: Any) -> httpx.Response | None:
        """Return the reply to what was done; None: it was not, and why was told. Anything else is written down."""
        scene, ledger = self._scene, self.ledger
        generation = scene.generation
        try:
            reply = scene.client.request(method, url, timeout=PATIENCE_S, **sent)
        except (httpx.TransportError, RuntimeError) as error:  # a client that was closed since is a RuntimeError
            time.sleep(0.2)
            if scene.generation != generation or not scene.up:
                ledger.reasons["killed"] += 1
            else:
                ledger.silent.append(f"{method} {url}: {type(error).__name__}")
            return None
        ledger.leaked += [f"{method} {url}: {word}" for word in SECRETS if word in reply.text]
        if reply.is_success:
            return reply
        code = _code(reply)
        if code in (None, "internal_error"):
            ledger.silent.append(f"{method} {url}: {reply.status_code} {code} {reply.text[:200]}")
        ledger.reasons[str(code)] += 1
        if code != "approval_required":
            time.sleep(0.2)
        return None


def _code(reply: httpx.Response) -> str | None:
    try:
        body = reply.json()
    except ValueError:
        return None
    return body.get("code") if isinstance(body, Mapping) else None


def whole(scene: Scene, composer: str | None) -> str | None:
    """Ask, write and look at once; return who composed the answer when nothing is missing.

    `composer` is who does when nothing is broken; None: not known yet.
    """
    try:
        asked = scene.client.post("/v1/ask", json={"question": "试用一般给多久"}, timeout=PATIENCE_S)
        kept = scene.client.put("/v1/accounts/probe", json={"name": "探针"}, timeout=PATIENCE_S)
        uploaded = scene.client.get("/readyz", timeout=5)
    except (httpx.TransportError, RuntimeError):
        return None
    if not (asked.is_success and kept.is_success and uploaded.status_code == 200):
        return None
    answer = asked.json()
    cited = {one["source"] for one in answer["citations"]}
    if answer["status"] != "answered" or "trial.md" not in cited or composer not in (None, answer["composer"]):
        return None
    return str(answer["composer"])
