"""How often one caller may ask, and how many questions and searches are worked on at a time."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copilot.audit.surface import Surface
from copilot.errors import ServerBusy, TooManyQuestions, TooManyRequests
from copilot.interfaces.api.refusing import as_read, refused
from copilot.interfaces.api.scopes import RouteScopes
from copilot.people.caller import Caller
from copilot.people.pace import Pacing, Work
from copilot.people.throttle import network_key
from knowledge.errors import ReportableError

#: What each route is counted as; every other is `other`.
WORKS: Mapping[tuple[str, str], Work] = {
    ("POST", "/v1/ask"): Work.ASK,
    ("POST", "/v1/ask/stream"): Work.ASK,
    ("POST", "/v1/chat/completions"): Work.ASK,
    ("POST", "/v1/sidebar/questions"): Work.ASK,
    ("POST", "/mcp"): Work.ASK,  # any of its tools may
    ("POST", "/v1/drafts"): Work.DRAFT,
    ("POST", "/v1/drafts/{id}/instructions"): Work.DRAFT,
    ("POST", "/v1/sidebar/drafts"): Work.DRAFT,
    ("POST", "/v1/gaps/{id}/draft"): Work.DRAFT,
    ("POST", "/v1/questions/plan"): Work.DRAFT,
    ("POST", "/app/drafts"): Work.DRAFT,
    ("POST", "/app/drafts/{id}/instructions"): Work.DRAFT,
    ("GET", "/v1/search"): Work.SEARCH,
    ("GET", "/v1/cases/match"): Work.SEARCH,
    ("POST", "/v1/cases/ledger"): Work.SEARCH,
    ("POST", "/v1/documents"): Work.UPLOAD,
    ("POST", "/v1/ingestions"): Work.UPLOAD,
    ("POST", "/v1/changes"): Work.UPLOAD,
    ("POST", "/v1/accounts/history"): Work.UPLOAD,
    ("POST", "/app/knowledge/upload"): Work.UPLOAD,
    ("POST", "/app/knowledge/address"): Work.UPLOAD,
    ("POST", "/app/knowledge/failures/retry"): Work.UPLOAD,
    ("POST", "/app/knowledge/changes"): Work.UPLOAD,
    ("POST", "/app/account-import"): Work.UPLOAD,
    ("POST", "/login"): Work.SIGN_IN,
    ("GET", "/login/provider"): Work.SIGN_IN,
    ("GET", "/login/provider/back"): Work.SIGN_IN,
    ("POST", "/invitation"): Work.SIGN_IN,
}
#: What keeps the processor busy. Everything else is quick, and goes on while many wait for these.
_IN_TURN = frozenset({Work.ASK, Work.SEARCH})
#: Asked by machines of ours every few seconds, or many at once by every page, and cheap.
FREE = frozenset({"/healthz", "/readyz", "/metrics", "/favicon.ico", "/pages/{path:path}", "/widget.js"})
#: Of a visitor: a browser has six connections to a host. A key may be that of a program which asks for many.
_MOST_OF_A_VISITOR = 6
_WAIT_S = 30.0


class Turns:
    """So many questions are answered at a time; more wait in turn, and the rest is told to come back."""

    def __init__(self, at_once: int, *, waiting: int | None = None, wait_s: float = _WAIT_S) -> None:
        self._at_once = at_once
        self._most_waiting = at_once * 8 if waiting is None else waiting
        self._wait_s = wait_s
        self._running = 0
        self._of: Counter[str] = Counter()
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, caller: str, *, most: int | None = None) -> AsyncIterator[None]:
        """Hold a turn; they are given in the order of arrival, to one caller no more than `most` at a time.

        Raises:
            TooManyQuestions: this caller has too many already, of which some may wait.
            ServerBusy: too many wait, or this one has waited long enough.
        """
        if most is not None and self._of[caller] >= most:
            raise TooManyQuestions(f"You have {most} questions under way. Wait for one, or stop it.")
        self._of[caller] += 1
        try:
            await self._arrive()
            try:
                yield
            finally:
                self._leave()
        finally:
            self._of[caller] -= 1
            if not self._of[caller]:
                del self._of[caller]

    async def _arrive(self) -> None:
        if self._running < self._at_once:
            self._running += 1
            return
        busy = ServerBusy("Too many questions are being answered right now. Try again in a few seconds.")
        if len(self._waiting) >= self._most_waiting:
            raise busy
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            async with asyncio.timeout(self._wait_s):
                await mine
        except BaseException as error:
            if mine.done() and not mine.cancelled():  # it was handed over while we were leaving
                self._leave()
            elif mine in self._waiting:
                self._waiting.remove(mine)
            if isinstance(error, TimeoutError):
                raise busy from None
            raise

    def _leave(self) -> None:
        """Hand the turn on, or give it back."""
        while self._waiting:
            if not (next_one := self._waiting.popleft()).done():
                next_one.set_result(None)
                return
        self._running -= 1


class Paced:
    """ASGI middleware inside the gate, which says who calls. Commands on this machine are never made to wait."""

    def __init__(
        self, app: ASGIApp, pacing: Pacing | None, turns: Turns | None = None, routes: RouteScopes | None = None
    ) -> None:
        self._app = app
        self._pacing = pacing
        self._turns = turns
        self._routes = routes or RouteScopes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller: Caller | None = scope.get("state", {}).get("caller")
        template, _ = self._routes.route(scope["method"], scope["path"])
        free = template in FREE or self._routes.need(scope["method"], scope["path"]) == "signed"
        if free or (caller is not None and caller.surface is Surface.CLI):
            await self._app(scope, receive, send)
            return
        work = WORKS.get((scope["method"], template or ""), Work.OTHER)
        name = caller.person.id if caller is not None else network_key((scope.get("client") or ("", 0))[0])
        visitor = caller is not None and caller.visit is not None
        try:
            await self._count(name, work, visitor=visitor)
            if work not in _IN_TURN or self._turns is None:
                await self._app(scope, receive, send)
                return
            arrived = await _arrived(receive)  # or those who send slowly would hold the turns of everybody
            async with self._turns.turn(name, most=_MOST_OF_A_VISITOR if visitor else None):
                await self._app(scope, arrived, send)
        except (TooManyRequests, TooManyQuestions, ServerBusy) as error:
            await _told(error, scope, receive, send)

    async def _count(self, name: str, work: Work, *, visitor: bool) -> None:
        if self._pacing is None:
            return
        if self._pacing.shares(work):  # asks the database
            wait_s = await run_in_threadpool(self._pacing.take, name, work, visitor=visitor)
        else:
            wait_s = self._pacing.take(name, work, visitor=visitor)
        if wait_s:
            raise TooManyRequests(wait_s, work)


async def _told(error: ReportableError, scope: Scope, receive: Receive, send: Send) -> None:
    await as_read(Request(scope), refused(error))(scope, receive, send)


async def _arrived(receive: Receive) -> Receive:
    """Wait for the whole body, and return what hands it out again."""
    parts = [await receive()]
    while parts[-1].get("more_body", False):
        parts.append(await receive())
    left = iter(parts)

    async def again() -> Message:
        return next(left, None) or await receive()

    return again
