"""A Git repository: the files at the tip of one of its branches."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from ingest.errors import IngestError, TooLarge, TransientIngestError, UnknownSource
from ingest.page_tree import pages_above
from ingest.source import Item
from ingest.sources.git_address import GitAddress
from knowledge.document import content_hash
from knowledge.guarded_http import Resolve, is_public, resolve

_MEGA = 1 << 20
#: What the process needs beyond our own search path: ssh its agent and its files, TLS whom to trust.
_PASSED = ("PATH", "HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR")
_LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class GitLimits:
    """What one repository may cost."""

    seconds: float = 600.0
    bytes: int = 1024 * _MEGA  #: of what is fetched, and again of what that unpacks to
    memory: int = 2048 * _MEGA  #: bytes of address space of the process that fetches
    file_bytes: int = 100 * _MEGA  #: of one file


class GitSource:
    """Implements `Source`; the source of a file is its path in the repository, its fingerprint the id of its bytes."""

    def __init__(
        self,
        address: str,
        *,
        cache: Path,
        inside: Callable[[str, int], bool],
        limits: GitLimits | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        """Nothing is connected to before `discover`.

        Args:
            address: as `GitAddress` reads it, with or without credentials.
            cache: folder that holds what was fetched, of all repositories.
            inside: tells of a host and port whether http and https may reach it although it lies in our network.
            limits: for one run.
            resolve: finds addresses.

        Raises:
            UnknownSource: the address has another form.
        """
        self._address = GitAddress.of(address)
        self._cache = cache / content_hash(self.origin.encode())[:16]
        self._inside = inside
        self._limits = limits or GitLimits()
        self._resolve = resolve
        self._files: dict[str, tuple[str, int]] = {}
        self.complete = True  # the run fails where this could not be said

    @property
    def origin(self) -> str:
        """The address in one spelling, without credentials."""
        return self._address.origin

    def discover(self) -> Iterator[Item]:
        """Update the mirror and yield the files in the order of their paths.

        Raises:
            UnknownSource: there is no such repository, branch or folder, or it must not be connected to.
            TransientIngestError: it cannot be reached right now, or takes too long.
            TooLarge: it is more than one source may be.
        """
        self._files = {path: (id, size) for path, id, size in self._mirrored()}
        above = pages_above(self._files)
        for path, (id, _) in self._files.items():
            media = PurePosixPath(path).suffix.lower()
            yield Item(source=path, fingerprint=id, media=media, above=above[path])

    def fetch(self, item: Item) -> bytes:
        """Return the content of a file.

        Raises:
            TooLarge: it is larger than one file may be.
            TransientIngestError: it is not there any more.
        """
        id, size = self._files.get(item.source, ("", 0))
        if size > self._limits.file_bytes:
            raise TooLarge(
                f"{item.source!r} has {size} bytes; {self._limits.file_bytes} are allowed. Split it, or raise "
                "COPILOT_PARSE_MAX_BYTES."
            )
        try:
            return (self._cache / "files" / id).read_bytes()
        except OSError as error:
            raise TransientIngestError(f"{item.source!r} is gone from the mirror. Ingest again.") from error

    def _mirrored(self) -> list[tuple[str, str, int]]:
        address = self._address
        request = {
            "transport": address.transport,
            "host": address.host,
            "port": address.port,
            "path": address.path,
            "branch": address.branch,
            "folder": address.folder,
            "user": address.user,
            "password": address.password,
            "addresses": self._addresses(),
            "cache": str(self._cache.resolve()),
            "bytes": self._limits.bytes,
            "memory": self._limits.memory,
        }
        self._cache.mkdir(parents=True, exist_ok=True)
        reply = json.loads(self._asked(json.dumps(request).encode() + b"\n") or b"{}")
        if "files" not in reply:
            raise self._error(str(reply.get("code", "")), str(reply.get("message", "the process that fetches died")))
        return [(str(path), str(id), int(size)) for path, id, size in reply["files"]]

    def _addresses(self) -> list[str]:
        """Return where http and https may connect to, checked; ssh knows its hosts itself."""
        host, port = self._address.host, self._address.port
        if self._address.transport not in ("https", "http"):
            return []
        inside = self._inside(host, port)
        if self._address.user and self._address.transport == "http" and not inside:
            raise UnknownSource(f"{self.origin!r} would get its credentials unencrypted. Use git+https.")
        try:
            found = list(self._resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise self._error("unreachable", f"{host!r} has no address") from error
        if not inside and not all(is_public(address) for address in found):
            raise UnknownSource(
                f"{self.origin!r} was not ingested: its host lies inside our network and is not listed for that. Name "
                f"{host}:{port} in COPILOT_WEB_ALLOWED, or use git+ssh."
            )
        return found

    def _asked(self, request: bytes) -> bytes:
        process = subprocess.Popen(  # our own interpreter and our own module
            [sys.executable, "-P", "-B", "-W", "ignore", "-m", "ingest.sources.git_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a remote writes there could be anything
            env={name: os.environ[name] for name in _PASSED if name in os.environ}
            | {
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "PYTHONUTF8": "1",
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": os.devnull,
            },
            cwd="/",
            start_new_session=True,
        )
        requests, replies = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        late = threading.Event()
        watch = threading.Timer(self._limits.seconds, _end, args=(process, late))
        watch.daemon = True
        watch.start()
        try:
            # Its stdin stays open until it has answered: the end of this process ends that one too.
            with suppress(BrokenPipeError):
                requests.write(request)
                requests.flush()
            reply = replies.read()
        finally:
            watch.cancel()
            _end(process)
            process.wait()
            for pipe in (requests, replies):
                with suppress(BrokenPipeError):
                    pipe.close()
        if late.is_set():
            raise TransientIngestError(
                f"{self.origin!r} was not ingested and nothing was deleted: it took more than "
                f"{self._limits.seconds:g} seconds. Ingest again, or ingest a clone that you made: git+file:///path."
            )
        return reply

    def _error(self, code: str, message: str) -> IngestError:
        reason = " ".join(message.split())[:_LONGEST_REASON]
        secrets = (self._address.password, self._address.user if self._address.transport != "ssh" else None)
        for secret in filter(None, secrets):
            reason = reason.replace(secret, "…")
        named = f"{self.origin!r} was not ingested and nothing was deleted: {reason}."
        if code == "unknown":
            return UnknownSource(f"{named} Correct the address.")
        if code == "too_large":
            return TooLarge(f"{named} Name a folder of it: #sub/folder.")
        return TransientIngestError(f"{named} Ingest again when it can be reached.")


def _end(process: subprocess.Popen[bytes], late: threading.Event | None = None) -> None:
    if late:
        late.set()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # with its ssh
