"""An ingestion at the command line: its stages on stderr while it runs, and signals that end it in order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from copilot.cli.output import errors
from copilot.interfaces.ingestion_contract import IngestProgress, StageBody
from copilot.interfaces.local import IngestListener

#: Seconds between two lines of a log, where stderr is no terminal.
_BETWEEN_LINES_S = 5.0


@contextmanager
def ingestion_bar(
    label: str, console: Console = errors, now: Callable[[], float] = time.monotonic
) -> Iterator[IngestListener]:
    """Show every stage with its count, rate and time left: bars on a terminal, else a line every few seconds."""
    if not console.is_terminal:
        yield _lines(label, console, now)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def listen(progress: IngestProgress) -> None:
            if not progress.stages:  # an index that is rebuilt first
                _show(bars, tasks, label, progress.done, progress.total, progress.source[-40:])
            for stage in progress.stages:
                _show(bars, tasks, f"{label}: {stage.name:5}", stage.done, stage.total, _pace(stage))

        yield listen


def _show(bars: Progress, tasks: dict[str, TaskID], name: str, done: int, total: int, pace: str) -> None:
    if name not in tasks:
        tasks[name] = bars.add_task(name, pace="")
    bars.update(tasks[name], completed=done, total=total, pace=escape(pace))


def _lines(label: str, console: Console, now: Callable[[], float]) -> IngestListener:
    told = now()

    def listen(progress: IngestProgress) -> None:
        nonlocal told
        if now() - told < _BETWEEN_LINES_S:
            return
        told = now()
        stages = "; ".join(f"{stage.name} {stage.done}/{stage.total} {_pace(stage)}" for stage in progress.stages)
        console.print(f"{label}: {stages or f'{progress.done}/{progress.total}'}", markup=False, soft_wrap=True)

    return listen


def _pace(stage: StageBody) -> str:
    left = "" if stage.eta_s is None else f", {int(stage.eta_s) // 60}:{int(stage.eta_s) % 60:02} left"
    return f"{stage.rate:,.0f} characters/s{left}"


class Ending:
    """Whether somebody wants the run to end, and how the process ends then."""

    def __init__(self) -> None:
        self.status = 0  #: exit status as shells know it: 128 and the number of the signal

    def wanted(self) -> bool:
        """Tell whether a signal came."""
        return self.status != 0


@contextmanager
def ending_early() -> Iterator[Ending]:
    """Take the first Ctrl-C or SIGTERM for a wish to end in order; the next one ends the process at once."""
    ending = Ending()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def wish(number: int, _: FrameType | None) -> None:
        ending.status = 128 + number
        restore()
        errors.print("Ending after the document at hand; once more ends at once, which loses nothing either.")

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in before:
        signal.signal(number, wish)
    try:
        yield ending
    finally:
        restore()
