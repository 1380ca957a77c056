"""Changes of the knowledge: proposed, checked while one watches, looked at side by side, published or discarded."""

from __future__ import annotations

import base64
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from copilot.errors import CopilotError, InvalidRequest, UploadTooLarge
from copilot.interfaces.api.uploads import read_form
from copilot.interfaces.change_contract import ChangeBody, ChangeReportBody, PublicationBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.presentation import problem
from copilot.interfaces.web.change_words import CHANGES
from copilot.interfaces.web.comparing import Comparison, compared
from copilot.interfaces.web.knowledge_words import KNOWLEDGE
from copilot.interfaces.web.markup import render_markdown
from copilot.interfaces.web.pages import page, see_other, sliced
from copilot.people.caller import Caller
from knowledge.errors import KnowledgeError, ReportableError, UnknownDocument

_WORDS = {**KNOWLEDGE, **CHANGES}
#: Endings of files whose bytes are the text that people write.
_PLAIN = (".md", ".markdown", ".mdx", ".txt", ".text")
_MOST_EDITED = 500_000  # characters in a field; longer texts are sent as a file
_QUESTIONS = 20


def add_change_pages(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the routes."""

    def form(
        request: Request,
        document: str | None,
        *,
        text: str | None = None,
        name: str = "",
        fault: ReportableError | None = None,
        status: int = 200,
    ) -> Response:
        caller = request.state.caller
        body = copilot.document(document, caller=caller) if document else None
        given = text if text is not None or body is None else _plain(copilot, body.id, body.source, caller)
        return page(
            request,
            "knowledge/change_form.html",
            _WORDS,
            at="knowledge",
            status=status,
            body=body,
            text=given,
            name=name,
            fault=fault,
        )

    @app.get("/app/knowledge/changes", include_in_schema=False)
    def list_changes(request: Request, done: Annotated[str | None, Query(max_length=40)] = None) -> Response:
        """List one's own checks."""
        return page(
            request,
            "knowledge/changes.html",
            _WORDS,
            at="knowledge",
            changes=copilot.changes.list(caller=request.state.caller).changes,
            done=done if done == "discarded" else None,
        )

    @app.get("/app/knowledge/changes/new", include_in_schema=False)
    def propose(
        request: Request,
        document: Annotated[str | None, Query(max_length=2_000)] = None,
        check: Annotated[str | None, Query(max_length=64)] = None,
    ) -> Response:
        """Show the form for an edit of a document, a new one, or a check that is edited further."""
        if check is None:
            return form(request, document)
        edit = copilot.changes.edit(check, caller=request.state.caller)
        text = _text(edit.data) if edit.data is not None else None
        return form(request, None if edit.new else edit.source, text=text, name=(edit.source or "") if edit.new else "")

    @app.post("/app/knowledge/changes", include_in_schema=False)
    async def check(request: Request) -> Response:
        """Begin a check."""
        sent: FormData | None = None
        given = _Given()
        try:
            sent = await read_form(request, copilot.uploads.most_bytes)
            given = await _given(sent)
            begun = await run_in_threadpool(copilot.changes.start, given.body(), caller=request.state.caller)
        except (CopilotError, KnowledgeError) as error:
            status = 413 if isinstance(error, UploadTooLarge) else 422
            document = None if isinstance(error, UnknownDocument) else given.document
            return await run_in_threadpool(
                form, request, document, text=given.text, name=given.name, fault=error, status=status
            )
        finally:
            if sent is not None:
                await sent.close()
        return see_other(f"/app/knowledge/changes/{begun.id}")

    def report(
        request: Request,
        id: str,
        *,
        page_number: int = 1,
        fault: ReportableError | None = None,
        reason: str = "",
        done: str | None = None,
        status: int = 200,
    ) -> Response:
        caller = request.state.caller
        found = copilot.changes.show(id, caller=caller)
        return page(
            request,
            "knowledge/change.html",
            _WORDS,
            at="knowledge",
            status=status,
            check=found,
            listed=sliced(found.questions, page_number, _QUESTIONS),
            comparison=_comparison(copilot, found, caller),
            render=render_markdown,
            fault=fault,
            reason=reason,
            done=done if done == "published" else None,
        )

    @app.get("/app/knowledge/changes/{id}", include_in_schema=False)
    def show(
        id: str,
        request: Request,
        page_number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
        done: Annotated[str | None, Query(max_length=40)] = None,
    ) -> Response:
        """Show how far a check is, and what it found."""
        return report(request, id, page_number=page_number, done=done)

    @app.post("/app/knowledge/changes/{id}/publication", include_in_schema=False)
    def publish(id: str, request: Request, reason: Annotated[str, Form(max_length=2_000)] = "") -> Response:
        """Publish what was checked; what breaks answers only with a reason."""
        try:
            body = PublicationBody(accept_broken=reason.strip() or None)
            copilot.changes.publish(id, body, caller=request.state.caller)
        except ValidationError as error:
            wrong = InvalidRequest(f"The reason cannot be kept: {error.errors()[0]['msg']}. Type it again.")
            return report(request, id, fault=wrong, reason=reason, status=422)
        except CopilotError as error:
            return report(request, id, fault=error, reason=reason, status=problem(error).status)
        return see_other(f"/app/knowledge/changes/{id}", done="published")

    @app.post("/app/knowledge/changes/{id}/cancel", include_in_schema=False)
    def cancel(id: str, request: Request) -> Response:
        """Call a check off, or discard what was checked."""
        if copilot.changes.cancel(id, caller=request.state.caller).status == "running":
            return see_other(f"/app/knowledge/changes/{id}")
        return see_other("/app/knowledge/changes", done="discarded")


class _Given:
    """What a form says: the new text of a document, or a file in its place."""

    def __init__(self, document: str = "", name: str = "", text: str | None = None, data: bytes | None = None) -> None:
        self.document, self.name, self.text, self.data = document or None, name, text, data
        self.thorough = False

    def body(self) -> ChangeBody:
        """Return it as a change.

        Raises:
            InvalidRequest: there is nothing in it.
        """
        source = self.document or self.name.strip()
        if not source:
            raise InvalidRequest("The new document has no file name. Give it one that ends in .md.")
        upload = base64.b64encode(self.data).decode() if self.data else None
        try:
            return ChangeBody(
                source=source,
                text=None if upload is not None else self.text or "",
                upload=upload,
                new=self.document is None,
                thorough=self.thorough,
            )
        except ValidationError as error:
            raise InvalidRequest(f"It cannot be used: {error.errors()[0]['msg']}. Type it again.") from error


async def _given(form: FormData) -> _Given:
    file = form.get("file")
    data = await file.read() if isinstance(file, UploadFile) and file.filename else None
    text = form.get("text")
    given = _Given(
        document=str(form.get("document") or "")[:2_000],
        name=str(form.get("name") or (file.filename if isinstance(file, UploadFile) else "") or "")[:300],
        # A browser sends every line break as two signs.
        text=text.replace("\r\n", "\n") if isinstance(text, str) else None,
        data=data,
    )
    given.thorough = form.get("thorough") == "yes"
    return given


def _plain(copilot: LocalCopilot, id: str, source: str, caller: Caller) -> str | None:
    """Return a document as it was written, front matter and all; None where that is no text."""
    if PurePosixPath(source).suffix.lower() not in _PLAIN:
        return None
    return _text(copilot.original(id, caller=caller))


def _text(data: bytes | None) -> str | None:
    if data is None:
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text if len(text) <= _MOST_EDITED and "\0" not in text else None


def _comparison(copilot: LocalCopilot, found: ChangeReportBody, caller: Caller) -> Comparison | None:
    """Compare the one document of a change with what it was, as they are written."""
    if found.status not in ("passes", "breaks") or len(found.documents) != 1:
        return None
    edit, document = copilot.changes.edit(found.id, caller=caller), found.documents[0]
    after = _text(edit.data)
    if after is None or PurePosixPath(document.source).suffix.lower() not in _PLAIN:
        return None
    before = "" if document.change == "added" else _text(copilot.original(document.id, caller=caller))
    return None if before is None else compared(before.replace("\r\n", "\n"), after)
