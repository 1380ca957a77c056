"""Signing in over HTTP: forms, cookies, what another site cannot do, invitations and a real provider."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert

from copilot.adapters.sql.tables import people
from copilot.audit.surface import Surface
from copilot.bootstrap import Application, open_application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.people_contract import NewPersonBody
from copilot.people.caller import the_owner
from copilot.people.person import OWNER, Role
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.databases import AddressOf
from tests.doubles.oidc_provider import friendly_provider, lying_provider

PASSWORD, GOOD = "three pandas on a bike", "four pandas on a bike"
OWNER_CALLS = the_owner(Surface.CLI)
Key = dict[str, str]
SAME, CROSS = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site"}


def served(application: Application, base_url: str = "http://testserver") -> TestClient:
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    return TestClient(app, base_url=base_url, follow_redirects=False, raise_server_exceptions=False)


def join(application: Application, id: str, email: str | None = None, role: Role = Role.READER) -> None:
    application.copilot.people.add(NewPersonBody(id=id, name=id, email=email, roles=[role]))


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    join(application, "lin", "lin@example.com", Role.FRONTLINE)
    join(application, "gao", "gao@example.com", Role.ADMIN)
    with served(application) as opened:
        yield opened


@pytest.fixture
def owner(application: Application) -> Key:
    made = application.access.first_key()
    assert made is not None
    return {"Authorization": f"Bearer {made}"}


def sign_in(client: TestClient, application: Application, person: str = OWNER) -> None:
    client.get(f"/app?login={application.access.new_link_code(OWNER_CALLS, person)}")


def choose_password(client: TestClient, owner: Key, person: str = "lin") -> None:
    url = client.post(f"/v1/people/{person}/invitations", headers=owner).json()["url"]
    code = url.partition("code=")[2]
    reply = client.post("/invitation", data={"code": code, "password": PASSWORD, "again": PASSWORD})
    assert (reply.status_code, reply.headers["location"]) == (303, "/app")


def told(application: Application) -> list[tuple[str, str]]:
    return [(entry.event.action, entry.event.actor) for entry in application.audit.entries()]


def test_an_invitation_leads_in_and_the_password_after_it(client: TestClient, owner: Key) -> None:
    made = client.post("/v1/people/lin/invitations", headers=owner)
    body = made.json()
    assert (made.status_code, body["person"], body["mailed"]) == (201, "lin", False)
    assert body["url"].startswith("http://testserver/invitation?code=invitation_")
    page = client.get(body["url"])
    assert "lin@example.com" in page.text
    assert page.headers["cache-control"] == "no-store"
    choose_password(client, owner)
    assert client.get("/app/settings").status_code == 200
    client.post("/logout", headers=SAME)
    assert client.get("/app/settings").status_code == 303
    reply = client.post("/login", data={"email": "LIN@example.com", "password": PASSWORD, "next": "/app/drafts?page=2"})
    assert (reply.status_code, reply.headers["location"]) == (303, "/app/drafts?page=2")
    assert client.get(body["url"]).status_code == 410


def test_wrong_ones_are_told_beside_what_was_typed_and_wait_in_the_end(client: TestClient, owner: Key) -> None:
    choose_password(client, owner)
    client.cookies.clear()
    form = {"email": "lin@example.com", "password": "wrong", "next": "/app/drafts"}
    replies = [client.post("/login", data=form) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [422] * 5 + [429]
    assert 'value="lin@example.com"' in replies[0].text
    assert 'value="/app/drafts"' in replies[0].text
    assert "sign_in_refused" in replies[0].text
    assert int(replies[5].headers["retry-after"]) in range(1, 31)
    assert "too_many_attempts" in replies[5].text
    assert client.post("/login", data=form | {"password": PASSWORD}).status_code == 429


def test_the_same_is_told_to_the_unknown(client: TestClient, owner: Key) -> None:
    choose_password(client, owner)
    client.cookies.clear()
    pages = [
        client.post("/login", data={"email": email, "password": "wrong"}).text.replace(email, "")
        for email in ("lin@example.com", "nobody@example.com")
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "way_on",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/login?next=/x", "/logout", "", "js:x"],
)
def test_the_way_on_stays_here(client: TestClient, owner: Key, way_on: str) -> None:
    key = owner["Authorization"].removeprefix("Bearer ")
    assert client.post("/login", data={"key": key, "next": way_on}).headers["location"] == "/app"
    assert client.get("/login", params={"next": way_on}).headers["location"] == "/app"


def test_huge_and_broken_forms_are_refused(client: TestClient) -> None:
    assert client.post("/login", content=b"key=" + b"x" * 20_000).status_code == 413
    assert client.post("/login", content=b"&".join(b"a%d=1" % n for n in range(200))).status_code == 400
    assert client.post("/login", content=b"\xff\xfe%%%=%ZZ&email=%00").status_code == 422
    assert client.post("/invitation", content=b"").status_code == 410
    assert client.post("/login", data={"email": "a" * 7000 + "@example.com", "password": "x"}).status_code == 422


def test_over_https_cookies_hold_for_this_host_alone(application: Application) -> None:
    with served(application, "https://testserver") as client:
        reply = client.get(f"/app?login={application.access.new_link_code(OWNER_CALLS)}")
        cookie = reply.headers["set-cookie"]
        assert cookie.startswith("__Host-copilot_session=session_")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert reply.headers["strict-transport-security"] == "max-age=31536000"
        assert client.get("/app/settings").status_code == 200
        # A cookie that some other host of the domain planted opens nothing.
        secret = cookie.partition("=")[2].partition(";")[0]
        client.cookies.clear()
        assert client.get("/app/settings", headers={"Cookie": f"copilot_session={secret}"}).status_code == 303


def test_pages_say_what_browsers_may_do_with_them(client: TestClient) -> None:
    headers = client.get("/login").headers
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "microphone=()" in headers["permissions-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers


def test_signing_in_changes_the_session_and_out_ends_it(client: TestClient, application: Application) -> None:
    sign_in(client, application, "lin")
    first = client.cookies["copilot_session"]
    sign_in(client, application, "lin")
    second = client.cookies["copilot_session"]
    assert application.access.caller_of_session(first) is None
    reply = client.post("/logout", headers=SAME)
    assert reply.headers["location"] == "/login?done=signed_out"
    assert "copilot_session=" in reply.headers["set-cookie"]
    assert application.access.caller_of_session(second) is None
    assert client.post("/logout", headers=SAME).status_code == 303
    assert told(application)[-3:] == [("session.opened", "lin"), ("session.opened", "lin"), ("session.ended", "lin")]


FORMS = ("/login", "/logout", "/preferences", "/invitation", "/app/settings/keys", "/app/settings/sessions/end")


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "headers",
    [CROSS, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example"}, {"Origin": "null"}],
    ids=["cross-site", "same-site", "origin", "null"],
)
def test_another_site_sends_no_form(client: TestClient, application: Application, path: str, headers: Key) -> None:
    sign_in(client, application, "lin")
    reply = client.post(path, data={"language": "en"}, headers=headers)
    assert reply.status_code == 403
    assert "cross_site_request" in reply.text
    assert "set-cookie" not in reply.headers
    assert client.get("/app/settings").status_code == 200


def test_another_site_changes_nothing_with_a_session_but_a_key_does(
    client: TestClient, application: Application, owner: Key
) -> None:
    sign_in(client, application)
    body = {"id": "new", "name": "new"}
    refused = client.post("/v1/people", json=body, headers=CROSS)
    assert (refused.status_code, refused.json()["code"]) == (403, "cross_site_request")
    assert client.delete("/v1/documents/x", headers=CROSS).json()["code"] == "cross_site_request"
    assert client.post("/v1/people", json=body, headers=CROSS | owner).status_code == 201
    assert client.post("/v1/people", json=body | {"id": "b"}, headers=SAME).status_code == 201
    assert client.post("/v1/people", json=body | {"id": "c"}).status_code == 201
    assert client.get("/v1/people", headers=CROSS).status_code == 200


def test_one_sees_and_ends_what_is_ones_own(client: TestClient, application: Application) -> None:
    sign_in(client, application, "lin")
    mine = client.cookies["copilot_session"]
    other = application.access.redeem_link(application.access.new_link_code(OWNER_CALLS, "lin")) or ""
    theirs = application.access.redeem_link(application.access.new_link_code(OWNER_CALLS, "gao")) or ""
    (id,) = set(re.findall(r"/app/settings/sessions/(\w{12})/end", client.get("/app/settings").text))
    assert client.post(f"/app/settings/sessions/{id}/end").headers["location"] == "/app/settings?done=session"
    assert application.access.caller_of_session(other) is None
    refused = client.post(f"/app/settings/sessions/{id}/end")
    assert refused.status_code == 404
    assert "unknown_session" in refused.text
    client.post("/app/settings/sessions/end")
    assert application.access.caller_of_session(mine) is not None
    assert application.access.caller_of_session(theirs) is not None


def test_a_key_of_ones_own_is_shown_once_and_revoked(client: TestClient, application: Application) -> None:
    sign_in(client, application, "lin")
    shown = client.post("/app/settings/keys", data={"label": "CRM <b>", "days": "30"})
    (secret,) = re.findall(r'value="(copilot_[^"]+)"', shown.text)
    assert "CRM &lt;b&gt;" in shown.text
    assert client.get("/v1/documents", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    listed = client.get("/app/settings").text
    assert secret not in listed
    (id,) = set(re.findall(r"/app/settings/keys/(\w{12})/revocation", listed))
    rotated = client.post(f"/app/settings/keys/{id}/rotation")
    assert len(re.findall(r'value="(copilot_[^"]+)"', rotated.text)) == 1
    client.post(f"/app/settings/keys/{id}/revocation")
    client.cookies.clear()
    assert client.get("/v1/documents", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_what_is_wrong_in_the_settings_is_told_where_it_is(client: TestClient, owner: Key) -> None:
    choose_password(client, owner)
    name = client.post("/app/settings/name", data={"name": "  "})
    label = client.post("/app/settings/keys", data={"label": "a\nb"})
    differs = client.post("/app/settings/password", data={"present": PASSWORD, "password": "a", "again": "b"})
    weak = client.post("/app/settings/password", data={"present": PASSWORD, "password": "short", "again": "short"})
    wrong = client.post("/app/settings/password", data={"present": "x", "password": GOOD, "again": GOOD})
    for reply, fault in (
        (name, "name"),
        (label, "label"),
        (differs, "again"),
        (weak, "new-password"),
        (wrong, "present"),
    ):
        assert (reply.status_code, f'id="{fault}-fault"' in reply.text) == (422, True), fault
    changed = client.post("/app/settings/password", data={"present": PASSWORD, "password": GOOD, "again": GOOD})
    assert changed.headers["location"] == "/app/settings?done=password"
    assert client.get("/app/settings?done=password").status_code == 200
    assert client.post("/app/settings/name", data={"name": "林 晓晓"}).headers["location"] == "/app/settings?done=name"
    assert "林 晓晓" in client.get("/app/settings").text


def test_a_limited_key_changes_nothing_of_its_person(client: TestClient, owner: Key) -> None:
    made = client.post("/v1/keys", json={"person": "lin", "scopes": ["keys.own"]}, headers=owner).json()
    limited = {"Authorization": f"Bearer {made['key']}"}
    for path in ("/app/settings/name", "/app/settings/password", "/app/settings/sessions/end"):
        data = {"name": "x", "present": "x", "password": PASSWORD, "again": PASSWORD}
        assert client.post(path, data=data, headers=limited).status_code == 403


def test_people_are_added_found_changed_invited_and_let_go(client: TestClient, application: Application) -> None:
    sign_in(client, application, "gao")
    form = {
        "id": "new",
        "name": "新人",
        "email": "new@example.com",
        "roles": ["reader", "curator"],
        "groups": "财务，法务, x",
    }
    added = client.post("/app/people", data=form | {"invite": "true"})
    (url,) = re.findall(r'value="(http://testserver/invitation\?code=[^"]+)"', added.text)
    assert client.get(url).status_code == 200
    assert set(application.copilot.people.person("new").groups) == {"财务", "法务", "x"}
    assert "新人" in client.get("/app/people", params={"q": "NEW@"}).text
    assert "新人" not in client.get("/app/people", params={"q": "gao"}).text
    changed = client.post("/app/people/new", data=form | {"name": "老人", "roles": ["reader"]})
    assert changed.headers["location"] == "/app/people/new?done=saved"
    client.post("/app/people/new/invitation/revocation")
    assert client.get(url).status_code == 410
    session = application.access.redeem_link(application.access.new_link_code(OWNER_CALLS, "new")) or ""
    client.post("/app/people/new/sessions/end")
    assert application.access.caller_of_session(session) is None
    client.post("/app/people/new/activity", data={"active": "false"})
    assert not application.copilot.people.person("new").active
    assert "老人" not in client.get("/app/people").text
    assert "老人" in client.get("/app/people?state=inactive").text
    client.post("/app/people/new/activity", data={"active": "true"})
    assert application.copilot.people.person("new").active


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"id": "a b"}, "id"),
        ({"id": "lin"}, "id"),
        ({"id": "owner"}, "id"),
        ({"name": " "}, "name"),
        ({"email": "x"}, "email"),
        ({"roles": []}, "roles"),
        ({"groups": "x" * 101}, "groups"),
    ],
    ids=str,
)
def test_what_is_wrong_of_a_person_is_told_where_it_is(
    client: TestClient, application: Application, wrong: dict[str, object], fault: str
) -> None:
    sign_in(client, application, "gao")
    form: dict[str, object] = {
        "id": "new",
        "name": "<新>",
        "email": "new@example.com",
        "roles": ["reader"],
        "groups": "",
    }
    reply = client.post("/app/people", data=form | wrong)
    assert reply.status_code == 422
    assert f"{fault}-fault" in reply.text
    assert "new@example.com" in reply.text or fault == "email"
    assert "<新>" not in reply.text


def test_who_cannot_be_invited_is_told_why(client: TestClient, application: Application) -> None:
    sign_in(client, application, "gao")
    client.post("/app/people", data={"id": "bare", "name": "x", "roles": ["reader"]})
    client.post("/app/people", data={"id": "twin", "name": "x", "email": "LIN@example.com", "roles": ["reader"]})
    for id in ("bare", "twin"):
        reply = client.post(f"/app/people/{id}/invitation")
        assert (reply.status_code, 'role="alert"' in reply.text) == (422, True)
    assert client.get("/app/people/nobody").status_code == 404
    assert client.get("/app/people/owner").status_code == 200


def test_two_thousand_people_are_paged(client: TestClient, application: Application) -> None:
    with application.store._engine.begin() as connection:
        values = {"roles": ["reader"], "groups": [], "active": True, "created_at": datetime.now(UTC)}
        connection.execute(insert(people), [values | {"id": f"p{n:04}", "name": f"Person {n}"} for n in range(2000)])
    sign_in(client, application, "gao")
    first, last = client.get("/app/people"), client.get("/app/people?page=999999")
    assert first.text.count("/app/people/p") == 47  # after the owner and two others
    assert "p1999" in last.text


def test_the_command_line_invites_through_the_server_and_without_it(
    run: Callable[..., subprocess.CompletedProcess[str]], home: Path
) -> None:
    assert run("people", "add", "lin", "--email", "lin@example.com").returncode == 0
    made = run("people", "invite", "lin", "--json", COPILOT_PUBLIC_URL="https://copilot.example.com")
    body = json.loads(made.stdout)
    assert body["url"].startswith("https://copilot.example.com/invitation?code=invitation_")
    plain = run("people", "invite", "lin")
    assert plain.stdout.startswith("http://127.0.0.1:8000/invitation?code=")
    assert body["url"].partition("code=")[2] not in plain.stdout
    over = json.loads(run("people", "invite", "lin", "--revoke", "--json").stdout)
    assert over == {"person": "lin", "revoked": True}
    refused = run("people", "invite", "owner", "--json")
    assert (refused.returncode, json.loads(refused.stdout or refused.stderr)["error"]["code"]) == (1, "invalid_request")


def provided(home: Path, issuer: str, **settings: object) -> Settings:
    return Settings(home=home, oidc_issuer=issuer, oidc_client_id="copilot", oidc_client_secret="secret", **settings)  # type: ignore[arg-type]


def through(
    client: TestClient, subject: str, start: str = "/login/provider?next=/app/drafts", action: str = ""
) -> httpx.Response:
    """Go to the provider as a browser does, sign in there as somebody, and come back."""
    there = client.get(start).headers["location"]
    with httpx.Client() as browser:
        form = {"action": action} if action else {"sub": subject}
        back = browser.post(there, data=form).headers["location"]
    return client.get(back)


def test_a_real_provider_leads_in_and_its_account_counts_from_then_on(home: Path, database: AddressOf) -> None:
    known = {
        "s-lin": {"email": "lin@example.com", "email_verified": True, "name": "林晓", "groups": ["sales"]},
        "s-eve": {"email": "lin@example.com", "email_verified": False},
        "s-new": {"email": "new@example.com", "email_verified": True},
    }
    with friendly_provider(**known) as issuer:
        settings = provided(home, issuer, oidc_name="示例登录")
        with open_application(settings, embedder=HashingEmbedder()) as application, served(application) as client:
            join(application, "lin", "LIN@example.com")
            assert "示例登录" in client.get("/login").text
            assert through(client, "s-eve").headers["location"] == "/login?problem=unverified"
            assert through(client, "s-new").headers["location"] == "/login?problem=unknown"
            assert through(client, "", action="deny").headers["location"] == "/login?problem=cancelled"
            done = through(client, "s-lin")
            assert (done.status_code, done.headers["location"]) == (303, "/app/drafts")
            assert "lin@example.com" in client.get("/app/settings").text
            actions = told(application)
            assert actions[-2:] == [("identity.bound", "lin"), ("session.opened", "lin")]
            assert actions.count(("session.refused", "system")) == 2
            client.post("/logout")
            httpx.put(f"{issuer}/users/s-lin", json={"email": "elsewhere@example.org"})
            assert through(client, "s-lin").headers["location"] == "/app/drafts"


def test_an_answer_is_good_in_the_browser_that_asked_and_once(home: Path, database: AddressOf) -> None:
    with (
        friendly_provider(s={"email": "lin@example.com", "email_verified": True}) as issuer,
        open_application(provided(home, issuer, oidc_create=True), embedder=HashingEmbedder()) as application,
        served(application) as client,
        served(application) as other,
    ):
        there = client.get("/login/provider").headers["location"]
        back = httpx.post(there, data={"sub": "s"}).headers["location"]
        assert other.get(back).headers["location"] == "/login?problem=attempt"
        assert client.get(back).headers["location"] == "/login?problem=attempt"  # used up, by whom does not matter
        assert through(client, "s").headers["location"] == "/app/drafts"
        for address in ("/login/provider/back?state=x&code=y", "/login/provider/back?state=&code="):
            assert client.get(address).headers["location"].startswith("/app/settings?problem=")
        assert other.get("/login/provider/back?error=%3Cscript%3E").headers["location"] == "/login?problem=provider"
        assert "script" not in other.get("/login?problem=%3Cscript%3E").text.split("<main")[1]


def test_an_account_is_bound_in_the_settings(home: Path, database: AddressOf) -> None:
    with (
        friendly_provider(s={"email": "private@example.org"}) as issuer,
        open_application(provided(home, issuer), embedder=HashingEmbedder()) as application,
        served(application) as client,
    ):
        join(application, "lin")
        assert client.get("/login/provider?bind=1").headers["location"] == "/login?next=%2Fapp%2Fsettings"
        sign_in(client, application, "lin")
        assert through(client, "s", "/login/provider?bind=1").headers["location"] == "/app/settings?done=bound"
        client.post("/logout")
        assert through(client, "s").headers["location"] == "/app/drafts"
        assert client.post("/app/settings/identity/release").headers["location"] == "/app/settings?done=released"
        client.post("/logout")
        assert through(client, "s").headers["location"] == "/login?problem=unverified"


def test_while_the_provider_is_down_the_other_ways_lead_in(home: Path, database: AddressOf) -> None:
    with lying_provider() as provider:
        issuer = provider.issuer
    with (
        open_application(provided(home, issuer), embedder=HashingEmbedder()) as application,
        served(application) as client,
    ):
        reply = client.get("/login/provider?next=/app/drafts")
        assert reply.headers["location"] == "/login?problem=provider_down&next=%2Fapp%2Fdrafts"
        page = client.get(reply.headers["location"])
        assert "sign_on_unavailable" in page.text
        key = application.access.first_key()
        assert client.post("/login", data={"key": key, "next": "/app/drafts"}).headers["location"] == "/app/drafts"


def test_without_a_provider_there_is_no_way_to_one(client: TestClient) -> None:
    assert client.get("/login/provider").headers["location"].startswith("/login")
    assert client.get("/login/provider/back?state=a&code=b").headers["location"] == "/login"
