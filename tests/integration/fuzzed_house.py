"""An application in which there is one of everything, so that made-up requests also reach what lies behind an id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from copilot.bootstrap import open_application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.slack_stage import http_of

PLAYBOOK = """---
kind: playbook
title: 续费归谁做
audience: internal
questions:
  - 续费应该谁负责 #怎么做
---
## 怎么做

服续一体时由客户成功经理负责续费。新签和续费分开时,另设续费团队。
"""
FAQ = "---\nkind: faq\ntitle: 试用多久\naudience: customer\n---\n## 简答\n\n试用一般给 1 周,需要时再申请 1 周。\n"
RECORD = {"name": "柚子家居", "stage": "新手启动", "days_since_signing": 27, "kp": [{"name": "裴总"}], "owner": "li"}
#: A server that takes longer than this for one small request hangs.
PATIENCE_S = 60


@dataclass(frozen=True, kw_only=True)
class FuzzedHouse:
    """A server, its owner's key, and what there is in it."""

    address: str
    folder: Path
    key: dict[str, str]
    client: httpx.Client  #: of the owner
    ids: dict[str, list[str]]  #: word before an id in a path → ids there are

    @property
    def called(self) -> dict[str, str | int]:
        """What fields of queries and bodies are to hold: something that is there."""
        return {
            "account_id": "a1",
            "conversation_id": self.ids["conversations"][0],
            "document": self.ids["documents"][0],
            "document_id": self.ids["documents"][0],
            "draft_id": self.ids["drafts"][0],
            "owner": "li",
            "person": "li",
            "revision": 1,
            "based_on": 1,
            "source": "trial.md",
        }

    def inside(self, path: str) -> str:
        """Return a path below our folder for one that was made up."""
        return str(self.folder / "nowhere" / quote(path, safe="", errors="replace")[:100])

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Ask as the owner, for something that must work."""
        reply = self.client.request(method, path, **options)
        assert reply.is_success, (method, path, reply.text)
        return reply.json()


@contextmanager
def fuzzed_house(folder: Path, database_url: str | None) -> Iterator[FuzzedHouse]:
    """Open it and fill it."""
    knowledge = folder / "knowledge"
    knowledge.mkdir(parents=True)
    (knowledge / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
    (knowledge / "trial.md").write_text(FAQ, encoding="utf-8")
    settings = Settings(home=folder / "home", database_url=database_url, widget_origins=("https://ours.example",))  # type: ignore[arg-type]
    with ExitStack() as stack:
        application = stack.enter_context(open_application(settings, embedder=HashingEmbedder()))
        application.indexing.ingest([str(knowledge)], corpus=False)
        application.warm_up()
        app = create_app(
            copilot=application.copilot,
            access=application.access,
            ready=lambda: ReadyBody(status="ready"),
            version="0",
            measures=application.measures,
        )
        address = stack.enter_context(http_of(app))
        key = {"Authorization": f"Bearer {application.access.first_key()}"}
        client = stack.enter_context(httpx.Client(base_url=address, headers=key, timeout=PATIENCE_S))
        house = FuzzedHouse(address=address, folder=folder, key=key, client=client, ids={})
        _live_in(house)
        yield house


def _live_in(house: FuzzedHouse) -> None:
    """Make one of everything by asking for it."""
    ask = house.request
    ask("PUT", "/v1/accounts/a1", json=RECORD)
    ask("POST", "/v1/accounts/a1/signals", json={"name": "kp_changed", "value": "换人"})
    ask("POST", "/v1/people", json={"id": "li", "name": "李雷", "roles": ["frontline"], "email": "li@ours.example"})
    answer = ask("POST", "/v1/ask", json={"question": "续费应该谁负责"})
    ask("POST", "/v1/ask", json={"question": "火星上的食堂几点开门"})
    draft = ask("POST", "/v1/drafts", json={"kind": "renewal_brief", "account_id": "a1"})["id"]
    ask("POST", f"/v1/drafts/{draft}/decisions", json={"decision": "approve", "revision": 1})
    delivery = ask("POST", f"/v1/drafts/{draft}/deliveries", json={"channel": "file", "destination": "brief"})["id"]
    evaluation = ask("POST", "/v1/evaluations/run", json={})
    change = ask("POST", "/v1/changes", json={"source": "trial.md", "text": FAQ.replace("1", "2")})["id"]
    ingestion = ask("POST", "/v1/documents", files={"file": ("notes.md", b"# Notes\n\nA trial lasts 1 week.")})["id"]
    advice = ask("GET", "/v1/accounts/a1/advice")
    house.ids.update(
        accounts=["a1"],
        answers=[answer["answer_id"]],
        backups=[ask("POST", "/v1/backups", json={"ending": ".tar"})["id"]],
        calculators=[one["name"] for one in ask("GET", "/v1/calculators")["calculators"]],
        changes=[change],
        charts=["questions"],
        conversations=[answer["conversation_id"]],
        deliveries=[delivery],
        documents=[one["id"] for one in ask("GET", "/v1/documents")["documents"]],
        drafts=[draft],
        evaluations=[evaluation["id"]],
        gaps=[one["id"] for one in ask("GET", "/v1/gaps")["gaps"]],
        ingestions=[ingestion],
        keys=[ask("POST", "/v1/keys", json={"person": "li"})["id"]],
        models=[one["id"] for one in ask("GET", "/v1/models")["data"]],
        people=["li"],
        schedules=[ask("POST", "/v1/schedules", json={"zone": "Europe/Berlin"})["id"]],
        suggestions=[one["id"] for one in advice["actions"]],
    )
