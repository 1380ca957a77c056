"""`train`: progress, tables, and what a report is as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from copilot.bootstrap import Swapped, home_taken, open_material, own_guards, swap_index, training_service
from copilot.cli.output import console, errors, progress_bar
from copilot.settings import Settings
from copilot.training.gate import Comparison
from copilot.training.guards import read_guard
from copilot.training.report import TrainingReport
from copilot.training.service import Guards, Status
from knowledge.training import JudgedSet, Recipe, StageListener

_VERDICTS = {"planned": "[bold]nothing was trained[/]", "promoted": "[green]promoted[/]", "rejected": "[red]kept[/]"}


def train(settings: Settings, recipe: Recipe, named: Sequence[JudgedSet], *, dry_run: bool) -> TrainingReport:
    """Train on the index of this home.

    Raises:
        ReportableError: it could not be done; nothing was changed.
    """
    service = training_service(settings)
    with open_material(settings) as material:
        guards = with_named(own_guards(material, recipe.seed), named)
        if dry_run:
            return service.plan(material, guards, recipe)
        with stage_bar() as listen:
            return service.run(material, guards, recipe, listen)


def state_of(settings: Settings) -> Status:
    """Tell which model is in use; needs no index and no model."""
    return training_service(settings).status()


def roll_back(settings: Settings) -> tuple[Status, Swapped | None]:
    """Go back to the model before, and to its vectors; return also what that took, None where the index had them.

    Raises:
        IndexLocked: a process works with the model in use.
        NothingToRollBack: there is no model before.
        ReportableError: the vectors could not be changed; the model in use stays.
    """
    with home_taken(settings):
        pass  # nothing is changed while another process works with the model in use
    swapped: list[Swapped | None] = []

    def rebuild() -> None:
        with progress_bar("Going back") as listen:
            swapped.append(swap_index(settings, listen))

    status, _ = training_service(settings, rebuild).rollback()
    return status, swapped[0]


def read_guards(folders: Sequence[Path], seed: int, questions: int, passages: int) -> list[JudgedSet]:
    """Read the guards that a person named; a folder that is named twice is read once.

    Raises:
        InvalidRequest: a folder is no guard.
    """
    distinct = dict.fromkeys(folder.resolve() for folder in folders)
    return [read_guard(folder, seed=seed, questions=questions, passages=passages) for folder in distinct]


def with_named(own: Guards, named: Sequence[JudgedSet]) -> Guards:
    """Add the guards that a person named, and say so when there is none at all."""
    guards = replace(own, sets=(*own.sets, *named))
    if guards.sets:
        return guards
    note = "No other set is judged, so a loss elsewhere would not be seen. Name one with --guard FOLDER."
    return replace(guards, notes=(*guards.notes, note))


@contextmanager
def stage_bar() -> Iterator[StageListener]:
    """Show the stage, how far it is and its time left on stderr; nothing when stderr is no terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("loading the model", total=None)

        def listen(stage: str, done: int, total: int) -> None:
            if progress.tasks[0].description != escape(stage) or done < progress.tasks[0].completed:
                progress.reset(task, description=escape(stage))
            progress.update(task, completed=done, total=total)

        yield listen


def as_json(value: TrainingReport | Status | Swapped) -> dict[str, Any]:
    """Return what `--json` prints."""
    data: dict[str, Any] = TypeAdapter(type(value)).dump_python(value, mode="json")
    return data


def print_training(report: TrainingReport) -> None:
    """Print what was learnt from, every trial against the model before, and the verdict."""
    plan = report.plan
    console.print(
        f"{plan.train} questions to learn from, {plan.held_out} of other documents held out, {plan.dropped} left out "
        f"because they repeat these; {plan.documents} documents, {plan.steps} steps.",
        soft_wrap=True,
    )
    for guard in plan.guards:
        console.print(f"Guard: {escape(guard)}", soft_wrap=True)
    for note in plan.notes:
        console.print(f"[yellow]·[/] {escape(note)}", soft_wrap=True)
    if report.trials:
        # A pipe is 80 wide for rich, too narrow for figures on one line.
        wide = console if console.is_terminal else Console(highlight=False, width=120)
        wide.print(_table(report))
        console.print("[dim]By vectors alone, before → after; paired differences with 95 % intervals[/]")
    for reason in report.decisive.reasons if report.decisive else ():
        console.print(f"[red]✗[/] {escape(reason)}", soft_wrap=True)
    took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in report.seconds.items())
    shown = escape(report.model or plan.active)
    spent = f" ({took})" if report.trials else ""
    console.print(f"{_VERDICTS[report.outcome]}: the model in use is {shown}{spent}", soft_wrap=True)
    if report.next_step:
        console.print(f"[bold]{escape(report.next_step)}[/]", soft_wrap=True)


def print_rollback(status: Status, swapped: Swapped | None) -> None:
    """Print which model is in use again, and what became of the index."""
    print_models(status)
    if swapped is not None:
        console.print(f"The index has its vectors again: {swapped.kept} kept, {swapped.embedded} embedded.")


def print_models(status: Status) -> None:
    """Print which model is in use and which was before."""
    since = f" since {status.at:%Y-%m-%d %H:%M}" if status.at else ""
    console.print(f"in use: [bold]{escape(status.active)}[/]{since}")
    if status.previous:
        console.print(f"before: {escape(status.previous)} (`copilot train --rollback` goes back to it)")


def print_status(status: Status) -> None:
    """Print which model is in use, which was before, and the last run."""
    print_models(status)
    if status.last is None:
        console.print("No training was run yet.")
    else:
        console.print(f"last run: {status.last.at:%Y-%m-%d %H:%M}")
        print_training(status.last)


def _table(report: TrainingReport) -> Table:
    table = Table("strength", "set", "n", "MRR@10", "hit@5", "difference of MRR", box=SIMPLE)
    for trial in report.trials:
        for place, line in enumerate((trial.team, *trial.guards)):
            good = line.better if place == 0 else not line.worse
            table.add_row(f"{trial.strength:g}" if place == 0 else "", *_figures(line, good=good))
        table.add_section()
    return table


def _figures(line: Comparison, *, good: bool) -> list[str]:
    colour = "green" if good else "red"
    return [
        escape(line.name),
        str(line.n),
        f"{line.mrr_before:.3f} → {line.mrr_after:.3f}",
        f"{line.hit5_before:.3f} → {line.hit5_after:.3f}",
        f"[{colour}]{line.difference:+.4f} ({line.low:+.3f} to {line.high:+.3f})[/]",
    ]
