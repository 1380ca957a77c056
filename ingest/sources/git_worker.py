"""The process that speaks to a Git remote: it mirrors the tip of one branch into a folder of ours.

Everything that comes from a remote is untrusted, so it is read here, in a process with limits of time, memory and file
size, which may be killed. It connects to the addresses that its parent has checked and to no other, asks nobody for
credentials, reads no configuration of the user, and runs no hook, filter or submodule: nothing is ever checked out.
Files become plain files named by their id, so that no name from a repository reaches the disk.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import socket
import stat
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import urllib3
from dulwich.client import GitClient, HTTPUnauthorized, SSHGitClient, Urllib3HttpGitClient
from dulwich.config import ConfigDict
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
from dulwich.object_store import BaseObjectStore
from dulwich.objects import Blob, Commit, ObjectID, Tag, Tree
from dulwich.repo import Repo

from ingest.sources.folder import skipped

#: A mirror with more packs than this is made anew: each update adds one and nothing is ever taken out of them.
_MOST_PACKS = 50
_MOST_FILES = 100_000
_LONGEST_NAME = 255  #: characters; no file system has longer ones
_DEEPEST = 50  #: folders
_OUR_TIP = b"refs/heads/tip"
#: No prompts, no forwarding, no command of the remote's choice; a remote that falls silent is given up.
_SSH = (
    "ssh -o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=3 "
    "-o ClearAllForwardings=yes -o ForwardAgent=no -o PermitLocalCommand=no"
)
_Pins = Mapping[tuple[str, int], list[str]]


class Refused(Exception):
    """What the person who named the repository must change; `code` tells the parent which error it is."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def main() -> None:
    """Read one request from stdin, answer it on stdout; end with the parent, whose end closes stdin."""
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for kind, most in (("RLIMIT_AS", request["memory"]), ("RLIMIT_FSIZE", request["bytes"]), ("RLIMIT_CORE", 0)):
        resource.setrlimit(getattr(resource, kind), (most, most))
    reply: dict[str, Any]
    try:
        reply = {"files": _mirrored(request)}
    except Refused as error:
        reply = {"code": error.code, "message": str(error)}
    except HTTPUnauthorized:
        reply = {"code": "unknown", "message": "it wants other credentials: git+https://USER:TOKEN@host/…"}
    except NotGitRepository:
        reply = {"code": "unknown", "message": "there is no Git repository"}
    except MemoryError:
        reply = {"code": "too_large", "message": "it takes more memory than is allowed"}
    except (GitProtocolError, HangupException, urllib3.exceptions.HTTPError, OSError) as error:
        large = isinstance(error, OSError) and error.errno == errno.EFBIG
        reply = {"code": "too_large" if large else "unreachable", "message": str(error) or type(error).__name__}
    except Exception as error:  # noqa: BLE001  # the boundary of the process: objects that are broken fail anywhere
        reply = {"code": "unreachable", "message": f"what it holds cannot be read ({type(error).__name__}: {error})"}
        shutil.rmtree(Path(request["cache"]) / "repository", ignore_errors=True)  # the next run begins anew
    sys.stdout.write(json.dumps(reply))
    sys.stdout.flush()
    os._exit(0)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def _mirrored(request: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return path, blob id and bytes of every file, in the order of their paths."""
    branch = request["branch"]
    if request["transport"] == "file":
        if not Path(request["path"]).is_dir():
            raise Refused("unknown", "there is no such folder")
        with closing(Repo(request["path"])) as repository:
            return _unpacked(repository.object_store, _tip(repository.refs.as_dict(), branch), request)
    mirror = _open(Path(request["cache"]) / "repository")
    with closing(mirror):
        return _unpacked(mirror.object_store, _fetched(_client(request), mirror, request["path"], branch), request)


def _open(path: Path) -> Repo:
    try:
        mirror = Repo(str(path))
        if len(list(path.glob("objects/pack/*.pack"))) <= _MOST_PACKS:
            return mirror
        mirror.close()
    except (NotGitRepository, OSError, ValueError):
        pass  # there is none, or what a killed process left of one
    shutil.rmtree(path, ignore_errors=True)
    return Repo.init_bare(str(path), mkdir=True)


def _client(request: dict[str, Any]) -> GitClient:
    host, port, user = request["host"], request["port"], request["user"]
    if request["transport"] == "ssh":
        return SSHGitClient(host, port=port, username=user, ssh_command=_SSH, config=ConfigDict())
    _connect_only_to({(host, port): request["addresses"]})
    shown = f"[{host}]" if ":" in host else host
    pool = urllib3.PoolManager(
        retries=urllib3.Retry(connect=1, read=0, other=0, redirect=3, status=0),
        timeout=urllib3.Timeout(connect=15, read=60),
        headers={"User-Agent": "git/2.0 (frontline-copilot)"},  # several servers answer programs named git alone
    )
    return Urllib3HttpGitClient(
        f"{request['transport']}://{shown}:{port}/",
        pool_manager=pool,
        config=ConfigDict(),
        username=user,
        password=request["password"],
    )


def _connect_only_to(pins: _Pins) -> None:
    """Let this process find no address but these: a redirect elsewhere, or a name that moves, leads nowhere."""
    real = socket.getaddrinfo

    def pinned(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        addresses = pins.get((name.strip("[]").lower(), int(port or 0)))
        if addresses is None:
            raise Refused("unknown", f"it leads on to {name}:{port}. Name that address itself if it is right")
        return [found for address in addresses for found in real(address, port, *args, **kwargs)]

    socket.getaddrinfo = pinned


def _fetched(client: GitClient, mirror: Repo, path: str, branch: str | None) -> ObjectID:
    """Bring the tip of the branch into the mirror, without its history."""
    tips: list[ObjectID] = []

    def wanted(refs: Mapping[Any, ObjectID], depth: int | None = None) -> list[ObjectID]:
        del depth
        tips.append(_tip(refs, branch))
        return [tip for tip in tips if tip not in mirror.object_store]

    client.fetch(path, mirror, determine_wants=cast("Any", wanted), depth=1)
    if not tips:
        raise Refused("unknown", "it has no commit yet")
    mirror.refs[cast("Any", _OUR_TIP)] = tips[0]
    return tips[0]


def _tip(refs: Mapping[Any, ObjectID], branch: str | None) -> ObjectID:
    name = (branch or "").encode()
    names = [b"refs/heads/" + name, b"refs/tags/" + name] if name else [b"HEAD"]
    for name in names:
        if name in refs and refs[name] is not None:
            return refs[name]
    heads = sorted(name[11:].decode("utf-8", "replace") for name in refs if name.startswith(b"refs/heads/"))
    there = ", ".join(heads[:5]) or "none"
    raise Refused("unknown", f"it has no branch or tag {branch!r}; branches are {there}" if branch else "it is empty")


def _unpacked(objects: BaseObjectStore, tip: ObjectID, request: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Write what is below the folder into files named by their id; files no longer named go."""
    folder = Path(request["cache"]) / "files"
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.name: path.stat().st_size for path in folder.iterdir()}
    left = int(request["bytes"])
    listed: list[tuple[str, str, int]] = []
    for path, id in _files(objects, _tree(objects, tip, request["folder"]), request["folder"]):
        name = id.decode()
        if name not in there:
            data = cast("Blob", objects[id]).as_raw_string()
            left -= len(data)
            if left < 0:
                raise Refused("too_large", "its files are larger than is allowed")
            _write(folder / name, data)
            there[name] = len(data)
        listed.append((path, name, there[name]))
    for name in there.keys() - {name for _, name, _ in listed}:
        (folder / name).unlink()
    return sorted(listed)


def _write(path: Path, data: bytes) -> None:
    """Write whole or not at all, whenever this process is killed."""
    begun = path.with_suffix(".part")
    begun.write_bytes(data)
    begun.replace(path)


def _tree(objects: BaseObjectStore, tip: ObjectID, folder: str) -> ObjectID:
    found = objects[tip]
    while isinstance(found, Tag):
        found = objects[found.object[1]]
    if not isinstance(found, Commit):
        raise Refused("unknown", "what is named there is no commit")
    id: Any = found.tree
    for step in filter(None, folder.split("/")):
        mode, id = next(((e.mode, e.sha) for e in _entries(objects, id) if e.path == step.encode()), (0, id))
        if not stat.S_ISDIR(mode):
            raise Refused("unknown", f"it has no folder {folder!r}")
    return cast("ObjectID", id)


def _files(objects: BaseObjectStore, tree: ObjectID, folder: str) -> Iterator[tuple[str, ObjectID]]:
    """Yield plain files; links, submodules and what is hidden are left out, as they are from a folder."""
    waiting, count = [(folder, tree)], 0
    while waiting:
        above, id = waiting.pop()
        for entry in _entries(objects, id):
            count += 1
            if count > _MOST_FILES:
                raise Refused("too_large", f"it holds more than {_MOST_FILES} files and folders")
            name = entry.path.decode("utf-8", "backslashreplace")
            if not name or "/" in name or len(name) > _LONGEST_NAME or skipped(name):
                continue
            path = f"{above}/{name}" if above else name
            if stat.S_ISDIR(entry.mode) and path.count("/") < _DEEPEST:
                waiting.append((path, entry.sha))
            elif stat.S_ISREG(entry.mode):
                yield path, entry.sha


def _entries(objects: BaseObjectStore, id: ObjectID) -> Iterator[Any]:
    tree = objects[id]
    if not isinstance(tree, Tree):
        raise Refused("unknown", "what stands where a folder should is none")
    return tree.iteritems()


if __name__ == "__main__":
    main()
