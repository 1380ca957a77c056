"""`slack`: the Slack app as a process of its own, and what Slack has to know of us."""

from __future__ import annotations

import json as json_module
import os
import signal
import threading
from typing import Annotated

import typer

from copilot.bootstrap import Application, open_application, running_copilot
from copilot.cli import output
from copilot.cli.options import AsJson
from copilot.errors import ConfigurationError, IndexLocked
from copilot.interfaces.slack.manifest import manifest as slack_manifest
from copilot.settings import check_environment, load_settings
from copilot.telemetry.logs import set_up_logs

slack_group = typer.Typer(help="The Slack app: run it, or print its manifest.", no_args_is_help=False)


@slack_group.callback(invoke_without_command=True)
def slack(context: typer.Context) -> None:
    """Run the Slack app by Socket Mode, apart from `up` and `serve`, which run it too."""
    if context.invoked_subcommand is not None:
        return
    check_environment(dict(os.environ))
    settings = load_settings()
    if settings.slack_bot_token is None or settings.slack_app_token is None:
        raise ConfigurationError(
            "`copilot slack` uses Socket Mode: set COPILOT_SLACK_BOT_TOKEN (xoxb-…) and COPILOT_SLACK_APP_TOKEN "
            "(xapp-…, scope connections:write). With COPILOT_SLACK_SIGNING_SECRET Slack comes to `copilot serve`."
        )
    if running_copilot(settings) is not None:
        raise IndexLocked(
            "The copilot that runs on this home answers Slack itself. For a process of its own give it a home of its "
            "own (COPILOT_HOME), and both COPILOT_DATABASE_URL and COPILOT_CHROMA_URL."
        )
    set_up_logs(settings.log_format, settings.log_level, secrets=settings.secret_values())
    with open_application(settings) as application:
        _run(application)


def _run(application: Application) -> None:
    """Answer until a signal stops it; what is at hand is finished or given back within seconds."""
    connection = application.slack
    if connection is None:
        return
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    connection.start()
    application.warm_up()
    told = False
    while not stopped.wait(0.5):
        if connection.problem is not None:
            raise ConfigurationError(connection.problem)
        if connection.state == "running" and not told:
            told = True
            output.errors.print("Slack is connected. Ctrl-C ends it.")


@slack_group.command()
def manifest(
    url: Annotated[str | None, typer.Option(help="Where Slack reaches this server, https://….")] = None,
    socket: Annotated[bool, typer.Option("--socket", help="Use Socket Mode, which needs no address.")] = False,
    json: AsJson = False,
) -> None:
    """Print the manifest to create the app from, at https://api.slack.com/apps (From a manifest)."""
    made = slack_manifest(url, socket=socket)
    output.print_json(made) if json else typer.echo(json_module.dumps(made, ensure_ascii=False, indent=2))
