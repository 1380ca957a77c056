"""The chat on a page of somebody else's, to try: the copilot on one port, the page with its back end on another.

Run: `make widget-demo`, or `python -m tests.doubles.widget_demo [--words] [--home DIR] [--port 8000] [--page 8090]`.
The copilot is the real one on the shipped corpus; `--words` needs no model and finds less.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from copilot.audit.surface import Surface
from copilot.bootstrap import open_application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.people.caller import the_owner
from copilot.settings import Settings
from tests.doubles.widget_host import widget_host


def main() -> None:
    """Serve both until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", action="store_true", help="no embedding model")
    parser.add_argument("--home", type=Path, default=Path(".copilot-widget-demo"))
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--page", type=int, default=8090)
    asked = parser.parse_args()
    with widget_host(asked.page) as host:
        settings = Settings(home=asked.home, widget_origins=(host.origin,), port=asked.port)
        if asked.words:
            settings = settings.model_copy(update={"embedding_model": "words"})
        with open_application(settings) as application:
            if application.store.count() == 0:
                print("Indexing the shipped knowledge …", flush=True)
                application.indexing.ingest([], corpus=True)
            host.api = f"http://127.0.0.1:{asked.port}"
            host.key = application.access.run_token
            code = application.access.new_link_code(the_owner(Surface.CLI))
            print(f"A page with the chat in its corner   {host.origin}/")
            print(f"The chat in the page, in English      {host.origin}/?mode=inline&lang=en")
            print(f"The workbench (signs you in once)     {host.api}/app?login={code}", flush=True)
            application.worker.start()
            app = create_app(
                copilot=application.copilot,
                access=application.access,
                ready=lambda: ReadyBody(status="ready"),
                version="demo",
            )
            uvicorn.run(app, port=asked.port, log_level="warning", timeout_graceful_shutdown=2)


if __name__ == "__main__":
    main()
