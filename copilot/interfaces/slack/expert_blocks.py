"""A question that the knowledge does not answer goes to a person, and what the person says comes back as knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copilot.interfaces.slack import ids
from copilot.interfaces.slack.elements import (
    Message,
    actions,
    button,
    context,
    modal,
    section,
    submitted,
    text_input,
)
from copilot.interfaces.slack.limits import INPUT_TEXT, Block
from copilot.interfaces.slack.mrkdwn import clean, fitted, shortened
from copilot.interfaces.slack.texts import Language, Texts

_ASKED: Texts = {
    "zh": "{expert},{asker} 有个问题,知识库里还没有答案:",
    "en": "{expert}, {asker} asks something that the knowledge does not answer yet:",
}
_RECORDED: Texts = {
    "zh": "已记为知识缺口。直接在这里回复,或写成知识,以后就能自动回答。",
    "en": "Recorded as a gap. Reply here, or write it down so that it is answered from now on.",
}
_WRITE: Texts = {"zh": "写成知识", "en": "Write it down"}
_NOBODY: Texts = {"zh": "这个主题还没有负责人", "en": "Nobody answers for this topic yet"}
_TITLE: Texts = {"zh": "保存为知识", "en": "Save as knowledge"}
_QUESTION: Texts = {"zh": "别人会怎么问", "en": "How others would ask"}
_ANSWER: Texts = {"zh": "答案", "en": "Answer"}
_HINT: Texts = {
    "zh": "保存为草稿,由负责人确认后才会用来回答。请去掉客户名称和个人信息。",
    "en": "Kept as a draft until its owner confirms it. Leave out names of customers and people.",
}
_SAVE: Texts = {"zh": "存为草稿", "en": "Save draft"}


@dataclass(frozen=True, kw_only=True)
class NewKnowledge:
    """What somebody wants to be known."""

    question: str
    answer: str


def expert_message(question: str, gap: str, expert: str | None, asker: str, language: Language) -> Message:
    """Return what is posted to a person; `expert` and `asker` are safe mrkdwn, as from `mrkdwn.mention`."""
    told = _ASKED[language].format(expert=expert or _NOBODY[language], asker=asker)
    shown = f"{told}\n&gt; {fitted(question, 1_500)}"
    blocks = [
        section(shown),
        *actions([button(_WRITE[language], ids.ANSWER_GAP, gap, style="primary")]),
        *context([_RECORDED[language]]),
    ]
    return Message(text=shown, blocks=tuple(blocks))


def knowledge_view(language: Language, metadata: str, *, question: str = "", answer: str = "") -> Block:
    """Return the modal that makes knowledge of a message or of an expert's answer."""
    blocks = [
        text_input(_QUESTION[language], "question", initial=_start(question), multiline=False),
        text_input(_ANSWER[language], "answer", initial=_start(answer), hint=_HINT[language]),
    ]
    return modal(_TITLE[language], ids.KNOWLEDGE_VIEW, blocks, language, submit=_SAVE[language], metadata=metadata)


def new_knowledge(view_state: Mapping[str, Mapping[str, Mapping[str, object]]]) -> NewKnowledge | None:
    """Read the modal; None when one of the two is empty."""
    question, answer = submitted(view_state, "question"), submitted(view_state, "answer")
    if not (question and question.strip() and answer and answer.strip()):
        return None
    return NewKnowledge(question=question.strip(), answer=answer.strip())


def _start(text: str) -> str:
    return shortened(clean(text).strip(), INPUT_TEXT)
