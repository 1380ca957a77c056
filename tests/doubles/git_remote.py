"""Real Git repositories, and a loopback server that real clients fetch from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from types import MappingProxyType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from dulwich import porcelain
from dulwich.objects import Blob, Commit, Tree
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import HTTPGitApplication

_AUTHOR = b"Wang Min <wang@example.com>"
PLAIN, LINK, SUBMODULE = 0o100644, 0o120000, 0o160000


class GitRepository:
    """A bare repository; every commit holds exactly the files it is given."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.repo = Repo.init_bare(str(path), mkdir=True, default_branch=b"main")

    def commit(
        self,
        files: Mapping[str, str | bytes],
        *,
        branch: str = "main",
        parents: bool = True,
        special: Mapping[str, tuple[int, bytes]] = MappingProxyType({}),
    ) -> None:
        """Commit `files`; `special` gives mode and content of what is no plain file; without parents: a forced push."""
        tree: dict[str, Any] = {}
        for name, content in files.items():
            _put(tree, name, PLAIN, content.encode() if isinstance(content, str) else content)
        for name, (mode, content) in special.items():
            _put(tree, name, mode, content)
        ref: Any = b"refs/heads/" + branch.encode()
        commit = Commit()
        commit.tree = self._write(tree)
        commit.author = commit.committer = _AUTHOR
        commit.author_time = commit.commit_time = 1_800_000_000
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = b"Write.\n"
        if parents and ref in self.repo.refs:
            commit.parents = [self.repo.refs[ref]]
        self.repo.object_store.add_object(commit)
        self.repo.refs[ref] = commit.id

    def tag(self, name: str) -> None:
        """Put an annotated tag on the tip of the main branch."""
        porcelain.tag_create(
            self.repo, name.encode(), author=_AUTHOR, message=b"x", annotated=True, objectish=b"refs/heads/main"
        )

    def _write(self, files: Mapping[str, Any]) -> Any:
        tree = Tree()
        for name, found in files.items():
            if isinstance(found, dict):
                tree.add(name.encode(), 0o40000, self._write(found))
                continue
            mode, content = found
            if mode == SUBMODULE:
                tree.add(name.encode(), mode, content)  # type: ignore[arg-type]  # an id, written by hand
                continue
            blob = Blob.from_string(content)
            self.repo.object_store.add_object(blob)
            tree.add(name.encode(), mode, blob.id)
        self.repo.object_store.add_object(tree)
        return tree.id


def _put(tree: dict[str, Any], name: str, mode: int, content: bytes) -> None:
    *folders, file = name.split("/")
    for folder in folders:
        tree = tree.setdefault(folder, {})
    tree[file] = (mode, content)


@dataclass
class GitServer:
    """Serves one repository as `/team/know.git`; `answer` may answer in its place."""

    repository: GitRepository
    port: int = 0
    requests: list[tuple[str, str, str]] = field(default_factory=list)  #: method, path, authorization
    answer: Callable[[str], tuple[str, list[tuple[str, str]]] | None] = lambda path: None

    @property
    def address(self) -> str:
        """What is ingested."""
        return f"git+http://127.0.0.1:{self.port}/team/know.git"


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def git_server(repository: GitRepository) -> Iterator[GitServer]:
    """Serve until the end of the block."""
    server = GitServer(repository)

    def serve(environ: Any, start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        server.requests.append((environ["REQUEST_METHOD"], path, environ.get("HTTP_AUTHORIZATION", "")))
        instead = server.answer(path)
        if instead is not None:
            start_response(*instead)
            return [b""]
        with Repo(str(repository.path)) as repo:
            application = HTTPGitApplication(DictBackend({"/team/know.git": repo}))
            return list(application(environ, start_response))

    with make_server("127.0.0.1", 0, serve, server_class=_Threads, handler_class=_Quiet) as listening:
        server.port = listening.server_port
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
