"""The files of a backup where originals, uploads and approved answers lie outside the home."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from copilot.adapters.home_files import FolderHomeFiles, HeldFolderFiles
from knowledge.blobs import BlobStore


class BlobHomeFiles:
    """Implements `HomeFiles`: what the home has, and a copy of the blobs below these prefixes."""

    def __init__(self, home: FolderHomeFiles, blobs: BlobStore, prefixes: tuple[str, ...]) -> None:
        self._home = home
        self._blobs = blobs
        self._prefixes = prefixes

    def size(self) -> int:
        """Return how many bytes they have together; blobs are copied first, so they count twice."""
        return self._home.size() + 2 * sum(blob.size for prefix in self._prefixes for blob in self._blobs.list(prefix))

    def held(self, folder: Path) -> HeldBlobFiles:
        """Hold the files of the home; blobs are copied when they are asked for."""
        return HeldBlobFiles(self._home.held(folder), self._blobs, self._prefixes, folder / "blobs")


class HeldBlobFiles:
    """Implements `HeldFiles`. A blob that is deleted while the backup is made is not in it."""

    def __init__(self, home: HeldFolderFiles, blobs: BlobStore, prefixes: tuple[str, ...], folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._home = home
        self._blobs = blobs
        self._prefixes = prefixes
        self._folder = folder

    def files(self, documents: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Path]]:
        """Return everything there is now, by its place in a home."""
        yield from self._home.files(documents)
        listed = (blob.key for prefix in self._prefixes for blob in self._blobs.list(prefix))
        for number, key in enumerate(listed):
            copy = self._folder / str(number)
            with suppress(KeyError):  # deleted just now
                copy.write_bytes(self._blobs.get(key))
                yield key, copy
