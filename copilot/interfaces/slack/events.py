"""What Slack's events say: which message, by whom, to whom, and what is asked in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from copilot.interfaces.slack.deciding import Form, Situation, Via
from copilot.interfaces.slack.mrkdwn import clean

#: Tells whether we have been asked in a thread before.
Engaged = Callable[[str, str], bool]

_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^<>]*))?>")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+(?:\|([^<>]*))?>")
_SPECIAL = re.compile(r"<!([^<>|]*)(?:\|([^<>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^<>|]+)(?:\|([^<>]*))?>")
_EMOJI = re.compile(r":[a-z0-9_+\-']+(?:::skin-tone-\d)?:", re.IGNORECASE)
#: A message that comes with one of these is one that a person wrote.
_WRITTEN = frozenset({"", "file_share", "thread_broadcast", "me_message"})
_CHANGES: Mapping[str, Form] = {"message_changed": Form.CHANGED, "message_deleted": Form.DELETED}


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A message, as an event tells it. `ts` is its id within the channel."""

    event_id: str | None
    via: Via
    form: Form
    channel: str
    ts: str
    thread: str | None  #: the `ts` of the message that the thread hangs on; None outside a thread
    user: str
    text: str  #: the question: without the mention of us, as plain text
    files: int = 0
    edited: bool = False
    to_others: bool = False
    external: bool = False  #: the event itself says that the channel is shared

    @property
    def key(self) -> str:
        """Return what is the same for every event about this message."""
        return message_key(self.channel, self.ts)

    @property
    def has_words(self) -> bool:
        """Tell whether anything is said."""
        return has_words(self.text)

    @property
    def situation(self) -> Situation:
        """Return what is known before anything is looked up."""
        return Situation(
            via=self.via, form=self.form, edited=self.edited, to_others=self.to_others, has_words=self.has_words
        )


def message_key(channel: str, ts: str) -> str:
    """Return the key of a message."""
    return f"message:{channel}:{ts}"


def read_message(body: Mapping[str, Any], us: str, engaged: Engaged) -> Incoming | None:
    """Read the envelope of an `app_mention` or a `message` event; None where it is about no message.

    Args:
        body: the request as JSON.
        us: our user id.
        engaged: asked only of replies in threads of channels.
    """
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("type") not in ("app_mention", "message"):
        return None
    channel, ts = _text(event.get("channel")), _text(event.get("ts"))
    if not channel or not ts:
        return None
    thread = _text(event.get("thread_ts")) or None
    said = _text(event.get("text"))
    named = [found[1] for found in _USER.finditer(said)]
    form = _form(event, us)
    return Incoming(
        event_id=_text(body.get("event_id")) or None,
        via=_via(event, us in named, channel, ts, thread, engaged if form is Form.MESSAGE else lambda *_: False),
        form=form,
        channel=channel,
        ts=ts,
        thread=thread,
        user=_text(event.get("user")),
        text=question_of(said, us),
        files=len(files) if isinstance(files := event.get("files"), list) else 0,
        edited="edited" in event,
        to_others=bool(named) and us not in named,
        external=bool(body.get("is_ext_shared_channel")),
    )


def question_of(said: str, us: str) -> str:
    """Return what is asked, as plain text: our own mention goes, links and names stay readable."""
    text = re.sub(rf"<@{re.escape(us)}(?:\|[^<>]*)?>", " ", said)
    text = _USER.sub(lambda found: f"@{found[2] or found[1]}", text)
    text = _CHANNEL.sub(lambda found: f"#{found[1] or ''}", text)
    text = _LINK.sub(lambda found: _linked(found[1], found[2]), text)
    text = _SPECIAL.sub(lambda found: found[2] or "@" + found[1].split("^")[0], text)
    return clean(unescape(text)).strip()


def has_words(text: str) -> bool:
    """Tell whether a text says more than emoji and punctuation."""
    return any(character.isalnum() for character in _EMOJI.sub(" ", text))


def _linked(address: str, label: str | None) -> str:
    return label if label and label in address else f"{label} ({address})" if label else address


def _form(event: Mapping[str, Any], us: str) -> Form:
    subtype = _text(event.get("subtype"))
    if subtype in _CHANGES:
        return _CHANGES[subtype]
    if event.get("user") == us:
        return Form.OWN
    if event.get("bot_id") or subtype == "bot_message":
        return Form.BOT
    return Form.MESSAGE if subtype in _WRITTEN and _text(event.get("user")) else Form.OTHER


def _via(event: Mapping[str, Any], named: bool, channel: str, ts: str, thread: str | None, engaged: Engaged) -> Via:
    if event.get("channel_type") == "im" or channel.startswith("D"):
        return Via.DIRECT
    if named or event.get("type") == "app_mention":
        return Via.MENTION
    if thread is not None and thread != ts and engaged(channel, thread):
        return Via.ENGAGED
    return Via.OVERHEARD


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
