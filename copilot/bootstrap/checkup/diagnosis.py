"""Everything an operator needs to be right, in the order in which it is put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copilot.bootstrap.checkup.finding import Finding
from copilot.bootstrap.checkup.machine import look_at_machine
from copilot.bootstrap.checkup.models import look_at_models
from copilot.bootstrap.checkup.stores import look_at_stores
from copilot.bootstrap.checkup.ways_out import look_at_ways_out
from copilot.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """`online`: load the model and ask what is outside; `mend`: do what is safe and can be done again."""

    online: bool = False
    mend: bool = False


def diagnose(settings: Settings, wanted: Wanted) -> Iterator[Finding]:
    """Look at everything; nothing that fails ends the look at the rest."""
    machine = list(look_at_machine(settings.home, mend=wanted.mend))
    yield from machine
    yield from look_at_models(settings, online=wanted.online)
    if machine[0].state != "failed":  # without a home there is nothing to look at
        yield from look_at_stores(settings, mend=wanted.mend)
    yield from look_at_ways_out(settings, online=wanted.online)
