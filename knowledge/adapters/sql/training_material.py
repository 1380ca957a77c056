"""What a model can learn from, out of the tables of the knowledge store."""

from __future__ import annotations

from sqlalchemy import Engine, select

from knowledge.adapters.sql.metadata_json import from_json
from knowledge.adapters.sql.ordering import by_code_point
from knowledge.adapters.sql.tables import chunks, documents, questions
from knowledge.chunk import Span, embedded_text
from knowledge.training import Example, Material, Section


def stored_material(engine: Engine) -> Material:
    """Return all current chunks and the questions that lead to them, whoever wrote those; in a stable order."""
    sections = select(
        chunks.c.id,
        chunks.c.text,
        chunks.c.start,
        chunks.c.end,
        chunks.c.heading_path,
        documents.c.id.label("document"),
        documents.c.origin,
        documents.c.title,
        documents.c.metadata,
    ).join(documents, documents.c.id == chunks.c.document_id)
    asked = select(questions.c.text, questions.c.chunk_id).order_by(
        by_code_point(questions.c.chunk_id), by_code_point(questions.c.id)
    )
    with engine.connect() as connection:
        rows = connection.execute(sections.order_by(by_code_point(chunks.c.document_id), chunks.c.ordinal)).all()
        pairs = connection.execute(asked).all()
    places = {row.id: place for place, row in enumerate(rows)}
    found = []
    for row in rows:
        span = Span(start=row.start, end=row.end, text=row.text, heading_path=tuple(row.heading_path))
        found.append(
            Section(
                document=row.document,
                origin=row.origin,
                placed=embedded_text(row.title, from_json(row.metadata).context, span),
                bare=row.text,
            )
        )
    examples = tuple(
        Example(question=pair.text, sections=(places[pair.chunk_id],)) for pair in pairs if pair.chunk_id in places
    )
    return Material(sections=tuple(found), examples=examples)
