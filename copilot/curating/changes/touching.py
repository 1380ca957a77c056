"""Which questions a change touches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from copilot.answering.question import Question
from copilot.curating.changes.asked import Asked
from copilot.curating.changes.nearby import Nearby
from copilot.curating.changes.questions import WRITTEN
from copilot.curating.changes.trial import Side, Trial
from knowledge.errors import NothingIngested
from knowledge.passage import Passage
from knowledge.query import Query
from knowledge.reader import Reader

#: A question is touched by what stands among so many passages.
TOP = 10
#: Up to here every question is searched for. Above, of the written questions of other documents only what is `Nearby`.
EVERY_UP_TO = 5_000


class Touch(StrEnum):
    """How an edit touches a question."""

    NONE = "none"  #: no edited document is expected or among the first passages
    SAME = "same"  #: one is, but the first passages are the same, so the answer is
    DIFFERENT = "different"  #: the first passages differ: it has to be asked


class Touching:
    """Tells it for one trial, by searching on both sides.

    A question that belongs to a conversation always counts as touched: its own words alone may mean nothing.
    """

    def __init__(self, trial: Trial, reader: Reader) -> None:
        self._trial = trial
        self._reader = reader
        self._ids: Collection[str] = {document.id for document in trial.documents}
        self._sources: Collection[str] = {document.source for document in trial.documents}
        # Where nothing is added or changed, the edit can bring nothing up: what it takes away is seen before it.
        self._brings = any(document.change != "deleted" for document in trial.documents)

    def candidates(self, questions: Sequence[Asked], *, thorough: bool) -> set[int]:
        """Return the positions of the questions worth searching for: all of them, unless there are very many."""
        if thorough or len(questions) <= EVERY_UP_TO:
            return set(range(len(questions)))
        others = [i for i, asked in enumerate(questions) if asked.set == WRITTEN and not self._expects(asked)]
        near = Nearby(self._trial).among([questions[i] for i in others])
        return set(range(len(questions))) - {i for at, i in enumerate(others) if at not in near}

    def _expects(self, asked: Asked) -> bool:
        return asked.expects(self._ids, self._sources)

    def look(self, asked: Asked) -> Touch:
        """Search for a question, and tell whether it has to be asked."""
        if asked.history:
            return Touch.DIFFERENT
        before = self._found(self._trial.before, asked)
        touched = self._expects(asked) or self._among(before)
        if not touched and not self._brings:
            return Touch.NONE
        after = self._found(self._trial.after, asked)
        if not touched and not self._among(after):
            return Touch.NONE
        return Touch.SAME if list(map(_shown, before)) == list(map(_shown, after)) else Touch.DIFFERENT

    def _found(self, side: Side, asked: Asked) -> list[Passage]:
        try:
            return side.retriever.retrieve(Query(text=asked.text, reader=self._reader, limit=TOP))
        except NothingIngested:  # the first document, or the last one
            return []

    def _among(self, passages: Sequence[Passage]) -> bool:
        return any(passage.chunk.document_id in self._ids for passage in passages)


def _shown(passage: Passage) -> tuple[object, ...]:
    """Return all that an answer is made of; the fused score only orders, and shifts a little with any edit."""
    asked = passage.question_similarity
    return (
        passage.chunk.document_id,
        passage.chunk.span.sections,
        passage.text,
        passage.title,
        passage.metadata,
        round(passage.similarity, 3),
        None if asked is None else round(asked, 3),
    )


def question_of(asked: Asked, reader: Reader, person: str) -> Question:
    """Return the question as it is asked on both sides; nobody is there to be asked back."""
    return Question(text=asked.text, person=person, reader=reader, history=asked.history, may_clarify=False)
