"""Language and theme: kept by the browser, so that they hold before anybody has signed in."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Form, Request
from fastapi.responses import Response

from copilot.interfaces.web.language import LANGUAGE_COOKIE
from copilot.interfaces.web.pages import THEME_COOKIE, see_other

_YEAR_S = 365 * 24 * 3600


def own_path(path: str) -> str:
    """Return a path of ours to go back to: never another site (`//host`, `\\\\host`), never anything but a path."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) <= 2000
    return path if ours else "/app"


def add_preferences(app: FastAPI) -> None:
    """Register the routes."""

    @app.post("/preferences", include_in_schema=False)
    def keep_preferences(
        request: Request,
        back: Annotated[str, Form(max_length=2000)] = "/app",
        language: Annotated[Literal["zh", "en"] | None, Form()] = None,
        theme: Annotated[Literal["system", "light", "dark"] | None, Form()] = None,
    ) -> Response:
        """Keep a choice and go back."""
        response = see_other(own_path(back))
        for name, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)):
            if value is not None:
                secure = request.url.scheme == "https"
                response.set_cookie(name, value, max_age=_YEAR_S, httponly=True, samesite="lax", secure=secure)
        return response
