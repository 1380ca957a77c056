"""Settings of the unit tests: Hypothesis without a stopwatch, because the machine may be busy with something else."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unit", deadline=None, max_examples=80)
settings.load_profile("unit")
