"""The coefficients behind the confidence of an answer: shipped, or fitted for one home by `copilot evaluate --fit`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from copilot.errors import ConfigurationError

CALIBRATION_FILE = "calibration.json"

#: In the order in which files name them.
SIGNALS = (
    "near",  # best chunk above the background, in its spreads
    "asked_before",  # best written question above the background; 0 without one
    "names_missing",  # names and numbers of the question that no passage holds
    "fact_missing",  # 1 when a kind of fact is asked for that no quote holds
    "subject_missing",  # 1 when what is to be counted or named is not mentioned in any passage
)


@dataclass(frozen=True, kw_only=True)
class Coefficients:
    """Of the logit; signals that are not named weigh nothing."""

    intercept: float
    weights: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Coefficients for an index with written questions and for one without, and from where on we answer."""

    with_questions: Coefficients
    without_questions: Coefficients
    threshold: float  #: answers at or above this confidence
    other_subject: float  #: nearer than this many spreads to the background it is about something else altogether

    def confidence(self, signals: Mapping[str, float], *, with_questions: bool) -> float:
        """Return the probability (0-1) that the question can be answered."""
        used = self.with_questions if with_questions else self.without_questions
        logit = used.intercept + sum(weight * signals[name] for name, weight in used.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def shipped_calibration() -> Calibration:
    """Return the calibration that ships with the product, fitted on text of our own only."""
    file = resources.files("copilot.answering").joinpath("calibration.json")
    return read_calibration(file.read_text("utf-8"))


def read_calibration(text: str) -> Calibration:
    """Read a calibration.

    Raises:
        ConfigurationError: the file is not one.
    """
    try:
        data = json.loads(text)
        return Calibration(
            with_questions=_coefficients(data["with_questions"]),
            without_questions=_coefficients(data["without_questions"]),
            threshold=float(data["threshold"]),
            other_subject=float(data["other_subject"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"The calibration cannot be read ({error}). Remove it, or make it anew with `copilot evaluate --fit`."
        ) from error


def calibration_of(home: Path) -> Calibration:
    """Return the calibration fitted for this home, else the shipped one.

    Raises:
        ConfigurationError: there is one and it cannot be read.
    """
    file = home / CALIBRATION_FILE
    return read_calibration(file.read_text("utf-8")) if file.is_file() else shipped_calibration()


def _coefficients(data: Mapping[str, object]) -> Coefficients:
    weights = data["weights"]
    if not isinstance(weights, dict) or not set(weights) <= set(SIGNALS):
        raise ValueError(f"the signals are {weights!r}; known are {', '.join(SIGNALS)}")
    return Coefficients(intercept=float(str(data["intercept"])), weights={k: float(v) for k, v in weights.items()})


def as_json(calibration: Calibration) -> str:
    """Return what `read_calibration` reads."""
    return json.dumps(asdict(calibration), indent=2) + "\n"
