"""Records that change leave moves behind (K3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from copilot.accounts.account import AccountId
from copilot.accounts.service import AccountService
from copilot.audit.surface import Surface
from copilot.suggesting.outlook.move import Move
from copilot.suggesting.outlook.recording import TransitionRecorder
from tests.doubles.approval import InMemoryAccountStore
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.transitions import InMemoryTransitionStore
from tests.unit.copilot.drafting_standins import WANG
from tests.unit.copilot.suggesting.outlook_standins import CHURNED, EXPANDED, RENEWED, START, at, band_of, move


def moves(*records: Mapping[str, object], action: str | None = None) -> list[Move]:
    """Put records of one account in a row and return what was kept."""
    database = InMemoryDatabase()
    times = iter(START + timedelta(days=n) for n in range(100))
    store = InMemoryTransitionStore(database)
    service = AccountService(
        store=InMemoryAccountStore(database),
        transactions=InMemoryTransactions(database),
        audit=InMemoryAuditLog(database),
        observers=[TransitionRecorder(store, band_of, lambda _: action)],
        now=lambda: next(times),
    )
    for record in records:
        service.put(record, person=WANG, surface=Surface.HTTP, id="a1")
    kept = store.of(AccountId("a1"))
    assert all(one.source == "record" for one in kept)
    return [one.move for one in kept]


def record(stage: str = "growth", band: str = "watch", **facts: object) -> dict[str, object]:
    return {"stage": stage, "health_band": band} | facts


def test_a_new_record_has_made_no_move() -> None:
    assert moves(record()) == []


def test_a_changed_stage_and_a_changed_band_are_moves() -> None:
    assert moves(record(), record(band="risk"), record("renewal", "risk")) == [
        move(at("growth"), at("growth", "risk")),
        move(at("growth", "risk"), at("renewal", "risk")),
    ]


def test_what_stays_is_no_move() -> None:
    assert moves(record(), record(nps=3), record(nps=9)) == []


def test_a_record_that_had_no_stage_made_no_move() -> None:
    assert moves({"name": "甲"}, record(), {"name": "甲"}) == []


def test_the_action_before_it_is_kept_with_the_move() -> None:
    assert moves(record(), record("renewal"), action="review") == [move(at("growth"), at("renewal"), "review")]


@pytest.mark.parametrize(("written", "end"), [("续约", RENEWED), ("增购", EXPANDED), ("churned", CHURNED)])
def test_an_outcome_is_the_end_of_a_contract(written: str, end: object) -> None:
    found = moves(record("renewal"), record("renewal", contract_outcome=written))
    assert found == [move(at("renewal"), end)]  # type: ignore[arg-type]  # a place


def test_an_outcome_is_news_once_and_life_goes_on() -> None:
    renewed = {"contract_outcome": "renewed"}
    assert moves(record("renewal"), record("renewal", **renewed), record(**renewed), record("renewal")) == [
        move(at("renewal"), RENEWED),
        move(at("renewal"), at("growth")),
        move(at("growth"), at("renewal")),
    ]


def test_who_has_gone_moves_no_more() -> None:
    gone = {"contract_outcome": "churned"}
    found = moves(record(), record(**gone), record("renewal", "risk", **gone), record("onboarding"), record("adoption"))
    assert found == [move(at("growth"), CHURNED), move(at("onboarding"), at("adoption"))]
