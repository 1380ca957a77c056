"""The measures a report holds, and the one function from rows to all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from copilot.evaluation.bootstrap import Statistic
from copilot.evaluation.metrics import Floats, auc, aurc
from copilot.evaluation.row import Row


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure between 0 and 1; larger is better unless told."""

    key: str
    label: str
    smaller_is_better: bool = False


#: Sums of parts by sums of wholes.
RATIOS = (
    Measure(key="right", label="questions handled right"),
    Measure(key="hit@1", label="evidence in the first passage"),
    Measure(key="hit@3", label="evidence in the first 3"),
    Measure(key="hit@5", label="evidence in the first 5"),
    Measure(key="hit@10", label="evidence in the first 10"),
    Measure(key="mrr@10", label="MRR@10"),
    Measure(key="ndcg@10", label="nDCG@10"),
    Measure(key="all_evidence@5", label="all evidence in the first 5 (several needed)"),
    Measure(key="citation_precision", label="citations that are evidence"),
    Measure(key="answer_points", label="answer points covered (automatic lower bound)"),
    Measure(key="grounding", label="sentences grounded"),
    Measure(key="verbatim", label="quotes verbatim"),
    Measure(key="figures", label="figures that stand in their quote"),
    Measure(key="refusal_precision", label="refusal precision"),
    Measure(key="refusal_recall", label="refusal recall"),
    Measure(key="refusal_f1", label="refusal F1"),
)
#: Made from scores, not from sums.
AUC = Measure(key="refusal_auc", label="AUC of the confidence (answerable or not)")
AURC = Measure(key="aurc", label="area under risk-coverage (smaller is better)", smaller_is_better=True)
MEASURES = (*RATIOS, AUC, AURC)


def statistic(rows: Sequence[Row]) -> Statistic:
    """Return the function from weights (resamples, n) to all measures (resamples, m), in the order of `MEASURES`."""
    parts = np.zeros((len(rows), len(RATIOS)))
    wholes = np.zeros((len(rows), len(RATIOS)))
    for line, row in enumerate(rows):
        for column, measure in enumerate(RATIOS):
            parts[line, column], wholes[line, column] = row.measures.get(measure.key, (0.0, 0.0))
    told = np.flatnonzero([_has_auc(row) for row in rows])
    curve = np.flatnonzero([_has_curve(row) for row in rows])
    scores = np.array([np.nan if row.confidence is None else row.confidence for row in rows])
    answerable = np.array([bool(row.answerable) for row in rows])
    supported = np.array([bool(row.supported) for row in rows])

    def measured(weights: Floats) -> Floats:
        sums = weights @ wholes
        ratios = np.divide(weights @ parts, sums, out=np.full(sums.shape, np.nan), where=sums > 0)
        of_scores = auc(scores[told], answerable[told], weights[:, told])
        of_curve = aurc(scores[curve], supported[curve], weights[:, curve])
        return np.column_stack([ratios, of_scores, of_curve])

    return measured


def counts(rows: Sequence[Row]) -> list[int]:
    """Return how many questions each measure rests on, in the order of `MEASURES`."""
    of_ratios = [sum(measure.key in row.measures for row in rows) for measure in RATIOS]
    return [*of_ratios, sum(map(_has_auc, rows)), sum(map(_has_curve, rows))]


def curve_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the rows the risk-coverage curve is made of."""
    return [row for row in rows if _has_curve(row)]


def _has_auc(row: Row) -> bool:
    return row.confidence is not None and row.answerable is not None


def _has_curve(row: Row) -> bool:
    return row.confidence is not None and row.supported is not None
