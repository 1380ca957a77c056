"""Report → what is kept of it: figures, groups, confusion, and the questions it went worst with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from copilot.evaluation.report import Report
from copilot.evaluation.row import Row

#: Questions that are kept by name; the whole report is written by `--out`.
WORST = 60
_LONGEST = 500


def kept_of(report: Report) -> dict[str, Any]:
    """Return plain values in the form of `copilot/interfaces/evaluation_contract.py`."""
    setup = report.setup
    return {
        "at": report.created_at,
        "sets": sorted({row.set for row in report.rows})[:50],
        "questions": report.questions,
        "errors": report.errors,
        "version": setup.version,
        "embedding_model": setup.embedding_model,
        "chat_model": setup.chat_model,
        "documents": setup.documents,
        "search_only": setup.search_only,
        "sample": setup.sample,
        "figures": {key: estimate.model_dump() for key, estimate in report.overall.items()},
        "confusion": confusion(report.rows),
        "groups": {
            dimension: {
                value[:_LONGEST]: {key: estimate.model_dump() for key, estimate in figures.items()}
                for value, figures in list(values.items())[:50]
            }
            for dimension, values in report.groups.items()
        },
        "latency_p50_ms": {stage: latency.p50 for stage, latency in list(report.latency_ms.items())[:40]},
        "worst": [_worst(row) for row in worst(report.rows)],
    }


def confusion(rows: Sequence[Row]) -> dict[str, int]:
    """Count what became of questions that have an answer, and of those that have none."""
    counts = dict.fromkeys(
        (
            "answerable_right",
            "answerable_wrong",
            "answerable_abstained",
            "unanswerable_answered",
            "unanswerable_abstained",
        ),
        0,
    )
    for row in rows:
        if row.answerable is None or row.status is None:
            continue
        abstained = row.status == "abstained"
        if not row.answerable:
            counts["unanswerable_abstained" if abstained else "unanswerable_answered"] += 1
        elif abstained:
            counts["answerable_abstained"] += 1
        else:
            counts["answerable_right" if row.right else "answerable_wrong"] += 1
    return counts


def worst(rows: Sequence[Row]) -> list[Row]:
    """Return rows that went wrong: answers to what has none first, then wrong ones, refusals, and what failed."""
    wrong = [row for row in rows if row.error is not None or row.right is False]
    return sorted(wrong, key=_badness)[:WORST]


def _badness(row: Row) -> tuple[int, float]:
    if row.error is not None:
        return 3, 0.0
    confident = -(row.confidence or 0.0)
    if row.status == "abstained":
        return 2, -confident
    return (0 if row.answerable is False else 1), confident


def _worst(row: Row) -> dict[str, Any]:
    ranks = [rank for rank in row.ranks if rank is not None]
    return {
        "set": row.set[:_LONGEST],
        "id": row.id[:_LONGEST],
        "question": row.question[:2_000],
        "answerable": row.answerable,
        "status": row.status,
        "rank": min(ranks, default=None),
        "missing": [point[:_LONGEST] for point in row.points_missing[:20]],
        "error": row.error.code if row.error else None,
    }
