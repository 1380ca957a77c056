"""What the folder source takes up and what it leaves alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.sources.folder import FolderSource


def sources(folder: Path) -> list[str]:
    return [item.source for item in FolderSource(folder).discover()]


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("正文", encoding="utf-8")


def test_files_are_named_by_their_path_below_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "剧本/续约.md")
    assert sources(tmp_path) == ["剧本/续约.md"]


def test_a_single_file_is_a_folder_that_holds_just_it(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "b.md")
    assert sources(tmp_path / "a.md") == ["a.md"]


def test_a_single_file_can_be_fetched(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    source = FolderSource(tmp_path / "a.md")
    assert source.fetch(next(iter(source.discover()))) == "正文".encode()


@pytest.mark.parametrize("name", [".hidden.md", ".git/config.md", "~$open.md", "__pycache__/a.md", "node_modules/a.md"])
def test_what_is_not_meant_to_be_read_is_left_out(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "kept.md")
    assert sources(tmp_path) == ["kept.md"]


def test_links_to_files_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.md", "inside/kept.md")
    (tmp_path / "inside" / "link.md").symlink_to(tmp_path / "outside" / "secret.md")
    assert sources(tmp_path / "inside") == ["kept.md"]


def test_links_to_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.md", "inside/kept.md")
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside", target_is_directory=True)
    assert sources(tmp_path / "inside") == ["kept.md"]


def test_a_pipe_is_left_out_because_reading_it_never_ends(tmp_path: Path) -> None:
    write(tmp_path, "kept.md")
    os.mkfifo(tmp_path / "pipe.md")
    assert sources(tmp_path) == ["kept.md"]


def test_a_file_name_that_is_not_utf8_still_gives_a_source_that_is(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode("续约.md".encode("gb18030"))).write_bytes(b"text")
    assert all(source.encode(errors="replace").decode() == source for source in sources(tmp_path))


def test_the_suffix_decides_the_parser_whatever_its_case(tmp_path: Path) -> None:
    write(tmp_path, "A.HTML")
    assert [item.media for item in FolderSource(tmp_path).discover()] == [".html"]


def test_a_given_origin_is_used_as_it_is(tmp_path: Path) -> None:
    assert FolderSource(tmp_path, origin="corpus").origin == "corpus"
