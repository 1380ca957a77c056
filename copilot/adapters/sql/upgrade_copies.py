"""Copies of a SQLite file, kept before a newer release changes its tables: the way back of an upgrade."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from copilot.adapters.sql.sqlite_copy import copy_of
from knowledge.errors import NotEnoughSpace

#: As many upgrades can be taken back; each copy is as large as the database.
_KEPT = 3
_NAME = re.compile(r"before-upgrade-\d{8}T\d{6}Z-[\w-]+\.db")
#: Room that is left to whatever else needs the disk.
_SPARE_BYTES = 64 * 2**20


def keep_copy(file: Path, folder: Path, revision: str) -> Path:
    """Copy the file, whole or not at all, and return the copy; the oldest copies go.

    Raises:
        NotEnoughSpace: the disk has no room for it; nothing is upgraded then.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = file.stat().st_size + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise NotEnoughSpace(
            f"Upgrading needs {wanted / 1e6:,.0f} MB in {str(folder)!r} for a copy of the database as it was, and "
            f"{free / 1e6:,.0f} MB are free. Make room, then start again."
        )
    copy = folder / f"before-upgrade-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{revision}.db"
    copy_of(file, copy)
    for old in _copies(folder)[:-_KEPT]:
        old.unlink(missing_ok=True)
    return copy


def newest_copy(folder: Path) -> Path | None:
    """Return the copy that was made last, if there is one."""
    return next(reversed(_copies(folder)), None)


def _copies(folder: Path) -> list[Path]:
    """Return the finished copies, the oldest first."""
    return sorted(path for path in folder.glob("before-upgrade-*.db") if _NAME.fullmatch(path.name))
