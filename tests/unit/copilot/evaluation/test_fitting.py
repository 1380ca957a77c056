"""Fitting a calibration to questions with known answers."""

from __future__ import annotations

import pytest

from copilot.answering.calibration import SIGNALS
from copilot.errors import InvalidRequest
from copilot.evaluation.fitting import Sample, fit
from tests.unit.copilot.answering_standins import CALIBRATION


def sample(near: float, *, answerable: bool, fact_missing: float = 0.0, with_questions: bool = True) -> Sample:
    return Sample(
        signals=dict.fromkeys(SIGNALS, 0.0) | {"near": near, "fact_missing": fact_missing},
        answerable=answerable,
        with_questions=with_questions,
    )


def apart(with_questions: bool = True) -> list[Sample]:
    """Answerable questions stand at 3 to 5, others at 0 to 2."""
    return [
        sample((n % 20) / 10 + (3 if answerable else 0), answerable=answerable, with_questions=with_questions)
        for n in range(40)
        for answerable in (True, False)
    ]


def test_questions_that_lie_apart_are_told_apart() -> None:
    fitted = fit(apart(), CALIBRATION)

    scores = {one.answerable: fitted.confidence(one.signals, with_questions=True) for one in apart()}
    assert scores[False] < fitted.threshold <= scores[True]


def test_what_the_samples_do_not_tell_about_stays() -> None:
    fitted = fit(apart(), CALIBRATION)

    assert fitted.without_questions == CALIBRATION.without_questions
    assert fitted.with_questions != CALIBRATION.with_questions
    assert fitted.other_subject == CALIBRATION.other_subject


def test_a_signal_that_points_the_wrong_way_is_left_out() -> None:
    upside_down = [
        sample(one.signals["near"], answerable=one.answerable, fact_missing=one.answerable) for one in apart()
    ]

    assert set(fit(upside_down, CALIBRATION).with_questions.weights) == {"near"}


def test_too_few_questions_of_a_kind_are_refused_with_their_number() -> None:
    with pytest.raises(InvalidRequest, match="40 and 0"):
        fit([one for one in apart() if one.answerable], CALIBRATION)
