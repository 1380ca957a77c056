"""The shapes of looking back: conversations, quotes in their context, and asking for a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from copilot.interfaces.contract import AnswerBody, Body, Storable
from knowledge.document import Audience


class ConversationLine(Body):
    """One line of a list of conversations."""

    id: str
    question: str = Field(description="The first one.")
    replies: int
    started_at: datetime
    last_at: datetime


class ConversationList(Body):
    """Your conversations, the one with the newest reply first."""

    conversations: list[ConversationLine]
    page: int
    next: int | None = Field(None, description="The page behind this one; null: there is none.")


class KeptAnswerBody(AnswerBody):
    """An answer as it was shown; without passages and figures, which are not shown again."""

    at: datetime
    html: str
    withheld: bool = Field(False, description="A document it quotes is not for you any more; nothing of it is shown.")


class HandoverBody(Body):
    """A request for a person."""

    id: str
    conversation_id: str
    status: Literal["open", "done"]
    waiting: bool = Field(description="The copilot stays out of the conversation until it is asked to go on.")
    contact: str = Field(description="How to reach you; empty: nobody can, and you have to come back here.")
    message: str
    told: Literal["told", "waits", "list"] = Field(
        description="told: somebody outside has the news; waits: they are told soon; list: it stands on a list that "
        "our people look at."
    )
    created_at: datetime
    done_at: datetime | None = None


class ConversationBody(Body):
    """A conversation, oldest answer first; of a very long one the end."""

    id: str
    answers: list[KeptAnswerBody]
    handover: HandoverBody | None = None


class AskForPersonBody(Body):
    """What is left behind for the person."""

    contact: Storable = Field("", description="An address or a number to reach you by.")
    message: Storable = ""


class QuotedPlaceBody(Body):
    """A quote in the text it stands in."""

    n: int
    document_id: str
    title: str
    heading_path: list[str]
    version: int
    status: Literal["current", "replaced", "deleted"]
    before: str
    quote: str
    after: str
    cut_before: bool
    cut_after: bool
    page: int | None = None
    url: str | None = None
    verified_until: date | None = None
    stale: bool = False


class ShortcutBody(Body):
    """Something to begin with."""

    label: str
    action: str = Field(description="`ask`: ask `payload.question`; others are carried out by the pages that can.")
    payload: dict[str, str] = Field(default_factory=dict)


class ShortcutList(Body):
    """Choices before typing."""

    shortcuts: list[ShortcutBody]
    audience: Audience


class StoppedBody(Body):
    """What became of stopping a stream."""

    request_id: str
    status: Literal["stopped", "finished"] = Field(description="finished: the answer was there already.")
