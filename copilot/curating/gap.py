"""A gap: what several people asked and the knowledge does not answer well (F4, F8, F10, F11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

GapId = NewType("GapId", str)


class ObservationKind(StrEnum):
    """What showed that an answer was missing or wanting; only where retrieval worked."""

    ABSTAINED = "abstained"  #: nothing in the knowledge answers it
    PARTIAL = "partial"  #: a part of it is not answered
    DOWNVOTED = "downvoted"
    EDITED = "edited"  #: somebody put other words in place of the answer
    RAISED = "raised"  #: somebody asks for an answer, or has one to give


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One miss. `id` is made of the answer and the kind, so that the same miss is never counted twice."""

    id: str
    kind: ObservationKind
    answer_id: str
    question: str  #: in words that need no conversation
    language: str
    person: str  #: who asked
    at: datetime
    account_id: str | None = None
    stage: str | None = None  #: lifecycle stage of the account, else of the passages closest to the question
    reason: str | None = None  #: of a down-vote: one of the five
    comment: str | None = None  #: what the person wrote; an edit's text
    document_id: str | None = None  #: the closest or the cited document
    version: int | None = None  #: of that document
    conversation_id: str | None = None  #: the same question asked twice in one conversation counts once


class GapStatus(StrEnum):
    """Where a gap is on its way to an answer."""

    OPEN = "open"
    DRAFTED = "drafted"  #: an expert's answer waits for its approval
    ANSWERED = "answered"  #: it stands in the knowledge, and those who asked have been told
    DISMISSED = "dismissed"  #: somebody decided that it needs no answer; a new observation does not reopen it


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A cluster of observations that ask the same; everything counted is of observations that are not withdrawn."""

    id: GapId
    question: str  #: the wording that is most like all others
    language: str
    status: GapStatus
    observations: int
    askers: int  #: different people: what gaps are ordered by, so that nobody decides alone by repeating
    stages: Sequence[str]  #: the most frequent first
    kinds: Sequence[ObservationKind]
    first_at: datetime
    last_at: datetime
    owner: str | None = None  #: a person's id
    document_id: str | None = None  #: the document closest to the question
    draft_id: str | None = None  #: the latest draft that answers it
    published_id: str | None = None  #: the document that answers it now
    reason: str | None = None  #: why it was dismissed
    changed_at: datetime | None = None  #: when its status changed last; None: it never did
    reopened_at: datetime | None = None  #: when it was opened again after it had been answered or dismissed
    former_owner: str | None = None  #: who owned it before the copilot took it from them, since they had left
