"""Whose word on a document is in force, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from knowledge.document import Metadata
from knowledge.verification import Check, Keepers, VerificationState, VerificationWord, verification_state

TODAY = date(2026, 11, 26)
SAID = Metadata(owner="客户成功", verified_on=date(2026, 5, 1), review_by=date(2026, 12, 1))
FILE = VerificationWord.of_file(SAID, "w1")
PERSONS = replace(
    FILE,
    keepers=Keepers(owner="li", deputy="wang"),
    check=Check(verified_on=TODAY, verified_by="li", review_by=date(2027, 5, 1)),
)


@pytest.mark.parametrize(
    ("verified_on", "review_by", "state"),
    [
        (None, None, "unverified"),
        (TODAY, None, "verified"),
        (TODAY, TODAY, "verified"),
        (TODAY, TODAY - timedelta(days=1), "stale"),
        (None, TODAY - timedelta(days=1), "stale"),
        (None, TODAY, "unverified"),
    ],
)
def test_the_state_of_a_day(verified_on: date | None, review_by: date | None, state: str) -> None:
    metadata = Metadata(verified_on=verified_on, review_by=review_by)
    assert verification_state(metadata, TODAY) is VerificationState(state)


def test_a_check_holds_for_the_wording_it_was_of_and_again_once_it_is_back() -> None:
    assert FILE.over(SAID, "w1") == SAID
    changed = FILE.after(SAID, "w2")
    assert changed.over(SAID, "w2") == replace(SAID, verified_on=None, review_by=None)
    assert changed.after(SAID, "w1").over(SAID, "w1") == SAID


def test_a_person_is_heard_until_the_file_says_something_else() -> None:
    spoken = PERSONS.over(SAID, "w1")
    assert (spoken.owner, spoken.deputy, spoken.verified_by, spoken.verified_on) == ("li", "wang", "li", TODAY)
    assert PERSONS.after(SAID, "w1") == PERSONS
    renewed = replace(SAID, verified_on=date(2026, 12, 24))
    after = PERSONS.after(renewed, "w2").over(renewed, "w2")
    assert (after.verified_on, after.verified_by, after.owner) == (date(2026, 12, 24), None, "li")


def test_a_new_owner_in_the_file_takes_no_check_away() -> None:
    handed = replace(SAID, owner="交付团队")
    after = PERSONS.after(handed, "w1").over(handed, "w1")
    assert (after.owner, after.deputy, after.verified_by) == ("交付团队", None, "li")
