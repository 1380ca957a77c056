"""`accounts outlook` and `accounts history`: how a contract is likely to end, and what that is learned from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.interfaces.outlook_contract import MoveLine, OutlookBody, UpliftLine
from copilot.interfaces.outlooks import import_history

_WIDTH = 30  #: characters of a bar for 100 %
_ENDS = (("renewed", "续约", "green"), ("expanded", "增购", "cyan"), ("churned", "流失", "red"))


def add_outlook_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands beside those of `copilot accounts`."""

    @group.command()
    def outlook(id: Annotated[str, typer.Argument(help="Its id.")], json: AsJson = False) -> None:
        """Tell how the contract is likely to end, and from which counts."""
        with opened() as copilot:
            told = copilot.outlooks.outlook(id)
        output.print_json(told) if json else print_outlook(told)

    @group.command()
    def history(
        file: Annotated[Path, typer.Argument(help="JSONL, or CSV with column names in Chinese or English.")],
        json: AsJson = False,
    ) -> None:
        """Keep moves of accounts from another system; bad lines are told, and a file imported twice counts once."""
        with opened() as copilot:
            report = import_history(copilot.outlooks, file)
        if json:
            output.print_json(report)
            return
        for line in report.lines:
            output.console.print(f"[red]line {line.line}[/] {escape(line.error.message)}", soft_wrap=True)
        output.console.print(f"{report.kept} kept, {report.known} known already, {report.failed} failed")


def print_outlook(told: OutlookBody) -> None:
    """Print a bar per end, then what it rests on."""
    place = " · ".join(one for one in (told.stage, told.band) if one)
    output.console.print(f"[bold]{escape(told.id)}[/]  [dim]{escape(place)}[/]")
    for name, zh, colour in _ENDS:
        chance: float | None = getattr(told, name)
        if chance is not None:
            output.console.print(f"{zh} {name:<9} [{colour}]{bar(chance)}[/] {chance:.0%}")
    if told.interval is not None:
        low, high = told.interval
        output.console.print(f"不流失 90 % 区间 · 90 % interval of not churning: {low:.0%} – {high:.0%}")
    output.console.print(f"[dim]{escape(told.reason_zh)}。{escape(told.reason_en)}.[/]", soft_wrap=True)
    if told.basis == "history":
        output.console.print(f"[dim]先验所占 · share of the assumptions: {told.prior_weight:.0%}[/]")
    for line in told.counts:
        output.console.print(f"[dim]  {line.count:>5} ×[/] {escape(_move(line))}", soft_wrap=True)
    for uplift in told.uplifts:
        output.console.print(_uplift(uplift), soft_wrap=True)


def bar(share: float, width: int = _WIDTH) -> str:
    """Draw a share as a bar, to half a character."""
    halves = round(max(0.0, min(1.0, share)) * width * 2)
    return "█" * (halves // 2) + "▌" * (halves % 2) + "·" * (width - (halves + 1) // 2)


def _move(line: MoveLine) -> str:
    done = f" ({line.action})" if line.action else ""
    return f"→ {line.outcome or f'{line.to_stage} · {line.to_band}'}{done}"


def _uplift(line: UpliftLine) -> str:
    low, high = line.interval
    taken = "" if line.acceptance is None else f" · 采纳率 accepted {line.acceptance:.0%}"
    sure = "green" if low > 0 else "red" if high < 0 else "dim"
    return (
        f"  [{sure}]{line.uplift:+.1%}[/] {escape(line.action)} "
        f"[dim]({low:+.1%} … {high:+.1%}, {line.transitions} ×{taken})[/]"
    )
