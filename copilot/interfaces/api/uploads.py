"""`POST /v1/documents`: files that people send, or what there is to ingest where the server runs."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, BinaryIO

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from copilot.errors import InvalidRequest, UploadTooLarge
from copilot.interfaces.api.ingestions import Ingestions
from copilot.interfaces.ingestion_contract import IngestBody, IngestionBody
from copilot.interfaces.local import Uploads

_FORM = "multipart/form-data"
MOST_FILES = 100
#: What a form says around its files.
_AROUND = 64 * 1024
#: The closing line of a form, and what little may follow it, stand in these last bytes.
_TAIL = 1024
_FILES: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
}
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/IngestBody"}},
        _FORM: {"schema": _FILES},
    },
}


class NoFile(InvalidRequest):
    """A form came without a file."""


def add_uploads(app: FastAPI, uploads: Uploads, ingestions: Ingestions) -> None:
    """Register the route."""

    @app.post("/v1/documents", tags=["knowledge"], status_code=202, openapi_extra={"requestBody": _BODY})
    async def add_documents(request: Request) -> IngestionBody:
        """Upload files as a form, or name as JSON what to ingest.

        A file of the same name is replaced. `GET /v1/ingestions/{id}` tells what became of them.
        """
        if not request.headers.get("content-type", "").lower().startswith(_FORM):
            limited = Request(request.scope, _limited(request, uploads.most_bytes))
            return ingestions.start(_named(await limited.body()))
        await keep_upload(request, uploads)
        return ingestions.start(IngestBody(paths=[uploads.path], corpus=False))


async def keep_upload(request: Request, uploads: Uploads) -> None:
    """Store the files of a form, all or none.

    Raises:
        InvalidRequest: it cannot be read, is cut off, holds no file, or one whose name cannot be used.
        UploadTooLarge: it holds more than may be sent at once.
    """
    await _keep(Request(request.scope, _limited(request, uploads.most_bytes)), uploads)


def _named(body: bytes) -> IngestBody:
    try:
        return IngestBody.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error


async def read_form(request: Request, most_bytes: int) -> FormData:
    """Read a form with fields as long as a file, complete or not at all; it is to be closed.

    Raises:
        InvalidRequest: it cannot be read, or is cut off.
        UploadTooLarge: it holds more than that.
    """
    limited = Request(request.scope, _limited(request, most_bytes))
    try:
        return await limited.form(max_files=1, max_fields=MOST_FILES, max_part_size=most_bytes)
    except HTTPException as error:
        raise InvalidRequest(f"The form cannot be read: {error.detail} Send it anew.") from error


async def _keep(request: Request, uploads: Uploads) -> None:
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FILES, max_part_size=_AROUND)
    except HTTPException as error:
        raise InvalidRequest(f"The form cannot be read: {error.detail} Send the files anew.") from error
    try:
        files: list[tuple[str, BinaryIO]] = [
            (part.filename or "", part.file)
            for _, part in form.multi_items()
            if isinstance(part, UploadFile) and (part.filename or part.size)  # a browser sends an empty choice too
        ]
        if not files:
            raise NoFile("No file was sent. Send a form with one or more files in it.")
        await run_in_threadpool(uploads.keep, files)
    finally:
        await form.close()


def _limited(request: Request, most: int) -> Receive:
    """Pass a body on until it is larger than what may be sent; a form must come with its end."""
    kind, told = parse_options_header(request.headers.get("content-type", "")), 0
    end = b"--%b--" % kind[1].get(b"boundary", b"") if kind[0] == _FORM.encode() else b""
    with suppress(ValueError):
        told = int(request.headers.get("content-length", "0"))
    taken, tail = 0, b""

    async def receive() -> Message:
        nonlocal taken, tail
        message = await request.receive()
        part: bytes = message.get("body", b"")
        taken, tail = taken + len(part), (tail + part)[-_TAIL:]
        if max(told, taken) > most + _AROUND:
            raise UploadTooLarge(
                f"An upload may have {most} bytes, all its files together. Send fewer files at once, or raise "
                "COPILOT_UPLOAD_MAX_BYTES."
            )
        # The parser would pass over a file that is cut off, and nobody would know.
        if not message.get("more_body", False) and message["type"] == "http.request" and end not in tail:
            raise InvalidRequest("The form is cut off: its closing line is missing. Send the files anew.")
        return message

    return receive
