"""How much each dimension of a health score counts; the sources give no figures, so it is configuration (D2, M)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from copilot.accounts.health import HealthModel
from copilot.errors import ConfigurationError

DimensionName = Literal["usage", "business_result", "experience", "relationship", "coverage"]
Weights = Mapping[DimensionName, float]
#: Early on, usage and results (D1); at scale, how it feels, whom we know and whether we are there (D2).
WEIGHTS: Mapping[HealthModel, Weights] = {
    "narrow": {"usage": 60, "business_result": 40},
    "broad": {"usage": 35, "business_result": 25, "experience": 15, "relationship": 15, "coverage": 10},
}
_LARGEST = 1000


def read_weights(model: HealthModel, rows: Sequence[str]) -> Weights:
    """Read rows as `usage=50`; dimensions that are not named keep their weight.

    Raises:
        ConfigurationError: a row names no dimension of the model or no number from 0 to 1000, or nothing counts.
    """
    weights = dict(WEIGHTS[model])
    for row in rows:
        written, _, number = row.partition("=")
        name = next((one for one in weights if one == written.strip()), None)
        weight = _weight(number)
        if name is None or weight is None:
            raise ConfigurationError(
                f"COPILOT_HEALTH_WEIGHTS: {row!r} is no `name=weight` with a weight from 0 to {_LARGEST} and one of "
                f"{', '.join(weights)}, the dimensions of the {model} model. Correct it."
            )
        weights[name] = weight
    if not any(weights.values()):
        raise ConfigurationError("COPILOT_HEALTH_WEIGHTS: nothing counts. Give one dimension a weight above 0.")
    return weights


def _weight(written: str) -> float | None:
    try:
        weight = float(written)
    except ValueError:
        return None
    return weight if 0 <= weight <= _LARGEST else None
