"""`questions …` and `ingest --questions`: written questions, the machine's and people's."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.curating.store import ProposalStatus
from copilot.interfaces.contract import ProposalBody, QuestionPlanBody, QuestionReportBody
from copilot.interfaces.local import Copilot

#: A person at a terminal is asked before more requests than this are paid for.
_ASK_ABOVE = 200

Ids = Annotated[list[str], typer.Argument(help="Ids as `questions list` shows them.")]


def write_questions(copilot: Copilot, paths: list[str], *, corpus: bool, sure: bool) -> QuestionReportBody | None:
    """Show what it will cost, ask where that is much, and write; None when the person thought better of it."""
    plan = copilot.curation.plan(paths, corpus=corpus)
    output.errors.print(_planned(plan), markup=False, soft_wrap=True)
    asked = plan.requests > _ASK_ABOVE and not sure and sys.stdin.isatty() and output.errors.is_terminal
    if asked and not typer.confirm(f"Send {plan.requests} requests?", err=True):
        output.errors.print("Nothing was written.")
        return None
    with output.progress_bar("Writing questions") as listen:
        return copilot.curation.write(paths, corpus=corpus, listen=listen)


def print_questions_report(report: QuestionReportBody) -> None:
    """Print what was written, what was left out and why, and what it cost."""
    out = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in report.refused.items())
    output.console.print(
        f"{report.written} questions written for {report.chunks} sections of {report.documents} documents"
        f"{f' (left out: {out})' if out else ''}{f', {report.failed} sections failed' if report.failed else ''} in "
        f"{report.seconds:.1f} s",
        soft_wrap=True,
    )
    tokens = (
        "the server counted no tokens"
        if report.tokens_in is None
        else f"{report.tokens_in:,} tokens in, {report.tokens_out:,} out{_price(report.price)}"
    )
    if report.requests:
        output.console.print(f"[dim]{report.requests} requests, {tokens}[/]")


def add_question_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot questions`."""

    @group.command("list")
    def list_proposals(
        status: Annotated[ProposalStatus | None, typer.Option(help="Only these; default: all.")] = None,
        json: AsJson = False,
    ) -> None:
        """List the questions that helped people, which the owner may accept."""
        with opened() as copilot:
            body = copilot.curation.proposals(status)
        if json:
            output.print_json(body)
            return
        for proposal in body.proposals:
            _print_proposal(proposal)

    @group.command()
    def accept(ids: Ids, json: AsJson = False) -> None:
        """Index questions beside the sections that answered them."""
        _decide(ids, opened, accept=True, json=json)

    @group.command()
    def reject(ids: Ids, json: AsJson = False) -> None:
        """Decide against questions; accepted ones leave the index."""
        _decide(ids, opened, accept=False, json=json)

    @group.command()
    def show(source: Annotated[str, typer.Argument(help="Source or id.")], json: AsJson = False) -> None:
        """Show the written questions of a document and who wrote them."""
        with opened() as copilot:
            body = copilot.curation.show(source)
        if json:
            output.print_json(body)
            return
        for line in body.questions:
            place = " › ".join(line.heading_path)
            output.console.print(f"{escape(line.text)}  [dim]{line.writer} · {escape(place)}[/]", soft_wrap=True)

    @group.command()
    def drop(
        source: Annotated[str | None, typer.Argument(help="Source or id; default: all documents.")] = None,
        json: AsJson = False,
    ) -> None:
        """Take machine-written questions out of the index; they stay paid for."""
        with opened() as copilot:
            body = copilot.curation.drop(source)
        output.print_json(body) if json else output.console.print(f"{body.dropped} machine-written questions dropped")


def _decide(ids: list[str], opened: Opened, *, accept: bool, json: bool) -> None:
    with opened() as copilot:
        for name in ids:
            body = copilot.curation.decide(name, accept=accept)
            output.print_json(body) if json else _print_proposal(body)


def _print_proposal(proposal: ProposalBody) -> None:
    output.console.print(
        f"{proposal.id}  {escape(proposal.text)}  [dim]{proposal.status} · {proposal.audience.value} · "
        f"{escape(proposal.person)} · document {proposal.document_id}[/]",
        soft_wrap=True,
    )


def _planned(plan: QuestionPlanBody) -> str:
    if not plan.chunks:
        return "Every document has questions; nothing is to be written."
    known = plan.chunks - plan.requests
    return (
        f"{plan.chunks} sections of {plan.documents} documents without questions: {plan.requests} requests to "
        f"{plan.model}, about {plan.tokens_in:,} tokens in and {plan.tokens_out:,} out{_price(plan.price)}"
        f"{f'; {known} were written before and cost nothing' if known else ''}."
    )


def _price(price: float | None) -> str:
    return f", {price:.4f} at the set prices" if price is not None else ""
