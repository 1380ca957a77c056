"""Messages that leave: once each, whatever Slack does in between.

Every answer carries a marker in its metadata: the key of the claim it answers, which tells nobody anything. When a call
broke off, or a process was killed, the thread is looked through for the marker before anything is posted.
"""

from __future__ import annotations

import http.client
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from copilot.errors import SlackRefused, SlackUnavailable, SlackUnclear
from copilot.interfaces.slack.calls import TIMEOUT_S, SlackCalls
from copilot.interfaces.slack.elements import AsFile, Message, context, section
from copilot.interfaces.slack.limits import MESSAGE_TEXT, Block, checked
from copilot.interfaces.slack.mrkdwn import shortened
from copilot.interfaces.slack.progress import Step, loading_messages, status, task_chunk
from copilot.interfaces.slack.remembered import Remembered
from copilot.interfaces.slack.texts import Language

_log = logging.getLogger(__name__)

MARKER = "copilot_answer"
#: Best effort: what tells of progress must not hold the answer up.
_BRIEF_S = 3.0
_STOP_S = 6.0
_PAGES = 10
#: The direct messages with somebody stay the same.
_DIRECT_S = 86_400.0
_DIRECTS = 5_000
#: Words of Slack for a workspace that has no streams, or a token that may not.
_NO_STREAMS = frozenset(
    {"unknown_method", "missing_scope", "not_allowed_token_type", "method_deprecated", "deprecated"}
)
#: Words of Slack for blocks that it does not take, though ours stay within what it publishes.
_TOO_MUCH = frozenset({"msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"})


@dataclass(frozen=True, kw_only=True)
class Stream:
    """An answer that is being written."""

    channel: str
    thread: str
    ts: str


@dataclass(frozen=True, kw_only=True)
class Posted:
    """Where a message stands; one to a person stands in the direct messages with them."""

    channel: str
    ts: str


class Poster:
    """One for the process; `us` is our user id, `team` our workspace."""

    def __init__(self, calls: SlackCalls, *, us: str, team: str) -> None:
        self._calls = calls
        self._us = us
        self._team = team
        self._streams = threading.Event()
        self._streams.set()
        self._directs = Remembered[str](life_s=_DIRECT_S, most=_DIRECTS)

    def post(self, channel: str, thread: str | None, message: Message, key: str) -> Posted:
        """Post a message; one that broke off is looked for before it is posted again.

        Raises:
            SlackRefused: Slack does not take it there.
            SlackUnavailable: no answer in time; it may be tried again with the same key.
        """
        channel = self.conversation(channel)
        given = _payload(message) | {"metadata": marker(key)}
        for attempt in range(3):
            if attempt and (found := self.found(channel, thread, key)) is not None:
                return Posted(channel=channel, ts=found)
            try:
                told = self._posted(channel, thread, message, given)
                return Posted(channel=str(told.get("channel") or channel), ts=str(told["ts"]))
            except SlackUnclear:
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def conversation(self, to: str) -> str:
        """Return where somebody is told: a user's direct messages, as only those can be looked through again.

        Raises:
            SlackUnavailable: Slack does not say.
        """
        if to[:1] not in ("U", "W"):
            return to
        kept = self._directs.get(to)
        if kept is not None:
            return kept
        try:
            told = self._calls("conversations.open", users=to)
        except SlackRefused as error:  # posting says what stands against it
            _log.info("no direct messages with %s: %s", to, error.error)
            return to
        return self._directs.put(to, str((told.get("channel") or {}).get("id") or to))

    def found(self, channel: str, thread: str | None, key: str) -> str | None:
        """Return our message with this marker, if it stands there."""
        for told in self._ours(self.conversation(channel), thread):
            metadata = told.get("metadata") or {}
            if (metadata.get("event_payload") or {}).get("key") == key:
                return str(told["ts"])
        return None

    def unfinished(self, channel: str, thread: str, since: str, known: Collection[str]) -> str | None:
        """Return a message that we began after a moment and never finished; `known` are those of other answers."""
        for told in self._ours(channel, thread):
            ts = str(told.get("ts", ""))
            if not told.get("metadata") and not told.get("files") and ts > since and ts not in known:
                return ts
        return None

    def update(self, channel: str, ts: str, message: Message, key: str | None = None) -> None:
        """Put a message in the place of another; as often as wanted."""
        metadata = marker(key) if key is not None else None
        self._refit(
            lambda given: self._calls("chat.update", channel=channel, ts=ts, metadata=metadata, **given), message
        )

    def whisper(self, channel: str, user: str, message: Message, *, thread: str | None = None) -> None:
        """Show a message to one person in a channel."""
        self._refit(
            lambda given: self._calls(
                "chat.postEphemeral", once=True, channel=channel, user=user, thread_ts=thread, **given
            ),
            message,
        )

    def respond(self, response_url: str, message: Message | None, *, replace: bool = False) -> None:
        """Answer a command or a click where it was made, seen by that person alone; None takes the message away.

        Raises:
            SlackUnavailable: the address does not answer.
            SlackRefused: it is used up.
        """
        webhook = WebhookClient(response_url, timeout=TIMEOUT_S, retry_handlers=[], logger=_log)
        body: dict[str, Any] = {"response_type": "ephemeral", "replace_original": replace}
        body |= {"delete_original": True} if message is None else _payload(message)
        try:
            reply = webhook.send_dict(body)
        except (OSError, http.client.HTTPException, SlackClientError) as error:
            raise SlackUnclear(f"Slack's response address does not answer ({type(error).__name__}).") from error
        if reply.status_code == 429:
            raise SlackUnavailable("Slack's response address asks for patience.")
        if reply.status_code >= 500:
            raise SlackUnclear(f"Slack's response address answered {reply.status_code}.")
        if reply.status_code != 200:
            raise SlackRefused("Slack's response address is used up.", error=str(reply.body)[:100])

    def tell_status(self, channel: str, thread: str, language: Language, *, ahead: int = 0) -> None:
        """Show that we are at it, or how many come first; where Slack does not, nothing is lost."""
        self._briefly(
            "assistant.threads.setStatus",
            channel_id=channel,
            thread_ts=thread,
            status=status(language, ahead=ahead),
            loading_messages=None if ahead else loading_messages(language),
        )

    def clear_status(self, channel: str, thread: str) -> None:
        """Take the status away; posting does so too, an answer elsewhere does not."""
        self._briefly("assistant.threads.setStatus", channel_id=channel, thread_ts=thread, status="")

    def start(self, channel: str, thread: str, user: str, language: Language) -> Stream | None:
        """Begin an answer that grows; None where Slack has no streams, or not right now."""
        if not self._streams.is_set():
            return None
        direct = channel.startswith("D")
        try:
            told = self._calls(
                "chat.startStream",
                once=True,
                budget_s=_BRIEF_S,
                channel=channel,
                thread_ts=thread,
                recipient_user_id=None if direct else user,
                recipient_team_id=None if direct else self._team,
                task_display_mode="timeline",
                chunks=[task_chunk(Step.SEARCH, "in_progress", language)],
            )
        except SlackRefused as error:
            if error.error in _NO_STREAMS:
                _log.warning("answers are posted, not streamed: %s", error.error)
                self._streams.clear()
            return None
        except SlackUnclear:
            raise
        except SlackUnavailable:
            return None
        return Stream(channel=channel, thread=thread, ts=str(told["ts"]))

    def step(self, stream: Stream, *chunks: Block) -> None:
        """Tell how far an answer is; where Slack does not take it, nothing is lost."""
        self._briefly("chat.appendStream", channel=stream.channel, ts=stream.ts, chunks=list(chunks))

    def finish(self, channel: str, ts: str, message: Message, key: str, *, closing: Collection[Block] = ()) -> None:
        """End an answer that was begun: with its blocks, which hold all of its text.

        A stream that has ended meanwhile, as after a broken call, is changed instead; that can be done again and again.
        """
        try:
            self._calls(
                "chat.stopStream",
                budget_s=_STOP_S,
                channel=channel,
                ts=ts,
                blocks=_fitting(message),
                metadata=marker(key),
                chunks=list(closing) or None,
            )
        except SlackRefused as error:
            _log.info("the stream %s ends as an update: %s", ts, error.error)
            self.update(channel, ts, message, key)
        except SlackUnavailable as error:  # streams may end twenty times a minute, changes more often
            _log.info("the stream %s ends as an update: %s", ts, error.message)
            try:
                self.update(channel, ts, message, key)
            except SlackRefused:  # it still streams: later, then
                raise error from None

    def upload(self, channel: str, thread: str | None, files: Collection[AsFile]) -> None:
        """Put what does not fit beside its message; without it the message still holds the answer."""
        if not files:
            return
        try:
            channel = self.conversation(channel)
        except SlackUnavailable as error:
            _log.warning("files are not uploaded: %s", error.message)
            return
        for file in files:
            try:
                self._calls.client.files_upload_v2(
                    filename=file.name, title=file.title, content=file.content, channel=channel, thread_ts=thread
                )
            except (OSError, http.client.HTTPException, SlackClientError) as error:
                _log.warning("file %r is not uploaded: %s", file.name, type(error).__name__)

    def _posted(
        self, channel: str, thread: str | None, message: Message, given: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        try:
            return self._calls("chat.postMessage", once=True, channel=channel, thread_ts=thread or None, **given)
        except SlackRefused as error:
            if error.error not in _TOO_MUCH:
                raise
            _log.error("Slack refused blocks (%s); the text goes alone", error.error)
            plainer = dict(given) | {"blocks": [section(shortened(message.text, 2_900) or "…")]}
            return self._calls("chat.postMessage", once=True, channel=channel, thread_ts=thread or None, **plainer)

    def _refit(self, send: Callable[[dict[str, Any]], object], message: Message) -> None:
        try:
            send(_payload(message))
        except SlackRefused as error:
            if error.error not in _TOO_MUCH:
                raise
            _log.error("Slack refused blocks (%s); the text goes alone", error.error)
            send({"text": message.text, "blocks": [section(shortened(message.text, 2_900) or "…")]})

    def _ours(self, channel: str, thread: str | None) -> list[Mapping[str, Any]]:
        """Return our messages of a thread, or the last ones of a channel."""
        found: list[Mapping[str, Any]] = []
        method = "conversations.replies" if thread else "conversations.history"
        cursor: str | None = None
        for _ in range(_PAGES if thread else 1):
            try:
                told = self._calls(
                    method, channel=channel, ts=thread or None, limit=200, cursor=cursor, include_all_metadata=True
                )
            except SlackRefused:  # nothing of ours can be seen there, so nothing stands there for us to find
                return []
            found += [one for one in told.get("messages", ()) if one.get("user") == self._us]
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return found

    def _briefly(self, method: str, **arguments: Any) -> None:
        try:
            self._calls(method, once=True, budget_s=_BRIEF_S, **arguments)
        except (SlackRefused, SlackUnavailable) as error:
            _log.info("%s: %s", method, error.message)


def marker(key: str) -> dict[str, Any]:
    """Return metadata by which we find a message again; everybody in the workspace could read it."""
    return {"event_type": MARKER, "event_payload": {"key": key}}


def with_note(message: Message, shown: str) -> Message:
    """Return a message with small print at its end, where there is room for it."""
    blocks = (*message.blocks, *context([shown]))
    return message if checked(list(blocks)) else Message(text=message.text, blocks=blocks, files=message.files)


def _payload(message: Message) -> dict[str, Any]:
    return {
        "text": shortened(message.text, MESSAGE_TEXT),
        "blocks": _fitting(message),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _fitting(message: Message) -> list[Block]:
    """Return the blocks, or the text alone where our own last look finds fault with them."""
    blocks = list(message.blocks)
    if found := checked(blocks):
        _log.error("blocks break a limit and are left out: %s", "; ".join(found[:3]))
        return [section(shortened(message.text, 2_900) or "…")]
    return blocks
