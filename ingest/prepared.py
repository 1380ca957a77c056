"""An item on its way through the stages of a sync: where it stands, and what has become of it so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.chunking import RECIPE
from ingest.report import Status
from ingest.source import Item
from knowledge.chunk import Span
from knowledge.document import Document
from knowledge.embedder import PassageVectors, Vectors
from knowledge.failures import Stage
from knowledge.store import DocumentState


@dataclass(frozen=True, kw_only=True)
class Place:
    """What was stored of an origin when the run began."""

    origin: str
    states: Mapping[str, DocumentState]
    parts: Mapping[str, list[str]]  #: stored parts by their bundle
    lost: bool  #: the vectors are gone, so everything is made anew
    again: frozenset[str] = frozenset()  #: to be read again even though nothing changed

    def current(self, source: str) -> DocumentState | None:
        """Return what is stored of an item, if it holds as long as the item has not changed."""
        state = self.states.get(source)
        if state is None or state.recipe != RECIPE or self.lost or source in self.again:
            return None
        return state


@dataclass(frozen=True, kw_only=True)
class Unchanged:
    """It is stored as it is."""

    state: DocumentState
    touched: bool = False  #: the same bytes under another fingerprint


@dataclass(frozen=True, kw_only=True)
class Refused:
    """It failed, or there is nothing in it."""

    status: Status
    code: str
    reason: str
    stage: Stage
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Readable:
    """It has text, or carries items that may have."""

    document: Document  #: without its parts, which go ahead of it as items of their own
    data: bytes
    spans: Sequence[Span]
    sketch: bytes
    carries: tuple[str, ...] = ()  #: sources of its parts


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What the first stage made of an item; parts come before the bundle that they are `within`."""

    place: Place
    item: Item
    content: Unchanged | Refused | Readable
    within: str | None = None

    @property
    def texts(self) -> int:
        """How many passages are to be embedded."""
        return len(self.content.spans) if isinstance(self.content, Readable) else 0

    @property
    def characters(self) -> int:
        """How much text was read."""
        return len(self.content.document.text) if isinstance(self.content, Readable) else 0

    @property
    def weight(self) -> int:
        """Bytes it takes while it waits, roughly: the file, its text, and the text once more in chunks."""
        return 1000 + (len(self.content.data) + 4 * self.characters if isinstance(self.content, Readable) else 0)


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """A prepared item with its vectors; None where nothing was to be embedded."""

    prepared: Prepared
    passages: PassageVectors | None = None
    questions: Vectors | None = None  #: (written questions, dimension)
