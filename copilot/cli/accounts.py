"""`accounts …`: the records that plans and messages are about."""

from __future__ import annotations

from json import loads
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.contacts import add_contact_commands
from copilot.cli.options import AsJson, Opened
from copilot.interfaces.account_contract import ImportPreview, SignalList
from copilot.interfaces.account_files import import_file, preview_file
from copilot.interfaces.draft_contract import AccountBody, ImportLine

_SIGNALS_SHOWN = 20


def add_account_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot accounts`."""
    contacts = typer.Typer(help="What is kept of somebody at a customer: give it and erase it.", no_args_is_help=True)
    add_contact_commands(contacts, opened)
    group.add_typer(contacts, name="contacts")

    @group.command("import")
    def import_accounts(
        file: Annotated[Path, typer.Argument(help="JSONL, or CSV with column names in Chinese or English.")],
        preview: Annotated[bool, typer.Option("--preview", help="Show how the file is read and keep nothing.")] = False,
        json: AsJson = False,
    ) -> None:
        """Keep the records of a file; bad lines are told and the rest goes in."""
        if preview:
            seen = preview_file(file)
            output.print_json(seen) if json else _print_preview(seen)
            return
        with opened() as copilot:
            report = import_file(copilot.accounts, file)
        if json:
            output.print_json(report)
            return
        for line in report.lines:
            _print_line(line)
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
            observed = None if json else copilot.accounts.signals(id, _SIGNALS_SHOWN)
        if observed is None:
            output.print_json(account)
            return
        _print(account)
        _print_signals(observed)

    @group.command()
    def signal(
        id: Annotated[str, typer.Argument(help="Its id.")],
        observed: Annotated[
            list[str],
            typer.Argument(metavar="NAME[=VALUE]…", help="A field and its value, or an event: kp_changed=裴总."),
        ],
        at: Annotated[str | None, typer.Option(help="When it was so, ISO 8601; default: now.")] = None,
        source: Annotated[str | None, typer.Option(help="Who saw it; default: you.")] = None,
        json: AsJson = False,
    ) -> None:
        """Add what was observed about an account."""
        common = {name: value for name, value in (("at", at), ("source", source)) if value is not None}
        observations = [{**_observation(one), **common} for one in observed]
        with opened() as copilot:
            added = copilot.accounts.add_signals(id, observations)
        if json:
            output.print_json(added)
            return
        output.console.print(f"{added.new} added, {len(added.signals) - added.new} known already")
        _print_changed(added)

    @group.command()
    def signals(
        id: Annotated[str, typer.Argument(help="Its id.")],
        limit: Annotated[int, typer.Option(min=1, max=2000, help="How many.")] = 100,
        json: AsJson = False,
    ) -> None:
        """List what was observed about an account, newest first."""
        with opened() as copilot:
            listed = copilot.accounts.signals(id, limit)
        output.print_json(listed) if json else _print_signals(listed)


def _observation(written: str) -> dict[str, object]:
    """Read `name=value`; a value is a number, true, false or null where it looks like one, else a text."""
    name, given, value = written.partition("=")
    if not given:
        return {"name": name.strip()}
    try:
        read: object = loads(value)
    except ValueError:
        read = value
    return {"name": name.strip(), "value": read if isinstance(read, bool | int | float) or read is None else value}


def _print_line(line: ImportLine) -> None:
    told = [line.error.message] if line.error else [one.message_zh for one in line.findings]
    if line.unknown:
        told.append(f"kept, with unknown fields {', '.join(line.unknown)}")
    colour = "red" if line.error else "yellow" if line.findings else "dim"
    said = escape("; ".join(told))
    output.console.print(f"[{colour}]line {line.line}[/] {escape(line.id or '')} {said}", soft_wrap=True)


def _print_preview(preview: ImportPreview) -> None:
    for column in preview.columns:
        field = escape(column.field) if column.field else "[yellow](unknown, kept under its own name)[/]"
        output.console.print(f"{escape(column.column)} → {field}", soft_wrap=True)
    for row in preview.rows:
        line = ImportLine(line=row.line, id=row.id, findings=row.findings, error=row.error)
        if row.record is not None:
            facts = ", ".join(f"{name}={value}" for name, value in row.record.items())
            output.console.print(f"[dim]line {row.line}[/] {escape(facts)}", soft_wrap=True)
        if row.error is not None or row.findings:
            _print_line(line)
    output.console.print(f"would keep {preview.would_keep}, would refuse {preview.would_fail}; nothing was kept")


def _print_signals(listed: SignalList) -> None:
    for one in listed.signals:
        value = "" if one.value is None else f"={one.value}"
        told = f"[dim]{one.at:%Y-%m-%d %H:%M}[/] {escape(one.name + value)} [dim]{escape(one.source)}[/]"
        output.console.print(told, soft_wrap=True)
    _print_changed(listed)


def _print_changed(listed: SignalList) -> None:
    for name, value in listed.changed.items():
        output.console.print(f"now {escape(name)}: {escape(str(value))}", soft_wrap=True)


def _print(account: AccountBody) -> None:
    output.console.print(f"[bold]{escape(account.id)}[/]  [dim]{account.type} · {account.updated_at:%Y-%m-%d %H:%M}[/]")
    for name, value in account.model_dump(exclude={"id", "type", "updated_at", "unknown", "findings"}).items():
        if value is not None:
            mark = " [yellow](unknown field)[/]" if name in account.unknown else ""
            output.console.print(f"{escape(name)}: {escape(str(value))}{mark}", soft_wrap=True)
    for one in account.findings:
        output.console.print(f"[yellow]{escape(one.field)}[/]: {escape(one.message_zh)}", soft_wrap=True)
