"""The same use cases, through the HTTP of the process that owns the index."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from copilot.audit.surface import Surface
from copilot.curating.store import ProposalStatus
from copilot.errors import ServerUnavailable
from copilot.interfaces.contract import (
    AccessBody,
    AnswerBody,
    AskBody,
    Deleted,
    DocumentAccess,
    DocumentBody,
    DocumentList,
    FeedbackBody,
    NavigationBody,
    ProblemBody,
    ProposalBody,
    ProposalList,
    QuestionList,
    QuestionPlanBody,
    QuestionReportBody,
    QuestionsDropped,
    RatingBody,
    ReadyBody,
    SearchBody,
)
from copilot.interfaces.curation import ProgressListener
from copilot.interfaces.ingestion_contract import FailureList, IngestBody, IngestionBody, IngestProgress, IngestReport
from copilot.interfaces.local import IngestListener
from copilot.interfaces.people_contract import (
    ErasureBody,
    InvitationBody,
    KeyBody,
    KeyList,
    LoginLink,
    MadeKeyBody,
    NewKeyBody,
    NewPersonBody,
    PersonBody,
    PersonChange,
    PersonExport,
    PersonList,
    RevokedInvitation,
    RotationBody,
)
from copilot.interfaces.remote_advice import RemoteAdvices
from copilot.interfaces.remote_backups import RemoteBackups
from copilot.interfaces.remote_cases import RemoteCases
from copilot.interfaces.remote_changes import RemoteChanges
from copilot.interfaces.remote_contacts import RemoteContacts
from copilot.interfaces.remote_deliveries import RemoteDeliveries
from copilot.interfaces.remote_drafts import RemoteAccounts, RemoteAuditing, RemoteDrafts
from copilot.interfaces.remote_evaluations import RemoteEvaluations
from copilot.interfaces.remote_gaps import RemoteGaps
from copilot.interfaces.remote_insights import RemoteInsights
from copilot.interfaces.remote_knowledge import RemoteKnowledge
from copilot.interfaces.remote_outlooks import RemoteOutlooks
from copilot.interfaces.remote_schedules import RemoteSchedules
from copilot.interfaces.remote_verifying import RemoteVerifying
from knowledge.document import Audience
from knowledge.errors import ReportableError

_Reply = TypeVar("_Reply", bound=BaseModel)
_POLL_S = 0.5


class RemoteError(ReportableError):
    """An error that the server reported; its code is the server's."""

    def __init__(self, problem: ProblemBody) -> None:
        super().__init__(problem.detail)
        self.code = problem.code  # type: ignore[misc]  # the one class whose instances differ in code
        self.diff = problem.diff
        self.choices = tuple(problem.choices or ())
        self.questions = tuple(problem.questions or ())


class RemoteCopilot:
    """Implements `Copilot`."""

    def __init__(self, address: str, token: str, timeout_s: float = 120.0, *, surface: Surface = Surface.CLI) -> None:
        """`surface` is where the person is; it is recorded and decides nothing."""
        self._address = address
        self._surface = surface
        self._client = httpx.Client(
            base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=timeout_s, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def curation(self) -> RemoteCuration:
        """Return the use cases around written questions."""
        return RemoteCuration(self)

    @property
    def changes(self) -> RemoteChanges:
        """Return the use cases around changes of the knowledge."""
        return RemoteChanges(self)

    @property
    def accounts(self) -> RemoteAccounts:
        """Return the use cases around account records."""
        return RemoteAccounts(self)

    @property
    def contacts(self) -> RemoteContacts:
        """Return the use cases around contacts of customers."""
        return RemoteContacts(self)

    @property
    def evaluations(self) -> RemoteEvaluations:
        """Return the use cases around evaluations."""
        return RemoteEvaluations(self)

    @property
    def insights(self) -> RemoteInsights:
        """Return the use cases around insight."""
        return RemoteInsights(self)

    @property
    def schedules(self) -> RemoteSchedules:
        """Return the use cases around digests and schedules."""
        return RemoteSchedules(self)

    @property
    def outlooks(self) -> RemoteOutlooks:
        """Return the use cases around outlooks and histories of accounts."""
        return RemoteOutlooks(self)

    @property
    def cases(self) -> RemoteCases:
        """Return the use cases around case studies."""
        return RemoteCases(self)

    @property
    def advices(self) -> RemoteAdvices:
        """Return the use cases around advice."""
        return RemoteAdvices(self)

    @property
    def drafts(self) -> RemoteDrafts:
        """Return the use cases around drafts and decisions."""
        return RemoteDrafts(self, self._surface)

    @property
    def auditing(self) -> RemoteAuditing:
        """Return the use cases around the audit log."""
        return RemoteAuditing(self)

    @property
    def deliveries(self) -> RemoteDeliveries:
        """Return the use cases around deliveries."""
        return RemoteDeliveries(self)

    @property
    def gaps(self) -> RemoteGaps:
        """Return the use cases around gaps."""
        return RemoteGaps(self)

    @property
    def people(self) -> RemotePeople:
        """Return the use cases around people and keys."""
        return RemotePeople(self)

    @property
    def knowledge(self) -> RemoteKnowledge:
        """Return the use cases around approved knowledge and notices."""
        return RemoteKnowledge(self)

    @property
    def backups(self) -> RemoteBackups:
        """Return the use cases around backups."""
        return RemoteBackups(self)

    @property
    def verifying(self) -> RemoteVerifying:
        """Return the use cases around owners and reviews."""
        return RemoteVerifying(self)

    def ask(self, body: AskBody) -> AnswerBody:
        """Answer a question."""
        said = {"X-Copilot-Surface": self._surface.value}
        return self.call(AnswerBody, "POST", "/v1/ask", json=body.model_dump(mode="json"), headers=said)

    def search(self, text: str, limit: int, audience: Audience, *, verified_only: bool | None = None) -> SearchBody:
        """Return passages, best first."""
        parameters: dict[str, Any] = {"q": text, "k": limit, "audience": audience.value}
        parameters |= {} if verified_only is None else {"verified_only": verified_only}
        return self.call(SearchBody, "GET", "/v1/search", params=parameters)

    def documents(self) -> DocumentList:
        """List all current documents."""
        return self.call(DocumentList, "GET", "/v1/documents")

    def navigation(self) -> NavigationBody:
        """Return the map of the knowledge."""
        return self.call(NavigationBody, "GET", "/v1/navigation")

    def document(self, source_or_id: str, version: int | None = None) -> DocumentBody:
        """Return a document with its stored text."""
        parameters = {} if version is None else {"version": version}
        return self.call(DocumentBody, "GET", f"/v1/documents/{quote(source_or_id, safe='')}", params=parameters)

    def delete_document(self, source_or_id: str) -> Deleted:
        """Delete a document."""
        return self.call(Deleted, "DELETE", f"/v1/documents/{quote(source_or_id, safe='')}")

    def set_access(self, source_or_id: str, body: AccessBody) -> DocumentAccess:
        """Say who may read a document, from now on."""
        path = f"/v1/documents/{quote(source_or_id, safe='')}/access"
        return self.call(DocumentAccess, "POST", path, json=body.model_dump(mode="json"))

    def failures(self) -> FailureList:
        """List what could not be ingested."""
        return self.call(FailureList, "GET", "/v1/failures")

    def ingest(
        self,
        paths: list[str],
        *,
        corpus: bool,
        listen: IngestListener | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Ingest folders and files, which the server must be able to read."""
        return self.run_ingestion(IngestBody(paths=paths, corpus=corpus), listen, cancelled)

    def retry(
        self, *, listen: IngestListener | None = None, cancelled: Callable[[], bool] = lambda: False
    ) -> IngestReport:
        """Ingest again what failed before, and only that."""
        return self.run_ingestion(IngestBody(retry_failed=True), listen, cancelled)

    def run_ingestion(
        self, body: IngestBody, listen: IngestListener | None, cancelled: Callable[[], bool] = lambda: False
    ) -> IngestReport:
        """Start an ingestion and wait for its report; `cancelled` is asked again and again, and True ends it early."""
        running = self.call(IngestionBody, "POST", "/v1/ingestions", json=body.model_dump(mode="json"))
        told = False
        while running.status == "running":
            if cancelled() and not told:
                self.call(IngestionBody, "DELETE", f"/v1/ingestions/{running.id}")
                told = True
            time.sleep(_POLL_S)
            running = self.call(IngestionBody, "GET", f"/v1/ingestions/{running.id}")
            if listen and running.total:
                listen(running)
        if running.report is None:
            raise self.failure(running.error)
        return running.report

    @staticmethod
    def failure(told: ProblemBody | None) -> RemoteError:
        """Return the error of something that failed in the background."""
        return RemoteError(told or ProblemBody(title="", status=500, detail="It failed.", code="internal"))

    def ready(self) -> ReadyBody:
        """Return whether questions can be answered there now, and how each part does."""
        try:
            response = self._client.get("/readyz")
            return ReadyBody.model_validate_json(response.content)  # 503 too, where it is not ready
        except (httpx.HTTPError, ValidationError) as error:
            raise ServerUnavailable(
                f"The copilot at {self._address} does not tell how it is ({type(error).__name__}). Wait, or stop it "
                "and run the command again."
            ) from error

    def login_link(self) -> str:
        """Return a fresh one-time sign-in link."""
        return self.call(LoginLink, "POST", "/v1/login-links").url

    def call(self, shape: type[_Reply], method: str, path: str, **options: Any) -> _Reply:
        """Send one request and read its reply.

        Raises:
            ServerUnavailable: nothing answers.
            RemoteError: what the server reported.
        """
        return shape.model_validate_json(self.send(method, path, **options).content)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request and return the reply as it came.

        Raises:
            ServerUnavailable: nothing answers.
            RemoteError: what the server reported.
        """
        try:
            response = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise ServerUnavailable(
                f"The copilot at {self._address} holds the index but does not answer ({type(error).__name__}). Wait, "
                "or stop it and run the command again."
            ) from error
        if response.is_error:
            raise RemoteError(ProblemBody.model_validate_json(response.content))
        return response


class RemoteCuration:
    """Implements `Curation`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def plan(self, paths: list[str], *, corpus: bool) -> QuestionPlanBody:
        """Tell what writing questions would take."""
        body = IngestBody(paths=paths, corpus=corpus).model_dump(mode="json")
        return self._copilot.call(QuestionPlanBody, "POST", "/v1/questions/plan", json=body)

    def write(self, paths: list[str], *, corpus: bool, listen: ProgressListener | None = None) -> QuestionReportBody:
        """Write questions; what was ingested before is unchanged and passes quickly."""

        def forward(progress: IngestProgress) -> None:
            if listen:
                listen(progress.done, progress.total, progress.source)

        report = self._copilot.run_ingestion(IngestBody(paths=paths, corpus=corpus, questions=True), forward)
        if report.questions is None:
            raise ServerUnavailable(
                "The copilot that runs here is of an older release and wrote no questions. Stop it and start it again."
            )
        return report.questions

    def show(self, source_or_id: str) -> QuestionList:
        """Return the written questions of a document."""
        return self._copilot.call(QuestionList, "GET", "/v1/questions", params={"document": source_or_id})

    def drop(self, source_or_id: str | None) -> QuestionsDropped:
        """Take machine-written questions out of the index."""
        parameters = {} if source_or_id is None else {"document": source_or_id}
        return self._copilot.call(QuestionsDropped, "DELETE", "/v1/questions", params=parameters)

    def proposals(self, status: ProposalStatus | None) -> ProposalList:
        """Return the questions that helped people."""
        parameters = {} if status is None else {"status": status.value}
        return self._copilot.call(ProposalList, "GET", "/v1/questions/proposals", params=parameters)

    def decide(self, id: str, *, accept: bool) -> ProposalBody:
        """Accept or reject a proposed question."""
        body = {"decision": "accept" if accept else "reject"}
        path = f"/v1/questions/proposals/{quote(id, safe='')}/decisions"
        return self._copilot.call(ProposalBody, "POST", path, json=body)

    def feedback(self, answer_id: str, body: RatingBody) -> FeedbackBody:
        """Keep what is said of an answer of one's own."""
        path = f"/v1/answers/{quote(answer_id, safe='')}/feedback"
        return self._copilot.call(FeedbackBody, "POST", path, json=body.model_dump(mode="json"))


class RemotePeople:
    """Implements `People`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def people(self) -> PersonList:
        """Return everybody."""
        return self._copilot.call(PersonList, "GET", "/v1/people")

    def person(self, id: str) -> PersonBody:
        """Return one person."""
        return self._copilot.call(PersonBody, "GET", f"/v1/people/{quote(id, safe='')}")

    def add(self, body: NewPersonBody) -> PersonBody:
        """Take somebody in."""
        return self._copilot.call(PersonBody, "POST", "/v1/people", json=body.model_dump(mode="json"))

    def change(self, id: str, body: PersonChange) -> PersonBody:
        """Change somebody, or let them go."""
        changes = body.model_dump(mode="json", exclude_none=True)
        return self._copilot.call(PersonBody, "PATCH", f"/v1/people/{quote(id, safe='')}", json=changes)

    def keys(self, person: str | None = None) -> KeyList:
        """Return the keys of a person, or all that may be seen."""
        return self._copilot.call(KeyList, "GET", "/v1/keys", params={} if person is None else {"person": person})

    def create_key(self, body: NewKeyBody) -> MadeKeyBody:
        """Make a key and show it, once."""
        return self._copilot.call(MadeKeyBody, "POST", "/v1/keys", json=body.model_dump(mode="json"))

    def rotate_key(self, id: str, body: RotationBody) -> MadeKeyBody:
        """Make a key like this one, which goes on for a while."""
        path = f"/v1/keys/{quote(id, safe='')}/rotation"
        return self._copilot.call(MadeKeyBody, "POST", path, json=body.model_dump(mode="json"))

    def revoke_key(self, id: str) -> KeyBody:
        """End a key at once."""
        return self._copilot.call(KeyBody, "DELETE", f"/v1/keys/{quote(id, safe='')}")

    def invite(self, id: str) -> InvitationBody:
        """Make a link by which somebody chooses their password, once."""
        return self._copilot.call(InvitationBody, "POST", f"/v1/people/{quote(id, safe='')}/invitations")

    def revoke_invitation(self, id: str) -> RevokedInvitation:
        """End the invitation of somebody."""
        return self._copilot.call(RevokedInvitation, "DELETE", f"/v1/people/{quote(id, safe='')}/invitations")

    def export(self, id: str) -> PersonExport:
        """Return everything that is kept of somebody."""
        return self._copilot.call(PersonExport, "GET", f"/v1/people/{quote(id, safe='')}/export")

    def erase(self, id: str) -> ErasureBody:
        """Erase somebody as far as nothing else needs what is kept of them."""
        path = f"/v1/people/{quote(id, safe='')}/erasure"
        return self._copilot.call(ErasureBody, "POST", path, json={"confirm": id})
