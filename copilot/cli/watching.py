"""`ingest --watch` and the watched folders of `serve`: what changed, one line each."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType

from rich.markup import escape

from copilot.bootstrap import FolderWatch
from copilot.cli import output
from copilot.interfaces.ingestion_contract import IngestLine, IngestReport
from knowledge.errors import ReportableError

_UNCHANGED = "unchanged"


def watch(named: Sequence[str], ingest: Callable[[str], IngestReport], *, as_json: bool) -> None:
    """Ingest what changes until the process is interrupted or told to end; nothing else ends it."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        # Both signals end what is under way; every item of it is complete or absent. An interrupt that falls into a
        # destructor is swallowed there, so the event ends the watch all the same.
        ended.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    many = f"{len(named)} paths" if len(named) > 1 else named[0]
    try:
        output.errors.print(f"Watching {escape(many)}. Ctrl-C ends it.", soft_wrap=True)
        folders = FolderWatch([Path(path) for path in named], ended)
        for folder in folders:
            try:
                report = ingest(str(folder))
            except ReportableError as error:
                output.print_error(error, as_json=as_json)
                folders.again(folder)
                continue
            tell(folder, report)
            changed = changes(report)
            if as_json and changed:
                output.print_json(report.model_copy(update={"documents": changed}).model_dump(mode="json"))
    except KeyboardInterrupt:
        output.errors.print("Stopped watching. What was finished is kept.")


def changes(report: IngestReport) -> list[IngestLine]:
    """Return the lines of a report that say more than that nothing changed."""
    return [line for line in report.documents if line.status != _UNCHANGED]


def tell(folder: Path, result: IngestReport | ReportableError) -> None:
    """Print what became of a watched folder on stderr."""
    if isinstance(result, ReportableError):
        output.errors.print(f"[bold red]{result.code}[/] {escape(result.message)}", soft_wrap=True)
        return
    now = datetime.now().astimezone().strftime("%H:%M:%S")
    for line, depth in _every(changes(result)):
        reason = f": {line.code} {line.reason or ''}" if line.code else ""
        shown = f"{now} {folder.name} {'  ' * depth}{output.MARKS[line.status]} {line.source}{reason}"
        output.errors.print(escape(shown), soft_wrap=True)


def _every(lines: Sequence[IngestLine], depth: int = 0) -> Iterator[tuple[IngestLine, int]]:
    for line in lines:
        if line.status != _UNCHANGED:
            yield line, depth
        yield from _every(line.parts, depth + 1)
