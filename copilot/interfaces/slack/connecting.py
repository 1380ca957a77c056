"""Runs the Slack app inside a process: who we are is asked until Slack answers, then everything starts.

Until then requests are answered 503, and Slack sends them again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError

from copilot.drafting.draft import Draft
from copilot.errors import SlackRefused, SlackUnavailable
from copilot.interfaces.slack.app import SlackApp, Us
from copilot.interfaces.slack.calls import SlackCalls
from copilot.interfaces.slack.workers import Workers

_log = logging.getLogger(__name__)

_AGAIN_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Running:
    """An app and the threads behind it."""

    app: SlackApp
    workers: Workers


class SlackConnection:
    """Starts and stops; `over_http` may be called from many threads."""

    def __init__(
        self,
        calls: SlackCalls,
        build: Callable[[Us], Running],
        *,
        app_token: str | None = None,
        again_s: float = _AGAIN_S,
    ) -> None:
        """With `app_token` events come through a socket that we open."""
        self._calls = calls
        self._build = build
        self._app_token = app_token
        self._again_s = again_s
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._running: Running | None = None
        self._socket: SocketModeHandler | None = None
        self._thread = threading.Thread(target=self._connect, name="slack-connect", daemon=True)
        self.problem: str | None = None  #: why nothing runs, where that will not change by itself

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until everything runs; False where it does not yet, or never will."""
        return self._ready.wait(seconds)

    @property
    def state(self) -> Literal["connecting", "running", "failed"]:
        """Where it stands."""
        if self._ready.is_set():
            return "running"
        return "failed" if self.problem else "connecting"

    def stop(self) -> None:
        """End within seconds: what is at hand is finished or given back."""
        self._stopping.set()
        if self._socket is not None:
            self._socket.close()  # type: ignore[no-untyped-call]
        running = self._running
        if running is not None:
            running.workers.stop()
            running.app.close()

    def pause(self, seconds: float) -> bool:
        """Wait; True as soon as the process stops."""
        return self._stopping.wait(seconds)

    def decided(self, draft: Draft) -> None:
        """Show a draft anew that was decided on, on whatever surface; returns at once."""
        if self._running is not None and not self._stopping.is_set():
            self._running.app.draft_decided(draft.id)

    def over_http(self, body: str, headers: Mapping[str, str]) -> BoltResponse:
        """Answer a request of Slack."""
        if self._running is None or self._stopping.is_set():
            return BoltResponse(status=503, body="", headers={"Retry-After": "5"})
        return self._running.app.over_http(body, headers)

    def _connect(self) -> None:
        try:
            us = self._asked()
            if us is None:
                return
            running = self._build(us)
            running.workers.start()
            self._running = running
            if self._app_token is not None and not self._plugged(running, self._app_token):
                return
            self._ready.set()
        except Exception as error:  # noqa: BLE001  # the thread's boundary: the server goes on without Slack
            self.problem = f"Slack could not be started ({type(error).__name__}: {error}). Restart to try again."
            _log.exception("Slack could not be started")

    def _plugged(self, running: Running, app_token: str) -> bool:
        """Open the socket; once it was open it is opened again by itself."""
        self._socket = SocketModeHandler(running.app.bolt, app_token, web_client=self._calls.client)
        while not self._stopping.is_set():
            try:
                self._socket.connect()  # type: ignore[no-untyped-call]
            except SlackApiError as error:
                self.problem = (
                    f"Slack opens no socket ({error.response.get('error')}). COPILOT_SLACK_APP_TOKEN is an app-level "
                    "token (xapp-…) with the scope connections:write; Socket Mode is switched on in the app's settings."
                )
                _log.error("%s", self.problem)
                return False
            except (OSError, SlackClientError) as error:
                _log.warning("Slack's socket cannot be opened yet: %s", type(error).__name__)
                self._stopping.wait(self._again_s)
            else:
                return True
        return False

    def _asked(self) -> Us | None:
        while not self._stopping.is_set():
            try:
                told = self._calls("auth.test")
                return Us(user=str(told["user_id"]), bot=str(told.get("bot_id") or ""), team=str(told["team_id"]))
            except SlackRefused as error:
                self.problem = (
                    f"Slack refuses the token ({error.error}). Copy the Bot User OAuth Token (xoxb-…) of the installed "
                    "app into COPILOT_SLACK_BOT_TOKEN and restart."
                )
                _log.error("%s", self.problem)
                return None
            except SlackUnavailable as error:
                _log.warning("Slack is not there yet: %s", error.message)
                self._stopping.wait(self._again_s)
        return None
