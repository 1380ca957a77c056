"""A served home: one process owns the index and the other commands go through it."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from copilot.adapters.home_lock import Owner, owner_of
from tests.forked_commands import ForkedCommand, ForkedCommands
from tests.integration.conftest import Run


@pytest.fixture
def server(
    environment: dict[str, str], home: Path, tmp_path: Path, commands: ForkedCommands
) -> Iterator[tuple[ForkedCommand, Owner]]:
    """A real `copilot serve` on a free port."""
    process = commands.start(["serve", "--port", "0"], environment=environment, cwd=tmp_path)
    try:
        yield process, _wait_for(process, home)
    finally:
        process.kill()
        process.wait()


def _wait_for(process: ForkedCommand, home: Path) -> Owner:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        owner = owner_of(home)
        if owner and owner.address:
            try:
                httpx.get(f"{owner.address}/healthz", trust_env=False)
                return owner
            except httpx.TransportError:
                pass
        time.sleep(0.1)
    raise AssertionError(f"the server did not start (exit {process.poll()})")


def test_commands_go_through_the_running_server(
    server: tuple[ForkedCommand, Owner], run: Run, knowledge_folder: Path
) -> None:
    report = json.loads(run("ingest", str(knowledge_folder), "--no-corpus", "--json").stdout)
    answer = json.loads(run("ask", "续费应该谁负责", "--json").stdout)
    shown = json.loads(run("documents", "show", "renewal.md", "--json").stdout)
    unknown = run("documents", "show", "目录/没有.md", "--json")
    deleted = run("documents", "delete", "renewal.md", "--json")
    assert report["added"] == 2
    assert answer["status"] == "answered"
    assert shown["title"] == "续费归谁做"
    assert json.loads(unknown.stdout)["error"]["code"] == "unknown_document"
    assert json.loads(deleted.stdout)["status"] == "deleted"


def test_an_evaluation_goes_through_the_running_server(
    server: tuple[ForkedCommand, Owner], run: Run, knowledge_folder: Path, tmp_path: Path
) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "q", "text": "续费应该谁负责", "gold": ["renewal.md"]}\n', encoding="utf-8")
    report = json.loads(run("evaluate", str(questions), "--json").stdout)
    assert report["setup"]["server"] is True
    assert report["overall"]["citation_precision"]["value"] == 1
    assert report["overall"]["verbatim"]["value"] == 1


def test_the_lock_file_is_for_its_owner_only(server: tuple[ForkedCommand, Owner], home: Path) -> None:
    assert (home / "copilot.lock").stat().st_mode & 0o777 == 0o600


def test_the_server_gets_ready_and_stops_soon_after_sigterm(server: tuple[ForkedCommand, Owner], home: Path) -> None:
    process, owner = server
    deadline = time.monotonic() + 60
    while httpx.get(f"{owner.address}/readyz", trust_env=False).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) is not None
    assert owner_of(home) is None


def test_a_killed_server_leaves_the_home_usable(
    server: tuple[ForkedCommand, Owner], run: Run, knowledge_folder: Path
) -> None:
    process, _ = server
    process.kill()
    process.wait()
    report = json.loads(run("ingest", str(knowledge_folder), "--no-corpus", "--json").stdout)
    assert report["added"] == 2


def test_a_served_home_ingests_the_folders_it_watches(
    environment: dict[str, str], home: Path, tmp_path: Path, knowledge_folder: Path, run: Run, commands: ForkedCommands
) -> None:
    watched = environment | {"COPILOT_WATCH": f"{knowledge_folder}, {tmp_path / 'not there yet'}"}
    process = commands.start(["serve", "--port", "0"], environment=watched, cwd=tmp_path)
    try:
        _wait_for(process, home)
        _until_listed(run, {"renewal.md", "trial.md"})
        (knowledge_folder / "new.md").write_text("# 报价\n\n报价有效六十天。\n", encoding="utf-8")
        (knowledge_folder / "trial.md").unlink()
        _until_listed(run, {"renewal.md", "new.md"})
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) is not None
        assert owner_of(home) is None
    finally:
        process.kill()
        process.wait()


def _until_listed(run: Run, sources: set[str]) -> None:
    deadline = time.monotonic() + 60
    listed: set[str] = set()
    while listed != sources:
        assert time.monotonic() < deadline, listed
        documents = json.loads(run("documents", "list", "--json").stdout)["documents"]
        listed = {document["source"] for document in documents}


def test_a_second_server_is_refused(server: tuple[ForkedCommand, Owner], run: Run) -> None:
    done = run("serve", "--port", "0")
    assert done.returncode == 1
    assert "index_locked" in done.stderr


def test_a_request_that_hangs_does_not_keep_the_stopped_server(
    environment: dict[str, str], home: Path, tmp_path: Path, knowledge_folder: Path, run: Run, commands: ForkedCommands
) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    silent = socket.create_server(("127.0.0.1", 0))
    chat = {
        "COPILOT_CHAT_MODEL": "openai:silent",
        "COPILOT_CHAT_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}/v1",
        "COPILOT_CHAT_TIMEOUT_S": "60",
    }
    process = commands.start(["serve", "--port", "0"], environment=environment | chat, cwd=tmp_path)
    try:
        owner = _wait_for(process, home)
        asking = threading.Thread(target=_ask_in_vain, args=(owner,), daemon=True)
        asking.start()
        connection, _ = silent.accept()  # the chat model has been asked and will never answer
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        connection.close()
        asking.join(timeout=10)
    finally:
        process.kill()
        process.wait()
        silent.close()


def _ask_in_vain(owner: Owner) -> None:
    with contextlib.suppress(httpx.HTTPError):
        httpx.post(
            f"{owner.address}/v1/ask",
            json={"question": "试用一般给多久"},
            headers={"Authorization": f"Bearer {owner.token}"},
            timeout=60,
            trust_env=False,
        )


def test_an_upload_that_was_taken_is_ingested_by_the_next_start(
    server: tuple[ForkedCommand, Owner],
    environment: dict[str, str],
    home: Path,
    tmp_path: Path,
    commands: ForkedCommands,
) -> None:
    process, owner = server
    reply = httpx.post(
        f"{owner.address}/v1/documents",
        files={"file": ("续费.md", "客户成功经理负责续费。".encode())},
        headers={"Authorization": f"Bearer {owner.token}"},
        trust_env=False,
    )
    process.kill()
    process.wait()
    assert reply.status_code == 202
    again = commands.start(["serve", "--port", "0"], environment=environment, cwd=tmp_path)
    try:
        owner, listed, deadline = _wait_for(again, home), [], time.monotonic() + 60
        while not listed and time.monotonic() < deadline:
            key = {"Authorization": f"Bearer {owner.token}"}
            time.sleep(0.1)
            listed = httpx.get(f"{owner.address}/v1/documents", headers=key, trust_env=False).json()["documents"]
        assert [(line["source"], line["origin"]) for line in listed] == [("续费.md", "uploads")]
    finally:
        again.kill()
        again.wait()


def test_ctrl_c_cancels_the_ingestion_that_the_server_does_for_a_command(
    server: tuple[ForkedCommand, Owner], environment: dict[str, str], home: Path, tmp_path: Path
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for n in range(400):
        (many / f"{n:03}.md").write_text(f"# 门店 {n}\n\n第 {n} 家门店先开收银。\n", encoding="utf-8")
    command = [sys.executable, "-m", "copilot", "ingest", str(many), "--no-corpus", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not any((home / "originals").rglob("*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    report = json.loads(process.communicate(timeout=60)[0])

    assert process.returncode == 130
    assert report["cancelled"]
    assert 0 < report["left"] == 400 - report["added"]
    assert server[0].poll() is None


@pytest.mark.parametrize("trusted", [True, False])
def test_only_named_proxies_say_that_a_browser_speaks_https(
    environment: dict[str, str], home: Path, tmp_path: Path, commands: ForkedCommands, trusted: bool
) -> None:
    named = {"COPILOT_TRUSTED_PROXIES": "127.0.0.1"} if trusted else {}
    process = commands.start(["serve", "--port", "0"], environment=environment | named, cwd=tmp_path)
    try:
        owner = _wait_for(process, home)
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5"}
        reply = httpx.get(f"{owner.address}/login", headers=forwarded, trust_env=False)
        assert ("strict-transport-security" in reply.headers) == trusted
    finally:
        process.kill()
        process.wait()


def test_an_invitation_through_the_server_leads_to_its_address(server: tuple[ForkedCommand, Owner], run: Run) -> None:
    address = server[1].address
    run("people", "add", "lin", "--email", "lin@example.com")
    made = json.loads(run("people", "invite", "lin", "--json").stdout)
    assert made["url"].startswith(f"{address}/invitation?code=")
    assert httpx.get(made["url"], trust_env=False).status_code == 200
    assert json.loads(run("people", "invite", "lin", "--revoke", "--json").stdout)["revoked"] is True
    assert httpx.get(made["url"], trust_env=False).status_code == 410
