"""A chat model that keeps failing is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from copilot.adapters.guarded_chat_model import GuardedChatModel
from copilot.chat_model import Prompt, never
from copilot.errors import ChatModelUnavailable
from knowledge.breaker import Breaker

PROMPT = Prompt(system="s", user="u")


class _Model:
    name = "scripted"

    def __init__(self) -> None:
        self.asked = 0
        self.fails: Exception | None = None

    def complete(self, prompt: Prompt) -> str:
        return "".join(self.stream(prompt))

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        self.asked += 1
        yield "half "
        if self.fails is not None:
            raise self.fails
        yield "whole"


def test_whole_or_in_pieces_its_failures_count_together() -> None:
    model = _Model()
    guarded = GuardedChatModel(model, Breaker("chat_model", failures=2, rest_s=60))
    assert guarded.complete(PROMPT) == "half whole"
    assert list(guarded.stream(PROMPT)) == ["half ", "whole"]
    model.fails = ChatModelUnavailable("gone")
    with pytest.raises(ChatModelUnavailable):
        guarded.complete(PROMPT)
    with pytest.raises(ChatModelUnavailable):
        list(guarded.stream(PROMPT))
    with pytest.raises(ChatModelUnavailable, match="tried again in 60 s"):
        guarded.complete(PROMPT)
    with pytest.raises(ChatModelUnavailable, match="tried again"):
        list(guarded.stream(PROMPT))
    assert model.asked == 4


def test_who_stops_listening_has_heard_that_it_works_or_nothing() -> None:
    model, breaker = _Model(), Breaker("chat_model", failures=2)
    guarded = GuardedChatModel(model, breaker)
    model.fails = ChatModelUnavailable("gone")
    with pytest.raises(ChatModelUnavailable):
        guarded.complete(PROMPT)
    guarded.stream(PROMPT)  # nobody asks for a first piece
    assert breaker.failing
    pieces = guarded.stream(PROMPT)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # a generator
    assert not breaker.failing


def test_our_own_mistakes_are_not_the_models() -> None:
    model, breaker = _Model(), Breaker("chat_model", failures=1)
    model.fails = KeyError("ours")
    with pytest.raises(KeyError):
        GuardedChatModel(model, breaker).complete(PROMPT)
    assert breaker.state == "closed"
