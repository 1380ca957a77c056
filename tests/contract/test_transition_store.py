"""What every `TransitionStore` promises (K3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.accounts.account import AccountId
from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.suggesting.outlook.move import Move, Place, State, Transition
from tests.contract.material import START, after
from tests.contract.records import Records

HERE = State(stage=Stage.RENEWAL, band=Band.WATCH)
THERE = State(stage=Stage.RENEWAL, band=Band.HEALTHY)


def moved(
    to: Place = THERE, *, account: str = "甲", minutes: int = 0, action: str | None = None, source: str = "crm"
) -> Transition:
    return Transition(
        account_id=AccountId(account),
        move=Move(before=HERE, action=action, after=to),
        at=after(minutes),
        source=source,
    )


def add(records: Records, *transitions: Transition) -> list[bool]:
    with records.transactions.begin() as transaction:
        return [records.transitions.add(transaction, one) for one in transitions]


def test_moves_come_back_as_they_went_in_oldest_first(records: Records) -> None:
    kept = [moved(action="复盘"), moved(ContractEnd.EXPANDED, minutes=5), moved(minutes=9)]
    assert add(records, *reversed(kept)) == [True, True, True]
    assert list(records.transitions.of(AccountId("甲"))) == kept
    assert list(records.transitions.of(AccountId("甲"), 2)) == kept[1:]
    assert list(records.transitions.of(AccountId("乙"))) == []


def test_the_same_move_is_kept_once(records: Records) -> None:
    first = moved()
    same_moment = replace(first, at=first.at.astimezone())
    others = [moved(minutes=1), moved(account="乙"), moved(action="复盘"), moved(source="other")]
    assert add(records, first, same_moment, *others) == [True, False, True, True, True, True]
    assert records.transitions.size() == 5


def test_moves_are_counted_over_all_accounts(records: Records) -> None:
    assert (records.transitions.counts(), records.transitions.size()) == ({}, 0)
    add(records, moved(), moved(account="乙"), moved(action="复盘"), moved(ContractEnd.CHURNED, minutes=3))
    assert records.transitions.counts() == {
        moved().move: 2,
        moved(action="复盘").move: 1,
        moved(ContractEnd.CHURNED).move: 1,
    }


def test_a_move_is_kept_with_its_transaction_or_not_at_all(records: Records) -> None:
    def failing() -> None:
        with records.transactions.begin() as transaction:
            records.transitions.add(transaction, moved())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert records.transitions.size() == 0
    assert moved().at == START
