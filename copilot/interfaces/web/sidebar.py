"""The page beside a record of a CRM: in its frame, on its own, or in the chat toolbar of 企业微信."""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import replace
from typing import Annotated, Literal
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from copilot.errors import BadToken, CrmUnavailable, CrmUserUnknown
from copilot.interfaces.api.sidebar import WECOM_PAGE, visit_of
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.presentation import problem
from copilot.interfaces.sidebar_contract import SidebarBody
from copilot.interfaces.web.language import Language, language_of
from copilot.interfaces.web.pages import page
from copilot.interfaces.web.sidebar_words import SIDEBAR_WORDS, SPOKEN
from copilot.interfaces.web.words import Speaker
from copilot.people.caller import Caller
from copilot.people.record_visit import RecordVisit
from knowledge.errors import ReportableError

_STATE_COOKIE = "copilot_wecom_state"
_STATE_S = 600
_CANVAS = "/v1/crm/salesforce/canvas"


def policy(framed_by: tuple[str, ...], scripts: str | None = None) -> str:
    """Return the content security policy of the page: shown by these origins, with scripts of ours and one other."""
    who = " ".join(framed_by) or "'none'"
    return (
        f"default-src 'none'; script-src 'self'{f' {scripts}' if scripts else ''}; style-src 'self'; "
        f"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {who}"
    )


class SidebarPages:
    """Writes them."""

    def __init__(self, copilot: LocalCopilot) -> None:
        self._beside = copilot.beside
        self.doors = copilot.beside.doors

    def opened(self, request: Request, visit: RecordVisit) -> HTMLResponse:
        """Return the page of a visit that begins now."""
        language = _language(request, visit)
        caller = self.doors.visits.caller_for(visit.person)
        if caller is None:
            raise BadToken("The person of this visit is not active any more.")
        view = self.view(caller, visit, language)
        request.state.caller = caller
        return self._page(request, visit, language, view=view, token=self.doors.visits.open(visit))

    def waiting(self, request: Request, visit: RecordVisit) -> HTMLResponse:
        """Return a page that finds out by itself beside whom it stands."""
        assert self.doors.wecom is not None  # noqa: S101  # routes to here are there only then
        token, sdk = self.doors.visits.open(visit), self.doors.wecom.sdk
        return self._page(request, visit, _language(request, visit), view=None, token=token, sdk=sdk)

    def view(self, caller: Caller, visit: RecordVisit, language: Language) -> SidebarBody:
        """Return what stands on the page."""
        return self._beside.view(
            caller, account_id=visit.account, record=visit.record, shown=visit.shown, language=language
        )

    def fragment(self, request: Request, view: SidebarBody, language: Language) -> HTMLResponse:
        """Return the part of the page that changes."""
        return page(request, "sidebar/view.html", SIDEBAR_WORDS, language=language, view=view)

    def trouble(self, request: Request, error: ReportableError, language: Language | None = None) -> HTMLResponse:
        """Return a page that says what is wrong and who can mend it."""
        told = problem(error)
        t = Speaker(language or language_of(request), SIDEBAR_WORDS)
        key = told.code if t.has(f"{told.code}.title") else "failed"
        if not isinstance(error, BadToken | CrmUserUnknown | CrmUnavailable) and key == "failed":
            detail = told.detail
        else:
            detail = t(f"{key}.detail")
        return self.message(
            request,
            key,
            told.status,
            detail=detail,
            code=told.code,
            user=error.user if isinstance(error, CrmUserUnknown) else None,
            email=error.email if isinstance(error, CrmUserUnknown) else None,
            language=language,
        )

    def message(
        self,
        request: Request,
        key: str,
        status: int,
        *,
        detail: str | None = None,
        code: str | None = None,
        user: str | None = None,
        email: str | None = None,
        language: Language | None = None,
    ) -> HTMLResponse:
        """Return a page with one thing to say."""
        t = Speaker(language or language_of(request), SIDEBAR_WORDS)
        written = page(
            request,
            "sidebar/message.html",
            SIDEBAR_WORDS,
            status=status,
            language=language,
            title=t(f"{key}.title"),
            detail=detail or t(f"{key}.detail"),
            code=code,
            user=user,
            email=email,
        )
        written.headers["Content-Security-Policy"] = policy(self.doors.origins)
        return written

    def _page(
        self,
        request: Request,
        visit: RecordVisit,
        language: Language,
        *,
        view: SidebarBody | None,
        token: str,
        sdk: str | None = None,
    ) -> HTMLResponse:
        t = Speaker(language, SIDEBAR_WORDS)
        written = page(
            request,
            "sidebar/page.html",
            SIDEBAR_WORDS,
            language=language,
            view=view,
            token=token,
            sdk=sdk,
            spoken=json.dumps({key: t(key) for key in SPOKEN}, ensure_ascii=False),
        )
        parts = urlsplit(sdk) if sdk else None
        scripts = f"{parts.scheme}://{parts.netloc}" if parts else None
        framed_by = (visit.origin,) if visit.origin else self.doors.origins
        written.headers["Content-Security-Policy"] = policy(framed_by, scripts)
        return written


def add_sidebar_pages(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the pages of the doors that are set up."""
    pages, doors = SidebarPages(copilot), copilot.beside.doors

    @app.get("/sidebar", include_in_schema=False)
    def sidebar_page(request: Request, token: Annotated[str, Query(max_length=8192)] = "") -> Response:
        try:
            return pages.opened(request, doors.invited(token))
        except ReportableError as error:
            return pages.trouble(request, error)

    @app.get("/sidebar/view", include_in_schema=False)
    def sidebar_view(
        request: Request,
        language: Literal["zh", "en"] = "zh",
        record: Annotated[str | None, Query(max_length=250)] = None,
        account_id: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        visit = visit_of(request, doors.visits)
        if visit is None:
            raise BadToken("Only an open page beside a record is renewed here. GET /v1/sidebar is for all others.")
        if record is not None:
            visit = RecordVisit(person=visit.person, record=record)
        elif account_id is not None:
            visit = replace(visit, account=account_id)
        view = pages.view(request.state.caller, visit, language)
        if view.account is None and record is not None:
            view = pages.view(request.state.caller, replace(visit, shown=doors.customer(record)), language)
        return pages.fragment(request, view, language)

    if doors.canvas is not None:
        _add_canvas(app, pages)
    if doors.wecom is not None:
        _add_wecom(app, pages)


def _add_canvas(app: FastAPI, pages: SidebarPages) -> None:
    @app.post(_CANVAS, include_in_schema=False)
    def canvas_page(request: Request, signed_request: Annotated[str, Form(max_length=100_000)] = "") -> Response:
        try:
            return pages.opened(request, pages.doors.from_salesforce(signed_request))
        except ReportableError as error:
            return pages.trouble(request, error)

    @app.get(_CANVAS, include_in_schema=False)
    def canvas_unauthorised(request: Request) -> Response:
        # Salesforce gets the page instead of posting to it where users are to authorise themselves.
        return pages.message(request, "self_authorised", 403)


def _add_wecom(app: FastAPI, pages: SidebarPages) -> None:
    doors = pages.doors

    @app.get(WECOM_PAGE, include_in_schema=False)
    def wecom_page(
        request: Request,
        code: Annotated[str | None, Query(max_length=512)] = None,
        state: Annotated[str, Query(max_length=128)] = "",
    ) -> Response:
        if code is None:
            return _to_sign_in(request)
        ours = request.cookies.get(_STATE_COOKIE, "")
        try:
            if not ours or not hmac.compare_digest(ours.encode(), state.encode()):
                raise BadToken("This sign-in was not begun here. Open the page in the chat toolbar again.")
            response = pages.waiting(request, doors.from_wecom(code))
        except ReportableError as error:
            response = pages.trouble(request, error, "zh")
        response.delete_cookie(_STATE_COOKIE, path=WECOM_PAGE)
        return response

    def _to_sign_in(request: Request) -> Response:
        assert doors.wecom is not None  # noqa: S101  # checked where this is registered
        state = secrets.token_hex(16)
        query = urlencode(
            {
                "appid": doors.wecom.corp,
                "redirect_uri": f"{doors.public_url}{WECOM_PAGE}",
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
                "agentid": doors.wecom.agent,
            }
        )
        response = RedirectResponse(f"{doors.wecom.login}?{query}#wechat_redirect", 303)
        secure = (doors.public_url or str(request.url)).startswith("https:")
        response.set_cookie(
            _STATE_COOKIE, state, max_age=_STATE_S, path=WECOM_PAGE, httponly=True, samesite="lax", secure=secure
        )
        return response


def _language(request: Request, visit: RecordVisit) -> Language:
    return "zh" if visit.language == "zh" else "en" if visit.language == "en" else language_of(request)
