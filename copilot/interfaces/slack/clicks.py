"""Buttons and modals as Slack tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Click:
    """A button that somebody pressed; `channel` and `ts` are empty in App Home."""

    user: str
    action_id: str
    value: str
    trigger_id: str
    channel: str = ""
    thread: str = ""
    ts: str = ""
    response_url: str = ""
    ephemeral: bool = False  #: only they see the message, which can be changed through `response_url` alone


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A modal that somebody sent."""

    user: str
    callback_id: str
    metadata: str
    values: Mapping[str, Mapping[str, Mapping[str, object]]]


def read_click(body: Mapping[str, Any]) -> Click:
    """Read a `block_actions` payload with its one action."""
    action = (body.get("actions") or [{}])[0]
    container = body.get("container") or {}
    message = body.get("message") or {}
    ts = str(container.get("message_ts") or message.get("ts") or "")
    return Click(
        user=str((body.get("user") or {}).get("id") or ""),
        action_id=str(action.get("action_id") or ""),
        value=str(action.get("value") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        channel=str(container.get("channel_id") or (body.get("channel") or {}).get("id") or ""),
        thread=str(container.get("thread_ts") or message.get("thread_ts") or ts),
        ts=ts,
        response_url=str(body.get("response_url") or ""),
        ephemeral=bool(container.get("is_ephemeral")),
    )


def read_submission(body: Mapping[str, Any]) -> Submission:
    """Read a `view_submission` payload."""
    view = body.get("view") or {}
    values = (view.get("state") or {}).get("values")
    return Submission(
        user=str((body.get("user") or {}).get("id") or ""),
        callback_id=str(view.get("callback_id") or ""),
        metadata=str(view.get("private_metadata") or ""),
        values=values if isinstance(values, Mapping) else {},
    )
