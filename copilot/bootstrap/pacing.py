"""How often people may ask, as the settings have it."""

from __future__ import annotations

from sqlalchemy import Engine

from copilot.adapters.sql.paces import SqlPaces
from copilot.errors import ConfigurationError
from copilot.people.pace import Pacing, Rates
from copilot.settings import Settings


def pacing_of(settings: Settings, engine: Engine) -> Pacing:
    """Return what counts; a SQLite home belongs to one process, which counts in its memory.

    Raises:
        ConfigurationError: a rate cannot be read.
    """
    try:
        rates = Rates.read(settings.rates)
    except ValueError as error:
        raise ConfigurationError(f"COPILOT_RATES: {error}.") from error
    return Pacing(rates, shared=SqlPaces(engine) if engine.dialect.name == "postgresql" else None)
