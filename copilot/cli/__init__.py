"""The command line."""

from __future__ import annotations


def main() -> None:
    """Run `copilot`."""
    from copilot.cli.app import run

    run()
