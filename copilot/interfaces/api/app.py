"""The HTTP interface. Routes translate; the use cases are `LocalCopilot`'s."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from copilot.interfaces.api.accounts import add_accounts
from copilot.interfaces.api.advice import add_advice
from copilot.interfaces.api.asking import add_asking
from copilot.interfaces.api.audit import add_audit
from copilot.interfaces.api.backups import add_backups
from copilot.interfaces.api.calculators import add_calculators
from copilot.interfaces.api.cases import add_cases
from copilot.interfaces.api.changes import add_changes
from copilot.interfaces.api.contacts import add_contacts
from copilot.interfaces.api.conversations import add_conversations
from copilot.interfaces.api.deliveries import add_deliveries
from copilot.interfaces.api.described import PROBLEMS, Described
from copilot.interfaces.api.drafts import add_drafts, surface_of
from copilot.interfaces.api.evaluations import add_evaluations
from copilot.interfaces.api.gaps import add_gaps
from copilot.interfaces.api.hosts import Hosts, Named
from copilot.interfaces.api.hubspot import HubSpotDoor
from copilot.interfaces.api.ingestions import Ingestions
from copilot.interfaces.api.insights import add_insights
from copilot.interfaces.api.knowledge import add_knowledge
from copilot.interfaces.api.origins import CrossOrigin
from copilot.interfaces.api.outlooks import add_outlooks
from copilot.interfaces.api.pacing import Paced, Turns
from copilot.interfaces.api.people import add_people
from copilot.interfaces.api.problems import add_problem_handlers
from copilot.interfaces.api.questions import add_questions
from copilot.interfaces.api.schedules import add_schedules
from copilot.interfaces.api.security import Gate
from copilot.interfaces.api.sidebar import add_sidebar
from copilot.interfaces.api.sizes import Sized
from copilot.interfaces.api.slack import SlackRequests, add_slack
from copilot.interfaces.api.uploads import add_uploads
from copilot.interfaces.api.verifying import add_verifying
from copilot.interfaces.api.watched import Unforeseen, Watched
from copilot.interfaces.api.widget import add_widget
from copilot.interfaces.contract import (
    AccessBody,
    Deleted,
    DocumentAccess,
    DocumentBody,
    DocumentList,
    NavigationBody,
    ReadyBody,
    SearchBody,
)
from copilot.interfaces.ingestion_contract import FailureList, IngestBody, IngestionBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.mcp.http import McpEndpoint
from copilot.interfaces.openai.routes import add_openai
from copilot.interfaces.web.app import add_web
from copilot.interfaces.web.chat import chat_page
from copilot.interfaces.web.cookies import visitor_of
from copilot.interfaces.web.pages import STATIC, see_other
from copilot.interfaces.web.sidebar import add_sidebar_pages
from copilot.interfaces.web.signing_in import signed_in
from copilot.people.access import AccessService
from copilot.people.origins import Origins
from copilot.people.pace import Pacing
from copilot.telemetry.measures import Exposed, Unmeasured
from copilot.telemetry.tracing import Tracer
from knowledge.document import Audience

#: A version of a document; as large as the database can count.
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


def create_app(
    *,
    copilot: LocalCopilot,
    access: AccessService,
    ready: Callable[[], ReadyBody],
    version: str,
    slack: SlackRequests | None = None,
    measures: Exposed | None = None,
    tracer: Tracer | None = None,
    pacing: Pacing | None = None,
    turns: Turns | None = None,
    hosts: Hosts | None = None,
) -> FastAPI:
    """Wire the routes. `ready` tells, cheaply, whether questions can be answered now; `slack` is there when set up.

    Without `pacing`, `turns` and `hosts` everybody may ask as much as they like, under any name.
    """
    measures = measures or Unmeasured()
    endpoint = McpEndpoint(copilot, version)
    app = Described(
        title="Frontline Copilot",
        version=version,
        docs_url=None,
        redoc_url=None,
        lifespan=lambda _: endpoint.running(),
        responses=PROBLEMS,
    )
    app.add_middleware(Unforeseen)
    app.add_middleware(Paced, pacing=pacing, turns=turns)
    app.add_middleware(Sized, upload_bytes=copilot.uploads.most_bytes)  # around turns, for which bodies are read
    doors = copilot.beside.doors
    app.add_middleware(Gate, access=access, bearers=[doors.visits.caller], doors=[HubSpotDoor(doors)])
    origins = access.visitors.origins if access.visitors is not None else Origins()
    app.add_middleware(CrossOrigin, origins=origins)  # around the gate: its refusals are read across origins too
    app.add_middleware(Named, hosts=hosts or Hosts(None))
    app.add_middleware(Unforeseen)
    app.add_middleware(Watched, watch=measures, tracer=tracer)  # around everything: what is refused is seen too
    add_problem_handlers(app)
    _add_health(app, ready)
    _add_metrics(app, measures)
    _add_pages(app, access, copilot)
    add_widget(app, access.visitors)
    add_verifying(app, copilot.verifying)  # before the pages of documents, whose ids may be any path
    ingestions = Ingestions(copilot.ingest_body, copilot.runs)
    _add_knowledge(app, copilot, ingestions)
    add_asking(app, copilot)
    add_openai(app, copilot)
    endpoint.add_to(app)
    add_conversations(app, copilot.conversations)
    add_questions(app, copilot.curation)
    add_changes(app, copilot.changes)
    add_gaps(app, copilot.gaps)
    add_knowledge(app, copilot.knowledge)
    add_accounts(app, copilot.accounts)
    add_outlooks(app, copilot.outlooks)
    add_calculators(app)
    add_cases(app, copilot.cases)
    add_advice(app, copilot.advices)
    add_drafts(app, copilot.drafts)
    add_deliveries(app, copilot.deliveries, surface_of)
    add_audit(app, copilot.auditing)
    add_backups(app, copilot.backups)
    add_contacts(app, copilot.contacts)
    add_people(app, copilot.people, access)
    add_insights(app, copilot.insights)
    add_evaluations(app, copilot.evaluations)
    add_schedules(app, copilot.schedules)
    add_slack(app, slack)
    add_sidebar(app, copilot)
    add_sidebar_pages(app, copilot)
    add_web(app, copilot, access, ingestions)
    return app


def _add_health(app: FastAPI, ready: Callable[[], ReadyBody]) -> None:
    @app.get("/healthz", tags=["health"])
    async def healthz() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"], responses={503: {"model": ReadyBody}})
    def readyz(response: Response) -> ReadyBody:
        """Questions can be answered: 200 when ready, 503 while loading or after a failure."""
        state = ready()
        response.status_code = 200 if state.status == "ready" else 503
        return state


def _add_metrics(app: FastAPI, measures: Exposed) -> None:
    @app.get("/metrics", tags=["health"], response_class=PlainTextResponse)
    def metrics() -> Response:
        """What Prometheus collects; counters are of this process, the rest is of everybody who shares the stores."""
        text, media_type = measures.exposition()
        return Response(text, media_type=media_type)


def _add_pages(app: FastAPI, access: AccessService, copilot: LocalCopilot) -> None:
    app.mount("/pages", StaticFiles(directory=STATIC), name="pages")

    @app.get("/app", include_in_schema=False)
    def ask_page(request: Request, login: str | None = None) -> Response:
        if login is not None:
            session = access.redeem_link(login, visitor_of(request))
            return signed_in(request, access, session) if session else see_other("/login", problem="link")
        if request.state.person is None:
            return see_other("/login", next=f"/app?{request.url.query}") if request.url.query else see_other("/login")
        return chat_page(request, copilot)

    @app.get("/docs", include_in_schema=False)
    def docs_page() -> Response:
        return FileResponse(STATIC / "docs.html")

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


def _add_knowledge(app: FastAPI, copilot: LocalCopilot, ingestions: Ingestions) -> None:
    add_uploads(app, copilot.uploads, ingestions)

    @app.get("/v1/search", tags=["knowledge"])
    def search(
        q: str,
        request: Request,
        k: Annotated[int, Query(ge=1, le=50)] = 10,
        audience: Audience = Audience.INTERNAL,
        verified_only: bool | None = None,
    ) -> SearchBody:
        """Find passages, best first; with audience `customer` what a customer would find."""
        return copilot.search(q, k, audience, verified_only=verified_only, caller=request.state.caller)

    @app.get("/v1/documents", tags=["knowledge"])
    def list_documents(request: Request) -> DocumentList:
        """List all current documents that you may read."""
        return copilot.documents(caller=request.state.caller)

    @app.get("/v1/navigation", tags=["knowledge"])
    def show_navigation(request: Request) -> NavigationBody:
        """Show the map of the knowledge: lifecycle stage × topic."""
        return copilot.navigation(caller=request.state.caller)

    @app.post("/v1/documents/{id:path}/access", tags=["knowledge"])
    def set_access(id: str, body: AccessBody, request: Request) -> DocumentAccess:
        """Say who may read a document, from now on: until its own front matter says something else than now."""
        return copilot.set_access(id, body, caller=request.state.caller)

    @app.get("/v1/documents/{id:path}", tags=["knowledge"])
    def show_document(id: str, request: Request, version: Version = None) -> DocumentBody:
        """Show a document by id or source, in its current or an older version."""
        return copilot.document(id, version, caller=request.state.caller)

    @app.delete("/v1/documents/{id:path}", tags=["knowledge"])
    def delete_document(id: str, request: Request) -> Deleted:
        """Delete a document by id or source; answers that cite it can still be opened."""
        return copilot.delete_document(id, caller=request.state.caller)

    @app.post("/v1/ingestions", tags=["knowledge"], status_code=202)
    def start_ingestion(body: IngestBody) -> IngestionBody:
        """Ingest folders and files of the machine the server runs on, and web addresses."""
        return ingestions.start(body)

    @app.get("/v1/ingestions/{id}", tags=["knowledge"])
    def show_ingestion(id: str) -> IngestionBody:
        """Show how far an ingestion is, and its report when it has finished."""
        run = ingestions.get(id)
        if run is None:
            raise HTTPException(404, f"No ingestion {id!r}")
        return run

    @app.delete("/v1/ingestions/{id}", tags=["knowledge"])
    def cancel_ingestion(id: str) -> IngestionBody:
        """End an ingestion after the document at hand; what was finished stays, and the next one does the rest."""
        run = ingestions.cancel(id)
        if run is None:
            raise HTTPException(404, f"No ingestion {id!r}")
        return run

    @app.get("/v1/failures", tags=["knowledge"])
    def list_failures() -> FailureList:
        """List what could not be ingested and why, until it can or is gone; `retry_failed` tries it again."""
        return copilot.failures()
