"""What is kept of a report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from copilot.evaluation.keeping import WORST, confusion, kept_of, worst
from copilot.evaluation.report import Setup, make_report
from copilot.evaluation.row import Fault, Row
from copilot.interfaces.evaluation_contract import EvaluationBody


def row(id: str, **values: Any) -> Row:
    return Row(**({"set": "s", "id": id, "question": f"问{id}", "measures": {"right": (1.0, 1.0)}} | values))


ROWS = [
    row("good", answerable=True, status="answered", right=True, ranks=[2, 1]),
    row("wrong", answerable=True, status="answered", right=False, ranks=[None], points_missing=["价格"]),
    row("declined", answerable=True, status="abstained", right=False, ranks=[7]),
    row("sure", answerable=False, status="answered", right=False, confidence=0.9),
    row("unsure", answerable=False, status="answered", right=False, confidence=0.2),
    row("fine", answerable=False, status="abstained", right=True),
    row("broken", error=Fault(code="internal_error", message="x")),
]


def test_what_became_of_questions_is_counted() -> None:
    assert confusion(ROWS) == {
        "answerable_right": 1,
        "answerable_wrong": 1,
        "answerable_abstained": 1,
        "unanswerable_answered": 2,
        "unanswerable_abstained": 1,
    }


def test_answers_to_what_has_none_are_worst_the_surest_first() -> None:
    assert [one.id for one in worst(ROWS)] == ["sure", "unsure", "wrong", "declined", "broken"]
    assert len(worst([row(str(n), right=False) for n in range(WORST + 5)])) == WORST


def test_a_report_is_kept_in_the_form_of_the_contract() -> None:
    setup = Setup(version="1", embedding_model="m", k=10, resamples=10)
    kept = EvaluationBody.model_validate(kept_of(make_report(ROWS, setup, datetime(2026, 1, 2, tzinfo=UTC))))
    assert (kept.sets, kept.questions, kept.errors, kept.embedding_model) == (["s"], 7, 1, "m")
    assert kept.figures["right"].n == 6
    assert [(one.id, one.rank, one.missing) for one in kept.worst][2:4] == [
        ("wrong", None, ["价格"]),
        ("declined", 7, []),
    ]
