"""What every store promises of a word on the verification of a document."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.document import Metadata
from knowledge.verification import Check, Keepers
from tests.contract.material import Knowledge, chunk_of, identity, indexed

TODAY = date(2026, 11, 26)
DATED = Metadata(owner="客户成功", verified_on=date(2026, 5, 1), review_by=date(2026, 12, 1))
NAME = identity("a.md")
CHECK = Check(verified_on=TODAY, verified_by="li", review_by=date(2027, 5, 1))


def said(knowledge: Knowledge) -> Metadata:
    """What is in force, which everything that shows the document agrees on."""
    metadata = knowledge.store.find("a.md").document.metadata
    chunk = next(iter(knowledge.store.chunks([chunk_of("a.md", version=v) for v in range(1, 9)]).values()))
    (summary,) = [one for one in knowledge.store.summaries() if one.source == "a.md"]
    assert metadata == chunk.metadata == summary.metadata
    return metadata


def test_a_word_is_in_force_at_once_and_a_new_wording_ends_it(knowledge: Knowledge) -> None:
    store = knowledge.store
    store.save(indexed("a.md", "试用 1 周。"))
    assert (store.verified(TODAY), said(knowledge)) == (set(), Metadata())
    revision, beside = store.revision(), list[object]()
    assert store.set_verification(NAME, Keepers(owner="li", deputy="wang"), CHECK, beside.append)
    spoken = Metadata(owner="li", deputy="wang", **vars(CHECK))
    assert (said(knowledge), len(beside), store.verified(TODAY)) == (spoken, 1, {NAME})
    assert store.revision() != revision
    store.save(indexed("a.md", "**试用** 1周。", version=2))
    assert said(knowledge) == spoken, "formatting alone"
    store.save(indexed("a.md", "试用 2 周。", version=3))
    assert (said(knowledge), store.verified(TODAY)) == (Metadata(owner="li", deputy="wang"), set())
    store.save(indexed("a.md", "试用 1 周。", version=4))
    assert said(knowledge) == spoken, "it says again what was checked"


def test_a_word_outlives_the_document(knowledge: Knowledge) -> None:
    knowledge.store.save(indexed("a.md", "试用 1 周。"))
    knowledge.store.set_verification(NAME, Keepers(owner="li"), CHECK)
    knowledge.store.delete(NAME)
    assert knowledge.store.verified(TODAY) == set()
    assert not knowledge.store.set_verification(NAME, Keepers(), Check())
    knowledge.store.save(indexed("a.md", "试用 1 周。", version=2))
    assert (said(knowledge).verified_by, knowledge.store.verified(TODAY)) == ("li", {NAME})


def test_a_file_that_says_the_same_of_another_text_is_not_believed(knowledge: Knowledge) -> None:
    store = knowledge.store
    store.save(indexed("a.md", "试用 1 周。", metadata=DATED))
    assert (said(knowledge), store.verified(TODAY)) == (DATED, {NAME})
    store.save(indexed("a.md", "试用 2 周。", metadata=DATED, version=2))
    assert said(knowledge) == Metadata(owner="客户成功")
    renewed = Metadata(owner="客户成功", verified_on=TODAY, review_by=date(2027, 1, 1))
    store.save(indexed("a.md", "试用 3 周。", metadata=renewed, version=3))
    assert said(knowledge) == renewed
    store.set_verification(NAME, Keepers(owner="li"), Check())
    assert said(knowledge) == Metadata(owner="li")


def test_a_better_reading_of_the_same_bytes_is_no_new_wording(knowledge: Knowledge) -> None:
    from dataclasses import replace

    store, first = knowledge.store, indexed("a.md", "试用 1 周。", metadata=DATED)
    store.save(first)
    again = replace(indexed("a.md", "试用 1 周。 页眉", metadata=DATED, version=2), content_hash=first.content_hash)
    store.save(again)
    assert said(knowledge) == DATED


@pytest.mark.parametrize(
    ("day", "verified", "stale"), [(date(2026, 12, 1), True, False), (date(2026, 12, 2), False, True)]
)
def test_the_review_date_is_the_last_day(knowledge: Knowledge, day: date, verified: bool, stale: bool) -> None:
    knowledge.store.save(indexed("a.md", "试用 1 周。", "再申请。", metadata=DATED))
    knowledge.store.save(indexed("b.md", "价格。"))
    ids = [chunk_of("a.md", 1), chunk_of("b.md"), chunk_of("gone.md")]
    assert knowledge.store.verified(day) == ({NAME} if verified else set())
    assert set(knowledge.store.stale(ids, day)) == ({chunk_of("a.md", 1)} if stale else set())
