"""A real Chroma server that is killed, frozen and back; answers go on by words, say so, and are whole again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from copilot.answering.degraded import TOLD
from copilot.bootstrap import Application, Readiness, open_application
from copilot.interfaces.contract import AnswerBody, AskBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Audience
from knowledge.embedder import Vectors
from knowledge.errors import IndexUnavailable
from knowledge.query import Query
from tests.contract.chroma_server import ChromaServer, chroma_server
from tests.integration.conftest import FAQ, PLAYBOOK
from tests.slack_stage import wait_for

QUESTION = "续费应该谁负责"
REST_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A copilot and the server that holds its vectors."""

    application: Application
    server: ChromaServer

    def ask(self, question: str = QUESTION) -> AnswerBody:
        return self.application.copilot.ask(AskBody(question=question))

    def whole_again(self) -> AnswerBody:
        """Ask until nothing is missing: the breaker rests for a moment."""
        return wait_for(lambda: answer if not (answer := self.ask()).degraded else None)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
    (folder / "trial.md").write_text(FAQ, encoding="utf-8")
    with chroma_server(tmp_path_factory.mktemp("chroma")) as server:
        settings = Settings(
            home=tmp_path_factory.mktemp("home"),
            chroma_url=server.url,
            index_budget_s=0.5,
            breaker_failures=2,
            breaker_rest_s=REST_S,
        )
        with open_application(settings, embedder=HashingEmbedder()) as application:
            application.indexing.ingest([str(folder)], corpus=False)
            application.warm_up()
            yield Stage(application=application, server=server)
            application.vectors.close()


def assert_by_words(answer: AnswerBody) -> None:
    assert answer.degraded == ["search"]
    assert answer.status == "answered", answer.answer
    assert "客户成功经理" in answer.answer
    assert TOLD["search"]["zh"] in answer.explanation
    assert answer.citations[0].quote in PLAYBOOK
    assert answer.composer == "extractive"


def test_a_server_that_is_killed_leaves_words_and_is_found_again(stage: Stage) -> None:
    assert stage.ask().degraded == []
    stage.server.kill()
    try:
        for _ in range(4):  # before the breaker opens, and after
            assert_by_words(stage.ask())
        assert stage.application.guards.vectors.failing
        found = stage.application.copilot.search(QUESTION, 3, Audience.INTERNAL)
        assert found.degraded == ["search"]
        assert found.passages[0].source.endswith("renewal.md")
    finally:
        stage.server.restart()
    assert stage.whole_again().status == "answered"
    assert stage.application.guards.vectors.state == "closed"


def test_a_server_that_hangs_is_not_waited_for(stage: Stage) -> None:
    stage.server.freeze()
    try:
        for _ in range(3):
            assert_by_words(stage.ask())
    finally:
        stage.server.thaw()
    assert "search" not in stage.whole_again().degraded


def test_what_words_do_not_find_is_not_said_to_be_unknown(stage: Stage) -> None:
    stage.server.kill()
    try:
        answer = stage.ask("红烧肉怎么做")
    finally:
        stage.server.restart()
    assert answer.status == "abstained"
    assert answer.reason == "retrieval_failed", "no gap is made of it"
    stage.whole_again()


def test_customers_get_no_more_by_words_than_otherwise(stage: Stage) -> None:
    stage.server.kill()
    try:
        answer = stage.application.copilot.ask(AskBody(question=QUESTION, audience=Audience.CUSTOMER))
    finally:
        stage.server.restart()
    assert "客户成功经理" not in answer.model_dump_json()
    stage.whole_again()


def test_readiness_tells_which_part_is_missing(stage: Stage) -> None:
    ready = Readiness(stage.application)
    ready.warm_up()
    assert {name: part.state for name, part in ready().parts.items()} == {
        "database": "ok",
        "vectors": "ok",
        "embedder": "ok",
        "chat_model": "off",
    }
    stage.server.kill()
    try:
        state = ready()
    finally:
        stage.server.restart()
    assert state.status == "ready"
    assert state.parts["vectors"].state == "degraded"
    assert state.parts["vectors"].detail
    wait_for(lambda: ready().parts["vectors"].state == "ok" or None)


def test_who_judges_or_measures_gets_no_words_instead(stage: Stage) -> None:
    stage.server.kill()
    try:
        with pytest.raises(IndexUnavailable):
            stage.application.retriever.strict().retrieve(Query(text=QUESTION))
    finally:
        stage.server.restart()
    stage.whole_again()


class _Breakable(HashingEmbedder):
    """An engine that can fail with an error of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.broken = False

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise RuntimeError("the engine is out of memory")
        return super().embed_queries(texts)


def test_an_embedder_that_fails_leaves_words_and_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
    embedder = _Breakable()
    settings = Settings(home=tmp_path / "home", breaker_failures=2, breaker_rest_s=REST_S)
    with open_application(settings, embedder=embedder) as application:
        application.indexing.ingest([str(tmp_path / "renewal.md")], corpus=False)
        ready = Readiness(application)
        ready.warm_up()
        embedder.broken = True
        for _ in range(3):
            assert_by_words(application.copilot.ask(AskBody(question=QUESTION)))
        assert (ready().status, ready().parts["embedder"].state) == ("ready", "degraded")
        embedder.broken = False
        wait_for(lambda: application.copilot.ask(AskBody(question=QUESTION)).degraded == [] or None)
        assert ready().parts["embedder"].state == "ok"
