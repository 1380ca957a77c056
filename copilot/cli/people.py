"""`people …` and `keys …`: who may use the copilot, and the keys they do it with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.errors import InvalidRequest
from copilot.interfaces.people_contract import (
    ErasureBody,
    KeyBody,
    MadeKeyBody,
    NewKeyBody,
    NewPersonBody,
    PersonBody,
    PersonChange,
    RotationBody,
)
from copilot.people.person import Role
from copilot.people.scope import Scope

#: What no command here reaches.
BEYOND = (
    "此前的备份、已发出的邮件和消息、导出的文件不在其内,按期限另行删除。 / Backups made before, what was sent, and "
    "files that were exported are not reached; delete them when they are due."
)
PersonId = Annotated[str, typer.Argument(help="Id as `people list` shows it.")]
KeyId = Annotated[str, typer.Argument(help="Id as `keys list` shows it.")]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="Repeatable; in place of those before.")]
Groups = Annotated[list[str] | None, typer.Option("--group", help="Repeatable; in place of those before.")]
Scopes = Annotated[list[Scope] | None, typer.Option("--scope", help="Repeatable; default: all that the person may.")]


def add_people_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot people`."""

    @group.command()
    def add(
        id: Annotated[str, typer.Argument(help="Short and stable: Latin letters, digits, dots, hyphens.")],
        name: Annotated[str | None, typer.Option(help="As others know them; default: the id.")] = None,
        email: Annotated[str | None, typer.Option(help="E-mail address.")] = None,
        role: Roles = None,
        group: Groups = None,
        json: AsJson = False,
    ) -> None:
        """Take somebody in; without a role as a reader."""
        body = NewPersonBody(
            id=id, name=id if name is None else name, email=email, roles=role or [Role.READER], groups=group or []
        )
        with opened() as copilot:
            _show_person(copilot.people.add(body), json=json)

    @group.command("list")
    def list_people(json: AsJson = False) -> None:
        """List everybody, the owner first."""
        with opened() as copilot:
            body = copilot.people.people()
        if json:
            output.print_json(body)
            return
        table = Table("id", "name", "e-mail", "roles", "groups", "active")
        for one in body.people:
            table.add_row(*map(escape, _cells(one)))
        output.console.print(table)

    @group.command()
    def show(id: PersonId, json: AsJson = False) -> None:
        """Show one person."""
        with opened() as copilot:
            _show_person(copilot.people.person(id), json=json)

    @group.command("set")
    def change(
        id: PersonId,
        name: Annotated[str | None, typer.Option(help="As others know them.")] = None,
        email: Annotated[str | None, typer.Option(help="E-mail address; empty takes it away.")] = None,
        role: Roles = None,
        group: Groups = None,
        no_groups: Annotated[bool, typer.Option("--no-groups", help="Out of every group.")] = False,
        active: Annotated[bool | None, typer.Option("--active/--inactive", help="Inactive: as `deactivate`.")] = None,
        json: AsJson = False,
    ) -> None:
        """Change what is given."""
        if group and no_groups:
            raise typer.BadParameter("Give --group or --no-groups, not both.")
        groups = [] if no_groups else group or None
        body = PersonChange(name=name, email=email, roles=role or None, groups=groups, active=active)
        with opened() as copilot:
            _show_person(copilot.people.change(id, body), json=json)

    @group.command()
    def deactivate(id: PersonId, json: AsJson = False) -> None:
        """Let somebody go: their sessions and keys end at once, what they did stays."""
        with opened() as copilot:
            _show_person(copilot.people.change(id, PersonChange(active=False)), json=json)

    @group.command()
    def invite(
        id: PersonId,
        revoke: Annotated[bool, typer.Option("--revoke", help="End the invitation that is open instead.")] = False,
        json: AsJson = False,
    ) -> None:
        """Make a link by which somebody chooses a password and is signed in, once, within a week."""
        with opened() as copilot:
            if revoke:
                over = copilot.people.revoke_invitation(id)
                told = f"{over.person}: {'the invitation is over' if over.revoked else 'there was no invitation'}"
                output.print_json(over) if json else output.console.print(told, markup=False)
                return
            body = copilot.people.invite(id)
        if json:
            output.print_json(body)
            return
        how = "It was sent by e-mail too." if body.mailed else "It was not sent; pass it on."
        until = _day(body.expires_at)
        output.errors.print(f"Invitation of {body.person}, good once until {until} UTC. {how}", markup=False)
        output.console.print(body.url, markup=False, soft_wrap=True)

    @group.command()
    def export(
        id: PersonId,
        out: Annotated[Path | None, typer.Option(help="Write the JSON to this file; default: standard output.")] = None,
    ) -> None:
        """Give everything that is kept of somebody, as one JSON; what opens a door is left out."""
        with opened() as copilot:
            body = copilot.people.export(id)
        if out is None:
            output.print_json(body)
            return
        try:
            out.write_text(body.model_dump_json(indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise InvalidRequest(f"{str(out)!r} cannot be written: {error.strerror}. Choose another --out.") from error
        rows = sum(map(len, body.tables.values()))
        output.errors.print(f"{rows} rows of {len(body.tables)} tables: {out}", markup=False, soft_wrap=True)

    @group.command()
    def erase(
        id: PersonId,
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
        json: AsJson = False,
    ) -> None:
        """Erase somebody for good: doors and questions go, what they did for the company no longer names them."""
        if not yes and not typer.confirm(f"Erase {id} for good? It cannot be undone.", err=True):
            raise typer.Abort
        with opened() as copilot:
            body = copilot.people.erase(id)
        output.print_json(body) if json else _show_erasure(body)


def add_key_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot keys`."""

    @group.command()
    def create(
        person: Annotated[str | None, typer.Option(help="Whose; default: the owner's.")] = None,
        label: Annotated[str, typer.Option(help="What it is for.")] = "",
        scope: Scopes = None,
        days: Annotated[float | None, typer.Option(min=0.01, max=3650, help="Expires after so many days.")] = None,
        json: AsJson = False,
    ) -> None:
        """Make a key and show it, once."""
        body = NewKeyBody(person=person, label=label, scopes=scope or None, expires_in_days=days)
        with opened() as copilot:
            _show_made(copilot.people.create_key(body), json=json)

    @group.command("list")
    def list_keys(
        person: Annotated[str | None, typer.Option(help="Only of this person.")] = None, json: AsJson = False
    ) -> None:
        """List keys, oldest first; the keys themselves are known to their holders alone."""
        with opened() as copilot:
            body = copilot.people.keys(person)
        if json:
            output.print_json(body)
            return
        table = Table("id", "person", "label", "scopes", "made", "last used", "ends")
        for one in body.keys:
            table.add_row(*map(escape, _key_cells(one)))
        output.console.print(table)

    @group.command()
    def rotate(
        id: KeyId,
        grace: Annotated[float, typer.Option(min=0, max=24 * 90, help="Hours that the old key goes on.")] = 24,
        json: AsJson = False,
    ) -> None:
        """Make a key like this one and show it, once; the old one goes on for the time of grace."""
        with opened() as copilot:
            _show_made(copilot.people.rotate_key(id, RotationBody(grace_hours=grace)), json=json)

    @group.command()
    def revoke(id: KeyId, json: AsJson = False) -> None:
        """End a key at once."""
        with opened() as copilot:
            body = copilot.people.revoke_key(id)
        output.print_json(body) if json else output.console.print(f"revoked {body.id}", markup=False)


def _show_person(body: PersonBody, *, json: bool) -> None:
    if json:
        output.print_json(body)
        return
    name, roles, groups = escape(body.name), ", ".join(body.roles), escape(", ".join(body.groups))
    state = "" if body.active else " · inactive"
    output.console.print(
        f"{escape(body.id)}  {name}  [dim]{roles}{f' · groups {groups}' if groups else ''}{state}[/]", soft_wrap=True
    )


def _cells(one: PersonBody) -> tuple[str, ...]:
    active = "yes" if one.active else "no"
    return one.id, one.name, one.email or "", ", ".join(one.roles), ", ".join(one.groups), active


def _show_made(body: MadeKeyBody, *, json: bool) -> None:
    if json:
        output.print_json(body)
        return
    output.errors.print(f"Key {body.id} of {body.person}, shown this once:", markup=False)
    output.console.print(body.key, markup=False, soft_wrap=True)


def _key_cells(one: KeyBody) -> tuple[str, ...]:
    scopes = "all" if one.scopes is None else ", ".join(one.scopes)
    ends = f"revoked {_day(one.revoked_at)}" if one.revoked_at else _day(one.expires_at)
    return one.id, one.person, one.label, scopes, _day(one.created_at), _day(one.last_used_at), ends


def _show_erasure(body: ErasureBody) -> None:
    table = Table("done", "rows", "table", "why", title=f"{body.person} 已删除 / erased", title_justify="left")
    for one in body.tables:
        table.add_row(*map(escape, (one.done, str(one.rows), one.table, f"{one.why_zh} / {one.why}")))
    output.console.print(table)
    for source in body.documents:
        output.console.print(f"仍提到此人,请改文件 / still names them, change the file: {source}", markup=False)
    output.console.print(BEYOND, markup=False, soft_wrap=True)


def _day(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M") if at else ""
