"""Calls of Slack's Web API: patience with what passes, and a clear error for what does not.

A call that only reads, or that can be repeated without harm, is repeated within a time budget. One that makes something
new (`once`) is not when nobody knows whether it was carried out: whoever made it looks first.
"""

from __future__ import annotations

import http.client
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from copilot.errors import SlackRefused, SlackUnavailable, SlackUnclear

_log = logging.getLogger(__name__)

#: Seconds for one call, with every wait in it.
BUDGET_S = 25.0
#: Seconds until a connection that says nothing is given up.
TIMEOUT_S = 8
#: Words of Slack for its own failures.
_FAILURES = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
#: Take their arguments from the query alone.
_READING = frozenset(
    {
        "conversations.history",
        "conversations.info",
        "conversations.list",
        "conversations.members",
        "conversations.replies",
        "users.info",
        "users.list",
        "users.lookupByEmail",
    }
)


def web_client(token: str, api_url: str | None, timeout_s: int = TIMEOUT_S) -> WebClient:
    """Return a client that repeats nothing by itself; `api_url` is another address than Slack's."""
    address = api_url.rstrip("/") + "/" if api_url else WebClient.BASE_URL
    return WebClient(
        token=token, base_url=address, timeout=timeout_s, retry_handlers=[], logger=logging.getLogger("slack_sdk")
    )


class SlackCalls:
    """One client, for several threads."""

    def __init__(
        self,
        client: WebClient,
        *,
        budget_s: float = BUDGET_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """`sleep` may end early, as when the process stops; then the call is given up."""
        self.client = client
        self._budget_s = budget_s
        self._clock = clock
        self._sleep = sleep

    def __call__(
        self, method: str, *, once: bool = False, budget_s: float | None = None, **arguments: Any
    ) -> Mapping[str, Any]:
        """Call a method and return what it says; arguments that are None are left out.

        Raises:
            SlackRefused: Slack says no.
            SlackUnclear: with `once`, nobody knows whether it was carried out.
            SlackUnavailable: no answer within the budget.
        """
        ends = self._clock() + (self._budget_s if budget_s is None else budget_s)
        given = {name: value for name, value in arguments.items() if value is not None}
        wait_s = 0.3
        while True:
            try:
                return self._call(method, given)
            except SlackUnclear:
                if once or self._clock() + wait_s >= ends:
                    raise
            except SlackUnavailable as error:  # asked for patience: not carried out
                wait_s = max(error.retry_after_s or wait_s, 0.05)
                if self._clock() + wait_s >= ends:
                    raise
            if self._sleep(wait_s):
                raise SlackUnavailable(f"Slack's {method} is given up: the process stops.")
            wait_s = min(wait_s * 2, 5.0)

    def _call(self, method: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            if method in _READING:
                reply = self.client.api_call(method, http_verb="GET", params=dict(given))
            else:
                reply = self.client.api_call(method, json=dict(given))
        except SlackApiError as error:
            raise _told(method, error) from error
        except (OSError, http.client.HTTPException, SlackClientError) as error:
            raise SlackUnclear(f"Slack's {method} does not answer ({type(error).__name__}).") from error
        data = reply.data
        return data if isinstance(data, Mapping) else {}


def _told(method: str, error: SlackApiError) -> SlackRefused | SlackUnavailable:
    reply = error.response
    status = getattr(reply, "status_code", 200)
    said = str(reply.get("error", "")) if hasattr(reply, "get") else ""
    if status == 429 or said == "ratelimited":
        return SlackUnavailable(
            f"Slack asks for patience with {method}.", retry_after_s=_seconds(getattr(reply, "headers", {}))
        )
    if status >= 500 or status == 408 or said in _FAILURES:
        return SlackUnclear(f"Slack's {method} failed ({status} {said[:60]}).")
    return SlackRefused(f"Slack refused {method}: {said[:100]}.", error=said[:100])


def _seconds(headers: Mapping[str, Any]) -> float | None:
    """Read Retry-After; a header may come as a list."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    value = value[0] if isinstance(value, list) and value else value
    try:
        return min(max(float(str(value)), 0.0), 3600.0)
    except ValueError:
        return None
