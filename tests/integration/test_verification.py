"""Owner, deputy, verification and the review queue: over HTTP and by command, on real stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from copilot.bootstrap import Application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody

pytestmark = pytest.mark.databases

Key = dict[str, str]
TODAY = datetime.now(UTC).date()
TRIAL, RENEWAL = "trial.md", "renewal.md"
#: What each document answers.
ASKED = {TRIAL: "试用一般给多久", RENEWAL: "服续一体时由谁负责续费"}


@pytest.fixture
def client(application: Application, knowledge_folder: Path) -> Iterator[TestClient]:
    """A client of the owner of the copilot."""
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    with TestClient(app, headers={"Authorization": f"Bearer {application.access.first_key()}"}) as opened:
        yield opened


def joined(client: TestClient, id: str, role: str, **key: Any) -> Key:
    client.post("/v1/people", json={"id": id, "name": id, "roles": [role]})
    made = client.post("/v1/keys", json={"person": id, **key}).json()
    return {"Authorization": f"Bearer {made['key']}"}


def verify(client: TestClient, source: str, key: Key | None = None, **body: Any) -> Any:
    return client.post(f"/v1/documents/{source}/verification", json=body, headers=key)


def shown(client: TestClient, source: str) -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"/v1/documents/{source}").json()["verification"]
    (line,) = [one for one in client.get("/v1/documents").json()["documents"] if one["source"] == source]
    assert line["verification"] == body
    return body


def rewritten(application: Application, page: Path, old: str, new: str) -> None:
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")
    assert application.indexing.ingest([str(page.parent)], corpus=False).updated == 1


def test_a_document_is_verified_until_a_day_and_the_log_tells_by_whom(client: TestClient) -> None:
    assert shown(client, TRIAL)["state"] == "unverified"
    wang = joined(client, "wang", "curator")
    until = (TODAY + timedelta(days=20)).isoformat()
    told = verify(client, TRIAL, wang, review_by=until, owner=" 客户  成功 ", deputy="li")
    assert told.status_code == 200, told.text
    expected = {
        "state": "verified",
        "owner": "客户 成功",
        "deputy": "li",
        "verified_on": TODAY.isoformat(),
        "verified_by": "wang",
        "review_by": until,
    }
    assert {name: told.json()[name] for name in expected} == shown(client, TRIAL) == expected
    entry = client.get("/v1/audit").json()["entries"][-1]
    assert (entry["action"], entry["actor"], entry["details"]["review_by"]) == ("document.verified", "wang", until)
    assert verify(client, TRIAL, wang, verified=False, deputy="").json()["state"] == "unverified"
    assert shown(client, TRIAL) == {
        **dict.fromkeys(expected),
        "state": "unverified",
        "owner": "客户 成功",
    }
    assert client.get("/v1/audit").json()["entries"][-1]["action"] == "document.unverified"


def test_owner_and_deputy_verify_theirs_and_nobody_elses(client: TestClient) -> None:
    li, mei = joined(client, "li", "reader"), joined(client, "mei", "frontline")
    limited = joined(client, "li", "reader", scopes=["documents.read"])
    verify(client, TRIAL, owner="li", deputy="mei", verified=False)
    for key, code in ((li, 200), (mei, 200), (limited, 403)):
        assert verify(client, TRIAL, key).status_code == code
    refused = verify(client, RENEWAL, li)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert verify(client, TRIAL, li, owner="wang", deputy="").status_code == 200  # handed over
    assert "'wang'" in verify(client, TRIAL, li).json()["detail"]
    assert shown(client, RENEWAL)["state"] == "unverified"


def test_what_cannot_be_is_refused_and_changes_nothing(client: TestClient) -> None:
    before = shown(client, TRIAL)
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    for body in ({"review_by": yesterday}, {"review_by": "soon"}, {"owner": "x" * 101}, {"owner": "a\u202eb"}):
        assert verify(client, TRIAL, **body).status_code == 422, body
    assert verify(client, "none.md").json()["code"] == "unknown_document"
    client.post(f"/v1/documents/{RENEWAL}/access", json={"groups": ["财务"]})
    assert verify(client, RENEWAL, joined(client, "wang", "curator")).json()["code"] == "unknown_document"
    assert shown(client, TRIAL) == before


def test_formatting_keeps_it_and_other_words_end_it(
    client: TestClient, application: Application, knowledge_folder: Path
) -> None:
    verify(client, TRIAL, owner="li")
    page = knowledge_folder / TRIAL
    rewritten(application, page, "试用一般给 1 周", "**试用**一般给 １ 周")
    assert (shown(client, TRIAL)["state"], shown(client, TRIAL)["verified_by"]) == ("verified", "owner")
    rewritten(application, page, "给 １ 周", "给 2 周")
    assert (shown(client, TRIAL)["state"], shown(client, TRIAL)["owner"]) == ("unverified", "li")


def test_a_citation_follows_the_state_in_force(
    client: TestClient, application: Application, knowledge_folder: Path
) -> None:
    def cited() -> tuple[Any, Any]:
        reply = client.post("/v1/ask", json={"question": ASKED[TRIAL]}).json()
        return reply["citations"][0]["verified_until"], reply["citations"][0]["stale"]

    assert cited() == (None, False)
    until = (TODAY + timedelta(days=9)).isoformat()
    verify(client, TRIAL, review_by=until)
    assert cited() == (until, False)
    page = knowledge_folder / TRIAL
    rewritten(application, page, "kind: faq", "kind: faq\nverified_on: 2025-01-01\nreview_by: 2025-06-01")
    assert cited() == ("2025-06-01", True)
    assert shown(client, TRIAL)["state"] == "stale"
    verify(client, TRIAL, review_by=until)
    assert cited() == (until, False)


def test_the_queue_begins_with_what_is_used(
    client: TestClient, application: Application, knowledge_folder: Path
) -> None:
    def queue(key: Key | None = None) -> list[tuple[str, str, int]]:
        lines = client.get("/v1/documents/review", headers=key).json()["documents"]
        assert all(line["reason_zh"] and line["reason_en"] for line in lines)
        return [(line["source"], line["reason"], line["cited"]) for line in lines]

    for source, times in ((TRIAL, 2), (RENEWAL, 1)):
        for _ in range(times):
            reply = client.post("/v1/ask", json={"question": ASKED[source]}).json()
            assert {one["source"] for one in reply["citations"]} == {source}
    assert queue() == [(TRIAL, "unverified", 2), (RENEWAL, "unverified", 1)]
    verify(client, TRIAL, review_by=(TODAY + timedelta(days=31)).isoformat())
    assert queue() == [(RENEWAL, "unverified", 1)]
    verify(client, TRIAL, review_by=(TODAY + timedelta(days=30)).isoformat())
    assert queue()[0] == (TRIAL, "due_soon", 2)
    rewritten(application, knowledge_folder / TRIAL, "kind: faq", "kind: faq\nreview_by: 2025-06-01")
    assert queue()[0] == (TRIAL, "stale", 2)
    client.post(f"/v1/documents/{TRIAL}/access", json={"groups": ["财务"]})
    assert queue(joined(client, "li", "reader")) == [(RENEWAL, "unverified", 1)]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/stream"])
def test_only_what_is_verified_answers_when_that_is_asked_for(client: TestClient, path: str) -> None:
    def asked(**body: Any) -> str:
        return client.post(path, json={"question": ASKED[TRIAL]} | body).text

    assert TRIAL in asked(verified_only=False)
    assert TRIAL not in asked(verified_only=True)
    note = "只查找了已核实的文档"
    assert any(written in asked(verified_only=True) for written in (note, json.dumps(note)[1:-1]))
    verify(client, TRIAL)
    assert TRIAL in asked(verified_only=True)


def test_search_finds_only_what_is_verified_when_that_is_asked_for(client: TestClient) -> None:
    def found(**parameters: Any) -> set[str]:
        reply = client.get("/v1/search", params={"q": ASKED[TRIAL]} | parameters).json()
        return {one["source"] for one in reply["passages"]}

    assert (found(), found(verified_only=True)) == ({TRIAL, RENEWAL}, set())
    verify(client, RENEWAL)
    assert found(verified_only=True, k=1) == {RENEWAL}


def test_a_stale_document_comes_after_an_equal_one(
    client: TestClient, application: Application, knowledge_folder: Path
) -> None:
    text = (knowledge_folder / TRIAL).read_text(encoding="utf-8")
    (knowledge_folder / "a.md").write_text(text.replace("试用多久", "试用期"), encoding="utf-8")
    application.indexing.ingest([str(knowledge_folder)], corpus=False)

    def first() -> str:
        question = {"q": "试用一般给几周,需要时再申请"}
        source: str = client.get("/v1/search", params=question).json()["passages"][0]["source"]
        return source

    before = first()
    page = knowledge_folder / before
    rewritten(application, page, "kind: faq", "kind: faq\nverified_on: 2025-01-01\nreview_by: 2025-06-01")
    assert {before, first()} == {TRIAL, "a.md"}
    verify(client, before)
    assert first() == before
