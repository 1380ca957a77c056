"""`copilot insight`: figures with what they mean and what to do, in the terminal, as JSON, CSV or a page."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.cli.outlooks import bar
from copilot.errors import InvalidRequest
from copilot.insight.telling import written
from copilot.interfaces.insight_contract import FigureBody, FigureRow, InsightAsk, InsightBody
from copilot.interfaces.insight_page import insight_page
from copilot.interfaces.insight_table import figures_table, rows_table

_WIDTH = 20
_MOST_ROWS = 6
_ACTION = {"zh": "行动", "en": "Action"}


class Whose(StrEnum):
    """Whose doings are counted."""

    ME = "me"
    TEAM = "team"
    ALL = "all"


class Language(StrEnum):
    """The language of analyses and actions."""

    ZH = "zh"
    EN = "en"


def add_insight(app: typer.Typer, opened: Opened) -> None:
    """Register the command."""

    @app.command()
    def insight(
        since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD of UTC; default: four weeks.")] = None,
        until: Annotated[str | None, typer.Option(help="Last day; default: today.")] = None,
        scope: Annotated[Whose | None, typer.Option(help="Default: all for those who may see all, else me.")] = None,
        person: Annotated[str | None, typer.Option(help="A person in place of me, or the manager of a team.")] = None,
        language: Annotated[Language, typer.Option(help="Of analyses and actions.")] = Language.ZH,
        csv: Annotated[Path | None, typer.Option(help="Folder to write CSV files to.")] = None,
        html: Annotated[Path | None, typer.Option(help="File to write a page with pictures to.")] = None,
        json: AsJson = False,
    ) -> None:
        """Tell how the copilot is used and how accounts do: numbers, each with an analysis and an action."""
        ask = InsightAsk(
            since=_day("since", since),
            until=_day("until", until),
            scope=None if scope is None else scope.value,
            person=person,
            language=language.value,
        )
        with opened() as copilot:
            body = copilot.insights.report(ask)
        for path in [*(_tables(body, csv) if csv else ()), *(_page(body, html) if html else ())]:
            output.errors.print(f"{path}", soft_wrap=True)
        if json:
            output.print_json(body)
        elif csv is None and html is None:
            print_insight(body)


def print_insight(body: InsightBody) -> None:
    """Print a number, what it means, what to do, and small bars."""
    whose = " ".join(one for one in (body.whose, body.person) if one)
    output.console.print(f"[dim]{escape(whose)} · {body.since} – {body.until} UTC[/]")
    for group in body.groups:
        output.console.print(f"\n[bold underline]{escape(group.title)}[/]")
        for figure in group.figures:
            _print_figure(figure, body)


def _print_figure(figure: FigureBody, body: InsightBody) -> None:
    told = written(figure.value, figure.unit, body.language)
    output.console.print(f"\n[bold]{escape(figure.title)}[/]  [bold cyan]{escape(told)}[/]")
    output.console.print(f"  {escape(figure.analysis)}", soft_wrap=True)
    for row in _drawn(figure):
        share = bar(_part(row, figure), _WIDTH)
        value = written(row.value, figure.unit, body.language)
        output.console.print(
            f"  [cyan]{share}[/] {escape(value):>6}  {escape(row.name)} [dim]{escape(row.detail)}[/]", soft_wrap=True
        )
    if figure.owner is not None:
        where = f" [dim]({escape(figure.link)})[/]" if figure.link else ""
        output.console.print(
            f"  [yellow]→ {_ACTION[body.language]}[/] {escape(figure.action)} [dim]{escape(figure.owner)}[/]{where}",
            soft_wrap=True,
        )


def _drawn(figure: FigureBody) -> list[FigureRow]:
    return [row for row in figure.rows if row.value is not None][:_MOST_ROWS]


def _part(row: FigureRow, figure: FigureBody) -> float:
    """Return how long the bar of a row is, 0-1: shares as they are, the others against the largest."""
    most = max((abs(one.value or 0) for one in figure.rows), default=0)
    shares = figure.unit == "share" and most <= 1
    return abs(row.value or 0) if shares else abs(row.value or 0) / most if most else 0.0


def _day(name: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequest(f"--{name} {text!r} is no day. Write it as 2026-11-01.") from error


def _tables(body: InsightBody, folder: Path) -> list[Path]:
    """Write all figures, and each breakdown beside them.

    Raises:
        InvalidRequest: the folder cannot be written to.
    """
    tables = {"insights": figures_table(body)}
    tables |= {figure.key: rows_table(figure) for figure in body.figures() if figure.rows}
    return [_kept(folder / f"{name}.csv", table) for name, table in tables.items()]


def _page(body: InsightBody, file: Path) -> list[Path]:
    return [_kept(file, insight_page(body))]


def _kept(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InvalidRequest(f"{str(path)!r} cannot be written: {error.strerror}. Name another place.") from error
    return path
