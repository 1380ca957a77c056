"""What the LangChain adapter makes of servers that are slow, broken or absent."""

from __future__ import annotations

import json
import socket
import time

import pytest

from copilot.adapters.langchain_chat_model import LangChainChatModel
from copilot.answering.prompt import ANSWER_SCHEMA
from copilot.chat_model import Prompt
from copilot.errors import ChatModelUnavailable, ConfigurationError
from tests.doubles.openai_server import (
    OpenAIServer,
    ServerReply,
    breaks_off,
    drips,
    fails,
    hangs,
    openai_server,
    says,
    sends,
    waits,
)

PROMPT = Prompt(system="只根据资料回答。", user="客户什么时候续约？")
SHAPED = Prompt(system="只根据资料回答。", user="客户什么时候续约？", schema=ANSWER_SCHEMA)
#: Short, so that waiting for it is cheap; the client waits about half a second between its two attempts besides.
TIMEOUT_S = 0.3
ALLOWED_S = 2 * TIMEOUT_S + 2.4


def model_of(server: OpenAIServer, *, api_key: str | None = None, timeout_s: float = 10) -> LangChainChatModel:
    return LangChainChatModel(model="openai:small", base_url=server.base_url, api_key=api_key, timeout_s=timeout_s)


def seconds_without_answer(*replies: ServerReply) -> float:
    """How long the adapter takes to give up on this server."""
    with openai_server(*replies) as server:
        model = model_of(server, timeout_s=TIMEOUT_S)
        started = time.monotonic()
        with pytest.raises(ChatModelUnavailable):
            model.complete(PROMPT)
        return time.monotonic() - started


def test_a_server_that_hangs_is_given_up_in_the_time_allowed() -> None:
    assert seconds_without_answer(hangs()) < ALLOWED_S


def test_a_server_that_drips_its_answer_is_given_up_in_the_time_allowed() -> None:
    assert seconds_without_answer(drips("慢", seconds_between_bytes=0.02)) < ALLOWED_S


def test_a_server_that_asks_for_patience_is_given_up_in_the_time_allowed() -> None:
    assert seconds_without_answer(fails(429, {"Retry-After": "5"})) < ALLOWED_S


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_failing_server_is_asked_exactly_once_more(status: int) -> None:
    with openai_server(fails(status)) as server:
        with pytest.raises(ChatModelUnavailable):
            model_of(server).complete(PROMPT)
        assert len(server.requests) == 2


def test_a_hanging_server_is_asked_exactly_once_more() -> None:
    with openai_server(hangs()) as server:
        with pytest.raises(ChatModelUnavailable):
            model_of(server, timeout_s=TIMEOUT_S).complete(PROMPT)
        assert len(server.requests) == 2


def test_an_answer_on_the_second_attempt_counts() -> None:
    with openai_server(fails(500), says("好的。")) as server:
        assert model_of(server).complete(PROMPT) == "好的。"


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_not_asked_again(status: int) -> None:
    with openai_server(fails(status)) as server:
        with pytest.raises(ChatModelUnavailable):
            model_of(server).complete(PROMPT)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"choices": [{"mess',
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"index": 0}]}',
        b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": {"a": 1}}}]}',
        b"<html>Bad gateway</html>",
        b"\xff\xfe\x00",
    ],
)
def test_a_reply_that_is_no_completion_is_no_answer(body: bytes) -> None:
    with openai_server(sends(body)) as server, pytest.raises(ChatModelUnavailable):
        model_of(server).complete(PROMPT)


def test_a_completion_without_content_is_no_answer() -> None:
    with openai_server(says(None)) as server, pytest.raises(ChatModelUnavailable):
        model_of(server).complete(PROMPT)


def test_half_a_surrogate_pair_never_reaches_the_caller() -> None:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "好\ud800的"}}
    with openai_server(sends(json.dumps({"choices": [choice]}).encode())) as server:
        try:
            text = model_of(server).complete(PROMPT)
        except ChatModelUnavailable:
            return
    assert text.encode(errors="replace").decode() == text


def test_nothing_listening_is_no_answer() -> None:
    with socket.socket() as taken:  # bound but not listening, so nobody else can answer there
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        model = LangChainChatModel(model="openai:small", base_url=address, api_key=None, timeout_s=5)
        with pytest.raises(ChatModelUnavailable):
            model.complete(PROMPT)


def test_the_message_of_a_failure_keeps_the_key_to_itself() -> None:
    with openai_server(fails(401)) as server, pytest.raises(ChatModelUnavailable) as caught:
        model_of(server, api_key="secret-of-ours").complete(PROMPT)
    assert "secret-of-ours" not in caught.value.message


def test_the_key_is_sent_as_bearer() -> None:
    with openai_server() as server:
        model_of(server, api_key="secret-of-ours").complete(PROMPT)
        assert server.requests[0].headers["authorization"] == "Bearer secret-of-ours"


def test_a_server_of_one_s_own_needs_no_key() -> None:
    with openai_server(says("好的。")) as server:
        assert model_of(server, api_key=None).complete(PROMPT) == "好的。"


def test_the_server_is_asked_for_the_named_model() -> None:
    with openai_server() as server:
        model_of(server).complete(PROMPT)
        assert server.requests[0].body["model"] == "small"


@pytest.mark.parametrize(
    "model", ["nobody:model", "no-provider-at-all", "openai:small"], ids=["provider", "name", "key"]
)
def test_a_model_that_cannot_be_opened_is_a_configuration_error(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match=model):
        LangChainChatModel(model=model, base_url=None, api_key=None, timeout_s=1)


def test_the_shape_wanted_is_sent_as_a_schema() -> None:
    with openai_server(says("{}")) as server:
        model_of(server).complete(SHAPED)
        wanted = server.requests[0].body["response_format"]
    assert wanted["type"] == "json_schema"
    assert set(wanted["json_schema"]["schema"]["properties"]) == {"answers_question", "sentences"}


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_server_that_refuses_schemas_is_asked_without_from_then_on(status: int, streamed: bool) -> None:
    with openai_server(fails(status), says("好的。")) as server:
        model = model_of(server)
        for _ in range(2):
            assert ("".join(model.stream(SHAPED)) if streamed else model.complete(SHAPED)) == "好的。"
        assert ["response_format" in request.body for request in server.requests] == [True, False, False]


def test_a_server_that_refuses_everything_is_asked_for_the_shape_again() -> None:
    with openai_server(fails(400)) as server:
        model = model_of(server)
        with pytest.raises(ChatModelUnavailable):
            model.complete(SHAPED)
        server.script(says("好的。"))
        model.complete(SHAPED)
        assert "response_format" in server.requests[-1].body


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_text_that_was_cut_at_its_greatest_length_counts_so_far(streamed: bool) -> None:
    with openai_server(says("提前九十", finish="length")) as server:
        model = model_of(server)
        assert ("".join(model.stream(SHAPED)) if streamed else model.complete(SHAPED)) == "提前九十"


@pytest.mark.parametrize("prompt", [PROMPT, SHAPED], ids=["free", "shaped"])
def test_a_stream_that_breaks_off_is_no_answer_although_it_began(prompt: Prompt) -> None:
    with openai_server(breaks_off("提前九十天。")) as server:
        seen: list[str] = []
        with pytest.raises(ChatModelUnavailable):
            seen.extend(model_of(server).stream(prompt))
        assert "".join(seen) == "提前九十天。"


def test_a_stream_that_drips_without_end_is_given_up_in_the_time_allowed() -> None:
    with openai_server(drips("慢" * 50, seconds_between_bytes=0.01)) as server:
        started = time.monotonic()
        with pytest.raises(ChatModelUnavailable, match="longer than"):
            list(model_of(server, timeout_s=TIMEOUT_S).stream(PROMPT))
        assert time.monotonic() - started < ALLOWED_S


@pytest.mark.parametrize("prompt", [PROMPT, SHAPED], ids=["free", "shaped"])
def test_a_stream_that_is_closed_hangs_up(prompt: Prompt) -> None:
    with openai_server(waits("提前", "九十天。" * 1000)) as server:
        stream = model_of(server).stream(prompt)
        next(stream)
        stream.close()  # type: ignore[attr-defined]  # it is a generator
        server.go_on.set()
        assert server.hung_up.wait(20)
