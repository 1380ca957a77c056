"""Memory of one long ingestion: the most that was held after its first fifth, and at its end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from copilot.bootstrap import open_application
from copilot.interfaces.ingestion_contract import IngestProgress
from copilot.settings import Settings
from knowledge.embedder import Embedder
from tests.benchmarks.figures import peak_memory_mb

_EARLY = 0.2


def ingest(folders: Sequence[Path], settings: Settings, embedder: Embedder | None = None) -> dict[str, float]:
    """Ingest real pages into a new home and watch the peak; parsing these needs no other process."""
    early: list[float] = []

    def listen(progress: IngestProgress) -> None:
        if not early and progress.done >= _EARLY * progress.total:
            early.append(peak_memory_mb())

    with open_application(settings, embedder=embedder) as application:
        report = application.indexing.ingest([str(folder) for folder in folders], corpus=False, listen=listen)
    end = max(peak_memory_mb(), early[0])  # the kernel's count is a few KB off: a peak may be read lower than before
    return {
        "documents": len(report.documents),
        "characters": sum(line.characters for line in report.documents),
        "seconds": report.seconds,
        "early_peak_mb": early[0],
        "end_peak_mb": end,
        "growth": end / early[0],
    }
