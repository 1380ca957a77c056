"""The shapes of advice and of what people say of it (DESIGN §4, Advice)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from copilot.accounts.health import Band, HealthModel
from copilot.accounts.lifecycle import Stage
from copilot.accounts.segment import Size
from copilot.interfaces.contract import Body, CitationBody
from copilot.suggesting.advice import Language, Urgency
from copilot.suggesting.suggestion import Verdict


def _unset(value: object) -> bool:
    return value is None


class AdviceQuery(Body):
    """A record to advise on that need not be kept; reactions need a kept one."""

    record: dict[str, Any]
    language: Language = "zh"
    newcomer: bool = Field(False, description="Explain every rule that spoke, and what to look for.")


class SegmentBody(Body):
    """The size by annual fee; null where a person decides."""

    value: Size | None
    reason: str


class DimensionBody(Body):
    """A part of the health score with a sentence per fact."""

    name: str
    score: float | None
    signals: list[str]


class HealthBody(Body):
    """The health score; null when nothing could be scored."""

    score: float | None
    band: Band
    model: HealthModel
    dimensions: list[DimensionBody]


class OutlookBody(Body):
    """Chances of how the contract ends; null below a stated number of transitions."""

    renewed: float | None
    expanded: float | None
    churned: float | None
    interval: tuple[float, float] | None
    transitions_used: int
    prior_weight: float


class ExplanationBody(Body):
    """A rule that asked for an action, for people who are new."""

    rule: str
    requirements: list[str]
    because: str
    look_for: list[str]


class ActionBody(Body):
    """One thing to do; `id` is what a reaction names."""

    id: str
    action: str = Field(description="Stable key, the same for every account.")
    title: str
    why: str
    signals: list[str]
    citations: list[CitationBody]
    playbook: str
    uplift: float | None
    urgency: Urgency
    due: date | None
    draft_kind: str | None
    owner: str = Field(description="Whose step it is: a person of the record, or a role.")
    explained: Annotated[list[ExplanationBody] | None, Field(exclude_if=_unset)] = None


class AvoidBody(Body):
    """One thing to leave alone."""

    key: str
    title: str
    why: str
    citations: list[CitationBody]


class IcpBody(Body):
    """How well the record fits the ideal customer profile of the settings."""

    score: float | None
    outside: bool
    reasons: list[str]


class AdviceBody(Body):
    """What to do next about an account, what to leave alone, and what could not be judged."""

    id: str
    segment: SegmentBody
    stage: Stage | None
    health: HealthBody
    outlook: OutlookBody
    actions: list[ActionBody]
    avoid: list[AvoidBody]
    not_judged: list[str]
    icp: Annotated[IcpBody | None, Field(exclude_if=_unset)] = None


class ReactionChange(Body):
    """What a person says of a suggestion; a rejection needs a reason."""

    reaction: Verdict
    reason: str | None = None


class ReactionBody(Body):
    """What was said, and when."""

    suggestion_id: str
    person: str
    reaction: Verdict
    reason: str | None
    at: datetime


class SaidBody(Body):
    """What somebody said last of a suggestion."""

    reaction: Verdict
    reason: str | None


class RejectionBody(Body):
    """A suggestion whose rejection stands."""

    suggestion_id: str
    account_id: str | None = Field(description="Null for those who may not read accounts.")
    action: str
    playbook: str
    title: str
    owner: str | None
    reason: str | None
    person: str
    at: datetime


class RejectionList(Body):
    """Rejections, newest first."""

    rejections: list[RejectionBody]


class MistakeBody(Body):
    """A page of the error book: what went wrong, and what to read."""

    kind: Literal["suggestion", "answer"]
    what: str
    reason: str | None
    playbook: str | None
    title: str | None
    at: datetime


class ErrorBookBody(Body):
    """The error book, newest first."""

    mistakes: list[MistakeBody]
