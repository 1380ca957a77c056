"""The same use cases, through the HTTP of the process that owns the index."""

from __future__ import annotations

import time
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from copilot.errors import ServerUnavailable
from copilot.interfaces.contract import (
    AnswerBody,
    AskBody,
    Deleted,
    DocumentBody,
    DocumentList,
    IngestBody,
    IngestionBody,
    IngestReport,
    LoginLink,
    NavigationBody,
    ProblemBody,
    SearchBody,
)
from copilot.interfaces.local import ProgressListener
from knowledge.document import Audience
from knowledge.errors import ReportableError

_Reply = TypeVar("_Reply", bound=BaseModel)
_POLL_S = 0.5


class RemoteError(ReportableError):
    """An error that the server reported; its code is the server's."""

    def __init__(self, problem: ProblemBody) -> None:
        super().__init__(problem.detail)
        self.code = problem.code  # type: ignore[misc]  # the one class whose instances differ in code


class RemoteCopilot:
    """Implements `Copilot`."""

    def __init__(self, address: str, token: str, timeout_s: float = 120.0) -> None:
        self._address = address
        self._client = httpx.Client(
            base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=timeout_s, trust_env=False
        )

    def ask(self, body: AskBody) -> AnswerBody:
        """Answer a question."""
        return self._call(AnswerBody, "POST", "/v1/ask", json=body.model_dump(mode="json"))

    def search(self, text: str, limit: int, audience: Audience) -> SearchBody:
        """Return passages, best first."""
        parameters = {"q": text, "k": limit, "audience": audience.value}
        return self._call(SearchBody, "GET", "/v1/search", params=parameters)

    def documents(self) -> DocumentList:
        """List all current documents."""
        return self._call(DocumentList, "GET", "/v1/documents")

    def navigation(self) -> NavigationBody:
        """Return the map of the knowledge."""
        return self._call(NavigationBody, "GET", "/v1/navigation")

    def document(self, source_or_id: str, version: int | None = None) -> DocumentBody:
        """Return a document with its stored text."""
        parameters = {} if version is None else {"version": version}
        return self._call(DocumentBody, "GET", f"/v1/documents/{quote(source_or_id, safe='')}", params=parameters)

    def delete_document(self, source_or_id: str) -> Deleted:
        """Delete a document."""
        return self._call(Deleted, "DELETE", f"/v1/documents/{quote(source_or_id, safe='')}")

    def ingest(self, paths: list[str], *, corpus: bool, listen: ProgressListener | None = None) -> IngestReport:
        """Ingest folders and files, which the server must be able to read."""
        body = IngestBody(paths=paths, corpus=corpus)
        running = self._call(IngestionBody, "POST", "/v1/ingestions", json=body.model_dump(mode="json"))
        while running.status == "running":
            time.sleep(_POLL_S)
            running = self._call(IngestionBody, "GET", f"/v1/ingestions/{running.id}")
            if listen and running.total:
                listen(running.done, running.total, "")
        if running.report is None:
            raise RemoteError(running.error or ProblemBody(title="", status=500, detail="It failed.", code="internal"))
        return running.report

    def login_link(self) -> str:
        """Return a fresh one-time sign-in link."""
        return self._call(LoginLink, "POST", "/v1/login-links").url

    def _call(self, shape: type[_Reply], method: str, path: str, **options: Any) -> _Reply:
        try:
            response = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise ServerUnavailable(
                f"The copilot at {self._address} holds the index but does not answer ({type(error).__name__}). Wait, "
                "or stop it and run the command again."
            ) from error
        if response.is_error:
            raise RemoteError(ProblemBody.model_validate_json(response.content))
        return shape.model_validate_json(response.content)
