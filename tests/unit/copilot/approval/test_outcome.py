"""What became of a draft is kept with the decision, and with the documents it rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.approval.outcome import OutcomeRecorder, OutcomeVerdict
from copilot.drafting.draft import DraftId, DraftStatus
from knowledge.document import DocumentId
from tests.contract.records import decision, draft, revision
from tests.doubles.approval import InMemoryDraftStore
from tests.doubles.database import InMemoryDatabase, InMemoryTransaction, InMemoryTransactions
from tests.doubles.gaps import InMemoryDraftOutcomeStore


@pytest.mark.parametrize(("content", "share"), [("您好!", 0.0), ("你好!", 2 / 6)])
def test_an_approved_revision_is_compared_with_what_was_composed(content: str, share: float) -> None:
    database = InMemoryDatabase()
    drafts, outcomes = InMemoryDraftStore(database), InMemoryDraftOutcomeStore(database)
    edited = replace(revision(2, content=content), quotes=())
    with InMemoryTransactions(database).begin() as transaction:
        drafts.add(transaction, draft(), revision(1, content="您好!"))
        drafts.append(transaction, edited)
        recorder = OutcomeRecorder(drafts, outcomes)
        recorder.decided(transaction, draft(), edited, decision(), DraftStatus.APPROVED)
    kept = database.draft_outcomes[DraftId("d1"), 2]
    assert kept.verdict is OutcomeVerdict.APPROVED
    assert kept.edit_share == pytest.approx(share)
    assert kept.documents == {DocumentId("doc"): 2}  # of what it was composed from


def test_a_rejected_revision_has_no_share() -> None:
    database = InMemoryDatabase()
    recorder = OutcomeRecorder(InMemoryDraftStore(database), InMemoryDraftOutcomeStore(database))
    recorder.decided(InMemoryTransaction(), draft(), revision(), decision(), DraftStatus.REJECTED)
    kept = database.draft_outcomes[DraftId("d1"), 1]
    assert (kept.verdict, kept.edit_share) == (OutcomeVerdict.REJECTED, None)
