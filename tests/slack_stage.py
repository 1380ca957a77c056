"""The real app behind real HTTP, and a loopback Slack that talks to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from copilot.bootstrap import Application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.api.slack import SlackRequests, add_slack
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings
from tests.doubles.slack_server import SECRET, TOKEN, Sender, SlackServer
from tests.doubles.slack_world import Json, SlackWorld

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything a test of the Slack app looks at."""

    application: Application
    server: SlackServer
    sender: Sender

    def ask(self, channel: str, user: str, text: str, *, thread: str | None = None) -> Json:
        """Mention us, or write directly; returns the message of the asker."""
        make = self.sender.message if channel.startswith("D") else self.sender.mention
        message, envelope = make(channel, user, text, thread=thread)
        status, _ = self.sender.event(envelope)
        assert status == 200
        return message

    def answer_to(self, message: Json) -> Json:
        """Wait for the one answer below a message, finished."""
        root = message.get("thread_ts") or message["ts"]
        return wait_for(lambda: self._finished(message["channel"], root, message["ts"]))

    def _finished(self, channel: str, root: str, since: str) -> Json | None:
        found = [one for one in self.server.world.ours(channel, root) if one["ts"] > since]
        return found[0] if found and not found[0].get("streaming") and found[0].get("metadata") else None

    def response(self, number: int = 0) -> Json:
        """Wait for what comes to a response address; `number` counts from the first one of the test."""
        responses = self.server.world.responses
        return wait_for(lambda: responses[number] if len(responses) > number else None)

    def view(self, number: int = 0) -> Json:
        """Wait for a modal."""
        views = self.server.world.views
        return wait_for(lambda: views[number] if len(views) > number else None)


def wait_for(look: Callable[[], T | None], seconds: float = 15.0) -> T:
    """Look again and again until there is something."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = look()
        if found is not None:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come in time")


def a_workspace() -> SlackWorld:
    """Li of the deal desk, Wang without a record, a guest, somebody of another company."""
    world = SlackWorld()
    world.user("U0LI", "li", email="li@ours.example", locale="zh-CN")
    world.user("U0WANG", "wang", email="wang@ours.example")
    world.user("U0GUEST", "guest", is_restricted=True)
    world.user("U0OTHER", "other", is_stranger=True)
    world.channel("C0SALES", ["U0LI", "U0WANG"], name="sales")
    world.channel("C0DESK", ["U0LI"], name="desk", is_private=True)
    world.channel("C0SHARED", ["U0LI", "U0OTHER"], name="shared", is_ext_shared=True)
    world.channel("C0MIXED", ["U0LI", "U0GUEST"], name="mixed")
    for user in ("U0LI", "U0WANG", "U0GUEST"):
        world.direct(user)
    return world


def slack_settings(home: Path, api_url: str) -> Settings:
    """What turns Slack on."""
    return Settings(
        home=home,
        slack_bot_token=SecretStr(TOKEN),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url=api_url,
    )


@contextmanager
def http_of(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started or None)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def http_of_slack(slack: SlackRequests) -> Iterator[str]:
    """Serve the one route of Slack alone."""
    app = FastAPI()
    add_slack(app, slack)
    with http_of(app) as address:
        yield address


@contextmanager
def stage_of(application: Application, server: SlackServer) -> Iterator[Stage]:
    """Start the Slack app of an application, reachable as it is in production."""
    slack = application.slack
    assert slack is not None
    app = create_app(
        copilot=application.copilot,
        access=application.access,
        ready=lambda: ReadyBody(status="ready"),
        version="0",
        slack=slack,
    )
    slack.start()
    assert slack.wait(10), slack.problem
    with http_of(app) as address:
        yield Stage(application=application, server=server, sender=Sender(server, address))
