"""`accounts contacts …`: what is kept of somebody at a customer, given to them and erased."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.cli.people import BEYOND
from copilot.errors import InvalidRequest
from copilot.interfaces.contact_contract import ContactBody, ContactErasureBody, ContactErasureOrder

AccountId = Annotated[str, typer.Argument(help="Id of the account.")]
Name = Annotated[str, typer.Argument(help="The contact's name as `accounts show` has it.")]


def add_contact_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot accounts contacts`."""

    @group.command()
    def export(
        account: AccountId,
        name: Name,
        out: Annotated[Path | None, typer.Option(help="Write the JSON to this file; default: standard output.")] = None,
    ) -> None:
        """Give everything that is kept of a contact, as one JSON."""
        with opened() as copilot:
            body = copilot.contacts.export(account, name)
        if out is None:
            output.print_json(body)
            return
        try:
            out.write_text(body.model_dump_json(indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise InvalidRequest(f"{str(out)!r} cannot be written: {error.strerror}. Choose another --out.") from error
        rows = sum(map(len, body.tables.values()))
        output.errors.print(f"{rows} rows of {len(body.tables)} tables: {out}", markup=False, soft_wrap=True)
        _print_limit(body)

    @group.command()
    def erase(
        account: AccountId,
        name: Name,
        preview: Annotated[bool, typer.Option("--preview", help="Show what would be done and do nothing.")] = False,
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
        json: AsJson = False,
    ) -> None:
        """Erase a contact for good, after showing what that does; what was approved or sent stays."""
        with opened() as copilot:
            if preview or not yes:
                seen = copilot.contacts.erase(account, ContactErasureOrder(name=name, confirm=None))
                if preview:
                    output.print_json(seen) if json else _show(seen)
                    return
                _show(seen)
                if not typer.confirm(f"Erase {name} in {account} for good? It cannot be undone.", err=True):
                    raise typer.Abort
            body = copilot.contacts.erase(account, ContactErasureOrder(name=name, confirm=name))
        output.print_json(body) if json else _show(body)


def _show(body: ContactErasureBody) -> None:
    title = "将要处理 / would be done" if body.preview else "已处理 / done"
    table = Table("done", "rows", "table", "why", title=f"{escape(body.name)} {title}", title_justify="left")
    for one in body.tables:
        table.add_row(*map(escape, (one.done, str(one.rows), one.table, f"{one.why_zh} / {one.why}")))
    output.errors.print(table) if body.preview else output.console.print(table)
    for kind, ids in (
        ("草稿 / drafts", body.drafts),
        ("回答 / answers", body.answers),
        ("会话 / conversations", body.conversations),
        ("文件(请改文件) / documents (change the file)", body.documents),
    ):
        if ids:
            output.errors.print(f"{kind}: {', '.join(ids)}", markup=False, soft_wrap=True)
    _print_limit(body)
    output.errors.print(f"{body.again_zh} / {body.again}", markup=False, soft_wrap=True)
    output.errors.print(BEYOND, markup=False, soft_wrap=True)


def _print_limit(body: ContactBody) -> None:
    if body.limited is not None:
        output.errors.print(f"{body.limited_zh} / {body.limited}", markup=False, soft_wrap=True)
