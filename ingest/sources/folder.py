"""A folder of files, or a single file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ingest.errors import TransientIngestError, UnknownSource
from ingest.page_tree import pages_above
from ingest.source import Item

#: What editors, version control and operating systems leave lying about.
_SKIPPED = {"__pycache__", "node_modules", "Thumbs.db", "desktop.ini"}


class FolderSource:
    """Implements `Source`; the fingerprint of a file is its size and modification time."""

    def __init__(self, path: Path, *, origin: str | None = None) -> None:
        """Open a folder, or a single file as a folder that holds just it.

        Raises:
            UnknownSource: nothing can be read there.
        """
        self._path = path
        self.origin = origin or printable(str(path.resolve()))
        self._paths: dict[str, Path] = {}
        self.complete = True  # a folder that cannot be opened is reported and protects what lies below it
        if not path.exists():
            raise UnknownSource(
                f"{str(path)!r} does not exist. Check the path; relative ones start at {os.getcwd()!r}."
            )
        if not os.access(path, os.R_OK):
            raise UnknownSource(f"{str(path)!r} may not be read by this user. Change its permissions.")

    def discover(self) -> Iterator[Item]:
        """Yield files below the folder in the order of their names; links and hidden files are left out."""
        if self._path.is_file():
            yield self._item(self._path, self._path.name)
            return
        items = list(self._items())
        above = pages_above(item.source for item in items)
        for item in items:
            yield replace(item, above=above[item.source])

    def _items(self) -> Iterator[Item]:
        closed: list[str] = []
        for folder, folders, files in os.walk(self._path, onerror=lambda error: closed.append(str(error.filename))):
            folders[:] = sorted(name for name in folders if not skipped(name))
            for name in sorted(files):
                path = Path(folder) / name
                if not skipped(name) and _is_file(path):
                    yield self._item(path, path.relative_to(self._path).as_posix())
        # Fetching a folder that could not be opened fails, which reports it.
        for name in closed:
            yield self._item(Path(name), Path(name).relative_to(self._path).as_posix())

    def fetch(self, item: Item) -> bytes:
        """Read the file."""
        path = self._paths.get(item.source) or (self._path if self._path.is_file() else self._path / item.source)
        try:
            return path.read_bytes()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise TransientIngestError(
                f"{item.source!r} cannot be read: {reason}. Ingest again when it can."
            ) from error

    def _item(self, path: Path, source: str) -> Item:
        try:
            status = path.stat()
            fingerprint = f"{status.st_size}-{status.st_mtime_ns}"
        except OSError:
            fingerprint = ""  # fetching it will tell why
        name = printable(source)
        self._paths[name] = path
        return Item(source=name, fingerprint=fingerprint, media=path.suffix.lower())


def _is_file(path: Path) -> bool:
    """Tell whether it is a plain file: links lead elsewhere, and reading a pipe or a device would never end."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return True  # fetching it will tell why


def printable(name: str) -> str:
    """Escape the bytes of a file name that are no UTF-8, so that it can be stored and shown."""
    return name.encode("utf-8", "backslashreplace").decode()


def skipped(name: str) -> bool:
    """Tell whether a file or folder of this name is left out."""
    return name.startswith((".", "~$")) or name in _SKIPPED
