"""What commands print: JSON or text on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.tree import Tree

from copilot.answering.degraded import TOLD
from copilot.interfaces.contract import (
    AnswerBody,
    DocumentAccess,
    DocumentBody,
    DocumentList,
    NavigationBody,
    SearchBody,
    VerificationBody,
)
from copilot.interfaces.curation import ProgressListener
from copilot.interfaces.ingestion_contract import FailureList, IngestLine, IngestReport
from knowledge.errors import ReportableError

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

#: The only mark of Markdown that answers carry besides lists: the head of a disagreement.
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
#: What became of a document, for people.
MARKS = {"added": "+", "updated": "~", "unchanged": "=", "deleted": "-", "failed": "!", "empty": "∅"}


def print_json(value: BaseModel | dict[str, Any]) -> None:
    """Print one line of JSON."""
    data = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_error(error: ReportableError, *, as_json: bool) -> None:
    """Say what went wrong: for people on stderr, for programs on stdout as well."""
    errors.print(f"[bold red]{error.code}[/] {escape(error.message)}")
    diff: str | None = getattr(error, "diff", None)  # what has replaced a stale revision
    if diff:
        errors.print(escape(diff), soft_wrap=True)
    if as_json:
        choices = list(getattr(error, "choices", ()))
        shown: dict[str, Any] = {"code": error.code, "message": error.message} | ({"diff": diff} if diff else {})
        shown |= {"choices": choices} if choices else {}
        print_json({"error": shown})


@contextmanager
def progress_bar(label: str) -> Iterator[ProgressListener]:
    """Show done, total, rate and time left on stderr; nothing when stderr is no terminal."""
    columns = (
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}"),
    )
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task(label, total=None, name="")

        def listen(done: int, total: int, name: str) -> None:
            progress.update(task, completed=done, total=total, name=escape(name[-40:]))

        yield listen


def print_answer(answer: AnswerBody) -> None:
    """Print the answer first, then where it stands."""
    mark = "[yellow]—[/] " if answer.status == "abstained" else ""
    text = _BOLD.sub(r"[bold]\1[/]", escape(answer.answer))
    console.print(f"\n{mark}{text}\n", soft_wrap=True)
    if answer.explanation:
        console.print(f"[dim]{escape(answer.explanation)}[/]", soft_wrap=True)
    for choice in answer.choices:
        if "question" in choice.payload:
            console.print(f"[dim]  → copilot ask {escape(repr(choice.payload['question']))}[/]", soft_wrap=True)
    for citation in answer.citations:
        place = " › ".join([citation.title, *citation.heading_path])
        stale = " · [red]stale[/]" if citation.stale else ""
        verified = f" · verified until {citation.verified_until}" if citation.verified_until else ""
        console.print(
            f"[dim]  [{citation.n}] {escape(place)} · {escape(citation.source)}{verified}[/]{stale}", soft_wrap=True
        )


def print_search(found: SearchBody) -> None:
    """Print passages with their scores."""
    for rank, passage in enumerate(found.passages, start=1):
        place = " › ".join([passage.title, *passage.heading_path])
        how = ", ".join(passage.found_by)
        console.print(
            f"\n[bold]{rank}. {escape(place)}[/]  [dim]{passage.score:.3f} · {how} · {escape(passage.source)}[/]"
        )
        console.print(escape(passage.text[:240] + ("…" if len(passage.text) > 240 else "")), soft_wrap=True)
    for part in found.degraded:
        console.print(f"\n[yellow]{escape(TOLD[part]['en'])}[/]", soft_wrap=True)


def print_report(report: IngestReport) -> None:
    """Print what needs attention, then the sums."""
    _print_lines(report.documents)
    console.print(
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, {report.deleted} deleted, "
        f"{report.failed} failed in {report.seconds:.1f} s"
    )
    if report.cancelled:
        console.print(f"cancelled: {report.left} left. What was finished is kept; run the command again to go on.")


def _print_lines(lines: Sequence[IngestLine]) -> None:
    for line in lines:
        notes = [line.reason or "", f"same text as {line.duplicate_of}" if line.duplicate_of else "", *line.warnings]
        shown = "; ".join(note for note in notes if note)
        if shown or line.status in ("failed", "empty"):
            colour = "red" if line.status == "failed" else "dim"
            console.print(f"[{colour}]{MARKS[line.status]} {escape(line.source)}: {escape(shown)}[/]", soft_wrap=True)
        _print_lines(line.parts)


def print_documents(listed: DocumentList) -> None:
    """Print a table."""
    table = Table("id", "source", "title", "kind", "readers", "owner", "verified", "v", "characters", "chunks")
    for line in listed.documents:
        numbers = (str(line.version), str(line.characters), str(line.chunks))
        readers = f"groups: {', '.join(line.groups)}" if line.groups else line.audience.value
        kept = (escape(line.verification.owner or "–"), verified_words(line.verification))
        table.add_row(
            line.id, escape(line.source), escape(line.title), line.kind.value, escape(readers), *kept, *numbers
        )
    console.print(table)


def verified_words(verification: VerificationBody) -> str:
    """Say in a few words until when a document is verified."""
    if verification.state == "stale":
        return f"[red]stale since {verification.review_by}[/]"
    if verification.state == "unverified":
        return "[yellow]unverified[/]"
    until = f" until {verification.review_by}" if verification.review_by else ""
    by = f" by {escape(verification.verified_by)}" if verification.verified_by else ""
    return f"verified {verification.verified_on}{by}{until}"


def keepers_words(verification: VerificationBody) -> str:
    """Say who answers for a document."""
    deputy = f", deputy {verification.deputy}" if verification.deputy else ""
    return escape(f"owner {verification.owner or '–'}{deputy}")


def print_failures(listed: FailureList) -> None:
    """Print what could not be ingested and why."""
    for line in listed.failures:
        console.print(
            f"[red]![/] {escape(line.source)}  [dim]{line.stage} · {line.code} · {line.attempts}x, last "
            f"{line.last_at:%Y-%m-%d %H:%M} UTC · {escape(line.origin)}[/]\n  {escape(line.reason)}",
            soft_wrap=True,
        )
    if listed.failures:
        console.print("[dim]`copilot ingest --retry-failed` 只重试这些。It tries just these again.[/]")
    else:
        console.print("没有失败的文档。Nothing has failed.")


def print_access(access: DocumentAccess) -> None:
    """Print who may read a document now."""
    readers = f"groups {', '.join(access.groups)}" if access.groups else access.audience.value
    later = "" if access.moved else "  [dim](in force; the index follows when the ingestion is done)[/]"
    console.print(f"{escape(access.source)}  [dim]→[/] {escape(readers)}{later}", soft_wrap=True)


def print_map(body: NavigationBody) -> None:
    """Print stages, topics and documents as a tree."""
    root = Tree("[bold]知识地图[/]")
    for stage in body.stages:
        branch = root.add(f"[bold]{escape(stage.title)}[/] [dim]{escape(stage.title_en)}[/]")
        for topic in stage.topics:
            leaf = branch.add(f"{escape(topic.title)} [dim]{escape(topic.title_en)}[/]")
            for document in topic.documents:
                leaf.add(f"{escape(document.title)} [dim]{escape(document.source)}[/]")
    console.print(root)


_KEPT = {
    "replaced": "旧版本,只供核对引用它的回答。An older version, kept for the answers that cite it.",
    "deleted": "文档已删除,只供核对引用它的回答。The document was deleted; this is kept for the answers that cite it.",
}


def print_document(document: DocumentBody) -> None:
    """Print the stored text under what is known of it."""
    console.print(f"[bold]{escape(document.title)}[/]  [dim]{escape(document.source)} · version {document.version}[/]")
    if document.status in _KEPT:
        console.print(f"[yellow]{_KEPT[document.status]}[/]", soft_wrap=True)
    console.print(f"[dim]{keepers_words(document.verification)} ·[/] {verified_words(document.verification)}")
    for warning in document.warnings:
        console.print(f"[dim]· {escape(warning)}[/]")
    console.print(escape(document.text), soft_wrap=True)


def print_cuts(document: DocumentBody) -> None:
    """Print what cleaning cut out of the file, rule by rule, with samples; the file itself is kept."""
    console.print(f"[bold]{escape(document.title)}[/]  [dim]{escape(document.source)} · version {document.version}[/]")
    for warning in document.warnings:
        console.print(f"[dim]· {escape(warning)}[/]", soft_wrap=True)
    if not document.cuts:
        console.print("没有删减。Nothing was cut out.")
    for cut in document.cuts:
        console.print(f"\n[bold]{cut.count} {escape(cut.rule)}[/]: {escape(cut.reason)}", soft_wrap=True)
        for sample in cut.samples:
            console.print(f"  - {escape(sample)}", soft_wrap=True)
        if cut.count > len(cut.samples):
            console.print(f"[dim]  … {cut.count - len(cut.samples)} more[/]")
