"""Every route: the headers of its answers, and what they must never hold."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from copilot.bootstrap import Application, open_application
from copilot.bootstrap.checkup import Wanted, diagnose
from copilot.errors import ConfigurationError
from copilot.interfaces.api.app import create_app
from copilot.interfaces.api.scopes import ROUTES
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings, load_settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.errors import ReportableError
from tests.databases import AddressOf

Key = dict[str, str]
CANARY = "canary0secret0that0stands0nowhere"
SECRETS = tuple(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))
#: Addresses that may carry a password too.
ADDRESSES = ("chat_base_url", "chroma_url", "slack_api_url", "traces_url", "oidc_issuer", "hubspot_url", "wecom_url")
#: What a browser may keep and others may load: nothing of anybody's.
KEPT = ("/pages/", "/favicon.ico", "/docs", "/widget.js")


def secret_for(name: str) -> SecretStr:
    forms = {
        "database_url": f"postgresql://who:{CANARY}@127.0.0.1:1/none",
        "smtp_url": f"smtp://who:{CANARY}@127.0.0.1:1",
    }
    return SecretStr(forms.get(name, CANARY))


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory, address_of: AddressOf) -> Iterator[Application]:
    """One for all, with a secret wherever one can be without another server."""
    home = tmp_path_factory.mktemp("hardened") / "home"
    kept = {
        name: secret_for(name)
        for name in SECRETS
        if not name.startswith(("slack", "chat", "database", "salesforce", "oidc", "wecom", "sidebar_"))
    }
    given = Settings(home=home, database_url=address_of(home), smtp_from="a@ours.com", **kept)  # type: ignore[arg-type]
    with open_application(given, embedder=HashingEmbedder()) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(application: Application) -> Iterator[TestClient]:
    app = create_app(
        copilot=application.copilot,
        access=application.access,
        ready=lambda: ReadyBody(status="ready"),
        version="0",
        measures=application.measures,
    )
    with TestClient(app, base_url="https://testserver", follow_redirects=False, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="module")
def key(application: Application) -> Key:
    return {"Authorization": f"Bearer {application.access.run_token}"}


def path_of(template: str) -> str:
    return template.replace("{path:path}", "app.css").replace("{id:path}", "x/y").replace("{", "").replace("}", "")


def test_every_route_answers_with_the_headers_that_protect_it(
    client: TestClient, key: Key, caplog: pytest.LogCaptureFixture
) -> None:
    """As a stranger everything, as the owner everything that reads: the answers, and the log, hold no secret."""
    caplog.set_level(logging.DEBUG)
    for (method, template), _ in ROUTES.items():
        path = path_of(template)
        for headers in ({}, key) if method == "GET" else ({},):
            reply = client.request(method, path, headers=headers)
            told, where = reply.headers, (method, path, bool(headers), reply.status_code)
            assert reply.status_code < 500 or reply.json()["code"] != "internal_error", where
            assert told["x-content-type-options"] == "nosniff", where
            policy = told["content-security-policy"]
            assert "default-src 'none'" in policy, where
            assert "frame-ancestors" in policy, where
            assert "unsafe-inline" not in policy.split("script-src")[-1].split(";")[0], where
            assert "unsafe-eval" not in policy, where
            assert told["referrer-policy"] == "same-origin", where
            assert told["cross-origin-opener-policy"] == "same-origin", where
            assert told["cross-origin-resource-policy"] in ("same-origin", "cross-origin"), where
            assert told["strict-transport-security"].startswith("max-age="), where
            assert "server" not in told, where
            if not path.startswith(KEPT):
                assert "no-store" in told["cache-control"], where
            if template != "/widget.js":
                assert "access-control-allow-origin" not in told, where
            assert CANARY not in reply.text, where
            assert CANARY not in str(told), where
    assert CANARY not in caplog.text


def test_over_http_nothing_promises_https(client: TestClient) -> None:
    assert "strict-transport-security" not in client.get("http://testserver/login").headers


def test_other_pages_are_allowed_only_where_the_settings_name_them(client: TestClient, key: Key) -> None:
    for path in ("/v1/ask", "/v1/documents", "/v1/conversations"):
        reply = client.get(path, headers=key | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in reply.headers


def test_settings_show_no_secret() -> None:
    given = Settings(**{name: secret_for(name) for name in SECRETS})  # type: ignore[arg-type]
    for text in (repr(given), str(given), given.model_dump_json(), str(given.model_dump())):
        assert CANARY not in text


@pytest.mark.parametrize("name", [*SECRETS, *ADDRESSES])
def test_a_setting_that_is_wrong_is_not_repeated(name: str) -> None:
    for wrong in ([CANARY], {"a": CANARY}, f"http://who:{CANARY}@[::1/", f"nonsense://{CANARY}:{CANARY}@x"):
        with suppress(ConfigurationError):
            load_settings(**{name: wrong})
            continue
        with pytest.raises(ConfigurationError) as caught:
            load_settings(**{name: wrong})
        assert CANARY not in caught.value.message


def test_doctor_and_what_fails_while_starting_tell_no_secret(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Everything is set, nothing of it is there: each part says so, and no more."""
    caplog.set_level(logging.DEBUG)
    home = tmp_path_factory.mktemp("doctored") / "home"
    there = f"http://who:{CANARY}@127.0.0.1:1"
    more = {
        "smtp_from": "a@ours.com",
        "chat_model": "openai:none",
        "chat_base_url": f"{there}/v1",
        "slack_api_url": f"{there}/api/",
        "chroma_url": there,
        "hubspot_url": there,
        "salesforce_url": there,
        "oidc_issuer": f"https://who:{CANARY}@127.0.0.1:1",
        "oidc_client_id": "us",
        "chat_timeout_s": 1.0,
        "embedding_model": "words",
    }
    secrets = {name: secret_for(name) for name in SECRETS}
    told: list[str] = []
    for left_out in ((), ("chroma_url", "database_url")):
        given = {name: value for name, value in (secrets | more).items() if name not in left_out}
        settings = Settings(home=home, **given)  # type: ignore[arg-type]
        told += [str(vars(one)) for one in diagnose(settings, Wanted(online=True, mend=False))]
        with pytest.raises(ReportableError) as caught, open_application(settings, embedder=HashingEmbedder()):
            pass
        told.append(caught.value.message)
    out, err = capfd.readouterr()
    # COPILOT_LOG_LEVEL is about our own; others are heard from `warning` on (copilot/telemetry/logs.py).
    ours = ("copilot", "ingest", "knowledge")
    logged = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING or r.name.startswith(ours)]
    assert len(told) > 20
    for text in (*told, *logged, out, err):
        assert CANARY not in text
