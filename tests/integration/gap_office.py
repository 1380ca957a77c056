"""A running copilot with two who ask, an expert and a curator: what the loop from a gap to its answer is shown on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from copilot.adapters.sql.gap_store import SqlGapStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.bootstrap import Application, open_application
from copilot.curating.gap import GapId, Observation, ObservationKind
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.people.person import Role
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder

Key = dict[str, str]
ASKED = "续费时发票的税率是多少"
ALSO = "发票的税率是多少,续费时"
ANSWER = "续费发票的税率是 6%,由财务在后台「开票」里选专用发票开具,3 个工作日内寄出。"


@dataclass
class Office:
    """A running copilot with two who ask, an expert and a curator."""

    application: Application
    client: TestClient
    gaps: SqlGapStore
    keys: dict[str, Key] = field(default_factory=dict)

    def call(self, who: str, method: str, path: str, **options: Any) -> Any:
        reply = self.client.request(method, path, headers=self.keys[who], **options)
        return reply.json() | {"http": reply.status_code}

    def join(self, id: str, *roles: Role, groups: tuple[str, ...] = ()) -> None:
        body = {"id": id, "name": id, "roles": roles, "groups": groups}
        assert self.call("owner", "POST", "/v1/people", json=body)["http"] == 201
        made = self.call("owner", "POST", "/v1/keys", json={"person": id})
        self.keys[id] = {"Authorization": f"Bearer {made['key']}"}

    def ask(self, who: str, question: str = ASKED) -> Any:
        return self.call(who, "POST", "/v1/ask", json={"question": question, "clarify": False})

    def miss(self, who: str, question: str) -> None:
        """Ask what nothing answers."""
        answer = self.ask(who, question)
        assert (answer["status"], answer["reason"]) == ("abstained", "not_in_knowledge")

    def observe(self, who: str, question: str) -> GapId:
        """Keep a miss that no answer stands behind."""
        gap = GapId("another")
        observation = Observation(
            id=question,
            kind=ObservationKind.ABSTAINED,
            answer_id=question,
            question=question,
            language="zh",
            person=who,
            at=datetime(2026, 11, 26, 10, tzinfo=UTC),
        )
        with SqlTransactions(self.application.store._engine).begin() as transaction:
            assert self.gaps.add(transaction, observation, gap)
        return gap

    @property
    def gap(self) -> GapId:
        """The gap of what was asked; listing collects what nobody has looked at yet."""
        found = self.call("owner", "GET", "/v1/gaps")["gaps"]
        return GapId(next(one["id"] for one in found if one["question"] in (ASKED, ALSO)))

    def draft(self, who: str = "expert", answer: str = ANSWER, **more: Any) -> Any:
        return self.call(who, "POST", f"/v1/gaps/{self.gap}/draft", json={"answer": answer, **more})

    def decide(self, id: str, who: str = "curator", revision: int = 1, decision: str = "approve") -> Any:
        body = {"revision": revision, "decision": decision} | ({"reason": "不对"} if decision == "reject" else {})
        return self.call(who, "POST", f"/v1/drafts/{id}/decisions", json=body)

    def notices(self, who: str, unseen: bool = True) -> list[Any]:
        found: list[Any] = self.call(who, "GET", "/v1/notices", params={"unseen": unseen})["notices"]
        return found


@contextmanager
def opened_office(home: Path, folder: Path) -> Iterator[Office]:
    """Open it with these documents; two people have asked what they do not answer."""
    with open_application(Settings(home=home), embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(folder)], corpus=False)
        app = create_app(
            copilot=application.copilot,
            access=application.access,
            ready=lambda: ReadyBody(status="ready"),
            version="0",
        )
        with TestClient(app, raise_server_exceptions=False) as client:
            owner = {"Authorization": f"Bearer {application.access.first_key()}"}
            opened = Office(
                application=application,
                client=client,
                gaps=SqlGapStore(application.store._engine),
                keys={"owner": owner},
            )
            opened.join("wang", Role.READER)
            opened.join("li", Role.FRONTLINE)
            opened.join("expert", Role.FRONTLINE)
            opened.join("curator", Role.CURATOR)
            opened.miss("wang", ASKED)
            opened.miss("li", ALSO)
            yield opened
