"""The page of a document: its text with quoted words marked, what is known of it, what a curator does with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import Response

from copilot.errors import CopilotError, InvalidRequest
from copilot.interfaces.contract import AccessBody, DocumentBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.verification_contract import VerificationChange
from copilot.interfaces.web.comparing import compared
from copilot.interfaces.web.days import day_of
from copilot.interfaces.web.document_text import read_quote, shown_text
from copilot.interfaces.web.knowledge_words import KNOWLEDGE
from copilot.interfaces.web.language import Language, language_of
from copilot.interfaces.web.pages import page, see_other
from knowledge.document import Audience
from knowledge.errors import ReportableError
from knowledge.navigation import STAGES

Version = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
_Typed = Annotated[str, Form(max_length=2_000)]
_Shown = Annotated[int, Form(ge=1, le=2**31 - 1)]
#: Facts that are shown as they are, in this order.
_FACTS = ("language", "roles", "segments", "industries", "cities", "requirements")


def document_address(
    document_id: str, *, version: int | None = None, quote: tuple[int, int] | None = None, **more: str
) -> str:
    """Return the address of a document's page; with a quote, the place where it stands in that version."""
    query = dict(more)
    if version is not None:
        query["version"] = str(version)
    if quote is not None:
        query["quote"] = f"{quote[0]}-{quote[1]}"
    asked = f"?{urlencode(query)}" if query else ""
    return f"/app/knowledge/{document_id}{asked}{'#quote' if quote else ''}"


class DocumentPages:
    """Writes the page, also with what went wrong on it."""

    def __init__(self, copilot: LocalCopilot) -> None:
        self._copilot = copilot

    def shown(
        self,
        request: Request,
        id: str,
        *,
        version: int | None = None,
        against: int | None = None,
        quote: str | None = None,
        part: int | None = None,
        done: str | None = None,
        problems: Mapping[str, ReportableError] | None = None,
        typed: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        """Write the page of a document."""
        caller = request.state.caller
        body = self._copilot.document(id, version, caller=caller)
        span = read_quote(quote) if quote is not None else None
        text = shown_text(body.text, body.title, quote=span, part=part)
        current = body.status == "current"
        before = None
        if against is not None:
            before = self._copilot.document(body.id, against, caller=caller)
        return page(
            request,
            "knowledge/document.html",
            KNOWLEDGE,
            at="knowledge",
            status=status,
            body=body,
            text=text,
            quote=quote,
            marked=text.quoted,
            facts=_facts(body, language_of(request)),
            related=_related(body),
            comparison=compared(before.text, body.text) if before else None,
            against=against,
            cited=self._copilot.verifying.cited().get(body.id, 0),
            questions=self._copilot.curation.show(body.id, caller=caller).questions if current else [],
            may_verify=current and self._copilot.verifying.may_change(body.id, caller=caller),
            done=done if done in ("verified", "unverified", "access", "access_later") else None,
            problems=problems or {},
            typed=typed or {},
            part_address=_part_address(body, version, quote),
        )


def add_document_pages(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the routes; that of the page itself takes any path, so others of the area come before it."""
    pages = DocumentPages(copilot)

    @app.post("/app/knowledge/{id}/verification", include_in_schema=False)
    def verify(
        id: str,
        request: Request,
        version: _Shown,
        verified: Annotated[Literal["yes", "no"], Form()] = "yes",
        review_by: _Typed = "",
        owner: _Typed = "",
        deputy: _Typed = "",
    ) -> Response:
        """Say that a document is right, or take it back."""
        try:
            change = VerificationChange(
                verified=verified == "yes",
                review_by=day_of(review_by),
                owner=owner[:200],
                deputy=deputy[:200],
                version=version,
            )
            copilot.verifying.change(id, change, caller=request.state.caller)
        except CopilotError as error:
            typed = {"review_by": review_by, "owner": owner, "deputy": deputy}
            return pages.shown(request, id, problems={"verify": error}, typed=typed, status=_status(error))
        return see_other(document_address(id), done="verified" if verified == "yes" else "unverified")

    @app.post("/app/knowledge/{id}/access", include_in_schema=False)
    def change_access(
        id: str, request: Request, audience: Annotated[Audience, Form()], groups: _Typed = ""
    ) -> Response:
        """Say who may read a document."""
        named = [name.strip() for name in groups.replace("，", ",").split(",") if name.strip()]
        try:
            made = copilot.set_access(id, AccessBody(audience=audience, groups=named), caller=request.state.caller)
        except CopilotError as error:
            typed = {"audience": audience.value, "groups": groups}
            return pages.shown(request, id, problems={"access": error}, typed=typed, status=_status(error))
        return see_other(document_address(id), done="access" if made.moved else "access_later")

    @app.post("/app/knowledge/{id}/deletion", include_in_schema=False)
    def delete(id: str, request: Request, version: _Shown, sure: Annotated[str, Form(max_length=10)] = "") -> Response:
        """Delete a document, once the box is ticked."""
        try:
            if not sure:
                raise NotSure("Tick the box that says you are sure.")
            copilot.delete_document(id, version=version, caller=request.state.caller)
        except CopilotError as error:
            return pages.shown(request, id, problems={"delete": error}, status=_status(error))
        return see_other("/app/knowledge", done="deleted")

    @app.get("/app/knowledge/{id:path}", include_in_schema=False)
    def show(
        id: str,
        request: Request,
        version: Version = None,
        against: Version = None,
        quote: Annotated[str | None, Query(max_length=40)] = None,
        part: Annotated[int | None, Query(ge=1, le=100_000)] = None,
        done: Annotated[str | None, Query(max_length=40)] = None,
    ) -> Response:
        """Show a document; `quote=start-end` marks a span of the stored text, in code points."""
        return pages.shown(request, id, version=version, against=against, quote=quote, part=part, done=done)


class NotSure(InvalidRequest):
    """The box that guards a deletion was not ticked."""

    code = "unsure"


def _status(error: CopilotError) -> int:
    return 409 if error.code == "stale_change" else 403 if error.code == "not_permitted" else 422


def _facts(body: DocumentBody, language: Language) -> Sequence[tuple[str, str]]:
    """Return what a document says of itself, where it says something."""
    metadata = body.metadata
    stages = [STAGES[name][0 if language == "zh" else 1] for name in _names(metadata.get("stages")) if name in STAGES]
    told = [("stages", "、".join(stages) if language == "zh" else ", ".join(stages))]
    told += [(name, ", ".join(_names(metadata.get(name)))) for name in _FACTS]
    return [(name, value) for name, value in told if value]


def _related(body: DocumentBody) -> Sequence[str]:
    return _names(body.metadata.get("related"))


def _names(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, tuple | list) else [str(value)] if value else []


def _part_address(body: DocumentBody, version: int | None, quote: str | None) -> str:
    asked = {"version": version, "quote": quote}
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"/app/knowledge/{body.id}?{query}{'&' if query else ''}part="
