"""Insight inside the frame: figures with what they mean, a table beside every picture, and digests by schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import Response
from markupsafe import Markup
from pydantic import ValidationError

from copilot.errors import CopilotError, InvalidRequest
from copilot.insight.telling import written
from copilot.interfaces.insight_contract import FigureBody, InsightAsk, InsightBody
from copilot.interfaces.insights import picture_of
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.presentation import problem
from copilot.interfaces.schedule_contract import DigestBody, PauseBody, ScheduleAsk
from copilot.interfaces.web.days import day_of
from copilot.interfaces.web.insight_words import INSIGHT
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page, see_other
from copilot.people.person import Role
from copilot.people.scope import Scope
from knowledge.errors import ReportableError

_Text = Annotated[str, Query(max_length=300)]
_Typed = Annotated[str, Form(max_length=300)]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: The page where a command of a figure is done: the first that its words begin with.
_PLACES = (
    ("documents", "/app/knowledge?freshness=review"),
    ("gaps", "/app/gaps"),
    ("drafts", "/app/drafts"),
    ("deliveries", "/app/drafts"),
    ("suggestions", "/app/accounts"),
    ("accounts", "/app/accounts"),
    ("next", "/app/accounts"),
    ("knowledge", "/app/gaps/knowledge"),
    ("questions", "/app/gaps/proposals"),
    ("schedules", "/app/schedules"),
)


def add_insight_pages(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the routes."""

    @app.get("/app/insight", include_in_schema=False)
    def show_insight(
        request: Request, since: _Text = "", until: _Text = "", scope: _Text = "", person: _Text = ""
    ) -> Response:
        """Show the figures of a period."""
        language, caller = language_of(request), request.state.caller
        asked = {"since": since, "until": until, "scope": scope, "person": person.strip()}
        kept = {name: value for name, value in asked.items() if value}
        body, fault = None, None
        try:
            ask = InsightAsk(
                since=day_of(since),
                until=day_of(until),
                scope=_scope(scope),
                person=person.strip() or None,
                language=language,
            )
            body = copilot.insights.report(ask, caller=caller)
        except (CopilotError, ValidationError) as error:
            fault = error if isinstance(error, ReportableError) else InvalidRequest(f"{error.errors()[0]['msg']}.")
        sees_all = bool(caller.scopes & {Scope.INSIGHT_READ, Scope.DOCUMENTS_WRITE})
        scopes = ["me", *(["team"] if Scope.INSIGHT_READ in caller.scopes else []), *(["all"] if sees_all else [])]
        return page(
            request,
            "insight/report.html",
            INSIGHT,
            at="insight",
            status=problem(fault).status if fault else 200,
            body=body,
            fault=fault,
            asked=kept,
            scopes=scopes,
            may_name=Scope.INSIGHT_READ in caller.scopes,
            query=urlencode({**kept, "language": language}),
            picture=lambda key: _picture(body, key),
            told=lambda value, unit: written(value, unit, language),
            place=_place,
            in_rows=_told_in_rows,
        )

    def schedules(
        request: Request,
        *,
        fault: ReportableError | None = None,
        typed: Mapping[str, str] | None = None,
        done: str | None = None,
        status: int = 200,
    ) -> Response:
        caller = request.state.caller
        return page(
            request,
            "insight/schedules.html",
            INSIGHT,
            at="insight",
            status=status,
            schedules=copilot.schedules.list(caller=caller).schedules,
            days=_DAYS,
            leads=caller.person.has(Role.MANAGER, Role.ADMIN),
            fault=fault,
            typed=typed or {},
            done=done,
        )

    @app.get("/app/schedules", include_in_schema=False)
    def list_schedules(request: Request, done: Annotated[str | None, Query(max_length=40)] = None) -> Response:
        """List one's schedules."""
        known = ("added", "paused", "resumed", "removed", "ran")
        return schedules(request, done=done if done in known else None)

    @app.post("/app/schedules", include_in_schema=False)
    def add(
        request: Request,
        scope: _Typed = "person",
        weekday: _Typed = "mon",
        at: _Typed = "09:00",
        zone: _Typed = "Asia/Shanghai",
        language: _Typed = "zh",
    ) -> Response:
        """Have a digest made once a week."""
        typed = {"scope": scope, "weekday": weekday, "at": at, "zone": zone, "language": language}
        try:
            copilot.schedules.add(ScheduleAsk.model_validate(typed), caller=request.state.caller)
        except (CopilotError, ValidationError) as error:
            fault = error if isinstance(error, ReportableError) else InvalidRequest(f"{error.errors()[0]['msg']}.")
            return schedules(request, fault=fault, typed=typed, status=problem(fault).status)
        return see_other("/app/schedules", done="added")

    @app.post("/app/schedules/{id}/{verb}", include_in_schema=False)
    def change(id: str, verb: Literal["pause", "resume", "remove", "run"], request: Request) -> Response:
        """Pause, resume, remove or run a schedule."""
        caller, mine = request.state.caller, copilot.schedules
        try:
            if verb == "pause":
                mine.pause(id, PauseBody(), caller=caller)
            elif verb == "resume":
                mine.resume(id, caller=caller)
            elif verb == "remove":
                mine.remove(id, caller=caller)
            else:
                mine.run(id, caller=caller)
        except CopilotError as error:
            return schedules(request, fault=error, status=problem(error).status)
        done = {"pause": "paused", "resume": "resumed", "remove": "removed", "run": "ran"}[verb]
        return see_other("/app/schedules", done=done)

    @app.post("/app/digests", include_in_schema=False)
    def make_digest(request: Request) -> Response:
        """Draft one's digest of the last week now."""
        made = copilot.schedules.digest(DigestBody(language=language_of(request)), caller=request.state.caller)
        return see_other(f"/app/drafts/{made.id}")


def _scope(text: str) -> Literal["me", "team", "all"] | None:
    return "me" if text == "me" else "team" if text == "team" else "all" if text == "all" else None


def _picture(body: InsightBody | None, key: str) -> Markup:
    """Draw a figure into the page; everything from outside is escaped where it is drawn."""
    return Markup() if body is None else Markup(picture_of(body, key, styled=False))  # noqa: S704


def _place(link: str | None) -> str | None:
    words = (link or "").removeprefix("copilot ")
    return next((address for name, address in _PLACES if words.startswith(name)), None)


def _told_in_rows(figure: FigureBody) -> bool:
    """Tell whether the breakdown holds all that the picture shows."""
    chart = figure.chart
    if chart is None:
        return True
    drawn = chart.labels if chart.kind == "bars" else [series.name for series in chart.series if any(series.values)]
    return set(drawn) <= {row.name for row in figure.rows}
