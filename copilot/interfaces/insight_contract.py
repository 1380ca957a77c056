"""The shapes around insight: a report, its figures, and what a picture of one shows."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from copilot.interfaces.contract import Body

Unit = Literal["count", "share", "days", "hours", "money", "score"]


class InsightAsk(Body):
    """Which report is wanted."""

    since: date | None = Field(None, description="First day, of UTC; null: four weeks up to `until`.")
    until: date | None = Field(None, description="Last day, of UTC; null: today.")
    scope: Literal["me", "team", "all"] | None = Field(None, description="Null: all for those who may, else me.")
    person: str | None = Field(None, max_length=200, description="In place of me, or the manager of the team.")
    language: Literal["zh", "en"] = "zh"


class FigureRow(Body):
    """One line of the breakdown of a figure."""

    name: str
    value: float | None
    n: int
    detail: str = ""


class ChartSeries(Body):
    """Values for the labels of a chart."""

    name: str
    values: list[float | None]


class ChartBody(Body):
    """What a picture of a figure shows; `GET /v1/insights/charts/{key}.svg` draws it."""

    kind: Literal["bars", "line", "stack"]
    title: str
    labels: list[str]
    series: list[ChartSeries]
    unit: Unit


class FigureBody(Body):
    """A number with what it means and what to do about it; shares are 0 to 1, money is in yuan."""

    key: str = Field(description="Stable.")
    title: str
    value: float | None = Field(description="Null: there is not enough to say, and `analysis` says why.")
    unit: Unit
    n: int = Field(description="What it is out of.")
    interval: tuple[float, float] | None = Field(None, description="95 %.")
    previous: float | None = Field(None, description="In the period of the same length before.")
    analysis: str
    action: str
    owner: str | None = Field(None, description="Who does it: the id or name of a person, or a role.")
    link: str | None = Field(None, description="The command where it is done.")
    rows: list[FigureRow] = Field([])
    chart: ChartBody | None = None


class FigureGroup(Body):
    """Figures that belong together."""

    title: str
    figures: list[FigureBody]


class InsightBody(Body):
    """A report; both days belong to it."""

    whose: Literal["everybody", "team", "person"]
    person: str | None = None
    since: date
    until: date
    language: Literal["zh", "en"]
    groups: list[FigureGroup]

    def figures(self) -> list[FigureBody]:
        """Return all figures, in order."""
        return [figure for group in self.groups for figure in group.figures]
