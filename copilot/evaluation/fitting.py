"""Questions with known answers → a calibration for `copilot.answering.answerability`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from copilot.answering.calibration import SIGNALS, Calibration, Coefficients
from copilot.errors import InvalidRequest

#: What a larger value must mean; a signal that comes out the other way round was fitted to chance and is left out.
_SIGN = {"near": 1, "asked_before": 1, "names_missing": -1, "fact_missing": -1, "subject_missing": -1}
_LEAST = 20  # of each class
_STRENGTH = 0.1  # inverse of the ridge penalty on standardised signals: few questions, so cautious weights
#: Refusing an answerable question costs as much as answering so many that cannot be: see decisions/0008.
_REFUSALS_PER_ERROR = 3.0


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One question: what was seen and whether the index answers it."""

    signals: Mapping[str, float]
    answerable: bool
    with_questions: bool


def fit(samples: Sequence[Sample], before: Calibration) -> Calibration:
    """Fit what the samples tell about and keep the rest of `before`.

    The threshold maximises right refusals minus wrong ones times `_REFUSALS_PER_ERROR`, both as shares of their class.

    Raises:
        InvalidRequest: there are too few questions of one kind.
    """
    count = sum(sample.answerable for sample in samples)
    if min(count, len(samples) - count) < _LEAST:
        raise InvalidRequest(
            f"Fitting needs {_LEAST} questions or more that the index answers and as many that it does not; there are "
            f"{count} and {len(samples) - count}. Name more files."
        )
    fitted = {
        kind: _coefficients([sample for sample in samples if sample.with_questions == kind]) for kind in (True, False)
    }
    calibration = Calibration(
        with_questions=fitted[True] or before.with_questions,
        without_questions=fitted[False] or before.without_questions,
        threshold=before.threshold,
        other_subject=before.other_subject,
    )
    return Calibration(**vars(calibration) | {"threshold": _threshold(samples, calibration)})


def _coefficients(samples: Sequence[Sample]) -> Coefficients | None:
    from sklearn.linear_model import LogisticRegression

    answerable = np.array([sample.answerable for sample in samples], dtype=bool)
    if min(answerable.sum(), (~answerable).sum()) < _LEAST:
        return None
    names = [name for name in SIGNALS if len({sample.signals[name] for sample in samples}) > 1]
    while True:
        values = np.array([[sample.signals[name] for name in names] for sample in samples])
        mean, spread = values.mean(axis=0), values.std(axis=0)
        model = LogisticRegression(C=_STRENGTH, class_weight="balanced").fit((values - mean) / spread, answerable)
        weights = model.coef_[0] / spread
        wrong = [name for name, weight in zip(names, weights, strict=True) if weight * _SIGN[name] < 0]
        if not wrong:
            return Coefficients(
                intercept=float(model.intercept_[0] - weights @ mean),
                weights={name: float(weight) for name, weight in zip(names, weights, strict=True)},
            )
        names = [name for name in names if name not in wrong]


def _threshold(samples: Sequence[Sample], calibration: Calibration) -> float:
    scores = np.array([calibration.confidence(s.signals, with_questions=s.with_questions) for s in samples])
    answerable = np.array([sample.answerable for sample in samples], dtype=bool)
    candidates = np.linspace(0.05, 0.95, 91)
    gain = [
        (scores[~answerable] < one).mean() - _REFUSALS_PER_ERROR * (scores[answerable] < one).mean()
        for one in candidates
    ]
    return float(candidates[int(np.argmax(gain))])
