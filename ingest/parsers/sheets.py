"""Named tables → one document, for every format that has rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ingest.parsers.characters import one_line
from ingest.source import Item
from ingest.tables import Row, render
from knowledge.document import Document, DocumentKind, Metadata


def document_of(
    item: Item, tables: Iterable[tuple[str, Iterable[Row]]], warnings: tuple[str, ...] = (), title: str = ""
) -> Document:
    """Return the tables that have text, each under its name where there are several; with questions, as an FAQ."""
    rendered = [(one_line(name), table) for name, rows in tables if (table := render(rows)).text]
    named = len(rendered) > 1
    questions = tuple(question for _, table in rendered for question in table.questions)
    return Document(
        source=item.source,
        title=title or PurePosixPath(item.source).stem,
        text="\n\n".join(f"# {name}\n\n{table.text}" if named and name else table.text for name, table in rendered),
        metadata=Metadata(kind=DocumentKind.FAQ if questions else DocumentKind.OTHER),
        questions=questions,
        warnings=warnings,
    )
