"""What became of drafts, on SQL."""

from __future__ import annotations

from sqlalchemy import delete, insert

from copilot.adapters.sql.moment import utc
from copilot.adapters.sql.tables import draft_outcome_documents, draft_outcomes
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import put
from copilot.approval.outcome import DraftOutcome
from copilot.transaction import Transaction


class SqlDraftOutcomeStore:
    """Implements `DraftOutcomeStore`."""

    def put(self, transaction: Transaction, outcome: DraftOutcome) -> None:
        """Keep the outcome of a revision, and the draft's documents as they were with it."""
        connection, draft = connection_of(transaction), outcome.draft
        values = {
            "draft_id": draft.id,
            "revision": outcome.revision,
            "kind": draft.kind.value,
            "account_id": draft.account_id,
            "person": outcome.person,
            "verdict": outcome.verdict.value,
            "edit_share": outcome.edit_share,
            "at": utc(outcome.at),
        }
        put(connection, draft_outcomes, values, ["draft_id", "revision"])
        connection.execute(delete(draft_outcome_documents).where(draft_outcome_documents.c.draft_id == draft.id))
        if outcome.documents:
            rows = [
                {"draft_id": draft.id, "document_id": document, "version": version}
                for document, version in outcome.documents.items()
            ]
            connection.execute(insert(draft_outcome_documents), rows)
