"""Rows → report: every figure with its number of questions and its interval, overall and per group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import isnan
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from copilot.errors import InvalidRequest
from copilot.evaluation.bootstrap import RESAMPLES, Interval, intervals
from copilot.evaluation.measures import MEASURES, counts, curve_rows, statistic
from copilot.evaluation.metrics import risk_coverage
from copilot.evaluation.row import Row

#: Raised when a key changes its meaning or goes away.
SCHEMA_VERSION: Literal[1] = 1

Dimension = Literal["language", "difficulty", "kind", "set"]
DIMENSIONS: tuple[Dimension, ...] = ("language", "difficulty", "kind", "set")


class _Shape(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False)


class Estimate(_Shape):
    """A figure with its 95 % interval and the number of questions it rests on; None where there are none."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class CurvePoint(_Shape):
    """Answering all questions at or above `confidence`: the share answered, and the share of these not supported."""

    confidence: float
    coverage: float
    risk: float


class Curve(_Shape):
    """Risk against coverage; `coverage` and `risk` are those of the copilot as it is set now."""

    points: list[CurvePoint]
    coverage: float
    risk: float | None


class Latency(_Shape):
    """Milliseconds of one stage."""

    p50: float
    p95: float
    n: int


class Setup(_Shape):
    """What was asked, of what, and how."""

    version: str
    embedding_model: str | None = None
    chat_model: str | None = None
    server: bool = False
    documents: int | None = None
    k: int
    search_only: bool = False
    sample: int | None = None
    seed: int = 0
    resamples: int = RESAMPLES


class Report(_Shape):
    """The result of one evaluation; error rows count in `errors` and in no figure."""

    schema_version: Literal[1] = SCHEMA_VERSION
    created_at: datetime
    setup: Setup
    questions: int
    errors: int
    overall: dict[str, Estimate]
    groups: dict[Dimension, dict[str, dict[str, Estimate]]]
    curve: Curve | None
    latency_ms: dict[str, Latency]
    missed: list[str] | None = None
    rows: list[Row]


def make_report(rows: Sequence[Row], setup: Setup, created_at: datetime) -> Report:
    """Estimate everything."""
    judged = [row for row in rows if row.error is None]
    return Report(
        created_at=created_at,
        setup=setup,
        questions=len(rows),
        errors=len(rows) - len(judged),
        overall=estimates(judged, setup.seed, setup.resamples),
        groups={
            dimension: {
                value: estimates(
                    [row for row in judged if getattr(row, dimension) == value], setup.seed, setup.resamples
                )
                for value in sorted({getattr(row, dimension) for row in judged} - {None})
            }
            for dimension in DIMENSIONS
        },
        curve=_curve(judged),
        latency_ms=_latency(judged),
        rows=[row.without_people() for row in rows],
    )


def estimates(rows: Sequence[Row], seed: int, resamples: int = RESAMPLES) -> dict[str, Estimate]:
    """Estimate all measures that at least one row has."""
    found = intervals(statistic(rows), len(rows), seed=seed, resamples=resamples)
    return {
        measure.key: estimate(interval, n)
        for measure, interval, n in zip(MEASURES, found, counts(rows), strict=True)
        if n
    }


def estimate(interval: Interval, n: int) -> Estimate:
    """Round an interval; NaN becomes None."""
    value, low, high = (None if isnan(x) else round(x, 4) for x in (interval.value, interval.low, interval.high))
    return Estimate(value=value, low=low, high=high, n=n)


def read_report(data: bytes, name: str) -> Report:
    """Read a report that was written before.

    Raises:
        InvalidRequest: it is none, or one of another schema.
    """
    try:
        return Report.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "file"
        raise InvalidRequest(
            f"{name!r} is no evaluation report of schema {SCHEMA_VERSION} (key {key!r}: {first['msg'].lower()}). Write "
            "it with `copilot evaluate --out FOLDER`."
        ) from error


def _curve(rows: Sequence[Row]) -> Curve | None:
    used = curve_rows(rows)
    if not used:
        return None
    scores = np.array([row.confidence for row in used], dtype=np.float64)
    supported = np.array([bool(row.supported) for row in used])
    answered = np.array([row.status != "abstained" for row in used])
    points = risk_coverage(scores, supported)
    return Curve(
        points=[CurvePoint(confidence=c, coverage=round(x, 4), risk=round(y, 4)) for c, x, y in points],
        coverage=round(float(answered.mean()), 4),
        risk=round(float((~supported[answered]).mean()), 4) if answered.any() else None,
    )


def _latency(rows: Sequence[Row]) -> dict[str, Latency]:
    # In the order of the longest journey, so that an abstention first in line does not shuffle the stages.
    stages = dict.fromkeys(s for row in sorted(rows, key=lambda r: -len(r.timings_ms)) for s in row.timings_ms)
    latencies = {}
    for stage in stages:
        times = [row.timings_ms[stage] for row in rows if stage in row.timings_ms]
        p50, p95 = np.percentile(times, [50, 95])
        latencies[stage] = Latency(p50=round(float(p50), 1), p95=round(float(p95), 1), n=len(times))
    return latencies
