"""Real folders, watched."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from ingest.sources.folder_watch import FolderWatch
from tests.integration.conftest import Run

#: Longer than anything takes here: only a test that fails waits for it.
PATIENCE_S = 30.0


class Told:
    """The folders that a watch told of, as they come."""

    def __init__(self) -> None:
        self.folders: Queue[Path] = Queue()
        self.watch: FolderWatch

    def next(self) -> Path:
        return self.folders.get(timeout=PATIENCE_S)


@contextmanager
def watching(*folders: Path, rest_s: float = 0.1) -> Iterator[Told]:
    stop, told = threading.Event(), Told()
    told.watch = FolderWatch(folders, stop, quiet_s=0.3, rest_s=rest_s)

    def run() -> None:
        for folder in told.watch:
            told.folders.put(folder)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_every_folder_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with watching(tmp_path / "a", tmp_path / "b") as told:
        assert {told.next(), told.next()} == {tmp_path / "a", tmp_path / "b"}


def write(folder: Path) -> None:
    (folder / "new.md").write_text("x", encoding="utf-8")


def write_below(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "new.md").write_text("x", encoding="utf-8")


def change(folder: Path) -> None:
    (folder / "old.md").write_text("anders", encoding="utf-8")


def delete(folder: Path) -> None:
    (folder / "old.md").unlink()


def rename(folder: Path) -> None:
    (folder / "old.md").rename(folder / "neu.md")


@pytest.mark.parametrize("act", [write, write_below, change, delete, rename])
def test_a_change_is_told(tmp_path: Path, act: Callable[[Path], None]) -> None:
    (tmp_path / "old.md").write_text("x", encoding="utf-8")
    with watching(tmp_path) as told:
        told.next()
        act(tmp_path)
        assert told.next() == tmp_path


def test_only_the_folder_that_changed_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with watching(tmp_path / "a", tmp_path / "b") as told:
        told.next()
        told.next()
        write(tmp_path / "b")
        assert told.next() == tmp_path / "b"
        with pytest.raises(Empty):
            told.folders.get(timeout=1)


def test_what_an_ingestion_does_not_see_is_not_told(tmp_path: Path) -> None:
    (tmp_path / ".copilot").mkdir()
    with watching(tmp_path) as told:
        told.next()
        write(tmp_path / ".copilot")
        with pytest.raises(Empty):
            told.folders.get(timeout=1)


def test_a_folder_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    with watching(tmp_path / "later") as told:
        (tmp_path / "later").mkdir()
        assert told.next() == tmp_path / "later"
        write(tmp_path / "later")
        assert told.next() == tmp_path / "later"


def test_a_folder_that_is_put_in_place_of_another_is_watched_on(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "other").mkdir()
    with watching(tmp_path / "a") as told:
        told.next()
        (tmp_path / "a").rename(tmp_path / "away")
        (tmp_path / "other").rename(tmp_path / "a")
        assert told.next() == tmp_path / "a"
        write(tmp_path / "a")
        assert told.next() == tmp_path / "a"


def test_a_single_file_that_editors_replace_is_watched_on(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("x", encoding="utf-8")
    with watching(file) as told:
        told.next()
        for number in range(2):
            (tmp_path / "new").write_text(str(number), encoding="utf-8")
            (tmp_path / "new").rename(file)
            assert told.next() == file


def test_what_failed_is_told_again_after_a_rest(tmp_path: Path) -> None:
    with watching(tmp_path) as told:
        told.watch.again(told.next())
        assert told.next() == tmp_path


class Watching:
    """`copilot ingest FOLDER --watch --json` in a process of its own."""

    def __init__(self, folder: Path, environment: dict[str, str], cwd: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "copilot", "ingest", str(folder), "--no-corpus", "--watch", "--json"],
            env=environment,
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: Queue[dict[str, Any]] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put(json.loads(line))

    def next(self) -> dict[str, Any]:
        return self.lines.get(timeout=PATIENCE_S * 3)

    def end(self, signal: int) -> tuple[int, str]:
        self.process.send_signal(signal)
        status = self.process.wait(PATIENCE_S)
        return status, (self.process.stderr or io.StringIO()).read()


@pytest.fixture
def watched(knowledge_folder: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[Watching]:
    started = Watching(knowledge_folder, environment, tmp_path)
    yield started
    started.process.kill()
    started.process.wait()
    for pipe in (started.process.stdout, started.process.stderr):
        if pipe:
            pipe.close()


def test_a_watch_prints_a_line_per_change_outlives_errors_and_ends_cleanly(
    watched: Watching, knowledge_folder: Path, run: Run
) -> None:
    assert watched.next()["added"] == 2
    (knowledge_folder / "new.md").write_text("# 新价\n\n报价有效六十天。\n", encoding="utf-8")
    (knowledge_folder / "bad.pdf").write_text("no pdf", encoding="utf-8")
    changed = watched.next()["documents"]
    assert [(line["source"], line["status"]) for line in changed] == [("bad.pdf", "failed"), ("new.md", "added")]
    assert "六十天" in json.loads(run("search", "报价有效多少天", "--json").stdout)["passages"][0]["text"]
    knowledge_folder.rename(knowledge_folder.with_name("away"))
    assert watched.next()["error"]["code"] == "source_not_found"
    knowledge_folder.with_name("away").rename(knowledge_folder)
    (knowledge_folder / "trial.md").unlink()
    gone = watched.next()
    while "error" in gone:
        gone = watched.next()
    assert ("trial.md", "deleted") in [(line["source"], line["status"]) for line in gone["documents"]]
    status, said = watched.end(signal.SIGTERM)
    assert status == 0
    assert "+ new.md" in said
    assert "! bad.pdf: damaged_file" in said
    assert "Stopped watching" in said


def test_ctrl_c_ends_a_watch(watched: Watching) -> None:
    watched.next()
    for line in watched.process.stderr or ():
        if "Watching" in line:
            break
    assert watched.end(signal.SIGINT)[0] == 0


@pytest.mark.parametrize(
    "arguments", [["--watch"], ["git+file:///x", "--watch"], [".", "--watch", "--questions"]], ids=" ".join
)
def test_only_folders_and_files_can_be_watched(run: Run, arguments: list[str]) -> None:
    assert run("ingest", *arguments).returncode == 2
