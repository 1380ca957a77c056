"""Who may call what, and who reads what right after it was narrowed: on real stores, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Mount, Route

from copilot.audit.surface import Surface
from copilot.bootstrap import Application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.api.scopes import ROUTES
from copilot.interfaces.contract import ReadyBody
from copilot.people.caller import the_owner
from copilot.people.person import Person, Role
from copilot.people.scope import OF_ROLE, Scope

Key = dict[str, str]
#: Routes that others call are there only where their settings are.
WHERE_SET_UP = {
    ("POST", "/slack/events"),
    ("GET", "/sidebar/wecom"),
    ("GET", "/v1/crm/wecom/signature"),
    ("GET", "/v1/crm/salesforce/canvas"),
    ("POST", "/v1/crm/salesforce/canvas"),
}
#: Says by itself that its token opens nothing.
OWN_401 = ("GET", "/sidebar")
#: A digest is of a person's accounts; a form without fields gets as far as the service, which says so to all others.
REFUSED_BY_SERVICE = {("POST", "/app/digests")}
ASKED = "服续一体时由谁负责续费"


@pytest.fixture
def client(application: Application, knowledge_folder: Path) -> Iterator[TestClient]:
    """A client without credentials."""
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    app = create_app(
        copilot=application.copilot,
        access=application.access,
        ready=lambda: ReadyBody(status="ready"),
        version="0",
    )
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def owner(application: Application) -> Key:
    made = application.access.first_key()
    assert made is not None
    return {"Authorization": f"Bearer {made}"}


def joined(client: TestClient, owner: Key, id: str, *roles: Role, groups: tuple[str, ...] = ()) -> Key:
    """Take somebody in and return their key."""
    body = {"id": id, "name": id, "roles": roles, "groups": groups}
    assert client.post("/v1/people", json=body, headers=owner).status_code == 201
    made = client.post("/v1/keys", json={"person": id}, headers=owner).json()
    return {"Authorization": f"Bearer {made['key']}"}


def found(client: TestClient, key: Key, audience: str = "internal") -> set[str]:
    reply = client.get("/v1/search", params={"q": ASKED, "audience": audience}, headers=key).json()
    return {passage["source"] for passage in reply["passages"]}


def test_every_route_has_a_row_and_every_row_a_route(client: TestClient) -> None:
    routes = set()
    for route in client.app.routes:  # type: ignore[attr-defined]
        if isinstance(route, Mount):
            routes.add(("GET", f"{route.path}/{{path:path}}"))
        else:
            assert isinstance(route, Route) or hasattr(route, "methods")
            routes |= {(method, route.path) for method in route.methods - {"HEAD"}}
    assert routes == set(ROUTES) - WHERE_SET_UP


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_the_routes_of_its_scopes_and_no_other(client: TestClient, owner: Key, role: Role) -> None:
    key = joined(client, owner, "wang", role)
    for (method, template), need in ROUTES.items():
        path = template.replace("{id:path}", "none.md").replace("{id}", "none").replace("{path:path}", "frame.js")
        reply = client.request(method, path, content=b"not json", headers=key)
        if (method, template) in REFUSED_BY_SERVICE:
            continue
        refused = reply.status_code == 403 and "not_permitted" in reply.text
        assert refused == (isinstance(need, Scope) and need not in OF_ROLE[role]), (method, template)
        if refused:
            assert isinstance(need, Scope)
            assert need.value in reply.text
            assert "admin" in reply.text
        assert reply.status_code < 500


def test_a_stranger_is_asked_who_they_are_before_anything_else(client: TestClient) -> None:
    for (method, template), need in ROUTES.items():
        path = template.replace("{id:path}", "x").replace("{id}", "x").replace("{path:path}", "frame.js")
        reply = client.request(method, path, content=b"not json")
        led_to_sign_in = reply.status_code == 303 and reply.headers["location"].startswith("/login")
        asked = led_to_sign_in if path.startswith("/app/") else reply.status_code == 401
        assert asked == (need not in ("open", "signed") or (method, template) == OWN_401), (method, template)
    assert client.get("/v1/none").status_code == client.request("TRACE", "/v1/ask").status_code == 401


def test_what_has_no_row_cannot_be_reached(client: TestClient, owner: Key) -> None:
    none, wrong = client.get("/v1/none", headers=owner), client.put("/v1/ask", headers=owner)
    assert (none.status_code, none.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method_not_allowed", "POST")


def test_narrowing_is_obeyed_by_the_very_next_search_answer_and_page(client: TestClient, owner: Key) -> None:
    wang, li = joined(client, owner, "wang", Role.CURATOR, groups=("财务",)), joined(client, owner, "li", Role.READER)
    name = client.get("/v1/documents/renewal.md", headers=li).json()["id"]
    before = client.post("/v1/ask", json={"question": ASKED}, headers=li).json()
    told = client.post("/v1/documents/renewal.md/access", json={"groups": ["财务"]}, headers=wang).json()
    after = client.post("/v1/ask", json={"question": ASKED}, headers=li).json()
    assert (before["status"], told["moved"], told["groups"]) == ("answered", True, ["财务"])
    assert (after["status"], after["reason"]) == ("abstained", "no_permission")
    assert not any(word in str(after) for word in ("renewal.md", "续费归谁做", "客户成功经理"))
    assert (found(client, li), found(client, wang), found(client, owner)) == (
        {"trial.md"},
        {"trial.md", "renewal.md"},
        {"trial.md", "renewal.md"},
    )
    for path in ("renewal.md", name, f"{name}?version=1", "renewal.md?version=1"):
        refused = client.get(f"/v1/documents/{path}", headers=li)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_document")
        assert client.get(f"/v1/documents/{path}", headers=wang).status_code == 200
    assert (
        "renewal.md" not in client.get("/v1/documents", headers=li).text + client.get("/v1/navigation", headers=li).text
    )
    assert client.get("/v1/questions?document=renewal.md", headers=li).status_code == 404
    assert client.post("/v1/ask", json={"question": ASKED}, headers=wang).json()["status"] == "answered"
    as_customer = client.post("/v1/ask", json={"question": ASKED, "audience": "customer"}, headers=owner).json()
    assert as_customer["reason"] in ("not_in_knowledge", "out_of_scope")


def test_widening_is_obeyed_by_the_very_next_search(client: TestClient, owner: Key) -> None:
    assert found(client, owner, "customer") == {"trial.md"}
    body = {"audience": "customer", "groups": []}
    assert client.post("/v1/documents/renewal.md/access", json=body, headers=owner).json()["moved"]
    assert found(client, owner, "customer") == {"trial.md", "renewal.md"}


def test_a_word_stays_through_ingestion_until_the_file_says_something_else(
    client: TestClient, owner: Key, application: Application, knowledge_folder: Path
) -> None:
    li = joined(client, owner, "li", Role.READER)
    client.post("/v1/documents/renewal.md/access", json={"groups": ["财务"]}, headers=owner)
    page = (knowledge_folder / "renewal.md").read_text(encoding="utf-8")
    for text, seen in ((page, False), (page + "\n多一句。\n", False), (page.replace("internal", "customer"), True)):
        (knowledge_folder / "renewal.md").write_text(text, encoding="utf-8")
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
        assert ("renewal.md" in found(client, li)) == seen
    assert found(client, owner, "customer") == {"trial.md", "renewal.md"}


def test_nobody_changes_the_access_of_what_they_may_not_read(client: TestClient, owner: Key) -> None:
    mei = joined(client, owner, "mei", Role.CURATOR)
    client.post("/v1/documents/renewal.md/access", json={"groups": ["财务"]}, headers=owner)
    refused = client.post("/v1/documents/renewal.md/access", json={"audience": "customer"}, headers=mei)
    assert refused.status_code == client.delete("/v1/documents/renewal.md", headers=mei).status_code == 404
    assert found(client, owner, "customer") == {"trial.md"}


@pytest.mark.parametrize("groups", [[""], [" "], ["x" * 101], ["\u202e"], ["a\u0000b"]], ids=ascii)
def test_a_group_without_a_name_changes_nothing(client: TestClient, owner: Key, groups: list[str]) -> None:
    reply = client.post("/v1/documents/renewal.md/access", json={"groups": groups}, headers=owner)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert found(client, joined(client, owner, "li", Role.READER)) == {"trial.md", "renewal.md"}


def test_who_is_let_go_is_a_stranger_at_once(client: TestClient, owner: Key) -> None:
    wang = joined(client, owner, "wang", Role.READER)
    link = client.post("/v1/login-links", json={"person": "wang"}, headers=owner).json()["url"]
    session = {"Cookie": client.get(link.split("testserver")[1]).headers["set-cookie"].split(";")[0]}
    client.cookies.clear()
    assert client.get("/v1/documents", headers=session).status_code == 200
    assert client.patch("/v1/people/wang", json={"active": False}, headers=owner).json()["active"] is False
    assert [client.get("/v1/documents", headers=one).status_code for one in (wang, session)] == [401, 401]


def test_a_limited_key_says_that_it_is_limited(client: TestClient, owner: Key) -> None:
    made = client.post("/v1/keys", json={"scopes": ["search"], "label": "form"}, headers=owner).json()
    key = {"Authorization": f"Bearer {made['key']}"}
    refused = client.post("/v1/ask", content=b"not json", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert "key" in refused.json()["detail"]
    assert found(client, key)
    assert client.post("/login", data={"key": made["key"]}).status_code == 422


def test_every_change_stands_in_the_audit_log_in_one_chain(
    client: TestClient, owner: Key, application: Application
) -> None:
    joined(client, owner, "wang", Role.READER)
    client.post("/v1/documents/renewal.md/access", json={"groups": ["财务"]}, headers=owner)
    client.patch("/v1/people/wang", json={"active": False}, headers=owner)
    entries = list(application.audit.entries())
    assert [(entry.event.action, entry.event.surface) for entry in entries] == [
        ("key.created", Surface.CLI),
        ("person.added", Surface.HTTP),
        ("key.created", Surface.HTTP),
        ("document.access_changed", Surface.HTTP),
        ("person.deactivated", Surface.HTTP),
    ]
    assert application.audit.head() == (5, entries[-1].hash)
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]


def test_a_change_that_cannot_be_told_is_not_made(
    client: TestClient, owner: Key, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(application.audit, "append", fail)
    body = {"id": "wang", "name": "王敏"}
    replies = [
        client.post("/v1/people", json=body, headers=owner),
        client.post("/v1/keys", json={}, headers=owner),
        client.post("/v1/documents/renewal.md/access", json={"audience": "customer"}, headers=owner),
    ]
    assert [reply.status_code for reply in replies] == [500, 500, 500]
    assert len(client.get("/v1/people", headers=owner).json()["people"]) == 1
    assert len(client.get("/v1/keys", headers=owner).json()["keys"]) == 1
    assert found(client, owner, "customer") == {"trial.md"}


def test_people_meet_their_own_conversations_only(client: TestClient, owner: Key, application: Application) -> None:
    wang = joined(client, owner, "wang", Role.READER)
    first = client.post("/v1/ask", json={"question": ASKED}, headers=owner).json()
    body = {"question": ASKED, "conversation_id": first["conversation_id"]}
    assert client.post("/v1/ask", json=body, headers=wang).json()["code"] == "unknown_conversation"
    caller = the_owner(Surface.CLI)
    assert caller.person == Person(id="owner", name="Owner", roles=frozenset(Role))
