"""`drafts deliver`, `deliveries …` and `worker`: have drafts sent, and see what became of it."""

from __future__ import annotations

import signal
from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.delivery.delivery import ChannelName, DeliveryStatus
from copilot.delivery.worker import DeliveryWorker
from copilot.interfaces.delivery_contract import DeliverBody, DeliveryBody

Id = Annotated[str, typer.Argument(help="Id as `deliveries list` shows it.")]

#: Long enough for an attempt of every channel.
_WAIT_S = 60.0
_COLOURS = {"queued": "yellow", "sending": "yellow", "sent": "green", "blocked": "red", "dead": "red"}


def add_deliver(group: typer.Typer, opened: Opened) -> None:
    """Register `copilot drafts deliver`."""

    @group.command()
    def deliver(
        id: Annotated[str, typer.Argument(help="Id of the draft.")],
        channel: Annotated[ChannelName, typer.Option(help="By which way.")],
        to: Annotated[
            str,
            typer.Option(
                "--to",
                help="Path below `exports`, URL, e-mail address or hubspot:company/123; a file may have no name.",
            ),
        ] = "",
        revision: Annotated[int | None, typer.Option(min=1, max=2**31 - 1, help="The one that was read.")] = None,
        wait: Annotated[bool, typer.Option("--wait", help="Wait until it has left, a minute at most.")] = False,
        json: AsJson = False,
    ) -> None:
        """Have an approved draft sent; the same again changes nothing."""
        with opened() as copilot:
            body = copilot.deliveries.request(id, DeliverBody(channel=channel, destination=to, revision=revision))
            if wait:
                body = copilot.deliveries.wait(body.id, _WAIT_S)
        output.print_json(body) if json else print_delivery(body)
        if wait and body.status != "sent":
            raise typer.Exit(1)


def add_delivery_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot deliveries`."""

    @group.command("list")
    def list_deliveries(
        status: Annotated[DeliveryStatus | None, typer.Option(help="Only these.")] = None,
        draft: Annotated[str | None, typer.Option(help="Only those of this draft, oldest first.")] = None,
        limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 50,
        json: AsJson = False,
    ) -> None:
        """List deliveries, the newest first."""
        with opened() as copilot:
            body = copilot.deliveries.list(status, limit) if draft is None else copilot.deliveries.of(draft)
        if draft is not None and status is not None:
            body.deliveries = [one for one in body.deliveries if one.status == status.value]
        if json:
            output.print_json(body)
            return
        for one in body.deliveries:
            print_delivery(one)

    @group.command()
    def show(id: Id, json: AsJson = False) -> None:
        """Show a delivery and where it stands."""
        with opened() as copilot:
            body = copilot.deliveries.show(id)
        output.print_json(body) if json else print_delivery(body)

    @group.command()
    def retry(
        id: Id,
        wait: Annotated[bool, typer.Option("--wait", help="Wait until it has left, a minute at most.")] = False,
        json: AsJson = False,
    ) -> None:
        """Send a delivery that was given up, blocked or waits as soon as possible, under the same key."""
        with opened() as copilot:
            body = copilot.deliveries.retry(id)
            if wait:
                body = copilot.deliveries.wait(body.id, _WAIT_S)
        output.print_json(body) if json else print_delivery(body)
        if wait and body.status != "sent":
            raise typer.Exit(1)


def print_delivery(one: DeliveryBody) -> None:
    """Print one line, and under it what a person can do."""
    output.console.print(
        f"{one.id}  [{_COLOURS[one.status]}]{one.status}[/]  {one.channel.value} → {escape(one.destination)}  "
        f"[dim]{escape(one.draft_id)} r{one.revision} · {one.attempts}× · {escape(one.requested_by)}[/]",
        soft_wrap=True,
    )
    if one.receipt:
        output.console.print(f"  [dim]{escape(one.receipt)}[/]", soft_wrap=True)
    if one.code:
        again = f" · {one.due_at.astimezone():%Y-%m-%d %H:%M:%S}" if one.status == "queued" else ""
        output.console.print(f"  {one.code} {escape(one.detail or '')}{again}", soft_wrap=True)
    if one.status in ("blocked", "dead"):
        output.console.print(f"  [dim]→ copilot deliveries retry {one.id}[/]")
    elif one.status == "queued":
        output.console.print("  [dim]→ copilot up · serve · worker · --wait[/]")


def run_worker(worker: DeliveryWorker) -> None:
    """Send until a signal says stop; the attempt under way is finished."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.ask_to_stop())
    output.errors.print("Sending what is due. Ctrl-C stops.")
    worker.run()
