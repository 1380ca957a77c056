"""What every `DecisionStore` promises."""

from __future__ import annotations

import pytest

from copilot.approval.decision import Decision, Delegation
from copilot.drafting.draft import DraftId
from copilot.errors import IdempotencyKeyReused
from tests.contract.material import after
from tests.contract.records import Records, decision, draft, revision


@pytest.fixture
def kept(records: Records) -> Records:
    with records.transactions.begin() as transaction:
        for name in ("d1", "d2"):
            records.drafts.add(transaction, draft(name), revision(of=name))
    return records


def add(kept: Records, *decisions: Decision) -> None:
    with kept.transactions.begin() as transaction:
        for one in decisions:
            kept.decisions.add(transaction, one)


def test_a_decision_comes_back_as_it_went_in(kept: Records) -> None:
    add(kept, decision())
    assert list(kept.decisions.of(DraftId("d1"))) == [decision()]


def test_decisions_are_found_by_person_and_key(kept: Records) -> None:
    add(kept, decision())
    with kept.transactions.begin() as transaction:
        assert kept.decisions.by_key(transaction, "王敏", "k1") == decision()
        assert kept.decisions.by_key(transaction, "王敏", "k2") is None
        assert kept.decisions.by_key(transaction, "somebody else", "k1") is None


def test_decisions_on_a_draft_come_oldest_first_also_within_the_transaction(kept: Records) -> None:
    with kept.transactions.begin() as transaction:
        for name, minutes in (("x2", 5), ("x1", 1)):
            kept.decisions.add(transaction, decision(name, key=name, minutes=minutes))
        kept.decisions.add(transaction, decision("x3", key="x3", of="d2"))
        assert [one.id for one in kept.decisions.of(DraftId("d1"), transaction)] == ["x1", "x2"]
    assert [one.id for one in kept.decisions.of(DraftId("d1"))] == ["x1", "x2"]


def test_a_person_uses_a_key_once(kept: Records) -> None:
    add(kept, decision())
    with pytest.raises(IdempotencyKeyReused):
        add(kept, decision("x2", of="d2"))
    add(kept, decision("x3", person="somebody else"))
    assert [one.id for one in kept.decisions.of(DraftId("d1"))] == ["x1", "x3"]


def test_a_delegation_holds_until_its_time(kept: Records) -> None:
    given = Delegation(giver="owner", taker="王敏", until=after(10))
    with kept.transactions.begin() as transaction:
        kept.decisions.delegate(transaction, given)
    assert list(kept.decisions.delegations("王敏", after(9))) == [given]
    assert list(kept.decisions.delegations("王敏", after(10))) == []
    assert list(kept.decisions.delegations("owner", after(9))) == []


def test_a_delegation_between_the_same_people_takes_the_place_of_the_one_before(kept: Records) -> None:
    for minutes in (10, 20, 5):
        with kept.transactions.begin() as transaction:
            kept.decisions.delegate(transaction, Delegation(giver="owner", taker="王敏", until=after(minutes)))
    assert list(kept.decisions.delegations("王敏", after(7))) == []
