"""Questions that are asked again, on SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import evaluation_questions
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.curating.evaluation_question import EvaluationQuestion
from copilot.transaction import Transaction


class SqlEvaluationQuestionStore:
    """Implements `EvaluationQuestionStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, transaction: Transaction, question: EvaluationQuestion) -> bool:
        """Keep a question; False, changing nothing, when its id is there."""
        row = vars(question) | {
            "document_ids": list(question.document_ids),
            "quotes": list(question.quotes),
            "added_at": utc(question.added_at),
        }
        return insert_new(connection_of(transaction), evaluation_questions, row)

    def list(self) -> Sequence[EvaluationQuestion]:
        """Return all questions, the oldest first."""
        query = select(evaluation_questions).order_by(evaluation_questions.c.added_at, evaluation_questions.c.id)
        with self._engine.connect() as connection:
            return [
                EvaluationQuestion(
                    id=row.id,
                    text=row.text,
                    document_ids=tuple(row.document_ids),
                    quotes=tuple(row.quotes),
                    added_at=aware(row.added_at),
                )
                for row in connection.execute(query)
            ]
