"""One's own settings: name, password, identity, sessions and keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, Response

from copilot.errors import InvalidPerson, InvalidRequest, PasswordRefused, SignInRefused, TooManyAttempts
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.people import LocalPeople
from copilot.interfaces.people_contract import MadeKeyBody, NewKeyBody, RotationBody
from copilot.interfaces.web.browser_names import browser_name
from copilot.interfaces.web.cookies import session_of, visitor_of
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page, see_other
from copilot.interfaces.web.people_words import SETTINGS
from copilot.interfaces.web.signing_in import problem_code, signed_in, waiting
from copilot.interfaces.web.signing_words import PROBLEMS
from copilot.interfaces.web.words import Speaker
from copilot.people.access import AccessService
from copilot.people.password import SHORTEST
from copilot.people.person import OWNER
from copilot.people.sessions import id_of

_HOME = "/app/settings"
_DONE = frozenset({"name", "password", "session", "sessions", "revoked", "bound", "released"})


def add_settings_page(app: FastAPI, copilot: LocalCopilot, access: AccessService) -> None:
    """Register the page and what its forms do."""

    def mine(request: Request) -> LocalPeople:
        return copilot.people.of(request.state.caller)

    def shown(request: Request, *, status: int = 200, **said: object) -> HTMLResponse:
        return _shown(request, mine(request), access, status, **said)

    @app.get(_HOME, include_in_schema=False)
    def settings_page(request: Request, done: str = "", problem: str = "") -> Response:
        known = problem if f"problem.{problem}" in PROBLEMS else ""
        return shown(request, done=done if done in _DONE else "", problem=known)

    @app.post(f"{_HOME}/name", include_in_schema=False)
    def rename(request: Request, name: Annotated[str, Form(max_length=1000)] = "") -> Response:
        try:
            mine(request).rename(name)
        except InvalidPerson:
            return shown(request, status=422, typed_name=name, name_fault=True)
        return see_other(_HOME, done="name")

    @app.post(f"{_HOME}/password", include_in_schema=False)
    def change_password(
        request: Request,
        present: Annotated[str, Form(max_length=2000)] = "",
        password: Annotated[str, Form(max_length=2000)] = "",
        again: Annotated[str, Form(max_length=2000)] = "",
    ) -> Response:
        t = Speaker(language_of(request), SETTINGS)
        if password != again:
            return shown(request, status=422, fault="differs")
        try:
            opened = access.passwords.change(request.state.caller, present, password, visitor_of(request))
        except PasswordRefused as error:
            return shown(request, status=422, fault=error.fault)
        except SignInRefused:
            return shown(request, status=422, present_fault=t("wrong_password"))
        except TooManyAttempts as error:
            return shown(request, status=429, present_fault=t("wait", wait=waiting(error.wait_s, t)))
        return signed_in(request, access, opened.secret, f"{_HOME}?done=password")

    @app.post(f"{_HOME}/keys", include_in_schema=False)
    def make_key(
        request: Request,
        label: Annotated[str, Form(max_length=1000)] = "",
        days: Annotated[Literal["30", "90", "365", "0"], Form()] = "90",
    ) -> Response:
        # Not led on to another page: the key is in this answer and nowhere else.
        try:
            made = mine(request).create_key(NewKeyBody(label=label.strip(), expires_in_days=int(days) or None))
        except InvalidRequest:
            return shown(request, status=422, typed_label=label, label_fault=True)
        return shown(request, made=made)

    @app.post(f"{_HOME}/keys/{{id}}/rotation", include_in_schema=False)
    def rotate_key(request: Request, id: str) -> Response:
        return shown(request, made=mine(request).rotate_key(id, RotationBody()), rotated=True)

    @app.post(f"{_HOME}/keys/{{id}}/revocation", include_in_schema=False)
    def revoke_key(request: Request, id: str) -> Response:
        mine(request).revoke_key(id)
        return see_other(_HOME, done="revoked")

    @app.post(f"{_HOME}/sessions/end", include_in_schema=False)
    def end_others(request: Request) -> Response:
        access.sessions.end_all(request.state.caller, but=session_of(request.headers, request.url.scheme))
        return see_other(_HOME, done="sessions")

    @app.post(f"{_HOME}/sessions/{{id}}/end", include_in_schema=False)
    def end_session(request: Request, id: str) -> Response:
        access.sessions.end(request.state.caller, id)
        return see_other(_HOME, done="session")

    @app.post(f"{_HOME}/identity/release", include_in_schema=False)
    def release_identity(request: Request) -> Response:
        if access.sign_on is not None:
            access.sign_on.release(request.state.caller)
        return see_other(_HOME, done="released")


def _shown(request: Request, people: LocalPeople, access: AccessService, status: int, **said: object) -> HTMLResponse:
    caller, now = request.state.caller, datetime.now(UTC)
    t = Speaker(language_of(request), SETTINGS)
    current, limits, sign_on = session_of(request.headers, request.url.scheme), access.sessions.limits, access.sign_on
    made = said.get("made")
    values = {
        "done": "",
        "problem": "",
        "typed_name": caller.person.name,
        "name_fault": False,
        "fault": None,
        "present_fault": None,
        "typed_label": "",
        "label_fault": False,
        "made": None,
        "rotated": False,
        **said,
    }
    return page(
        request,
        "settings.html",
        SETTINGS,
        back=_HOME if request.method == "POST" else None,
        status=status,
        problem_code=problem_code,
        is_owner=caller.person.id == OWNER,
        password_since=access.passwords.set_on(caller.person.id),
        shortest=SHORTEST,
        provider=sign_on.title if sign_on else None,
        identities=sign_on.identities(caller) if sign_on else [],
        sessions=access.sessions.sessions(caller),
        current=id_of(current) if current else None,
        browser_name=browser_name,
        idle=_length(limits.idle, t),
        longest=_length(limits.longest, t),
        keys=[
            key
            for key in people.keys(caller.person.id).keys
            if key.revoked_at is None and (key.expires_at is None or key.expires_at > now)
        ],
        made_id=made.id if isinstance(made, MadeKeyBody) else None,
        **values,
    )


def _length(lasting: timedelta, t: Speaker) -> str:
    hours = lasting.total_seconds() / 3600
    return t("days", n=f"{hours / 24:g}") if hours % 24 == 0 else t("hours", n=f"{hours:g}")
