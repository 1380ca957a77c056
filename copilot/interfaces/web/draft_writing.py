"""Changing a draft: by hand with a preview, or by an instruction in words. What somebody typed is never lost."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from copilot.drafting.changed_lines import changed_lines
from copilot.errors import InstructionUnclear, InvalidDraft, InvalidRequest, StaleRevision, UnknownDraft
from copilot.interfaces.draft_contract import DraftReply, InstructionBody, RevisionBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.draft_markup import render_draft
from copilot.interfaces.web.draft_view import AT, Mended, account_name, choices_of, draft_page, mine, unknown_draft
from copilot.interfaces.web.draft_words import DRAFT_WORDS
from copilot.interfaces.web.error_words import told
from copilot.interfaces.web.forms import Posted, number
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page, see_other


def add_draft_writing(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the pages."""

    def editor(
        request: Request, draft: DraftReply, content: str, *, status: int = 200, reason: str | None = None
    ) -> Response:
        return page(
            request,
            "draft_edit.html",
            DRAFT_WORDS,
            at=AT,
            status=status,
            draft=draft,
            account=account_name(copilot, draft.account_id),
            typed=content,
            reason=reason,
            preview=render_draft(content, language=draft.language, breaks=True),
        )

    def stale(request: Request, draft: DraftReply, typed: str, based_on: int) -> Response:
        return page(
            request,
            "draft_stale.html",
            DRAFT_WORDS,
            at=AT,
            status=409,
            draft=draft,
            account=account_name(copilot, draft.account_id),
            typed=typed,
            based_on=based_on,
            lines=changed_lines(draft.content, typed),
            theirs=render_draft(draft.content, language=draft.language, breaks=True),
            name_of=copilot.people.name_of,
        )

    @app.get("/app/drafts/{id}/edit", include_in_schema=False)
    def edit_page(request: Request, id: str) -> Response:
        """Show the latest revision in a field."""
        try:
            draft = mine(copilot, request).show(id)
        except UnknownDraft:
            return unknown_draft(request)
        return editor(request, draft, draft.content)

    @app.post("/app/drafts/{id}/revisions", include_in_schema=False)
    def save(request: Request, id: str, fields: Posted) -> Response:
        """Keep an edited text as the next revision; one that others were faster with comes back beside theirs."""
        content, based_on = fields.get("content", ""), number(fields, "based_on")
        drafts = mine(copilot, request)
        try:
            if not based_on:
                raise InvalidRequest("The form does not say which revision it was made from. Open the draft again.")
            kept = drafts.revise(id, RevisionBody(content=content, based_on=based_on))
        except UnknownDraft:
            return unknown_draft(request)
        except StaleRevision:
            return stale(request, drafts.show(id), content, based_on)
        except InvalidDraft as error:
            return editor(
                request,
                drafts.show(id),
                content,
                status=422,
                reason=told(error.code, error.message, language_of(request)),
            )
        return see_other(f"/app/drafts/{kept.id}", done="saved" if kept.revision > based_on else "unchanged")

    @app.post("/app/drafts/{id}/instructions", include_in_schema=False)
    def change(request: Request, id: str, fields: Posted) -> Response:
        """Carry out an instruction, and show what has changed by it."""
        drafts, based_on = mine(copilot, request), number(fields, "based_on")
        body = InstructionBody(instruction=fields.get("instruction", ""), based_on=based_on or None)
        try:
            before = drafts.show(id, based_on or None)
            changed = drafts.change(id, body)
        except UnknownDraft:
            return unknown_draft(request)
        except InstructionUnclear as error:
            mended = Mended(form="change", reason=error.message, typed=fields, choices=choices_of(error))
            return draft_page(request, copilot, id, mended=mended)
        return page(
            request,
            "draft_changed.html",
            DRAFT_WORDS,
            at=AT,
            draft=changed,
            account=account_name(copilot, changed.account_id),
            understood=changed.understood,
            notes=changed.notes,
            lines=changed_lines(before.content, changed.content),
        )

    @app.post("/app/drafts/preview", include_in_schema=False)
    def preview(request: Request, fields: Posted) -> Response:
        """Return a text as it will look: a piece of a page, for the script beside the field."""
        return HTMLResponse(render_draft(fields.get("content", ""), language=language_of(request), breaks=True))
