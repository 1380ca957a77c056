"""Deciding on a draft and sending it: each with a look at what is decided, and done once however often it is sent."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from copilot.approval.decision import Verdict
from copilot.delivery.delivery import ChannelName
from copilot.drafting.kinds import KINDS
from copilot.errors import InvalidRequest, ReasonRequired, StaleRevision, UnknownDraft
from copilot.interfaces.delivery_contract import DeliverBody, ForeseenBody
from copilot.interfaces.draft_contract import DecisionReply, DraftDecisionBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.choices import one_of
from copilot.interfaces.web.draft_view import (
    AT,
    Mended,
    account_name,
    draft_page,
    mine,
    my_deliveries,
    shown_findings,
    unknown_draft,
)
from copilot.interfaces.web.draft_words import DRAFT_WORDS
from copilot.interfaces.web.error_words import told
from copilot.interfaces.web.forms import Posted, number
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page, see_other
from copilot.interfaces.web.words import Speaker
from knowledge.errors import ReportableError

Text = Annotated[str, Query(max_length=2000)]


def add_draft_deciding(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the pages."""
    _add_decisions(app, copilot)
    _add_deliveries(app, copilot)


def _add_decisions(app: FastAPI, copilot: LocalCopilot) -> None:
    def moved_on(request: Request, id: str, revision: int) -> Response:
        t = Speaker(language_of(request), DRAFT_WORDS)
        draft = mine(copilot, request).show(id)
        return page(
            request,
            "draft_moved_on.html",
            DRAFT_WORDS,
            at=AT,
            status=409,
            title=t("stale"),
            detail=t("stale.decision", revision=revision, latest=draft.latest),
            draft=draft,
            revision=revision,
        )

    @app.get("/app/drafts/{id}/approve", include_in_schema=False)
    def approve_page(request: Request, id: str) -> Response:
        """Show what is approved, who will read it and what the checks found."""
        try:
            draft = mine(copilot, request).show(id)
        except UnknownDraft:
            return unknown_draft(request)
        t = Speaker(language_of(request), DRAFT_WORDS)
        return page(
            request,
            "draft_approve.html",
            DRAFT_WORDS,
            at=AT,
            draft=draft,
            account=account_name(copilot, draft.account_id),
            audience=KINDS[draft.kind].audience.value,
            findings=shown_findings(draft, t),
            rights=mine(copilot, request).rights(id),
            key=str(uuid4()),
        )

    @app.post("/app/drafts/{id}/decisions", include_in_schema=False)
    def decide(request: Request, id: str, fields: Posted) -> Response:
        """Record a decision; the same form sent twice, or from many windows, decides once."""
        said, revision = one_of(Verdict, fields.get("decision", "")), number(fields, "revision")
        if said is None or not revision:
            raise InvalidRequest("The form does not say what is decided on which revision. Open the draft again.")
        reason = fields.get("reason", "").strip() or None
        body = DraftDecisionBody(decision=said, revision=revision, reason=reason)
        try:
            decided = mine(copilot, request).decide(id, body, fields.get("key") or None)
        except UnknownDraft:
            return unknown_draft(request)
        except ReasonRequired:
            missing = Speaker(language_of(request), DRAFT_WORDS)("reject.missing")
            return draft_page(request, copilot, id, mended=Mended(form="reject", reason=missing, typed=fields))
        except StaleRevision:
            return moved_on(request, id, revision)
        return see_other(f"/app/drafts/{decided.id}", done=_outcome(decided))


def _outcome(decided: DecisionReply) -> str:
    if decided.outcome != "decided":
        return "already"
    if decided.decision.decision is Verdict.REJECT:
        return "rejected"
    return "one_of_two" if decided.approvals_missing else "approved"


def _add_deliveries(app: FastAPI, copilot: LocalCopilot) -> None:
    @app.get("/app/drafts/{id}/deliver", include_in_schema=False)
    def deliver_page(request: Request, id: str, channel: Text = "", destination: Text = "") -> Response:
        """Ask where to, then show who will read it there and what they may not see."""
        try:
            draft = mine(copilot, request).show(id)
        except UnknownDraft:
            return unknown_draft(request)
        deliveries = my_deliveries(copilot, request)
        chosen = one_of(ChannelName, channel)
        foreseen: ForeseenBody | None = None
        reason: str | None = None
        if chosen is not None:
            try:
                wanted = DeliverBody(channel=chosen, destination=destination.strip(), revision=draft.latest)
                foreseen = deliveries.foresee(id, wanted)
            except ReportableError as error:
                reason = told(error.code, error.message, language_of(request))
        return page(
            request,
            "draft_deliver.html",
            DRAFT_WORDS,
            at=AT,
            status=200 if reason is None else 422,
            draft=draft,
            account=account_name(copilot, draft.account_id),
            channels=[one.value for one in deliveries.channels],
            channel=channel,
            destination=destination,
            foreseen=foreseen,
            reason=reason,
        )

    @app.post("/app/drafts/{id}/deliveries", include_in_schema=False)
    def deliver(request: Request, id: str, fields: Posted) -> Response:
        """Have the approved revision sent; the same again changes nothing."""
        channel, revision = one_of(ChannelName, fields.get("channel", "")), number(fields, "revision")
        if channel is None:
            raise InvalidRequest("The form does not say how the draft is sent. Open the draft again.")
        body = DeliverBody(channel=channel, destination=fields.get("destination", ""), revision=revision or None)
        my_deliveries(copilot, request).request(id, body)
        return see_other(f"/app/drafts/{id}", done="delivered")

    @app.post("/app/deliveries/{id}/retry", include_in_schema=False)
    def retry(request: Request, id: str) -> Response:
        """Send what was given up or stopped as soon as possible."""
        again = my_deliveries(copilot, request).retry(id)
        return see_other(f"/app/drafts/{again.draft_id}", done="retried")
