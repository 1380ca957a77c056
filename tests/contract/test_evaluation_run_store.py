"""What an `EvaluationRunStore` promises."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine

from copilot.adapters.sql.evaluation_run_store import SqlEvaluationRunStore
from copilot.curating.evaluation_run import EvaluationRun
from tests.contract.material import after


def test_runs_come_back_the_newest_first_and_are_kept_once(engine: Engine) -> None:
    store = SqlEvaluationRunStore(engine)
    first = EvaluationRun(id="a", at=after(0), person="shen", summary={"sets": ["kept"]}, detail='{"worst": []}')
    later = replace(first, id="b", at=after(5), summary={"sets": ["ours"]})
    for run in (first, later, replace(first, person="wen")):
        store.add(run)
    assert store.list(9) == [replace(later, detail=""), replace(first, detail="")]
    assert [run.id for run in store.list(1)] == ["b"]
    assert store.get("a") == first
    assert store.get("c") is None
