"""Backups and restores that are killed anywhere: there is a whole one or none, the old home or the new one."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from copilot.adapters.home_swap import STAGING
from copilot.bootstrap import look
from tests.databases import AddressOf, kept_environment
from tests.forked_commands import ForkedCommands
from tests.journey.served_home import ServedHome

SEED = 20261127
LONG = bool(os.environ.get("COPILOT_TEST_LONG"))
KILLS = 25 if LONG else 5
DOCUMENTS = 60


@pytest.fixture
def environment(home: Path, database: AddressOf) -> dict[str, str]:
    address = database(home)
    where = {"COPILOT_DATABASE_URL": address} if address else {}
    return kept_environment() | where | {"COPILOT_HOME": str(home), "COPILOT_EMBEDDING_MODEL": "words"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(DOCUMENTS):
        text = f"---\nquestions: [第{n}家门店怎么上线]\n---\n# 门店 {n}\n\n第 {n} 家门店先开收银,再开线上店。\n"
        (folder / f"store-{n:03}.md").write_text(text, encoding="utf-8")
    return folder


def _run(commands: ForkedCommands, environment: dict[str, str], cwd: Path, *arguments: str) -> dict[str, object]:
    done = commands.run([*arguments, "--json"], environment=environment, cwd=cwd)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def _kill_at(commands: ForkedCommands, environment: dict[str, str], cwd: Path, after_s: float, *arguments: str) -> bool:
    """Run and kill after so many seconds; False when it was done before."""
    with Path(os.devnull).open("w") as nothing:
        command = commands.start(
            arguments, environment=environment, cwd=cwd, out=nothing.fileno(), err=nothing.fileno()
        )
        try:
            command.wait(after_s)
        except subprocess.TimeoutExpired:
            command.kill()
            command.wait()
            return True
    return False


@pytest.mark.databases
def test_a_killed_backup_leaves_nothing_that_looks_like_one(
    home: Path, tmp_path: Path, folder: Path, environment: dict[str, str], commands: ForkedCommands
) -> None:
    _run(commands, environment, tmp_path, "ingest", str(folder), "--no-corpus")
    kept = tmp_path / "kept"
    kept.mkdir()
    begun = time.monotonic()
    _run(commands, environment, tmp_path, "backup", str(kept / "calm.tar.zst"))
    took = time.monotonic() - begun
    moments = random.Random(SEED)
    killed = [
        _kill_at(commands, environment, tmp_path, moments.uniform(0.3, 1) * took, "backup", str(kept / f"{n}.tar.zst"))
        for n in range(KILLS)
    ]
    assert any(killed)
    for path in kept.glob("*.tar.zst"):
        assert look(path).status == "sound"
    _run(commands, environment, tmp_path, "backup", str(kept / "last.tar.zst"))
    assert [path.name for path in kept.iterdir() if path.name.startswith(".unfinished")] == []  # the next one tidies
    assert _run(commands, environment, tmp_path, "doctor", "audit")["faults"] == []


def _sources(commands: ForkedCommands, environment: dict[str, str], cwd: Path) -> set[str]:
    listed = _run(commands, environment, cwd, "documents", "list")["documents"]
    assert isinstance(listed, list)
    return {line["source"] for line in listed}


@pytest.mark.databases
def test_a_killed_restore_leaves_the_old_home_or_the_new_one(
    home: Path, tmp_path: Path, folder: Path, environment: dict[str, str], commands: ForkedCommands
) -> None:
    _run(commands, environment, tmp_path, "ingest", str(folder), "--no-corpus")
    archive = str(tmp_path / "all.tar.zst")
    _run(commands, environment, tmp_path, "backup", archive)
    restored = _sources(commands, environment, tmp_path)
    late = tmp_path / "late.md"
    late.write_text("# 后来\n\n备份之后才写的。\n", encoding="utf-8")
    _run(commands, environment, tmp_path, "ingest", str(late), "--no-corpus")
    begun = time.monotonic()
    _run(commands, environment, tmp_path, "restore", archive, "--replace")
    took = time.monotonic() - begun
    moments, killed = random.Random(SEED), 0
    for _ in range(KILLS):
        _run(commands, environment, tmp_path, "ingest", str(late), "--no-corpus")
        # Most of the time goes by before anything is replaced; what is to be hit lies at the end.
        killed += _kill_at(
            commands, environment, tmp_path, moments.uniform(0.4, 1.05) * took, "restore", archive, "--replace"
        )
        found = _sources(commands, environment, tmp_path)
        assert found in (restored, restored | {"late.md"})
        answered = _run(commands, environment, tmp_path, "search", "第7家门店怎么上线")["passages"]
        assert isinstance(answered, list)
        assert answered[0]["source"] == "store-007.md"
        assert _run(commands, environment, tmp_path, "doctor", "audit")["faults"] == []
        assert not (home / STAGING).exists()
    assert killed


@pytest.fixture
def served(home: Path, environment: dict[str, str], commands: ForkedCommands) -> Iterator[ServedHome]:
    served = ServedHome(home, environment, commands)
    yield served
    served.close()


@pytest.mark.databases
def test_a_served_home_is_backed_up_through_its_server(
    served: ServedHome, tmp_path: Path, folder: Path, environment: dict[str, str], commands: ForkedCommands
) -> None:
    served.start()
    _run(commands, environment, tmp_path, "ingest", str(folder), "--no-corpus")
    told = _run(commands, environment, tmp_path, "backup", str(tmp_path / "all.tar.gz"))
    assert told["path"] == str(tmp_path / "all.tar.gz")
    assert list((served.home / "backups").iterdir()) == []  # it was moved to where it was wanted
    assert look(tmp_path / "all.tar.gz").counts["documents"] == DOCUMENTS
    assert served.client.get("/v1/audit").json()["entries"][-1]["action"] == "backup.made"
    again = ["restore", str(tmp_path / "all.tar.gz"), "--replace"]
    refused = commands.run(again, environment=environment, cwd=tmp_path)
    assert (refused.returncode, "index_locked" in refused.stderr) == (1, True)
    served.kill()
    assert _run(commands, environment, tmp_path, *again)["embedded"] == 0


_STOPPED = """
import os, sys
from copilot.adapters import home_swap
done = home_swap._do
count, wanted = 0, int(sys.argv[1])
def counted(move):
    global count
    if count == wanted:
        os.kill(os.getpid(), 9)
    count += 1
    done(move)
home_swap._do = counted
sys.argv = ["copilot", *sys.argv[2:]]
from copilot.cli import main
main()
"""


def test_a_kill_between_any_two_moves_is_made_good_by_the_next_start(
    home: Path, tmp_path: Path, folder: Path, commands: ForkedCommands
) -> None:
    environment = kept_environment() | {"COPILOT_HOME": str(home), "COPILOT_EMBEDDING_MODEL": "words"}
    environment.pop("COPILOT_DATABASE_URL", None)
    _run(commands, environment, tmp_path, "ingest", str(folder), "--no-corpus")
    (home / "exports").mkdir()
    (home / "exports" / "a.md").write_text("sent")
    archive = str(tmp_path / "all.tar.zst")
    _run(commands, environment, tmp_path, "backup", archive)
    late = tmp_path / "late.md"
    late.write_text("# 后来\n\n备份之后才写的。\n", encoding="utf-8")
    for moves in (1, 3, 5) if not LONG else range(10):
        _run(commands, environment, tmp_path, "ingest", str(late), "--no-corpus")
        killed = subprocess.run(
            [sys.executable, "-c", _STOPPED, str(moves), "restore", archive, "--replace"],
            env=environment,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            timeout=120,
        )
        if killed.returncode != -signal.SIGKILL:
            assert (killed.returncode, moves > 5) == (0, True), killed.stderr
        assert "late.md" not in _sources(commands, environment, tmp_path)
        assert not (home / STAGING).exists()
        assert (home / "exports" / "a.md").read_text() == "sent"
        with closing(sqlite3.connect(home / "copilot.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
