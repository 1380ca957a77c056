"""An answer as it is written: a real server in between, a scripted chat model behind it, a client that may leave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from copilot.bootstrap import Application, open_application
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.openai_server import OpenAIServer, ServerReply, breaks_off, openai_server, says, waits
from tests.running_server import running_server

QUESTION = {"question": "试用一般给多久"}
FIRST, SECOND = "试用一般给 1 周。", "需要时再申请 1 周。"
TWO = json.dumps(
    {
        "answers_question": True,
        "sentences": [{"text": text, "passages": [1]} for text in (FIRST, "折扣 50%。", SECOND)],
    },
    ensure_ascii=False,
)
AFTER_FIRST = TWO.index("折扣")
Event = tuple[str, dict[str, Any]]
Stream = Callable[..., list[Event]]


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    with openai_server() as opened:
        yield opened


@pytest.fixture
def opened(model: OpenAIServer, home: Path, knowledge_folder: Path) -> Iterator[Application]:
    settings = Settings(home=home, chat_model="openai:scripted", chat_base_url=model.base_url, chat_timeout_s=30.0)
    with open_application(settings, embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
        yield application


@pytest.fixture
def client(opened: Application) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {opened.access.run_token}"}
    with (
        running_server(opened) as address,
        httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False) as made,
    ):
        yield made


def events(lines: Iterator[str]) -> Iterator[Event]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@pytest.fixture
def stream(client: httpx.Client, model: OpenAIServer) -> Stream:
    def call(*replies: ServerReply) -> list[Event]:
        model.script(*replies)
        with client.stream("POST", "/v1/ask/stream", json=QUESTION) as reply:
            return list(events(reply.iter_lines()))

    return call


def deltas(told: list[Event]) -> list[str]:
    return [data["text"] for name, data in told if name == "delta"]


def stored(opened: Application) -> list[dict[str, Any]]:
    from sqlalchemy import select

    from copilot.adapters.sql.tables import answers

    with opened.store._engine.connect() as connection:  # looks behind the port on purpose
        return [row.body for row in connection.execute(select(answers))]


def test_each_sentence_is_sent_when_it_has_passed_and_done_is_what_is_stored(
    stream: Stream, opened: Application
) -> None:
    told = stream(says(TWO))
    done = told[-1][1]

    assert [data["stage"] for name, data in told if name == "status"] == ["searching", "reading", "wording"]
    assert deltas(told) == [f"{FIRST} [1]", f"{SECOND} [1]"]
    assert (told[-1][0], done["composer"], done["answer"]) == ("done", "llm:scripted", "".join(deltas(told)))
    (body,) = stored(opened)
    assert (body["text"], body["call"]["outcome"], body["call"]["dropped"]) == (done["answer"], "worded", 1)
    assert body["call"]["prompt"] == "answer.zh@2"


def test_the_first_sentence_is_there_while_the_model_still_writes(client: httpx.Client, model: OpenAIServer) -> None:
    model.script(waits(TWO[:AFTER_FIRST], TWO[AFTER_FIRST:]))
    said = []
    with client.stream("POST", "/v1/ask/stream", json=QUESTION) as reply:
        for name, data in events(reply.iter_lines()):
            if name == "delta":
                said.append((data["text"], model.go_on.is_set()))
                model.go_on.set()
    assert said == [(f"{FIRST} [1]", False), (f"{SECOND} [1]", True)]


def test_what_a_model_that_dies_midway_has_said_is_withdrawn_and_the_sources_are_quoted(stream: Stream) -> None:
    told = stream(breaks_off(TWO[:AFTER_FIRST]))
    names = [name if name != "status" else data["stage"] for name, data in told]
    withdrawn = names.index("withdrawn")
    done = told[-1][1]

    assert deltas(told[:withdrawn]) == [f"{FIRST} [1]"]
    assert "".join(deltas(told[withdrawn:])) == done["answer"]
    assert done["composer"] == "extractive"
    assert done["explanation"].startswith("对话模型中途停止响应")


def test_a_model_that_answers_with_nonsense_shows_nothing_of_it(stream: Stream) -> None:
    told = stream(says("亲爱的老板,一切都好。[9] <script>alert(1)</script>"))

    assert "withdrawn" not in [data.get("stage") for _, data in told]
    assert "".join(deltas(told)) == told[-1][1]["answer"]
    assert "老板" not in told[-1][1]["answer"]


def test_a_client_that_goes_away_stops_the_model_and_nothing_is_stored(
    client: httpx.Client, model: OpenAIServer, opened: Application
) -> None:
    model.script(waits(TWO[:20], TWO * 50))
    with client.stream("POST", "/v1/ask/stream", json=QUESTION) as reply:
        for name, data in events(reply.iter_lines()):
            if (name, data.get("stage")) == ("status", "wording"):
                break
    model.go_on.set()

    assert model.hung_up.wait(20), "the request to the chat model must not go on for nobody"
    assert stored(opened) == []
    assert len(model.requests) == 1
