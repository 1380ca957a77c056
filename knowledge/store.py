"""Port: the documents themselves, every version of them, and what is searchable now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from knowledge.chunk import Chunk, ChunkId, ChunkQuestion
from knowledge.document import Audience, DocumentId, Metadata, StoredDocument
from knowledge.embedder import Vectors
from knowledge.reader import EVERYTHING, AccessLabel, Reader, access_label
from knowledge.verification import Check, Keepers


@dataclass(frozen=True, kw_only=True)
class DocumentState:
    """What a sync needs to know to leave an unchanged item alone."""

    id: DocumentId
    source: str
    fingerprint: str  #: cheap to get (size and time of a file); equal means the bytes need not be read
    content_hash: str  #: of the original bytes
    recipe: str  #: version of parsing, cleaning and chunking that made what is stored
    version: int
    characters: int
    chunks: int
    duplicate_of: str | None


@dataclass(frozen=True, kw_only=True)
class DocumentSummary:
    """One line of a list of documents."""

    id: DocumentId
    origin: str
    source: str
    title: str
    version: int
    characters: int
    chunks: int
    metadata: Metadata
    updated_at: datetime
    duplicate_of: str | None


@dataclass(frozen=True, kw_only=True)
class FoundChunk:
    """A current chunk and the facts of its document that go beside it."""

    chunk: Chunk
    source: str
    title: str
    metadata: Metadata


@dataclass(frozen=True, kw_only=True)
class VersionSummary:
    """One version in the history of a document."""

    version: int
    content_hash: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class AccessWord:
    """What a person said of who may read a document. It holds as long as its file says what it said then."""

    audience: Audience
    groups: tuple[str, ...]
    instead_of: AccessLabel  #: what the file said

    def over(self, metadata: Metadata) -> Metadata:
        """Return what a file says of itself, with this word in force where it still holds."""
        if access_label(metadata.audience, metadata.groups) != self.instead_of:
            return metadata
        return replace(metadata, audience=self.audience, groups=self.groups)


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """A new version, complete: saved as a whole or not at all.

    The metadata of `stored` is what the file says; the vectors lie under the label of what was `in_force`.
    """

    stored: StoredDocument
    chunks: Sequence[Chunk]
    questions: Sequence[ChunkQuestion]
    sentences: Sequence[Vectors]  #: per chunk the vectors of its sentences, in order
    content_hash: str
    fingerprint: str
    recipe: str
    at: datetime
    sketch: bytes = b""  #: what near-duplicates are told by; empty for a text too short to have any


@dataclass(frozen=True, kw_only=True)
class ChunkSentences:
    """The sentences of a chunk, in the order of `sentence_spans(text)`."""

    vectors: Vectors  #: (sentences, dimension) float32
    chinese: bool


class KnowledgeStore(Protocol):
    """Every method is one transaction."""

    def states(self, origin: str) -> Mapping[str, DocumentState]:
        """Return the current state of everything that came from `origin`, by source."""
        ...

    def first_with_text(self, text: str, besides: DocumentId) -> str | None:
        """Return the source of the earliest other document whose current text is the same."""
        ...

    def sketches(self) -> Sequence[tuple[DocumentId, str, bytes]]:
        """Return id, source and sketch of all current documents that have one, earliest document first."""
        ...

    def next_version(self, document: DocumentId) -> int:
        """Return the version number that comes after all there ever were, also of a deleted document."""
        ...

    def intend(self, document: DocumentId, version: int) -> None:
        """Record that vectors of this version may exist before the version does."""
        ...

    def save(self, indexed: Indexed) -> None:
        """Make a version current, replacing the searchable rows of the one before.

        A person's word on its access is put in force, whenever it was spoken; a file that says otherwise than then
        takes it back. So is a word on its verification, which ends with another wording (decisions/0024).
        """
        ...

    def touch(self, document: DocumentId, fingerprint: str) -> None:
        """Remember a new fingerprint of unchanged content."""
        ...

    def delete(self, document: DocumentId) -> None:
        """Take a document out of everything searchable at once; its versions stay for old citations."""
        ...

    def leftovers(self) -> Sequence[tuple[DocumentId, int]]:
        """Return the versions whose vectors may exist although they are not current."""
        ...

    def settle(self, document: DocumentId, version: int) -> None:
        """Forget a leftover whose vectors were removed."""
        ...

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return all current documents, by origin and source."""
        ...

    def in_force(self, document: DocumentId, metadata: Metadata) -> Metadata:
        """Return what a file says of itself, with a person's word on its access in force where it still holds."""
        ...

    def set_access(
        self,
        document: DocumentId,
        audience: Audience,
        groups: Sequence[str],
        beside: Callable[[object], None] = lambda _: None,
    ) -> bool:
        """Put a person's word on the access of a current document in force, at once; its vectors are to be moved.

        `beside` is called with the transaction before it is committed, for what is written with it. Returns False,
        changing nothing, when the document is gone.
        """
        ...

    def set_verification(
        self, document: DocumentId, keepers: Keepers, check: Check, beside: Callable[[object], None] = lambda _: None
    ) -> bool:
        """Put a person's word on who answers for a current document, and on whether it is right, in force at once.

        The check is of the text as it is now. `beside` is called with the transaction before it is committed. Returns
        False, changing nothing, when the document is gone.
        """
        ...

    def verified(self, on: date) -> Collection[DocumentId]:
        """Return the current documents that are verified on a day: checked, and not past their review date."""
        ...

    def stale(self, ids: Sequence[ChunkId], on: date) -> Collection[ChunkId]:
        """Return those of these current chunks whose documents have passed their review date on a day."""
        ...

    def moves(self) -> Mapping[DocumentId, tuple[int, AccessLabel]]:
        """Return version and label of current documents whose vectors may still lie under another label."""
        ...

    def moved(self, document: DocumentId, version: int, label: AccessLabel) -> None:
        """Forget a move that was carried out; one to yet another label or of another version stays."""
        ...

    def labels(self) -> Collection[AccessLabel]:
        """Return the labels that current documents have."""
        ...

    def labels_of(self, ids: Collection[DocumentId]) -> Mapping[DocumentId, AccessLabel]:
        """Return the labels of these documents as they are now; those that are gone are left out."""
        ...

    def find(self, source_or_id: str, reader: Reader = EVERYTHING) -> StoredDocument:
        """Return the current version, if this reader may read it.

        Raises:
            UnknownDocument: nothing that this reader may read has this source or id; the message names the closest
                sources among what they may read.
            AmbiguousDocument: several origins have this source; the message names their ids.
        """
        ...

    def history(self, document: DocumentId) -> Sequence[VersionSummary]:
        """Return all versions, oldest first."""
        ...

    def find_version(self, document: DocumentId, version: int) -> StoredDocument:
        """Return one version, also of a deleted document.

        Raises:
            UnknownDocument: there is no such version.
        """
        ...

    def chunks(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, FoundChunk]:
        """Return current chunks with what a reader needs of their documents; ids that are not current are left out."""
        ...

    def sentences(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, ChunkSentences]:
        """Return what ranks a candidate besides its own vector; ids that are not current are left out."""
        ...

    def count(self) -> int:
        """Return the number of current documents."""
        ...

    def revision(self) -> str:
        """Return a value that changes whenever the current documents change."""
        ...
