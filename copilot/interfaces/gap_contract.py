"""The shapes around gaps."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from copilot.curating.gap import GapStatus, ObservationKind
from copilot.interfaces.contract import Body, Storable


class GapBody(Body):
    """A gap; what is counted is of observations that nobody has taken back."""

    id: str
    question: str = Field(description="The wording most like all others; numbers of people may be masked.")
    language: str
    status: GapStatus
    observations: int
    askers: int
    stages: list[str]
    kinds: list[ObservationKind]
    first_at: datetime
    last_at: datetime
    owner: str | None
    former_owner: str | None = Field(description="Who owned it before and has left.")
    document_id: str | None = Field(description="The closest document.")
    draft_id: str | None
    published_id: str | None
    reason: str | None = Field(description="Why it was dismissed.")
    changed_at: datetime | None
    reopened_at: datetime | None
    note_zh: str = Field(description="What is special about it, for people; empty when nothing is.")
    note_en: str


class NotGaps(Body):
    """Refusals of the last 30 days that no answer can be written for; zeros for who does not see all gaps."""

    retrieval_failed: int = 0
    no_permission: int = 0
    out_of_scope: int = 0


class GapListBody(Body):
    """Gaps, those that most people asked first."""

    gaps: list[GapBody]
    not_gaps: NotGaps
    count: int = Field(0, description="Of all that there are to see, at most 2,000.")


class ObservationBody(Body):
    """One miss."""

    id: str
    kind: ObservationKind
    answer_id: str
    question: str
    language: str
    person: str
    at: datetime
    account_id: str | None
    stage: str | None
    reason: str | None
    comment: str | None
    document_id: str | None
    version: int | None


class GapDetailsBody(GapBody):
    """A gap with its latest observations, the newest first; who only asked sees their own."""

    seen: list[ObservationBody]


class AssignmentBody(Body):
    """Who answers a gap."""

    owner: Storable = Field(max_length=200, description="A person's id; empty: nobody.")


class DismissalBody(Body):
    """Why a gap needs no answer."""

    reason: str


class MergeBody(Body):
    """Which gap another becomes part of."""

    into: Storable = Field(max_length=200, description="Id of the gap that stays.")
