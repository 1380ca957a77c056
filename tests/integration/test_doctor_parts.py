"""`copilot doctor` tells of the parts that `/readyz` tells of, and both agree while one of them is really broken."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from copilot.bootstrap import Application, Readiness, application, open_application
from copilot.bootstrap.checkup import Finding, Wanted, diagnose
from copilot.bootstrap.checkup.parts import Asked, look_at_parts, look_at_state
from copilot.interfaces.contract import PartBody, ReadyBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.embedder import Vectors
from tests.contract.chroma_server import chroma_server

_STATES = {"ok": "ok", "off": "ok", "degraded": "warning", "failed": "failed"}


class _Broken(HashingEmbedder):
    """Loads, and raises when it is asked."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("no more memory")


def filled(settings: Settings, folder: Path) -> Settings:
    with open_application(settings, embedder=HashingEmbedder()) as opened:
        opened.indexing.ingest([str(folder)], corpus=False)
        opened.vectors.close()
    return settings


def doctor(settings: Settings, *, online: bool = False) -> dict[str, Finding]:
    return {one.name: one for one in diagnose(settings, Wanted(online=online))}


def agreed(opened: Application) -> dict[str, Finding]:
    """Return what doctor says of an application, after comparing it with `/readyz` part by part."""
    ready = Readiness(opened)
    ready.warm_up()
    state = ready()
    seen = {one.name: one for one in look_at_parts(opened, Asked(chat_model=True))}
    told = {name: seen[f"ready {name.replace('_', ' ')}"].state for name in state.parts}
    assert told == {name: _STATES[part.state] for name, part in state.parts.items()}
    assert (seen["ready"].state == "ok") == (state.status == "ready")
    return seen


def test_parts_that_do_are_told_and_models_are_not_asked_unless_that_is_wanted(
    home: Path, knowledge_folder: Path
) -> None:
    settings = filled(Settings(home=home, embedding_model="words"), knowledge_folder)
    quiet, loud = doctor(settings), doctor(settings, online=True)
    for seen in (quiet, loud):
        assert {name for name, one in seen.items() if name.startswith("ready") and one.state != "ok"} == set()
    assert quiet["ready embedder"].en == "asked when first needed"
    assert loud["ready embedder"].en == "answers"
    assert loud["ready chat model"].en == "not set up"
    assert quiet["ready"].en.startswith("yes")


def test_a_chroma_server_that_is_killed_is_named_with_what_to_start(
    home: Path, knowledge_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "chroma").mkdir()
    with chroma_server(tmp_path / "chroma") as server:
        settings = filled(Settings(home=home, embedding_model="words", chroma_url=server.url), knowledge_folder)
        with open_application(settings) as opened, closing(opened.vectors):
            assert agreed(opened)["ready vectors"].state == "ok"
            server.kill()
            seen = agreed(opened)
            assert seen["ready vectors"].state == "warning"
            assert seen["ready"].state == "ok", "answers go on by words"
            assert "COPILOT_CHROMA_URL" in str(seen["ready vectors"].fix)
        away = doctor(settings)  # what starts now cannot even open
        assert (away["ready vectors"].state, away["database"].state) == ("failed", "ok")
        assert "COPILOT_CHROMA_URL" in str(away["ready vectors"].fix)
        server.restart()
        assert doctor(settings)["ready vectors"].state == "ok"


def test_an_embedder_that_raises_is_told_as_readyz_tells_it(
    home: Path, knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = filled(Settings(home=home, embedding_model="words"), knowledge_folder)
    with open_application(settings, embedder=_Broken()) as opened:
        seen = agreed(opened)
        assert (seen["ready embedder"].state, seen["ready"].state) == ("warning", "ok")
    monkeypatch.setattr(application, "fresh_embedder", lambda _: _Broken())
    told = doctor(settings, online=True)["ready embedder"]
    assert (told.state, told.fix) == ("warning", "COPILOT_EMBEDDING_MODEL=…")
    assert doctor(settings)["ready embedder"].state == "ok", "nobody asked it"


def test_a_chat_model_that_refuses_connections_is_degraded_and_answers_go_on(
    home: Path, knowledge_folder: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = filled(
        Settings(
            home=home,
            embedding_model="words",
            chat_model="openai:none",
            chat_base_url=f"http://127.0.0.1:{port}/v1",
            chat_api_key=SecretStr("k" * 20),
            chat_timeout_s=2.0,
        ),
        knowledge_folder,
    )
    seen = doctor(settings, online=True)
    assert (seen["ready chat model"].state, seen["ready"].state) == ("warning", "ok")
    assert "COPILOT_CHAT_BASE_URL" in str(seen["ready chat model"].fix)
    assert doctor(settings)["ready chat model"].en == "asked when first needed"


def test_a_database_that_does_not_answer_makes_it_not_ready(
    home: Path, knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = filled(Settings(home=home, embedding_model="words"), knowledge_folder)
    with open_application(settings) as opened:

        def refuse(_: Engine) -> None:
            from knowledge.errors import DatabaseUnavailable

            raise DatabaseUnavailable("The database is away. Start it.")

        monkeypatch.setattr(Engine, "connect", refuse)
        seen = {one.name: one for one in look_at_parts(opened, None)}
        monkeypatch.undo()
    assert (seen["ready database"].state, seen["ready"].state) == ("failed", "failed")
    assert seen["ready"].fix == seen["ready database"].fix == "COPILOT_DATABASE_URL=…"


@pytest.mark.parametrize("status", ["loading", "failed", "leaving"])
def test_a_running_copilot_that_is_not_ready_is_told_as_it_tells_it(status: str) -> None:
    state = ReadyBody.model_validate({"status": status, "detail": "Not now."})
    (found,) = look_at_state(state, asked=True)
    assert (found.name, found.state, found.en) == ("ready", "failed", "Not now.")
    assert found.fix


def test_a_part_that_nobody_foresaw_is_told_all_the_same() -> None:
    state = ReadyBody(status="ready", parts={"gate": PartBody(state="degraded", detail="It sleeps.")})
    seen = {one.name: one for one in look_at_state(state, asked=True)}
    assert seen["ready gate"].state == "warning"
    assert seen["ready gate"].fix
