"""What a reply says when something it is made with was down: what is missing, and what to do."""

from __future__ import annotations

from typing import Literal

from copilot.answering.answer import Answer, Outcome
from copilot.answering.question import Language

#: What was down: search by meaning (embedder or vectors), or the chat model.
Part = Literal["search", "chat_model"]

TOLD: dict[Part, dict[Language, str]] = {
    "search": {
        "zh": "语义检索暂时不可用,这次只按字词查找,可能有遗漏;稍后请再问一次。",
        "en": "Search by meaning is down, so only words were matched and something may be missing. Ask again later.",
    },
    "chat_model": {
        "zh": "对话模型暂时没有响应,以下直接引用原文。",
        "en": "The chat model did not respond, so the sources are quoted directly.",
    },
}


def degraded(outcome: Outcome) -> list[Part]:
    """Return what was down while a question was answered, of which its explanation speaks; empty: nothing."""
    down: list[Part] = ["search"] if outcome.by_words else []
    call = outcome.composition.call if isinstance(outcome, Answer) else None
    if call is not None and call.outcome in ("unavailable", "interrupted"):
        down.append("chat_model")
    return down
