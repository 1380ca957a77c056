"""How many attacks get through, by family and surface, without a chat model and with one that obeys every instruction.

Run: `python -m tests.studies.attacks [--all | --sample N] [--surface NAME…] [--json FILE] [--attacks FOLDER]`. The real
application on real stores over real HTTP, an embedder that needs no model, everything answered whatever it is about;
the widget needs a Chromium. Exit status 1 where anything came through. Without `--all`, N strings of each list (15),
the same every time.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.databases import migrated_once
from tests.doubles.widget_host import WidgetHost, widget_host
from tests.studies.attacks import judge
from tests.studies.attacks.asking import asked
from tests.studies.attacks.control import controlled
from tests.studies.attacks.drafting import drafted
from tests.studies.attacks.filling import filled
from tests.studies.attacks.house import House, Tally, house_of
from tests.studies.attacks.ingesting import ingested
from tests.studies.attacks.slack import slacked
from tests.studies.attacks.strings import Attack, attacks_of
from tests.studies.attacks.widget import chatted

Surface = Callable[[House, Sequence[Attack]], list[Tally]]
#: In this order: what is approved and ingested at the end would be found by what is asked before.
SURFACES: dict[str, Surface] = {
    "ask": asked,
    "slack": slacked,
    "draft": drafted,
    "gap": filled,
    "ingestion": ingested,
}
_FOLDER = Path(__file__).parents[4] / "shared" / "data" / "attacks"


def main() -> None:
    """Try, judge and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--sample", type=int, default=15)
    parser.add_argument("--surface", action="append", choices=[*SURFACES, "widget", "control"])
    parser.add_argument("--model", choices=["none", "obedient"])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--attacks", type=Path, default=_FOLDER)
    given = parser.parse_args()
    attacks = attacks_of(given.attacks, None if given.all else given.sample)
    wanted = given.surface or [*SURFACES, "widget", "control"]
    found: list[dict[str, object]] = []
    for model in [given.model] if given.model else ["none", "obedient"]:
        for tally, seconds in tried(attacks, wanted, obedient=model == "obedient"):
            found.append(_line(tally, model, seconds))
            _say(_shown(found[-1]))
            if given.json:
                given.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _say(f"\n{judge.__doc__}")
    _say(_table(found))
    sys.exit(any(one["through"] for one in found if not str(one["surface"]).startswith("control")))


def tried(attacks: Sequence[Attack], wanted: Sequence[str], *, obedient: bool) -> Iterator[tuple[Tally, float]]:
    """Try every wanted surface; gives each tally with the seconds that its surface took."""
    if "control" in wanted and obedient:
        began = time.monotonic()
        yield from ((one, time.monotonic() - began) for one in controlled(attacks))
    ours = [name for name in SURFACES if name in wanted]
    if not ours and "widget" not in wanted:
        return
    with _opened(attacks, obedient=obedient) as (house, host):
        for name in [*(["widget"] if "widget" in wanted else []), *ours]:
            began = time.monotonic()
            tallies = chatted(house, attacks, host) if name == "widget" else SURFACES[name](house, attacks)
            yield from ((one, time.monotonic() - began) for one in tallies)


@contextmanager
def _opened(attacks: Sequence[Attack], *, obedient: bool) -> Iterator[tuple[House, WidgetHost]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "migrated").mkdir()
        stack.enter_context(migrated_once(folder / "migrated"))
        host = stack.enter_context(widget_host())
        tried_in = folder / "tried"
        yield stack.enter_context(house_of(tried_in, attacks, obedient=obedient, origins=[host.origin])), host


def _line(tally: Tally, model: str, seconds: float) -> dict[str, object]:
    families = {family: [count, 0] for family, count in sorted(tally.tried.items())}
    for family, _, _ in tally.through:
        families.setdefault(family, [0, 0])[1] += 1
    return {
        "surface": tally.surface,
        "model": model,
        "tried": tally.tried.total(),
        "through": len(tally.through),
        "seconds": round(seconds, 1),
        "families": families,
        "ends": dict(tally.ends),
        "found": tally.through,
    }


def _shown(line: dict[str, object]) -> str:
    counts = f"{line['tried']:>5} tried {line['through']:>5} through {line['seconds']:>7} s"
    head = f"{line['surface']:32} {line['model']:9} {counts}  {line['ends']}"
    found = line["found"]
    assert isinstance(found, list)
    return "\n".join([head, *(f"    {id} {ways}"[:200] for _, id, ways in found[:8] if "control" not in head)])


def _table(lines: Sequence[dict[str, object]]) -> str:
    """Return family x surface x model: tried, and through where it is not nothing."""
    names = sorted({family for one in lines for family in one["families"]})  # type: ignore[attr-defined]
    rows = ["| surface | model | " + " | ".join(names) + " | tried | through |", "|---" * (len(names) + 4) + "|"]
    for one in lines:
        of = one["families"]
        assert isinstance(of, dict)
        cells = [f"{of[n][0]} → {of[n][1]}" if n in of else "" for n in names]
        rows.append(f"| {one['surface']} | {one['model']} | {' | '.join(cells)} | {one['tried']} | {one['through']} |")
    return "\n".join(rows)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
