"""What went wrong, said in a message: the reason, and a number that stands in the log where the cause is not known."""

from __future__ import annotations

from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.slack.elements import Message, context, section
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import Language, Texts

_FAILED: Texts = {"zh": "⚠️ 这次没有做成。", "en": "⚠️ That did not work."}
_CODE: Texts = {"zh": "代码 {code}", "en": "code {code}"}
_REFERENCE: Texts = {"zh": "反馈时请附上编号 {reference}", "en": "give the number {reference} when you report it"}
_INSTEAD: Texts = {"zh": "可以这样说:", "en": "Say for example:"}


def problem_message(problem: ProblemBody, language: Language) -> Message:
    """Return the message for a known problem, or an unexpected one with its reference."""
    lines = [f"{_FAILED[language]} {fitted(problem.detail, 1_500)}"]
    if problem.choices:
        lines += [_INSTEAD[language], *(f"• {fitted(choice, 200)}" for choice in problem.choices[:5])]
    small = [_CODE[language].format(code=fitted(problem.code, 60))]
    if problem.reference:
        small.append(_REFERENCE[language].format(reference=fitted(problem.reference, 60)))
    return Message(text=lines[0], blocks=(section("\n".join(lines)), *context([" · ".join(small)])))
