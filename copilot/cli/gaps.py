"""`feedback` and `gaps …`: what people say of answers, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.curating.gap import GapStatus
from copilot.curating.opinion import LONGEST_EDIT, DownvoteReason
from copilot.errors import InvalidRequest
from copilot.interfaces.contract import RatingBody
from copilot.interfaces.gap_contract import GapBody, GapListBody

GapName = Annotated[str, typer.Argument(help="Id as `gaps list` shows it.")]

_STATUS = {
    GapStatus.OPEN: "待回答 open",
    GapStatus.DRAFTED: "已起草 drafted",
    GapStatus.ANSWERED: "已回答 answered",
    GapStatus.DISMISSED: "已关闭 dismissed",
}


def add_feedback(app: typer.Typer, opened: Opened) -> None:
    """Register `copilot feedback`."""

    @app.command()
    def feedback(
        answer_id: Annotated[str, typer.Argument(help="The answer_id of a reply you got.")],
        helpful: Annotated[bool | None, typer.Option("--helpful/--not-helpful", help="Did it help?")] = None,
        reason: Annotated[DownvoteReason | None, typer.Option(help="Why it did not.")] = None,
        comment: Annotated[str | None, typer.Option(help="In your own words.")] = None,
        edited: Annotated[Path | None, typer.Option(help="A file with what you put in its place.")] = None,
        copied: Annotated[bool, typer.Option("--copied", help="You copied it.")] = False,
        shared: Annotated[bool, typer.Option("--shared", help="You passed it on.")] = False,
        json: AsJson = False,
    ) -> None:
        """Say what you think of an answer of yours; the last word counts."""
        body = RatingBody(
            helpful=helpful,
            reason=reason,
            comment=comment,
            edited_text=None if edited is None else _read(edited),
            copied=copied,
            shared=shared,
        )
        with opened() as copilot:
            kept = copilot.curation.feedback(answer_id, body)
        if json:
            output.print_json(kept)
            return
        word = {True: "有帮助 helpful", False: "没有帮助 not helpful", None: "已记录 noted"}[kept.helpful]
        proposed = f" · 问题已提交 question proposed: {kept.proposal.id}" if kept.proposal else ""
        output.console.print(f"{escape(kept.answer_id)}  {word}{escape(proposed)}", soft_wrap=True)


def add_gap_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot gaps`."""

    @group.command("list")
    def list_gaps(
        status: Annotated[GapStatus | None, typer.Option(help="Only these; default: all.")] = None,
        mine: Annotated[bool, typer.Option("--mine", help="Only those you asked about or own.")] = False,
        json: AsJson = False,
    ) -> None:
        """List what is asked and not answered well, by the number of people who asked."""
        with opened() as copilot:
            body = copilot.gaps.list(status, mine=mine)
        output.print_json(body) if json else _print_list(body)

    @group.command()
    def show(id: GapName, json: AsJson = False) -> None:
        """Show a gap: who asked, when, and what they said."""
        with opened() as copilot:
            body = copilot.gaps.show(id)
        if json:
            output.print_json(body)
            return
        _print_gap(body)
        for one in body.seen:
            said = " · ".join(escape(part) for part in (one.reason, one.comment) if part)
            output.console.print(
                f"  [dim]{one.at:%Y-%m-%d %H:%M} {escape(one.person)} {one.kind.value}[/] {escape(one.question)}"
                f"{f' [dim]{said}[/]' if said else ''}",
                soft_wrap=True,
            )

    @group.command()
    def assign(
        id: GapName,
        person: Annotated[str, typer.Argument(help="Id as `people list` shows it; empty: nobody.")],
        json: AsJson = False,
    ) -> None:
        """Give a gap to somebody."""
        with opened() as copilot:
            _show(copilot.gaps.assign(id, person), json=json)

    @group.command()
    def dismiss(
        id: GapName, reason: Annotated[str, typer.Option(help="Why it needs no answer.")], json: AsJson = False
    ) -> None:
        """Decide that a gap needs no answer; being asked again does not reopen it."""
        with opened() as copilot:
            _show(copilot.gaps.dismiss(id, reason), json=json)

    @group.command()
    def reopen(id: GapName, json: AsJson = False) -> None:
        """Open a gap that was dismissed or answered."""
        with opened() as copilot:
            _show(copilot.gaps.reopen(id), json=json)

    @group.command()
    def merge(
        id: GapName,
        into: Annotated[str, typer.Option(help="Id of the gap that stays.")],
        json: AsJson = False,
    ) -> None:
        """Let a gap be part of another that asks the same."""
        with opened() as copilot:
            _show(copilot.gaps.merge(id, into), json=json)


def _show(body: GapBody, *, json: bool) -> None:
    output.print_json(body) if json else _print_gap(body)


def _print_gap(body: GapBody) -> None:
    owner = escape(body.owner or "–")
    output.console.print(
        f"{body.id}  {escape(body.question)}  [dim]{_STATUS[body.status]} · {body.askers} 人 people · "
        f"{body.observations} 次 times · 负责人 owner {owner}[/]",
        soft_wrap=True,
    )
    if body.note_zh:
        output.console.print(f"  [yellow]{escape(body.note_zh)}[/] [dim]{escape(body.note_en)}[/]", soft_wrap=True)


def _print_list(body: GapListBody) -> None:
    if not body.gaps:
        output.console.print("没有缺口。There are no gaps.")
    else:
        table = Table("id", "问题 question", "人 people", "次 times", "状态 status", "负责人 owner", "备注 note")
        for one in body.gaps:
            note = f"{escape(one.note_zh)} [dim]{escape(one.note_en)}[/]" if one.note_zh else ""
            counts = (str(one.askers), str(one.observations))
            table.add_row(one.id, escape(one.question), *counts, _STATUS[one.status], escape(one.owner or "–"), note)
        output.console.print(table)
    apart = ", ".join(f"{name} {count}" for name, count in body.not_gaps.model_dump().items() if count)
    if apart:
        output.console.print(f"[dim]另计(近 30 天) counted apart, last 30 days: {apart}[/]", soft_wrap=True)


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{str(path)!r} cannot be read: {error.strerror}. Check the path.") from error
    if len(data) > 4 * LONGEST_EDIT:  # bytes of a character, at most
        raise InvalidRequest(f"{str(path)!r} has {len(data)} bytes; at most {LONGEST_EDIT} characters fit. Shorten it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{str(path)!r} is not UTF-8. Save it as UTF-8 and send it again.") from error
