"""What several groups of commands share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated

import typer

from copilot.interfaces.local import Copilot

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]

#: Opens the copilot that runs on this home, or the home in this process.
Opened = Callable[[], AbstractContextManager[Copilot]]
