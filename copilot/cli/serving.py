"""`serve` and `up`: HTTP on this machine until a signal stops it."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from pathlib import Path

import uvicorn
from rich.markup import escape

from copilot.audit.surface import Surface
from copilot.bootstrap import Application, Readiness, own_names, trusted_proxies
from copilot.cli.leaving import LeavingServer
from copilot.cli.output import errors, print_report, progress_bar
from copilot.cli.progress import ingestion_bar
from copilot.cli.watching import tell
from copilot.errors import ConfigurationError
from copilot.interfaces.api.app import create_app
from copilot.interfaces.api.hosts import Hosts
from copilot.interfaces.api.hurried import HurriedProtocol
from copilot.interfaces.api.pacing import Turns
from copilot.interfaces.ingestion_contract import IngestProgress
from copilot.people.caller import the_owner
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)


def serve(application: Application, version: str, *, newcomer: bool) -> None:
    """Serve until stopped; a newcomer also gets the shipped corpus, a key and a sign-in link.

    Raises:
        ConfigurationError: the address or port cannot be used, or a proxy is no address.
    """
    settings = application.settings
    proxies = trusted_proxies(settings)
    listener = _listen(settings.host, settings.port)
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  # compared, not bound
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}"
    readiness = Readiness(application)
    app = create_app(
        copilot=application.copilot,
        access=application.access,
        ready=readiness,
        version=version,
        slack=application.slack,
        measures=application.measures,
        tracer=application.tracer,
        pacing=application.pacing,
        turns=Turns(settings.asks_at_once),
        hosts=Hosts(own_names(settings)),
    )
    application.publish(address)
    application.worker.start()
    if application.slack is not None:
        application.slack.start()
    if newcomer:
        _greet(application, address)
    threading.Thread(target=_prepare, args=(application, readiness, newcomer), name="prepare", daemon=True).start()
    config = uvicorn.Config(
        app,
        log_level="warning",
        log_config=None,  # everything goes where our own lines go, and in their form
        access_log=False,  # copilot/interfaces/api/watched.py writes one
        timeout_graceful_shutdown=settings.finish_s,
        server_header=False,
        http=HurriedProtocol,
        # By default uvicorn believes whoever connects from this machine.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
    )
    # Uvicorn stops gracefully and then repeats the signal; this lets the home be given up in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    LeavingServer(config, drain_s=settings.drain_s, leaving=readiness.leave).run(sockets=[listener])


def _prepare(application: Application, readiness: Readiness, newcomer: bool) -> None:
    """Rebuild the index if the model has changed, index the shipped corpus when it is wanted and missing, then load the
    model; the server already answers.
    """
    _rebuild(application, readiness)
    pending = application.settings.home / "corpus-pending"
    if newcomer and (application.store.count() == 0 or pending.exists()):
        _index_corpus(application, readiness, pending)
    readiness.start()
    _index_uploads(application)
    application.watched.start(tell)


def _index_uploads(application: Application) -> None:
    """Go on with uploads and approved entries that were not ingested when the process ended; others cost a stat."""
    uploads = application.copilot.uploads
    try:
        if uploads.any:
            application.indexing.ingest([uploads.path], corpus=False)
        if application.indexing.any_approved:
            application.indexing.sync_approved()
    except ReportableError as error:
        errors.print(f"[bold red]{error.code}[/] {escape(error.message)}")
    except Exception:  # noqa: BLE001  # the thread's boundary: the server goes on with what is indexed
        _log.exception("ingesting uploads failed; it goes on with the next upload, or at the next start")


def _rebuild(application: Application, readiness: Readiness) -> None:
    try:
        with progress_bar("Rebuilding the index for another embedding model") as bar:

            def listen(done: int, total: int, name: str) -> None:
                readiness.rebuilding(done, total)
                bar(done, total, name)

            rebuilt = application.indexing.rebuild(listen)
        if rebuilt is not None and rebuilt.finished:
            errors.print(f"The index was rebuilt for another embedding model: {rebuilt.documents} documents.")
    except ReportableError as error:
        errors.print(f"[bold red]{error.code}[/] {escape(error.message)}")
    except Exception:  # noqa: BLE001  # the thread's boundary: the server goes on with the index it has
        _log.exception("rebuilding the index failed; it is tried again at the next start")


def _index_corpus(application: Application, readiness: Readiness, pending: Path) -> None:
    # The mark outlives a killed run, so that the next start goes on where this one stopped.
    pending.touch()
    try:
        with ingestion_bar("Indexing the shipped knowledge") as bar:

            def listen(progress: IngestProgress) -> None:
                readiness.indexing(progress.done, progress.total)
                bar(progress)

            report = application.indexing.ingest([], corpus=True, listen=listen)
        print_report(report)
        pending.unlink(missing_ok=True)
    except ReportableError as error:
        errors.print(f"[bold red]{error.code}[/] {escape(error.message)}")
    except Exception:  # noqa: BLE001  # the thread's boundary: the server goes on with what is indexed
        _log.exception("indexing the shipped knowledge failed; it goes on at the next start")


def _greet(application: Application, address: str) -> None:
    key = application.access.first_key()
    link = f"{address}/app?login={application.access.new_link_code(the_owner(Surface.CLI))}"
    if key is not None:
        errors.print(f"\nYour API key, shown this once:\n  [bold]{key}[/]", soft_wrap=True)
    errors.print(
        f"\nOpen the copilot (the link signs you in once, within the hour):\n  [bold]{link}[/]\n", soft_wrap=True
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"Cannot listen on {host}:{port} ({error.strerror}). Choose another with --port or COPILOT_PORT."
        ) from error
    return listener
