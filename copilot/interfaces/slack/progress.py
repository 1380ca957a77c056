"""What is told while an answer is made: a status, and a card for each step."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from copilot.interfaces.slack.limits import LOADING_MESSAGES, TASK_TEXT, Block
from copilot.interfaces.slack.mrkdwn import clean, shortened
from copilot.interfaces.slack.texts import Language, Texts

TaskStatus = Literal["pending", "in_progress", "complete", "error"]


class Step(StrEnum):
    """The steps of an answer that take long enough to be told."""

    SEARCH = "search"
    READ = "read"
    WORD = "word"


_TITLES: dict[Step, Texts] = {
    Step.SEARCH: {"zh": "查找资料", "en": "Searching the knowledge"},
    Step.READ: {"zh": "核对原文", "en": "Reading the sources"},
    Step.WORD: {"zh": "组织答案", "en": "Writing the answer"},
}
_FOUND: dict[Step, Texts] = {
    Step.SEARCH: {"zh": "找到 {count} 段", "en": "{count} passages found"},
    Step.READ: {"zh": "引用 {count} 处", "en": "{count} places cited"},
    Step.WORD: {"zh": "每句都有出处", "en": "every sentence has a source"},
}
_STATUS: Texts = {"zh": "正在查资料…", "en": "is looking it up…"}
_QUEUED: Texts = {"zh": "前面还有 {ahead} 个问题…", "en": "has {ahead} questions before yours…"}
_LOADING: dict[Language, tuple[str, ...]] = {
    "zh": ("正在查找资料…", "正在核对原文…", "正在组织答案…"),
    "en": ("Searching the knowledge…", "Reading the sources…", "Writing the answer…"),
}


def status(language: Language, *, ahead: int = 0) -> str:
    """Return the status; `ahead` counts the questions before this one."""
    return _QUEUED[language].format(ahead=ahead) if ahead > 0 else _STATUS[language]


def loading_messages(language: Language) -> list[str]:
    """Return what is shown in turn while the status stands."""
    return list(_LOADING[language])[:LOADING_MESSAGES]


def task_chunk(
    step: Step, state: TaskStatus, language: Language, *, count: int | None = None, detail: str | None = None
) -> Block:
    """Return a `task_update` chunk of a stream; the same step again changes its card.

    Args:
        step: What is done; also the id of the card.
        state: How far it is.
        language: Of title and output.
        count: What was found, for a step that is done.
        detail: A line below the title, for example the reason of an error.
    """
    chunk: Block = {"type": "task_update", "id": step.value, "title": _TITLES[step][language], "status": state}
    if detail:
        chunk["details"] = shortened(" ".join(clean(detail).split()), TASK_TEXT)
    if count is not None and state == "complete":
        chunk["output"] = _FOUND[step][language].format(count=count)
    return chunk
