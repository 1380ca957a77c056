"""What handlers of buttons, commands and modals share: who acts, what a message is about, how to reply."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from copilot.audit.surface import Surface
from copilot.delivery.delivery import ChannelName
from copilot.errors import InvalidRequest, MessageTooOld, NotPermitted, SlackRefused
from copilot.interfaces.contract import AnswerBody
from copilot.interfaces.deliveries import LocalDeliveries
from copilot.interfaces.drafts import LocalDrafts
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.slack.calls import SlackCalls
from copilot.interfaces.slack.channels import Channels
from copilot.interfaces.slack.claims import ClaimStore, Kept, KeptStore
from copilot.interfaces.slack.clicks import Click
from copilot.interfaces.slack.deciding import Who
from copilot.interfaces.slack.elements import Message
from copilot.interfaces.slack.identity import Identity, Known
from copilot.interfaces.slack.limits import Block
from copilot.interfaces.slack.mrkdwn import mention, plain
from copilot.interfaces.slack.notices import NOTICES
from copilot.interfaces.slack.ports import AskExpert, MayRead, SaveKnowledge
from copilot.interfaces.slack.posting import Poster
from copilot.people.person import OF_SLACK
from copilot.people.scope import Scope

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything that handlers need; one for the process."""

    copilot: LocalCopilot
    calls: SlackCalls
    poster: Poster
    identity: Identity
    channels: Channels
    claims: ClaimStore
    kept: KeptStore
    may_read: MayRead
    experts: AskExpert
    knowledge: SaveKnowledge
    deliverable: tuple[ChannelName, ...] = (ChannelName.FILE,)  #: ways out that are set up
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def member(self, user: str, *scopes: Scope) -> Known:
        """Return who acts, if they are one of us and may do it.

        Raises:
            NotPermitted: they are a guest, a stranger or let go; or a scope is missing.
        """
        known = self.identity.known(user)
        if known.who is not Who.MEMBER:
            raise NotPermitted(NOTICES[known.who.value][known.language])
        known.caller.need(*scopes)
        return known

    def drafts(self, known: Known) -> LocalDrafts:
        """Return the use cases around drafts, as this person in Slack."""
        return self.copilot.drafts.as_caller(known.person.id, Surface.SLACK)

    def deliveries(self, known: Known) -> LocalDeliveries:
        """Return the use cases around deliveries, as this person in Slack."""
        return self.copilot.deliveries.as_caller(known.person.id, Surface.SLACK)

    def answer(self, id: str, user: str, click: Click | None = None) -> tuple[AnswerBody, Kept]:
        """Return an answer that a user was shown, and how; of several messages the one that was clicked.

        Raises:
            MessageTooOld: it is not kept any more, or was shown to others alone.
        """
        found = [one for one in self.kept.about("answer", id) if one.person == user or _public(one)]
        if not found:
            raise MessageTooOld("This message is too old; what it was about is not kept. Ask again.")
        clicked = [one for one in found if click is not None and one.ts and one.ts == click.ts]
        kept = (clicked or list(found))[0]
        return AnswerBody.model_validate(kept.body["answer"]), kept

    def tell(self, click: Click, message: Message) -> None:
        """Tell whoever clicked, alone: beside the message, else in the direct messages."""
        try:
            if click.response_url:
                self.poster.respond(click.response_url, message)
                return
            if click.channel and not click.channel.startswith("D"):
                self.poster.whisper(click.channel, click.user, message, thread=click.thread or None)
                return
        except SlackRefused as error:
            _log.info("told in the direct messages: %s", error.message)
        self.poster.post(click.user, None, message, f"told:{click.trigger_id}")

    def change(self, click: Click, message: Message) -> None:
        """Put a message in the place of the one that was clicked."""
        if click.ephemeral:
            self.poster.respond(click.response_url, message, replace=True)
        else:
            self.poster.update(click.channel, click.ts, message)

    def open(self, trigger_id: str, view: Block) -> None:
        """Open a modal; Slack takes it within three seconds of the click."""
        self.calls("views.open", once=True, budget_s=2.5, trigger_id=trigger_id, view=view)

    def keep(self, **values: Any) -> Kept:
        """Keep what a message is about."""
        kept = Kept(at=self.now(), **values)
        self.kept.keep(kept)
        return kept

    def name_of(self, person: str) -> str:
        """Return somebody's name as safe mrkdwn; a user of Slack without a record is mentioned."""
        if person.startswith(OF_SLACK):
            return mention(person.removeprefix(OF_SLACK), person)
        try:
            return plain(self.copilot.people.person(person).name)
        except InvalidRequest:
            return plain(person)


def _public(kept: Kept) -> bool:
    """Tell whether an answer stands where others than the asker read it."""
    return not kept.body.get("private") and not kept.channel.startswith("D")
