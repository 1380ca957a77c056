"""What was wrong with an answer: five reasons and a word of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from copilot.interfaces.slack import ids
from copilot.interfaces.slack.elements import modal, section, select, submitted, text_input
from copilot.interfaces.slack.limits import Block
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import Language, Texts

FeedbackReason = Literal["incorrect", "incomplete", "outdated", "inappropriate", "other"]

_REASONS: Mapping[FeedbackReason, Texts] = {
    "incorrect": {"zh": "不对", "en": "Incorrect"},
    "incomplete": {"zh": "不完整", "en": "Incomplete"},
    "outdated": {"zh": "过时了", "en": "Outdated"},
    "inappropriate": {"zh": "不合适(语气、对象、口径)", "en": "Inappropriate (tone, audience, wording)"},
    "other": {"zh": "其他", "en": "Something else"},
}
_TITLE: Texts = {"zh": "哪里没帮上", "en": "What was wrong"}
_WHY: Texts = {"zh": "原因", "en": "Reason"}
_COMMENT: Texts = {"zh": "应该怎么说", "en": "What it should say"}
_HINT: Texts = {"zh": "负责这份资料的同事会看到。", "en": "Whoever answers for the document will see it."}
_SEND: Texts = {"zh": "提交", "en": "Send"}
_THANKS: Texts = {"zh": "谢谢,已记下。", "en": "Thank you, noted."}


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """What somebody said of an answer."""

    reason: FeedbackReason
    comment: str | None


def feedback_view(question: str, language: Language, metadata: str) -> Block:
    """Return the modal that a thumb down opens."""
    blocks = [
        section(f"&gt; {fitted(question, 600)}"),
        select(_WHY[language], "reason", {key: texts[language] for key, texts in _REASONS.items()}, radio=True),
        text_input(_COMMENT[language], "comment", optional=True, hint=_HINT[language]),
    ]
    return modal(_TITLE[language], ids.FEEDBACK_VIEW, blocks, language, submit=_SEND[language], metadata=metadata)


def complaint(view_state: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Complaint | None:
    """Read the modal; None when no reason that we know was chosen."""
    chosen = submitted(view_state, "reason")
    for reason in get_args(FeedbackReason):
        if reason == chosen:
            return Complaint(reason=reason, comment=submitted(view_state, "comment"))
    return None


def thanks(language: Language) -> str:
    """Return what the person reads afterwards."""
    return _THANKS[language]
