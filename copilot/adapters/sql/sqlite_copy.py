"""A SQLite file as it is at one moment, copied while others read and write it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from knowledge.errors import IndexUnavailable

_WAIT_S = 30.0


def copy_of(file: Path, copy: Path) -> None:
    """Write one consistent state of the database into a new file, for its owner alone; complete or not there at all.

    `VACUUM INTO` reads in one transaction, so writers are not held up. Unlike pages copied as they are, it takes
    along nothing that was deleted: no secret of long ago lies in what is free.
    """
    unfinished = copy.with_name(f".unfinished-{uuid4().hex}")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        # Read-write, since a reader of a file with a write-ahead log may have to make what it shares with writers.
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=_WAIT_S)) as connection:
            try:
                connection.execute("VACUUM INTO ?", [str(unfinished)])
            except sqlite3.DatabaseError as error:
                raise IndexUnavailable(
                    f"The database {str(file)!r} cannot be copied ({error}). Is there room in {str(copy.parent)!r}?"
                ) from error
        sync(unfinished)
        os.replace(unfinished, copy)
        sync(copy.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Make the content of a file, or the names in a folder, outlive a power cut."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
