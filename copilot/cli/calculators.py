"""`calc`: the calculators; they need no index, so no home is opened."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.options import AsJson
from copilot.interfaces.calculator_contract import CalculationBody, CalculatorBody, CalculatorList
from copilot.interfaces.calculators import calculate, list_calculators, show_calculator


def add_calc(app: typer.Typer) -> None:
    """Register `copilot calc`."""

    @app.command()
    def calc(
        name: Annotated[str | None, typer.Argument(help="Which calculator; without a name, all are listed.")] = None,
        inputs: Annotated[
            list[str] | None, typer.Argument(metavar="[K=V]...", help="Inputs: ltv=3万 cac=1.2w; without any, shown.")
        ] = None,
        json: AsJson = False,
    ) -> None:
        """Compute with explicit inputs: the formula, the source, a verdict, and what would change it."""
        if name is None:
            listed = list_calculators()
            output.print_json(listed) if json else _print_list(listed)
            return
        if not inputs:
            shown = show_calculator(name)
            output.print_json(shown) if json else _print_inputs(shown)
            return
        body = calculate(name, pairs(inputs))
        output.print_json(body) if json else _print_result(body)


def pairs(inputs: list[str]) -> dict[str, str]:
    """Read NAME=VALUE arguments.

    Raises:
        typer.BadParameter: one is none, or a name stands there twice.
    """
    read: dict[str, str] = {}
    for one in inputs:
        key, separator, value = one.replace("＝", "=").partition("=")
        if not separator or not key.strip():
            raise typer.BadParameter(f"{one!r} is no NAME=VALUE, for example ltv=3万.")
        if key.strip() in read:
            raise typer.BadParameter(f"{key.strip()!r} is given twice.")
        read[key.strip()] = value.strip()
    return read


def _print_list(listed: CalculatorList) -> None:
    for one in listed.calculators:
        takes = ", ".join(item.name for item in one.inputs if item.required)
        output.console.print(
            f"[bold]{escape(one.name)}[/]  {escape(one.title_zh)} [dim]{escape(one.title_en)} · {escape(takes)} · "
            f"{', '.join(one.rules)}[/]",
            soft_wrap=True,
        )


def _print_inputs(body: CalculatorBody) -> None:
    output.console.print(f"[bold]{escape(body.title_zh)}[/] {escape(body.title_en)}\n{escape(body.formula_zh)}")
    output.console.print(f"[dim]{escape(body.formula_en)}[/]", soft_wrap=True)
    for one in body.inputs:
        kind = " | ".join(one.choices) or one.unit
        need = "required" if one.required else "optional" if one.default is None else f"default {one.default}"
        also = f" [dim]({escape(', '.join(one.aliases))})[/]" if one.aliases else ""
        output.console.print(
            f"  {escape(one.name)}  {escape(one.title_zh)} {escape(one.title_en)}: {escape(kind)}, {need}{also}",
            soft_wrap=True,
        )
    output.console.print(f"[dim]{', '.join(body.rules)} · {escape(body.playbook)}[/]")


def _print_result(body: CalculationBody) -> None:
    output.console.print(f"[bold]{escape(body.verdict_zh)}[/]\n{escape(body.verdict_en)}", soft_wrap=True)
    output.console.print(f"{escape(body.worked)}\n[dim]{escape(body.formula_zh)}[/]", soft_wrap=True)
    for zh, en in [*zip(body.change_zh, body.change_en, strict=True), *zip(body.notes_zh, body.notes_en, strict=True)]:
        output.console.print(f"  · {escape(zh)} [dim]{escape(en)}[/]", soft_wrap=True)
    output.console.print(f"[dim]{', '.join(body.rules)} · {escape(body.playbook)}[/]")
