"""Ports: what a backup is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from copilot.backup.manifest import AuditHead
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.index import Field


@dataclass(frozen=True, kw_only=True)
class CopiedRows:
    """What a copy of the rows holds."""

    revision: str
    counts: Mapping[str, int]  #: rows per table, of those that have any
    audit: AuditHead
    vector_set: str  #: the name of the set of vectors that these rows are searched with
    entries: Mapping[Field, Sequence[str]]  #: every entry that should have a vector
    documents: Mapping[str, frozenset[str]]  #: by origin, the sources of current documents
    kept_questions: Sequence[str]
    written_questions: Mapping[str, Sequence[str]]  #: by document


class Rows(Protocol):
    """The database."""

    kind: Literal["sqlite", "postgresql"]

    def size(self) -> int:
        """Return about how many bytes a copy has."""
        ...

    def copy(self, file: Path) -> CopiedRows:
        """Write the rows of one moment into a new SQLite file, without secrets, while others read and write them."""
        ...


class VectorSource(Protocol):
    """The vectors of one set, whatever is added and removed meanwhile."""

    def identity(self) -> ModelIdentity | None:
        """Return what they were made with; None where there never were any."""
        ...

    def vectors(self, field: Field, ids: Sequence[str]) -> Mapping[str, Vectors]:
        """Return stored vectors; unknown ids are left out."""
        ...


class VectorSources(Protocol):
    """All sets of vectors."""

    def named(self, name: str) -> VectorSource:
        """Return one set."""
        ...


class HeldFiles(Protocol):
    """Files of the home that stay readable while they are replaced and deleted."""

    def files(self, documents: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Path]]:
        """Return place in the home and readable file; deleted ones where a document of the copied rows needs them."""
        ...


class HomeFiles(Protocol):
    """The files of a home that cannot be made again."""

    def size(self) -> int:
        """Return how many bytes they have together."""
        ...

    def held(self, folder: Path) -> HeldFiles:
        """Hold what may be replaced or deleted from now on, in a new folder."""
        ...


class Asker(Protocol):
    """Asks what is searched now."""

    def passages(self, question: str, limit: int) -> Sequence[str]:
        """Return the ids of the chunks that a question finds, best first."""
        ...
