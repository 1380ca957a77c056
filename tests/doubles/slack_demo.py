"""The Slack app without Slack: a page to type a message into, and to see and press what comes back.

Run: `make slack-demo`, or `python -m tests.doubles.slack_demo [--words] [--home DIR] [--port 3939]`. The app is the
real one on the shipped corpus; `--words` needs no model and finds less.
"""

from __future__ import annotations

import argparse
import html
import logging
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from copilot.bootstrap import open_application
from copilot.interfaces.draft_contract import AccountBody
from copilot.interfaces.slack.limits import Block
from tests.doubles.block_kit_page import page
from tests.doubles.slack_server import Sender, buttons, slack_server
from tests.doubles.slack_world import BOT_USER, Json
from tests.slack_stage import Stage, a_workspace, slack_settings, stage_of

_WAIT_S = 6.0
RECORD = {
    "id": "demo",
    "name": "青禾烘焙",
    "annual_fee_cny": 120_000,
    "lifecycle_stage": "onboarding",
    "days_since_signing": 25,
    "first_value_delivered": False,
    "owner": "owner",
}
_FORM = """
<form method="post" action="/say"><p>
<select name="channel"><option value="D0LI">direct message</option><option value="C0SALES">#sales (mention)</option>
<option value="C0SHARED">#shared (external)</option></select>
<select name="user"><option value="U0LI">li (中文)</option><option value="U0WANG">wang (English)</option>
<option value="U0GUEST">guest</option></select>
<input name="text" size="60" autofocus placeholder="续费应该谁负责? · /copilot next demo">
<button>Send</button> <a href="/">Refresh</a></p></form>"""


class Demo:
    """What the page shows and does."""

    def __init__(self, stage: Stage) -> None:
        self._sender: Sender = stage.sender
        self._world = stage.server.world

    def say(self, channel: str, user: str, text: str) -> None:
        """Send a message or a command, and wait a little for what comes back."""
        before = self._size()
        if text.startswith("/copilot"):
            self._sender.command(channel, user, text.removeprefix("/copilot").strip())
        else:
            make = self._sender.message if channel.startswith("D") else self._sender.mention
            self._sender.event(make(channel, user, text)[1])
        self._wait(before)

    def press(self, number: int, user: str, action: str) -> None:
        """Press a button of a message."""
        message = self._ours()[number]
        before = self._size()
        self._sender.click(user, buttons(message.get("blocks", []))[action], message, ephemeral="address" in message)
        self._wait(before)

    def shown(self) -> str:
        """Return the page: the newest first."""
        payloads: dict[str, list[Block]] = {}
        presses: list[str] = []
        for number, message in reversed(list(enumerate(self._ours()))):
            if not message.get("blocks"):
                continue
            place = message.get("channel") or "only you"
            payloads[f"{number}. {place} {message.get('thread_ts', '')}"] = message["blocks"]
            presses.append(self._buttons(number, message))
        for number, view in enumerate(self._world.views):
            payloads[f"modal {number}: {view['callback_id']}"] = view["blocks"]
        said = "".join(
            f"<li>{html.escape(one['user'])} in {html.escape(one['channel'])}: {html.escape(one['text'][:200])}</li>"
            for one in self._world.messages[-12:]
            if one["user"] != BOT_USER
        )
        body = page(payloads, "light") if payloads else "<html><body></body></html>"
        head, _, rest = body.partition("<body>")
        return f"{head}<body>{_FORM}<ul>{said}</ul>{''.join(presses)}{rest}"

    def _buttons(self, number: int, message: Json) -> str:
        made = "".join(
            f'<button name="action" value="{html.escape(action)}">{html.escape(action)}</button> '
            for action in buttons(message.get("blocks", []))
        )
        return (
            f'<form method="post" action="/press">{number}: <input type="hidden" name="number" value="{number}">'
            f'<input type="hidden" name="user" value="U0LI">{made}</form>'
            if made
            else ""
        )

    def _ours(self) -> list[Json]:
        private = [one | {"channel": "C0SALES", "ts": "0"} for one in self._world.responses]
        return [*self._world.ours(), *private]

    def _size(self) -> int:
        return len(self._world.ours()) + len(self._world.responses) + len(self._world.views)

    def _wait(self, before: int) -> None:
        ends = time.monotonic() + _WAIT_S
        while time.monotonic() < ends:
            if self._size() > before and not any(one.get("streaming") for one in self._world.ours()):
                return
            time.sleep(0.05)


def serve(demo: Demo, port: int) -> None:
    """Serve the page until Ctrl-C."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = demo.shown().encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers.get("content-length", 0))).decode())
            given = {name: values[0] for name, values in form.items()}
            if self.path == "/say" and given.get("text"):
                demo.say(given["channel"], given["user"], given["text"])
            elif self.path == "/press":
                demo.press(int(given["number"]), given["user"], given["action"])
            self.send_response(303)
            self.send_header("location", "/")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as http:
        print(f"Open http://127.0.0.1:{http.server_port} — Ctrl-C ends it.")
        http.serve_forever()


def main() -> None:
    """Start everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", action="store_true", help="without a model")
    parser.add_argument("--home", type=Path, default=Path(".copilot-slack-demo"))
    parser.add_argument("--port", type=int, default=3939)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    with slack_server(a_workspace()) as server:
        mapping = options.home / "slack-people.toml"
        options.home.mkdir(parents=True, exist_ok=True)
        mapping.write_text('[people]\nU0LI = "owner"\n', encoding="utf-8")
        changes: dict[str, object] = {"slack_people": mapping}
        if options.words:
            changes["embedding_model"] = "words"
        settings = slack_settings(options.home, server.api_url).model_copy(update=changes)
        with open_application(settings) as application:
            if application.store.count() == 0:
                print("Indexing the shipped corpus; this is done once.")
                application.indexing.ingest([], corpus=True)
            kept: AccountBody = application.copilot.accounts.put("demo", RECORD)
            print(f"Account {kept.id!r} is there for /copilot next demo and /copilot plan demo.")
            with stage_of(application, server) as stage:
                serve(Demo(stage), options.port)


if __name__ == "__main__":
    main()
