"""What faults cost: `python -m tests.studies.faults [--times 10] [--seed 1] [--only disk] [--hold 3] [--json]`.

Each fault is really caused, so many times, to a served home (a real `copilot serve`; the embedder without a model, a
small corpus) while people ask, upload, write, approve and send. What was acknowledged to them is then compared with
what is there. Must be 0: lost (acknowledged, and not there), leaked (read or sent without permission), silent (neither
done nor a reason told, within 30 s), twice (done once and found twice). Times are from the end of the fault. Leases
of a killed process are ended at once instead of after five minutes. The last columns count what receivers got again
under the same Idempotency-Key, which a kill between sending and noting cannot rule out.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.studies.faulty.causes import CAUSES, Cause
from tests.studies.faulty.reckoning import Reckoning, reckon, settled
from tests.studies.faulty.scene import Scene, scene
from tests.studies.faulty.traffic import STUCK_S, People, whole


@dataclass
class Row:
    """One fault, all its times."""

    fault: str
    times: int = 0
    acknowledged: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    again: int = 0  #: received again under the same key
    degraded_s: list[float] = field(default_factory=list)  #: until an answer is whole and a record is kept
    settled_s: list[float] = field(default_factory=list)  #: until everything asked for has left and is indexed
    not_tried: str | None = None

    def add(self, people: People, found: Reckoning) -> None:
        """Take one time in."""
        ledger = people.ledger
        self.times += 1
        self.acknowledged += ledger.acknowledged
        self.reasons += ledger.reasons
        self.lost += [*found.lost, *(f"{one}: stuck" for one in ledger.stuck)]
        self.leaked += [*found.leaked, *ledger.leaked]
        self.silent += ledger.silent
        self.twice += found.twice
        self.again += found.again


def tried(stage: Scene, cause: Cause, row: Row, number: int, draw: random.Random, hold_s: float) -> None:
    """Cause a fault once, in the middle of what people do, and reckon."""
    composer = whole(stage, None)
    seen = len(stage.receiver.received)
    people = People(stage, f"{CAUSES.index(cause)}x{number}")
    people.start()
    time.sleep(draw.uniform(0.5, 2.0))
    with cause.block(stage):
        time.sleep(hold_s)
    ended = time.monotonic()
    while whole(stage, composer) is None and time.monotonic() - ended < STUCK_S:
        time.sleep(0.05)
    row.degraded_s.append(round(time.monotonic() - ended, 2))
    people.finish()
    if settled(stage, people.ledger, STUCK_S):
        row.settled_s.append(round(time.monotonic() - ended, 2))
    row.add(people, reckon(stage, people.ledger, seen))


def study(times: int, seed: int, only: str, hold_s: float) -> list[Row]:
    """Return one row per fault."""
    draw, rows = random.Random(seed), []
    folder = Path(tempfile.mkdtemp(prefix="copilot-faults-"))
    try:
        for servers in (False, True):
            causes = [cause for cause in CAUSES if cause.servers is servers and only in cause.name]
            if not causes:
                continue
            with scene(folder / ("servers" if servers else "embedded"), servers=servers) as stage:
                for cause in causes:
                    rows.append(row := Row(fault=cause.name, not_tried=cause.possible(stage)))
                    for number in range(0 if row.not_tried else times):
                        tried(stage, cause, row, number, draw, hold_s)
                        print(_line(row), *_found(row), sep="\n  ", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rows


def table(rows: Sequence[Row]) -> str:
    """Show the rows as Markdown."""
    lines = [
        "| fault | times | acknowledged | lost | leaked | silent | twice | reasons told "
        "| degraded after it, median / max s | all settled, median / max s | again under its key |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if row.not_tried:
            lines.append(f"| {row.fault} | 0: {row.not_tried} |" + " |" * 9)
        else:
            lines.append(_line(row))
    return "\n".join(lines)


def _found(row: Row) -> list[str]:
    """Return what should not have happened, a few of each kind."""
    kinds = {"lost": row.lost, "leaked": row.leaked, "silent": row.silent, "twice": row.twice}
    return [f"{kind}: {one}" for kind, found in kinds.items() for one in found[:5]]


def _line(row: Row) -> str:
    bad = (len(row.lost), len(row.leaked), len(row.silent), len(row.twice))
    reasons = ", ".join(f"{code} {count}" for code, count in row.reasons.most_common() if code != "approval_required")
    return (
        f"| {row.fault} | {row.times} | {row.acknowledged.total()} | "
        + " | ".join(map(str, bad))
        + f" | {reasons or 'none'} | {_spread(row.degraded_s)} | {_spread(row.settled_s)} | {row.again} |"
    )


def _spread(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.1f} / {max(seconds):.1f}" if seconds else "never"


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of the name of a fault")
    parser.add_argument("--hold", type=float, default=3.0, help="seconds that a fault lasts")
    parser.add_argument("--json", action="store_true", help="everything that was found, beside the table")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers, and what is mounted, go with us
    rows = study(options.times, options.seed, options.only, options.hold)
    print(json.dumps([vars(row) for row in rows], ensure_ascii=False, indent=1) if options.json else table(rows))
    raise SystemExit(any(row.lost or row.leaked or row.silent or row.twice for row in rows))


if __name__ == "__main__":
    main()
