"""Uploaded files in a folder of the home, each complete or absent whenever the process is killed."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from copilot.errors import InvalidRequest
from knowledge.space import writing_to

#: Of the bytes a file name may have, room is left for the marks of unfinished files.
_LONGEST = 200
#: Begins the names of files that are not complete; ingestion passes over hidden files.
_UNFINISHED = ".unfinished-"
#: Characters that are not seen or change how what stands beside them is read: controls, formats, separators.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_SPACES = re.compile(r"\s+")
#: Left lying about by systems and tools; ingestion passes over them in silence.
_NOISE = {"thumbs.db", "desktop.ini", "__pycache__", "node_modules"}


class FolderUploads:
    """Implements `Uploads`."""

    def __init__(self, folder: Path, most_bytes: int, formats: Sequence[str] = ()) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        self.formats = formats

    @property
    def path(self) -> str:
        """The folder, as a path to ingest."""
        return str(self.folder.resolve())

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
        unfinished = [self.folder / f"{_UNFINISHED}{uuid4().hex}" for _ in files]
        try:
            with writing_to(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                for path, (_, content) in zip(unfinished, files, strict=True):
                    _write(path, content)
                for path, name in zip(unfinished, names, strict=True):
                    path.replace(self.folder / name)
                _sync(self.folder)
        finally:
            for path in unfinished:
                path.unlink(missing_ok=True)
        return names

    def remove(self, name: str) -> bool:
        """Remove a file and tell whether there was one; what lies inside one (`a.zip/b.xlsx`) goes with it alone."""
        there = self.holds(name)
        if there:
            (self.folder / name).unlink(missing_ok=True)
        return there

    def holds(self, name: str) -> bool:
        """Tell whether a file of this name is stored."""
        path = self.folder / name
        return path.name == name and path.is_file()

    @property
    def any(self) -> bool:
        """Tell whether a file is stored."""
        return self.folder.is_dir() and any(not path.name.startswith(".") for path in self.folder.iterdir())

    def recover(self) -> None:
        """Remove what a killed process left unfinished; nobody may be storing anything."""
        for path in self.folder.glob(f"{_UNFINISHED}*"):
            path.unlink(missing_ok=True)


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


def _write(path: Path, content: BinaryIO) -> None:
    with path.open("xb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the new names last."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
