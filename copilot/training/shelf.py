"""Port: which trained model is in use, and which one was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from copilot.training.gate import Comparison
from copilot.training.report import TrainingReport


@dataclass(frozen=True, kw_only=True)
class ActiveModel:
    """What is written down: models are folder names on the shelf, None is the base model itself.

    It counts only as long as the settings name the same base model: whoever sets another model gets that model.
    """

    base: str
    active: str | None
    previous: str | None
    at: datetime
    figures: tuple[Comparison, ...] = ()  #: of `active`, when it took over


class ModelShelf(Protocol):
    """Every method is atomic: a kill leaves the state before or the state after."""

    @property
    def models(self) -> Path:
        """The folder that holds the models."""
        ...

    def current(self) -> ActiveModel | None:
        """Return what is in use; None when nothing was ever promoted.

        Raises:
            ConfigurationError: the record is damaged.
        """
        ...

    def put(self, state: ActiveModel | None) -> None:
        """Write down what is in use from now on; None forgets that there ever was something."""
        ...

    def folder(self, name: str) -> Path:
        """Return the folder of a model on the shelf.

        Raises:
            ModelUnavailable: it is gone.
        """
        ...

    def keep(self, report: TrainingReport) -> None:
        """Remember the last run."""
        ...

    def last(self) -> TrainingReport | None:
        """Return the last run; None when there was none, or its record cannot be read."""
        ...

    def tidy(self) -> None:
        """Remove models that are neither in use nor the previous one."""
        ...
