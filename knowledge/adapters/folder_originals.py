"""Original bytes as files named by their hash, two levels deep."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from knowledge.document import content_hash
from knowledge.space import writing_to

_HASH = re.compile(r"[0-9a-f]{64}")


class FolderOriginals:
    """Implements `Originals` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Write to a temporary file first, so that a killed run never leaves half a file under a final name.

        Raises:
            NotEnoughSpace: the disk is full; nothing is left of it.
        """
        name = content_hash(data)
        target = self._path(name)
        if not target.exists():
            with writing_to(self._folder):
                target.parent.mkdir(parents=True, exist_ok=True)
                _put(data, target)
        return name

    def read(self, content_hash: str) -> bytes:
        """Return the bytes with this hash."""
        if not _HASH.fullmatch(content_hash):
            raise KeyError(content_hash)
        try:
            return self._path(content_hash).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(content_hash) from error

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _put(data: bytes, target: Path) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
