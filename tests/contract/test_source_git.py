"""What the Git source takes up, from a folder, over HTTP and over ssh, and what it refuses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import TooLarge, TransientIngestError, UnknownSource
from ingest.sources.git import GitLimits, GitSource
from tests.doubles.git_remote import LINK, SUBMODULE, GitRepository, GitServer, git_server

FILES = {"续约.md": "# 续约\n\n续约前九十天复盘。", "docs/报价.md": "# 报价\n\n报价有效三十天。"}


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    made = GitRepository(tmp_path / "know.git")
    made.commit(FILES)
    return made


@pytest.fixture
def server(repository: GitRepository) -> Iterator[GitServer]:
    with git_server(repository) as serving:
        yield serving


@pytest.fixture
def opened(tmp_path: Path) -> type[GitSource]:
    class Opened(GitSource):
        """Every test has a cache of its own; this machine may be connected to."""

        def __init__(self, address: str, limits: GitLimits | None = None) -> None:
            super().__init__(address, cache=tmp_path / "cache", inside=lambda *_: True, limits=limits)

    return Opened


def texts(source: GitSource) -> dict[str, str]:
    return {item.source: source.fetch(item).decode() for item in source.discover()}


def fingerprints(source: GitSource) -> dict[str, str]:
    return {item.source: item.fingerprint for item in source.discover()}


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program named ssh that runs the command on this machine and keeps what it was called with."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "ssh"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, shlex, sys\n"
        f"open({str(tmp_path / 'called')!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))\n"
        "path = shlex.split(sys.argv[-1])[1]\n"
        "command = [sys.executable, '-P', '-W', 'ignore', '-m', 'dulwich', 'upload-pack', path]\n"
        "os.execv(sys.executable, command)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return tmp_path / "called"


def test_a_repository_on_this_machine_is_read(repository: GitRepository, opened: type[GitSource]) -> None:
    assert texts(opened(f"git+file://{repository.path}")) == FILES


def test_a_repository_is_fetched_over_http(server: GitServer, opened: type[GitSource]) -> None:
    assert texts(opened(server.address)) == FILES


def test_a_repository_is_fetched_over_ssh_without_any_prompt(
    repository: GitRepository, opened: type[GitSource], ssh: Path
) -> None:
    assert texts(opened(f"git+ssh://git@host{repository.path}")) == FILES
    called = ssh.read_text()
    assert "BatchMode=yes" in called
    assert "git@host" in called


def test_an_unchanged_remote_is_asked_for_its_tip_and_nothing_else(
    repository: GitRepository, server: GitServer, opened: type[GitSource]
) -> None:
    before = fingerprints(opened(server.address))
    server.requests.clear()
    assert fingerprints(opened(server.address)) == before
    assert [method for method, _, _ in server.requests] == ["GET"]


def test_only_what_changed_has_another_fingerprint(
    repository: GitRepository, server: GitServer, opened: type[GitSource]
) -> None:
    before = fingerprints(opened(server.address))
    repository.commit({**FILES, "续约.md": "# 续约\n\n续约前六十天复盘。"})
    source = opened(server.address)
    after = fingerprints(source)
    assert [name for name in after if after[name] != before[name]] == ["续约.md"]
    assert texts(source)["续约.md"].endswith("续约前六十天复盘。")


def test_what_was_deleted_is_no_item_any_more(
    repository: GitRepository, server: GitServer, opened: type[GitSource]
) -> None:
    texts(opened(server.address))
    repository.commit({"续约.md": FILES["续约.md"]})
    assert list(fingerprints(opened(server.address))) == ["续约.md"]


def test_a_forced_push_is_followed(repository: GitRepository, server: GitServer, opened: type[GitSource]) -> None:
    texts(opened(server.address))
    repository.commit({"新.md": "另起炉灶"}, parents=False)
    assert texts(opened(server.address)) == {"新.md": "另起炉灶"}


def test_many_updates_leave_the_mirror_in_step(
    repository: GitRepository, server: GitServer, opened: type[GitSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        repository.commit({**FILES, f"{number}.md": f"第 {number} 版"})
        assert texts(opened(server.address))[f"{number}.md"] == f"第 {number} 版"


@pytest.mark.parametrize("damage", ["repository/HEAD", "repository/objects"])
def test_a_damaged_mirror_is_made_anew(server: GitServer, opened: type[GitSource], tmp_path: Path, damage: str) -> None:
    texts(opened(server.address))
    (found,) = tmp_path.glob(f"cache/*/{damage}")
    found.rename(found.with_name("gone"))
    assert texts(opened(server.address)) == FILES


@pytest.mark.parametrize(("end", "expected"), [("@旧/版", {"旧.md": "旧"}), ("@v1", FILES), ("", FILES)])
def test_a_branch_or_a_tag_can_be_named(
    repository: GitRepository, server: GitServer, opened: type[GitSource], end: str, expected: dict[str, str]
) -> None:
    repository.commit({"旧.md": "旧"}, branch="旧/版")
    repository.tag("v1")
    assert texts(opened(server.address + end)) == expected


def test_a_folder_can_be_named_and_its_files_keep_their_path(server: GitServer, opened: type[GitSource]) -> None:
    assert list(texts(opened(f"{server.address}#docs"))) == ["docs/报价.md"]


def test_links_submodules_and_hidden_files_are_left_out(repository: GitRepository, opened: type[GitSource]) -> None:
    special = {"link.md": (LINK, b"/etc/passwd"), "sub": (SUBMODULE, b"1" * 40)}
    repository.commit({"a.md": "x", ".github/b.md": "x", "node_modules/c.md": "x"}, special=special)
    assert texts(opened(f"git+file://{repository.path}")) == {"a.md": "x"}


def test_a_name_that_climbs_out_is_left_out(repository: GitRepository, opened: type[GitSource], tmp_path: Path) -> None:
    repository.commit({"a.md": "x", "../../escaped.md": "x"})
    assert list(texts(opened(f"git+file://{repository.path}"))) == ["a.md"]
    assert not list(tmp_path.rglob("escaped.md"))


def test_hooks_of_a_repository_are_not_run(repository: GitRepository, opened: type[GitSource], tmp_path: Path) -> None:
    for name in ("post-checkout", "post-merge", "reference-transaction"):
        hook = repository.path / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
        hook.chmod(0o755)
    texts(opened(f"git+file://{repository.path}"))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("end", ["@nope", "#nope", "#续约.md"])
def test_a_branch_or_folder_that_is_not_there_is_named(server: GitServer, opened: type[GitSource], end: str) -> None:
    with pytest.raises(UnknownSource, match=rf"nothing was deleted.* {end[1:]!r}"):
        list(opened(server.address + end).discover())


def test_a_repository_without_commits_fails_and_is_not_taken_for_empty(opened: type[GitSource], tmp_path: Path) -> None:
    GitRepository(tmp_path / "new.git")
    with pytest.raises(UnknownSource, match="empty"):
        list(opened(f"git+file://{tmp_path / 'new.git'}").discover())


@pytest.mark.parametrize("path", ["nope", "know.git/hooks"])
def test_a_folder_that_is_no_repository_is_unknown(
    repository: GitRepository, opened: type[GitSource], tmp_path: Path, path: str
) -> None:
    with pytest.raises(UnknownSource, match=path):
        list(opened(f"git+file://{tmp_path / path}").discover())


def test_a_path_that_is_no_repository_is_unknown(server: GitServer, opened: type[GitSource]) -> None:
    with pytest.raises(UnknownSource, match="no Git repository"):
        list(opened(f"git+http://127.0.0.1:{server.port}/other.git").discover())


def test_a_remote_that_cannot_be_reached_may_be_tried_again(opened: type[GitSource]) -> None:
    with pytest.raises(TransientIngestError, match=r"127\.0\.0\.1:9"):
        list(opened("git+http://127.0.0.1:9/team/know.git").discover())


def test_a_remote_that_wants_credentials_says_so(server: GitServer, opened: type[GitSource]) -> None:
    server.answer = lambda path: ("401 Unauthorized", [("WWW-Authenticate", "Basic")])
    with pytest.raises(UnknownSource, match="credentials"):
        list(opened(server.address).discover())


def test_credentials_are_sent_and_stand_nowhere(server: GitServer, opened: type[GitSource], tmp_path: Path) -> None:
    secret = "hunter2-hunter2"
    source = opened(server.address.replace("127", f"wang:{secret}@127"))
    assert texts(source) == FILES
    assert {authorization for _, _, authorization in server.requests} == {"Basic d2FuZzpodW50ZXIyLWh1bnRlcjI="}
    assert source.origin == server.address
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert kept == []


def test_credentials_are_not_repeated_in_an_error(server: GitServer, opened: type[GitSource]) -> None:
    server.answer = lambda path: ("500 hunter2-hunter2", [])
    with pytest.raises(TransientIngestError) as caught:
        list(opened(server.address.replace("127", "wang:hunter2-hunter2@127")).discover())
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("elsewhere", ["http://169.254.169.254/latest/info/refs", "http://127.0.0.1:9/info/refs"])
def test_a_redirect_to_another_host_or_port_is_refused(
    server: GitServer, opened: type[GitSource], elsewhere: str
) -> None:
    server.answer = lambda path: ("302 Found", [("Location", f"{elsewhere}?service=git-upload-pack")])
    with pytest.raises(UnknownSource, match="leads on to"):
        list(opened(server.address).discover())


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["10.0.0.7"], ["93.184.216.34", "169.254.169.254"], ["::1"]])
def test_a_host_inside_our_network_is_refused_before_anything_is_sent(
    server: GitServer, tmp_path: Path, addresses: list[str]
) -> None:
    source = GitSource(server.address, cache=tmp_path / "cache", inside=lambda *_: False, resolve=lambda *_: addresses)
    with pytest.raises(UnknownSource, match="inside our network"):
        list(source.discover())
    assert server.requests == []


def test_a_name_is_resolved_once_and_connected_to_where_it_led(server: GitServer, tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []

    def to_loopback(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    address = server.address.replace("127.0.0.1", "git.example.com")
    source = GitSource(address, cache=tmp_path / "cache", inside=lambda *_: True, resolve=to_loopback)
    assert texts(source) == FILES
    assert asked == [("git.example.com", server.port)]


def test_credentials_do_not_go_out_unencrypted(server: GitServer, tmp_path: Path) -> None:
    address = server.address.replace("127", "wang:hunter2@127")
    with pytest.raises(UnknownSource, match="unencrypted"):
        list(GitSource(address, cache=tmp_path / "cache", inside=lambda *_: False).discover())
    assert server.requests == []


def test_a_remote_that_never_ends_is_given_up(opened: type[GitSource], ssh: Path) -> None:
    program = ssh.parent / "bin" / "ssh"
    program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(600)\n")
    with pytest.raises(TransientIngestError, match=r"0\.5 seconds"):
        list(opened("git+ssh://git@host/know.git", GitLimits(seconds=0.5)).discover())


def test_a_repository_that_unpacks_to_more_than_is_allowed_is_refused(
    repository: GitRepository, server: GitServer, opened: type[GitSource]
) -> None:
    repository.commit({"zeros.md": b"0" * 3_000_000})
    with pytest.raises(TooLarge, match="larger than is allowed"):
        list(opened(server.address, GitLimits(bytes=2_000_000)).discover())


def test_a_file_that_is_too_large_fails_alone(repository: GitRepository, opened: type[GitSource]) -> None:
    repository.commit({"a.md": "x", "b.md": "x" * 200})
    source = opened(f"git+file://{repository.path}", GitLimits(file_bytes=100))
    small, large = source.discover()
    assert source.fetch(small) == b"x"
    with pytest.raises(TooLarge, match=r"b\.md"):
        source.fetch(large)


@pytest.mark.parametrize(
    "address",
    [
        "git+ftp://h/x",
        "git+https:///x",
        "git+https://h",
        "git+https://h/x@",
        "git+file://h/x",
        "git+https://-o/x",
        "git+https://h/x#../a",
        "git+https://h/x?y",
        "git+ssh://-oProxyCommand=x@h/x",
        "git+https://h:99999/x",
    ],
)
def test_an_address_of_another_form_is_refused_without_its_credentials(opened: type[GitSource], address: str) -> None:
    with pytest.raises(UnknownSource) as caught:
        opened(address.replace("//h", "//wang:hunter2@h"))
    assert "hunter2" not in str(caught.value)


def test_the_origin_is_one_spelling(opened: type[GitSource]) -> None:
    written = ["git+https://Git.Example.com/a.git/", "git+https://git.example.com:443/a.git"]
    assert {opened(address).origin for address in written} == {"git+https://git.example.com/a.git"}
