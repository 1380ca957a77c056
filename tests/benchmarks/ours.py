"""Our side: the application as the composition root builds it, without a chat model."""

from __future__ import annotations

import time
from pathlib import Path

from copilot.bootstrap import open_application
from copilot.interfaces.contract import AskBody
from copilot.settings import Settings
from knowledge.document import Audience
from knowledge.embedder import Embedder
from tests.benchmarks.figures import peak_memory_mb, time_each


def ingest(folder: Path, settings: Settings, began: float, embedder: Embedder | None = None) -> dict[str, float]:
    """Ingest the folder into a new home; `began` is when the process was started, in `time.time()`."""
    with open_application(settings, embedder=embedder) as application:
        application.embedder.embed_queries(["ready"])
        ready = time.time() - began
        started = time.perf_counter()
        report = application.indexing.ingest([str(folder)], corpus=False)
        seconds = time.perf_counter() - started
    return {
        "first_start_s": ready,
        "ingest_s": seconds,
        "characters_per_s": sum(line.characters for line in report.documents) / seconds,
        "chunks": sum(line.chunks for line in report.documents),
        "ingest_peak_mb": peak_memory_mb(),
    }


def serve(
    folder: Path, settings: Settings, began: float, questions: list[str], embedder: Embedder | None = None
) -> dict[str, float]:
    """Open what was ingested, search it with one half of the questions, ask the other half, ingest once more."""
    with open_application(settings, embedder=embedder) as application:
        application.warm_up()
        ready = time.time() - began
        searched, asked = questions[::2], questions[1::2]
        found = time_each(lambda question: application.copilot.search(question, 5, Audience.INTERNAL), searched)
        answered = time_each(lambda question: application.copilot.ask(AskBody(question=question)), asked)
        peak = peak_memory_mb()
        started = time.perf_counter()
        report = application.indexing.ingest([str(folder)], corpus=False)
        seconds = time.perf_counter() - started
    return {
        "start_s": ready,
        "search_p50_ms": found.p50_ms,
        "search_p95_ms": found.p95_ms,
        "ask_p50_ms": answered.p50_ms,
        "ask_p95_ms": answered.p95_ms,
        "serve_peak_mb": peak,
        "unchanged_s": seconds,
        "unchanged_share": report.unchanged / max(len(report.documents), 1),
    }
