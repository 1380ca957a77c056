"""Who is asked to fill a gap: one person, since nobody feels responsible in a group."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copilot.people.person import Person, Role, reader_of
from knowledge.document import DocumentId, StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.store import KnowledgeStore


class Ownership:
    """Asks who the people of a document are, and whether they are still here."""

    def __init__(
        self,
        *,
        documents: KnowledgeStore,
        person_of: Callable[[str], Person],
        everybody: Callable[[], Sequence[Person]],
    ) -> None:
        """`everybody` is all people but the owner of the installation."""
        self._documents = documents
        self._person_of = person_of
        self._everybody = everybody

    def is_here(self, id: str) -> bool:
        """Tell whether an id is that of a known and active person."""
        return self._person_of(id).active

    def people(self) -> Sequence[Person]:
        """Return everybody who is active."""
        return [one for one in self._everybody() if one.active]

    def owner_of(self, document: DocumentId | None) -> str | None:
        """Return who answers for a document, else their deputy, else its only curator; None: nobody alone does.

        A name that is nobody's id here is passed over.
        """
        stored = self.document(document)
        if stored is None:
            return None
        metadata = stored.document.metadata
        for name in (metadata.owner, metadata.deputy):
            if name and self.is_here(name):
                return name
        curators = [one.id for one in self._everybody() if one.has(Role.CURATOR) and reader_of(one).may_read(metadata)]
        return curators[0] if len(curators) == 1 else None

    def document(self, id: DocumentId | None) -> StoredDocument | None:
        """Return a document as it is now; None when it is gone."""
        if id is None:
            return None
        try:
            return self._documents.find(id)
        except UnknownDocument:
            return None
