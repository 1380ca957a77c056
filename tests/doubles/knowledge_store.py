"""A knowledge store in memory, and the lexical index that reads from it."""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from knowledge.chunk import ChunkId, ChunkQuestion, embedded_text
from knowledge.document import Audience, DocumentId, Metadata, StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.formatting import wording_hash
from knowledge.index import Field
from knowledge.question_store import QuestionedDocument
from knowledge.reader import EVERYTHING, AccessLabel, Reader, access_label
from knowledge.store import (
    AccessWord,
    ChunkSentences,
    DocumentState,
    DocumentSummary,
    FoundChunk,
    Indexed,
    VersionSummary,
)
from knowledge.text import is_chinese, terms
from knowledge.verification import Check, Keepers, VerificationState, VerificationWord, verification_state


class InMemoryKnowledgeStore:
    """Implements `KnowledgeStore`: every version ever saved, and which one of each document is current."""

    def __init__(self) -> None:
        self._versions: dict[DocumentId, list[Indexed]] = {}
        self._current: dict[DocumentId, Indexed] = {}  # in the order the documents first became current
        self._leftovers: dict[tuple[DocumentId, int], None] = {}
        self._words: dict[DocumentId, AccessWord] = {}
        self._checks: dict[DocumentId, VerificationWord] = {}  # of every document that ever was, unlike in the database
        self._wordings: dict[DocumentId, tuple[str, str]] = {}  # bytes and wording of the newest version
        self._moves: dict[DocumentId, None] = {}
        self._changes = 0

    @property
    def current(self) -> Sequence[Indexed]:
        """What is searchable now, for the lexical index beside this store."""
        return list(self._current.values())

    def change(self, indexed: Indexed) -> None:
        """Put a changed state of a current version in its place, for the questions beside this store."""
        self._current[indexed.stored.id] = indexed
        self._changes += 1

    def states(self, origin: str) -> Mapping[str, DocumentState]:
        """Return the current state of everything that came from `origin`."""
        return {
            indexed.stored.document.source: DocumentState(
                id=indexed.stored.id,
                source=indexed.stored.document.source,
                fingerprint=indexed.fingerprint,
                content_hash=indexed.content_hash,
                recipe=indexed.recipe,
                version=indexed.stored.version,
                characters=len(indexed.stored.document.text),
                chunks=len(indexed.chunks),
                duplicate_of=indexed.stored.duplicate_of,
            )
            for indexed in self._current.values()
            if indexed.stored.origin == origin
        }

    def first_with_text(self, text: str, besides: DocumentId) -> str | None:
        """Return the source of the earliest other document with this text."""
        same = (i.stored for i in self._current.values() if i.stored.document.text == text and i.stored.id != besides)
        return next((stored.document.source for stored in same), None)

    def sketches(self) -> Sequence[tuple[DocumentId, str, bytes]]:
        """Return id, source and sketch of all current documents that have one."""
        return [(i.stored.id, i.stored.document.source, i.sketch) for i in self._current.values() if i.sketch]

    def next_version(self, document: DocumentId) -> int:
        """Return the version number after all there ever were."""
        return max((indexed.stored.version for indexed in self._versions.get(document, [])), default=0) + 1

    def intend(self, document: DocumentId, version: int) -> None:
        """Record that vectors of this version may exist."""
        self._leftovers[document, version] = None

    def save(self, indexed: Indexed) -> None:
        """Make a version current."""
        stored = indexed.stored
        if stored.version in {version.version for version in self.history(stored.id)}:
            raise ValueError(f"version {stored.version} of {stored.id!r} exists already")
        if len({chunk.id for chunk in indexed.chunks}) < len(indexed.chunks):
            raise ValueError(f"two chunks of {stored.id!r} have the same id")
        before = self._current.get(stored.id)
        if before is not None:
            self.intend(stored.id, before.stored.version)
        if stored.id in self._words:
            self._moves[stored.id] = None
            if access_of(indexed) != self._words[stored.id].instead_of:
                del self._words[stored.id]
            indexed = _with(indexed, self.in_force(stored.id, stored.document.metadata))
        indexed = self._checked(indexed)
        self._versions.setdefault(stored.id, []).append(indexed)
        self._current[stored.id] = indexed
        self.settle(stored.id, stored.version)
        self._changes += 1

    def _checked(self, indexed: Indexed) -> Indexed:
        name, metadata, bytes_ = indexed.stored.id, indexed.stored.document.metadata, indexed.content_hash
        wording = wording_hash(indexed.stored.document.text)
        word = self._checks.get(name) or VerificationWord.of_file(metadata, wording)
        known = self._wordings.get(name)
        if known == (bytes_, word.wording):
            word = replace(word, wording=wording)
        self._checks[name], self._wordings[name] = word.after(metadata, wording), (bytes_, wording)
        return _with(indexed, self._checks[name].over(metadata, wording))

    def set_verification(
        self, document: DocumentId, keepers: Keepers, check: Check, beside: Callable[[object], None] = lambda _: None
    ) -> bool:
        """Put a person's word in force."""
        if document not in self._current:
            return False
        wording = self._wordings[document][1]
        self._checks[document] = replace(self._checks[document], keepers=keepers, check=check, wording=wording)
        indexed = self._current[document]
        spoken = _with(indexed, self._checks[document].over(indexed.stored.document.metadata, wording))
        self._versions[document][-1] = spoken
        self.change(spoken)
        beside(self)
        return True

    def verified(self, on: date) -> Collection[DocumentId]:
        """Return the documents that are verified on a day."""
        return {name for name, one in self._current.items() if _state(one, on) is VerificationState.VERIFIED}

    def stale(self, ids: Sequence[ChunkId], on: date) -> Collection[ChunkId]:
        """Return those of these chunks whose documents are stale."""
        stale = [one for one in self._current.values() if _state(one, on) is VerificationState.STALE]
        return {chunk.id for one in stale for chunk in one.chunks} & set(ids)

    def touch(self, document: DocumentId, fingerprint: str) -> None:
        """Remember a new fingerprint."""
        if document in self._current:
            self._current[document] = replace(self._current[document], fingerprint=fingerprint)

    def delete(self, document: DocumentId) -> None:
        """Take a document out of everything searchable."""
        gone = self._current.pop(document, None)
        if gone is not None:
            self.intend(document, gone.stored.version)
            self._changes += 1

    def leftovers(self) -> Sequence[tuple[DocumentId, int]]:
        """Return the versions whose vectors may exist although they are not current."""
        return list(self._leftovers)

    def settle(self, document: DocumentId, version: int) -> None:
        """Forget a leftover."""
        self._leftovers.pop((document, version), None)

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return all current documents, by origin and source."""
        found = [
            DocumentSummary(
                id=indexed.stored.id,
                origin=indexed.stored.origin,
                source=indexed.stored.document.source,
                title=indexed.stored.document.title,
                version=indexed.stored.version,
                characters=len(indexed.stored.document.text),
                chunks=len(indexed.chunks),
                metadata=indexed.stored.document.metadata,
                updated_at=indexed.at,
                duplicate_of=indexed.stored.duplicate_of,
            )
            for indexed in self._current.values()
        ]
        return sorted(found, key=lambda summary: (summary.origin, summary.source))

    def in_force(self, document: DocumentId, metadata: Metadata) -> Metadata:
        """Return what a file says of itself, with a person's word in force."""
        return self._words[document].over(metadata) if document in self._words else metadata

    def set_access(
        self,
        document: DocumentId,
        audience: Audience,
        groups: Sequence[str],
        beside: Callable[[object], None] = lambda _: None,
    ) -> bool:
        """Put a person's word in force."""
        indexed = self._current.get(document)
        if indexed is None:
            return False
        beside(None)
        said = self._words[document].instead_of if document in self._words else access_of(indexed)
        self._words[document] = AccessWord(audience=audience, groups=tuple(sorted(set(groups))), instead_of=said)
        metadata = replace(indexed.stored.document.metadata, audience=audience, groups=tuple(sorted(set(groups))))
        versions = self._versions[document]
        versions[:] = [
            _with(one, metadata) if one.stored.version == indexed.stored.version else one for one in versions
        ]
        self.change(_with(indexed, metadata))
        self._moves[document] = None
        return True

    def moves(self) -> Mapping[DocumentId, tuple[int, AccessLabel]]:
        """Return documents whose vectors may lie under another label."""
        current = {name: self._current[name] for name in self._moves if name in self._current}
        return {name: (indexed.stored.version, access_of(indexed)) for name, indexed in current.items()}

    def moved(self, document: DocumentId, version: int, label: AccessLabel) -> None:
        """Forget a move."""
        if self.moves().get(document) == (version, label):
            del self._moves[document]

    def labels(self) -> Collection[AccessLabel]:
        """Return the labels of current documents."""
        return {access_of(indexed) for indexed in self._current.values()}

    def labels_of(self, ids: Collection[DocumentId]) -> Mapping[DocumentId, AccessLabel]:
        """Return the labels of these documents."""
        return {name: access_of(self._current[name]) for name in ids if name in self._current}

    def find(self, source_or_id: str, reader: Reader = EVERYTHING) -> StoredDocument:
        """Return the current version."""
        readable = [indexed for indexed in self._current.values() if reader.may_read_label(access_of(indexed))]
        for indexed in readable:
            if source_or_id in (indexed.stored.document.source, indexed.stored.id):
                return indexed.stored
        sources = [indexed.stored.document.source for indexed in readable]
        close = difflib.get_close_matches(source_or_id, sources, cutoff=0.4)
        raise UnknownDocument(f"No document has the source or id {source_or_id!r}. Close are {close}.")

    def history(self, document: DocumentId) -> Sequence[VersionSummary]:
        """Return all versions, oldest first."""
        return [
            VersionSummary(version=i.stored.version, content_hash=i.content_hash, created_at=i.at)
            for i in self._versions.get(document, [])
        ]

    def find_version(self, document: DocumentId, version: int) -> StoredDocument:
        """Return one version, also of a deleted document."""
        for indexed in self._versions.get(document, []):
            if indexed.stored.version == version:
                return indexed.stored
        raise UnknownDocument(f"There is no version {version!r} of document {document!r}.")

    def sentences(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, ChunkSentences]:
        """Return the sentences of current chunks."""
        wanted = set(ids)
        return {
            chunk.id: ChunkSentences(vectors=vectors, chinese=is_chinese(chunk.span.text))
            for indexed in self._current.values()
            for chunk, vectors in zip(
                indexed.chunks, indexed.sentences, strict=False
            )  # none after a switch without any
            if chunk.id in wanted
        }

    def chunks(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, FoundChunk]:
        """Return current chunks; other ids are left out."""
        wanted = set(ids)
        return {
            chunk.id: FoundChunk(
                chunk=chunk,
                source=indexed.stored.document.source,
                title=indexed.stored.document.title,
                metadata=indexed.stored.document.metadata,
            )
            for indexed in self._current.values()
            for chunk in indexed.chunks
            if chunk.id in wanted
        }

    def count(self) -> int:
        """Return the number of current documents."""
        return len(self._current)

    def revision(self) -> str:
        """Return a value that changes with every change."""
        return str(self._changes)


def _state(indexed: Indexed, on: date) -> VerificationState:
    return verification_state(indexed.stored.document.metadata, on)


def access_of(indexed: Indexed) -> AccessLabel:
    """Return the label of a version."""
    metadata = indexed.stored.document.metadata
    return access_label(metadata.audience, metadata.groups)


def _with(indexed: Indexed, metadata: Metadata) -> Indexed:
    stored = indexed.stored
    return replace(indexed, stored=replace(stored, document=replace(stored.document, metadata=metadata)))


class InMemoryLexicalIndex:
    """Implements `LexicalIndex` over the current documents of a store: rare shared terms weigh more."""

    def __init__(self, store: InMemoryKnowledgeStore) -> None:
        self._store = store

    def search_text(self, field: Field, text: str, limit: int, reader: Reader) -> Mapping[ChunkId, float]:
        """Return the best score per chunk."""
        asked = set(terms(text))
        entries = [(chunk, set(terms(body)), metadata) for chunk, body, metadata in self._entries(field)]
        scored: list[tuple[float, ChunkId]] = []
        for chunk, words, metadata in entries:
            if not reader.may_read(metadata):
                continue
            score = sum(
                math.log(1 + len(entries) / sum(word in other for _, other, _ in entries)) for word in asked & words
            )
            if score > 0:
                scored.append((score, chunk))
        best: dict[ChunkId, float] = {}
        for score, chunk in sorted(scored, key=lambda entry: (-entry[0], entry[1]))[:limit]:
            best.setdefault(chunk, score)
        return best

    def words(self) -> Mapping[str, int]:
        """Return every term and in how many chunks it is."""
        return Counter(word for _, body, _ in self._entries("chunk") for word in set(terms(body)))

    def _entries(self, field: Field) -> list[tuple[ChunkId, str, Metadata]]:
        found = []
        for indexed in self._store.current:
            document = indexed.stored.document
            metadata = document.metadata
            if field == "chunk":
                for chunk in indexed.chunks:
                    body = embedded_text(document.title, document.metadata.context, chunk.span)
                    found.append((chunk.id, body, metadata))
            else:
                found.extend((question.chunk_id, question.text, metadata) for question in indexed.questions)
        return found


class InMemoryQuestionStore:
    """Implements `QuestionStore` over the current documents of a store."""

    def __init__(self, store: InMemoryKnowledgeStore) -> None:
        self._store = store
        self._leftovers: dict[str, None] = {}

    def current(self, document: DocumentId) -> QuestionedDocument | None:
        """Return the current version with its questions."""
        indexed = self._indexed(document)
        if indexed is None:
            return None
        return QuestionedDocument(
            id=document,
            version=indexed.stored.version,
            source=indexed.stored.document.source,
            title=indexed.stored.document.title,
            metadata=indexed.stored.document.metadata,
            chunks=list(indexed.chunks),
            questions=list(indexed.questions),
        )

    def size(self) -> int:
        """Return how many chunks are current."""
        return sum(len(indexed.chunks) for indexed in self._store.current)

    def intend(self, ids: Sequence[str]) -> None:
        """Record that vectors of these questions may exist."""
        self._leftovers.update(dict.fromkeys(ids))

    def add(self, document: DocumentId, version: int, questions: Sequence[ChunkQuestion]) -> bool:
        """Make questions searchable."""
        indexed = self._indexed(document)
        if indexed is None or indexed.stored.version != version:
            return False
        known = {question.id for question in indexed.questions}
        new = {question.id: question for question in questions if question.id not in known}
        if new:
            self._store.change(replace(indexed, questions=[*indexed.questions, *new.values()]))
        self.settle([question.id for question in questions])
        return True

    def remove(self, document: DocumentId, ids: Sequence[str]) -> int:
        """Take questions away."""
        indexed = self._indexed(document)
        gone = [question.id for question in indexed.questions if question.id in ids] if indexed else []
        if indexed and gone:
            self.intend(gone)
            self._store.change(replace(indexed, questions=[one for one in indexed.questions if one.id not in gone]))
        return len(gone)

    def leftovers(self) -> Sequence[str]:
        """Return the questions whose vectors may exist although they do not."""
        return list(self._leftovers)

    def settle(self, ids: Sequence[str]) -> None:
        """Forget leftovers."""
        for name in ids:
            self._leftovers.pop(name, None)

    def _indexed(self, document: DocumentId) -> Indexed | None:
        return next((one for one in self._store.current if one.stored.id == document), None)
