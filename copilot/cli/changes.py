"""`change …`: what an edit does to the answers, before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.errors import ChangeBreaksAnswers
from copilot.interfaces.change_contract import (
    ChangeBody,
    ChangeReportBody,
    GivenQuestion,
    PublicationBody,
    QuestionChangeLine,
    SideBody,
)
from copilot.interfaces.contract import TurnBody
from copilot.interfaces.local import Copilot

EditedPath = Annotated[str | None, typer.Argument(metavar="PATH", help="The edited file or folder.")]
Replaced = Annotated[
    str | None, typer.Option("--source", help="The document it replaces; for a folder, the origin (`corpus`).")
]
Removed = Annotated[bool, typer.Option("--delete", help="Delete the document of --source instead.")]
Questions = Annotated[
    list[Path] | None, typer.Option("--questions", help="Questions as `copilot evaluate` reads them. Repeatable.")
]
Thorough = Annotated[bool, typer.Option("--thorough", help="Search for every question, also of more than 5,000.")]

#: Characters of an answer in the table.
_SHOWN = 160
_MARKS = {"broken": "[bold red]broken[/]", "changed": "[yellow]changed[/]", "mended": "[green]mended[/]"}
_STATUS = {
    "answered": "有答案 answered",
    "partial": "部分 partial",
    "abstained": "没有答案 abstained",
    "clarify": "反问 asks back",
}


def add_change_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot change`."""

    @group.command()
    def check(
        path: EditedPath = None,
        source: Replaced = None,
        delete: Removed = False,
        questions: Questions = None,
        thorough: Thorough = False,
        json: AsJson = False,
    ) -> None:
        """Tell which answers an edit changes, breaks or mends; ends with 1 if it breaks any. Nothing is published."""
        body, bad = _body(path, source, questions or [], delete=delete, thorough=thorough)
        with opened() as copilot:
            report = _checked(copilot, body, bad)
        _show(report, json=json)
        if report.status == "breaks":
            raise typer.Exit(1)

    @group.command()
    def publish(
        path: EditedPath = None,
        source: Replaced = None,
        delete: Removed = False,
        questions: Questions = None,
        thorough: Thorough = False,
        accept_broken: Annotated[
            str | None, typer.Option(help="Publish although answers are lost; the reason goes into the audit log.")
        ] = None,
        json: AsJson = False,
    ) -> None:
        """Check an edit and publish it, unless it breaks answers."""
        body, bad = _body(path, source, questions or [], delete=delete, thorough=thorough)
        with opened() as copilot:
            report = _checked(copilot, body, bad)
            stopped = report.status == "breaks" and accept_broken is None
            if not stopped and report.status != "nothing":
                report = copilot.changes.publish(report.id, PublicationBody(accept_broken=accept_broken))
        _show(report, json=json)
        if stopped:
            code = ChangeBreaksAnswers.code
            output.errors.print(
                f"[bold red]{code}[/] 没有发布。Not published. Mend the text, or give a reason with --accept-broken."
            )
            raise typer.Exit(1)


def _body(
    path: str | None, source: str | None, files: Sequence[Path], *, delete: bool, thorough: bool
) -> tuple[ChangeBody, list[str]]:
    if (path is None) != delete or (delete and source is None):
        raise typer.BadParameter("Give a PATH, or --delete with the --source of a document.")
    questions, bad = read_questions(files)
    absolute = path if path is None or "://" in path else str(Path(path).absolute())
    return ChangeBody(path=absolute, source=source, delete=delete, thorough=thorough, questions=questions), bad


def read_questions(files: Sequence[Path]) -> tuple[list[GivenQuestion], list[str]]:
    """Read files of questions; returns them, and what is wrong with other lines.

    Raises:
        InvalidRequest: a file cannot be read, or holds no question.
    """
    from copilot.evaluation.case import BadCase
    from copilot.evaluation.case_files import cases_of

    questions: list[GivenQuestion] = []
    bad: list[str] = []
    for case in cases_of(files) if files else []:
        if isinstance(case, BadCase):
            bad.append(f"{case.set} {case.id}: {case.error.message}")
            continue
        questions.append(
            GivenQuestion(
                set=case.set,
                id=case.id,
                question=case.question,
                answerable=case.answerable,
                quotes=list(case.quotes),
                sources=list(case.sources),
                history=[TurnBody(role=turn.role, content=turn.content) for turn in case.history],
            )
        )
    return questions, bad


def _checked(copilot: Copilot, body: ChangeBody, bad: Sequence[str]) -> ChangeReportBody:
    with output.progress_bar("Checking") as listen:
        report = copilot.changes.check(body, listen=listen)
    return report.model_copy(update={"notes": [*report.notes, *bad]})


def _show(report: ChangeReportBody, *, json: bool) -> None:
    if json:
        output.print_json(report)
    else:
        print_change(report)


def print_change(report: ChangeReportBody) -> None:
    """Print what changes, before and after."""
    if report.status == "nothing":
        output.console.print("没有改动:文字和索引里的一样。Nothing changes: every text is the one in the index.")
        return
    for document in report.documents:
        mark = output.MARKS[{"added": "added", "changed": "updated", "deleted": "deleted"}[document.change]]
        output.console.print(f"{mark} {escape(document.source)}  [dim]{escape(document.title)}[/]", soft_wrap=True)
    if report.questions:
        table = Table("", "问题 question", "之前 before", "之后 after", show_lines=True)
        for line in report.questions:
            table.add_row(_verdict(line), escape(line.question), _side(line.before), _side(line.after))
        output.console.print(table)
    for note in report.notes:
        output.errors.print(note, markup=False, soft_wrap=True)
    counts = ", ".join(f"{report.counts.get(name, 0)} {name}" for name in _ORDER)
    output.console.print(
        f"{counts}; {report.touched} of {report.looked_at} questions touched "
        f"({report.searched} searched for) in {report.seconds:.1f} s"
        f"{'; 已发布 published' if report.status == 'published' else ''}",
        soft_wrap=True,
    )


_ORDER: tuple[Literal["broken", "changed", "mended", "unchanged"], ...] = ("broken", "changed", "mended", "unchanged")


def _verdict(line: QuestionChangeLine) -> str:
    why = f"\n{escape(line.why_zh or '')}\n[dim]{escape(line.why_en or '')}[/]" if line.why else ""
    return f"{_MARKS[line.verdict]}{why}"


def _side(side: SideBody) -> str:
    rank = f" · 依据第 {side.rank} evidence #{side.rank}" if side.rank else ""
    cited = "\n".join(
        f"[dim]{escape(source)}[/]" for source in dict.fromkeys(quoted.source for quoted in side.citations)
    )
    answer = side.answer if len(side.answer) <= _SHOWN else f"{side.answer[:_SHOWN]}…"
    return "\n".join(part for part in (f"{_STATUS[side.status]}{rank}", escape(answer), cited) if part)
