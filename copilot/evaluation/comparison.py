"""Two reports on the same questions: what changed, how sure that is, and which questions got better or worse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from copilot.errors import InvalidRequest
from copilot.evaluation.bootstrap import RESAMPLES, intervals
from copilot.evaluation.measures import MEASURES, counts, statistic
from copilot.evaluation.metrics import Floats, reciprocal_rank
from copilot.evaluation.report import DIMENSIONS, Dimension, Estimate, Report, Setup, estimate
from copilot.evaluation.row import Row


class Difference(BaseModel):
    """A measure in both reports and the second minus the first, on the questions of both; None where undefined."""

    first: float | None
    second: float | None
    difference: Estimate


class Change(BaseModel):
    """A question that got better or worse; `why` in a few words."""

    set: str
    id: str
    question: str
    why: str


class Comparison(BaseModel):
    """The second report against the first; `left_out` counts questions only one has, words differently or failed on."""

    schema_version: Literal[1] = 1
    questions: int
    left_out: int
    notices: list[str]
    overall: dict[str, Difference]
    groups: dict[Dimension, dict[str, dict[str, Difference]]]
    better: list[Change]
    worse: list[Change]


def compare(first: Report, second: Report, *, seed: int = 0, resamples: int = RESAMPLES) -> Comparison:
    """Compare by paired bootstrap: both reports are measured on the same resampled questions.

    Raises:
        InvalidRequest: the reports share no question.
    """
    before = {row.key: row for row in first.rows if row.error is None}
    after = {row.key: row for row in second.rows if row.error is None}
    keys = [key for key, row in before.items() if key in after and row.question == after[key].question]
    if not keys:
        raise InvalidRequest("The two reports share no question. Compare reports on the same files.")
    pairs = [(before[key], after[key]) for key in keys]
    changes = [(pair, _change(*pair)) for pair in pairs]
    everything = {row.key for report in (first, second) for row in report.rows}
    return Comparison(
        questions=len(pairs),
        left_out=len(everything) - len(pairs),
        notices=_notices(first.setup, second.setup),
        overall=_differences(pairs, seed, resamples),
        groups={
            dimension: {
                value: _differences([p for p in pairs if getattr(p[0], dimension) == value], seed, resamples)
                for value in sorted({getattr(row, dimension) for row, _ in pairs} - {None})
            }
            for dimension in DIMENSIONS
        },
        better=[_told(pair, why) for pair, (sign, why) in changes if sign > 0],
        worse=[_told(pair, why) for pair, (sign, why) in changes if sign < 0],
    )


def _notices(first: Setup, second: Setup) -> list[str]:
    """Tell what else differs between the two runs than the answers."""
    names = [name for name in Setup.model_fields if getattr(first, name) != getattr(second, name)]
    return [f"{name}: {getattr(first, name)} in the first, {getattr(second, name)} in the second" for name in names]


def _differences(pairs: Sequence[tuple[Row, Row]], seed: int, resamples: int) -> dict[str, Difference]:
    rows_before, rows_after = [a for a, _ in pairs], [b for _, b in pairs]
    before, after = statistic(rows_before), statistic(rows_after)
    # Questions answered in one report only still belong to both sides of a ratio, so the larger count is told.
    n = [max(a, b) if a and b else 0 for a, b in zip(counts(rows_before), counts(rows_after), strict=True)]

    def changed(weights: Floats) -> Floats:
        return after(weights) - before(weights)

    found = intervals(changed, len(pairs), seed=seed, resamples=resamples)
    differences = [estimate(interval, count) for interval, count in zip(found, n, strict=True)]
    firsts, seconds = _values(rows_before), _values(rows_after)
    return {
        measure.key: Difference(first=a, second=b, difference=difference)
        for measure, a, b, difference in zip(MEASURES, firsts, seconds, differences, strict=True)
        if difference.n
    }


def _values(rows: Sequence[Row]) -> list[float | None]:
    found = intervals(statistic(rows), len(rows), seed=0, resamples=1)
    return [estimate(interval, len(rows)).value for interval in found]


def _change(before: Row, after: Row) -> tuple[float, str]:
    """Return the sign of the change and what changed: first whether it was handled right, then the first rank."""
    if before.right is not None and after.right is not None and before.right != after.right:
        return (1 if after.right else -1), f"{_outcome(before)} → {_outcome(after)}"
    change = reciprocal_rank(after.ranks, 10) - reciprocal_rank(before.ranks, 10)
    return change, f"first evidence at {_rank(before)} → {_rank(after)}"


def _outcome(row: Row) -> str:
    return f"{row.status or 'searched'} {'right' if row.right else 'wrong'}"


def _rank(row: Row) -> str:
    found = [rank for rank in row.ranks if rank is not None]
    return str(min(found)) if found else "none"


def _told(pair: tuple[Row, Row], why: str) -> Change:
    row = pair[1]
    return Change(set=row.set, id=row.id, question=row.question, why=why)
