"""The health score of an account: weighted marks of its facts, and two rules that no mark outweighs (D5, D8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from copilot.accounts.account import Account
from copilot.accounts.cadence import CADENCE, Cadence
from copilot.accounts.health import Band, Dimension, Health, HealthModel
from copilot.accounts.marks import ACTIVE_SHARE, MARKERS, Mark, active_share
from copilot.accounts.weights import WEIGHTS, DimensionName, Weights

#: Where the bands begin; ours, as the marks are.
_HEALTHY, _WATCH = 70, 40
_KP_CHANGE_DAYS = 90  #: so long a new person at the customer's may still turn the account (D8)


def health_of(
    account: Account,
    model: HealthModel = "narrow",
    weights: Weights | None = None,
    *,
    cadence: Cadence = CADENCE,
    kp_changed: bool = False,
    language: str = "zh",
) -> Health:
    """Score an account whose facts are as of today (`current.py`); every point has its sentence in `language`.

    A dimension that no fact speaks of is left out, not counted as bad. Falling usage keeps an account in risk whatever
    is said (D5), or in watch while most seats are active; a change of the key person keeps it in watch (D8), also one
    that only the caller knows of (`kp_changed`).
    """
    counted = weights or WEIGHTS[model]
    dimensions = [_dimension(name, account, cadence, language) for name in counted]
    score = _mean([(one.score, counted[name]) for one, name in zip(dimensions, counted, strict=True)])
    if score is not None and (most := _falling(account)) is not None:
        score = min(score, most)
        _tell(dimensions, "usage", _said_falling(most, language))
    if score is not None and (kp_changed or _kp_changed(account)):
        score = min(score, _HEALTHY - 1)
        _tell(dimensions, "relationship", _said_changed(language))
    rounded = None if score is None else round(score, 1)
    return Health(score=rounded, band=band_of(rounded), model=model, dimensions=tuple(dimensions))


def band_of(score: float | None) -> Band:
    """Return where a score lies."""
    if score is None:
        return Band.UNKNOWN
    return Band.HEALTHY if score >= _HEALTHY else Band.WATCH if score >= _WATCH else Band.RISK


def _dimension(name: DimensionName, account: Account, cadence: Cadence, language: str) -> Dimension:
    marks: list[Mark] = [mark for marker in MARKERS[name] for mark in marker(account, cadence)]
    score = _mean([(mark.points, mark.weight) for mark in marks])
    return Dimension(
        name=name,
        score=None if score is None else round(score, 1),
        signals=tuple(mark.sentence(language) for mark in marks),
    )


def _mean(marks: Sequence[tuple[float | None, float]]) -> float | None:
    known = [(points, weight) for points, weight in marks if points is not None and weight > 0]
    total = sum(weight for _, weight in known)
    return sum(points * weight for points, weight in known) / total if total else None


def _falling(account: Account) -> float | None:
    """Return the most that an account may score while its usage falls or has stopped (D5)."""
    trend, share = account.facts.get("usage_trend"), active_share(account)
    if trend == "falling" and share is not None and share >= ACTIVE_SHARE:
        return _HEALTHY - 1
    return _WATCH - 1 if trend in ("falling", "none") else None


def _kp_changed(account: Account) -> bool:
    days = (account.facts.get("days_since_kp_changed"), account.facts.get("days_since_kp_left"))
    return any(isinstance(one, int) and one <= _KP_CHANGE_DAYS for one in days)


def _said_falling(most: float, language: str) -> str:
    if language == "zh":
        return f"使用在下降或停止,总分最高 {most:g} 分,满意度打分不能抬高(D5)"
    return f"Usage falls or has stopped: {most:g} points at most, whatever satisfaction says (D5)"


def _said_changed(language: str) -> str:
    if language == "zh":
        return f"关键人近 {_KP_CHANGE_DAYS} 天内变更,总分最高 {_HEALTHY - 1} 分(D8)"
    return f"A key person changed in the last {_KP_CHANGE_DAYS} days: {_HEALTHY - 1} points at most (D8)"


def _tell(dimensions: list[Dimension], name: str, sentence: str) -> None:
    """Add a sentence to a dimension, or a dimension for it alone where the model has none of this name."""
    for place, one in enumerate(dimensions):
        if one.name == name:
            dimensions[place] = replace(one, signals=(*one.signals, sentence))
            return
    dimensions.append(Dimension(name=name, score=None, signals=(sentence,)))
