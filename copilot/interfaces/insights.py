"""The use cases around insight, on the service of this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Protocol

from copilot.errors import UnknownFigure
from copilot.insight.figure import Chart, Series
from copilot.insight.period import usual_period
from copilot.insight.picture import picture
from copilot.insight.report import EVERYBODY, Report, Scope, one_person, team_of
from copilot.insight.service import InsightService
from copilot.interfaces.insight_contract import ChartBody, FigureBody, FigureGroup, InsightAsk, InsightBody
from copilot.people.caller import Caller
from copilot.people.scope import Scope as Permission


class Insights(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def report(self, ask: InsightAsk) -> InsightBody:
        """Return the figures of a period."""
        ...


class LocalInsights:
    """Implements `Insights` for whoever calls; without a caller, for the operator."""

    def __init__(
        self,
        service: InsightService,
        operator: Caller,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._service = service
        self._operator = operator
        self._today = today

    def report(self, ask: InsightAsk, *, caller: Caller | None = None) -> InsightBody:
        """Return the figures of a period."""
        caller = caller or self._operator
        period = usual_period(self._today(), ask.since, ask.until)
        found = self._service.report(
            caller, scope=_scope(ask, caller), since=period.since, until=period.until, language=ask.language
        )
        return insight_body(found)


def _scope(ask: InsightAsk, caller: Caller) -> Scope:
    person = ask.person or caller.person.id
    if ask.scope == "team":
        return team_of(person)
    if ask.scope == "me" or ask.person is not None:
        return one_person(person)
    sees_all = caller.scopes & {Permission.INSIGHT_READ, Permission.DOCUMENTS_WRITE}
    return EVERYBODY if ask.scope == "all" or sees_all else one_person(person)


def insight_body(report: Report) -> InsightBody:
    """Show a report."""
    return InsightBody(
        whose=report.scope.whose,
        person=report.scope.person,
        since=report.since,
        until=report.until,
        language=report.language,
        groups=[
            FigureGroup(
                title=group.title, figures=[FigureBody.model_validate(asdict(figure)) for figure in group.figures]
            )
            for group in report.groups
        ],
    )


def figure_named(body: InsightBody, key: str) -> FigureBody:
    """Return a figure of a report.

    Raises:
        UnknownFigure: it has none of this key.
    """
    found = next((figure for figure in body.figures() if figure.key == key), None)
    if found is None:
        known = ", ".join(figure.key for figure in body.figures())
        raise UnknownFigure(f"There is no figure {key!r} in this report. It has {known}.")
    return found


def picture_of(body: InsightBody, key: str, *, styled: bool = True) -> str:
    """Draw a figure as SVG.

    Raises:
        UnknownFigure: there is none of this key, or it has nothing to draw.
    """
    figure = figure_named(body, key)
    if figure.chart is None:
        raise UnknownFigure(f"The figure {key!r} has nothing to draw in this period. Ask for a longer one.")
    return picture(_chart(figure.chart), key, body.language, styled=styled)


def _chart(body: ChartBody) -> Chart:
    return Chart(
        kind=body.kind,
        title=body.title,
        labels=body.labels,
        series=[Series(name=series.name, values=series.values) for series in body.series],
        unit=body.unit,
    )
