"""The app as Slack has to know it: one file, filled in for HTTP or for Socket Mode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from copilot.errors import InvalidRequest
from copilot.interfaces.slack.limits import Block

_FILE = Path(__file__).parent / "manifest.json"
#: Where Slack sends everything: events, buttons, commands (DESIGN §4).
EVENTS_PATH = "/slack/events"

#: Why each scope is asked for (docs.slack.dev/reference/scopes). Nothing else is: no reading of files, no posting into
#: channels that nobody invited the app to, no list of direct messages.
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "be asked by a mention",
    "assistant:write": "suggested prompts of a conversation",
    "channels:history": "follow-ups in a thread of a public channel",
    "channels:read": "who reads a public channel, and whether it is shared with others",
    "chat:write": "answers, streams, status",
    "commands": "/copilot and the shortcuts",
    "files:write": "long tables and texts as files",
    "groups:history": "follow-ups in a thread of a private channel",
    "groups:read": "who reads a private channel",
    "im:history": "direct messages to the app",
    "im:write": "deliver to a person who has not written to the app yet",
    "users:read": "language, and who is a guest",
    "users:read.email": "whose rights count",
}


def manifest(url: str | None = None, *, socket: bool = False) -> Block:
    """Return the manifest; with Socket Mode Slack calls no address of ours.

    Args:
        url: Where the API server is reached from the internet, as `https://copilot.ours.com`.
        socket: Use Socket Mode, which needs no address.

    Raises:
        InvalidRequest: neither or both were given, or the address is not https.
    """
    if socket == (url is not None):
        raise InvalidRequest(
            "Name the address that Slack reaches the server at (--url https://…), or use --socket, which needs none. "
            "(请用 --url 给出 Slack 能访问的地址,或用 --socket。)"
        )
    made: Block = json.loads(_FILE.read_text(encoding="utf-8"))
    settings = made["settings"]
    settings["socket_mode_enabled"] = socket
    if url is not None:
        address = _address(url)
        settings["event_subscriptions"]["request_url"] = address
        settings["interactivity"]["request_url"] = address
        for command in made["features"]["slash_commands"]:
            command["url"] = address
    return made


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise InvalidRequest(
            f"{url!r} is no address that Slack can call: give https and a host, for example https://copilot.ours.com. "
            f"(地址须以 https 开头,不带参数。)"
        )
    return url.rstrip("/").removesuffix(EVENTS_PATH) + EVENTS_PATH
