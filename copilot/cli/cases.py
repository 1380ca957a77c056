"""`cases …`: which customer stories fit an account, and the ledger that their figures allow."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from copilot.accounts.economics.figure import read_figure
from copilot.cli import output
from copilot.cli.calculators import pairs
from copilot.cli.options import AsJson, Opened
from copilot.interfaces.cases_contract import CaseMatchesBody, CaseQuery, LedgerBody, LedgerQuery
from knowledge.document import Audience

_Account = Annotated[str | None, typer.Option("--account", help="Id of an account record.")]
_Industry = Annotated[str | None, typer.Option(help="Industry, for example 烘焙.")]
_City = Annotated[str | None, typer.Option(help="City.")]
_Fee = Annotated[str | None, typer.Option(help="Annual fee in yuan, for example 3万.")]
_Situation = Annotated[str | None, typer.Option(help="What is special about how they are doing, in a sentence.")]
_Readers = Annotated[Audience, typer.Option(help="Who will see the cases; customers never see internal ones.")]


def add_case_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot cases`."""

    @group.command()
    def match(
        account: _Account = None,
        industry: _Industry = None,
        city: _City = None,
        fee: _Fee = None,
        situation: _Situation = None,
        audience: _Readers = Audience.INTERNAL,
        k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many cases.")] = 5,
        json: AsJson = False,
    ) -> None:
        """Rank case studies by industry, then city, size and situation, with reasons."""
        query = CaseQuery(
            account_id=account,
            industry=industry,
            city=city,
            annual_fee_cny=_amount(fee),
            situation=situation,
            audience=audience,
            limit=k,
        )
        with opened() as copilot:
            found = copilot.cases.match(query)
        output.print_json(found) if json else _print_matches(found)

    @group.command()
    def ledger(
        inputs: Annotated[
            list[str] | None, typer.Argument(metavar="[K=V]...", help="Their figures: annual_revenue_cny=200万 …")
        ] = None,
        account: _Account = None,
        industry: _Industry = None,
        city: _City = None,
        fee: _Fee = None,
        situation: _Situation = None,
        audience: _Readers = Audience.INTERNAL,
        json: AsJson = False,
    ) -> None:
        """Estimate value and budget from the figures of fitting cases, with every assumption."""
        query = LedgerQuery(
            account_id=account,
            industry=industry,
            city=city,
            annual_fee_cny=_amount(fee),
            situation=situation,
            audience=audience,
            inputs=pairs(inputs or []),
        )
        with opened() as copilot:
            found = copilot.cases.ledger(query)
        output.print_json(found) if json else _print_ledger(found)


def _amount(fee: str | None) -> float | None:
    if fee is None:
        return None
    figure = read_figure(fee)
    if figure is None or figure.percent or not 0 <= figure.value <= 1e12:
        raise typer.BadParameter(f"--fee {fee!r} is no amount in yuan, for example 30000 or 3万.")
    return figure.value


def _print_matches(found: CaseMatchesBody) -> None:
    output.console.print(f"[bold]{escape(found.told_zh)}[/]\n[dim]{escape(found.told_en)}[/]", soft_wrap=True)
    for rank, match in enumerate(found.matches, start=1):
        mark = "" if match.fits else " [yellow](不合适 does not fit)[/]"
        output.console.print(
            f"\n[bold]{rank}. {escape(match.title)}[/]{mark} [dim]{escape(match.source)}[/]", soft_wrap=True
        )
        for text in (*match.alike_zh, *match.unlike_zh):
            output.console.print(f"  · {escape(text)}", soft_wrap=True)
        for figure in match.figures:
            output.console.print(f"  [dim]“{escape(' '.join(figure.quote.split()))}”[/]", soft_wrap=True)
    output.console.print()
    _print_ledger(found.ledger)


def _print_ledger(ledger: LedgerBody) -> None:
    output.console.print(f"[bold]{escape(ledger.summary_zh)}[/]\n[dim]{escape(ledger.summary_en)}[/]", soft_wrap=True)
    for value in ledger.values:
        output.console.print(f"  {escape(value.name_zh)}: {escape(value.worked)}", soft_wrap=True)
    for title, lines in (("假设", ledger.assumptions_zh), ("要问", ledger.ask_zh)):
        for line in lines:
            output.console.print(f"  [dim]{title}[/] {escape(line)}", soft_wrap=True)
