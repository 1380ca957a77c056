"""Uploads and web addresses, and how far their ingestion is."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from copilot.errors import InvalidRequest, UploadTooLarge
from copilot.interfaces.api.ingestions import Ingestions
from copilot.interfaces.api.uploads import MOST_FILES, NoFile, keep_upload
from copilot.interfaces.ingestion_contract import IngestBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.ingest_words import INGEST
from copilot.interfaces.web.knowledge_words import KNOWLEDGE
from copilot.interfaces.web.pages import page, see_other, sliced
from knowledge.errors import ReportableError
from knowledge.text import is_storable

_WORDS = {**KNOWLEDGE, **INGEST}
_ADDRESSES = ("http://", "https://", "git+http://", "git+https://")


class NoAddress(InvalidRequest):
    """What was typed is no address of the web."""

    code = "no_address"


class NothingChosen(InvalidRequest):
    """The form was sent before a file was chosen."""

    code = "no_file"


def add_upload_pages(app: FastAPI, copilot: LocalCopilot, ingestions: Ingestions) -> None:
    """Register the routes."""

    def shown(
        request: Request,
        *,
        file_problem: ReportableError | None = None,
        address_problem: ReportableError | None = None,
        address: str = "",
        status: int = 200,
    ) -> Response:
        return page(
            request,
            "knowledge/upload.html",
            _WORDS,
            at="knowledge",
            status=status,
            file_problem=file_problem,
            address_problem=address_problem,
            address=address,
            most_bytes=copilot.uploads.most_bytes,
            most_files=MOST_FILES,
            size=_size(copilot.uploads.most_bytes),
            formats=copilot.uploads.formats,
            runs=ingestions.recent(),
        )

    @app.get("/app/knowledge/upload", include_in_schema=False)
    def show_upload(request: Request) -> Response:
        """Show the forms."""
        return shown(request)

    @app.post("/app/knowledge/upload", include_in_schema=False)
    async def upload(request: Request) -> Response:
        """Store files and ingest them."""
        try:
            await keep_upload(request, copilot.uploads)
        except InvalidRequest as error:
            problem = NothingChosen(error.message) if isinstance(error, NoFile) else error
            status = 413 if isinstance(error, UploadTooLarge) else 422
            return await run_in_threadpool(shown, request, file_problem=problem, status=status)
        run = ingestions.start(IngestBody(paths=[copilot.uploads.path], corpus=False))
        return see_other(f"/app/knowledge/ingestions/{run.id}")

    @app.post("/app/knowledge/address", include_in_schema=False)
    def fetch(request: Request, address: Annotated[str, Form(max_length=2_000)] = "") -> Response:
        """Ingest what stands at an address of the web; never a path of this machine."""
        named = address.strip()
        if not named.lower().startswith(_ADDRESSES) or not is_storable(named) or not named.isprintable():
            problem = NoAddress(f"{named[:80]!r} is no address of the web. Begin with https://.")
            return shown(request, address_problem=problem, address=address, status=422)
        run = ingestions.start(IngestBody(paths=[named], corpus=False))
        return see_other(f"/app/knowledge/ingestions/{run.id}")

    @app.get("/app/knowledge/ingestions/{id}", include_in_schema=False)
    def show_ingestion(
        id: str,
        request: Request,
        page_number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
        cancelling: bool = False,
    ) -> Response:
        """Show how far an ingestion is, and what became of each item."""
        run = ingestions.get(id)
        # What failed stands first: that is what somebody has to do something about.
        lines = sorted(run.report.documents, key=lambda one: one.status != "failed") if run and run.report else []
        return page(
            request,
            "knowledge/ingestion.html",
            _WORDS,
            at="knowledge",
            status=200 if run else 404,
            run=run,
            listed=sliced(lines, page_number, 100),
            cancelling=cancelling,
        )

    @app.post("/app/knowledge/ingestions/{id}/cancel", include_in_schema=False)
    def cancel(id: str) -> Response:
        """End an ingestion after the document at hand."""
        ingestions.cancel(id)
        return see_other(f"/app/knowledge/ingestions/{id}", cancelling="yes")


def _size(count: int) -> str:
    return f"{count / 1_048_576:,.0f} MB" if count >= 1_048_576 else f"{count / 1024:,.0f} kB"
