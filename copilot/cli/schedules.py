"""`digest` and `schedules …`: a digest now, or once a week by itself."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.drafts import print_draft
from copilot.cli.insight import Language
from copilot.cli.options import AsJson, Opened
from copilot.delivery.delivery import ChannelName
from copilot.interfaces.schedule_contract import DigestBody, PauseBody, RunBody, ScheduleAsk, ScheduleBody

Id = Annotated[str, typer.Argument(help="Id as `schedules list` shows it.")]
LanguageOption = Annotated[Language, typer.Option(help="Of the digest.")]
Manager = Annotated[bool, typer.Option("--manager", help="That of a manager, about their team.")]

_COLOURS = {"queued": "green", "kept": "green", "waiting": "yellow", "running": "yellow"}


def add_digest(app: typer.Typer, opened: Opened) -> None:
    """Register `copilot digest`."""

    @app.command()
    def digest(
        person: Annotated[str | None, typer.Argument(help="Id of a person; default: you.")] = None,
        manager: Manager = False,
        week: Annotated[str | None, typer.Option(help="As 2026-W47; default: the last week that ended.")] = None,
        language: LanguageOption = Language.ZH,
        json: AsJson = False,
    ) -> None:
        """Draft the digest of a week: what to do first, what changed, and numbers with their actions."""
        body = DigestBody(person=person, scope="team" if manager else "person", week=week, language=language.value)
        with opened() as copilot:
            reply = copilot.schedules.digest(body)
        output.print_json(reply) if json else print_draft(reply)


def add_schedule_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot schedules`."""

    @group.command("list")
    def list_schedules(json: AsJson = False) -> None:
        """List schedules: yours, and for managers those of their team."""
        with opened() as copilot:
            body = copilot.schedules.list()
        if json:
            output.print_json(body)
            return
        for one in body.schedules:
            print_schedule(one)

    @group.command()
    def add(
        person: Annotated[str | None, typer.Argument(help="Id of a person; default: you.")] = None,
        manager: Manager = False,
        weekday: Annotated[str, typer.Option("--day", help="mon, tue, … sun.")] = "mon",
        at: Annotated[str, typer.Option(help="Local time.")] = "09:00",
        zone: Annotated[str, typer.Option(help="Time zone of the IANA database.")] = "Asia/Shanghai",
        language: LanguageOption = Language.ZH,
        channel: Annotated[ChannelName | None, typer.Option(help="Default: it is drafted and stays here.")] = None,
        to: Annotated[str, typer.Option("--to", help="E-mail address, URL, or folder below `exports`.")] = "",
        json: AsJson = False,
    ) -> None:
        """Have a digest made once a week."""
        ask = ScheduleAsk(
            person=person,
            scope="team" if manager else "person",
            weekday=weekday,
            at=at,
            zone=zone,
            language=language.value,
            channel=channel,
            destination=to,
        )
        with opened() as copilot:
            body = copilot.schedules.add(ask)
        output.print_json(body) if json else print_schedule(body)

    @group.command()
    def runs(id: Id, limit: Annotated[int, typer.Option(min=1, max=200)] = 20, json: AsJson = False) -> None:
        """List what was made by a schedule, the newest first."""
        with opened() as copilot:
            body = copilot.schedules.runs(id, limit)
        if json:
            output.print_json(body)
            return
        for one in body.runs:
            print_run(one)

    @group.command()
    def pause(id: Id, reason: Annotated[str | None, typer.Option(help="Why.")] = None, json: AsJson = False) -> None:
        """Let nothing be made by a schedule until it is resumed."""
        with opened() as copilot:
            body = copilot.schedules.pause(id, PauseBody(reason=reason))
        output.print_json(body) if json else print_schedule(body)

    @group.command()
    def resume(id: Id, json: AsJson = False) -> None:
        """Let a schedule go on with its next due time."""
        with opened() as copilot:
            body = copilot.schedules.resume(id)
        output.print_json(body) if json else print_schedule(body)

    @group.command()
    def remove(id: Id, json: AsJson = False) -> None:
        """Forget a schedule; its drafts stay."""
        with opened() as copilot:
            body = copilot.schedules.remove(id)
        output.print_json(body) if json else output.console.print(f"[dim]– {escape(body.id)}[/]")

    @group.command()
    def run(id: Id, json: AsJson = False) -> None:
        """Run a schedule now, beside its times."""
        with opened() as copilot:
            body = copilot.schedules.run(id)
        output.print_json(body) if json else print_run(body)
        if body.outcome in ("blocked", "failed", "paused"):
            raise typer.Exit(1)


def print_schedule(one: ScheduleBody) -> None:
    """Print one line, and under it how the last run went and why nothing is made."""
    where = "–" if one.channel is None else f"{one.channel.value} → {one.destination}"
    state = f"{one.next_due_at:%Y-%m-%d %H:%M} UTC" if one.next_due_at else "[yellow]paused[/]"
    output.console.print(
        f"{one.id}  {escape(one.person)} {one.scope}  {one.weekday} {one.at} {one.zone}  {escape(where)}  {state}",
        soft_wrap=True,
    )
    if one.reason:
        output.console.print(f"  [yellow]{escape(one.reason)}[/] [dim]→ copilot schedules resume {one.id}[/]")
    if one.last_outcome:
        colour = _COLOURS.get(one.last_outcome.partition(":")[0], "red")
        when = f" [dim]{one.last_run_at:%Y-%m-%d %H:%M} UTC[/]" if one.last_run_at else ""
        output.console.print(f"  [{colour}]{escape(one.last_outcome)}[/]{when}", soft_wrap=True)


def print_run(one: RunBody) -> None:
    """Print one line, and under it what a person can do."""
    more = f" (+{one.missed})" if one.missed else ""
    output.console.print(
        f"{one.due_at:%Y-%m-%d %H:%M} UTC  {one.since} – {one.until}{more}  "
        f"[{_COLOURS.get(one.outcome, 'red')}]{one.outcome}[/]  [dim]{escape(one.draft_id or '')}[/]",
        soft_wrap=True,
    )
    if one.detail:
        output.console.print(f"  {escape(one.detail)}", soft_wrap=True)
    if one.outcome == "waiting":
        output.console.print(f"  [dim]→ copilot drafts approve {one.draft_id}[/]")
