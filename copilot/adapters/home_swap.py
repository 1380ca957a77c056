"""Puts a restored home in the place of the one before, so that a kill in between is made good by the next start.

Everything that is to come lies ready in the folder `.restoring` of the home. A journal in it says which file goes
where; from the moment it is there, whoever takes the home finishes what it says. Without a journal, the folder is a
restore that broke off: it is removed, and nothing has happened.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from copilot.adapters.sql.sqlite_copy import sync

STAGING = ".restoring"
_JOURNAL = "journal.json"


@dataclass(frozen=True, kw_only=True)
class Move:
    """What is at `place` goes `aside`, and `new` takes its place; None: nothing does."""

    new: str | None
    place: str
    aside: str


@dataclass(frozen=True, kw_only=True)
class Swap:
    """All that has to happen. `schema` names tables in PostgreSQL that lie ready too."""

    moves: Sequence[Move]
    schema: str | None = None
    aside_schema: str | None = None


#: Puts the tables of one schema in the place of those in use, which go into another one; once, whenever it is called.
SwapTables = Callable[[str, str], None]


def begin(home: Path) -> Path:
    """Return an empty folder to lay things out in."""
    folder = home / STAGING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def swap(home: Path, what: Swap, swap_tables: SwapTables) -> None:
    """Write the journal, then do what it says."""
    folder = home / STAGING
    unfinished = folder / f"{_JOURNAL}.unfinished"
    unfinished.write_text(json.dumps(asdict(what)), encoding="utf-8")
    sync(unfinished)
    unfinished.replace(folder / _JOURNAL)
    sync(folder)
    finish(home, swap_tables)


def finish(home: Path, swap_tables: SwapTables) -> bool:
    """Finish a restore that broke off after everything lay ready, remove one that broke off before; False: neither."""
    folder = home / STAGING
    if not folder.is_dir():
        return False
    try:
        told = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        shutil.rmtree(folder, ignore_errors=True)
        return True
    if told["schema"] is not None:
        swap_tables(told["schema"], told["aside_schema"])
    for move in told["moves"]:
        _do(Move(**move))
    sync(home)
    # The journal first: half a folder with it would be taken for something to do.
    (folder / _JOURNAL).unlink()
    shutil.rmtree(folder, ignore_errors=True)
    return True


def abandon(home: Path) -> None:
    """Remove what lies ready; nothing has happened."""
    shutil.rmtree(home / STAGING, ignore_errors=True)


def _do(move: Move) -> None:
    """Do what has not been done of a move."""
    place, aside = Path(move.place), Path(move.aside)
    new = Path(move.new) if move.new is not None else None
    if new is not None and not os.path.lexists(new):
        return
    if os.path.lexists(place) and not os.path.lexists(aside):
        aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.rename(aside)
        sync(aside.parent)
    if new is not None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.rename(place)
        sync(place.parent)
