"""Chunks of a completion: signs of life while it is silent, an error that comes too late for a status."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator

from copilot.interfaces.api.happening import Event, Reached
from copilot.interfaces.contract import AnswerBody, ProblemBody
from copilot.interfaces.openai.reply import Completion, content_of, rest_of
from copilot.interfaces.openai.request import ChatRequest, MessageBody
from copilot.interfaces.openai.routes import _chunks

REQUEST = ChatRequest(model="frontline-copilot", messages=[MessageBody(role="user", content="谁来续费")])
ANSWER = AnswerBody(
    id="a1",
    answer_id="a1",
    conversation_id="c1",
    question="谁来续费",
    standalone_question="谁来续费",
    language="zh",
    status="answered",
    answer="客户成功经理。[1]",
    explanation="",
    composer="extractive",
)


def sent(*events: Event | None) -> list[str]:
    closed = []

    async def happening() -> AsyncGenerator[Event | None, None]:
        try:
            for event in events[1:]:
                yield event
        finally:
            closed.append(True)

    async def read() -> list[str]:
        return [part.decode() async for part in _chunks(Completion(request=REQUEST), events[0], happening())]

    parts = asyncio.run(read())
    assert closed or len(events) == 1
    return parts


def test_the_first_chunk_comes_before_the_answer_and_silence_is_filled_with_comments() -> None:
    first, alive, again, *_, done = sent(None, None, Reached(stage="searching"), ANSWER)

    assert json.loads(first.removeprefix("data: "))["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert (alive, again) == (": ping\n\n", ": ping\n\n")
    assert done == "data: [DONE]\n\n"


def test_a_problem_that_comes_late_is_told_inside_the_stream_and_ends_it() -> None:
    late = ProblemBody(title="No index yet", status=409, code="nothing_ingested", detail="Run `copilot ingest`.")
    *_, last = sent(Reached(stage="searching"), late)

    assert json.loads(last.removeprefix("data: "))["error"]["code"] == "nothing_ingested"


def test_an_answer_that_was_shown_in_part_is_finished_and_another_one_is_told_whole() -> None:
    assert rest_of(ANSWER, "客户成功") == "经理。[1]"
    assert rest_of(ANSWER, "销售。").endswith(":\n\n客户成功经理。[1]")
    assert rest_of(ANSWER.model_copy(update={"language": "en"}), "x").startswith("\n\n---\nThe above was not finished")


def test_a_question_back_lists_what_can_be_picked() -> None:
    asked = AnswerBody.model_validate(
        ANSWER.model_dump()
        | {"status": "clarify", "answer": "哪一种?", "choices": [{"label": "新签", "action": "ask"}]}
    )
    assert content_of(asked) == "哪一种?\n\n- 新签"
