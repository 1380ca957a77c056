"""What every `DraftStore` promises."""

from __future__ import annotations

from dataclasses import replace

from copilot.accounts.account import AccountId
from copilot.drafting.draft import DraftId, DraftKind, DraftStatus
from tests.contract.material import after
from tests.contract.records import Records, draft, revision

ONE = DraftId("d1")


def add(records: Records, id: str = "d1", *, minutes: int = 0, kind: DraftKind = DraftKind.CUSTOMER_MESSAGE) -> None:
    with records.transactions.begin() as transaction:
        records.drafts.add(transaction, draft(id, at=after(minutes), kind=kind), revision(of=id, at=after(minutes)))


def test_a_draft_comes_back_with_its_revision_as_it_went_in(records: Records) -> None:
    add(records)
    assert records.drafts.get(ONE) == draft()
    assert records.drafts.revision(ONE, 1) == revision()


def test_an_id_is_taken_once(records: Records) -> None:
    add(records)
    with records.transactions.begin() as transaction:
        other = draft(kind=DraftKind.SUCCESS_PLAN)
        assert not records.drafts.add(transaction, other, revision(content="另一个"))
    assert (records.drafts.get(ONE), records.drafts.revision(ONE, 1)) == (draft(), revision())


def test_what_is_not_there_is_none(records: Records) -> None:
    assert records.drafts.get(ONE) is None
    assert records.drafts.revision(ONE, 1) is None
    assert list(records.drafts.revisions(ONE)) == []
    with records.transactions.begin() as transaction:
        assert records.drafts.lock(transaction, ONE) is None


def test_a_further_revision_opens_the_draft_again(records: Records) -> None:
    add(records)
    with records.transactions.begin() as transaction:
        records.drafts.set_status(transaction, ONE, DraftStatus.APPROVED, after(1))
        records.drafts.append(transaction, revision(2, at=after(2), content="改了"))
    found = records.drafts.get(ONE)
    assert found == replace(draft(), revision=2, status=DraftStatus.OPEN, updated_at=after(2))
    assert list(records.drafts.revisions(ONE)) == [revision(), revision(2, at=after(2), content="改了")]


def test_a_status_is_kept_with_its_time(records: Records) -> None:
    add(records)
    with records.transactions.begin() as transaction:
        records.drafts.set_status(transaction, ONE, DraftStatus.REJECTED, after(7))
        locked = records.drafts.lock(transaction, ONE)
    assert locked == replace(draft(), status=DraftStatus.REJECTED, updated_at=after(7))
    assert records.drafts.get(ONE) == locked


def test_drafts_are_listed_the_last_changed_first(records: Records) -> None:
    for name, minutes in (("d1", 1), ("d2", 9), ("d3", 5)):
        add(records, name, minutes=minutes)
    assert [one.id for one in records.drafts.list(limit=10)] == ["d2", "d3", "d1"]
    assert [one.id for one in records.drafts.list(limit=1)] == ["d2"]
    assert [one.id for one in records.drafts.list(limit=10, before=after(5))] == ["d1"]


def test_drafts_are_listed_by_what_they_are(records: Records) -> None:
    add(records, "d1")
    add(records, "d2", kind=DraftKind.SUCCESS_PLAN)
    with records.transactions.begin() as transaction:
        records.drafts.set_status(transaction, ONE, DraftStatus.APPROVED, after(1))
    assert [one.id for one in records.drafts.list(limit=10, kind=DraftKind.SUCCESS_PLAN)] == ["d2"]
    assert [one.id for one in records.drafts.list(limit=10, status=DraftStatus.APPROVED)] == ["d1"]
    assert records.drafts.list(limit=10, account=AccountId("other")) == []


def test_what_a_draft_was_asked_for_with_comes_back_and_its_language_changes(records: Records) -> None:
    asked = replace(draft(), inputs={"outcome": "首日 300 单"})
    with records.transactions.begin() as transaction:
        records.drafts.add(transaction, asked, revision())
        records.drafts.set_language(transaction, ONE, "en")
    assert records.drafts.get(ONE) == replace(asked, language="en")


def test_drafts_are_listed_by_who_began_them_and_told_with_who_wrote_last(records: Records) -> None:
    add(records)
    add(records, "d2", minutes=1)
    with records.transactions.begin() as transaction:
        records.drafts.append(transaction, replace(revision(2, at=after(2)), author="wang"))
    begun_by = draft().created_by
    assert [one.id for one in records.drafts.list(created_by=begun_by, limit=9)] == ["d1", "d2"]
    assert list(records.drafts.list(created_by="wang", limit=9)) == []
    assert records.drafts.authors([ONE, DraftId("d2")]) == {"d1": "wang", "d2": revision().author}
    assert records.drafts.authors([]) == {}
