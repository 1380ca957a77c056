"""The list of documents with its filters, what could not be ingested, and the map."""

from __future__ import annotations

from typing import Annotated, cast, get_args
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from copilot.interfaces.api.ingestions import Ingestions
from copilot.interfaces.contract import MapStage, MapTopic
from copilot.interfaces.ingestion_contract import IngestBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.ingest_words import INGEST
from copilot.interfaces.web.knowledge_words import KNOWLEDGE
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page, see_other, slice_of, sliced
from copilot.people.scope import Scope
from knowledge.catalogue import Freshness, Wanted
from knowledge.document import Audience, DocumentKind
from knowledge.navigation import STAGES, TOPICS
from knowledge.text import is_storable

_SIZE = 50
_Text = Annotated[str, Query(max_length=300)]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
#: The shades of the map, by the number of documents of a tile at most.
_SHADES = (2, 4, 8, 16)


def add_knowledge_pages(app: FastAPI, copilot: LocalCopilot, ingestions: Ingestions) -> None:
    """Register the routes."""

    @app.get("/app/knowledge", include_in_schema=False)
    def list_documents(
        request: Request,
        q: _Text = "",
        kind: _Text = "",
        stage: _Text = "",
        topic: _Text = "",
        audience: _Text = "",
        group: _Text = "",
        owner: _Text = "",
        origin: _Text = "",
        freshness: _Text = "",
        page_number: Annotated[PageNumber, Query(alias="page")] = 1,
        done: Annotated[str | None, Query(max_length=40)] = None,
    ) -> Response:
        """List the documents one may read, narrowed by what the address says; a value that is none narrows nothing."""
        wanted = Wanted(
            words=q if is_storable(q) else "",
            kind=next((one for one in DocumentKind if one.value == kind), None),
            stage=stage if stage in STAGES else None,
            topic=topic if topic in TOPICS else None,
            audience=next((one for one in Audience if one.value == audience), None),
            group=group or None,
            owner=owner or None,
            origin=origin or None,
            freshness=cast(Freshness, freshness) if freshness in get_args(Freshness) else None,
        )
        caller = request.state.caller
        found = copilot.catalogue(wanted, offset=(page_number - 1) * _SIZE, limit=_SIZE, caller=caller)
        asked = {
            "q": wanted.words,
            "kind": wanted.kind,
            "stage": wanted.stage,
            "topic": wanted.topic,
            "audience": wanted.audience,
            "group": wanted.group,
            "owner": wanted.owner,
            "origin": wanted.origin,
            "freshness": wanted.freshness,
        }
        kept = {name: str(value) for name, value in asked.items() if value}
        last = max(1, -(-found.found // _SIZE))
        if page_number > last:
            return see_other("/app/knowledge", **kept, page=str(last))
        return page(
            request,
            "knowledge/list.html",
            KNOWLEDGE,
            at="knowledge",
            listed=slice_of(found.documents, page_number, found.found, _SIZE),
            count=found.count,
            asked=kept,
            narrowed=bool(kept.keys() - {"q"}),
            zip=zip,
            address=f"/app/knowledge?{urlencode(kept)}{'&' if kept else ''}page=",
            stages=_named(STAGES, request),
            topics=_named(TOPICS, request),
            facets=found,
            failed=len(copilot.failures().failures) if Scope.INGEST in caller.scopes else 0,
            done=done if done in ("deleted", "withdrawn") else None,
        )

    @app.get("/app/knowledge/failures", include_in_schema=False)
    def list_failures(request: Request, page_number: Annotated[PageNumber, Query(alias="page")] = 1) -> Response:
        """List what could not be ingested, and why."""
        failures = sorted(copilot.failures().failures, key=lambda one: one.last_at, reverse=True)
        words = {**KNOWLEDGE, **INGEST}
        return page(
            request, "knowledge/failures.html", words, at="knowledge", listed=sliced(failures, page_number, _SIZE)
        )

    @app.post("/app/knowledge/failures/retry", include_in_schema=False)
    def retry_failures() -> Response:
        """Try again what failed, wherever it came from."""
        run = ingestions.start(IngestBody(retry_failed=True, corpus=False))
        return see_other(f"/app/knowledge/ingestions/{run.id}")

    @app.get("/app/map", include_in_schema=False)
    def show_map(request: Request, stage: _Text = "", topic: _Text = "") -> Response:
        """Show the map of the knowledge, and the documents of a tile."""
        stages = copilot.navigation(caller=request.state.caller).stages
        at = next((one for one in stages if one.key == stage), None)
        chosen = next((one for one in at.topics if one.key == topic), None) if at else None
        return page(
            request,
            "knowledge/map.html",
            KNOWLEDGE,
            at="map",
            stages=stages,
            topics={tile.key: tile for one in stages for tile in one.topics},
            stage=at,
            topic=chosen,
            shade=_shade,
            aging=_aging,
            counts={one.key: _documents(one) for one in stages},
            cells={(one.key, tile.key): len(tile.documents) for one in stages for tile in one.topics},
        )


def _named(table: dict[str, tuple[str, str]], request: Request) -> list[tuple[str, str]]:
    at = 0 if language_of(request) == "zh" else 1
    return [(key, names[at]) for key, names in table.items()]


def _shade(count: int) -> int:
    """Return 1 to 5."""
    return next((shade for shade, most in enumerate(_SHADES, 1) if count <= most), len(_SHADES) + 1)


def _aging(topic: MapTopic) -> int:
    return sum(one.state in ("stale", "due_soon") for one in topic.documents)


def _documents(stage: MapStage) -> int:
    return len({one.id for topic in stage.topics for one in topic.documents})
