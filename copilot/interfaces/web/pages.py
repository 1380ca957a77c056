"""Pages written on the server: one frame around every one, in the reader's language and theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Generic, Literal, TypeVar
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from copilot.interfaces.web.language import Language, language_of
from copilot.interfaces.web.words import Speaker, Words
from copilot.people.caller import Caller
from copilot.people.scope import Scope

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

Row = TypeVar("Row")
Theme = Literal["system", "light", "dark"]
THEME_COOKIE = "copilot_theme"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An entry of the main navigation; shown to those who have the scope."""

    key: str
    href: str
    scope: Scope


#: In the order of a working day. Reading what there is needs less than changing it; routes have rows of their own.
PLACES: tuple[Place, ...] = (
    Place(key="chat", href="/app", scope=Scope.ASK),
    Place(key="map", href="/app/map", scope=Scope.DOCUMENTS_READ),
    Place(key="accounts", href="/app/accounts", scope=Scope.ACCOUNTS_READ),
    Place(key="drafts", href="/app/drafts", scope=Scope.DRAFTS_READ),
    Place(key="knowledge", href="/app/knowledge", scope=Scope.DOCUMENTS_READ),
    Place(key="gaps", href="/app/gaps", scope=Scope.GAPS_READ),
    Place(key="handovers", href="/app/handovers", scope=Scope.HANDOVERS),
    Place(key="evaluations", href="/app/evaluations", scope=Scope.DOCUMENTS_WRITE),
    Place(key="insight", href="/app/insight", scope=Scope.ASK),
    Place(key="audit", href="/app/audit", scope=Scope.AUDIT_READ),
    Place(key="people", href="/app/people", scope=Scope.PEOPLE_MANAGE),
)


@dataclass(frozen=True, kw_only=True)
class Slice(Generic[Row]):
    """A page of a long list."""

    rows: Sequence[Row]
    page: int  #: from 1
    pages: int
    count: int  #: of all rows


def sliced(rows: Sequence[Row], page: int, size: int = 50) -> Slice[Row]:
    """Cut a page out of a list; a page beyond the last is the last."""
    pages = max(1, ceil(len(rows) / size))
    at = min(max(page, 1), pages)
    return Slice(rows=rows[(at - 1) * size : at * size], page=at, pages=pages, count=len(rows))


def slice_of(rows: Sequence[Row], page: int, count: int, size: int = 50) -> Slice[Row]:
    """Return a page that was cut out elsewhere, of `count` rows in all."""
    return Slice(rows=rows, page=page, pages=max(1, ceil(count / size)), count=count)


def page(
    request: Request,
    template: str,
    words: Words,
    *,
    at: str | None = None,
    back: str | None = None,
    status: int = 200,
    language: Language | None = None,
    **values: object,
) -> HTMLResponse:
    """Write a page.

    Args:
        request: whose `state.caller` decides what the navigation shows.
        template: under `templates/`; extends `base.html`.
        words: of the area the page belongs to; `t("key")` says them.
        at: key of the place in the navigation that the page belongs to.
        back: where the choice of a language leads, if this address answers no GET; default: this page as it stands.
        status: of the response.
        language: of the page, where somebody else than its reader's browser says so.
        values: what the template needs; everything is escaped.
    """
    language = language or language_of(request)
    caller: Caller | None = request.state.caller
    text = (
        _environment()
        .get_template(template)
        .render(
            request=request,
            path=back or _as_it_stands(request),
            t=Speaker(language, words),
            language=language,
            lang="zh-Hans" if language == "zh" else "en",
            theme=theme_of(request),
            caller=caller,
            may=lambda scope: caller is not None and Scope(scope) in caller.scopes,
            places=[place for place in PLACES if caller is not None and place.scope in caller.scopes],
            at=at,
            day=lambda value: _day(value, language),
            **values,
        )
    )
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def see_other(path: str, **query: str) -> RedirectResponse:
    """Answer a form that did its work: the browser asks for the page to show, and going back sends nothing twice."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, status_code=303)


def theme_of(request: Request) -> Theme:
    """Return the theme a reader chose."""
    chosen = request.cookies.get(THEME_COOKIE)
    return "light" if chosen == "light" else "dark" if chosen == "dark" else "system"


def _as_it_stands(request: Request) -> str:
    query = request.url.query if request.method == "GET" else ""
    return f"{request.url.path}?{query}" if query else request.url.path


def _day(value: date | datetime | None, language: Language) -> str:
    if value is None:
        return "—"
    return f"{value.year} 年 {value.month} 月 {value.day} 日" if language == "zh" else f"{value:%-d %b %Y}"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Everything that is put into a page is escaped; a name that is missing is an error, never an empty place."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
