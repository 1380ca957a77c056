"""Which access labels a reader may read, among those that documents have."""

from __future__ import annotations

from sqlalchemy import Connection, Date, bindparam, select
from sqlalchemy.sql.elements import TextClause

from knowledge.adapters.sql.tables import documents
from knowledge.document import Audience
from knowledge.reader import AccessLabel, Reader, access_label

#: Goes into the statements of both lexical indexes, where `d` is the document.
_VERIFIED = "AND d.verified_on IS NOT NULL AND (d.review_by IS NULL OR d.review_by >= :verified)"


def verified_part(reader: Reader) -> str:
    """Return what a statement needs besides, for a reader who wants only what is verified; a constant, never input."""
    return "" if reader.verified_on is None else _VERIFIED


def with_day(statement: TextClause, reader: Reader) -> TextClause:
    """Bind the day of a statement that has a verified part."""
    return statement if reader.verified_on is None else statement.bindparams(bindparam("verified", type_=Date))


def readable(connection: Connection, reader: Reader) -> list[str]:
    """Return the labels that documents have and that a reader may read, as text."""
    labels = [access_label(audience) for audience in Audience]
    if reader.groups or reader.everything:
        labels += group_labels(connection)
    return [str(label) for label in labels if reader.may_read_label(label)]


def group_labels(connection: Connection) -> list[AccessLabel]:
    """Return the labels with groups that documents have; reads none of the other documents."""
    # Between two texts instead of LIKE: so the index is used. ";" follows ":" in every collation by code point.
    query = select(documents.c.access).distinct().where(documents.c.access > "groups:", documents.c.access < "groups;")
    return [AccessLabel.read(label) for label in connection.execute(query.order_by(documents.c.access)).scalars()]
