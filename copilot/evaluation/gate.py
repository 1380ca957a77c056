"""Floors: figures a report must reach, so that CI stops a change that makes answers worse."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copilot.errors import InvalidRequest
from copilot.evaluation.measures import MEASURES
from copilot.evaluation.report import DIMENSIONS, Estimate, Report

_KNOWN = tuple(measure.key for measure in MEASURES if not measure.smaller_is_better)


class Floors(BaseModel):
    """`[overall]` and `[language.zh]`-like tables of measure = floor; `errors` is how many questions may fail."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    errors: int = Field(0, ge=0)
    overall: dict[str, float] = {}
    language: dict[str, dict[str, float]] = {}
    difficulty: dict[str, dict[str, float]] = {}
    kind: dict[str, dict[str, float]] = {}
    set: dict[str, dict[str, float]] = {}


def read_floors(path: Path) -> Floors:
    """Read a TOML or JSON file.

    Raises:
        InvalidRequest: it cannot be read, or names a measure that does not exist or has no floor.
    """
    name = str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        values = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
        floors = Floors.model_validate(values)
    except OSError as error:
        raise InvalidRequest(f"{name!r} cannot be read: {error.strerror}. Check the path.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "file"
        raise InvalidRequest(
            f"{name!r}, key {key!r}: {first['msg'].lower()}. Use errors, [overall] and [language.zh]-like tables."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{name!r} is neither TOML nor JSON ({error}).") from error
    wanted = {key for _, table in _tables(floors) for key in table}
    if not wanted:
        raise InvalidRequest(f'{name!r} sets no floor. Add for example [overall] with "hit@5" = 0.8.')
    unknown = sorted(wanted - set(_KNOWN))
    if unknown:
        raise InvalidRequest(f"{name!r} sets a floor for {unknown[0]!r}. Known are {', '.join(_KNOWN)}.")
    return floors


def missed(report: Report, floors: Floors) -> list[str]:
    """Return one line per floor that is not reached; a figure that was not measured misses its floor."""
    lines = []
    if report.errors > floors.errors:
        lines.append(f"errors: {report.errors} questions failed, {floors.errors} may")
    for place, table in _tables(floors):
        group = _group(report, place)
        for key, floor in table.items():
            name = f"{key} ({place[1]})" if len(place) > 1 else key
            known = group.get(key)
            if known is None or known.value is None:
                lines.append(f"{name}: not measured, floor {floor:g}")
            elif known.value < floor:
                lines.append(f"{name}: {known.value:.3f} is below the floor {floor:g} (n = {known.n})")
    return lines


def _tables(floors: Floors) -> Iterator[tuple[tuple[str, ...], dict[str, float]]]:
    yield ("overall",), floors.overall
    for dimension in DIMENSIONS:
        for value, table in getattr(floors, dimension).items():
            yield (dimension, value), table


def _group(report: Report, place: tuple[str, ...]) -> dict[str, Estimate]:
    if len(place) == 1:
        return report.overall
    return next((groups.get(place[1], {}) for name, groups in report.groups.items() if name == place[0]), {})
