"""A full disk, told as such wherever it is met."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import NotEnoughSpace

#: No space, a quota that is used up, and a limit on the size of one file (`ulimit -f`).
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: BaseException) -> bool:
    """Tell whether an error says that a disk takes no more."""
    return isinstance(error, OSError) and error.errno in _FULL


def full(where: object = None) -> NotEnoughSpace:
    """Return what is told of a full disk."""
    place = f"The disk of {str(where)!r}" if where is not None else "A disk"
    return NotEnoughSpace(f"{place} is full. Nothing was kept of what was to be written. Make room, then try again.")


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Write to a folder in the block.

    Raises:
        NotEnoughSpace: its disk is full.
    """
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise full(folder) from error
