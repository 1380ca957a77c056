"""`git+https://host/team/repo.git@branch#sub/folder`: where a repository is, and which part of it is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import quote, unquote, urlsplit

from ingest.errors import UnknownSource

PREFIX = "git+"
Transport = Literal["https", "http", "ssh", "file"]

_FORM = "git+https://host/repo.git, git+ssh://git@host/repo.git or git+file:///path, then @branch, then #sub/folder"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*|[0-9a-f.]*:[0-9a-f:.]*", re.ASCII)
_PORTS = {"https": 443, "http": 80, "ssh": 22, "file": 0}


def is_git_address(named: str) -> bool:
    """Tell whether what a person named is a repository, rather than a path or a page."""
    return named.startswith(PREFIX) and "://" in named


@dataclass(frozen=True, kw_only=True)
class GitAddress:
    """The parts of an address; only `origin` may be stored, logged or shown."""

    transport: Transport
    host: str  #: empty for a repository on this machine
    port: int  #: 0 for a repository on this machine
    path: str  #: of the repository, percent signs resolved
    branch: str | None = None  #: a branch or tag; None: the one the repository names as its main one
    folder: str = ""  #: below which files are taken, without slashes at its ends
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, written: str) -> GitAddress:
        """Read an address as people write it; an @ in the path of the repository itself is written %40.

        Raises:
            UnknownSource: it has another form. The message repeats no user and no password.
        """
        try:
            parts = urlsplit(written.removeprefix(PREFIX))
            port = parts.port
        except ValueError:
            raise UnknownSource(f"The address of a Git repository cannot be read. It is {_FORM}.") from None
        path, at, branch = parts.path.partition("@")
        folder = unquote(parts.fragment).strip("/")
        shown = f"{PREFIX}{parts.scheme}://{parts.hostname or ''}{parts.path}"
        if parts.scheme not in _PORTS or parts.query or not path.strip("/") or (at and not branch):
            raise UnknownSource(f"{shown!r} is no address of a Git repository. It is {_FORM}.")
        host = parts.hostname or ""
        if (parts.scheme == "file") != (not host) or (host and not _NAME.fullmatch(host)):
            raise UnknownSource(f"{shown!r} names no host that can be. It is {_FORM}.")
        user = unquote(parts.username) if parts.username else None
        if user and not re.fullmatch(r"[^\s:@/\-][^\s:@/]*", user):
            raise UnknownSource(f"{shown!r} comes with a user name that cannot be. It is {_FORM}.")
        if any(step in ("", ".", "..") for step in folder.split("/")) and folder:
            raise UnknownSource(f"The folder {folder!r} of {shown!r} is no path below the repository. Name one.")
        return cls(
            transport=cast("Transport", parts.scheme),
            host=host,
            port=port or _PORTS[parts.scheme],
            path=unquote(path),
            branch=unquote(branch) or None,
            folder=folder,
            user=user,
            password=unquote(parts.password) if parts.password else None,
        )

    @property
    def origin(self) -> str:
        """The address in one spelling, without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port != _PORTS[self.transport] else ""
        branch = f"@{quote(self.branch)}" if self.branch else ""
        folder = f"#{quote(self.folder)}" if self.folder else ""
        return f"{PREFIX}{self.transport}://{host}{port}{quote(self.path.rstrip('/'))}{branch}{folder}"
