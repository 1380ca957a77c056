"""Port: the written questions of current documents, also those added after the document was indexed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.chunk import Chunk, ChunkId, ChunkQuestion, passage_key
from knowledge.document import DocumentId, Metadata
from knowledge.reader import AccessLabel, access_label


@dataclass(frozen=True, kw_only=True)
class QuestionedDocument:
    """The current version of a document: its chunks in order, and every question that leads to one of them."""

    id: DocumentId
    version: int
    source: str
    title: str
    metadata: Metadata
    chunks: Sequence[Chunk]
    questions: Sequence[ChunkQuestion]

    @property
    def label(self) -> AccessLabel:
        """The label that its entries lie under."""
        return access_label(self.metadata.audience, self.metadata.groups)

    def keys(self) -> Mapping[ChunkId, str]:
        """Return the passage key of every chunk."""
        return {chunk.id: passage_key(self.title, self.metadata.context, chunk.span) for chunk in self.chunks}


class QuestionStore(Protocol):
    """Every method is one transaction."""

    def current(self, document: DocumentId) -> QuestionedDocument | None:
        """Return the current version with its questions; None when the document is gone."""
        ...

    def size(self) -> int:
        """Return how many chunks are current, in all documents."""
        ...

    def intend(self, ids: Sequence[str]) -> None:
        """Record that vectors of these questions may exist before the questions do."""
        ...

    def add(self, document: DocumentId, version: int, questions: Sequence[ChunkQuestion]) -> bool:
        """Make questions searchable and take back their intents; those that exist are left as they are.

        Returns False, changing nothing, when this version is no longer the current one.
        """
        ...

    def remove(self, document: DocumentId, ids: Sequence[str]) -> int:
        """Take questions away; their vectors become leftovers. Returns how many there were; unknown ids are none."""
        ...

    def leftovers(self) -> Sequence[str]:
        """Return the questions whose vectors may exist although they do not."""
        ...

    def settle(self, ids: Sequence[str]) -> None:
        """Forget leftovers whose vectors were removed."""
        ...
