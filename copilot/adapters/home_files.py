"""The files of a home that a backup keeps."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from copilot.backup.manifest import CALIBRATION, FOLDERS, MODELS

#: Folders whose files are replaced and deleted; each has the origin that its documents have.
_ORIGINS = {"uploads": "uploads", "approved": "approved"}

#: Originals are named by their hash; anything else there is not finished.
_ORIGINAL = re.compile(r"[0-9a-f]{64}")


class FolderHomeFiles:
    """Implements `HomeFiles`. What trained models are is kept where the settings put them."""

    def __init__(self, home: Path, models: Path) -> None:
        self._home = home
        self._models = models

    def size(self) -> int:
        """Return how many bytes they have together."""
        return sum(file.stat().st_size for _, file in self._all() if file.exists())

    def held(self, folder: Path) -> HeldFolderFiles:
        """Hold uploads and approved entries by links of their own; where there are no links, by copies."""
        return HeldFolderFiles(self, folder)

    def hold(self, folder: Path) -> Mapping[str, Path]:
        """Return what there is now in folders whose files come and go, by place, held in a new folder."""
        folder.mkdir(mode=0o700)
        held: dict[str, Path] = {}
        for name in _ORIGINS:
            for path, file in _files(self._home / name, name):
                kept = folder / str(len(held))
                with suppress(FileNotFoundError):  # deleted just now
                    _keep(file, kept)
                    held[path] = kept
        return held

    def lasting(self) -> Iterator[tuple[str, Path]]:
        """Return what is never replaced by other bytes and never deleted."""
        return ((path, file) for path, file in self._all() if path.split("/")[0] not in _ORIGINS)

    def _all(self) -> Iterator[tuple[str, Path]]:
        for name in FOLDERS:
            for path, file in _files(self._home / name, name):
                if name != "originals" or _ORIGINAL.fullmatch(file.name):
                    yield path, file
        if (self._home / CALIBRATION).is_file():
            yield CALIBRATION, self._home / CALIBRATION
        yield from self._trained()

    def _trained(self) -> Iterator[tuple[str, Path]]:
        """Return what training has made; what is unpacked from packages is not."""
        if not self._models.is_dir():
            return
        for entry in sorted(self._models.iterdir()):
            if entry.name.startswith("trained-") and entry.is_dir() and not entry.is_symlink():
                yield from _files(entry, f"{MODELS}/{entry.name}")
            elif entry.name.startswith("trained-") or entry.name in ("active.json", "last-training.json"):
                yield f"{MODELS}/{entry.name}", entry


class HeldFolderFiles:
    """Implements `HeldFiles`."""

    def __init__(self, home: FolderHomeFiles, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._home = home
        self._folder = folder
        self._before = home.hold(folder / "before")

    def files(self, documents: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Path]]:
        """Return everything there is now, and what was deleted since although a copied document comes from it."""
        yield from self._home.lasting()
        now = self._home.hold(self._folder / "now")
        yield from now.items()
        for path, kept in self._before.items():
            folder, _, name = path.partition("/")
            # What lies in an archive is a document called after it (`a.zip/b.xlsx`).
            wanted = any(source.split("/")[0] == name for source in documents.get(_ORIGINS[folder], ()))
            if wanted and path not in now:
                yield path, kept


def _files(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Return the finished files below a folder, in order; hidden ones are not finished, links lead elsewhere."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for file in sorted(files):
            path = Path(root, file)
            if not file.startswith(".") and path.is_file() and not path.is_symlink():
                yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _keep(file: Path, kept: Path) -> None:
    try:
        os.link(file, kept)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        shutil.copyfile(file, kept)
