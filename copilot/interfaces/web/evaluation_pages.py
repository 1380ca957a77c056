"""Evaluations: how figures go over time, what one run found, and a run that is begun from here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from copilot.errors import CopilotError
from copilot.insight.figure import Chart, Series
from copilot.insight.picture import picture
from copilot.insight.telling import percent
from copilot.interfaces.evaluation_contract import EvaluationAsk, EvaluationLine, MeasuredBody
from copilot.interfaces.evaluations import LocalEvaluations
from copilot.interfaces.presentation import problem
from copilot.interfaces.web.evaluation_words import EVALUATIONS
from copilot.interfaces.web.language import Language, language_of
from copilot.interfaces.web.pages import page, see_other, sliced
from copilot.interfaces.web.words import Speaker
from knowledge.errors import ReportableError

#: Figures whose way over time is drawn, in this order.
_TRENDS = ("right", "hit@5", "refusal_precision", "refusal_recall", "grounding", "citation_precision")
_DRAWN = 20


def add_evaluation_pages(app: FastAPI, evaluations: LocalEvaluations) -> None:
    """Register the routes."""

    def listed(
        request: Request,
        *,
        sets: str = "",
        page_number: int = 1,
        fault: ReportableError | None = None,
        status: int = 200,
    ) -> Response:
        caller, language = request.state.caller, language_of(request)
        runs = evaluations.list(caller=caller).evaluations
        known = list(dict.fromkeys(_named(run) for run in runs))
        chosen = sets if sets in known else next(iter(known), "")
        same = [run for run in reversed(runs) if _named(run) == chosen][-_DRAWN:]
        return page(
            request,
            "evaluations/list.html",
            EVALUATIONS,
            at="evaluations",
            status=status,
            running=evaluations.progress(caller=caller),
            listed=sliced(runs, page_number, 30),
            sets=known,
            chosen=chosen,
            named=_named,
            trends=_trends(same, language) if len(same) > 1 else [],
            percent=percent,
            fault=fault,
        )

    @app.get("/app/evaluations", include_in_schema=False)
    def list_evaluations(
        request: Request,
        sets: Annotated[str, Query(max_length=2_000)] = "",
        page_number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
    ) -> Response:
        """List runs and draw how their figures went; runs of other questions are no comparison."""
        return listed(request, sets=sets, page_number=page_number)

    @app.post("/app/evaluations", include_in_schema=False)
    def start(request: Request, questions: Annotated[Literal["kept", "shipped"], Form()] = "kept") -> Response:
        """Begin a run."""
        try:
            evaluations.start(EvaluationAsk(questions=questions), caller=request.state.caller)
        except CopilotError as error:
            return listed(request, fault=error, status=problem(error).status)
        return see_other("/app/evaluations")

    @app.post("/app/evaluations/cancel", include_in_schema=False)
    def cancel(request: Request) -> Response:
        """End the run under way."""
        evaluations.cancel(caller=request.state.caller)
        return see_other("/app/evaluations")

    @app.get("/app/evaluations/{id}", include_in_schema=False)
    def show(id: str, request: Request) -> Response:
        """Show a run."""
        run = evaluations.show(id, caller=request.state.caller)
        return page(
            request,
            "evaluations/run.html",
            EVALUATIONS,
            at="evaluations",
            run=run,
            named=_named(run),
            percent=percent,
            drawn=_bars(run.figures, language_of(request)),
        )


def _named(run: EvaluationLine) -> str:
    """Say what was asked; runs that asked the same can be compared."""
    asked = ", ".join(run.sets)
    sampled = f" ({run.sample})" if run.sample is not None else ""
    return f"{asked}{sampled}{' · search' if run.search_only else ''}"


def _label(key: str, language: Language) -> str:
    speak = Speaker(language, EVALUATIONS)
    return speak(f"figure.{key}") if speak.has(f"figure.{key}") else key


def _trends(runs: Sequence[EvaluationLine], language: Language) -> list[tuple[str, Markup, list[tuple[str, str]]]]:
    """Return title, picture and data of every figure that at least two runs have, the oldest run first."""
    drawn: list[tuple[str, Markup, list[tuple[str, str]]]] = []
    for key in _TRENDS:
        values = [run.figures[key].value if key in run.figures else None for run in runs]
        if sum(value is not None for value in values) < 2:
            continue
        labels = [f"{run.at:%m-%d}" for run in runs]
        title = _label(key, language)
        chart = Chart(kind="line", title=title, labels=labels, series=[Series(name=title, values=values)], unit="share")
        data = [(f"{run.at:%Y-%m-%d %H:%M}", _told(value)) for run, value in zip(runs, values, strict=True)]
        drawn.append((title, _drawn(chart, f"trend-{len(drawn)}", language), data))
    return drawn


def _bars(figures: dict[str, MeasuredBody], language: Language) -> Markup:
    shown = {key: one.value for key, one in figures.items() if one.value is not None}
    title = Speaker(language, EVALUATIONS)("figures")
    labels = [_label(key, language) for key in shown]
    series = [Series(name=title, values=list(shown.values()))]
    return _drawn(Chart(kind="bars", title=title, labels=labels, series=series, unit="share"), "bars", language)


def _drawn(chart: Chart, key: str, language: Language) -> Markup:
    """Draw into the page; everything from outside is escaped where it is drawn."""
    return Markup(picture(chart, key, language, styled=False))  # noqa: S704


def _told(value: float | None) -> str:
    return "—" if value is None else percent(value)
