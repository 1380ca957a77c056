"""Whom a name means in a record, and where it is safe to look for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copilot.accounts.account import Account, AccountId
from copilot.accounts.contact import Contact, contact_of, facts_without, value_without
from copilot.people.person import Person

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def account(**facts: object) -> Account:
    return Account(id=AccountId("a"), facts=facts, updated_at=NOW)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Anna的电话", "X的电话"),
        ("给ANNA打电话", "给X打电话"),
        ("Annabel and Joanna stay", "Annabel and Joanna stay"),
        ("anna_b stays", "anna_b stays"),
        ("Anna, anna.", "X, X."),
    ],
)
def test_a_latin_name_ends_at_latin_letters_alone(text: str, left: str) -> None:
    assert Contact(name="Anna").replaced(text, "X") == left


@pytest.mark.parametrize("name", ["王", "Li", "客户", "Boss", "总监"])
def test_a_name_that_is_short_or_common_is_looked_for_in_fields_alone(name: str) -> None:
    record = account(kp=[{"name": name}], notes=f"{name}说好")
    contact = contact_of(record, name, [])
    assert contact.limit is not None
    assert facts_without(record.facts, contact, "X") == {"kp": [], "notes": f"{name}说好"}


@pytest.mark.parametrize(
    ("facts", "ours"),
    [
        ({}, Person(id="wang", name="王敏")),
        ({}, Person(id="wang", name="王敏敏")),
        ({"owner": "王敏"}, Person(id="li", name="李立")),
        ({"kp": [{"name": "王敏"}, {"name": "王敏敏"}]}, Person(id="li", name="李立")),
        ({"name": "王敏超市"}, Person(id="li", name="李立")),
    ],
)
def test_a_name_that_somebody_else_has_too_is_looked_for_in_fields_alone(
    facts: dict[str, object], ours: Person
) -> None:
    assert contact_of(account(**facts), "王敏", [ours]).limit is not None


def test_width_case_and_blanks_make_no_other_person() -> None:
    record = account(kp=[{"name": " ANNA "}, {"name": "Bob"}])
    assert facts_without(record.facts, contact_of(record, "Anna", []), "X") == {"kp": [{"name": "Bob"}]}


def test_our_own_people_in_a_record_stay() -> None:
    record = account(owner="王敏", sponsor="王敏", kp=[{"name": "王敏"}])
    left = facts_without(record.facts, contact_of(record, "王敏", []), "X")
    assert left == {"owner": "王敏", "sponsor": "王敏", "kp": []}
    assert value_without("owner", "王敏", Contact(name="王敏"), "X") == "王敏"


def test_a_number_in_a_sentence_that_names_them_is_masked_and_others_are_not() -> None:
    text = "前台 13800138000。王敏 13900139000,订单 20261127001\n仓库 13700137000"
    left = "前台 13800138000。erased-12345678 •••,订单 20261127001\n仓库 13700137000"
    assert Contact(name="王敏").replaced(text, "erased-12345678") == left


def test_signs_of_patterns_in_a_name_are_signs() -> None:
    assert Contact(name="A.*(b").replaced("A.*(b and Axxb", r"\1") == r"\1 and Axxb"
