"""The chat model goes down while questions are asked: sources are quoted, it is left alone, and asked again after."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.bootstrap import Readiness, open_application
from copilot.interfaces.contract import AskBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.openai_server import ServerReply, fails, hangs, openai_server, says
from tests.slack_stage import wait_for

QUESTION = "试用一般给多久"


@pytest.mark.parametrize("fault", [fails(500), hangs()], ids=["failing", "hanging"])
def test_a_chat_model_that_is_down_is_left_alone_and_asked_again(
    fault: ServerReply, home: Path, knowledge_folder: Path
) -> None:
    with openai_server(fault) as server:
        settings = Settings(
            home=home,
            chat_model="openai:scripted",
            chat_base_url=server.base_url,
            chat_timeout_s=0.5,
            breaker_failures=1,
            breaker_rest_s=2.0,
        )
        with open_application(settings, embedder=HashingEmbedder()) as application:
            application.indexing.ingest([str(knowledge_folder)], corpus=False)
            ready = Readiness(application)
            ready.warm_up()
            ask = application.copilot.ask
            answer = ask(AskBody(question=QUESTION))
            assert (answer.status, answer.composer, answer.degraded) == ("answered", "extractive", ["chat_model"])
            assert answer.explanation.startswith("对话模型")
            assert application.guards.chat_model.failing
            assert (ready().status, ready().parts["chat_model"].state) == ("ready", "degraded")
            server.script(says("试用一般给 1 周 [1]。"))
            whole = wait_for(lambda: one if not (one := ask(AskBody(question=QUESTION))).degraded else None)
            assert whole.composer == "llm:scripted"
            assert ready().parts["chat_model"].state == "ok"


def test_a_model_that_hangs_gets_no_more_than_what_is_left_for_the_answer(home: Path, knowledge_folder: Path) -> None:
    with openai_server(hangs()) as server:
        settings = Settings(
            home=home, chat_model="openai:scripted", chat_base_url=server.base_url, answer_budget_s=1.0
        )  # its own timeout is 30 s
        with open_application(settings, embedder=HashingEmbedder()) as application:
            application.indexing.ingest([str(knowledge_folder)], corpus=False)
            application.warm_up()
            answer = application.copilot.ask(AskBody(question=QUESTION))
    assert answer.degraded == ["chat_model"]
    assert sum(answer.timings_ms.values()) < 15_000, "far from its own timeout, on any machine"


def test_a_chat_model_that_talks_nonsense_is_up(home: Path, knowledge_folder: Path) -> None:
    with openai_server(says("我不知道你在说什么。")) as server:
        settings = Settings(home=home, chat_model="openai:scripted", chat_base_url=server.base_url, breaker_failures=1)
        with open_application(settings, embedder=HashingEmbedder()) as application:
            application.indexing.ingest([str(knowledge_folder)], corpus=False)
            answer = application.copilot.ask(AskBody(question=QUESTION))
            assert answer.composer == "extractive"
            assert "没有通过引用核对" in answer.explanation
            assert not application.guards.chat_model.failing
            assert answer.degraded == []
