"""Takes an archive apart: everything is checked on the way, and nothing is written outside one folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from copilot.backup.archive import opened_archive
from copilot.backup.making import StageListener
from copilot.backup.manifest import DATABASE, Manifest, Member
from knowledge.errors import NotEnoughSpace

_SPARE_BYTES = 64 * 2**20
#: The folder in which files of the home are laid out as in a home.
HOME = "home"
_SQLITE = b"SQLite format 3\0"


def is_database(file: Path) -> bool:
    """Tell whether a file is a SQLite database, as copies from before an upgrade are."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def unpack(
    file: Path, folder: Path, listen: StageListener, wanted: Callable[[Member], bool] = lambda _: True
) -> Manifest:
    """Read the whole archive, and write the members that are wanted into a folder that is ours alone.

    The vectors and the database lie in it by their names, files of the home below `home`.

    Raises:
        BackupRefused, BackupDamaged: it is not what it should be; what was written so far is for the bin.
        NotEnoughSpace: the disk cannot hold it.
    """
    done = 0
    size = 0

    def counted(more: int) -> None:
        nonlocal done
        done += more
        listen(done, size, "reading")

    with opened_archive(file, counted) as (manifest, members):
        size = manifest.size
        free = shutil.disk_usage(folder).free
        needed = sum(member.size for member in manifest.members if wanted(member)) + _SPARE_BYTES
        if free < needed:
            raise NotEnoughSpace(
                f"Unpacking takes {needed / 1e6:,.0f} MB in {str(folder)!r}, and {free / 1e6:,.0f} MB are free."
                " Make room or name another place."
            )
        for member, pieces in members:
            if not wanted(member):
                for _ in pieces:
                    pass
                continue
            target = folder / HOME / member.path if member.path is not None else folder / member.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(target, pieces)
    return manifest


def _write(target: Path, pieces: Iterator[bytes]) -> None:
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600), "wb") as out:
        for piece in pieces:
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def only_database(member: Member) -> bool:
    """Want the database alone."""
    return member.name == DATABASE
