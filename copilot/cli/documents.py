"""`documents …`: what is in the index, who may read it, and who has found it right."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from copilot.cli import output, verification
from copilot.cli.options import AsJson, Opened
from copilot.interfaces.contract import AccessBody
from copilot.interfaces.verification_contract import VerificationChange
from knowledge.document import Audience

Source = Annotated[str, typer.Argument(help="Source or id.")]
Owner = Annotated[str | None, typer.Option(help="Who answers for it, a person's id or any name; empty: nobody.")]
Deputy = Annotated[str | None, typer.Option(help="Who does when the owner is away.")]


def add_document_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot documents`."""

    @group.command("list")
    def list_documents(json: AsJson = False) -> None:
        """List all documents."""
        with opened() as copilot:
            listed = copilot.documents()
        output.print_json(listed) if json else output.print_documents(listed)

    @group.command("failed")
    def list_failed(json: AsJson = False) -> None:
        """List what could not be ingested and why; `copilot ingest --retry-failed` tries it again."""
        with opened() as copilot:
            listed = copilot.failures()
        output.print_json(listed) if json else output.print_failures(listed)

    @group.command("show")
    def show_document(
        source: Annotated[str, typer.Argument(help="Source or id.")],
        version: Annotated[int | None, typer.Option(min=1, max=2**31 - 1, help="An older version.")] = None,
        explain: Annotated[bool, typer.Option("--explain", help="What cleaning cut out of the file, and why.")] = False,
        json: AsJson = False,
    ) -> None:
        """Show the stored text of a document."""
        with opened() as copilot:
            document = copilot.document(source, version)
        if json:
            output.print_json(document)
        elif explain:
            output.print_cuts(document)
        else:
            output.print_document(document)

    @group.command("map")
    def map_documents(json: AsJson = False) -> None:
        """Show the map of the knowledge: lifecycle stage, topic, documents."""
        with opened() as copilot:
            body = copilot.navigation()
        output.print_json(body) if json else output.print_map(body)

    @group.command("access")
    def set_access(
        source: Annotated[str, typer.Argument(help="Source or id.")],
        audience: Annotated[Audience, typer.Option(help="Staff alone, or customers too.")] = Audience.INTERNAL,
        group: Annotated[
            list[str] | None, typer.Option(help="Only members of this group, whatever the audience. Repeatable.")
        ] = None,
        json: AsJson = False,
    ) -> None:
        """Say who may read a document, from now on; its file has the last word once it says something else than now."""
        with opened() as copilot:
            body = copilot.set_access(source, AccessBody(audience=audience, groups=group or []))
        output.print_json(body) if json else output.print_access(body)

    @group.command("verify")
    def verify_document(
        source: Source,
        review_by: Annotated[
            datetime | None,
            typer.Option(formats=["%Y-%m-%d"], help="Last day it counts as verified; default: in 180 days."),
        ] = None,
        owner: Owner = None,
        deputy: Deputy = None,
        json: AsJson = False,
    ) -> None:
        """Say that a document is right as it is now; it holds until its words change."""
        change = VerificationChange(review_by=review_by.date() if review_by else None, owner=owner, deputy=deputy)
        with opened() as copilot:
            body = copilot.verifying.change(source, change)
        output.print_json(body) if json else verification.print_verification(body)

    @group.command("unverify")
    def unverify_document(source: Source, owner: Owner = None, deputy: Deputy = None, json: AsJson = False) -> None:
        """Take back that a document is right."""
        with opened() as copilot:
            body = copilot.verifying.change(source, VerificationChange(verified=False, owner=owner, deputy=deputy))
        output.print_json(body) if json else verification.print_verification(body)

    @group.command("review")
    def list_reviews(json: AsJson = False) -> None:
        """List documents that are stale, due within 30 days or unverified, the most cited first."""
        with opened() as copilot:
            body = copilot.verifying.review()
        output.print_json(body) if json else verification.print_reviews(body)

    @group.command("delete")
    def delete_document(source: Annotated[str, typer.Argument(help="Source or id.")], json: AsJson = False) -> None:
        """Delete a document; answers that cite it can still be opened."""
        with opened() as copilot:
            deleted = copilot.delete_document(source)
        output.print_json(deleted) if json else output.console.print(f"deleted {deleted.source}", markup=False)
