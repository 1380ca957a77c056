"""`ops show`: the files for those who watch a copilot."""

from __future__ import annotations

import sys
from enum import StrEnum
from importlib import resources
from typing import Annotated

import typer

ops_group = typer.Typer(help="Files for those who watch: a Grafana dashboard, alert rules.", no_args_is_help=True)


class OpsFile(StrEnum):
    """What there is."""

    DASHBOARD = "dashboard"
    ALERTS = "alerts"


_FILES = {OpsFile.DASHBOARD: "dashboard.json", OpsFile.ALERTS: "alerts.yaml"}


@ops_group.callback()
def _ops() -> None:
    """Keep `show` a command of its own, with one command in the group."""


@ops_group.command()
def show(
    file: Annotated[OpsFile, typer.Argument(help="`dashboard`: import it into Grafana; `alerts`: for Prometheus.")],
) -> None:
    """Print a file, to be kept where Grafana or Prometheus reads it."""
    sys.stdout.write(resources.files("copilot.ops").joinpath(_FILES[file]).read_text(encoding="utf-8"))
