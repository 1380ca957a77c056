"""The shapes around outlooks and the history they are learned from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from copilot.interfaces.contract import Body, ErrorBody

Chance = float | None


class MoveLine(Body):
    """A move as often as it was counted; `to_stage` or `outcome` says where it led."""

    action: str | None = Field(None, description="What was done before it.")
    to_stage: str | None = None
    to_band: str | None = None
    outcome: Literal["renewed", "expanded", "churned"] | None = None
    count: int


class UpliftLine(Body):
    """What an action changes of the chance that the contract does not churn."""

    action: str
    uplift: float = Field(description="-1 to 1, against doing anything else.")
    interval: tuple[float, float] = Field(description="90 %.")
    transitions: int = Field(description="Moves counted after this action, in all states.")
    acceptance: Chance = Field(None, description="How often people take it, 0 to 1; null: nobody has reacted yet.")


class OutlookBody(Body):
    """How the contract of an account is likely to end; chances are null where that is not known."""

    id: str
    stage: str | None = None
    band: str | None = None
    basis: Literal["history", "ended", "no_contract", "thin", "no_way"]
    reason_zh: str
    reason_en: str
    renewed: Chance = None
    expanded: Chance = None
    churned: Chance = None
    interval: tuple[float, float] | None = Field(None, description="90 % of the chance that it does not churn.")
    transitions_used: int = 0
    fewest: int = Field(description="Transitions below which no chance is told.")
    prior_weight: float = Field(1.0, description="Share of the assumptions in what is told, 0 to 1.")
    counts: list[MoveLine] = Field([], description="Moves from this stage and band, the most frequent first.")
    uplifts: list[UpliftLine] = Field([], description="The most helpful first.")


class HistoryBody(Body):
    """Lines of a history; keys as the columns of a file, in Chinese or English."""

    rows: list[dict[str, Any]] = Field(max_length=1000)


class HistoryLine(Body):
    """A line that was not kept."""

    line: int = Field(description="From 1; in a file as an editor counts.")
    error: ErrorBody


class HistoryReport(Body):
    """What an import did: good lines are kept, bad ones told."""

    kept: int
    known: int = Field(0, description="Lines that had been kept before.")
    failed: int
    lines: list[HistoryLine] = Field([])
