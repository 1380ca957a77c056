"""The shapes of accounts in the order of the attention they need."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.accounts.segment import Size
from copilot.interfaces.contract import Body
from copilot.suggesting.advice import Urgency

Whose = Literal["mine", "all"]


class AttentionQuery(Body):
    """Which accounts are looked for."""

    whose: Whose | None = Field(None, description="Null: one's own, or all where one has none.")
    q: str = Field("", max_length=200)
    stage: Stage | None = None
    segment: Size | None = None
    band: Band | None = None
    page: int = Field(1, ge=1)
    size: int = Field(25, ge=1, le=200)


class NextStep(Body):
    """The first action of an advice."""

    title: str
    urgency: Urgency
    due: date | None
    draft_kind: str | None


class AttentionRow(Body):
    """An account and what it needs; the first reason is the weightiest."""

    id: str
    name: str
    type: Literal["lead", "opportunity", "account"]
    owner: str | None
    segment: Size | None
    stage: Stage | None
    band: Band
    score: float | None
    days_left: int | None
    renews_on: date | None
    ended: bool
    needs: list[str]
    reasons: list[str]
    points: float
    next: NextStep | None = None


class AttentionList(Body):
    """A page of accounts, who needs somebody most first; `kept` is how many records there are at all."""

    accounts: list[AttentionRow]
    whose: Whose
    page: int
    pages: int
    count: int
    kept: bool = Field(description="Whether there is any record at all.")
