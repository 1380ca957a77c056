from __future__ import annotations

import logging

import pytest

from copilot.errors import InvalidRequest, ServerUnavailable
from copilot.evaluation.case import BadCase, Case
from copilot.evaluation.observation import Observation
from copilot.evaluation.runner import run
from knowledge.errors import InvalidQuery, NothingIngested
from tests.unit.copilot.evaluation.evaluation_samples import EVIDENCE, case, seen


def failing_at(**faults: Exception) -> object:
    def observe(one: Case) -> Observation:
        if one.id in faults:
            raise faults[one.id]
        return seen(EVIDENCE)

    return observe


def test_one_row_per_case_in_order_whatever_happens(caplog: pytest.LogCaptureFixture) -> None:
    cases = [
        BadCase(set="s", id="line-1", error=InvalidRequest("Line 1 is not JSON.")),
        case(id="empty"),
        case(id="good"),
        case(id="gone"),
        case(id="bug"),
        case(id="last"),
    ]
    told: list[tuple[int, int, str]] = []
    observe = failing_at(empty=InvalidQuery("empty"), gone=ServerUnavailable("gone"), bug=KeyError("secret"))
    rows = run(cases, observe, 10, lambda *args: told.append(args))  # type: ignore[arg-type]
    assert [row.id for row in rows] == ["line-1", "empty", "good", "gone", "bug", "last"]
    codes = [row.error.code if row.error else None for row in rows]
    assert codes == ["invalid_request", "invalid_question", None, "server_unavailable", "internal_error", None]
    assert rows[4].error is not None
    assert "secret" not in rows[4].error.message
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "secret" in caplog.text
    assert rows[3].question == "谁来续费"
    assert told[-1] == (6, 6, "last")


def test_without_an_index_the_run_cannot_be_carried_out() -> None:
    with pytest.raises(NothingIngested):
        run([case()], failing_at(q=NothingIngested("none")), 10)  # type: ignore[arg-type]
