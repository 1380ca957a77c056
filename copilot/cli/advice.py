"""`next` and `suggestions …`: what to do about an account, and what people say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.batch import run_records
from copilot.cli.options import AsJson, Opened
from copilot.interfaces.advice_contract import ActionBody, AdviceBody, AvoidBody, ReactionChange
from copilot.interfaces.contract import CitationBody
from copilot.suggesting.advice import Language
from copilot.suggesting.suggestion import Verdict

_URGENCY = {
    "now": ("[bold red]今天[/]", "[bold red]today[/]"),
    "week": ("[yellow]本周[/]", "[yellow]this week[/]"),
    "month": ("本月", "this month"),
    "routine": ("[dim]日常[/]", "[dim]routine[/]"),
}


def add_next(app: typer.Typer, opened: Opened) -> None:
    """Register `copilot next`."""

    @app.command("next")
    def next_actions(
        account: Annotated[str | None, typer.Argument(help="Id of a kept account.")] = None,
        batch: Annotated[
            Path | None,
            typer.Option("--batch", help="Advise on account records of a JSONL file (-: standard input), kept or not."),
        ] = None,
        language: Annotated[Language, typer.Option(help="Language of titles and reasons.")] = "zh",
        newcomer: Annotated[
            bool, typer.Option("--newcomer", help="Explain every rule that spoke, and what to look for.")
        ] = False,
        json: AsJson = False,
    ) -> None:
        """Say what to do next about an account, what to leave alone, and why, with citations."""
        if (account is None) == (batch is None):
            raise typer.BadParameter("Give either an account or --batch FILE.")
        with opened() as copilot:
            if batch is not None:
                run_records(batch, lambda record: copilot.advices.advise_record(record, language, newcomer=newcomer))
                return
            body = copilot.advices.advice(account or "", language, newcomer=newcomer)
        output.print_json(body) if json else print_advice(body, language)


def add_suggestion_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot suggestions`."""

    @group.command()
    def react(
        id: Annotated[str, typer.Argument(help="Id of the suggestion, as `next` shows it.")],
        reaction: Annotated[Verdict, typer.Argument(help="accepted, later or rejected.")],
        reason: Annotated[str | None, typer.Option(help="Why; a rejection needs it.")] = None,
        json: AsJson = False,
    ) -> None:
        """Say whether a suggestion is taken; your last word counts."""
        with opened() as copilot:
            body = copilot.advices.react(id, ReactionChange(reaction=reaction, reason=reason))
        if json:
            output.print_json(body)
        else:
            output.console.print(f"{body.suggestion_id}  {body.reaction.value}", markup=False)

    @group.command()
    def rejected(
        owner: Annotated[str | None, typer.Option(help="Only playbooks that this person or role keeps.")] = None,
        playbook: Annotated[str | None, typer.Option(help="Only this playbook.")] = None,
        limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 100,
        json: AsJson = False,
    ) -> None:
        """List rejected suggestions with their reasons, newest first."""
        with opened() as copilot:
            body = copilot.advices.rejected(owner, playbook, limit)
        if json:
            output.print_json(body)
            return
        for one in body.rejections:
            about = f"{one.account_id or '–'} · {one.playbook} · {one.owner or '–'} · {one.person} · {one.at:%Y-%m-%d}"
            output.console.print(
                f"[bold]{escape(one.action)}[/]  {escape(one.reason or '')}  [dim]{escape(about)}[/]", soft_wrap=True
            )
        if not body.rejections:
            output.console.print("没有被拒绝的建议。Nothing was rejected.")

    @group.command()
    def errors(
        limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 50, json: AsJson = False
    ) -> None:
        """Show the error book: what was rejected or voted down, and what to read about it."""
        with opened() as copilot:
            body = copilot.advices.error_book(limit)
        if json:
            output.print_json(body)
            return
        for one in body.mistakes:
            reason = f":{one.reason}" if one.reason else ""
            output.console.print(
                f"[red]✗[/] {escape(one.what + reason)}\n  → {escape(one.title or '没有相关手册 / no playbook')}"
                f"  [dim]{escape(one.playbook or '')} · {one.at:%Y-%m-%d}[/]",
                soft_wrap=True,
            )
        if not body.mistakes:
            output.console.print("错题集是空的。The error book is empty.")


def print_advice(body: AdviceBody, language: Language) -> None:
    """Print actions first, then what to leave alone, what is not judged, and the sources."""
    zh = language == "zh"
    score = "–" if body.health.score is None else f"{body.health.score:g}"
    size = body.segment.value.value if body.segment.value else "–"
    stage = body.stage.value if body.stage else "–"
    output.console.print(
        f"[bold]{escape(body.id)}[/]  [dim]{size} · {stage} · {'健康度' if zh else 'health'} {score} "
        f"({body.health.band.value})[/]"
    )
    if body.icp is not None:
        outside = ("偏离目标客群" if zh else "outside the profile") if body.icp.outside else "ICP"
        output.console.print(f"[dim]{outside} {body.icp.score if body.icp.score is not None else '–'}[/]")
    for place, action in enumerate(body.actions, start=1):
        _print_action(place, action, zh)
    for avoid in body.avoid:
        _print_avoid(avoid, zh)
    if body.not_judged:
        output.console.print(f"\n[dim]{'没有判断' if zh else 'Not judged'}[/]")
        for sentence in body.not_judged:
            output.console.print(f"[dim]· {escape(sentence)}[/]", soft_wrap=True)
    output.console.print("")
    citations = [one for action in body.actions for one in action.citations]
    citations += [one for avoid in body.avoid for one in avoid.citations]
    cited = {one.n: one for one in citations}
    for citation in (cited[number] for number in sorted(cited)):
        _print_citation(citation)


def _print_action(place: int, action: ActionBody, zh: bool) -> None:
    urgency = _URGENCY[action.urgency.value][0 if zh else 1]
    due = f" · {'截止' if zh else 'due'} {action.due}" if action.due else ""
    output.console.print(f"\n[bold]{place}. {escape(action.title)}[/]  {urgency}{due}{_marks(action.citations)}")
    output.console.print(f"   {escape(action.why)}", soft_wrap=True)
    for signal in action.signals:
        output.console.print(f"   [dim]· {escape(signal)}[/]", soft_wrap=True)
    draft = f" · {'可起草' if zh else 'draft'} {action.draft_kind}" if action.draft_kind else ""
    output.console.print(f"   [dim]{escape(action.owner)}{draft} · {action.id}[/]", soft_wrap=True)
    for one in action.explained or []:
        output.console.print(
            f"   [cyan]{escape(one.rule)} ({', '.join(one.requirements)})[/] {escape(one.because)}", soft_wrap=True
        )
        for sign in one.look_for:
            output.console.print(f"   [cyan]  {'看' if zh else 'look for'}[/] {escape(sign)}", soft_wrap=True)


def _print_avoid(avoid: AvoidBody, zh: bool) -> None:
    output.console.print(
        f"\n[red]✗ {'不要' if zh else 'Avoid'}: {escape(avoid.title)}[/]{_marks(avoid.citations)}", soft_wrap=True
    )
    output.console.print(f"   {escape(avoid.why)}", soft_wrap=True)


def _marks(citations: list[CitationBody]) -> str:
    return "".join(f" [dim]\\[{one.n}][/]" for one in citations)


def _print_citation(citation: CitationBody) -> None:
    place = " › ".join([citation.title, *citation.heading_path])
    stale = " · [red]stale[/]" if citation.stale else ""
    output.console.print(
        f"[dim]\\[{citation.n}] {escape(place)} · {escape(citation.source)}{stale}\n    {escape(citation.quote)}[/]",
        soft_wrap=True,
    )
