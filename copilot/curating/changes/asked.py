"""A question that a change is judged by, and what evidence its answer has to rest on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from copilot.answering.question import Turn
from knowledge.passage import Passage

#: Tells whether a text holds a quote, layout and script aside; evaluation judges by the same one.
Holds = Callable[[str, str], bool]

#: A passage is judged on so many characters, as in `copilot evaluate` (DESIGN §4).
JUDGED_CHARACTERS = 600


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One thing the answer may rest on: a section of a document, a document, or words wherever they stand.

    A section is the same one while its headings are, whatever it says; its words count too, under another heading.
    """

    document_id: str | None = None
    source: str | None = None
    sections: tuple[str, ...] | None = None  #: slugs of the headings, outermost first; None: any section
    quote: str | None = None

    def is_in(self, passage: Passage, holds: Holds) -> bool:
        """Tell whether a passage is this evidence."""
        chunk = passage.chunk
        named = self.document_id == chunk.document_id or (self.source is not None and self.source == passage.source)
        if named and self.sections in (None, chunk.span.sections):
            return True
        return self.quote is not None and holds(passage.text[:JUDGED_CHARACTERS], self.quote)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`set` and `id` name it. Without `expected`, any answer counts as one with its evidence."""

    set: str
    id: str
    text: str
    answerable: bool = True
    expected: tuple[Expected, ...] = ()
    history: tuple[Turn, ...] = ()

    def expects(self, documents: Collection[str], sources: Collection[str]) -> bool:
        """Tell whether the answer has to rest on one of these documents."""
        return any(one.document_id in documents or one.source in sources for one in self.expected)

    def rank(self, passages: Sequence[Passage], holds: Holds) -> int | None:
        """Return the rank, from 1, of the first passage that is expected; None where none is."""
        ranks = (
            rank
            for rank, passage in enumerate(passages, start=1)
            if any(one.is_in(passage, holds) for one in self.expected)
        )
        return next(ranks, None)
