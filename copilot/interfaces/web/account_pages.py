"""Pages around accounts: who needs somebody, everything about one of them, and a file of many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, File, Query, Request, UploadFile
from fastapi.responses import Response

from copilot.accounts.events import AccountEvent
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.accounts.segment import Size
from copilot.drafting.draft import DraftKind
from copilot.drafting.kinds import KINDS, WITHOUT_ACCOUNT
from copilot.errors import InvalidRequest, InvalidSignal, LeadNotReady, ReasonRequired, UnknownAccount
from copilot.interfaces.account_files import import_upload
from copilot.interfaces.advice_contract import ReactionChange
from copilot.interfaces.attention_contract import AttentionQuery, Whose
from copilot.interfaces.cases_contract import CaseQuery
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.account_view import facts_of, health_picture, outlook_picture, unknown_facts
from copilot.interfaces.web.account_words import ACCOUNT_WORDS
from copilot.interfaces.web.choices import one_of
from copilot.interfaces.web.draft_words import DRAFT_WORDS
from copilot.interfaces.web.error_words import explained_in, told
from copilot.interfaces.web.forms import Posted
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page, see_other
from copilot.interfaces.web.words import Speaker, Words
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from copilot.suggesting.suggestion import Verdict
from knowledge.errors import NothingIngested

_AT = "accounts"
#: Of drafts, cases, events and lines of a report: so many are shown at once.
_MOST_DRAFTS, _MOST_CASES, _MOST_EVENTS, _MOST_LINES = 8, 3, 25, 200
_MOST_UPLOAD = 10_000_000
_WORDS: Words = {**DRAFT_WORDS, **ACCOUNT_WORDS}
Text = Annotated[str, Query(max_length=200)]
Page = Annotated[int, Query(ge=1, le=1_000_000)]
Before = Annotated[datetime | None, Query()]


@dataclass(frozen=True, kw_only=True)
class _Mended:
    """A form that could not be taken: which one, why, and what was typed."""

    form: str
    reason: str
    typed: Mapping[str, str]


def add_account_pages(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the pages."""
    _add_list(app, copilot)
    _add_import(app, copilot)
    _add_account(app, copilot)


def _add_list(app: FastAPI, copilot: LocalCopilot) -> None:
    @app.get("/app/accounts", include_in_schema=False)
    def accounts_page(
        request: Request,
        q: Text = "",
        whose: Text = "",
        stage: Text = "",
        segment: Text = "",
        band: Text = "",
        page_number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
    ) -> Response:
        """Show the accounts in the order of the attention they need."""
        chosen: Whose | None = "mine" if whose == "mine" else "all" if whose == "all" else None
        query = AttentionQuery(
            whose=chosen,
            q=q,
            stage=one_of(Stage, stage),
            segment=one_of(Size, segment),
            band=one_of(Band, band),
            page=page_number,
        )
        found = copilot.attention.page(query, language_of(request), caller=request.state.caller)
        kept = {"q": q, "whose": whose, "stage": stage, "segment": segment, "band": band}
        address = urlencode({name: value for name, value in kept.items() if value})
        return page(
            request,
            "accounts.html",
            _WORDS,
            at=_AT,
            found=found,
            query=query,
            filtered=bool(q or stage or segment or band),
            stages=[one.value for one in Stage if one is not Stage.MANAGEMENT],
            segments=[one.value for one in Size],
            bands=[one.value for one in Band],
            address=f"/app/accounts?{address}{'&' if address else ''}page=",
        )


def _add_import(app: FastAPI, copilot: LocalCopilot) -> None:
    def form(request: Request, reason: str | None = None) -> Response:
        megabytes = _MOST_UPLOAD // 1_000_000
        status = 200 if reason is None else 422
        return page(
            request,
            "account_import.html",
            _WORDS,
            at=_AT,
            status=status,
            reason=reason,
            megabytes=megabytes,
            report=None,
        )

    @app.get("/app/account-import", include_in_schema=False)
    def import_page(request: Request) -> Response:
        """Ask for a file."""
        return form(request)

    @app.post("/app/account-import", include_in_schema=False)
    def import_accounts(request: Request, file: Annotated[UploadFile | None, File()] = None) -> Response:
        """Keep the records of a file, and say line by line what became of them."""
        caller: Caller = request.state.caller
        t = Speaker(language_of(request), _WORDS)
        if file is None or not file.filename:
            return form(request, t("import.none"))
        data = file.file.read(_MOST_UPLOAD + 1)
        if len(data) > _MOST_UPLOAD:
            return form(request, t("import.too_large", megabytes=_MOST_UPLOAD // 1_000_000))
        try:
            report = import_upload(copilot.accounts.as_caller(caller.person.id, caller.surface), file.filename, data)
        except InvalidRequest as error:
            return form(request, told(error.code, error.message, language_of(request)))
        return page(
            request,
            "account_import.html",
            _WORDS,
            at=_AT,
            report=report,
            explained=explained_in(language_of(request)),
            lines=report.lines[:_MOST_LINES],
            more=max(0, len(report.lines) - _MOST_LINES),
            reason=None,
            megabytes=_MOST_UPLOAD // 1_000_000,
        )


def _add_account(app: FastAPI, copilot: LocalCopilot) -> None:
    @app.get("/app/accounts/{id}", include_in_schema=False)
    def account_page(request: Request, id: str, done: Text = "", before: Before = None) -> Response:
        """Show everything about an account."""
        return _account(request, copilot, id, done=done, before=before)

    @app.post("/app/accounts/{id}/records", include_in_schema=False)
    def record(request: Request, id: str, fields: Posted) -> Response:
        """Keep what somebody has seen or heard."""
        caller: Caller = request.state.caller
        mine = copilot.accounts.as_caller(caller.person.id, caller.surface)
        what, text, on = fields.get("what", "note"), fields.get("text", ""), fields.get("on", "")
        try:
            if what == "note":
                mine.note(id, text)
            else:
                said = {"name": what, "value": text.strip() or None, "at": f"{on}T00:00:00Z" if on else None}
                mine.add_signals(id, [{name: value for name, value in said.items() if value is not None}])
        except (InvalidSignal, LeadNotReady) as error:
            return _account(
                request,
                copilot,
                id,
                mended=_Mended(
                    form="record", reason=told(error.code, error.message, language_of(request)), typed=fields
                ),
            )
        return see_other(f"/app/accounts/{_quoted(id)}", done="recorded")

    @app.post("/app/accounts/{id}/reactions", include_in_schema=False)
    def react(request: Request, id: str, fields: Posted) -> Response:
        """Keep what somebody says of a suggestion."""
        suggestion, said = fields.get("suggestion", ""), one_of(Verdict, fields.get("reaction", ""))
        if said is None:
            raise InvalidRequest("Choose whether the suggestion is taken. Go back to the account.")
        body = ReactionChange(reaction=said, reason=fields.get("reason", "").strip() or None)
        try:
            copilot.advices.react(suggestion, body, caller=request.state.caller)
        except ReasonRequired:
            reason = Speaker(language_of(request), _WORDS)("reject.reason.missing")
            return _account(request, copilot, id, mended=_Mended(form=suggestion, reason=reason, typed=fields))
        return see_other(f"/app/accounts/{_quoted(id)}", done=said.value)


def _account(
    request: Request,
    copilot: LocalCopilot,
    id: str,
    *,
    done: str = "",
    before: datetime | None = None,
    mended: _Mended | None = None,
) -> Response:
    caller: Caller = request.state.caller
    language = language_of(request)
    t = Speaker(language, _WORDS)
    try:
        record, account = copilot.accounts.get(id), copilot.accounts.current(id)
    except UnknownAccount:
        return page(
            request,
            "message.html",
            _WORDS,
            at=_AT,
            status=404,
            title=t("unknown"),
            detail=t("unknown.detail", id=id[:100]),
            code="unknown_account",
            reference=None,
        )
    try:
        advice = copilot.advices.advice(id, language, caller=caller)
    except NothingIngested:
        advice = None
    outlook = copilot.outlooks.outlook(id)
    happened = copilot.timeline.of(id, caller, before=before, limit=_MOST_EVENTS)
    drafts = []
    if Scope.DRAFTS_READ in caller.scopes:
        drafts = copilot.drafts.as_caller(caller.person.id, caller.surface).list(account=id, limit=_MOST_DRAFTS).drafts
    facts: dict[str, Any] = dict(account.facts)
    return page(
        request,
        "account.html",
        _WORDS,
        at=_AT,
        status=200 if mended is None else 422,
        id=id,
        record=record,
        need=copilot.attention.of(account, language),
        advice=advice,
        reactions=copilot.advices.reactions(id),
        facts=facts_of(facts, t),
        unknown=unknown_facts(facts, record.unknown, t),
        health=None if advice is None else health_picture(advice.health, t, language),
        outlook=outlook,
        outlook_drawn=outlook_picture(outlook, t, language),
        cases=_cases(copilot, id, caller),
        drafts=drafts,
        kinds=[kind.value for kind in KINDS if kind not in WITHOUT_ACCOUNT],
        kind_of=lambda value: KINDS[DraftKind(value)].title[language],
        happened=happened,
        more=len(happened) >= _MOST_EVENTS,
        name_of=copilot.people.name_of,
        events=[event.value for event in AccountEvent],
        mended=mended,
        done=done if t.has(f"done.{done}") else "",
    )


def _cases(copilot: LocalCopilot, id: str, caller: Caller) -> Any:
    try:
        return copilot.cases.match(CaseQuery(account_id=id, limit=_MOST_CASES), caller=caller)
    except (NothingIngested, InvalidRequest):  # there is no case, or nothing to compare by
        return None


def _quoted(id: str) -> str:
    return urlencode({"": id})[1:].replace("+", "%20")
