"""`drafts …`: write, edit, show and decide."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from copilot.approval.decision import Verdict
from copilot.cli import output
from copilot.cli.options import AsJson, Opened
from copilot.drafting.draft import DraftKind, DraftStatus
from copilot.errors import InvalidRequest
from copilot.interfaces.draft_contract import (
    ChangeReply,
    DecisionReply,
    DelegationBody,
    DraftBody,
    DraftDecisionBody,
    DraftReply,
    InstructionBody,
    RevisionBody,
)
from copilot.interfaces.drafts import Drafts
from copilot.interfaces.export.formats import Exported, ExportFormat
from knowledge.document import Audience

Id = Annotated[str, typer.Argument(help="Id as `drafts list` shows it.")]
Key = Annotated[str | None, typer.Option("--key", help="The same key again changes nothing; default: derived.")]
Behalf = Annotated[str | None, typer.Option(help="Decide for somebody who delegated to you.")]
RevisionOption = Annotated[
    int | None, typer.Option(min=1, max=2**31 - 1, help="The revision that was read; default: the latest.")
]

_COLOURS = {"open": "yellow", "approved": "green", "rejected": "red", "expired": "red", "delivered": "green"}
_NEXT = {
    "open": "copilot drafts edit {id} --file FILE · approve {id} · reject {id} --reason …",
    "approved": "copilot drafts deliver {id} …",
    "rejected": "copilot drafts edit {id} --file FILE (a new revision is open again)",
    "expired": "copilot drafts edit {id} --file FILE (a new revision is open again)",
    "delivered": "copilot drafts show {id}",
}


def add_draft_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot drafts`."""
    _add_writing(group, opened)
    _add_deciding(group, opened)


def _add_writing(group: typer.Typer, opened: Opened) -> None:
    @group.command()
    def create(
        kind: Annotated[DraftKind, typer.Option(help="What to write.")],
        account: Annotated[str, typer.Option(help="Id of the account it is about.")],
        inputs: Annotated[
            list[str] | None, typer.Option("--input", help="NAME=VALUE that the text should use. Repeatable.")
        ] = None,
        language: Annotated[str | None, typer.Option(help="zh or en; default: that of the account.")] = None,
        key: Annotated[str | None, typer.Option("--key", help="The same key again returns the draft it made.")] = None,
        json: AsJson = False,
    ) -> None:
        """Compose a first revision from the account's facts and cited passages."""
        if language not in (None, "zh", "en"):
            raise typer.BadParameter("--language is zh or en.")
        body = DraftBody.model_validate(
            {"kind": kind, "account_id": account, "inputs": read_inputs(inputs or []), "language": language}
        )
        with opened() as copilot:
            reply = copilot.drafts.create(body, key)
        output.print_json(reply) if json else print_draft(reply)

    @group.command("list")
    def list_drafts(
        status: Annotated[DraftStatus | None, typer.Option(help="Only these.")] = None,
        kind: Annotated[DraftKind | None, typer.Option(help="Only these.")] = None,
        account: Annotated[str | None, typer.Option(help="Only about this account.")] = None,
        limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 50,
        json: AsJson = False,
    ) -> None:
        """List drafts, the last changed first."""
        with opened() as copilot:
            listed = copilot.drafts.list(status=status, kind=kind, account=account, limit=limit)
        if json:
            output.print_json(listed)
            return
        for draft in listed.drafts:
            output.console.print(
                f"{draft.id}  {_status(draft.status)}  {draft.kind.value} · {escape(draft.account_id or '')} · "
                f"revision {draft.revision} · {draft.updated_at:%Y-%m-%d %H:%M}",
                soft_wrap=True,
            )

    @group.command()
    def show(
        id: Id,
        revision: RevisionOption = None,
        diff: Annotated[bool, typer.Option("--diff", help="Also show what each revision changed.")] = False,
        json: AsJson = False,
    ) -> None:
        """Show a draft with its sources, findings and decisions."""
        with opened() as copilot:
            reply = copilot.drafts.show(id, revision)
        if json:
            output.print_json(reply)
            return
        print_draft(reply)
        for line in reply.revisions if diff else []:
            if line.diff is not None:
                output.console.print(escape(line.diff), soft_wrap=True)

    @group.command()
    def edit(
        id: Id,
        file: Annotated[Path, typer.Option(help="The edited text; - for standard input.")],
        based_on: Annotated[
            int | None, typer.Option(min=1, max=2**31 - 1, help="The revision it was made from; default: the latest.")
        ] = None,
        json: AsJson = False,
    ) -> None:
        """Keep an edited text as the next revision."""
        content = _read(file)
        with opened() as copilot:
            reply = copilot.drafts.revise(
                id, RevisionBody(content=content, based_on=based_on or _latest(copilot.drafts, id))
            )
        output.print_json(reply) if json else print_draft(reply)

    @group.command()
    def change(
        id: Id,
        instruction: Annotated[str, typer.Argument(help="What to change: “move milestone 2 to 20 December”.")],
        based_on: Annotated[
            int | None, typer.Option(min=1, max=2**31 - 1, help="The revision that was read; default: the latest.")
        ] = None,
        json: AsJson = False,
    ) -> None:
        """Change a draft by an instruction in Chinese or English."""
        with opened() as copilot:
            reply = copilot.drafts.change(id, InstructionBody(instruction=instruction, based_on=based_on))
        output.print_json(reply) if json else _print_change(reply)

    @group.command()
    def export(
        id: Id,
        format: Annotated[ExportFormat, typer.Option(help="Of the file.")] = ExportFormat.MARKDOWN,
        out: Annotated[Path | None, typer.Option(help="Where to; default: a name in this folder.")] = None,
        audience: Annotated[
            Audience, typer.Option(help="For customers, without what is for our people alone.")
        ] = Audience.INTERNAL,
        json: AsJson = False,
    ) -> None:
        """Write the latest revision to a file."""
        with opened() as copilot:
            file = copilot.drafts.export(id, format, audience)
        path = write_file(file, out)
        output.print_json({"file": str(path)}) if json else output.console.print(str(path), markup=False)


def _add_deciding(group: typer.Typer, opened: Opened) -> None:
    def decide(
        id: str,
        verdict: Verdict,
        revision: int | None,
        reason: str | None,
        key: str | None,
        behalf: str | None,
        json: bool,
    ) -> None:
        with opened() as copilot:
            body = DraftDecisionBody(
                decision=verdict,
                revision=revision or _latest(copilot.drafts, id),
                reason=reason,
                on_behalf_of=behalf,
            )
            reply = copilot.drafts.decide(id, body, key)
        output.print_json(reply) if json else _print_decision(reply)

    @group.command()
    def approve(
        id: Id,
        revision: RevisionOption = None,
        reason: Annotated[str | None, typer.Option(help="Recorded with the decision.")] = None,
        key: Key = None,
        on_behalf_of: Behalf = None,
        json: AsJson = False,
    ) -> None:
        """Approve a revision: it may leave from now on."""
        decide(id, Verdict.APPROVE, revision, reason, key, on_behalf_of, json)

    @group.command()
    def reject(
        id: Id,
        reason: Annotated[str, typer.Option(help="Why; recorded with the decision.")],
        revision: RevisionOption = None,
        key: Key = None,
        on_behalf_of: Behalf = None,
        json: AsJson = False,
    ) -> None:
        """Reject a revision with a reason."""
        decide(id, Verdict.REJECT, revision, reason, key, on_behalf_of, json)

    @group.command()
    def delegate(
        to: Annotated[str, typer.Argument(help="Id of the person who may decide in your place.")],
        until: Annotated[datetime, typer.Option(help="Until when, in the time of this machine.")],
        json: AsJson = False,
    ) -> None:
        """Let somebody decide in your place until a time."""
        with opened() as copilot:
            given = copilot.drafts.delegate(DelegationBody(to=to, until=until.astimezone()))
        shown = f"{given.to} decides in the place of {given.giver} until {given.until:%Y-%m-%d %H:%M %Z}"
        output.print_json(given) if json else output.console.print(shown, markup=False)


def write_file(file: Exported, out: Path | None) -> Path:
    """Write an exported draft; without a path under its own name in this folder.

    Raises:
        InvalidRequest: it cannot be written there.
    """
    path = out or Path(file.name)
    try:
        path.write_bytes(file.data)
    except OSError as error:
        raise InvalidRequest(f"{str(path)!r} cannot be written: {error.strerror}. Choose another --out.") from error
    return path


def print_draft(draft: DraftReply) -> None:
    """Print the text, its sources, what was found, who decided, and what can be done next."""
    head = f"{draft.kind.value} · {draft.account_id or '-'} · revision {draft.revision} of {draft.latest}"
    output.console.print(f"[bold]{draft.id}[/]  {_status(draft.status)}  [dim]{escape(head)}[/]\n", soft_wrap=True)
    output.console.print(escape(draft.content), soft_wrap=True)
    output.console.print()
    for quote in draft.citations:
        place = " › ".join([quote.title, *(part for part in quote.heading_path if part != quote.title)])
        output.console.print(
            f"[dim]  [{quote.n}] {escape(place)} · {escape(quote.source)} · v{quote.version}[/]", soft_wrap=True
        )
    for finding in draft.findings:
        colour = "red" if finding.severity == "error" else "yellow"
        place = f" ({escape(finding.place)})" if finding.place else ""
        output.console.print(
            f"[{colour}]{finding.severity} {finding.code}[/]{place} {escape(finding.message)}", soft_wrap=True
        )
    for decision in draft.decisions:
        behalf = f" for {escape(decision.on_behalf_of)}" if decision.on_behalf_of else ""
        reason = f": {escape(decision.reason)}" if decision.reason else ""
        output.console.print(
            f"[dim]{decision.at:%Y-%m-%d %H:%M} {decision.decision.value} revision {decision.revision} by "
            f"{escape(decision.person)}{behalf} ({decision.surface}){reason}[/]",
            soft_wrap=True,
        )
    output.console.print(f"[dim]→ {_NEXT[draft.status.value].format(id=draft.id)}[/]", soft_wrap=True)


def _print_change(reply: ChangeReply) -> None:
    output.console.print(reply.understood, markup=False)
    for note in reply.notes:
        output.console.print(f"· {note}", markup=False, soft_wrap=True)
    if reply.diff:
        output.console.print(escape(reply.diff), soft_wrap=True)
    for finding in reply.findings:
        place = f" ({escape(finding.place)})" if finding.place else ""
        output.console.print(
            f"[dim]{finding.severity} {finding.code}{place} {escape(finding.message)}[/]", soft_wrap=True
        )
    output.console.print(f"[dim]→ {_NEXT[reply.status.value].format(id=reply.id)}[/]", soft_wrap=True)


def _print_decision(reply: DecisionReply) -> None:
    said = {
        "decided": "Recorded.",
        "repeated": "Recorded before; nothing has changed.",
        "already_decided": f"Decided before by {reply.decision.person}; nothing has changed.",
    }
    output.console.print(said[reply.outcome], markup=False)
    if reply.approvals_missing:
        output.console.print(f"{reply.approvals_missing} more approval by another person is needed.", markup=False)
    print_draft(reply)


def _status(status: DraftStatus) -> str:
    return f"[{_COLOURS[status.value]}]{status.value}[/]"


def _latest(drafts: Drafts, id: str) -> int:
    return drafts.show(id).latest


def read_inputs(given: list[str]) -> dict[str, str]:
    """Read NAME=VALUE as often as it was given."""
    pairs = [one.partition("=") for one in given]
    for name, equals, _ in pairs:
        if not equals or not name.strip():
            raise typer.BadParameter(f"--input {name!r} is not NAME=VALUE.")
    return {name.strip(): value for name, _, value in pairs}


def _read(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise InvalidRequest(f"{str(file)!r} cannot be read: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{str(file)!r} is not UTF-8 text. Save it as UTF-8.") from error
