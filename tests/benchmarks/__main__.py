"""Measure speed and memory against plain LangChain + sentence-transformers + Chroma: `make bench`.

Every figure is taken in a process of its own, the sides in turn, on the same texts with the same model.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from knowledge.adapters.sentence_transformer_embedder import SentenceTransformerEmbedder
from tests.benchmarks.figures import load
from tests.benchmarks.report import medians, paired, table
from tests.benchmarks.texts import pages, write_pages

SIDES = ("plain", "fp32", "int8")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
PAGES = [SHARED / name / "pages" for name in ("domain_zh_docs", "domain_en_sourcegraph")]


def main() -> None:
    """Read the options, measure, print the table, write the figures."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--out", type=Path, help="write all figures as JSON")
    parser.add_argument("--characters", type=int, default=40_000, help="text to ingest (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="times every side is measured (default %(default)s)")
    parser.add_argument("--questions", type=int, default=80, help="questions per side (default %(default)s)")
    parser.add_argument("--chunks", type=int, default=50_000, help="synthetic chunks, 0 for none (default %(default)s)")
    parser.add_argument(
        "--flat",
        type=Path,
        nargs="*",
        default=[folder for folder in PAGES if folder.is_dir()],
        help="folders whose one ingestion should take no more memory at its end than early on (default: where they are "
        "there, two collections of pages beside the repository)",
    )
    parser.add_argument("--models", type=Path, help="folder of unpacked models, to save the time of unpacking")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copilot-bench-") as work:
        result = measure(options, Path(work))
    print(table(result))
    if options.out:
        options.out.write_text(json.dumps(result, indent=1), "utf-8")


def measure(options: argparse.Namespace, work: Path) -> dict[str, Any]:
    """Return the figures of every round, their medians and ratios, and the conditions."""
    models = (options.models or work / "models").resolve()
    _say("preparing the model and its engines")
    for engine in ("fp32", "int8"):
        _ = SentenceTransformerEmbedder(folder=models, engine=engine).identity  # built here, so that no side pays
    chosen = pages(options.characters)
    write_pages(chosen, work / "pages")
    task = {
        "folder": str(work / "pages"),
        "models": str(models),
        "characters": options.characters,
        "questions": options.questions,
        "chunks": options.chunks,
    }
    loads: list[float] = []
    rounds: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    for number in range(options.rounds):
        for side in SIDES[number % len(SIDES) :] + SIDES[: number % len(SIDES)]:  # nobody is always first
            home = {"side": side, "home": str(work / f"{side}-{number}")}
            figures = {}
            for step in ("ingest", "serve"):
                loads.append(load())
                _say(f"round {number + 1} of {options.rounds}: {side}, {step}")
                figures |= _run(task | home | {"step": step})
            rounds[side].append(figures)
    result: dict[str, Any] = {"sides": {side: medians(rounds[side]) for side in SIDES}, "rounds": rounds}
    result["ratios"] = {side: paired(rounds["plain"], rounds[side]) for side in SIDES[1:]}
    if options.chunks:
        loads.append(load())
        _say(f"one search among {options.chunks} synthetic chunks")
        scale = {"side": "int8", "home": str(work / "scale"), "step": "scale"}
        result["scale"] = {"side": "int8"} | _run(task | scale)
    if options.flat:
        loads.append(load())
        _say("memory over " + ", ".join(map(str, options.flat)))
        long = {"side": "int8", "home": str(work / "flat"), "step": "flat", "flat": [str(one) for one in options.flat]}
        result["flat"] = {"side": "int8"} | _run(task | long)
    result["conditions"] = {
        "characters": sum(len(page.text) for page in chosen),
        "documents": len(chosen),
        "rounds": options.rounds,
        "cores": len(os.sched_getaffinity(0)),
        "load": loads,
    }
    return result


def _run(task: dict[str, Any]) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.side", json.dumps(task | {"began": time.time()})]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
