"""Approved revisions as Markdown files under `exports` in the home: complete or not there, and once."""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from copilot.approval.approved import ApprovedRevision
from copilot.delivery.delivery import ChannelName
from copilot.delivery.wording import record
from copilot.errors import ChannelUnavailable, DeliveryRefused, InvalidDestination

_DEEPEST = 8
_LONGEST_NAME = 200  # bytes; file systems take 255, and the name of the unfinished file must fit too
_LONGEST_PATH = 1000
#: No hidden files, nothing that a shell, another system or a reader could take for something else.
_NAME = re.compile(r"[^\W_][\w \-+.,()（）、,。《》·&@#=%~]*", re.UNICODE)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class FileChannel:
    """Implements `Channel`; a destination is a path below `exports`, in its one spelling relative to it.

    Every folder on the way is opened without following links, so that nothing leads out, whoever puts it there and
    whenever. A finished file is linked to its name, which fails where there is one already.
    """

    name = ChannelName.FILE

    def __init__(self, exports: Path, token: Callable[[], str] = lambda: secrets.token_hex(4)) -> None:
        """`token` names unfinished files apart when two workers write the same delivery."""
        self._exports = exports
        self._token = token

    def check(self, destination: str) -> str:
        """Return the path relative to `exports`; `.md` is added where a name has no ending.

        Raises:
            InvalidDestination: it leads elsewhere, or is no name for a file.
        """
        given = destination.strip()
        root = f"{self._exports.resolve()}/"
        parts = [part for part in given.removeprefix(root).split("/") if part != "."]
        if (
            not parts
            or len(given.encode(errors="replace")) > _LONGEST_PATH
            or len(parts) > _DEEPEST
            or not all(_usable(part) for part in parts)
        ):
            raise InvalidDestination(
                f"{destination!r} is no place for a file. Give a path below {str(self._exports)!r}, such as "
                "'acme/plan.md': letters, digits, spaces and -_.,() only."
            )
        if not Path(parts[-1]).suffix:
            parts[-1] += ".md"
        return "/".join(parts)

    def send(self, approved: ApprovedRevision, destination: str, key: str) -> str:
        """Write the file unless this delivery has written it before; return its path.

        Raises:
            DeliveryRefused: there is another file, or a link leads elsewhere.
            ChannelUnavailable: the disk does not take it right now.
        """
        *folders, name = self.check(destination).split("/")
        head = _head(approved, key)
        data = f"{head}\n{record(approved)}".encode(errors="replace")
        try:
            with self._folder(folders) as folder:
                self._write(folder, name, data, key)
                if _beginning(folder, name, len(head.encode())) != head.encode():
                    raise DeliveryRefused(
                        f"There is another file {destination!r} already, and it stays as it is. Choose another name."
                    )
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP):
                raise DeliveryRefused(
                    f"{destination!r} cannot be written: a link or another file is in its way, or the disk cannot keep "
                    f"files safely ({error.strerror}). Choose another name, or another COPILOT_HOME."
                ) from error
            raise ChannelUnavailable(
                f"{destination!r} cannot be written now ({error.strerror}). Make room or correct the rights of "
                f"{str(self._exports)!r}."
            ) from error
        return str(self._exports / destination)

    @contextmanager
    def _folder(self, names: list[str]) -> Iterator[int]:
        """Open the folder of a file, made where it is missing, link by link."""
        self._exports.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(self._exports, _FOLDER)
        try:
            for name in names:
                with suppress(FileExistsError):
                    os.mkdir(name, 0o700, dir_fd=folder)
                below = os.open(name, _FOLDER, dir_fd=folder)
                os.close(folder)
                folder = below
            yield folder
        finally:
            os.close(folder)

    def _write(self, folder: int, name: str, data: bytes, key: str) -> None:
        """Put a complete file under the name if there is none, and clear away what earlier attempts left."""
        unfinished = f".{key}.{self._token()}.part"
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            # Whose a file under the name is, is looked at next; an unfinished one goes when another attempt has ended.
            with suppress(FileExistsError, FileNotFoundError):
                os.link(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        finally:
            for left in os.listdir(folder):
                if left.startswith(f".{key}.") and left.endswith(".part"):
                    with suppress(FileNotFoundError):
                        os.unlink(left, dir_fd=folder)
            os.fsync(folder)


def _usable(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and len(name.encode()) <= _LONGEST_NAME and not name.endswith((" ", "."))


def _head(approved: ApprovedRevision, key: str) -> str:
    """Return the front matter; it stands first, so no content can claim to be another delivery."""
    return f"---\ndelivery: {key}\ndraft: {approved.draft.id}\nrevision: {approved.revision.number}\n---\n"


def _beginning(folder: int, name: str, length: int) -> bytes:
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    try:
        return os.read(file, length)
    finally:
        os.close(file)
