"""`doctor audit`: is the audit log whole? And its export."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from copilot.audit.verification import Head
from copilot.cli import output
from copilot.errors import InvalidRequest
from copilot.interfaces.auditing import Auditing, all_entries
from copilot.interfaces.draft_contract import AuditCheck

_HEAD = re.compile(r"(\d{1,9}):([0-9a-f]{64})")


def read_head(text: str | None) -> Head | None:
    """Read N:HASH as an earlier check printed it."""
    if text is None:
        return None
    match = _HEAD.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(f"{text[:80]!r} is not N:HASH as an earlier `copilot doctor audit` printed it.")
    return int(match[1]), match[2]


def export(auditing: Auditing, path: Path) -> int:
    """Write every entry as a line of JSON; returns how many.

    Raises:
        InvalidRequest: the file cannot be written.
    """
    count = 0
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for entry in all_entries(auditing):
                file.write(entry.model_dump_json() + "\n")
                count += 1
    except OSError as error:
        raise InvalidRequest(f"{str(path)!r} cannot be written: {error.strerror}. Choose another file.") from error
    return count


def print_check(check: AuditCheck, exported: int | None) -> None:
    """Print the faults, then what to note elsewhere."""
    for fault in check.faults:
        output.console.print(f"[red]{fault.kind}[/] {fault.message}", soft_wrap=True)
    state = f"{len(check.faults)} faults" if check.faults else "whole"
    output.console.print(f"{check.entries} entries: {state}")
    if exported is not None:
        output.console.print(f"{exported} entries written")
    output.console.print(
        f"[dim]Note this elsewhere, and check with --since-head: {check.head}:{check.head_hash}[/]", soft_wrap=True
    )
