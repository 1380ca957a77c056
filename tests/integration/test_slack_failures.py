"""What goes wrong between Slack and us: every addressed message still gets one answer or a stated reason."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from copilot.bootstrap import Application, open_application
from copilot.interfaces.slack.claims import Claim
from copilot.interfaces.slack.connecting import SlackConnection
from copilot.interfaces.slack.posting import marker
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.slack_server import Failure, SlackServer, broken, busy, hangs, refuses, slack_server
from tests.integration.test_slack_answers import shown
from tests.slack_stage import Stage, a_workspace, slack_settings, stage_of, wait_for


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with slack_server(a_workspace()) as made:
        yield made


@pytest.fixture
def application(home: Path, knowledge_folder: Path, server: SlackServer) -> Iterator[Application]:
    with open_application(slack_settings(home, server.api_url), embedder=HashingEmbedder()) as opened:
        opened.indexing.ingest([str(knowledge_folder)], corpus=False)
        yield opened


@pytest.fixture
def stage(application: Application, server: SlackServer) -> Iterator[Stage]:
    with stage_of(application, server) as made:
        yield made


FAILURES: list[tuple[str, Failure]] = [
    ("chat.startStream", busy("0")),
    ("chat.startStream", broken()),
    ("chat.startStream", broken(done=True)),
    ("chat.appendStream", broken()),
    ("chat.stopStream", busy("0")),
    ("chat.stopStream", broken()),
    ("chat.stopStream", broken(done=True)),
    ("chat.stopStream", refuses("message_not_in_streaming_state")),
    ("conversations.info", broken()),
    ("conversations.members", busy("0")),
    ("users.info", broken()),
    ("chat.startStream", refuses("unknown_method")),  # the last one: from then on answers are posted
]


def test_one_answer_whatever_fails(stage: Stage) -> None:
    for method, failure in FAILURES:
        stage.server.fail(method, failure)
        question = stage.ask("C0SALES", "U0WANG", "续费应该谁负责")
        assert "客户成功经理" in shown(stage.answer_to(question)), method
        assert len(stage.server.world.ours("C0SALES", question["ts"])) == 1, (method, failure)
        stage.server.heal()
    assert stage.server.world.violations == []


def test_without_streams_one_message_is_posted_and_none_twice(stage: Stage) -> None:
    stage.server.world.streams = False
    for failure in (busy("0"), broken(), broken(done=True)):
        stage.server.fail("chat.postMessage", failure)
        question = stage.ask("C0SALES", "U0WANG", "续费应该谁负责")
        assert "客户成功经理" in shown(stage.answer_to(question))
        assert len(stage.server.world.ours("C0SALES", question["ts"])) == 1, failure
    assert stage.server.world.statuses


def test_blocks_that_slack_refuses_go_as_text(stage: Stage) -> None:
    stage.server.world.streams = False
    stage.server.fail("chat.postMessage", refuses("msg_blocks_too_long"))
    question = stage.ask("C0SALES", "U0WANG", "续费应该谁负责")
    assert "客户成功经理" in shown(stage.answer_to(question))


def test_without_an_index_the_reply_says_what_to_do(home: Path, server: SlackServer) -> None:
    with (
        open_application(slack_settings(home, server.api_url), embedder=HashingEmbedder()) as application,
        stage_of(application, server) as stage,
    ):
        question = stage.ask("D0WANG", "U0WANG", "续费应该谁负责")
        assert "copilot ingest" in shown(stage.answer_to(question))


def test_with_the_chat_model_down_the_sources_answer(home: Path, knowledge_folder: Path, server: SlackServer) -> None:
    settings = slack_settings(home, server.api_url).model_copy(
        update={
            "chat_model": "openai:none",
            "chat_base_url": "http://127.0.0.1:9/v1",
            "chat_api_key": SecretStr("none"),
        }
    )
    with open_application(settings, embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
        with stage_of(application, server) as stage:
            question = stage.ask("C0SALES", "U0WANG", "续费应该谁负责")
            assert "客户成功经理" in shown(stage.answer_to(question))


def test_a_hanging_slack_is_waited_for_within_a_budget_and_asked_again_later(
    home: Path, knowledge_folder: Path, server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copilot.interfaces.slack.answering._FIRST_WAIT", timedelta(seconds=0.2))
    with open_application(slack_settings(home, server.api_url), embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
        assert application.slack is not None
        application.slack._calls.client.timeout = 1
        application.slack._calls._budget_s = 1.0
        with stage_of(application, server) as stage:
            server.fail("users.info", hangs(3), hangs(3))
            question = stage.ask("C0SALES", "U0WANG", "续费应该谁负责")
            assert "客户成功经理" in shown(stage.answer_to(question))
            assert len(server.world.ours("C0SALES")) == 1


@pytest.mark.parametrize(("failure", "said"), [(busy("0"), "客户成功经理"), (broken(), "interrupted")])
def test_a_private_answer_that_slack_did_not_take_comes_later_and_an_unclear_one_is_said_to_be(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, failure: Failure, said: str
) -> None:
    monkeypatch.setattr("copilot.interfaces.slack.answering._FIRST_WAIT", timedelta(seconds=0.1))
    stage.server.fail("response", failure)
    assert stage.sender.command("C0SALES", "U0WANG", "ask 续费应该谁负责")[0] == 200
    assert said in shown(stage.response())


def test_clicks_that_hang_keep_nobody_else_waiting(stage: Stage) -> None:
    stage.server.fail("users.info", *[hangs(4)] * 12)
    for _ in range(10):
        began = time.monotonic()
        click = {"action_id": "show_why", "value": "gone"}
        assert stage.sender.click("U0LI", click, {"channel": "C0SALES", "ts": "1.0"})[0] == 200
        assert time.monotonic() - began < 1.0
    began = time.monotonic()
    assert stage.sender.command("C0SALES", "U0WANG", "help")[0] == 200
    assert time.monotonic() - began < 1.0


def test_what_a_killed_process_left_is_finished_once(application: Application, server: SlackServer) -> None:
    world = server.world
    questions = [world.said("C0SALES", "U0WANG", f"<@U0BOT> 续费应该谁负责 {number}") for number in range(4)]
    stream = {"channel": "C0SALES", "user": "U0BOT", "text": "", "blocks": [], "chunks": []}
    silent, streamed, lost_stream, answered = questions
    world.messages.append(stream | {"ts": "1790000900.1", "thread_ts": streamed["ts"], "streaming": True})
    world.messages.append(stream | {"ts": "1790000901.1", "thread_ts": lost_stream["ts"], "streaming": True})
    done = marker(f"message:C0SALES:{answered['ts']}")
    world.messages.append(stream | {"ts": "1790000902.1", "thread_ts": answered["ts"], "metadata": done})
    slack = application.slack
    assert isinstance(slack, SlackConnection)
    store = _store(application)
    for question in questions:
        past = datetime.now(UTC) - timedelta(minutes=5)
        claim = Claim(
            key=f"message:C0SALES:{question['ts']}",
            event_id=f"Ev{question['ts']}",
            kind="mention",
            channel="C0SALES",
            thread=question["ts"],
            ts=question["ts"],
            person="U0WANG",
            work={"text": "续费应该谁负责"},
            answer_ts="1790000900.1" if question is streamed else None,
            at=past,
            lease=past,
        )
        assert store.claim(claim)
    with stage_of(application, server) as stage:
        for question in (silent, streamed, lost_stream):
            assert "客户成功经理" in shown(stage.answer_to(question))
        wait_for(lambda: True if store.waiting() == 0 else None)
        assert all(len(world.ours("C0SALES", question["ts"])) == 1 for question in questions)
        assert stage.server.world.violations == []


def _store(application: Application):  # type: ignore[no-untyped-def]
    from copilot.adapters.sql.slack_store import SqlSlackStore
    from copilot.adapters.sql.transactions import SqlTransactions

    return SqlSlackStore(application.audit._engine, SqlTransactions(application.audit._engine))
