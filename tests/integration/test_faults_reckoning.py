"""The study of faults finds what it looks for: what is missing, there twice, or sent without an approval."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from sqlalchemy import Engine, insert

from copilot.adapters.sql.tables import accounts, decisions, deliveries, drafts
from tests.contract.material import START
from tests.databases import open_tables
from tests.doubles.webhook_receiver import Received
from tests.studies.faulty.reckoning import reckon
from tests.studies.faulty.scene import Scene
from tests.studies.faulty.traffic import Ledger


def _answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"faults": [], "status": "finished"})


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    """As much of a scene as is reckoned with."""
    url = f"sqlite:///{tmp_path / 'copilot.db'}"
    open_tables(url).dispose()
    with httpx.Client(transport=httpx.MockTransport(_answer), base_url="http://copilot") as client:
        made = SimpleNamespace(database=url, home=tmp_path, receiver=SimpleNamespace(received=[]), client=client)
        yield cast(Scene, made)


def _draft(id: str, account: str) -> dict[str, object]:
    return {"id": id, "kind": "customer_message", "language": "zh", "account_id": account, "created_by": "lin",
            "created_at": START, "revision": 1, "status": "approved", "updated_at": START}  # fmt: skip


def _decision(id: str, draft: str) -> dict[str, object]:
    return {"id": id, "draft_id": draft, "revision": 1, "verdict": "approve", "person": "lin", "surface": "http",
            "at": START, "key": id, "findings": []}  # fmt: skip


def _delivery(id: str, draft: str, to: str) -> dict[str, object]:
    return {"id": id, "draft_id": draft, "revision": 1, "channel": "webhook", "destination": to, "status": "sent",
            "attempts": 1, "due_at": START, "requested_by": "lin", "created_at": START}  # fmt: skip


def _fill(engine: Engine) -> None:
    with engine.begin() as rows:
        rows.execute(insert(accounts).values({"id": "a", "type": "account", "facts": {}, "updated_at": START}))
        rows.execute(insert(drafts), [_draft("d1", "a"), _draft("d2", "b"), _draft("d3", "b")])
        rows.execute(insert(decisions), [_decision("x", "d1"), _decision("y", "d2"), _decision("z", "d2")])
        rows.execute(insert(deliveries), [_delivery("sent", "d1", "there"), _delivery("unsent", "d1", "nowhere")])


def test_what_was_acknowledged_and_is_not_there_is_lost_and_what_is_there_twice_is_told(stage: Scene) -> None:
    engine = open_tables(stage.database)
    _fill(engine)
    engine.dispose()
    stage.receiver.received += [
        Received(path="/", headers={"idempotency-key": key}, body=b"") for key in ("sent", "sent", "nobody's")
    ]
    ledger = Ledger(
        accounts=["a", "gone"],
        drafts={"a": "d1", "b": "d2", "c": "d9"},
        approved={"d1", "d2", "d3"},
        deliveries={"sent": "a", "unsent": "a", "never": "a"},
        answers=["unheard"],
        uploads={"lost.md": "i"},
    )
    ledger.acknowledged["accounts"] = 2
    found = reckon(stage, ledger, 0)
    assert set(found.lost) == {
        "account gone",
        "answer unheard",
        "upload lost.md",
        "draft d9",
        "decision on d3",
        "delivery never: gone",
        "delivery unsent: noted as sent and never received",
    }
    assert set(found.twice) == {"2 drafts of b", "2 decisions on d2"}
    assert found.leaked == ["received nobody's, which nobody approved"]
    assert found.again == 1


def test_nothing_is_found_where_nothing_is_wrong(stage: Scene) -> None:
    found = reckon(stage, Ledger(), 0)
    assert (found.lost, found.leaked, found.twice, found.again) == ([], [], [], 0)
