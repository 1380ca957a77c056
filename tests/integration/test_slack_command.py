"""Settings of Slack: what is missing is named, and without them there is no route."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from typer.testing import CliRunner

from copilot.bootstrap import Application, open_application
from copilot.cli.slack import slack_group
from copilot.errors import ConfigurationError
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.slack_server import slack_server
from tests.slack_stage import slack_settings, wait_for


def test_without_settings_there_is_no_route(application: Application) -> None:
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    assert application.slack is None
    assert TestClient(app).post("/slack/events", content=b"{}").status_code == 404


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"slack_signing_secret": SecretStr("a signing secret")}, "COPILOT_SLACK_BOT_TOKEN"),
        ({"slack_bot_token": SecretStr("xoxb-something")}, "COPILOT_SLACK_SIGNING_SECRET"),
        ({"slack_people": Path("none.toml")}, "COPILOT_SLACK_PEOPLE"),
    ],
)
def test_what_is_missing_is_named(home: Path, given: dict[str, Any], named: str) -> None:
    whole = {"slack_bot_token": SecretStr("xoxb-something"), "slack_signing_secret": SecretStr("a signing secret")}
    values = given if "slack_people" not in given else whole | given
    with (
        pytest.raises(ConfigurationError, match=named),
        open_application(Settings(home=home, **values), embedder=HashingEmbedder()),
    ):
        pass


def test_a_token_that_slack_refuses_is_told_and_the_rest_goes_on(home: Path) -> None:
    with slack_server() as server:
        settings = slack_settings(home, server.api_url).model_copy(
            update={"slack_bot_token": SecretStr("xoxb-of-somebody-else")}
        )
        with open_application(settings, embedder=HashingEmbedder()) as application:
            slack = application.slack
            assert slack is not None
            assert slack.over_http("{}", {}).status == 503
            slack.start()
            assert "invalid_auth" in wait_for(lambda: slack.problem)
            assert slack.state == "failed"


def test_an_app_token_that_slack_refuses_is_told(home: Path) -> None:
    with slack_server() as server:
        settings = slack_settings(home, server.api_url).model_copy(update={"slack_app_token": SecretStr("xapp-wrong")})
        with open_application(settings, embedder=HashingEmbedder()) as application:
            slack = application.slack
            assert slack is not None
            slack.start()
            assert "connections:write" in wait_for(lambda: slack.problem)


def test_a_process_of_its_own_needs_socket_mode(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("COPILOT_HOME", str(home))
    ran = CliRunner().invoke(slack_group, [])
    assert isinstance(ran.exception, ConfigurationError)
    assert "COPILOT_SLACK_APP_TOKEN" in ran.exception.message
    assert CliRunner().invoke(slack_group, ["manifest", "--socket"]).exit_code == 0
