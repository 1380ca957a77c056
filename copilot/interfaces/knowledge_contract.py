"""The shapes around approved knowledge: answers to gaps, publications, pins, notices, kept questions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from copilot.interfaces.contract import Body, Storable
from copilot.interfaces.draft_contract import DraftReply
from knowledge.document import Audience


class GapAnswerBody(Body):
    """What an expert answers to a gap."""

    answer: str = Field(max_length=40_000)
    title: str | None = Field(None, max_length=160, description="Default: the question of the gap.")
    audience: Audience | None = Field(None, description="Default: internal, or as the document it joins.")
    groups: list[Storable] = Field([], max_length=20)
    document_id: Storable | None = Field(
        None, max_length=1000, description="One that was approved here: the answer joins it. Any other: it is related."
    )
    language: Literal["zh", "en"] | None = Field(None, description="Default: that of the gap.")
    pin: bool = Field(False, description="Whether it is returned as it stands when the same is asked.")
    valid_until: date | None = Field(None, description="The last day on which it holds.")


class PublicationBody(Body):
    """What became of an approved revision."""

    draft_id: str
    revision: int
    gap_id: str
    status: Literal["queued", "published", "blocked", "dropped", "withdrawn"]
    document_id: str | None = None
    source: str | None = None
    version: int | None = None
    attempts: int
    code: str | None = Field(None, description="Why the last attempt failed.")
    published_at: datetime | None = None


class PinBody(Body):
    """An answer that is returned as it stands."""

    question: str
    document_id: str
    source: str
    version: int
    state: Literal["holds", "new_version", "expired"]
    valid_until: date | None = None
    pinned_by: str
    pinned_at: datetime


class KnowledgeList(Body):
    """What was approved here, the newest first, and the pins that you may see."""

    publications: list[PublicationBody]
    pins: list[PinBody]


class GapDraftReply(DraftReply):
    """A draft that answers a gap."""

    gap_id: str


class PinChange(Body):
    """Until when an answer is pinned."""

    valid_until: date | None = None


class PinnedReply(Body):
    """The questions a document is pinned to now."""

    document: str
    questions: list[str]


class WithdrawnReply(Body):
    """A document that was taken out, and the gaps that are open again."""

    document_id: str
    status: Literal["withdrawn"] = "withdrawn"
    gaps: list[str]


class NoticeBody(Body):
    """A question of yours has an answer now."""

    id: str
    gap_id: str
    question: str
    language: Literal["zh", "en"]
    title: str
    text: str
    document_id: str
    source: str
    version: int
    created_at: datetime
    seen_at: datetime | None = None


class NoticeList(Body):
    """Notices, the newest first."""

    notices: list[NoticeBody]


class Seen(Body):
    """When a notice was seen first."""

    id: str
    seen_at: datetime


class GoldBody(Body):
    """A needed piece of evidence."""

    quote: str


class KeptQuestion(Body):
    """A line that `copilot evaluate` reads."""

    id: str
    question: str
    answerable: bool = True
    gold: list[GoldBody] | list[str]
    documents: list[str] = Field([])
    added_at: datetime


class KeptQuestions(Body):
    """Questions that people asked and that are answered now, the oldest first."""

    questions: list[KeptQuestion]
