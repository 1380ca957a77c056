"""Reading a prior: the shipped one, or a team's own with the same keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.errors import ConfigurationError
from copilot.suggesting.outlook.move import CONTRACT_STAGES, Kind
from copilot.suggesting.outlook.prior import ActionPrior, Prior, Target

_Share = Annotated[float, Field(ge=0, le=1e6)]
_Factor = Annotated[float, Field(ge=0, le=100)]
_Weight = Annotated[float, Field(gt=0, le=1e6)]
_BAND = "band"
_TARGETS = {_BAND, *(stage.value for stage in CONTRACT_STAGES), *(end.value for end in ContractEnd)}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _FactorTable(_Table):
    better: _Factor = 1.0
    worse: _Factor = 1.0
    onward: _Factor = 1.0
    back: _Factor = 1.0
    renewed: _Factor = 1.0
    expanded: _Factor = 1.0
    churned: _Factor = 1.0

    def factors(self) -> dict[Kind, float]:
        told = self.model_dump(exclude={"weight"})
        return {Kind(name): value for name, value in told.items() if value != 1.0}


class _ActionTable(_FactorTable):
    weight: _Weight = 8.0


class _PriorTable(_Table):
    fewest_transitions: Annotated[int, Field(ge=1, le=10**9)] = 30
    fewest_of_action: Annotated[int, Field(ge=1, le=10**9)] = 10
    weight: _Weight = 4.0
    stages: dict[Stage, dict[str, _Share]]
    bands: dict[Band, _FactorTable] = {}
    playbooks: dict[str, _ActionTable] = {}

    @model_validator(mode="after")
    def _known(self) -> _PriorTable:
        for stage, shares in self.stages.items():
            if stage not in CONTRACT_STAGES:
                raise ValueError(f"stages.{stage.value} has no contract")
            wrong = next((name for name in shares if name not in _TARGETS or name == stage.value), None)
            if wrong is not None:
                raise ValueError(f"stages.{stage.value}.{wrong} leads nowhere; known are {', '.join(sorted(_TARGETS))}")
        return self


def shipped_prior() -> Prior:
    """Return the prior that comes with this software."""
    return _prior(resources.files("copilot.suggesting.outlook").joinpath("prior.toml").read_text(encoding="utf-8"))


def read_prior(path: Path) -> Prior:
    """Read a prior.

    Raises:
        ConfigurationError: it cannot be read, or says what no prior says; the message names the key.
    """
    name = str(path)
    try:
        return _prior(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(
            f"The prior of the outlook {name!r} cannot be read: {error.strerror}. Correct COPILOT_OUTLOOK_PRIOR."
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "stages"
        raise ConfigurationError(
            f"The prior of the outlook {name!r}, key {key!r}: {first['msg'].lower()}. Correct it; "
            "copilot/suggesting/outlook/prior.toml shows what there is."
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"The prior of the outlook {name!r} is no TOML ({error}). Correct it.") from error


def _prior(text: str) -> Prior:
    table = _PriorTable.model_validate(tomllib.loads(text))
    actions = {name: ActionPrior(weight=one.weight, factors=one.factors()) for name, one in table.playbooks.items()}
    return Prior(
        fewest_transitions=table.fewest_transitions,
        fewest_of_action=table.fewest_of_action,
        weight=table.weight,
        shares={stage: _shares(told) for stage, told in table.stages.items()},
        bands={band: one.factors() for band, one in table.bands.items()},
        default=actions.pop("default", ActionPrior()),
        actions=actions,
    )


def _shares(told: Mapping[str, float]) -> dict[Target, float]:
    return {_target(name): share for name, share in told.items() if share > 0}


def _target(name: str) -> Target:
    if name == _BAND:
        return None
    return ContractEnd(name) if name in set(ContractEnd) else Stage(name)
