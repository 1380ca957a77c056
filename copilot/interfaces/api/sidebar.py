"""Routes around what stands beside a record of a CRM."""

from __future__ import annotations

import secrets
import time
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Header, Query, Request
from starlette.exceptions import HTTPException

from copilot.errors import BadToken, InvalidRequest
from copilot.interfaces.api.started import StartedWork
from copilot.interfaces.contract import AskBody
from copilot.interfaces.crm.wecom import page_signature
from copilot.interfaces.draft_contract import DraftBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.sidebar_contract import (
    AccountChosen,
    AccountFound,
    DraftWanted,
    InvitationBody,
    InvitationReply,
    PageSignature,
    QuestionAsked,
    RenewalReply,
    SidebarBody,
    WorkBody,
)
from copilot.people.record_visit import RecordVisit, RecordVisits
from copilot.people.scope import Scope
from copilot.suggesting.advice import Language

WECOM_PAGE = "/sidebar/wecom"
Key = Annotated[str | None, Header(max_length=200)]


def visit_of(request: Request, visits: RecordVisits) -> RecordVisit | None:
    """Return the visit whose token came with a request; None where it came with something else."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        return visits.read(token.strip())
    except BadToken:
        return None


def add_sidebar(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the routes."""
    doors, work = copilot.beside.doors, StartedWork()

    @app.get("/v1/sidebar", tags=["sidebar"])
    def show_sidebar(
        request: Request,
        account_id: Annotated[str | None, Query(max_length=200)] = None,
        record: Annotated[str | None, Query(max_length=250)] = None,
        name: Annotated[str | None, Query(max_length=200)] = None,
        website: Annotated[str | None, Query(max_length=200)] = None,
        language: Language = "zh",
    ) -> SidebarBody:
        """Show an account, what to do and leave alone, cases and drafts; or what a record of a CRM may be."""
        shown = {key: value for key, value in (("name", name), ("website", website)) if value}
        visit = visit_of(request, doors.visits)
        if visit is not None and account_id is None and record is None:
            account_id, record, shown = visit.account, visit.record, shown or dict(visit.shown)
        if account_id is None and record is None and not shown:
            raise InvalidRequest("Name an account (`account_id`) or a record of a CRM (`record=hubspot:company/123`).")
        caller = request.state.caller
        return copilot.beside.view(caller, account_id=account_id, record=record, shown=shown, language=language)

    @app.post("/v1/sidebar/account", tags=["sidebar"])
    def choose_account(body: AccountChosen, request: Request) -> AccountFound:
        """Say which account a record is, or make one of what you have confirmed; the same again changes nothing."""
        visit = visit_of(request, doors.visits)
        return copilot.beside.choose(request.state.caller, body, visit.record if visit else None)

    @app.post("/v1/sidebar/questions", tags=["sidebar"])
    def ask_beside(body: QuestionAsked, request: Request, idempotency_key: Key = None) -> WorkBody:
        """Ask about the account; what takes longer than a few seconds is fetched by its id."""
        caller = request.state.caller
        asked = AskBody(question=body.question, account_id=body.account_id, conversation_id=body.conversation_id)
        return work.begin(caller.person.id, lambda: copilot.ask(asked, caller=caller), _of("ask", idempotency_key))

    @app.post("/v1/sidebar/drafts", tags=["sidebar"])
    def draft_beside(body: DraftWanted, request: Request, idempotency_key: Key = None) -> WorkBody:
        """Compose a draft about the account; what takes longer than a few seconds is fetched by its id."""
        caller = request.state.caller
        mine = copilot.drafts.as_caller(caller.person.id, caller.surface)
        wanted = DraftBody(**body.model_dump())
        return work.begin(caller.person.id, lambda: mine.create(wanted, idempotency_key), _of("draft", idempotency_key))

    @app.get("/v1/sidebar/work/{id}", tags=["sidebar"])
    def show_work(id: str, request: Request) -> WorkBody:
        """Tell how far something is, waiting for it for a few seconds."""
        found = work.get(request.state.caller.person.id, id)
        if found is None:
            raise HTTPException(404, f"No work {id[:40]!r}; ask for it again")
        return found

    @app.post("/v1/sidebar/tokens", tags=["sidebar"], status_code=201)
    def invite(body: InvitationBody, request: Request) -> InvitationReply:
        """Make an address that opens the page once for a person; for back ends of CRMs that hold a key of ours."""
        token = doors.invitation(request.state.caller, body)
        base = doors.public_url or str(request.base_url).rstrip("/")
        return InvitationReply(token=token, url=f"{base}/sidebar?{urlencode({'token': token})}")

    @app.post("/v1/sidebar/renewal", tags=["sidebar"])
    def renew(request: Request) -> RenewalReply:
        """Go on for another half an hour, at most eight hours after the page was opened."""
        if visit_of(request, doors.visits) is None:
            raise InvalidRequest("Only the token of an open page beside a record can be renewed.")
        _, _, token = request.headers["authorization"].partition(" ")
        return RenewalReply(token=doors.visits.renew(token.strip()))

    if doors.wecom is None:
        return
    wecom, public = doors.wecom, doors.public_url

    @app.get("/v1/crm/wecom/signature", tags=["sidebar"])
    def sign_page(url: Annotated[str, Query(max_length=2000)], request: Request) -> PageSignature:
        """Sign the page of ours in 企业微信 for its JS-SDK."""
        request.state.caller.need(Scope.ACCOUNTS_READ)
        page = url.partition("#")[0]
        if page.partition("?")[0] != f"{public}{WECOM_PAGE}":
            raise InvalidRequest(f"{url[:200]!r} is no page of ours. Sign {public}{WECOM_PAGE} alone.")
        tickets = wecom.server.tickets()
        nonce, now = secrets.token_hex(8), int(time.time())
        return PageSignature(
            corp_id=wecom.corp,
            agent_id=wecom.agent,
            timestamp=now,
            nonce=nonce,
            config=page_signature(tickets.corp, nonce, now, page),
            agent_config=page_signature(tickets.agent, nonce, now, page),
        )


def _of(kind: str, key: str | None) -> str | None:
    return None if key is None else f"{kind}:{key}"
