"""`accounts …`: the records that plans and messages are about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.interfaces.accounts import import_file
from copilot.interfaces.draft_contract import AccountBody


def add_account_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot accounts`."""

    @group.command("import")
    def import_accounts(
        file: Annotated[Path, typer.Argument(help="JSONL, or CSV with column names in Chinese or English.")],
        json: AsJson = False,
    ) -> None:
        """Keep the records of a file; bad lines are told and the rest goes in."""
        with opened() as copilot:
            report = import_file(copilot.accounts, file)
        if json:
            output.print_json(report)
            return
        for line in report.lines:
            said = line.error.message if line.error else f"kept, with unknown fields {', '.join(line.unknown)}"
            colour = "red" if line.error else "dim"
            output.console.print(
                f"[{colour}]line {line.line}[/] {escape(line.id or '')} {escape(said)}", soft_wrap=True
            )
        output.console.print(f"{report.kept} kept, {report.failed} failed")

    @group.command("list")
    def list_accounts(
        limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 100,
        after: Annotated[str | None, typer.Option(help="Go on after this id.")] = None,
        json: AsJson = False,
    ) -> None:
        """List records in the order of their ids."""
        with opened() as copilot:
            listed = copilot.accounts.list(limit, after)
        if json:
            output.print_json(listed)
            return
        for account in listed.accounts:
            facts = account.model_dump()
            shown = [facts.get("name"), facts.get("industry"), facts.get("city"), facts.get("lifecycle_stage")]
            told = " · ".join(escape(str(one)) for one in shown if one)
            output.console.print(f"{escape(account.id)}  [dim]{account.type}[/]  {told}", soft_wrap=True)

    @group.command()
    def show(id: Annotated[str, typer.Argument(help="Its id.")], json: AsJson = False) -> None:
        """Show a record."""
        with opened() as copilot:
            account = copilot.accounts.get(id)
        output.print_json(account) if json else _print(account)


def _print(account: AccountBody) -> None:
    output.console.print(f"[bold]{escape(account.id)}[/]  [dim]{account.type} · {account.updated_at:%Y-%m-%d %H:%M}[/]")
    for name, value in account.model_dump(exclude={"id", "type", "updated_at", "unknown"}).items():
        if value is not None:
            mark = " [yellow](unknown field)[/]" if name in account.unknown else ""
            output.console.print(f"{escape(name)}: {escape(str(value))}{mark}", soft_wrap=True)
