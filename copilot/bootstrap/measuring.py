"""What can be measured of this process and its stores."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from copilot.adapters.guarded_chat_model import GuardedChatModel
from copilot.adapters.langchain_usage import LangChainUsage
from copilot.adapters.measured_chat_model import MeasuredChatModel
from copilot.adapters.prometheus_measures import PrometheusMeasures
from copilot.adapters.sql.backlog_reading import read_backlog
from copilot.bootstrap.models import chat_model_of
from copilot.chat_model import ChatModel
from copilot.errors import ConfigurationError
from copilot.settings import Settings
from copilot.telemetry.backlog import Backlog, KeptBacklog
from copilot.telemetry.measures import Measures
from copilot.telemetry.tracing import Tracer, Untraced
from knowledge.adapters.sql.upkeep import read_upkeep
from knowledge.breaker import Breaker


def measures_of(settings: Settings, engine: Engine) -> PrometheusMeasures:
    """Return what counts in this process, and reads the stores when somebody asks."""
    build = {
        "version": version("frontline-copilot"),
        "database": engine.dialect.name,
        "embedding_model": settings.embedding_model,
    }
    kept = KeptBacklog(lambda: backlog_of(settings, engine))
    return PrometheusMeasures(backlog=kept.get, connections=lambda: _connections(engine), build=build)


def backlog_of(settings: Settings, engine: Engine) -> Backlog:
    """Read what waits and what is kept, from the database and the home."""
    now = datetime.now(UTC)
    backlog, cited = read_backlog(engine, now)
    upkeep = read_upkeep(engine, now.date())
    return replace(
        backlog,
        documents=upkeep.documents,
        chunks=upkeep.chunks,
        stale=len(upkeep.overdue),
        stale_used=len(upkeep.overdue & cited),
        failures=upkeep.failures,
        bytes=_sizes(settings.home),
        free_bytes=shutil.disk_usage(settings.home).free if settings.home.is_dir() else 0,
    )


def measured_chat_model(settings: Settings, measures: Measures, tracer: Tracer, breaker: Breaker) -> ChatModel | None:
    """Return the chat model of the settings, whose calls are counted and guarded; None where there is none."""
    if settings.chat_model is None:
        return None
    meter = LangChainUsage()
    model = chat_model_of(settings, meter)
    if model is None:
        return None
    return GuardedChatModel(MeasuredChatModel(model, measures, meter, tracer), breaker)


def tracer_of(settings: Settings) -> Tracer:
    """Return what traces, where that is switched on.

    Raises:
        MissingExtra: it is, and what sends traces is not installed.
        ConfigurationError: it is no address.
    """
    if settings.traces_url is None:
        return Untraced()
    if urlsplit(settings.traces_url).scheme not in ("http", "https"):
        raise ConfigurationError(
            "COPILOT_TRACES_URL is no address of the web. Write http://127.0.0.1:4318, without /v1/traces."
        )
    # Not before it is needed: nothing of it is imported where nobody traces.
    from copilot.adapters.otel_tracer import OtelTracer, otlp_exporter

    exporter = otlp_exporter(settings.traces_url)
    return OtelTracer(exporter, version=version("frontline-copilot"), share=settings.traces_share)


def _connections(engine: Engine) -> Mapping[str, int]:
    pool = engine.pool
    return {"in_use": pool.checkedout(), "idle": pool.checkedin()} if isinstance(pool, QueuePool) else {}


def _sizes(home: Path) -> Mapping[str, int]:
    """Measure what is kept in this home; stores that are servers are not."""
    database = sum(_size(home / f"copilot.db{ending}") for ending in ("", "-wal"))
    return {"database": database, "vectors": _folder_size(home / "chroma"), "cache": _folder_size(home / "cache")}


def _folder_size(folder: Path) -> int:
    return sum(_size(Path(where) / name) for where, _, names in os.walk(folder) for name in names)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # not there, or gone meanwhile
        return 0
