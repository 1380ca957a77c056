"""`copilot doctor` on homes with something wrong, and what `--fix` makes of them."""

from __future__ import annotations

import json
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr
from sqlalchemy import insert, text, update
from typer.main import get_command

from copilot.adapters.home_lock import HomeLock
from copilot.adapters.sql.tables import deliveries, drafts
from copilot.bootstrap import open_application
from copilot.bootstrap.checkup import Finding, Wanted, diagnose
from copilot.bootstrap.home import database
from copilot.cli.app import app
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.adapters.sql.tables import documents, ingest_failures
from knowledge.chunk import ChunkId
from knowledge.document import Audience, DocumentId
from knowledge.reader import access_label
from tests.databases import AddressOf
from tests.integration.conftest import Run


@pytest.fixture
def settings(home: Path, database: AddressOf) -> Settings:
    address = database(home)
    given = {"database_url": SecretStr(address)} if address else {}
    return Settings(home=home, embedding_model="words", **given)  # type: ignore[arg-type]  # one name, its own type


@pytest.fixture
def filled(settings: Settings, knowledge_folder: Path) -> Settings:
    """A home with two documents that nobody uses right now."""
    with open_application(settings, embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
        application.copilot.ask(_asking("续费应该谁负责"))
    return settings


def _asking(question: str) -> Any:
    from copilot.interfaces.contract import AskBody

    return AskBody(question=question)


def found(settings: Settings, *, online: bool = False, mend: bool = False) -> dict[str, Finding]:
    return {one.name: one for one in diagnose(settings, Wanted(online=online, mend=mend))}


def test_a_home_that_is_right_has_nothing_to_do(filled: Settings) -> None:
    seen = found(filled)
    assert {name for name, one in seen.items() if one.state != "ok"} <= {"embedding model", "fonts", "disk"}
    assert seen["index"].en == "2 documents"
    assert seen["vectors"].en == "in step with the chunks"


def test_an_empty_home_is_told_what_to_do_first(run: Run) -> None:
    done = run("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0
    assert (checks["index"]["status"], checks["index"]["fix"]) == ("warning", "copilot ingest")
    assert checks["index"]["detail"] == "还是空的"
    shown = run("doctor", "--language", "en").stdout
    assert "→ copilot ingest" in shown
    assert "还是" not in shown


def test_vectors_of_nothing_are_removed_once_and_the_rest_stays(filled: Settings) -> None:
    lost = ChunkId("0123456789abcdef-1-0")
    with _opened(filled) as application:
        vector = np.zeros((1, application.embedder.identity.dimension), dtype=np.float32)
        vector[0, 0] = 1.0
        label = access_label(Audience.INTERNAL)
        application.vectors.add(
            "chunk", DocumentId("0123456789abcdef"), 1, [lost], [lost], vector, label, application.embedder.identity
        )
        before = set(application.vectors.entries("chunk"))
    wrong = found(filled)["vectors"]
    assert (wrong.state, wrong.fix) == ("warning", "copilot doctor --fix")
    mended = found(filled, mend=True)["vectors"]
    assert (mended.state, mended.mended) == ("ok", True)
    again = found(filled, mend=True)["vectors"]
    assert (again.state, again.mended) == ("ok", False)
    with _opened(filled) as application:
        assert set(application.vectors.entries("chunk")) == before - {lost}


def test_chunks_without_a_vector_are_a_failure_that_ends_the_command_with_one(filled: Settings, run: Run) -> None:
    with _opened(filled) as application:
        application.vectors.discard("chunk", list(application.vectors.entries("chunk")))
    done = run("doctor", "--json")
    (vectors,) = [check for check in json.loads(done.stdout)["checks"] if check["name"] == "vectors"]
    assert done.returncode == 1
    assert vectors["status"] == "failed"
    assert "SOURCE" in vectors["fix"]


def test_what_a_killed_process_left_is_cleared_and_a_living_one_is_left_alone(filled: Settings) -> None:
    lock = filled.home / "copilot.lock"
    left = json.dumps({"pid": 2**22 + 1, "address": "http://127.0.0.1:1", "token": "x"})
    lock.write_text(left)
    assert found(filled)["lock"].state == "warning"
    lock.write_text(left)  # whoever opens the home, as the look at the index does, takes it over
    assert found(filled, mend=True)["lock"].mended
    assert "token" not in lock.read_text()
    held = HomeLock(filled.home)
    try:
        seen = found(filled, mend=True)
        assert seen["lock"].state == "ok"
        assert str(os.getpid()) in seen["lock"].en
        assert seen["index"].en.startswith("index_locked")
        assert seen["database"].state == "ok"  # rows can be looked at all the same
    finally:
        held.release()


def test_a_home_that_others_may_enter_is_closed_to_them(filled: Settings) -> None:
    filled.home.chmod(0o755)
    (filled.home / "exports").mkdir(mode=0o755, exist_ok=True)
    (filled.home / "exports").chmod(0o755)
    assert found(filled)["rights"].state == "warning"
    assert found(filled, mend=True)["rights"].mended
    assert filled.home.stat().st_mode & 0o777 == 0o700
    assert found(filled)["rights"].state == "ok"


def test_what_waits_too_long_is_named_with_what_to_run(filled: Settings) -> None:
    now = datetime.now(UTC)
    before = now - timedelta(hours=3)
    draft = {
        "id": "d-1", "kind": "visit_brief", "language": "zh", "created_by": "lin", "created_at": before, "revision": 1,
        "status": "approved", "updated_at": before,
    }  # fmt: skip
    delivery = {
        "id": "x-1", "draft_id": "d-1", "revision": 1, "channel": "email", "destination": "li@example.com",
        "status": "sending", "attempts": 1, "due_at": before, "leased_until": before, "requested_by": "lin",
        "created_at": before,
    }  # fmt: skip
    failure = {
        "id": "f" * 16, "origin": "folder", "source": "a.pdf", "stage": "parse", "code": "damaged", "reason": "x",
        "attempts": 1, "first_at": before, "last_at": before,
    }  # fmt: skip
    engine = database(filled)
    with engine.begin() as connection:
        connection.execute(insert(drafts).values(draft))
        connection.execute(insert(deliveries).values(delivery))
        connection.execute(insert(ingest_failures).values(failure))
        connection.execute(update(documents).values(review_by=now.date() - timedelta(days=1)))
    engine.dispose()
    seen = found(filled)
    assert (seen["outbox"].state, seen["outbox"].fix) == ("warning", "copilot worker")
    assert "3.0 h" in seen["outbox"].en
    assert seen["ingestion"].fix == "copilot ingest --retry-failed"
    assert (seen["freshness"].state, seen["freshness"].en[:11]) == ("warning", "1 documents")


def test_a_database_of_a_newer_release_is_not_touched(filled: Settings) -> None:
    engine = database(filled)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    engine.dispose()
    seen = found(filled, mend=True)
    assert seen["database"].state == "failed"
    assert "newer release" in seen["database"].en
    assert seen["index"].state == "failed"


def test_a_database_that_is_away_is_told_without_its_password(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    away = settings.model_copy(update={"database_url": SecretStr(f"postgresql+psycopg://u:geheim@127.0.0.1:{port}/x")})
    seen = found(away)
    assert seen["database"].state == "failed"
    assert "geheim" not in repr(seen)
    assert seen["mail"].state == "ok"  # the rest is looked at all the same


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"slack_signing_secret": SecretStr("x" * 20)}, "slack"),
        ({"smtp_url": SecretStr("smtp://127.0.0.1:25")}, "mail"),
        ({"salesforce_url": "https://ours.my.salesforce.com"}, "crm"),
        ({"oidc_issuer": "https://login.ours.com"}, "sign-on"),
        ({"public_url": "copilot.ours.com/path"}, "addresses"),
    ],
)
def test_settings_that_are_not_whole_are_named(settings: Settings, given: dict[str, Any], name: str) -> None:
    seen = found(settings.model_copy(update=given))[name]
    assert seen.state == "failed"
    assert seen.fix is not None
    assert seen.fix.startswith("COPILOT_")


def test_the_other_sides_are_asked_only_when_that_is_wanted(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    set_up = settings.model_copy(
        update={
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"),
            "smtp_from": "copilot@ours.com",
            "oidc_issuer": f"http://127.0.0.1:{port}",
            "oidc_client_id": "copilot",
            "chat_model": "openai:none",
            "chat_base_url": f"http://127.0.0.1:{port}/v1",
            "chat_api_key": SecretStr("k" * 20),
            "chat_timeout_s": 2.0,
        }
    )
    asked = ("mail", "sign-on", "chat model")
    quiet, loud = found(set_up), found(set_up, online=True)
    assert [quiet[name].state for name in asked] == ["ok", "ok", "ok"]
    assert [loud[name].state for name in asked] == ["failed", "failed", "failed"]


def test_every_command_that_is_named_exists() -> None:
    names = set(get_command(app).commands)  # type: ignore[attr-defined]  # it is a group
    folder = Path(__file__).parents[2] / "copilot" / "bootstrap" / "checkup"
    told = [
        line.split('"copilot ')[1].split()[0].strip('",()')
        for file in folder.glob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if '"copilot ' in line
    ]
    assert len(told) > 8
    assert set(told) <= names


def _opened(settings: Settings) -> Any:
    return open_application(settings, embedder=HashingEmbedder())
