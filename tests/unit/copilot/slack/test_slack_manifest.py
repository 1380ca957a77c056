"""The manifest has the shape that Slack's schema asks for (slackapi/manifest-schema 2.0.0), and what we listen to."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from copilot.answering.choices import openers
from copilot.cli.app import app
from copilot.errors import InvalidRequest
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.limits import SUGGESTED_PROMPTS
from copilot.interfaces.slack.manifest import SCOPES, manifest

#: Path → the longest text that the schema allows there; `*` stands for every item of a list.
LONGEST = {
    "display_information.name": 35,
    "display_information.description": 140,
    "display_information.long_description": 4000,
    "features.bot_user.display_name": 80,
    "features.agent_view.agent_description": 300,
    "features.shortcuts.*.name": 24,
    "features.shortcuts.*.description": 150,
    "features.shortcuts.*.callback_id": 255,
    "features.slash_commands.*.command": 32,
    "features.slash_commands.*.description": 2000,
    "features.slash_commands.*.usage_hint": 1000,
    "features.slash_commands.*.url": 3000,
    "settings.event_subscriptions.request_url": 3500,
    "settings.event_subscriptions.bot_events.*": 50,
    "settings.interactivity.request_url": 3500,
    "oauth_config.scopes.bot.*": 50,
}
#: Object → the keys that the schema knows, of those that we could want.
KNOWN = {
    "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
    "display_information": {"name", "description", "long_description", "background_color"},
    "features": {"app_home", "bot_user", "agent_view", "shortcuts", "slash_commands"},
    "features.app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "features.agent_view": {"agent_description", "suggested_prompts"},
    "features.agent_view.suggested_prompts.*": {"title", "message"},
    "features.shortcuts.*": {"name", "type", "callback_id", "description"},
    "features.slash_commands.*": {"command", "url", "description", "usage_hint", "should_escape"},
    "oauth_config": {"scopes"},
    "settings": {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    },
    "settings.event_subscriptions": {"request_url", "bot_events"},
    "settings.interactivity": {"is_enabled", "request_url"},
}
#: What each event needs (docs.slack.dev/reference/events); None: nothing.
NEEDED = {
    "app_context_changed": None,
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}


def at(node: object, path: str) -> list[object]:
    """Return what stands at a path."""
    found = [node]
    for step in path.split(".") if path else []:
        found = [
            item
            for one in found
            for item in (one if step == "*" else [one[step]] if isinstance(one, dict) and step in one else [])  # type: ignore[attr-defined, index]
        ]
    return found


@pytest.fixture(params=["http", "socket"])
def made(request: pytest.FixtureRequest) -> dict[str, object]:
    return manifest(socket=True) if request.param == "socket" else manifest("https://copilot.example.com")


def test_no_text_is_too_long(made: dict[str, object]) -> None:
    for path, most in LONGEST.items():
        for text in at(made, path):
            assert isinstance(text, str)
            assert 1 <= len(text) <= most, path
    assert len(str(at(made, "display_information.long_description")[0])) >= 175


def test_no_key_is_unknown(made: dict[str, object]) -> None:
    for path, known in KNOWN.items():
        for node in at(made, path):
            assert isinstance(node, dict)
            assert set(node) <= known, path


def test_every_event_has_its_scope_and_every_scope_its_reason() -> None:
    made = manifest(socket=True)
    events = made["settings"]["event_subscriptions"]["bot_events"]
    scopes = made["oauth_config"]["scopes"]["bot"]
    assert set(events) == set(NEEDED)
    assert {scope for scope in NEEDED.values() if scope} <= set(scopes)
    assert scopes == sorted(SCOPES)


def test_it_names_what_we_listen_to() -> None:
    features = manifest(socket=True)["features"]
    assert {one["callback_id"]: one["type"] for one in features["shortcuts"]} == {
        ids.ASK_SHORTCUT: "message",
        ids.SAVE_SHORTCUT: "message",
    }
    assert [one["command"] for one in features["slash_commands"]] == [ids.COMMAND]
    assert "assistant_view" not in features


def test_its_prompts_are_openers() -> None:
    prompts = manifest(socket=True)["features"]["agent_view"]["suggested_prompts"]
    known = {choice.payload["question"] for language in ("zh", "en") for choice in openers(language)}
    assert {prompt["message"] for prompt in prompts} <= known
    assert len(prompts) <= SUGGESTED_PROMPTS


def test_every_address_is_filled_in() -> None:
    made = manifest("https://copilot.example.com/")
    address = "https://copilot.example.com/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["settings"]["socket_mode_enabled"] is False


def test_socket_mode_has_no_address() -> None:
    made = manifest(socket=True)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in made["settings"]["event_subscriptions"]
    assert "url" not in made["features"]["slash_commands"][0]


@pytest.mark.parametrize("url", ["http://copilot.example.com", "copilot.example.com", "https://", "https://a.b/?x=1"])
def test_an_address_that_slack_cannot_call_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest, match=r"https://copilot\.ours\.com"):
        manifest(url)


@pytest.mark.parametrize("given", [{}, {"url": "https://a.b", "socket": True}])
def test_one_of_the_two_ways_is_named(given: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest, match="--socket"):
        manifest(**given)  # type: ignore[arg-type]


def test_the_command_prints_it() -> None:
    result = CliRunner().invoke(app, ["slack", "manifest", "--socket", "--json"])
    assert result.exit_code == 0
    assert '"socket_mode_enabled": true' in result.output
