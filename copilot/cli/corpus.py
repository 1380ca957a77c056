"""`doctor corpus` and `new`: for the people who write the knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

from pydantic import BaseModel
from rich.columns import Columns
from rich.markup import escape
from rich.table import Table

from copilot.cli.output import console
from copilot.errors import InvalidRequest
from knowledge.corpus_check import REQUIREMENTS, check_corpus

_FOLDERS = {"playbook": "playbooks", "case": "case_studies", "faq": "faqs"}
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REVIEW_AFTER = timedelta(days=180)


class CorpusCheck(BaseModel):
    """The result of `doctor corpus`."""

    problems: list[str]
    notices: list[str]
    counts: dict[str, dict[str, int]]
    requirements: dict[str, list[str]]
    gaps: list[str]


def check(folder: Path, today: date | None = None) -> CorpusCheck:
    """Check every Markdown file below `folder`.

    Raises:
        InvalidRequest: there is no such folder.
    """
    if not folder.is_dir():
        raise InvalidRequest(f"{str(folder)!r} is no folder. Name the corpus with --folder.")
    report = check_corpus(_files(folder), today or datetime.now(UTC).date())
    return CorpusCheck(
        problems=[str(problem) for problem in report.problems],
        notices=[str(notice) for notice in report.notices],
        counts=report.counts,
        requirements={name: list(report.served.get(name, ())) for name in REQUIREMENTS},
        gaps=list(report.gaps),
    )


def print_check(body: CorpusCheck) -> None:
    """Print problems first, then the counts and which rule is served by how many documents."""
    for problem in body.problems:
        console.print(f"[red]✗[/] {escape(problem)}", soft_wrap=True)
    for notice in body.notices:
        console.print(f"[yellow]·[/] {escape(notice)}", soft_wrap=True)
    tables = []
    for name, counts in body.counts.items():
        table = Table(name, "documents" if name in ("kind", "stage", "audience") else "number")
        for key, count in sorted(counts.items(), key=lambda item: -item[1]):
            table.add_row(key, str(count))
        tables.append(table)
    console.print(Columns(tables))
    served = Table("rule", "documents")
    for name, ids in body.requirements.items():
        shown = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
        served.add_row(name, escape(shown) or "[red]none[/]")
    console.print(served)
    verdict = "[green]clean[/]" if not body.problems and not body.gaps else "[red]not clean[/]"
    console.print(f"{verdict}: {len(body.problems)} problems, {len(body.gaps)} gaps, {len(body.notices)} notices")


def create(kind: str, name: str, folder: Path, today: date | None = None) -> Path:
    """Write a filled-in start and return its path.

    Raises:
        InvalidRequest: the name cannot be an id, or the document exists.
    """
    if not _NAME.fullmatch(name):
        raise InvalidRequest(f"{name!r} cannot be an id. Use lower-case words with hyphens, for example first-value.")
    path = folder / _FOLDERS[kind] / f"{kind}-{name}.md"
    if path.exists():
        raise InvalidRequest(f"{str(path)!r} exists already. Choose another name, or edit it.")
    day = today or datetime.now(UTC).date()
    template = resources.files("knowledge").joinpath("templates", f"{kind}.md").read_text(encoding="utf-8")
    filled = template.replace("{id}", path.stem).replace("{today}", day.isoformat())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(filled.replace("{review_by}", (day + _REVIEW_AFTER).isoformat()), encoding="utf-8")
    return path


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.md")):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8", errors="replace")
