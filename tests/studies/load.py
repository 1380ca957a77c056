"""Requests per second and waiting times of searching and asking, beside plain LangChain behind FastAPI in the same run.

Real processes with PostgreSQL and a Chroma server; askers, servers and databases share the cores of this machine.
Run: python -m tests.studies.load [--askers 200] [--workers 1,2,4] [--seconds 30] [--chunks 0] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import load
from tests.benchmarks.texts import pages, questions
from tests.studies.load_askers import Heard, Kind, Task
from tests.studies.load_servers import KEY, Side, Stores, stores, used

KINDS: tuple[Kind, ...] = ("search", "ask")
_ROOT = Path(__file__).parents[2]
#: All askers begin at once; by now the first of them wait as long as the last.
_WARM_UP_S = 15.0


@dataclass(kw_only=True)
class Cell:
    """One side answering one kind of request, over all rounds."""

    side: str
    kind: str
    workers: int
    askers: int
    ms: list[float] = field(default_factory=list, repr=False)
    seconds: float = 0.0
    busy: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)  #: seconds of a core per second, by who used them
    rss_mb: float = 0.0  #: of the largest process

    def add(self, heard: Heard, cpu: dict[str, float], rss_mb: float) -> None:
        """Add what one round brought."""
        self.ms += heard["ms"]
        self.seconds += heard["seconds"]
        self.busy += heard["busy"]
        for name, count in heard["errors"].items():
            self.errors[name] = self.errors.get(name, 0) + count
        self.cpu = {name: self.cpu.get(name, 0.0) + seconds for name, seconds in cpu.items()}
        self.rss_mb = max(self.rss_mb, rss_mb)

    def figures(self) -> dict[str, Any]:
        """Return the figures; None where too few came back."""
        cuts = statistics.quantiles(self.ms, n=100, method="inclusive") if len(self.ms) > 1 else [float("nan")] * 99
        known = {name: value for name, value in asdict(self).items() if name not in ("ms", "cpu", "seconds")}
        return known | {
            "requests": len(self.ms),
            "per_s": round(len(self.ms) / self.seconds, 2) if self.seconds else 0.0,
            "p50_ms": round(cuts[49], 1),
            "p95_ms": round(cuts[94], 1),
            "p99_ms": round(cuts[98], 1),
            "rss_mb": round(self.rss_mb),
            "cpu": {name: round(seconds / self.seconds, 2) for name, seconds in self.cpu.items()},
        }


def run(
    work: Path, *, askers: list[int], workers: list[int], seconds: float, rounds: int, chunks: int, plain: bool = True
) -> dict[str, Any]:
    """Measure; every side in turn in every round, so that what else the machine does meets all of them."""
    asked = questions(pages(10**9), 10**6)
    cells: dict[tuple[str, str, int, int], Cell] = {}
    loads = []
    with stores(work) as both:
        _say(f"ingesting the shipped corpus and {chunks} synthetic chunks")
        filled = both.fill(chunks, plain=plain)
        for count in workers:
            with ExitStack() as stack:
                _say(f"starting {count} of each side")
                sides = [stack.enter_context(both.ours(count))]
                if plain:
                    sides.append(stack.enter_context(both.plain(count)))
                for number in range(rounds):
                    for many in askers:
                        for kind in KINDS:
                            for side in sides[:: 1 if number % 2 == 0 else -1]:  # nobody is always first
                                loads.append(load())
                                task = _task(side, kind, many, seconds / rounds, len(loads), asked)
                                key = (side.name, kind, count, many)
                                cell = cells.setdefault(
                                    key, Cell(side=side.name, kind=kind, workers=count, askers=many)
                                )
                                _say(f"{count} workers, {many} askers, {kind}, {side.name}")
                                _measure(cell, task, side, both)
                                _say(f"  {cell.figures()}")
    return {
        "cells": [cell.figures() for cell in cells.values()],
        "filled": filled,
        "conditions": {
            "cores": len(os.sched_getaffinity(0)),
            "load": loads,
            "seconds": seconds,
            "rounds": rounds,
            "synthetic_chunks": chunks,
            "questions": len(asked),
        },
    }


def _task(side: Side, kind: Kind, askers: int, seconds: float, seed: int, asked: list[str]) -> Task:
    return Task(
        kind=kind,
        addresses=side.addresses,
        headers={"Authorization": f"Bearer {KEY}"},
        askers=askers,
        seconds=seconds,
        warm_up_s=_WARM_UP_S,
        seed=seed,
        questions=asked,
    )


def _measure(cell: Cell, task: Task, side: Side, both: Stores) -> None:
    watched = {"servers": side.pids, "chroma": [both.chroma.pid], "postgres": [both.postgres.pid]}
    before = {name: used(pids) for name, pids in watched.items()}
    heard, own_s = _heard(task)
    after = {name: used(pids) for name, pids in watched.items()}
    # Read around the whole run: its warm-up is taken off in proportion.
    share = task["seconds"] / (task["seconds"] + task["warm_up_s"])
    cpu = {name: (after[name].cpu_s - before[name].cpu_s) * share for name in watched} | {"askers": own_s * share}
    cell.add(heard, cpu, after["servers"].rss_mb)


def _heard(task: Task) -> tuple[Heard, float]:
    """Ask from a process of its own; returns what it heard and the seconds of a core it used."""
    began = os.times()
    command = [sys.executable, "-m", "tests.studies.load_askers", "-"]
    done = subprocess.run(command, input=json.dumps(task), stdout=subprocess.PIPE, text=True, check=True, cwd=_ROOT)
    ended = os.times()
    heard: Heard = json.loads(done.stdout.splitlines()[-1])
    return heard, sum(ended[2:4]) - sum(began[2:4])


def table(result: dict[str, Any]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| workers | askers | what | side | requests | requests/s | p50 ms | p95 ms | p99 ms | busy | errors | RSS MB "
        "| cores used: servers, Chroma, PostgreSQL, askers |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in result["cells"]:
        cores = ", ".join(str(one["cpu"].get(name, 0)) for name in ("servers", "chroma", "postgres", "askers"))
        names = ("workers", "askers", "kind", "side", "requests", "per_s", "p50_ms", "p95_ms", "p99_ms", "busy")
        values = [*(one[name] for name in names), sum(one["errors"].values()), one["rss_mb"], cores]
        lines.append("| " + " | ".join(map(str, values)) + " |")
    told = result["conditions"]
    lines += [
        "",
        f"Closed loop: every asker waits for its answer. Askers, servers, Chroma and PostgreSQL share {told['cores']} "
        f"cores; load of the machine {min(told['load'])} to {max(told['load'])}. Ours: e5-small in int8, ONNX Runtime; "
        "plain: the same weights in sentence-transformers (torch, fp32).",
    ]
    return "\n".join(lines)


def main() -> None:
    """Read the options, measure, print the table, write the figures."""
    numbers = lambda text: [int(one) for one in text.split(",")]  # noqa: E731
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--askers", type=numbers, default=[200], help="how many ask at once (default 200)")
    parser.add_argument("--workers", type=numbers, default=[1, 2, 4], help="processes per side (default 1,2,4)")
    parser.add_argument("--seconds", type=float, default=30, help="per figure, over all rounds (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=1, help="times every side has its turn (default %(default)s)")
    parser.add_argument("--chunks", type=int, default=0, help="synthetic chunks on our side (default %(default)s)")
    parser.add_argument("--no-plain", action="store_true", help="without the other side")
    parser.add_argument("--json", type=Path, help="write all figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copilot-load-") as work:
        result = run(
            Path(work),
            askers=options.askers,
            workers=options.workers,
            seconds=options.seconds,
            rounds=options.rounds,
            chunks=options.chunks,
            plain=not options.no_plain,
        )
    print(table(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), "utf-8")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
