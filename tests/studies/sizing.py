"""What many chunks cost with PostgreSQL and a Chroma server: time, disk, memory, waiting. All but a few are synthetic.

Run: python -m tests.studies.sizing [--chunks 50000] [--steps 5] [--questions 60]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from copilot.bootstrap import Application, open_application
from copilot.interfaces.contract import AskBody
from copilot.settings import Settings
from knowledge.adapters.packaged_model import unpacked_model
from knowledge.query import Query
from tests.benchmarks import scale
from tests.benchmarks.figures import load, time_each
from tests.benchmarks.texts import pages, questions, write_pages
from tests.contract.chroma_server import chroma_server
from tests.postgres_server import postgres_server
from tests.studies.load_servers import used

_MB = 2**20
_TABLES = """
    SELECT relname, pg_total_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


def measure(work: Path, chunks: int, steps: int, asked: int, models: Path | None) -> list[dict[str, Any]]:
    """Fill in steps; return what was measured after each, the first before any synthetic chunk."""
    models = models or work / "models"
    unpacked_model(models)
    chosen = pages(40_000)
    write_pages(chosen, work / "pages")
    (work / "chroma").mkdir()
    found = []
    with postgres_server() as postgres, chroma_server(work / "chroma") as chroma:
        database = postgres.new_migrated_database()
        settings = Settings(home=work / "home", database_url=database, chroma_url=chroma.url, model_folder=models)
        with open_application(settings) as application:
            began = time.monotonic()
            application.indexing.ingest([str(work / "pages")], corpus=False)
            characters = sum(len(page.text) for page in chosen)
            real = {"characters": characters, "characters_per_s": round(characters / (time.monotonic() - began))}
            made_of = scale.material(application, chosen)
            filled, seconds = 0, 0.0
            for step in range(steps + 1):
                if step:
                    seconds += scale.fill(application, made_of, chunks // steps, begin=filled)
                    filled += chunks // steps
                told = {"synthetic_chunks": filled, "fill_s": round(seconds), "load": load()} | real
                told |= _waiting(application, questions(chosen, asked)) | _disk(database, work)
                servers = {"postgres": postgres.pid, "chroma": chroma.pid, "copilot": os.getpid()}
                told |= {f"{name}_rss_mb": round(used([pid]).rss_mb) for name, pid in servers.items()}
                print(json.dumps(told), file=sys.stderr, flush=True)
                found.append(told)
            application.vectors.close()
    return found


def _waiting(application: Application, asked: list[str]) -> dict[str, float]:
    retriever, copilot = application.retriever, application.copilot
    application.warm_up()
    search = time_each(lambda question: retriever.retrieve(Query(text=f"请问{question}")), asked)
    ask = time_each(lambda question: copilot.ask(AskBody(question=f"想问{question}")), asked)
    return {
        "search_p50_ms": search.p50_ms,
        "search_p95_ms": search.p95_ms,
        "ask_p50_ms": ask.p50_ms,
        "ask_p95_ms": ask.p95_ms,
    }


def _disk(database: str, work: Path) -> dict[str, Any]:
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        tables = {str(name): int(size) for name, size in connection.execute(_TABLES)}
    largest = sorted(tables, key=lambda name: -tables[name])[:8]
    stored = sum(file.stat().st_size for file in (work / "chroma").rglob("*") if file.is_file())
    return {
        "sql_mb": round(sum(tables.values()) / _MB, 1),
        "chroma_mb": round(stored / _MB, 1),
        "tables_mb": {name: round(tables[name] / _MB, 1) for name in largest},
    }


def main() -> None:
    """Print the figures as JSON; each step is also told on stderr."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=50_000)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--models", type=Path, help="folder of unpacked models, to save the time of unpacking")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copilot-sizing-") as work:
        print(json.dumps(measure(Path(work), options.chunks, options.steps, options.questions, options.models)))


if __name__ == "__main__":
    main()
