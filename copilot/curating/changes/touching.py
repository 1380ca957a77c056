"""Which questions a change touches."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from copilot.answering.question import Question
from copilot.curating.changes.asked import Asked
from copilot.curating.changes.nearby import Nearby
from copilot.curating.changes.trial import Side, Trial
from knowledge.query import Query
from knowledge.reader import Reader

#: A question is touched by what stands among so many passages.
TOP = 10
#: Up to here every question is searched for. Above, those that `Nearby` is sure about are passed over.
EVERY_UP_TO = 5_000


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
        near = Nearby(self._trial).among(questions)
        return near | {i for i, asked in enumerate(questions) if self._always(asked)}

    def _always(self, asked: Asked) -> bool:
        return bool(asked.history) or asked.expects(self._ids, self._sources)

    def touches(self, asked: Asked) -> bool:
        """Tell whether a question expects an edited document, or has one among its first passages on either side."""
        if self._always(asked):
            return True
        return self._among(self._trial.before, asked) or (self._brings and self._among(self._trial.after, asked))

    def _among(self, side: Side, asked: Asked) -> bool:
        passages = side.retriever.retrieve(Query(text=asked.text, reader=self._reader, limit=TOP))
        return any(passage.chunk.document_id in self._ids for passage in passages)


def question_of(asked: Asked, reader: Reader, person: str) -> Question:
    """Return the question as it is asked on both sides; nobody is there to be asked back."""
    return Question(text=asked.text, person=person, reader=reader, history=asked.history, may_clarify=False)
