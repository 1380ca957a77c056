"""Where a backup goes: a name that stays free until the file behind it is whole."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from copilot.backup.archive import ENDINGS
from copilot.errors import InvalidRequest

#: Begins the name of a folder in which a backup is being made; nothing in it is a backup.
_UNFINISHED = ".unfinished-backup-"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A file that is to be."""

    path: Path
    ending: str

    @classmethod
    def of(cls, named: Path, now: datetime) -> Place:
        """Read what a person named: a file, or a folder for a file that is named after the moment.

        Raises:
            InvalidRequest: it is neither a folder nor ends like an archive.
        """
        if named.is_dir():
            return cls(path=named.resolve() / f"copilot-{now:%Y%m%dT%H%M%SZ}{ENDINGS[0]}", ending=ENDINGS[0])
        ending = next((ending for ending in ENDINGS if named.name.endswith(ending) and named.name != ending), None)
        if ending is None:
            raise InvalidRequest(
                f"{str(named)!r} is no folder and ends with none of {', '.join(ENDINGS)}. Name such a file or a folder."
            )
        return cls(path=named.parent.resolve() / named.name, ending=ending)

    @property
    def folder(self) -> Path:
        """The folder that the file will be in."""
        return self.path.parent

    def refuse_taken(self) -> None:
        """Refuse a place that has something already, or is none.

        Raises:
            InvalidRequest: says what to do.
        """
        if not self.folder.is_dir():
            raise InvalidRequest(f"There is no folder {str(self.folder)!r}. Make it, or name another.")
        if os.path.lexists(self.path):
            raise InvalidRequest(f"{str(self.path)!r} exists. Name another file, or remove this one first.")

    def put(self, whole: Path) -> None:
        """Give a finished file its name; it is there whole or not at all, and replaces nothing.

        Raises:
            InvalidRequest: somebody has taken the name meanwhile.
        """
        try:
            os.link(whole, self.path)
        except FileExistsError:
            self.refuse_taken()
        except OSError:  # a file system without links
            self.refuse_taken()
            whole.replace(self.path)
        opened = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def unfinished(place: Place) -> Iterator[Path]:
    """Give a folder to work in beside the place, and remove it, as well as those that killed runs have left.

    Raises:
        InvalidRequest: the folder of the place cannot be written.
    """
    for left in place.folder.glob(f"{_UNFINISHED}*"):
        _remove_unless_used(left)
    try:
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=place.folder))  # for its owner alone
        opened = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise InvalidRequest(f"{str(place.folder)!r} cannot be written ({error.strerror}). Name another.") from error
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(opened)


def moved(file: Path, to: Path) -> None:
    """Move a finished backup, also onto another disk; a copy is on that disk before the original goes."""
    try:
        file.replace(to)
    except OSError:
        with (
            file.open("rb") as source,
            os.fdopen(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as copy,
        ):
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        file.unlink()


def _remove_unless_used(folder: Path) -> None:
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(opened)
