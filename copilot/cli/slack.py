"""`slack`: what Slack has to know of us."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

from copilot.cli import output
from copilot.cli.options import AsJson
from copilot.interfaces.slack.manifest import manifest as slack_manifest

slack_group = typer.Typer(help="The Slack app.", no_args_is_help=True)


@slack_group.command()
def manifest(
    url: Annotated[str | None, typer.Option(help="Where Slack reaches this server, https://….")] = None,
    socket: Annotated[bool, typer.Option("--socket", help="Use Socket Mode, which needs no address.")] = False,
    json: AsJson = False,
) -> None:
    """Print the manifest to create the app from, at https://api.slack.com/apps (From a manifest)."""
    made = slack_manifest(url, socket=socket)
    output.print_json(made) if json else typer.echo(json_module.dumps(made, ensure_ascii=False, indent=2))
