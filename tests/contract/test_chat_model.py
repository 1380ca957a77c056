"""What every `ChatModel` promises, whoever words the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from copilot.adapters.langchain_chat_model import LangChainChatModel
from copilot.answering.prompt import ANSWER_SCHEMA
from copilot.chat_model import ChatModel, Prompt
from copilot.errors import ChatModelUnavailable
from tests.doubles.chat_model import ScriptedChatModel
from tests.doubles.openai_server import OpenAIServer, fails, openai_server, says

PROMPT = Prompt(system="只根据资料回答。", user="客户什么时候续约？")


@dataclass(frozen=True, kw_only=True)
class Scripted:
    """A model of which the next reply can be chosen, and what it was asked."""

    model: ChatModel
    double: ScriptedChatModel | None = None
    server: OpenAIServer | None = None

    def will_say(self, text: str) -> ChatModel:
        if self.double is not None:
            self.double.script(text)
        if self.server is not None:
            self.server.script(says(text))
        return self.model

    def will_fail(self) -> ChatModel:
        if self.double is not None:
            self.double.script(ChatModelUnavailable("scripted"))
        if self.server is not None:
            self.server.script(fails(400))
        return self.model

    def asked(self) -> Sequence[Prompt]:
        if self.double is not None:
            return self.double.prompts
        assert self.server is not None
        return [
            Prompt(system=request.body["messages"][0]["content"], user=request.body["messages"][1]["content"])
            for request in self.server.requests
        ]


@pytest.fixture(params=["scripted", "langchain"])
def scripted(request: pytest.FixtureRequest) -> Iterator[Scripted]:
    if request.param == "scripted":
        double = ScriptedChatModel(name="small")
        yield Scripted(model=double, double=double)
        return
    with openai_server() as server:
        model = LangChainChatModel(model="openai:small", base_url=server.base_url, api_key=None, timeout_s=10)
        yield Scripted(model=model, server=server)


def test_the_name_is_that_of_the_model(scripted: Scripted) -> None:
    assert scripted.model.name == "small"


@pytest.mark.parametrize(
    "text", ["提前九十天。[1]", "line one\n\nline two", "🙂 𠮷", "x" * 20_000], ids=lambda t: ascii(t[:9])
)
def test_the_text_comes_back_as_the_model_wrote_it(scripted: Scripted, text: str) -> None:
    assert scripted.will_say(text).complete(PROMPT) == text


def test_the_model_is_told_the_whole_prompt(scripted: Scripted) -> None:
    scripted.will_say("好的。").complete(PROMPT)
    assert list(scripted.asked()) == [PROMPT]


def test_a_model_can_be_asked_again(scripted: Scripted) -> None:
    scripted.will_say("一").complete(PROMPT)
    assert scripted.will_say("二").complete(PROMPT) == "二"


@pytest.mark.parametrize("text", ["", " \n\t"], ids=["empty", "blank"])
def test_a_reply_without_text_is_no_answer(scripted: Scripted, text: str) -> None:
    model = scripted.will_say(text)
    with pytest.raises(ChatModelUnavailable):
        model.complete(PROMPT)


def test_a_failing_model_gives_no_answer(scripted: Scripted) -> None:
    model = scripted.will_fail()
    with pytest.raises(ChatModelUnavailable):
        model.complete(PROMPT)


def test_a_model_that_failed_can_be_asked_again(scripted: Scripted) -> None:
    model = scripted.will_fail()
    with pytest.raises(ChatModelUnavailable):
        model.complete(PROMPT)
    assert scripted.will_say("好的。").complete(PROMPT) == "好的。"


@pytest.mark.parametrize(
    "text", ["提前九十天。[1]", "line one\n\nline two", "🙂 𠮷", "x" * 2_000], ids=lambda t: ascii(t[:9])
)
def test_the_pieces_of_a_stream_are_the_text(scripted: Scripted, text: str) -> None:
    assert "".join(scripted.will_say(text).stream(PROMPT)) == text


def test_a_text_comes_in_pieces(scripted: Scripted) -> None:
    assert len(list(scripted.will_say("提前九十天。[1]").stream(PROMPT))) > 1


@pytest.mark.parametrize("text", ["", " \n\t"], ids=["empty", "blank"])
def test_a_stream_without_text_is_no_answer(scripted: Scripted, text: str) -> None:
    stream = scripted.will_say(text).stream(PROMPT)
    with pytest.raises(ChatModelUnavailable):
        list(stream)


def test_a_failing_model_streams_no_answer(scripted: Scripted) -> None:
    stream = scripted.will_fail().stream(PROMPT)
    with pytest.raises(ChatModelUnavailable):
        list(stream)


def test_a_cancelled_stream_ends_without_an_error(scripted: Scripted) -> None:
    seen: list[str] = []
    for piece in scripted.will_say("提前九十天。" * 50).stream(PROMPT, lambda: bool(seen)):
        seen.append(piece)
    assert len(seen) == 1


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_wish_for_a_shape_changes_nothing_of_what_is_said(scripted: Scripted, streamed: bool) -> None:
    model = scripted.will_say('{"answers_question": true, "sentences": []}')
    prompt = Prompt(system=PROMPT.system, user=PROMPT.user, schema=ANSWER_SCHEMA)
    said = "".join(model.stream(prompt)) if streamed else model.complete(prompt)
    assert said == '{"answers_question": true, "sentences": []}'
