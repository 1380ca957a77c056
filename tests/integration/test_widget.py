"""The chat on somebody's page, over HTTP: tokens, origins, what a visitor reaches, looking back, a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from copilot.adapters.jwt_tokens import JwtTokens
from copilot.adapters.sql.signing_keys import SqlSigningKeys
from copilot.adapters.sql.tables import handovers
from copilot.bootstrap import Application, open_application
from copilot.errors import ChannelUnavailable
from copilot.handover.handover import Handover
from copilot.interfaces.api.app import create_app
from copilot.interfaces.api.scopes import OF_VISITORS, ROUTES
from copilot.interfaces.contract import ReadyBody
from copilot.people.visitors import Visitors
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder

SHOP = "https://shop.example"
FOR_CUSTOMERS, INTERNAL = "试用一般给多久?", "续费应该谁负责?"
REQUEST = "r" * 24
Headers = dict[str, str]


@pytest.fixture
def opened(home: Path, knowledge_folder: Path) -> Iterator[Application]:
    settings = Settings(home=home, widget_origins=(SHOP, "https://other.example"))
    with open_application(settings, embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
        yield application


@pytest.fixture
def client(opened: Application) -> Iterator[TestClient]:
    app = create_app(copilot=opened.copilot, access=opened.access, ready=lambda: ReadyBody(status="ready"), version="0")
    with TestClient(app, follow_redirects=False) as made:
        yield made


@pytest.fixture
def key(opened: Application) -> Headers:
    return {"Authorization": f"Bearer {opened.access.run_token}"}


Visitor = Callable[..., Headers]


@pytest.fixture
def visitor(client: TestClient, key: Headers) -> Visitor:
    """Headers of a visitor's browser on the shop."""

    def call(name: str = "v1", **body: object) -> Headers:
        made = client.post("/v1/widget/tokens", json={"visitor": name} | body, headers=key)
        assert made.status_code == 200, made.text
        return {"Authorization": f"Bearer {made.json()['token']}", "Origin": SHOP}

    return call


def ask(client: TestClient, who: Headers, question: str = FOR_CUSTOMERS, **body: object) -> dict[str, Any]:
    reply = client.post("/v1/ask", json={"question": question} | body, headers=who)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


# ---- tokens


def test_a_token_names_its_visitor_and_its_end(client: TestClient, key: Headers) -> None:
    made = client.post("/v1/widget/tokens", json={}, headers=key).json()
    again = client.post("/v1/widget/tokens", json={}, headers=key).json()
    ends = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < ends <= timedelta(minutes=15)
    assert made["visitor"] != again["visitor"]
    assert client.post("/v1/widget/tokens", json={"visitor": "v7"}, headers=key).json()["visitor"] == "v7"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"audience": "internal"}, 403, "not_permitted"),
        ({"origin": "https://evil.example"}, 403, "origin_not_allowed"),
        ({"visitor": ""}, 422, "invalid_request"),
        ({"visitor": "v" * 201}, 422, "invalid_request"),
        ({"visitor": "a\nb"}, 422, "invalid_request"),
    ],
)
def test_what_no_token_is_made_for(
    client: TestClient, key: Headers, body: dict[str, str], status: int, code: str
) -> None:
    reply = client.post("/v1/widget/tokens", json=body, headers=key)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_a_key_can_be_made_for_tokens_alone(client: TestClient, key: Headers) -> None:
    made = client.post("/v1/keys", json={"label": "shop", "scopes": ["widget.tokens"]}, headers=key).json()
    shop = {"Authorization": f"Bearer {made['key']}"}
    assert client.post("/v1/widget/tokens", json={}, headers=shop).status_code == 200
    assert client.post("/v1/ask", json={"question": "?"}, headers=shop).status_code == 403


def test_an_expired_token_says_so_and_a_forged_one_too(client: TestClient, opened: Application) -> None:
    keys = SqlSigningKeys(opened.store._engine)
    old = JwtTokens(keys, now=lambda: datetime.now(UTC) - timedelta(hours=1))
    expired = old.sign("widget", {"sub": "v1"}, timedelta(minutes=15))
    for_something_else = JwtTokens(keys).sign("sidebar", {"sub": "v1"}, timedelta(minutes=15))
    head, body, signature = JwtTokens(keys).sign("widget", {"sub": "v1"}, timedelta(minutes=15)).split(".")
    tampered = f"{head}.{body[:-4]}AAAA.{signature}"
    for token, code in [(expired, "expired_token"), (for_something_else, "bad_token"), (tampered, "bad_token")]:
        reply = client.get("/v1/conversations", headers={"Authorization": f"Bearer {token}"})
        assert (reply.status_code, reply.json()["code"]) == (401, code)
        assert client.get("/healthz", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_token_in_an_address_or_a_form_opens_nothing(client: TestClient, visitor: Visitor) -> None:
    token = visitor()["Authorization"].removeprefix("Bearer ")
    assert client.get(f"/v1/conversations?token={token}&access_token={token}").status_code == 401
    assert not client.post("/login", data={"key": token}).cookies
    assert client.get("/v1/conversations", headers={"Cookie": f"copilot_session={token}"}).status_code == 401


# ---- what a visitor reaches


def test_a_visitor_is_told_what_customers_may_read_and_nothing_else(client: TestClient, visitor: Visitor) -> None:
    answered, abstained = ask(client, visitor()), ask(client, visitor(), INTERNAL)
    assert answered["status"] == "answered"
    assert "1 周" in answered["answer"]
    assert abstained["status"] == "abstained"
    assert abstained["reason"] != "no_permission"  # that there is something is none of their business
    assert "客户成功经理" not in json.dumps(abstained, ensure_ascii=False)
    assert "renewal" not in json.dumps(abstained, ensure_ascii=False)


def test_asking_for_internal_text_by_name_is_refused(client: TestClient, visitor: Visitor) -> None:
    for path in ("/v1/ask", "/v1/ask/stream"):
        reply = client.post(path, json={"question": INTERNAL, "audience": "internal"}, headers=visitor())
        assert "not_permitted" in reply.text
        assert "客户成功经理" not in reply.text


def test_a_token_for_our_own_pages_needs_the_setting_and_loses_its_power_with_it(
    client: TestClient, opened: Application
) -> None:
    tokens = JwtTokens(SqlSigningKeys(opened.store._engine))
    claims = {"sub": "v1", "audience": "internal"}
    who = {"Authorization": f"Bearer {tokens.sign('widget', claims, timedelta(minutes=5))}", "Origin": SHOP}
    assert ask(client, who, INTERNAL)["status"] == "abstained"
    opened.access.visitors = Visitors(tokens, origins=opened.access.visitors.origins, internal=True)  # type: ignore[union-attr]
    assert ask(client, who, INTERNAL)["status"] == "answered"
    assert ask(client, who, INTERNAL, audience="customer")["status"] == "abstained"


def test_a_visitor_reaches_the_chat_alone(client: TestClient, visitor: Visitor) -> None:
    who = visitor()
    for (method, template), need in ROUTES.items():
        if need in ("open", "signed"):
            continue
        path = template.replace("{id:path}", "x").replace("{id}", "x").replace("{number}", "1")
        reply = client.request(method, path.replace("{request_id}", REQUEST), content=b"not json", headers=who)
        assert (reply.status_code == 403) == ((method, template) not in OF_VISITORS), (method, template)


def test_what_a_visitor_says_of_accounts_drafts_and_runs_is_not_heard(client: TestClient, visitor: Visitor) -> None:
    assert ask(client, visitor(), draft_id="d1", account_id="acme", run="evaluation")["status"] == "answered"


# ---- pages


def test_only_listed_pages_may_call(client: TestClient, visitor: Visitor) -> None:
    evil = visitor() | {"Origin": "https://evil.example"}
    refused = client.post("/v1/ask", json={"question": "?"}, headers=evil)
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in refused.headers
    asked = client.post("/v1/ask", json={"question": FOR_CUSTOMERS}, headers=visitor())
    assert asked.headers["access-control-allow-origin"] == SHOP
    assert "Origin" in asked.headers["vary"]
    assert "access-control-allow-credentials" not in asked.headers


def test_a_token_for_one_page_is_refused_on_another(client: TestClient, visitor: Visitor) -> None:
    who = visitor(origin=SHOP)
    assert ask(client, who)["status"] == "answered"
    other = client.post("/v1/ask", json={"question": "?"}, headers=who | {"Origin": "https://other.example"})
    none = client.post("/v1/ask", json={"question": "?"}, headers={"Authorization": who["Authorization"]})
    assert [one.json()["code"] for one in (other, none)] == ["origin_not_allowed"] * 2


@pytest.mark.parametrize(("origin", "status"), [(SHOP, 204), ("https://evil.example", 403)])
def test_browsers_are_told_before_they_send(client: TestClient, origin: str, status: int) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    reply = client.options("/v1/ask/stream", headers=headers)
    assert reply.status_code == status
    assert reply.headers.get("access-control-allow-origin") == (SHOP if status == 204 else None)
    if status == 204:
        assert "Last-Event-ID" in reply.headers["access-control-allow-headers"]
    assert client.options("/v1/people", headers=headers).status_code == 401  # no page of others calls that


def test_problems_of_a_token_can_be_read_by_its_page(client: TestClient) -> None:
    reply = client.get("/v1/conversations", headers={"Authorization": "Bearer a.b.c", "Origin": SHOP})
    assert reply.status_code == 401
    assert reply.headers["access-control-allow-origin"] == SHOP


def test_the_script_is_for_every_page_zipped_and_cached(client: TestClient) -> None:
    plain = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    zipped = client.get("/widget.js", headers={"Accept-Encoding": "gzip, br"})
    assert plain.text == zipped.text
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.headers["access-control-allow-origin"] == "*"
    assert zipped.headers["cross-origin-resource-policy"] == "cross-origin"
    assert zipped.headers["content-type"].startswith("text/javascript")
    assert plain.headers["etag"] != zipped.headers["etag"]
    again = client.get("/widget.js", headers={"If-None-Match": zipped.headers["etag"], "Accept-Encoding": "gzip"})
    assert (again.status_code, again.content) == (304, b"")


# ---- once


def test_a_request_is_answered_once_also_by_another_process(
    client: TestClient, visitor: Visitor, opened: Application
) -> None:
    who = visitor()
    first = ask(client, who, request_id=REQUEST)
    app = create_app(copilot=opened.copilot, access=opened.access, ready=lambda: ReadyBody(status="ready"), version="0")
    with TestClient(app) as other:
        streamed = other.post(
            "/v1/ask/stream",
            json={"question": FOR_CUSTOMERS, "request_id": REQUEST},
            headers=who | {"Last-Event-ID": "gone.7"},
        )
    blocks = [block.splitlines() for block in streamed.text.strip().split("\n\n")]
    done = json.loads(blocks[-1][-1].removeprefix("data: "))
    assert blocks[0][-1] == 'data: {"stage": "withdrawn"}'
    assert (done["answer_id"], done["answer"]) == (first["answer_id"], first["answer"])
    assert [one["quote"] for one in done["citations"]] == [one["quote"] for one in first["citations"]]
    assert ask(client, who, request_id=REQUEST)["answer_id"] == first["answer_id"]
    (conversation,) = client.get("/v1/conversations", headers=who).json()["conversations"]
    assert conversation["replies"] == 1


def test_the_same_name_of_somebody_else_is_another_request(client: TestClient, visitor: Visitor) -> None:
    mine, theirs = ask(client, visitor("v1"), request_id=REQUEST), ask(client, visitor("v2"), request_id=REQUEST)
    assert mine["answer_id"] != theirs["answer_id"]


def test_streams_are_not_gathered_by_proxies(client: TestClient, visitor: Visitor) -> None:
    reply = client.post("/v1/ask/stream", json={"question": FOR_CUSTOMERS, "html": True}, headers=visitor())
    assert reply.headers["cache-control"] == "no-store, no-transform"
    assert reply.headers["x-accel-buffering"] == "no"
    assert "event: html\n" in reply.text
    assert reply.headers["access-control-allow-origin"] == SHOP


def test_what_was_answered_cannot_be_stopped_and_what_was_not_is(client: TestClient, visitor: Visitor) -> None:
    who = visitor()
    ask(client, who, request_id=REQUEST)
    assert client.delete(f"/v1/ask/stream/{REQUEST}", headers=who).json()["status"] == "finished"
    later = "later" * 5
    assert client.delete(f"/v1/ask/stream/{later}", headers=who).json()["status"] == "stopped"
    asked = client.post("/v1/ask/stream", json={"question": FOR_CUSTOMERS, "request_id": later}, headers=who)
    assert '"code":"cancelled"' in asked.text


# ---- looking back


def test_visitors_find_what_they_asked_and_nobody_elses(client: TestClient, visitor: Visitor) -> None:
    mine = ask(client, visitor("v1"))
    shown = client.get(f"/v1/conversations/{mine['conversation_id']}", headers=visitor("v1")).json()
    other = client.get(f"/v1/conversations/{mine['conversation_id']}", headers=visitor("v2"))
    (answer,) = shown["answers"]
    assert (answer["answer"], answer["question"]) == (mine["answer"], FOR_CUSTOMERS)
    assert answer["citations"] == mine["citations"]
    assert 'data-cite="1"' in answer["html"]
    assert (other.status_code, other.json()["code"]) == (404, "unknown_conversation")
    assert client.get("/v1/conversations", headers=visitor("v2")).json()["conversations"] == []


def test_long_lists_are_paged(client: TestClient, key: Headers) -> None:
    for _ in range(21):
        ask(client, key)
    first = client.get("/v1/conversations", headers=key).json()
    second = client.get("/v1/conversations?page=2", headers=key).json()
    assert (len(first["conversations"]), first["next"], len(second["conversations"]), second["next"]) == (
        20,
        2,
        1,
        None,
    )


def test_a_quote_is_shown_where_it_stands_while_it_may_be_read(
    client: TestClient, visitor: Visitor, key: Headers
) -> None:
    who, other = visitor(), visitor("v2")
    answer = ask(client, who)
    path = f"/v1/answers/{answer['answer_id']}/citations/1"
    place, cited = client.get(path, headers=who).json(), answer["citations"][0]
    text = client.get("/v1/documents/trial.md", headers=key).json()["text"]
    assert place["quote"] == cited["quote"]
    assert place["before"] + place["quote"] + place["after"] in text
    assert place["status"] == "current"
    assert client.get(path, headers=other).status_code == 404
    assert client.get(path.replace("/1", "/9"), headers=who).status_code == 404

    client.post("/v1/documents/trial.md/access", json={"audience": "internal"}, headers=key)
    assert client.get(path, headers=who).status_code == 404
    (kept,) = client.get(f"/v1/conversations/{answer['conversation_id']}", headers=who).json()["answers"]
    assert kept["withheld"]
    assert cited["quote"] not in json.dumps(kept, ensure_ascii=False)


def test_a_deleted_document_stays_open_to_our_people_and_not_to_customers(
    client: TestClient, visitor: Visitor, key: Headers
) -> None:
    theirs, ours = ask(client, visitor()), ask(client, key)
    client.delete("/v1/documents/trial.md", headers=key)
    assert client.get(f"/v1/answers/{theirs['answer_id']}/citations/1", headers=visitor()).status_code == 404
    assert client.get(f"/v1/answers/{ours['answer_id']}/citations/1", headers=key).json()["status"] == "deleted"


def test_visitors_rate_their_own_answers(client: TestClient, visitor: Visitor) -> None:
    answer = ask(client, visitor())
    path = f"/v1/answers/{answer['answer_id']}/feedback"
    said = client.post(path, json={"helpful": False, "reason": "outdated", "comment": "旧了"}, headers=visitor())
    assert (said.json()["helpful"], said.json()["reason"]) == (False, "outdated")
    assert client.post(path, json={"helpful": True}, headers=visitor("v2")).status_code == 404


def test_choices_before_typing_fit_who_asks(client: TestClient, visitor: Visitor, key: Headers) -> None:
    staff = client.get("/v1/shortcuts?account=青禾&stage=renewal", headers=key).json()
    assert staff["shortcuts"][0]["payload"]["question"] == "青禾 这个客户下一步该做什么?"
    assert any("续约前九十天" in one["label"] for one in staff["shortcuts"])
    english = client.get("/v1/shortcuts?language=en&role=frontline", headers=key).json()
    assert english["shortcuts"][0]["label"].startswith("The customer")
    theirs = client.get("/v1/shortcuts?audience=internal", headers=visitor()).json()
    assert theirs["audience"] == "customer"
    assert not any("客户说太贵" in one["label"] for one in theirs["shortcuts"])


# ---- a person


class Place:
    """A place outside that may be down."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.down = False

    def tell(self, handover: Handover, title: str, text: str) -> None:
        if self.down:
            raise ChannelUnavailable("not now")
        self.told.append((handover.id, text))


@pytest.fixture
def place(opened: Application) -> Place:
    made = Place()
    opened.copilot.conversations.handovers._places["test"] = made
    return made


def test_a_person_takes_over_and_the_copilot_stays_out(
    client: TestClient, visitor: Visitor, opened: Application, place: Place
) -> None:
    who, handover = visitor(), opened.copilot.conversations.handovers
    conversation = ask(client, who)["conversation_id"]
    path = f"/v1/conversations/{conversation}/handover"
    asked = client.post(path, json={"contact": "li@example.com", "message": "<b>急</b>"}, headers=who).json()
    assert (asked["status"], asked["waiting"], asked["told"]) == ("open", True, "waits")
    assert handover.step()
    assert not handover.step()
    ((id, text),) = place.told
    assert id == asked["id"]
    assert "li@example.com" in text
    assert FOR_CUSTOMERS in text
    assert "<b>" not in text
    shown = client.get(f"/v1/conversations/{conversation}", headers=who).json()["handover"]
    assert shown["told"] == "told"

    locked = client.post("/v1/ask", json={"question": "?", "conversation_id": conversation}, headers=who)
    assert (locked.status_code, locked.json()["code"]) == (409, "handover_open")
    assert ask(client, who, conversation_id=conversation, go_on=True)["status"] == "answered"
    assert ask(client, who, conversation_id=conversation)["status"] == "answered"  # it was asked to go on
    again = client.post(path, json={"contact": "138"}, headers=who).json()
    assert (again["id"], again["contact"], again["message"], again["waiting"]) == (id, "138", "<b>急</b>", True)
    assert len(place.told) == 1
    assert client.post(path, json={}, headers=visitor("v2")).status_code == 404
    told = [entry.event.action for entry in opened.audit.entries()]
    assert told.count("handover.asked") == 1


def test_nothing_is_lost_while_a_place_is_down(
    client: TestClient, visitor: Visitor, opened: Application, place: Place, key: Headers
) -> None:
    place.down = True
    asked = client.post("/v1/conversations/new/handover", json={"contact": "138"}, headers=visitor()).json()
    service = opened.copilot.conversations.handovers
    assert service.step()
    assert place.told == []
    assert asked["id"] in client.get("/app/handovers", headers=key).text
    place.down = False
    with opened.store._engine.begin() as connection:  # its time has come
        connection.execute(update(handovers).values(due_at=datetime.now(UTC)))
    assert service.step()
    assert [id for id, _ in place.told] == [asked["id"]]
    assert not service.step()


def test_our_people_see_who_waits_and_mark_it_done(
    client: TestClient, visitor: Visitor, opened: Application, key: Headers
) -> None:
    who = visitor()
    conversation = ask(client, who)["conversation_id"]
    path = f"/v1/conversations/{conversation}/handover"
    asked = client.post(path, json={"message": "想聊聊<script>"}, headers=who).json()
    assert asked["told"] == "list"
    listed = client.get("/app/handovers", headers=key).text
    page = client.get(f"/app/handovers/{asked['id']}", headers=key).text
    assert FOR_CUSTOMERS in listed
    assert "1 周" in page
    assert "想聊聊&lt;script&gt;" in page
    done = client.post(f"/app/handovers/{asked['id']}/done", headers=key)
    assert done.headers["location"] == f"/app/handovers/{asked['id']}?done=done"
    assert "已标记为处理完" in client.get(done.headers["location"], headers=key).text
    assert asked["id"] not in client.get("/app/handovers", headers=key).text
    assert asked["id"] in client.get("/app/handovers?status=done", headers=key).text
    assert ask(client, who, conversation_id=conversation)["status"] == "answered"
    assert [entry.event.action for entry in opened.audit.entries()][-2:] == ["handover.asked", "handover.done"]
    assert client.get("/app/handovers/none", headers=key).status_code == 404


def test_nobody_else_lets_the_copilot_in_again(client: TestClient, visitor: Visitor) -> None:
    who = visitor()
    conversation = ask(client, who)["conversation_id"]
    client.post(f"/v1/conversations/{conversation}/handover", json={}, headers=who)
    body = {"question": "?", "conversation_id": conversation, "go_on": True}
    stranger = client.post("/v1/ask", json=body, headers=visitor("v2"))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown_conversation")
    still = client.post("/v1/ask", json={"question": "?", "conversation_id": conversation}, headers=who)
    assert still.json()["code"] == "handover_open"


def test_who_waits_in_many_conversations_asks_for_no_more(client: TestClient, visitor: Visitor) -> None:
    replies = [client.post("/v1/conversations/new/handover", json={}, headers=visitor()) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [422]


@pytest.mark.parametrize("body", [{"contact": "x" * 201}, {"message": "x" * 4001}, {"message": "a\x00"}])
def test_what_cannot_be_kept_is_refused(client: TestClient, visitor: Visitor, body: dict[str, str]) -> None:
    reply = client.post("/v1/conversations/new/handover", json=body, headers=visitor())
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")


def test_the_page_of_our_own_people_has_the_chat(client: TestClient, key: Headers) -> None:
    page = client.get('/app?ask=多久?"><script>&account=none', headers=key).text
    assert '<copilot-chat mode="page"' in page
    assert 'ask="多久?&#34;&gt;&lt;script&gt;"' in page
    assert ' account="' not in page
