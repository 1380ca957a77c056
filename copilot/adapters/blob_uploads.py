"""Files that people send, each complete or absent whenever the process is killed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import BinaryIO

from copilot.errors import InvalidRequest
from knowledge.blobs import BlobStore

#: Of the bytes a file name may have, room is left for the marks of unfinished files.
_LONGEST = 200
#: Characters that are not seen or change how what stands beside them is read: controls, formats, separators.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_SPACES = re.compile(r"\s+")
#: Left lying about by systems and tools; ingestion passes over them in silence.
_NOISE = {"thumbs.db", "desktop.ini", "__pycache__", "node_modules"}


class BlobUploads:
    """Implements `Uploads` below one prefix of a blob store."""

    def __init__(self, blobs: BlobStore, folder: str, most_bytes: int, formats: Sequence[str] = ()) -> None:
        self.blobs = blobs
        self.prefix = f"{folder}/"
        self.most_bytes = most_bytes
        self.formats = formats

    @property
    def path(self) -> str:
        """Where they are, as a place to ingest: a folder, or an address that this store alone knows."""
        return f"{self.blobs.place}/{self.prefix}".rstrip("/")

    def keep(self, files: Sequence[tuple[str, BinaryIO]]) -> list[str]:
        """Store all of the files, replacing those of the same names; returns the names, cleaned.

        Raises:
            InvalidRequest: a file has no name that can be used, or two have the same.
            NotEnoughSpace: the disk is full; none of them is kept.
        """
        names = [cleaned(name) for name, _ in files]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InvalidRequest(f"Two files are called {twice!r}. Rename one of them.")
        self.blobs.put([(self.prefix + name, content) for name, (_, content) in zip(names, files, strict=True)])
        return names

    def read(self, name: str) -> bytes | None:
        """Return a file as it is; None where there is none."""
        return self.blobs.get(self.prefix + name) if self.holds(name) else None

    def remove(self, name: str) -> bool:
        """Remove a file and tell whether there was one; what lies inside one (`a.zip/b.xlsx`) goes with it alone."""
        there = self.holds(name)
        if there:
            self.blobs.delete(self.prefix + name)
        return there

    def holds(self, name: str) -> bool:
        """Tell whether a file of this name is stored."""
        return bool(name) and "/" not in name and name not in (".", "..") and self.blobs.has(self.prefix + name)

    @property
    def any(self) -> bool:
        """Tell whether a file is stored."""
        return any(not blob.key.removeprefix(self.prefix).startswith(".") for blob in self.blobs.list(self.prefix))

    def recover(self, older_than_s: float) -> None:
        """Remove what a killed process left unfinished; 0 where nobody else may be storing anything."""
        self.blobs.recover(self.prefix, older_than_s)


def cleaned(name: str) -> str:
    """Return a file name without path, unseen characters and leading dots, short enough to be stored.

    Raises:
        InvalidRequest: nothing is left of it.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN or sign.isspace())
    plain = _SPACES.sub(" ", seen).strip().lstrip(".~$ ").rstrip(". ")
    stem, dot, suffix = plain.rpartition(".")
    ending = f"{dot}{suffix}" if stem and len(suffix.encode()) <= 16 else ""
    body = plain.removesuffix(ending).encode()[: _LONGEST - len(ending.encode())].decode("utf-8", "ignore")
    if not body.strip() or plain.lower() in _NOISE:
        raise InvalidRequest(f"{name[:80]!r} is no file name. Rename the file.")
    return f"{body}{ending}"
