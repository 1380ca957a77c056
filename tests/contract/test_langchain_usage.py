"""Tokens are taken from the server's own count, and from nothing else."""

from __future__ import annotations

import json

import pytest

from copilot.adapters.langchain_chat_model import LangChainChatModel
from copilot.adapters.langchain_usage import LangChainUsage
from copilot.chat_model import Prompt, Usage
from copilot.errors import ChatModelUnavailable
from tests.doubles.openai_server import OpenAIServer, fails, openai_server, says, sends

PROMPT = Prompt(system="写问题。", user="资料")
UNCOUNTED = {
    "id": "1",
    "created": 1,
    "model": "small",
    "object": "chat.completion",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "好"}}],
}


def metered(server: OpenAIServer) -> tuple[LangChainChatModel, LangChainUsage]:
    meter = LangChainUsage()
    model = LangChainChatModel(
        model="openai:small", base_url=server.base_url, api_key=None, timeout_s=10, callbacks=[meter.callback]
    )
    return model, meter


def test_what_was_used_is_summed_until_it_is_taken() -> None:
    with openai_server(says("好")) as server:
        model, meter = metered(server)
        for _ in range(3):
            model.complete(PROMPT)
        assert meter.take() == Usage(tokens_in=3, tokens_out=3)
        assert meter.take() is None


def test_a_server_that_does_not_count_is_not_counted_for() -> None:
    with openai_server(sends(json.dumps(UNCOUNTED).encode())) as server:
        model, meter = metered(server)
        assert model.complete(PROMPT) == "好"
        assert meter.take() is None


def test_a_failed_request_used_nothing() -> None:
    with openai_server(fails(401)) as server:
        model, meter = metered(server)
        with pytest.raises(ChatModelUnavailable):
            model.complete(PROMPT)
        assert meter.take() is None
