"""Port: the knowledge as it is, and as it were with an edit in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from copilot.answering.service import AnsweringService
from copilot.curating.changes.report import EditedDocument
from knowledge.embedder import Embedder
from knowledge.index import VectorIndex
from knowledge.question_store import QuestionStore
from knowledge.reader import Reader
from knowledge.retriever import Retriever
from knowledge.store import KnowledgeStore


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What is to change: exactly one of a path, bytes for a document, or a document to delete.

    With a path, `source` says what it replaces: a document, or for a folder an origin; without one the path says it
    itself, as when it is ingested. With bytes, an unknown `source` is refused unless it is `new`.
    """

    path: str | None = None
    source: str | None = None
    data: bytes | None = None
    delete: bool = False
    new: bool = False


@dataclass(frozen=True, kw_only=True)
class Side:
    """The knowledge on one side of a change. Asking leaves no trace."""

    retriever: Retriever
    answering: AnsweringService
    store: KnowledgeStore
    questions: QuestionStore
    vectors: VectorIndex
    embedder: Embedder


class Publication(Protocol):
    """The edit exactly as it was tried."""

    def run(self) -> None:
        """Put it into the live index.

        Raises:
            StaleChange: a document is no longer in the version that was compared with.
        """
        ...


class Trial(Protocol):
    """Both sides of an edit; neither the live index nor its originals change."""

    @property
    def before(self) -> Side:
        """The live index."""
        ...

    @property
    def after(self) -> Side:
        """The live index with the edit."""
        ...

    @property
    def documents(self) -> Sequence[EditedDocument]:
        """What the edit changes; empty when every text is the one that is there."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What the person should know, for example files that could not be read before either."""
        ...

    @property
    def publication(self) -> Publication:
        """What publishing would do; it may outlive the trial."""
        ...

    def still_right(self) -> bool:
        """Tell whether the live index is the one that was copied."""
        ...


class Trials(Protocol):
    """Opens trials, any number at a time."""

    def look_at(self, edit: Edit, reader: Reader) -> None:
        """Raise what `open` would raise, as far as that can be told without reading the edit as a document."""
        ...

    def open(self, edit: Edit, reader: Reader) -> AbstractContextManager[Trial]:
        """Try an edit by somebody who must be able to read what it replaces; everything is gone at the end.

        Raises:
            UnknownDocument: nothing has this source.
            NotPermitted: it changes documents that this reader may not read.
            InvalidChange: the edit is no document, or not one that can be tried.
        """
        ...
