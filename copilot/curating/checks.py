"""Does a written question earn its place in the index? It must be typed by people, new, and find its own section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.curating.candidate import Refusal, language_of, refuse
from copilot.curating.prompt import Language
from knowledge.chunk import Chunk, same_words
from knowledge.embedder import Embedder, Vectors
from knowledge.passage import Passage
from knowledge.query import Query
from knowledge.question_store import QuestionedDocument, QuestionStore
from knowledge.reader import EVERYTHING
from knowledge.retriever import Retriever

#: A question whose own section is not among this many passages is about something else, or about everything. Among few
#: chunks each is one of ten, whatever was asked: there the section must come first, or nearly.
FOUND_WITHIN = 10
_CHUNKS_PER_PLACE = 10
#: Cosine from which two questions are one; of 1,530 hand-written ones no two came nearer than 0.966 (decisions/0011).
SAME_QUESTION = 0.97


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is left of the candidates of one chunk, in their order, and why the others are not."""

    kept: Sequence[str]
    refused: Mapping[Refusal, int]


class QuestionChecks:
    """Asks the index as it is now, in which a candidate has no entry of its own yet."""

    def __init__(self, *, retriever: Retriever, embedder: Embedder, store: QuestionStore) -> None:
        self._retriever = retriever
        self._embedder = embedder
        self._store = store

    def choose(
        self, document: QuestionedDocument, chunk: Chunk, candidates: Sequence[str], room: Mapping[Language, int]
    ) -> Checked:
        """Return the candidates that may be added to a chunk, at most `room` in each language.

        Those that the chunk has already take up room and are neither kept nor refused.
        """
        within = min(FOUND_WITHIN, 1 + self._store.size() // _CHUNKS_PER_PLACE)
        here = {same_words(question.text) for question in document.questions if question.chunk_id == chunk.id}
        known = {same_words(question.text) for question in document.questions}
        left = Counter(room)
        left.subtract(language_of(text) for text in candidates if same_words(text) in here)
        kept: list[str] = []
        near: list[Vectors] = []
        refused: Counter[Refusal] = Counter()
        for text in candidates:
            if same_words(text) in here:
                continue
            vector: Vectors = self._embedder.embed_queries([text])[0]
            reason = refuse(text)
            if reason is None and left[language_of(text)] <= 0:
                reason = Refusal.SURPLUS
            if reason is None and (same_words(text) in known or self._is_asked(text, vector, near)):
                reason = Refusal.DUPLICATE
            if reason is None and not self._finds(text, document, chunk, within):
                reason = Refusal.NOT_FOUND
            if reason is not None:
                refused[reason] += 1
                continue
            kept.append(text)
            near.append(vector)
            known.add(same_words(text))
            left[language_of(text)] -= 1
        return Checked(kept=kept, refused=refused)

    def _is_asked(self, text: str, vector: Vectors, kept: Sequence[Vectors]) -> bool:
        if any(float(vector @ other) >= SAME_QUESTION for other in kept):
            return True
        # The index is asked with its own model, which is not that of `vector` while it is rebuilt for another.
        nearest = self._retriever.nearness([text], EVERYTHING)[0].question
        return nearest is not None and nearest >= SAME_QUESTION

    def _finds(self, text: str, document: QuestionedDocument, chunk: Chunk, within: int) -> bool:
        found = self._retriever.retrieve(Query(text=text, reader=EVERYTHING, limit=within))
        return any(_same_section(passage, document, chunk) for passage in found)


def _same_section(passage: Passage, document: QuestionedDocument, chunk: Chunk) -> bool:
    """A long section is several chunks; a copied text is shown once, under whichever document comes first."""
    span = chunk.span
    if passage.chunk.id == chunk.id or passage.text == span.text:
        return True
    return (
        passage.chunk.document_id == document.id
        and bool(span.heading_path)
        and passage.chunk.span.heading_path == span.heading_path
    )
