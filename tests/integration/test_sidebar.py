"""The doors from CRMs and what stands behind them, over HTTP, on real stores."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from joserfc import jwt
from joserfc.jwk import OctKey

from copilot.bootstrap import Application, open_application
from copilot.errors import ConfigurationError
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.people_contract import NewPersonBody, PersonChange
from copilot.people.person import Role
from copilot.people.record_visit import RecordVisit
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.wecom_server import AGENT, CORP, SECRET, WeComLoopback, wecom_loopback

SHARED = "a secret that the back end of the CRM knows too"
HUBSPOT, PORTAL = "client-secret-of-a-test", "62515"
CANVAS, ORG = "consumer-secret-of-a-test", "00Dxx0000001hxyEAA"
PUBLIC = "https://copilot.example.com"
TEAM = (
    NewPersonBody(id="lin", name="林晓", email="lin@example.com", roles=[Role.FRONTLINE]),
    NewPersonBody(id="du", name="杜阅", email="du@example.com", roles=[Role.READER]),
    NewPersonBody(id="boss", name="管理", email="boss@example.com", roles=[Role.ADMIN, Role.FRONTLINE]),
)
#: What a record may hold, since anybody may have typed it.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}",
    "javascript:alert(1)",
    "</textarea><script>alert(1)</script>",
    "\u202e<svg onload=alert(1)>",
)
ACCOUNT = {
    "name": "柚子家居",
    "annual_fee_cny": 80_000,
    "lifecycle_stage": "renewal",
    "seats_bought": 50,
    "seats_active": 12,
    "usage_trend": "falling",
    "contract_end_in_days": 40,
    "crm": {"hubspot": "company/123"},
}


@pytest.fixture
def wecom() -> Iterator[WeComLoopback]:
    with wecom_loopback() as opened:
        yield opened


@pytest.fixture
def application(home: Path, tmp_path: Path, knowledge_folder: Path, wecom: WeComLoopback) -> Iterator[Application]:
    people = tmp_path / "crm-people.toml"
    people.write_text('[people]\n"wecom:zhangsan" = "lin"\n', encoding="utf-8")
    settings = Settings(
        home=home,
        public_url=PUBLIC,
        sidebar_origins=("https://crm.example.com", "https://*.force.com"),
        sidebar_people=people,
        sidebar_secret=SHARED,
        sidebar_hubspot_secret=HUBSPOT,
        sidebar_hubspot_portal=PORTAL,
        sidebar_salesforce_secret=CANVAS,
        sidebar_salesforce_org=ORG,
        wecom_corp=CORP,
        wecom_agent=AGENT,
        wecom_secret=SECRET,
        wecom_url=wecom.url,
        wecom_sdk=f"{wecom.url}/sdk.js",
        delivery_internal=(f"127.0.0.1:{wecom.port}",),
    )
    with open_application(settings, embedder=HashingEmbedder()) as opened:
        opened.indexing.ingest([str(knowledge_folder)], corpus=False)
        for person in TEAM:
            opened.copilot.people.add(person)
        opened.copilot.accounts.put("youzi", ACCOUNT)
        yield opened


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    with TestClient(app, base_url=PUBLIC, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def bearer(application: Application) -> Callable[..., dict[str, str]]:
    """Headers of an open page."""

    def call(person: str = "lin", record: str | None = "hubspot:company/123", **shown: str) -> dict[str, str]:
        token = application.copilot.beside.doors.visits.open(RecordVisit(person=person, record=record, shown=shown))
        return {"Authorization": f"Bearer {token}"}

    return call


def token(secret: str = SHARED, **changed: Any) -> str:
    claims = {"sub": "lin@example.com", "jti": "id-of-this-token", "exp": int(time.time()) + 300, "account": "youzi"}
    told = {name: value for name, value in (claims | changed).items() if value is not None}
    return jwt.encode({"alg": "HS256"}, told, OctKey.import_key(secret))


def visit_in(page: Response) -> str:
    found = re.search(r'name="copilot-visit" content="([^"]+)"', page.text)
    assert found is not None
    return found[1]


class TestPlain:
    """Any CRM: an address with a token."""

    def test_a_token_opens_the_page_once(self, client: TestClient) -> None:
        page = client.get("/sidebar", params={"token": token()})
        assert page.status_code == 200
        assert "柚子家居" in page.text
        again = client.get("/sidebar", params={"token": token()})
        assert (again.status_code, "used_token" in again.text) == (401, True)

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            (lambda: "", "bad_token"),
            (lambda: "rubbish", "bad_token"),
            (lambda: token(secret="another secret that is long enough"), "bad_token"),
            (lambda: token(exp=int(time.time()) - 600), "expired_token"),
            (lambda: token(exp=int(time.time()) + 86_400), "bad_token"),
            (lambda: token(jti=None), "bad_token"),
            (lambda: token(record="rubbish"), "bad_token"),
            (lambda: token(origin="https://evil.example.com"), "bad_token"),
        ],
    )
    def test_a_bad_token_opens_nothing(self, client: TestClient, given: Callable[[], str], code: str) -> None:
        page = client.get("/sidebar", params={"token": given()})
        assert (page.status_code, f"<code>{code}</code>" in page.text) == (401, True)
        assert page.headers["content-type"].startswith("text/html")

    def test_a_user_whom_nobody_knows_is_told_what_to_ask_for(self, client: TestClient) -> None:
        page = client.get("/sidebar", params={"token": token(sub="new@example.com")})
        assert page.status_code == 403
        assert "new@example.com" in page.text
        assert client.get("/sidebar", params={"token": token(sub="owner", jti="2")}).status_code == 403

    def test_a_reader_is_refused(self, client: TestClient) -> None:
        page = client.get("/sidebar", params={"token": token(sub="du")})
        assert (page.status_code, "not_permitted" in page.text) == (403, True)

    def test_an_account_that_is_not_here_is_told(self, client: TestClient) -> None:
        page = client.get("/sidebar", params={"token": token(account="nobody")})
        assert (page.status_code, "unknown_account" in page.text) == (404, True)

    def test_only_named_pages_may_show_it(self, client: TestClient) -> None:
        page = client.get("/sidebar", params={"token": token()})
        assert page.headers["content-security-policy"].endswith(
            "frame-ancestors https://crm.example.com https://*.force.com"
        )
        assert "x-frame-options" not in page.headers
        assert page.headers["referrer-policy"] == "same-origin"  # the address has a token
        one = client.get("/sidebar", params={"token": token(jti="2", origin="https://crm.example.com")})
        assert one.headers["content-security-policy"].endswith("frame-ancestors https://crm.example.com")
        bad = client.get("/sidebar")
        assert "frame-ancestors https://crm.example.com" in bad.headers["content-security-policy"]
        assert client.get("/login").headers["x-frame-options"] == "DENY"

    def test_no_cookie_is_set_or_heard(self, client: TestClient) -> None:
        page = client.get("/sidebar", params={"token": token()})
        assert "set-cookie" not in page.headers
        assert client.get("/sidebar/view").status_code == 401

    def test_a_back_end_with_a_key_makes_the_address(self, client: TestClient, application: Application) -> None:
        boss = {"Authorization": f"Bearer {application.access.first_key()}"}
        made = client.post("/v1/sidebar/tokens", json={"email": "LIN@example.com", "account_id": "youzi"}, headers=boss)
        assert made.status_code == 201
        address = urlsplit(made.json()["url"])
        assert (address.netloc, address.path) == ("copilot.example.com", "/sidebar")
        assert client.get(f"{address.path}?{address.query}").status_code == 200
        assert client.get(f"{address.path}?{address.query}").status_code == 401
        for body, code in (
            ({"person": "owner"}, "crm_user_unknown"),
            ({"person": "lin", "record": "x"}, "invalid_request"),
            ({"person": "lin", "origin": "https://evil.example.com"}, "invalid_request"),
        ):
            refused = client.post("/v1/sidebar/tokens", json=body, headers=boss)
            assert refused.json()["code"] == code

    @pytest.mark.parametrize("text", HOSTILE)
    def test_what_a_record_holds_is_text(self, client: TestClient, application: Application, text: str) -> None:
        facts = {"name": text, "industry": text, "city": text, "owner": text, "notes": text, "website": text}
        application.copilot.accounts.put("evil", ACCOUNT | facts | {"crm": {"mycrm": "client/1"}})
        pages = [
            client.get("/sidebar", params={"token": token(account="evil")}),
            client.get("/sidebar", params={"token": token(jti="2", account=None, record="mycrm:client/2", name=text)}),
        ]
        for page in pages:
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert not re.search(r"<(img|svg)[^>]*\son", page.text)
            assert "49" not in re.findall(r"<h1>(.*?)</h1>", page.text)


class TestVisit:
    """What an open page may do."""

    def test_the_json_is_what_the_page_shows(self, client: TestClient, bearer: Callable[..., dict[str, str]]) -> None:
        found = client.get("/v1/sidebar", headers=bearer()).json()
        assert {"account", "advice", "cases", "drafts"} <= found.keys()
        assert found["account"]["id"] == "youzi"
        assert found["advice"]["actions"]
        assert found["drafts"] == []

    def test_anybody_with_a_key_may_ask_for_an_account(self, client: TestClient, application: Application) -> None:
        key = {"Authorization": f"Bearer {application.access.first_key()}"}
        assert client.get("/v1/sidebar", params={"account_id": "youzi"}, headers=key).json()["account"]["id"] == "youzi"
        assert client.get("/v1/sidebar", params={"account_id": "none"}, headers=key).status_code == 404
        assert client.get("/v1/sidebar", headers=key).json()["code"] == "invalid_request"
        assert client.get("/v1/sidebar", params={"record": "<x>"}, headers=key).status_code == 422

    def test_it_may_not_reach_people_keys_or_others(
        self, client: TestClient, bearer: Callable[..., dict[str, str]]
    ) -> None:
        boss = bearer("boss")
        assert client.get("/v1/sidebar", headers=boss).status_code == 200
        for method, path in (
            ("GET", "/v1/people"),
            ("GET", "/v1/keys"),
            ("POST", "/v1/keys"),
            ("POST", "/v1/login-links"),
            ("POST", "/v1/sidebar/tokens"),
        ):
            assert client.request(method, path, json={}, headers=boss).status_code == 403, path

    def test_it_ends_when_its_person_is_let_go(
        self, client: TestClient, application: Application, bearer: Callable[..., dict[str, str]]
    ) -> None:
        page = bearer()
        assert client.get("/v1/sidebar", headers=page).status_code == 200
        application.copilot.people.change("lin", PersonChange(active=False))
        assert client.get("/v1/sidebar", headers=page).status_code == 401

    def test_a_token_for_something_else_is_none(self, client: TestClient, application: Application) -> None:
        invitation = application.copilot.beside.doors.visits.invite(RecordVisit(person="lin", account="youzi"))
        assert client.get("/v1/sidebar", headers={"Authorization": f"Bearer {invitation}"}).status_code == 401
        visit = application.copilot.beside.doors.visits.open(RecordVisit(person="lin", account="youzi"))
        assert client.get("/sidebar", params={"token": visit}).status_code == 401

    def test_it_goes_on_when_renewed(self, client: TestClient, bearer: Callable[..., dict[str, str]]) -> None:
        renewed = client.post("/v1/sidebar/renewal", headers=bearer()).json()["token"]
        assert client.get("/v1/sidebar", headers={"Authorization": f"Bearer {renewed}"}).status_code == 200

    def test_a_key_is_not_renewed(self, client: TestClient, application: Application) -> None:
        key = {"Authorization": f"Bearer {application.access.first_key()}"}
        assert client.post("/v1/sidebar/renewal", headers=key).status_code == 422

    def test_what_was_done_says_that_it_was_here(
        self, client: TestClient, application: Application, bearer: Callable[..., dict[str, str]]
    ) -> None:
        page = bearer()
        action = client.get("/v1/sidebar", headers=page).json()["advice"]["actions"][0]["id"]
        said = {"reaction": "rejected", "reason": "先不做"}
        assert client.post(f"/v1/suggestions/{action}/reaction", json=said, headers=page).status_code == 200
        assert client.get("/v1/sidebar", headers=page).json()["said"] == {action: said}
        made = client.post("/v1/sidebar/drafts", json={"kind": "customer_message", "account_id": "youzi"}, headers=page)
        draft = made.json()["draft"]
        decided = client.post(
            f"/v1/drafts/{draft['id']}/decisions", json={"decision": "approve", "revision": 1}, headers=page
        ).json()
        assert decided["decision"]["surface"] == "sidebar"
        entries = application.copilot.auditing.page(0, 500).entries
        surfaces = {one.action: one.surface for one in entries if one.actor == "lin"}
        assert surfaces == dict.fromkeys(("suggestion.rejected", "draft.created", "draft.approved"), "sidebar")

    def test_a_part_that_fails_hides_no_other(
        self, client: TestClient, application: Application, bearer: Callable[..., dict[str, str]]
    ) -> None:
        for document in application.copilot.documents().documents:
            application.copilot.delete_document(document.source)
        found = client.get("/v1/sidebar", headers=bearer()).json()
        assert found["account"]["id"] == "youzi"
        assert {one["part"]: one["problem"]["code"] for one in found["missing"]}["advice"] == "no_index"


class TestRecord:
    """Which account a record is."""

    def test_one_that_is_unknown_may_be_chosen(self, client: TestClient, bearer: Callable[..., dict[str, str]]) -> None:
        page = bearer(record="mycrm:client/42", name="宁波柚子家居有限公司")
        found = client.get("/v1/sidebar", headers=page).json()
        assert (found["account"], [one["id"] for one in found["choices"]]) == (None, ["youzi"])
        bound = client.post("/v1/sidebar/account", json={"account_id": "youzi"}, headers=page)
        assert bound.json() == {"account_id": "youzi"}
        assert client.get("/v1/sidebar", headers=page).json()["account"]["id"] == "youzi"

    def test_binding_is_audited_once(
        self, client: TestClient, application: Application, bearer: Callable[..., dict[str, str]]
    ) -> None:
        for _ in range(2):
            client.post("/v1/sidebar/account", json={"account_id": "youzi"}, headers=bearer(record="mycrm:client/42"))
        entries = application.copilot.auditing.page(0, 500).entries
        [entry] = [one for one in entries if one.action == "account.recognised"]
        assert (entry.actor, entry.subject, entry.surface) == ("lin", "youzi", "sidebar")
        assert entry.details == {"record": "mycrm:client/42", "before": None}

    def test_a_new_account_is_made_once(self, client: TestClient, bearer: Callable[..., dict[str, str]]) -> None:
        page = bearer(record="hubspot:0-2/777", name="湖边茶", website="lake.example.com")
        assert client.get("/v1/sidebar", headers=page).json()["shown"] == {
            "name": "湖边茶",
            "website": "lake.example.com",
        }
        for _ in range(2):
            made = client.post("/v1/sidebar/account", json={"name": "湖边茶", "city": "杭州"}, headers=page)
            assert made.json() == {"account_id": "hubspot-company-777"}
        account = client.get("/v1/sidebar", headers=page).json()["account"]
        assert (account["name"], account["city"], account["crm"]) == ("湖边茶", "杭州", {"hubspot": "company/777"})

    @pytest.mark.parametrize(
        ("body", "status"), [({}, 422), ({"name": " "}, 422), ({"account_id": "none"}, 404), ({"name": "x" * 201}, 422)]
    )
    def test_what_cannot_be_is_refused(
        self, client: TestClient, bearer: Callable[..., dict[str, str]], body: dict[str, str], status: int
    ) -> None:
        page = bearer(record="mycrm:client/42")
        assert client.post("/v1/sidebar/account", json=body, headers=page).status_code == status

    def test_without_a_record_there_is_nothing_to_bind(
        self, client: TestClient, bearer: Callable[..., dict[str, str]]
    ) -> None:
        refused = client.post("/v1/sidebar/account", json={"account_id": "youzi"}, headers=bearer(record=None))
        assert refused.status_code == 422


class TestWork:
    """What takes its time."""

    def test_a_question_is_answered_about_the_account(
        self, client: TestClient, bearer: Callable[..., dict[str, str]]
    ) -> None:
        body = {"question": "续费归谁做?", "account_id": "youzi"}
        told = client.post("/v1/sidebar/questions", json=body, headers=bearer()).json()
        assert told["answer"]["citations"]
        again = client.get(f"/v1/sidebar/work/{told['id']}", headers=bearer()).json()
        assert again["answer"]["id"] == told["answer"]["id"]
        assert client.get(f"/v1/sidebar/work/{told['id']}", headers=bearer("boss")).status_code == 404

    def test_what_no_database_can_look_for_is_refused(
        self, client: TestClient, bearer: Callable[..., dict[str, str]]
    ) -> None:
        body = {"question": "续费归谁做?", "conversation_id": "a\0b"}
        refused = client.post("/v1/sidebar/questions", json=body, headers=bearer())
        assert (refused.status_code, refused.json()["param"]) == (422, "conversation_id")

    def test_what_goes_wrong_is_told_and_may_be_tried_again(
        self, client: TestClient, bearer: Callable[..., dict[str, str]]
    ) -> None:
        body, key = {"kind": "customer_message", "account_id": "none"}, {"Idempotency-Key": "k1"}
        ids = set()
        for _ in range(2):
            told = client.post("/v1/sidebar/drafts", json=body, headers=bearer() | key).json()
            assert (told["status"], told["problem"]["code"]) == ("failed", "unknown_account")
            ids.add(told["id"])
        assert len(ids) == 2


def hubspot(method: str, path: str, body: bytes = b"", email: str = "lin@example.com", **query: str) -> dict[str, Any]:
    """Sign a request as HubSpot does, by another hand than ours."""
    told = query | {"userId": "7", "userEmail": email, "portalId": PORTAL, "appId": "54"}
    target = f"{path}?{urlencode(told)}"
    at = str(int(time.time() * 1000))
    uri = f"{PUBLIC}{target}"
    for escape, sign in (("%3A", ":"), ("%2F", "/"), ("%40", "@")):
        uri = uri.replace(escape, sign)
    signed = hmac.new(HUBSPOT.encode(), f"{method}{uri}".encode() + body + at.encode(), hashlib.sha256).digest()
    headers = {
        "X-HubSpot-Signature-v3": base64.b64encode(signed).decode(),
        "X-HubSpot-Request-Timestamp": at,
        "Content-Type": "application/json",
    }
    return {"method": method, "url": target, "content": body, "headers": headers}


class TestHubSpot:
    """A card calls our API through HubSpot's servers."""

    def test_it_reads_and_acts_as_its_user(self, client: TestClient) -> None:
        view = client.request(**hubspot("GET", "/v1/crm/hubspot/sidebar", record="hubspot:0-2/123", name="柚子"))
        assert view.json()["account"]["id"] == "youzi"
        action = view.json()["advice"]["actions"][0]["id"]
        body = json.dumps({"reaction": "accepted"}).encode()
        said = client.request(**hubspot("POST", f"/v1/crm/hubspot/suggestions/{action}/reaction", body))
        assert (said.json()["person"], said.json()["reaction"]) == ("lin", "accepted")

    def test_a_request_that_hubspot_repeats_makes_one_draft(self, client: TestClient, application: Application) -> None:
        body = json.dumps({"kind": "customer_message", "account_id": "youzi"}).encode()
        made = [
            client.request(**hubspot("POST", "/v1/crm/hubspot/sidebar/drafts", body, key="card-1")).json()["draft"][
                "id"
            ]
            for _ in range(2)
        ]
        assert made[0] == made[1]
        assert len(application.copilot.drafts.list(account="youzi").drafts) == 1
        decision = json.dumps({"decision": "approve", "revision": 1}).encode()
        path = f"/v1/crm/hubspot/drafts/{made[0]}/decisions"
        outcomes = [client.request(**hubspot("POST", path, decision, key="d1")).json()["outcome"] for _ in range(2)]
        assert outcomes == ["decided", "repeated"]

    def test_what_is_changed_on_its_way_is_refused(self, client: TestClient) -> None:
        good = hubspot("POST", "/v1/crm/hubspot/sidebar/account", b'{"account_id": "youzi"}', record="x:y/1")
        for changed in (
            {"content": b'{"account_id": "other"}'},
            {"url": good["url"].replace("lin", "boss")},
            {"method": "PUT"},
            {"headers": {"Content-Type": "application/json"}},
        ):
            refused = client.request(**(good | changed))
            assert (refused.status_code, refused.json()["code"]) == (401, "bad_token")
            assert refused.headers["x-content-type-options"] == "nosniff"

    def test_a_user_whom_nobody_knows_is_told(self, client: TestClient) -> None:
        refused = client.request(**hubspot("GET", "/v1/crm/hubspot/sidebar", email="new@example.com", record="x:y/1"))
        assert (refused.status_code, refused.json()["code"]) == (403, "crm_user_unknown")
        assert "new@example.com" in refused.json()["detail"]

    @pytest.mark.parametrize("path", ["people", "keys", "documents", "sidebar/../people", "audit"])
    def test_a_card_calls_what_is_for_cards_alone(self, client: TestClient, path: str) -> None:
        refused = client.request(**hubspot("GET", f"/v1/crm/hubspot/{path}", email="boss@example.com"))
        assert refused.status_code in (401, 403, 404, 422)

    def test_more_than_a_megabyte_is_not_read(self, client: TestClient) -> None:
        assert (
            client.request(**hubspot("POST", "/v1/crm/hubspot/sidebar/account", b"x" * (2**20 + 1))).status_code == 413
        )


def canvas(secret: str = CANVAS, org: str = ORG, email: str = "lin@example.com", **record: str) -> str:
    told = {
        "algorithm": "HMACSHA256",
        "issuedAt": None,
        "context": {
            "user": {"userId": "005xx000001SyyEAAS", "email": email, "fullName": "林晓", "language": "zh_CN"},
            "organization": {"organizationId": org},
            "environment": {
                "record": {"attributes": {"type": "Account"}, "Id": "001xx000003DGWiAAO", "Name": "柚子家居", **record}
            },
        },
    }
    envelope = base64.b64encode(json.dumps(told).encode())
    signed = base64.b64encode(hmac.new(secret.encode(), envelope, hashlib.sha256).digest())
    return f"{signed.decode()}.{envelope.decode()}"


class TestSalesforce:
    """A canvas is opened by a form."""

    def test_a_signed_request_opens_the_page(self, client: TestClient) -> None:
        page = client.post("/v1/crm/salesforce/canvas", data={"signed_request": canvas()})
        assert page.status_code == 200
        assert "这是哪个客户" in page.text
        headers = {"Authorization": f"Bearer {visit_in(page)}"}
        assert client.post("/v1/sidebar/account", json={"account_id": "youzi"}, headers=headers).status_code == 200
        again = client.post("/v1/crm/salesforce/canvas", data={"signed_request": canvas()})
        assert "<h1>柚子家居</h1>" in again.text

    @pytest.mark.parametrize(
        ("signed", "status"),
        [
            ("", 401),
            (canvas(secret="another secret"), 401),
            (canvas(org="00Dxx0000001hxzEAA"), 401),
            (canvas(email="new@example.com"), 403),
            (canvas(Id="001"), 401),
        ],
    )
    def test_anything_else_opens_nothing(self, client: TestClient, signed: str, status: int) -> None:
        page = client.post("/v1/crm/salesforce/canvas", data={"signed_request": signed})
        assert page.status_code == status
        assert "copilot-visit" not in page.text

    def test_users_who_authorise_themselves_are_told_what_an_admin_has_to_do(self, client: TestClient) -> None:
        assert client.get("/v1/crm/salesforce/canvas", params={"_sfdc_canvas_authvalue": "x"}).status_code == 403


class TestWeCom:
    """A page in the chat toolbar."""

    def signed_in(self, client: TestClient, code: str = "good-code") -> Response:
        there = client.get("/sidebar/wecom")
        query = parse_qs(urlsplit(there.headers["location"]).query)
        assert query["redirect_uri"] == [f"{PUBLIC}/sidebar/wecom"]
        assert (query["appid"], query["agentid"], query["scope"]) == ([CORP], [AGENT], ["snsapi_base"])
        assert there.headers["location"].endswith("#wechat_redirect")
        return client.get("/sidebar/wecom", params={"code": code, "state": query["state"][0]})

    def test_a_member_signs_in_and_the_page_is_signed(self, client: TestClient, wecom: WeComLoopback) -> None:
        page = self.signed_in(client)
        assert page.status_code == 200
        assert f"script-src 'self' http://127.0.0.1:{wecom.port};" in page.headers["content-security-policy"]
        headers = {"Authorization": f"Bearer {visit_in(page)}"}
        url = f"{PUBLIC}/sidebar/wecom?code=good-code&state=x"
        told = client.get("/v1/crm/wecom/signature", params={"url": f"{url}#top"}, headers=headers).json()
        expected = f"jsapi_ticket=ticket-of-the-agent&noncestr={told['nonce']}&timestamp={told['timestamp']}&url={url}"
        assert told["agent_config"] == hashlib.sha1(expected.encode()).hexdigest()
        assert (told["corp_id"], told["agent_id"]) == (CORP, AGENT)
        wecom.customers["wm1"] = {"external_contact": {"name": "裴总", "corp_name": "柚子家居"}}
        view = client.get("/sidebar/view", params={"record": "wecom:customer/wm1"}, headers=headers)
        assert "就是它: 柚子家居" in view.text
        chosen = {"account_id": "youzi", "record": "wecom:customer/wm1"}
        assert client.post("/v1/sidebar/account", json=chosen, headers=headers).status_code == 200
        wecom.down = True
        bound = client.get("/sidebar/view", params={"record": "wecom:customer/wm1"}, headers=headers)
        assert "<h1>柚子家居</h1>" in bound.text
        unknown = client.get("/sidebar/view", params={"record": "wecom:customer/wm2"}, headers=headers)
        assert "这是哪个客户" in unknown.text

    @pytest.mark.parametrize(
        "url", [f"{PUBLIC}/app", "https://evil.example.com/sidebar/wecom", f"{PUBLIC}/sidebar/wecom/../x", ""]
    )
    def test_no_other_page_is_signed(self, client: TestClient, bearer: Callable[..., dict[str, str]], url: str) -> None:
        assert client.get("/v1/crm/wecom/signature", params={"url": url}, headers=bearer()).status_code == 422

    def test_strangers_get_no_signature(self, client: TestClient) -> None:
        url = f"{PUBLIC}/sidebar/wecom"
        assert client.get("/v1/crm/wecom/signature", params={"url": url}).status_code == 401

    def test_a_sign_in_that_was_begun_elsewhere_opens_nothing(self, client: TestClient) -> None:
        assert client.get("/sidebar/wecom", params={"code": "good-code", "state": "x"}).status_code == 401
        client.get("/sidebar/wecom")
        assert client.get("/sidebar/wecom", params={"code": "good-code", "state": ""}).status_code == 401

    def test_a_code_that_is_good_for_nobody_opens_nothing(self, client: TestClient) -> None:
        assert self.signed_in(client, "another-code").status_code == 401

    def test_a_member_whom_nobody_knows_is_told_the_line_to_add(self, client: TestClient, wecom: WeComLoopback) -> None:
        wecom.codes["his-code"] = "wangwu"
        page = self.signed_in(client, "his-code")
        assert (page.status_code, "wecom:wangwu" in page.text) == (403, True)

    def test_one_that_is_down_is_told(self, client: TestClient, wecom: WeComLoopback) -> None:
        wecom.down = True
        page = self.signed_in(client)
        assert (page.status_code, "企业微信没有应答" in page.text) == (503, True)


def test_what_is_not_set_up_is_not_there(tmp_path: Path) -> None:
    with open_application(Settings(home=tmp_path / "home"), embedder=HashingEmbedder()) as opened:
        app = create_app(
            copilot=opened.copilot, access=opened.access, ready=lambda: ReadyBody(status="ready"), version="0"
        )
        with TestClient(app) as client:
            assert client.get("/sidebar").status_code == 401
            assert client.get("/sidebar/wecom").status_code == 404
            assert client.post("/v1/crm/salesforce/canvas").status_code == 404
            assert client.get("/v1/crm/hubspot/sidebar").status_code in (401, 404)
            assert client.get("/sidebar", params={"token": token()}).status_code == 401


@pytest.mark.parametrize(
    "given",
    [
        {"sidebar_hubspot_secret": HUBSPOT},
        {"sidebar_hubspot_secret": HUBSPOT, "sidebar_hubspot_portal": PORTAL},
        {"sidebar_salesforce_secret": CANVAS},
        {"wecom_corp": CORP, "public_url": PUBLIC},
        {"wecom_corp": CORP, "wecom_agent": AGENT, "wecom_secret": SECRET},
    ],
    ids=str,
)
def test_a_crm_that_is_set_up_in_part_is_an_error(tmp_path: Path, given: dict[str, Any]) -> None:
    with (
        pytest.raises(ConfigurationError),
        open_application(Settings(home=tmp_path, **given), embedder=HashingEmbedder()),
    ):
        pass
