"""What the chat model is asked. Passages and question are data from outside, and framed as such."""

from __future__ import annotations

from collections.abc import Callable

from copilot.answering.prompt_file import load_prompt
from copilot.answering.question import Question
from copilot.chat_model import Prompt
from copilot.framing import framed, neutral, new_mark
from knowledge.passage import Passage

#: `answers_question` stands first, so that a stream tells it before its first sentence is shown.
ANSWER_SCHEMA = {
    "title": "answer",
    "type": "object",
    "additionalProperties": False,
    "required": ["answers_question", "sentences"],
    "properties": {
        "answers_question": {"type": "boolean"},
        "sentences": {
            "type": "array",
            "maxItems": 6,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "passages"],
                "properties": {
                    "text": {"type": "string"},
                    "passages": {"type": "array", "maxItems": 5, "items": {"type": "integer"}},
                },
            },
        },
    },
}
#: Small models follow what they read last, so the last words are ours.
_LAST = {
    "zh": "根据编号资料回答上面的问题,只输出 JSON。",
    "en": "Answer the question above from the numbered sources. Reply with JSON only.",
}


def answer_prompt(question: Question, passages: list[Passage], mark: Callable[[], str] = new_mark) -> Prompt:
    """Frame passages and question; titles and headings are as foreign as the text under them."""
    file = load_prompt("answer", question.language)
    made = mark()
    blocks = "\n\n".join(f"[{n}] {_place(p)}\n{neutral(p.text)}" for n, p in enumerate(passages, start=1))
    return Prompt(
        system=file.with_mark(made),
        user=(
            f"{framed('passages', blocks, made)}\n\n"
            f"{framed('question', neutral(question.text), made)}\n\n{_LAST[question.language]}"
        ),
        name=file.name,
        schema=ANSWER_SCHEMA,
        mark=made,
    )


def _place(passage: Passage) -> str:
    headings = [heading for heading in passage.chunk.span.heading_path if heading != passage.title]
    return " ".join(neutral(" › ".join([passage.title, *headings[-2:]])).split())
