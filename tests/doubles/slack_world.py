"""What the loopback Slack knows and what has been sent to it, with the answers of its Web API methods."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copilot.interfaces.slack.limits import MARKDOWN_TEXT, SUGGESTED_PROMPTS, checked

TEAM = "T0OURS"
OTHER_TEAM = "T0ELSE"
BOT_USER = "U0BOT"
BOT = "B0BOT"

Json = dict[str, Any]


class SlackError(Exception):
    """Answered as `ok: false`."""


@dataclass
class SlackWorld:
    """One workspace. Everything that was sent stands in lists a test can look at."""

    users: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    messages: list[Json] = field(default_factory=list)  #: ours and theirs, in the order of their ts
    ephemerals: list[Json] = field(default_factory=list)
    responses: list[Json] = field(default_factory=list)  #: what came to response addresses
    views: list[Json] = field(default_factory=list)  #: opened modals
    homes: dict[str, Json] = field(default_factory=dict)
    statuses: list[Json] = field(default_factory=list)
    prompts: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)  #: what broke a published limit
    calls: list[tuple[str, Json]] = field(default_factory=list)
    streams: bool = True

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self._count = itertools.count(1)
        self.user(BOT_USER, "copilot", is_bot=True)

    def user(self, id: str, name: str, *, email: str | None = None, locale: str = "en-US", **flags: Any) -> str:
        """Add a user; flags as `users.info` tells them."""
        self.users[id] = {
            "id": id,
            "team_id": TEAM,
            "name": name,
            "real_name": name,
            "locale": locale,
            "profile": {"display_name": name, **({"email": email} if email else {})},
            **flags,
        }
        return id

    def channel(self, id: str, members: Sequence[str], *, name: str | None = None, **flags: Any) -> str:
        """Add a channel that we are in; flags as `conversations.info` tells them."""
        self.channels[id] = {"id": id, "name": name or id.lower(), "members": [*members, BOT_USER], **flags}
        return id

    def direct(self, user: str) -> str:
        """Return the direct messages with a user."""
        id = f"D{user[1:]}"
        if id not in self.channels:
            self.channel(id, [user], is_im=True)
        return id

    def new_ts(self) -> str:
        """Return the id of the next message."""
        with self.lock:
            return f"{1_790_000_000 + next(self._count)}.000100"

    def said(self, channel: str, user: str, text: str, **more: Any) -> Json:
        """Let somebody write a message; returns it."""
        with self.lock:
            message = {"type": "message", "channel": channel, "user": user, "text": text, "ts": self.new_ts(), **more}
            self.messages.append(message)
            return message

    def ours(self, channel: str | None = None, thread: str | None = None) -> list[Json]:
        """Return our messages, of a channel and a thread."""
        with self.lock:
            return [
                one
                for one in self.messages
                if one["user"] == BOT_USER
                and channel in (None, one["channel"])
                and (thread is None or one.get("thread_ts") == thread)
            ]

    def answer(self, method: str, given: Mapping[str, Any]) -> Json:
        """Carry out a call.

        Raises:
            SlackError: it is refused.
        """
        handler = _METHODS.get(method)
        if handler is None:
            raise SlackError("unknown_method")
        with self.lock:
            self.calls.append((method, dict(given)))
            return handler(self, given)

    def respond(self, id: str, body: Json) -> None:
        """Take what came to a response address."""
        with self.lock:
            self._check(body)
            self.responses.append(body | {"address": id})

    def _channel(self, given: Mapping[str, Any]) -> Json:
        id = str(given.get("channel"))
        if id.startswith("U") and id in self.users:
            id = self.direct(id)
        if id not in self.channels:
            raise SlackError("channel_not_found")
        return self.channels[id]

    def _writable(self, given: Mapping[str, Any]) -> Json:
        channel = self._channel(given)
        if BOT_USER not in channel["members"]:
            raise SlackError("not_in_channel")
        if channel.get("is_archived"):
            raise SlackError("is_archived")
        return channel

    def _check(self, given: Mapping[str, Any]) -> None:
        text = str(given.get("text") or "")
        if len(text) > 40_000 or len(str(given.get("markdown_text") or "")) > MARKDOWN_TEXT:
            self.violations.append(f"text of {len(text)} characters")
            raise SlackError("msg_too_long")
        blocks = given.get("blocks")
        if blocks is not None and (found := checked(blocks)):
            self.violations += found
            raise SlackError("invalid_blocks")
        if not text and not blocks and "chunks" not in given and not given.get("delete_original"):
            raise SlackError("no_text")


def _auth_test(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    return {"team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT, "team": "ours", "user": "copilot"}


def _post(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    channel = world._writable(given)
    world._check(given)
    message = {
        "type": "message",
        "channel": channel["id"],
        "user": BOT_USER,
        "bot_id": BOT,
        "ts": world.new_ts(),
        **{name: given[name] for name in ("text", "blocks", "metadata", "thread_ts") if given.get(name) is not None},
    }
    world.messages.append(message)
    return {"channel": channel["id"], "ts": message["ts"], "message": message}


def _found(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    channel = world._channel(given)
    for message in world.messages:
        if message["channel"] == channel["id"] and message["ts"] == given.get("ts"):
            if message["user"] != BOT_USER:
                raise SlackError("cant_update_message")
            return message
    raise SlackError("message_not_found")


def _update(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    message = _found(world, given)
    world._check(given)
    message.update({name: given[name] for name in ("text", "blocks", "metadata") if name in given})
    message["edits"] = message.get("edits", 0) + 1
    message["streaming"] = False
    return {"channel": message["channel"], "ts": message["ts"]}


def _ephemeral(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    channel = world._writable(given)
    if given.get("user") not in channel["members"]:
        raise SlackError("user_not_in_channel")
    world._check(given)
    world.ephemerals.append(dict(given))
    return {"message_ts": world.new_ts()}


def _start(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    if not world.streams:
        raise SlackError("unknown_method")
    channel = world._writable(given)
    if not given.get("thread_ts"):
        raise SlackError("invalid_thread_ts")
    if not channel.get("is_im") and not (given.get("recipient_user_id") and given.get("recipient_team_id")):
        raise SlackError("missing_recipient_team_id")
    message = {
        "type": "message",
        "channel": channel["id"],
        "user": BOT_USER,
        "bot_id": BOT,
        "ts": world.new_ts(),
        "thread_ts": given["thread_ts"],
        "text": str(given.get("markdown_text") or ""),
        "streaming": True,
        "chunks": list(given.get("chunks") or ()),
    }
    world.messages.append(message)
    return {"channel": channel["id"], "ts": message["ts"]}


def _append(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    message = _found(world, given)
    if not message.get("streaming"):
        raise SlackError("message_not_in_streaming_state")
    message["chunks"] += list(given.get("chunks") or ())
    return {"channel": message["channel"], "ts": message["ts"]}


def _stop(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    message = _found(world, given)
    if not message.get("streaming"):
        raise SlackError("message_not_in_streaming_state")
    world._check({name: value for name, value in given.items() if name != "chunks"})
    message["chunks"] += list(given.get("chunks") or ())
    message.update({name: given[name] for name in ("blocks", "metadata") if name in given})
    message["streaming"] = False
    return {"channel": message["channel"], "ts": message["ts"], "message": message}


def _replies(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    channel, root = world._channel(given), given.get("ts")
    inside = [
        one for one in world.messages if one["channel"] == channel["id"] and root in (one["ts"], one.get("thread_ts"))
    ]
    if not inside:
        raise SlackError("thread_not_found")
    return {"messages": inside, "has_more": False}


def _history(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    if str(given.get("channel")).startswith("U"):  # only chat.* take a user for a conversation
        raise SlackError("channel_not_found")
    channel = world._channel(given)
    inside = [one for one in world.messages if one["channel"] == channel["id"] and not one.get("thread_ts")]
    return {"messages": inside[::-1][: int(given.get("limit") or 100)]}


def _paged(items: Sequence[Any], given: Mapping[str, Any], name: str) -> Json:
    start, size = int(given.get("cursor") or 0), int(given.get("limit") or 100)
    following = str(start + size) if start + size < len(items) else ""
    return {name: list(items[start : start + size]), "response_metadata": {"next_cursor": following}}


def _info(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    return {"channel": {name: value for name, value in world._channel(given).items() if name != "members"}}


def _members(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    return _paged(world._channel(given)["members"], given, "members")


def _open(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    if given.get("users") not in world.users:
        raise SlackError("user_not_found")
    return {"channel": {"id": world.direct(str(given["users"]))}}


def _channels(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    return _paged([one for one in world.channels.values() if not one.get("is_im")], given, "channels")


def _user(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    if given.get("user") not in world.users:
        raise SlackError("user_not_found")
    return {"user": world.users[str(given["user"])]}


def _users(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    return _paged(list(world.users.values()), given, "members")


def _by_email(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    for user in world.users.values():
        if user["profile"].get("email") == given.get("email"):
            return {"user": user}
    raise SlackError("users_not_found")


def _open_view(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    view = given["view"]
    if found := checked(view):
        world.violations += found
        raise SlackError("invalid_arguments")
    if not given.get("trigger_id"):
        raise SlackError("invalid_trigger_id")
    world.views.append(view | {"trigger_id": given["trigger_id"]})
    return {"view": view | {"id": f"V{len(world.views)}"}}


def _publish(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    if found := checked(given["view"]):
        world.violations += found
        raise SlackError("invalid_arguments")
    world.homes[str(given["user_id"])] = given["view"]
    return {"view": given["view"]}


def _status(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    world.statuses.append(dict(given))
    return {}


def _suggest(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    if not 0 < len(given.get("prompts") or ()) <= SUGGESTED_PROMPTS:
        raise SlackError("invalid_arguments")
    world.prompts.append(dict(given))
    return {}


def _complete(world: SlackWorld, given: Mapping[str, Any]) -> Json:
    world.files.append(dict(given))
    return {"files": [{"id": "F1"}]}


_METHODS: Mapping[str, Callable[[SlackWorld, Mapping[str, Any]], Json]] = {
    "auth.test": _auth_test,
    "chat.postMessage": _post,
    "chat.update": _update,
    "chat.postEphemeral": _ephemeral,
    "chat.startStream": _start,
    "chat.appendStream": _append,
    "chat.stopStream": _stop,
    "conversations.history": _history,
    "conversations.info": _info,
    "conversations.list": _channels,
    "conversations.members": _members,
    "conversations.open": _open,
    "conversations.replies": _replies,
    "users.info": _user,
    "users.list": _users,
    "users.lookupByEmail": _by_email,
    "views.open": _open_view,
    "views.publish": _publish,
    "assistant.threads.setStatus": _status,
    "assistant.threads.setSuggestedPrompts": _suggest,
    "files.completeUploadExternal": _complete,
}
