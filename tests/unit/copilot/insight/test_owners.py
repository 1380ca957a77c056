"""Whose an account is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from copilot.accounts.account import Account, AccountId
from copilot.insight.owners import ownership
from copilot.people.person import Person

PEOPLE = [
    Person(id="wang", name="王敏", email="min.wang@example.com"),
    Person(id="wang2", name="王伟"),
    Person(id="wang3", name="王伟"),
    Person(id="li", name="wang"),
]


def account(**facts: Any) -> Account:
    return Account(id=AccountId("a1"), facts=facts, updated_at=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize("said", ["wang", "WANG", " 王敏 ", "Min.Wang@Example.com"])
def test_a_record_names_its_owner_by_id_address_or_name(said: str) -> None:
    assert list(ownership([account(owner=said)], PEOPLE).of) == ["wang"]


def test_without_an_owner_the_csm_of_the_record_counts() -> None:
    assert list(ownership([account(csm="王敏")], PEOPLE).of) == ["wang"]
    assert list(ownership([account(owner="wang2", csm="王敏")], PEOPLE).of) == ["wang2"]


@pytest.mark.parametrize("facts", [{}, {"owner": ""}, {"owner": "nobody here"}, {"owner": "王伟"}])
def test_who_is_nobody_or_might_be_two_people_is_no_owner(facts: dict[str, Any]) -> None:
    found = ownership([account(**facts)], PEOPLE)
    assert (found.of, len(found.without)) == ({}, 1)
