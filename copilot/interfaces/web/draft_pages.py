"""Pages of drafts: the inbox, one draft with its history, what two revisions differ in, and a new one."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from copilot.approval.inbox import Box
from copilot.drafting.changed_lines import changed_lines
from copilot.drafting.draft import DraftKind
from copilot.drafting.kinds import KINDS, WITHOUT_ACCOUNT
from copilot.errors import InvalidRequest, UnknownAccount, UnknownDraft
from copilot.interfaces.api.drafts import attachment
from copilot.interfaces.draft_contract import DraftBody
from copilot.interfaces.export.formats import ExportFormat
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.choices import one_of
from copilot.interfaces.web.draft_view import AT, account_name, draft_page, mine, my_deliveries, unknown_draft
from copilot.interfaces.web.draft_words import DRAFT_WORDS
from copilot.interfaces.web.error_words import explained_in, told
from copilot.interfaces.web.forms import Posted
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page, see_other, sliced
from copilot.interfaces.web.words import Speaker
from knowledge.document import Audience

_SIZE = 25
#: Accounts that a list offers while somebody types; an id that is not among them can be typed too.
_OFFERED = 500
Text = Annotated[str, Query(max_length=200)]
Revision = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000)]


def add_draft_pages(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the pages; `new` stands before the drafts, whose ids could not be that."""
    _add_inbox(app, copilot)
    _add_new(app, copilot)
    _add_draft(app, copilot)


def _add_inbox(app: FastAPI, copilot: LocalCopilot) -> None:
    @app.get("/app/drafts", include_in_schema=False)
    def drafts_page(
        request: Request,
        box: Text = "",
        kind: Text = "",
        account: Text = "",
        done: Text = "",
        number: PageNumber = 1,
    ) -> Response:
        """Show one view of the drafts, or the deliveries that failed."""
        t = Speaker(language_of(request), DRAFT_WORDS)
        failed = box == "failed"
        chosen = one_of(Box, box) or Box.WAITING
        found = None
        deliveries = None
        if failed:
            deliveries = sliced(my_deliveries(copilot, request).failed().deliveries, number, _SIZE)
        else:
            wanted = account.strip() or None
            found = mine(copilot, request).inbox(
                chosen, kind=one_of(DraftKind, kind), account=wanted, page=number, size=_SIZE
            )
        kept = {"box": "failed" if failed else chosen.value, "kind": kind, "account": account}
        address = urlencode({name: value for name, value in kept.items() if value})
        names = {one.account_id: account_name(copilot, one.account_id) for one in (found.drafts if found else ())}
        return page(
            request,
            "drafts.html",
            DRAFT_WORDS,
            at=AT,
            box="failed" if failed else chosen.value,
            boxes=[*(one.value for one in Box), "failed"],
            found=found,
            deliveries=deliveries,
            explained=explained_in(language_of(request)),
            kind=kind,
            account=account,
            kinds=[one.value for one in KINDS],
            names=names,
            name_of=copilot.people.name_of,
            address=f"/app/drafts?{address}&page=",
            done=done if t.has(f"done.{done}") else "",
        )


def _add_new(app: FastAPI, copilot: LocalCopilot) -> None:
    def form(
        request: Request, kind: str, account: str, typed: dict[str, str] | None = None, reason: str | None = None
    ) -> Response:
        chosen = one_of(DraftKind, kind)
        chosen = None if chosen in WITHOUT_ACCOUNT else chosen
        kinds = [one for one in KINDS if one not in WITHOUT_ACCOUNT]
        offered = (
            []
            if chosen is None
            else [(one.id, account_name(copilot, one.id)) for one in copilot.accounts.list(_OFFERED).accounts]
        )
        return page(
            request,
            "draft_new.html",
            DRAFT_WORDS,
            at=AT,
            status=200 if reason is None else 422,
            kind=None if chosen is None else chosen.value,
            groups=[
                (audience.value, [one.value for one in kinds if KINDS[one].audience is audience])
                for audience in (Audience.CUSTOMER, Audience.INTERNAL)
            ],
            inputs=() if chosen is None else KINDS[chosen].inputs,
            account=account,
            offered=offered,
            typed=typed or {},
            reason=reason,
            key=str(uuid4()),
        )

    @app.get("/app/drafts/new", include_in_schema=False)
    def new_page(request: Request, kind: Text = "", account: Text = "") -> Response:
        """Ask what is to be written, then for what it needs."""
        return form(request, kind, account)

    @app.post("/app/drafts", include_in_schema=False)
    def create(request: Request, fields: Posted) -> Response:
        """Compose a draft; the same form sent again leads to the draft that it made."""
        t = Speaker(language_of(request), DRAFT_WORDS)
        kind, account = one_of(DraftKind, fields.get("kind", "")), fields.get("account", "").strip()
        if kind is None:
            return form(request, "", account, reason=t("new.no_kind"))
        if not account:
            return form(request, kind.value, account, dict(fields), t("new.no_account"))
        inputs = {name: value for name in KINDS[kind].inputs if (value := fields.get(f"input.{name}", "").strip())}
        language = fields.get("language")
        body = DraftBody(
            kind=kind,
            account_id=account,
            inputs=inputs,
            language="zh" if language == "zh" else "en" if language == "en" else None,
        )
        try:
            made = mine(copilot, request).create(body, fields.get("key") or None)
        except UnknownAccount:
            return form(request, kind.value, account, dict(fields), t("new.unknown_account", id=account[:100]))
        except InvalidRequest as error:
            return form(
                request, kind.value, account, dict(fields), told(error.code, error.message, language_of(request))
            )
        return see_other(f"/app/drafts/{made.id}", done="created")


def _add_draft(app: FastAPI, copilot: LocalCopilot) -> None:
    @app.get("/app/drafts/{id}", include_in_schema=False)
    def show_page(request: Request, id: str, revision: Revision = None, done: Text = "") -> Response:
        """Show a draft, by default its latest revision."""
        return draft_page(request, copilot, id, revision=revision, done=done)

    @app.get("/app/drafts/{id}/changes", include_in_schema=False)
    def changes_page(request: Request, id: str, before: Revision = None, after: Revision = None) -> Response:
        """Show what two revisions differ in, by default the last two."""
        try:
            draft = mine(copilot, request).show(id)
        except UnknownDraft:
            return unknown_draft(request)
        texts = {one.revision: one.content for one in draft.revisions}
        second = after if after in texts else draft.latest
        first = before if before in texts else max(1, second - 1)
        return page(
            request,
            "draft_changes.html",
            DRAFT_WORDS,
            at=AT,
            draft=draft,
            account=account_name(copilot, draft.account_id),
            before=first,
            after=second,
            lines=changed_lines(texts[first], texts[second]),
            name_of=copilot.people.name_of,
        )

    @app.get("/app/drafts/{id}/export", include_in_schema=False)
    def export(request: Request, id: str, format: Text = "md", audience: Text = "internal") -> Response:
        """Return the latest revision as a file."""
        wanted = one_of(ExportFormat, format) or ExportFormat.MARKDOWN
        readers = one_of(Audience, audience) or Audience.INTERNAL
        try:
            return attachment(mine(copilot, request).export(id, wanted, readers), wanted)
        except UnknownDraft:
            return unknown_draft(request)
