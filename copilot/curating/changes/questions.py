"""The questions that a change is judged by: the documents' own, those that are kept, and those that are given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copilot.curating.changes.asked import Asked, Expected
from copilot.curating.changes.report import EditedDocument
from copilot.curating.changes.trial import Side, Trial
from copilot.curating.evaluation_question import EvaluationQuestion
from knowledge.chunk import same_words
from knowledge.document import DocumentId
from knowledge.question_store import QuestionedDocument
from knowledge.reader import Reader

#: The set of questions that stand in documents, or that people and machines have added to them.
WRITTEN = "written"
#: The set of questions that are kept to evaluate with.
KEPT = "kept"


def written(trial: Trial, reader: Reader) -> list[Asked]:
    """Return the written questions of all documents that may be read, also those that the edit brings along."""
    found = [asked for document in _readable(trial.before, reader) for asked in _of(document)]
    known = {same_words(asked.text) for asked in found}
    for edited in trial.documents:
        document = _current(trial.after, edited)
        new = _of(document) if document is not None and reader.may_read(document.metadata) else ()
        found += [asked for asked in new if same_words(asked.text) not in known]
    return found


def kept(questions: Sequence[EvaluationQuestion], trial: Trial, reader: Reader) -> list[Asked]:
    """Return the questions that are kept to evaluate with and whose documents may be read; others' are not told of."""
    may = {str(one.id) for one in trial.before.store.summaries() if reader.may_read(one.metadata)}
    return [
        Asked(
            set=KEPT,
            id=one.id,
            text=one.text,
            expected=(
                *(Expected(document_id=name) for name in one.document_ids),
                *(Expected(quote=quote) for quote in one.quotes),
            ),
        )
        for one in questions
        if reader.everything or may.issuperset(one.document_ids)
    ]


def _readable(side: Side, reader: Reader) -> Iterator[QuestionedDocument]:
    for summary in side.store.summaries():
        document = side.questions.current(summary.id) if reader.may_read(summary.metadata) else None
        if document is not None:
            yield document


def _current(side: Side, edited: EditedDocument) -> QuestionedDocument | None:
    return None if edited.change == "deleted" else side.questions.current(DocumentId(edited.id))


def _of(document: QuestionedDocument) -> Iterator[Asked]:
    homes = {chunk.id: chunk.span for chunk in document.chunks}
    for question in document.questions:
        span = homes[question.chunk_id]
        expected = Expected(document_id=document.id, sections=span.sections, quote=span.text)
        yield Asked(set=WRITTEN, id=question.id, text=question.text, expected=(expected,))
