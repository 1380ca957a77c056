"""Gaps: listed, given to somebody, merged, answered; what became of the answers; and one's own notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError

from copilot.curating.gap import GapStatus
from copilot.errors import CopilotError, InvalidRequest
from copilot.interfaces.gap_contract import AssignmentBody, GapBody, MergeBody
from copilot.interfaces.knowledge_contract import GapAnswerBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.presentation import problem
from copilot.interfaces.web.days import day_of
from copilot.interfaces.web.gap_words import GAPS
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page, see_other, slice_of, sliced
from copilot.people.scope import Scope
from knowledge.document import Audience
from knowledge.errors import KnowledgeError, ReportableError, UnknownDocument
from knowledge.navigation import STAGES

_SIZE = 50
_Text = Annotated[str, Form(max_length=2_000)]
_Done = Annotated[str | None, Query(max_length=40)]
_Page = Annotated[int, Query(alias="page", ge=1, le=1_000_000)]
#: Views of the list, in the order of the tabs.
_TABS = ("open", "drafted", "mine", "answered", "dismissed", "all")
#: Gaps that a gap can be merged into, those most asked first.
_OTHERS = 200


def add_gap_pages(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the routes."""

    @app.get("/app/gaps", include_in_schema=False)
    def list_gaps(request: Request, view: str = "open", page_number: _Page = 1) -> Response:
        """List the gaps one may see."""
        tab = view if view in _TABS else "open"
        status = None if tab in ("mine", "all") else GapStatus(tab)
        found = copilot.gaps.list(
            status,
            mine=tab == "mine",
            limit=_SIZE,
            offset=(page_number - 1) * _SIZE,
            caller=request.state.caller,
        )
        if not found.gaps and found.count:
            return see_other("/app/gaps", view=tab, page=str(-(-found.count // _SIZE)))
        return page(
            request,
            "gaps/list.html",
            GAPS,
            at="gaps",
            tab=tab,
            tabs=_TABS,
            groups=_by_stage(found.gaps),
            stages=_stages(request),
            listed=slice_of(found.gaps, page_number, found.count, _SIZE),
            apart=found.not_gaps.model_dump(),
        )

    def shown(
        request: Request,
        id: str,
        *,
        problems: Mapping[str, ReportableError] | None = None,
        typed: Mapping[str, str] | None = None,
        done: str | None = None,
        status: int = 200,
    ) -> Response:
        caller = request.state.caller
        gap = copilot.gaps.show(id, caller=caller)
        others = copilot.gaps.list(None, mine=False, limit=_OTHERS, caller=caller).gaps
        owners = copilot.gaps.owners(caller=caller)
        return page(
            request,
            "gaps/gap.html",
            GAPS,
            at="gaps",
            status=status,
            gap=gap,
            asked_for=id,
            may_decide=Scope.GAPS_WRITE in caller.scopes and (bool(owners) or gap.owner == caller.person.id),
            may_answer=Scope.DRAFTS_WRITE in caller.scopes and gap.status is not GapStatus.DISMISSED,
            owners=owners,
            others=[one for one in others if one.id != gap.id and one.status in (GapStatus.OPEN, GapStatus.DRAFTED)],
            closest=_title(copilot, gap.document_id, request),
            published=_title(copilot, gap.published_id, request),
            publications=copilot.knowledge.of_gap(gap.id, caller=caller),
            stages=_stages(request),
            key=uuid4().hex,
            problems=problems or {},
            typed=typed or {},
            done=done,
        )

    def changed(request: Request, id: str, form: str, error: ReportableError, **typed: str) -> Response:
        """Show the page again with what went wrong beside the form, and what was typed in it."""
        return shown(request, id, problems={form: error}, typed=typed, status=problem(error).status)

    @app.post("/app/gaps/{id}/assignment", include_in_schema=False)
    def assign(id: str, request: Request, owner: _Text = "") -> Response:
        """Give a gap to somebody."""
        try:
            copilot.gaps.assign(id, AssignmentBody(owner=owner.strip()).owner, caller=request.state.caller)
        except (CopilotError, ValidationError) as error:
            return changed(request, id, "assign", _reportable(error), owner=owner)
        return see_other(f"/app/gaps/{id}", done="assigned")

    @app.post("/app/gaps/{id}/dismissal", include_in_schema=False)
    def dismiss(id: str, request: Request, reason: Annotated[str, Form(max_length=10_000)] = "") -> Response:
        """Decide that a gap needs no answer."""
        try:
            copilot.gaps.dismiss(id, reason, caller=request.state.caller)
        except CopilotError as error:
            return changed(request, id, "dismiss", error, reason=reason)
        return see_other(f"/app/gaps/{id}", done="dismissed")

    @app.post("/app/gaps/{id}/reopening", include_in_schema=False)
    def reopen(id: str, request: Request) -> Response:
        """Open a gap that was closed."""
        copilot.gaps.reopen(id, caller=request.state.caller)
        return see_other(f"/app/gaps/{id}", done="reopened")

    @app.post("/app/gaps/{id}/merge", include_in_schema=False)
    def merge(id: str, request: Request, into: _Text = "") -> Response:
        """Let a gap be part of another."""
        try:
            merged = copilot.gaps.merge(id, MergeBody(into=into.strip()).into, caller=request.state.caller)
        except (CopilotError, ValidationError) as error:
            return changed(request, id, "merge", _reportable(error))
        return see_other(f"/app/gaps/{merged.id}", done="merged")

    @app.post("/app/gaps/{id}/draft", include_in_schema=False)
    def answer(
        id: str,
        request: Request,
        answer: Annotated[str, Form(max_length=60_000)] = "",
        title: _Text = "",
        audience: Annotated[str, Form(max_length=20)] = "",
        document_id: _Text = "",
        valid_until: _Text = "",
        pin: Annotated[str, Form(max_length=10)] = "",
        key: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        """Keep an answer as a draft."""
        try:
            body = GapAnswerBody(
                answer=answer,
                title=title.strip() or None,
                audience=next((one for one in Audience if one.value == audience), None),
                document_id=document_id.strip() or None,
                valid_until=day_of(valid_until),
                pin=pin == "yes",
            )
            copilot.knowledge.answer(id, body, key or None, caller=request.state.caller)
        except (CopilotError, KnowledgeError, ValidationError) as error:
            typed = {
                "answer": answer,
                "title": title,
                "audience": audience,
                "document_id": document_id,
                "valid_until": valid_until,
                "pin": pin,
            }
            return changed(request, id, "answer", _reportable(error), **typed)
        return see_other(f"/app/gaps/{id}", done="drafted")

    @app.get("/app/gaps/notices", include_in_schema=False)
    def list_notices(request: Request, page_number: _Page = 1, done: _Done = None) -> Response:
        """List one's own notices."""
        notices = copilot.knowledge.notices(caller=request.state.caller).notices
        return page(
            request,
            "gaps/notices.html",
            GAPS,
            at="gaps",
            listed=sliced(notices, page_number),
            done="seen" if done == "seen" else None,
        )

    @app.post("/app/gaps/notices/{id}/seen", include_in_schema=False)
    def see_notice(id: str, request: Request) -> Response:
        """Remember that one has seen a notice."""
        copilot.knowledge.see(id, caller=request.state.caller)
        return see_other("/app/gaps/notices", done="seen")

    @app.get("/app/gaps/{id}", include_in_schema=False)
    def show(id: str, request: Request, done: _Done = None) -> Response:
        """Show a gap."""
        known = ("assigned", "dismissed", "reopened", "merged", "drafted")
        return shown(request, id, done=done if done in known else None)


def _by_stage(gaps: list[GapBody]) -> list[tuple[str, list[GapBody]]]:
    """Group what is on a page by the stage that most askers were at, in the order of the journey."""
    found: dict[str, list[GapBody]] = {stage: [] for stage in (*STAGES, "")}
    for gap in gaps:
        found[next((one for one in gap.stages if one in STAGES), "")].append(gap)
    return [(stage, group) for stage, group in found.items() if group]


def _stages(request: Request) -> dict[str, str]:
    at = 0 if language_of(request) == "zh" else 1
    return {key: names[at] for key, names in STAGES.items()}


def _title(copilot: LocalCopilot, document: str | None, request: Request) -> tuple[str, str] | None:
    """Return id and title of a document that may be read."""
    if document is None:
        return None
    try:
        found = copilot.document(document, caller=request.state.caller)
    except UnknownDocument:
        return None
    return found.id, found.title or found.source


def _reportable(error: ReportableError | ValidationError) -> ReportableError:
    if isinstance(error, ReportableError):
        return error
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "It"
    return InvalidRequest(f"{where}: {first['msg'].lower()}. Type it again.")
