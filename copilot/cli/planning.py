"""`plan ACCOUNT`: a success plan in one command, printed or written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from copilot.cli import output
from copilot.cli.drafts import print_draft, read_inputs, write_file
from copilot.cli.options import AsJson, Opened
from copilot.drafting.draft import DraftKind
from copilot.interfaces.draft_contract import DraftBody
from copilot.interfaces.export.formats import ExportFormat


def add_plan(app: typer.Typer, opened: Opened) -> None:
    """Register the command."""

    @app.command()
    def plan(
        account: Annotated[str, typer.Argument(help="Id of the account.")],
        inputs: Annotated[
            list[str] | None, typer.Option("--input", help="NAME=VALUE that the plan should use. Repeatable.")
        ] = None,
        language: Annotated[str | None, typer.Option(help="zh or en; default: that of the account.")] = None,
        format: Annotated[
            ExportFormat | None, typer.Option(help="Also write a file: md, docx, pdf or html; default: by --out.")
        ] = None,
        out: Annotated[Path | None, typer.Option(help="Where the file goes; default: a name in this folder.")] = None,
        key: Annotated[str | None, typer.Option("--key", help="The same key again returns the plan it made.")] = None,
        json: AsJson = False,
    ) -> None:
        """Draft a success plan for an account, with what is missing and what needs confirming."""
        if language not in (None, "zh", "en"):
            raise typer.BadParameter("--language is zh or en.")
        wanted = format or (_by_name(out) if out else None)
        body = DraftBody.model_validate(
            {
                "kind": DraftKind.SUCCESS_PLAN,
                "account_id": account,
                "inputs": read_inputs(inputs or []),
                "language": language,
            }
        )
        with opened() as copilot:
            reply = copilot.drafts.create(body, key)
            path = write_file(copilot.drafts.export(reply.id, wanted), out) if wanted else None
        if json:
            output.print_json(reply.model_dump(mode="json") | ({"file": str(path)} if path else {}))
            return
        print_draft(reply)
        if path:
            output.console.print(str(path), markup=False)


def _by_name(out: Path) -> ExportFormat:
    ending = out.suffix.lower().lstrip(".")
    if ending not in set(ExportFormat):
        raise typer.BadParameter(f"--out {str(out)!r} ends in no format; add --format md, docx, pdf or html.")
    return ExportFormat(ending)
