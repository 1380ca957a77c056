"""Blobs as files below a folder: of the home, or one that several machines mount."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from knowledge.blobs import ABANDONED_S, UNFINISHED, Blob
from knowledge.space import writing_to


class FolderBlobs:
    """Implements `BlobStore`; the stamp of a file is its size and modification time, as ingestion knows files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.root.resolve())

    def put(self, blobs: Sequence[tuple[str, BinaryIO]]) -> None:
        """Write all of them beside their places first; a killed run leaves no half a file under a final name.

        Raises:
            NotEnoughSpace: the disk is full; none of them is kept.
        """
        written: list[tuple[Path, Path]] = []
        try:
            with writing_to(self.root):
                for key, content in blobs:
                    target = self.root / key
                    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    written.append((target.parent / f"{UNFINISHED}{uuid4().hex}", target))
                    _write(written[-1][0], content)
                for path, target in written:
                    path.replace(target)
                for folder in {target.parent for _, target in written}:
                    _sync(folder)
        finally:
            for path, _ in written:
                path.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        """Read the file."""
        try:
            return (self.root / key).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise KeyError(key) from error

    def has(self, key: str) -> bool:
        """Tell whether there is such a file."""
        return (self.root / key).is_file()

    def delete(self, key: str) -> None:
        """Remove the file."""
        (self.root / key).unlink(missing_ok=True)

    def list(self, prefix: str) -> Iterator[Blob]:
        """Yield files; links lead elsewhere and are left out."""
        for folder, folders, files in os.walk(self.root / prefix):
            folders[:] = sorted(folders)
            for name in sorted(files):
                path = Path(folder, name)
                if name.startswith(UNFINISHED) or path.is_symlink() or not path.is_file():
                    continue
                with suppress(FileNotFoundError):  # deleted just now
                    status = path.stat()
                    stamp = f"{status.st_size}-{status.st_mtime_ns}"
                    yield Blob(key=path.relative_to(self.root).as_posix(), size=status.st_size, stamp=stamp)

    def recover(self, prefix: str, older_than_s: float = ABANDONED_S) -> None:
        """Remove what a killed process left."""
        for path in (self.root / prefix).glob(f"{UNFINISHED}*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime >= older_than_s:
                    path.unlink()


def _write(path: Path, content: BinaryIO) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
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
