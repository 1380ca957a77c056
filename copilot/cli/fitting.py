"""`evaluate --fit`: fit the confidence of answers to this home and these questions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

import numpy as np

from copilot.answering.calibration import CALIBRATION_FILE, Calibration, as_json, calibration_of
from copilot.answering.question import Question
from copilot.bootstrap import open_application
from copilot.cli.output import errors, progress_bar
from copilot.evaluation.case import BadCase, Case
from copilot.evaluation.fitting import Sample, fit
from copilot.evaluation.metrics import auc
from copilot.people.person import OWNER
from copilot.settings import Settings
from knowledge.errors import ReportableError


def fit_home(settings: Settings, cases: Sequence[Case | BadCase]) -> dict[str, object]:
    """Fit and keep the calibration; returns what changed. Answers use it from the next start on.

    Raises:
        IndexLocked: a copilot runs on this home.
        InvalidRequest: there are too few questions of one kind.
        NothingIngested: there is no index yet.
    """
    before = calibration_of(settings.home)
    with open_application(settings) as application, progress_bar("Reading questions") as advance:
        samples: list[Sample] = []
        for number, case in enumerate(cases, start=1):
            advance(number, len(cases), case.id)
            if isinstance(case, Case):
                question = Question(text=case.question, person=OWNER)
                try:
                    passages = application.retriever.strict().retrieve(question.query())
                except ReportableError as error:
                    if not samples:
                        raise
                    errors.print(f"{case.id}: {error.message}", markup=False)
                    continue
                if passages:
                    signals, with_questions = application.answerability.signals(question, passages)
                    samples.append(Sample(signals=signals, answerable=case.answerable, with_questions=with_questions))
    after = fit(samples, before)
    with tempfile.NamedTemporaryFile("w", dir=settings.home, delete=False, encoding="utf-8") as file:
        file.write(as_json(after))
    os.replace(file.name, settings.home / CALIBRATION_FILE)
    return {
        "questions": len(samples),
        "before": _judged(before, samples),
        "after": _judged(after, samples),
        "file": str(settings.home / CALIBRATION_FILE),
    }


def _judged(calibration: Calibration, samples: Sequence[Sample]) -> dict[str, float | None]:
    """Return how the confidence tells the samples apart; on the samples it was fitted to, so a little too good."""
    scores = np.array([calibration.confidence(s.signals, with_questions=s.with_questions) for s in samples])
    answerable = np.array([sample.answerable for sample in samples], dtype=bool)
    refused = scores < calibration.threshold
    return {
        "threshold": round(calibration.threshold, 3),
        "auc": round(float(auc(scores, answerable, np.ones((1, len(samples))))[0]), 3),
        "refusal_precision": round(float((~answerable)[refused].mean()), 3) if refused.any() else None,
        "refusal_recall": round(float(refused[~answerable].mean()), 3),
    }
