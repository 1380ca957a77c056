"""One process owns the index of a home. The lock file says which, where it listens, and with what token."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from copilot.errors import ConfigurationError, IndexLocked


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The process that owns a home. `address` and `token` are None unless it serves HTTP."""

    pid: int
    address: str | None = None
    token: str | None = None


class HomeLock:
    """Held from construction to `release`, and released by the system when the process dies in any way."""

    def __init__(self, home: Path) -> None:
        """Take the lock.

        Raises:
            IndexLocked: another process holds it.
            ConfigurationError: the folder cannot be written.
        """
        path = home / "copilot.lock"
        try:
            # Conversations and internal documents lie here: for this user alone.
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Opened without truncating: the content belongs to the owner until the lock is ours.
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigurationError(
                f"{str(home)!r} cannot be used as home ({error.strerror}). Set COPILOT_HOME to a folder of yours."
            ) from error
        try:
            _lock_soon(self._file)
        except OSError as error:
            os.close(self._file)
            owner = owner_of(home)
            who = f"process {owner.pid}" if owner else "another process"
            raise IndexLocked(
                f"The index in {str(home)!r} is in use by {who}. Wait until it has finished, or set COPILOT_HOME to "
                "another folder."
            ) from error
        self.publish(Owner(pid=os.getpid()))

    def publish(self, owner: Owner) -> None:
        """Write who owns the home, for the other commands."""
        data = json.dumps(asdict(owner)).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, data, 0)

    def release(self) -> None:
        """Give the home up."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


def owner_of(home: Path) -> Owner | None:
    """Return the owner named in the lock file; None when there is none or it is being written."""
    try:
        return Owner(**json.loads((home / "copilot.lock").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def serving_owner(home: Path) -> Owner | None:
    """Return the process that serves this home over HTTP, if one holds the lock right now."""
    path = home / "copilot.lock"
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        owner = owner_of(home)
        return owner if owner and owner.address else None
    finally:
        os.close(file)
    return None


def stale_lock(home: Path) -> bool:
    """Tell whether the lock file names a process that does not hold it: one that was killed."""
    return owner_of(home) is not None and _if_free(home, lambda _: None)


def clear_stale_lock(home: Path) -> bool:
    """Empty the lock file that a killed process left; False where somebody holds it after all."""
    return _if_free(home, lambda file: os.ftruncate(file, 0))


def _if_free(home: Path, do: Callable[[int], None]) -> bool:
    """Do something while holding the lock; False where another process does."""
    try:
        file = os.open(home / "copilot.lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        do(file)
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def _lock_soon(file: int) -> None:
    """Try for half a second: a command that only looks who owns the home holds it for a moment too."""
    for attempt in range(6):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError:
            if attempt == 5:
                raise
            time.sleep(0.1)
