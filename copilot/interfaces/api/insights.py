"""Routes around insight: figures, tables for spreadsheets, pictures."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query, Request, Response

from copilot.interfaces.insight_contract import InsightAsk, InsightBody
from copilot.interfaces.insight_table import figures_table, rows_table
from copilot.interfaces.insights import LocalInsights, figure_named, picture_of

Ask = Annotated[InsightAsk, Query()]


class TableAsk(InsightAsk):
    """Which table is wanted."""

    figure: str | None = None


#: The dark style of a picture stands inside of it; nothing else is let in.
_PICTURE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}


def add_insights(app: FastAPI, insights: LocalInsights) -> None:
    """Register the routes."""

    @app.get("/v1/insights", tags=["insight"])
    def read_insights(ask: Ask, request: Request) -> InsightBody:
        """Tell the figures of a period, each with an analysis, an action and who takes it."""
        return insights.report(ask, caller=request.state.caller)

    @app.get("/v1/insights.csv", tags=["insight"])
    def read_insights_table(ask: Annotated[TableAsk, Query()], request: Request) -> Response:
        """The same as CSV: all figures, or the breakdown of one (`figure`)."""
        body = insights.report(ask, caller=request.state.caller)
        table = rows_table(figure_named(body, ask.figure)) if ask.figure else figures_table(body)
        name = ask.figure or "insights"
        headers = {"Content-Disposition": f'attachment; filename="{name}-{body.since}-{body.until}.csv"'}
        return Response(table, media_type="text/csv; charset=utf-8", headers=headers)

    @app.get("/v1/insights/charts/{key}.svg", tags=["insight"])
    def draw_insight(key: str, ask: Ask, request: Request) -> Response:
        """Draw a figure."""
        drawn = picture_of(insights.report(ask, caller=request.state.caller), key)
        return Response(drawn, media_type="image/svg+xml", headers=_PICTURE)
