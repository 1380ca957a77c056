"""Everything an operator needs to be right, in the order in which it is put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copilot.bootstrap.checkup.finding import Finding
from copilot.bootstrap.checkup.machine import look_at_machine
from copilot.bootstrap.checkup.models import look_at_models
from copilot.bootstrap.checkup.parts import Asked
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
    models = list(look_at_models(settings, online=wanted.online))
    yield from models
    if machine[0].state != "failed":  # without a home there is nothing to look at
        yield from look_at_stores(settings, mend=wanted.mend, asked=_asked(models) if wanted.online else None)
    yield from look_at_ways_out(settings, online=wanted.online)


def _asked(models: Sequence[Finding]) -> Asked:
    """Say how the chat model did just now: it is not asked twice."""
    return Asked(chat_model=all(one.state != "failed" for one in models if one.name == "chat model"))
