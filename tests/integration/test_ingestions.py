"""Ingestions as people see them run: stages, ends before the end, and what failed."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from copilot.bootstrap import Application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from ingest.source import Item
from ingest.sources.folder import FolderSource
from tests.integration.conftest import Run

Key = dict[str, str]
BROKEN = b"PK\x03\x04 cut off"
MANY = 400


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    """A client without credentials."""
    app = create_app(
        copilot=application.copilot,
        access=application.access,
        ready=lambda: ReadyBody(status="ready"),
        version="0",
    )
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def key(application: Application) -> Key:
    """Headers of the owner."""
    made = application.access.first_key()
    assert made is not None
    return {"Authorization": f"Bearer {made}"}


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """So many documents that a signal comes in the middle."""
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(MANY):
        (folder / f"{n:03}.md").write_text(f"# 门店 {n}\n\n第 {n} 家门店先开收银。\n", encoding="utf-8")
    return folder


def test_an_ingestion_tells_its_stages_and_can_be_cancelled(
    client: TestClient, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.md").write_text(f"# 第 {n} 条\n\n试用一周。\n", encoding="utf-8")
    reached, go_on = threading.Event(), threading.Event()
    read = FolderSource.fetch

    def slow(source: FolderSource, item: Item) -> bytes:
        if item.source == "2.md":
            reached.set()
            assert go_on.wait(30)
        return read(source, item)

    monkeypatch.setattr(FolderSource, "fetch", slow)
    run = client.post("/v1/ingestions", json={"paths": [str(folder)], "corpus": False}, headers=key).json()
    assert reached.wait(30)
    running = _polled(client, key, run["id"], lambda state: state["done"] == 2)
    told = client.delete(f"/v1/ingestions/{run['id']}", headers=key).json()
    go_on.set()
    ended = _polled(client, key, run["id"], lambda state: state["status"] != "running")

    assert [(stage["name"], stage["done"], stage["total"]) for stage in running["stages"]] == [
        ("read", 2, 5),
        ("embed", 2, 5),
        ("index", 2, 5),
    ]
    assert all(stage["rate"] > 0 and stage["eta_s"] > 0 for stage in running["stages"])
    assert told["status"] == "running"
    assert (ended["status"], ended["total"], ended["report"]["cancelled"]) == ("cancelled", 5, True)
    assert ended["report"]["left"] == 5 - ended["report"]["added"] > 0
    assert client.delete("/v1/ingestions/none", headers=key).status_code == 404


def _polled(client: TestClient, key: Key, id: str, reached: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        state = client.get(f"/v1/ingestions/{id}", headers=key).json()
        if reached(state):
            return state
        time.sleep(0.01)
    raise AssertionError(f"not reached: {state}")


def test_what_failed_is_listed_and_tried_again(client: TestClient, key: Key, knowledge_folder: Path) -> None:
    broken = knowledge_folder / "prices.zip"
    broken.write_bytes(BROKEN)
    body = {"paths": [str(knowledge_folder)], "corpus": False}
    _report(client, key, body)
    (failure,) = client.get("/v1/failures", headers=key).json()["failures"]
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("a.md", "# 报价\n\n每月报价。\n")
    report = _report(client, key, {"retry_failed": True})

    assert (failure["source"], failure["origin"]) == ("prices.zip", str(knowledge_folder))
    assert (failure["stage"], failure["code"], failure["attempts"]) == ("parse", "damaged_file", 1)
    assert [(line["source"], line["status"]) for line in report["documents"]] == [("prices.zip", "added")]
    assert client.get("/v1/failures", headers=key).json() == {"failures": []}


def test_a_source_that_is_gone_is_told_by_a_retry(client: TestClient, key: Key, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    (folder / "a.zip").write_bytes(BROKEN)
    _report(client, key, {"paths": [str(folder)], "corpus": False})
    shutil.rmtree(folder)
    report = _report(client, key, {"retry_failed": True})

    (line,) = report["documents"]
    assert (line["source"], line["status"], line["code"]) == ("a.zip", "failed", "source_not_found")
    assert report["failed"] == 1
    assert len(client.get("/v1/failures", headers=key).json()["failures"]) == 1


def _report(client: TestClient, key: Key, body: dict[str, object]) -> Any:
    run = client.post("/v1/ingestions", json=body, headers=key).json()
    return _polled(client, key, run["id"], lambda state: state["status"] != "running")["report"]


def _signalled(
    number: signal.Signals, many: Path, home: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Ingest at the command line, and send a signal once the first documents are in."""
    command = [sys.executable, "-m", "copilot", "ingest", str(many), "--no-corpus", "--json"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=many.parent
    )
    try:
        deadline = time.monotonic() + 60
        while not any((home / "originals").rglob("*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(number)
        out, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    return subprocess.CompletedProcess(command, process.returncode, out, errors)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_an_ingestion_in_order_and_the_next_goes_on(
    number: signal.Signals, status: int, many: Path, home: Path, environment: dict[str, str], run: Run
) -> None:
    done = _signalled(number, many, home, environment)
    report = json.loads(done.stdout)
    rest = json.loads(run("ingest", str(many), "--no-corpus", "--json").stdout)

    assert done.returncode == status, done.stderr
    assert report["cancelled"]
    assert 0 < report["left"] == MANY - report["added"]
    assert (rest["unchanged"], rest["added"]) == (report["added"], report["left"])
    assert "cancelled" not in rest


def test_what_failed_is_listed_and_tried_again_at_the_command_line(run: Run, knowledge_folder: Path) -> None:
    (knowledge_folder / "prices.zip").write_bytes(BROKEN)
    run("ingest", str(knowledge_folder), "--no-corpus")
    listed = json.loads(run("documents", "failed", "--json").stdout)
    shown = run("documents", "failed").stdout
    (knowledge_folder / "prices.zip").unlink()
    (knowledge_folder / "new.md").write_text("# 新的\n\n还没有收录。\n", encoding="utf-8")
    again = json.loads(run("ingest", "--retry-failed", "--json").stdout)

    assert [failure["source"] for failure in listed["failures"]] == ["prices.zip"]
    assert "prices.zip" in shown
    assert "damaged_file" in shown
    assert "--retry-failed" in shown
    assert again["documents"] == []
    assert "Nothing has failed" in run("documents", "failed").stdout


def test_a_retry_takes_no_path(run: Run, knowledge_folder: Path) -> None:
    assert run("ingest", str(knowledge_folder), "--retry-failed").returncode == 2
