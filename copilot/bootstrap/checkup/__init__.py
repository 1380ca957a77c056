"""What `copilot doctor` looks at. Nothing here needs a model or changes anything, unless that was asked for."""

from copilot.bootstrap.checkup.diagnosis import Wanted, diagnose
from copilot.bootstrap.checkup.finding import Finding, State

__all__ = ["Finding", "State", "Wanted", "diagnose"]
