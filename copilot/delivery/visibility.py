"""Whether those who will read a revision may see what it cites, as the documents are now."""

from __future__ import annotations

from typing import Protocol

from copilot.drafting.draft import Revision, SourceQuote
from copilot.errors import AudienceMismatch
from knowledge.document import Audience, Metadata, StoredDocument
from knowledge.errors import AmbiguousDocument, UnknownDocument
from knowledge.reader import CUSTOMERS, STAFF, Reader


class CurrentDocuments(Protocol):
    """The part of the knowledge that is asked here."""

    def find(self, source_or_id: str) -> StoredDocument:
        """Return the current version.

        Raises:
            UnknownDocument: it was deleted.
        """
        ...


def readers_of(audience: Audience) -> Reader:
    """Return the reader that stands for everybody at a destination: members of groups are never sure to be alone."""
    return STAFF if audience is Audience.INTERNAL else CUSTOMERS


def check_visibility(
    revision: Revision, readers: Reader, documents: CurrentDocuments, told: Reader | None = None
) -> None:
    """See that readers may see every document a revision cites.

    Args:
        revision: what is about to leave.
        readers: those who will read it.
        documents: as they are now; a deleted one may not be published any more.
        told: who reads the message; titles are named to those who may see them, numbers of sources to all.

    Raises:
        AudienceMismatch: they may not; the message names the sources.
    """
    hidden: dict[int, SourceQuote] = {}
    named: dict[int, str] = {}
    for quote in revision.quotes:
        metadata = _metadata(quote, documents)
        if metadata is not None and readers.may_read(metadata):
            continue
        hidden[quote.number] = quote
        if metadata is not None and told is not None and told.may_read(metadata):
            named[quote.number] = f" {quote.title!r} ({quote.document_id})"
    if hidden:
        listed = ", ".join(f"[{number}]{named.get(number, '')}" for number in sorted(hidden))
        who = "our people" if readers.audience is Audience.INTERNAL else "customers"
        raise AudienceMismatch(
            f"The destination is read by {who}, who may not see what these sources of the draft cite, or it was "
            f"deleted: {listed}. Write a revision without them, or choose a destination whose readers may see them."
        )


def _metadata(quote: SourceQuote, documents: CurrentDocuments) -> Metadata | None:
    try:
        stored = documents.find(quote.document_id)
    except (UnknownDocument, AmbiguousDocument):
        return None
    # What is found by a source that looks like the id of a deleted document is another document.
    return stored.document.metadata if stored.id == quote.document_id else None
