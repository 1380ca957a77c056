"""What `documents verify`, `unverify` and `review` print."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from copilot.cli.output import console, keepers_words, verified_words
from copilot.interfaces.verification_contract import DocumentVerification, ReviewList


def print_verification(body: DocumentVerification) -> None:
    """Print what is in force now."""
    console.print(
        f"{escape(body.source)} [dim]version {body.version} · {keepers_words(body)} →[/] {verified_words(body)}",
        soft_wrap=True,
    )


def print_reviews(body: ReviewList) -> None:
    """Print what to look at, the most cited first."""
    if not body.documents:
        console.print("没有要复核的文档。Nothing is to be reviewed.")
        return
    table = Table("cited", "source", "owner", "why")
    for line in body.documents:
        why = f"{escape(line.reason_zh)} [dim]{escape(line.reason_en)}[/]"
        table.add_row(str(line.cited), escape(line.source), escape(line.owner or "–"), why)
    console.print(table)
