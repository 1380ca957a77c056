"""Signing in and out: by password, key, link or invitation, or at a provider."""

from __future__ import annotations

import logging
from typing import Literal
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from copilot.errors import (
    InvitationOver,
    PasswordRefused,
    SignInRefused,
    SignOnRefused,
    SignOnUnavailable,
    TooManyAttempts,
)
from copilot.interfaces.web.cookies import (
    forget_session,
    forget_sign_on,
    keep_session,
    keep_sign_on,
    session_of,
    sign_on_of,
    visitor_of,
)
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page, see_other
from copilot.interfaces.web.preferences import own_path
from copilot.interfaces.web.signing_words import INVITATION, LOGIN, PROBLEMS
from copilot.interfaces.web.small_form import SmallForm
from copilot.interfaces.web.words import Speaker
from copilot.people.access import AccessService
from copilot.people.key import new_secret
from copilot.people.password import SHORTEST
from copilot.people.sign_on import ATTEMPT_LIFE

_log = logging.getLogger(__name__)


def signed_in(request: Request, access: AccessService, session: str, to: str = "/app") -> Response:
    """Let the browser keep a session and go on; what it could show to who was here before is not kept."""
    response = see_other(to)
    keep_session(response, request, session, access.sessions.limits.longest)
    return response


def problem_code(problem: str) -> str:
    """Return the stable code of a reason to stand at the door."""
    known = {"link": "sign_in_link_over", "provider_down": SignOnUnavailable.code}
    return known.get(problem, f"{SignOnRefused.code}:{problem}")


def way_on(path: str) -> str:
    """Return where to go once somebody has signed in: a page of ours, and not the door again."""
    ours = own_path(path)
    return "/app" if ours.startswith(("/login", "/logout", "/invitation")) else ours


def waiting(seconds: int, t: Speaker) -> str:
    """Say how long to wait."""
    return t("seconds", n=seconds) if seconds < 60 else t("minutes", n=-(-seconds // 60))


def add_sign_in_pages(app: FastAPI, access: AccessService) -> None:
    """Register the pages of the door."""
    _add_login(app, access)
    _add_provider(app, access)
    _add_invitation(app, access)


def _add_login(app: FastAPI, access: AccessService) -> None:
    def shown(
        request: Request,
        back: str,
        *,
        problem: str | None = None,
        done: str = "",
        status: int = 200,
        wrong: Literal["key", "password"] | None = None,
        text: str = "",
        code: str = "",
        email: str = "",
    ) -> HTMLResponse:
        return page(
            request,
            "login.html",
            LOGIN,
            back=f"/login?{urlencode({'next': back})}" if wrong else None,
            status=status,
            way_on=back,
            problem=problem,
            problem_code=problem_code,
            done=done,
            wrong=wrong,
            wrong_text=text,
            code=code,
            email=email[:254],
            provider=access.sign_on.title if access.sign_on else None,
            key_first=access.sign_on is None and not access.passwords.holders(),
        )

    @app.get("/login", include_in_schema=False)
    def login_page(request: Request, next: str = "/app", problem: str = "", done: str = "") -> Response:
        """Show the ways in; who is in goes on."""
        back = way_on(next)
        if request.state.caller is not None and session_of(request.headers, request.url.scheme):
            return see_other(back)
        known = problem if f"problem.{problem}" in PROBLEMS else None
        return shown(request, back, problem=known, done="signed_out" if done == "signed_out" else "")

    @app.post("/login", include_in_schema=False)
    def log_in(request: Request, form: SmallForm) -> Response:
        """Sign in by key, or by e-mail and password."""
        back, visitor = way_on(form.get("next", "")), visitor_of(request)
        email, t = form.get("email", ""), Speaker(language_of(request), LOGIN)
        if "key" in form:
            session = access.sign_in(form["key"].strip(), visitor)
            if session is not None:
                return signed_in(request, access, session, back)
            return shown(request, back, status=422, wrong="key", text=t("wrong.key"), code="sign_in_refused")
        try:
            opened = access.passwords.sign_in(email, form.get("password", ""), visitor)
        except TooManyAttempts as error:
            text = t("wait", wait=waiting(error.wait_s, t))
            reply = shown(request, back, status=429, wrong="password", text=text, code=error.code, email=email)
            reply.headers["Retry-After"] = str(error.wait_s)
            return reply
        except SignInRefused as error:
            text = t("wrong.password")
            return shown(request, back, status=422, wrong="password", text=text, code=error.code, email=email)
        return signed_in(request, access, opened.secret, back)

    @app.post("/logout", include_in_schema=False)
    def log_out(request: Request) -> Response:
        """End the session of this browser."""
        session = session_of(request.headers, request.url.scheme)
        if session is not None:
            access.sessions.sign_out(session)
        response = see_other("/login", done="signed_out")
        forget_session(response, request)
        return response


def _add_provider(app: FastAPI, access: AccessService) -> None:
    def turned_away(request: Request, problem: str, back: str = "/app") -> Response:
        if request.state.caller is not None:
            return see_other("/app/settings", problem=problem)
        return see_other("/login", problem=problem, **({} if back == "/app" else {"next": back}))

    # A link, not a form: browsers hold a form that is led on to another site against `form-action`. What another site
    # can bring about with it is that somebody signs in as themselves.
    @app.get("/login/provider", include_in_schema=False)
    def to_provider(request: Request, next: str = "/app", bind: bool = False) -> Response:
        """Send the browser to the provider."""
        back = "/app/settings?done=bound" if bind else way_on(next)
        if access.sign_on is None or (bind and request.state.caller is None):
            return see_other("/login", next="/app/settings" if bind else back)
        browser = sign_on_of(request) or new_secret("browser")
        redirect_uri = f"{access.public_address or request.base_url}login/provider/back"
        binds = request.state.caller if bind else None
        try:
            address = access.sign_on.begin(browser=browser, redirect_uri=redirect_uri, back=back, binds=binds)
        except SignOnUnavailable as error:
            _log.warning("single sign-on: %s %s", error.code, error.message)
            return turned_away(request, "provider_down", back)
        response = see_other(address)
        keep_sign_on(response, request, browser, ATTEMPT_LIFE)
        return response

    @app.get("/login/provider/back", include_in_schema=False)
    def from_provider(request: Request, state: str = "", code: str = "", error: str = "", iss: str = "") -> Response:
        """Take what the browser brings back; nothing of it stays in the address."""
        if access.sign_on is None:
            return see_other("/login")
        if error or not code:
            return turned_away(request, "cancelled" if error == "access_denied" else "provider")
        try:
            finished = access.sign_on.finish(
                state=state,
                code=code,
                browser=sign_on_of(request) or "",
                visitor=visitor_of(request),
                caller=request.state.caller,
                issuer=iss,
            )
        except (SignOnUnavailable, SignOnRefused) as trouble:
            _log.warning("single sign-on: %s %s", trouble.code, trouble.message)
            return turned_away(request, trouble.reason if isinstance(trouble, SignOnRefused) else "provider_down")
        if finished.session is None:
            response: Response = see_other(finished.back)
        else:
            response = signed_in(request, access, finished.session.secret, finished.back)
        forget_sign_on(response, request)
        return response


def _add_invitation(app: FastAPI, access: AccessService) -> None:
    def shown(request: Request, code: str, *, fault: str | None = None) -> HTMLResponse:
        try:
            person = access.invitations.person_of(code)
        except InvitationOver:
            return page(request, "invitation_over.html", INVITATION, back="/login", status=410)
        return page(
            request,
            "invitation.html",
            INVITATION,
            back=f"/invitation?{urlencode({'code': code})}",
            status=422 if fault else 200,
            person=person,
            invitation=code,
            fault=fault,
            shortest=SHORTEST,
        )

    @app.get("/invitation", include_in_schema=False)
    def invitation_page(request: Request, code: str = "") -> Response:
        """Let the invited choose a password; looking uses nothing up."""
        return shown(request, code)

    @app.post("/invitation", include_in_schema=False)
    def accept_invitation(request: Request, form: SmallForm) -> Response:
        """Keep the password and sign the invited in."""
        code, password = form.get("code", ""), form.get("password", "")
        if password != form.get("again", ""):
            return shown(request, code, fault="differs")
        try:
            opened = access.invitations.accept(code, password, visitor_of(request))
        except PasswordRefused as error:
            return shown(request, code, fault=error.fault)
        except InvitationOver:
            return shown(request, code)
        return signed_in(request, access, opened.secret)
