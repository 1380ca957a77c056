"""Routes of the chat on somebody's page: its script, and tokens for its visitors."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from copilot.interfaces.web.widget import Script, widget_script
from copilot.interfaces.widget_contract import VisitorBody, VisitorTokenBody
from copilot.people.visit import Visit
from copilot.people.visitors import Visitors

#: A page gets a new release within minutes, and never waits for the question whether there is one.
_CACHE = "public, max-age=300, stale-while-revalidate=86400"


def add_widget(app: FastAPI, visitors: Visitors | None, script: Script | None = None) -> None:
    """Register the routes."""
    made = script or widget_script()

    @app.get("/widget.js", include_in_schema=False)
    def show_script(request: Request) -> Response:
        """Serve the script to any page."""
        return _served(made, request)

    if visitors is None:
        return

    @app.post("/v1/widget/tokens", tags=["widget"])
    def make_token(body: VisitorBody, request: Request) -> VisitorTokenBody:
        """Make a token for a visitor of your page; to be called by your back end, whose key nobody else sees."""
        visit = Visit(**body.model_dump(exclude={"visitor"}))
        return VisitorTokenBody(**vars(visitors.issue(request.state.caller, visit, body.visitor)))


def _served(script: Script, request: Request) -> Response:
    zipped = "gzip" in request.headers.get("accept-encoding", "").lower()
    etag = f'"{script.digest}-gzip"' if zipped else f'"{script.digest}"'
    headers = {
        "Cache-Control": _CACHE,
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    body = script.zipped if zipped else script.text.encode()
    return Response(body, headers=headers, media_type="text/javascript; charset=utf-8")
