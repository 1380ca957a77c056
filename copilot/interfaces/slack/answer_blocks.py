"""An answer, a question back or an abstention as one message: what was asked for first, then where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from copilot.answering.degraded import TOLD
from copilot.answering.inert import inert
from copilot.answering.intent import Intent
from copilot.interfaces.contract import AnswerBody, ConflictBody
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.citations import DocumentLink, addresses, source_blocks, web_page
from copilot.interfaces.slack.elements import AsFile, Message, actions, button, context, fields, section
from copilot.interfaces.slack.limits import (
    BUTTON_TEXT,
    MESSAGE_ALL_TEXT,
    MESSAGE_BLOCKS,
    MESSAGE_TEXT,
    Block,
    length,
    texts,
)
from copilot.interfaces.slack.markdown_blocks import rendered
from copilot.interfaces.slack.mrkdwn import fitted, shortened
from copilot.interfaces.slack.sections import Addresses, sections
from copilot.interfaces.slack.spans import Prose, parts
from copilot.interfaces.slack.texts import Language, Texts

#: Most of what is told of disagreements: the text leaves room for the answer itself.
_CONFLICTS, _SIDES, _SIDE = 3, 4, 300
_PARTIAL: Texts = {"zh": "◐ 只回答了一部分", "en": "◐ Only a part is answered"}
#: At a glance, why there is no answer; the text says it in words.
_ABSTAINED = {
    "not_in_knowledge": "📭",
    "no_permission": "🔒",
    "retrieval_failed": "⚠️",
    "out_of_scope": "↪️",
}
_CONFLICT: Texts = {"zh": "⚖️ 说法不一:{topic}", "en": "⚖️ Sources disagree: {topic}"}
_WHY: Texts = {"zh": "为什么这样回答", "en": "Show why"}
_EXPERT: Texts = {"zh": "请教专家", "en": "Ask an expert"}
_OWNER: Texts = {"zh": "请教 {owner}", "en": "Ask {owner}"}
_AGAIN: Texts = {"zh": "再试一次", "en": "Try again"}
_MORE_PRIVATE: Texts = {"zh": "在我能看的资料里再找找", "en": "Find more in my private sources"}
_ONLY_YOU: Texts = {"zh": "🔒 只有你能看到这条消息", "en": "🔒 Only you can see this"}
_SHARE: Texts = {"zh": "分享到这里", "en": "Share here"}
_KEEP: Texts = {"zh": "不分享", "en": "Keep to myself"}
_GOOD: Texts = {"zh": "👍 有帮助", "en": "👍 Helpful"}
_BAD: Texts = {"zh": "👎 没帮上", "en": "👎 Not helpful"}
_GOOD_TOLD: Texts = {"zh": "这个回答有帮助", "en": "This answer helped"}
_BAD_TOLD: Texts = {"zh": "这个回答没帮上,说说原因", "en": "This answer did not help; say why"}
#: What stands at the head of a conflict in the text of an answer (copilot/answering/conflicts.py).
_CONFLICT_HEAD = re.compile(r"\*\*(?:说法不一:|Sources disagree: )")
_ITEM = re.compile(r"^- ", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where an answer is shown, and what may be offered there."""

    language: Language  #: of buttons and labels: the asker's
    link_of: DocumentLink = field(default=web_page)
    owner: str | None = None  #: the name of whoever answers for the nearest document
    preview: bool = False  #: only the asker sees it; it can be shared
    more_private: bool = False  #: the asker may read more than everybody here


def answer_message(answer: AnswerBody, setting: Setting) -> Message:
    """Return the whole message."""
    known = addresses(answer.citations, setting.link_of)
    below = [*_disagreements(answer, known, setting.language), *below_answer(answer, setting)]
    used = sum(length(text) for text in texts(below))
    body = rendered(
        _sign(answer) + _without_conflicts(answer),
        known,
        setting.language,
        room=MESSAGE_ALL_TEXT - used,
        most_blocks=MESSAGE_BLOCKS - len(below),
        file=AsFile(name="answer.md", title=shortened(answer.question, 80), content=answer.answer),
    )
    blocks = (*body.blocks, *below) or (section("…"),)
    return Message(text=fallback(answer.answer), blocks=blocks, files=body.files)


def below_answer(answer: AnswerBody, setting: Setting) -> list[Block]:
    """Return what stands below the text of an answer: what ends a stream, too."""
    language = setting.language
    known = addresses(answer.citations, setting.link_of)
    blocks: list[Block] = []
    if answer.status == "partial":
        blocks += context([_PARTIAL[language]])
    if answer.status != "abstained":
        blocks += context([f"⚠️ {TOLD[part][language]}" for part in answer.degraded])
    blocks += source_blocks(answer.citations, known, language)
    blocks += _choices(answer)
    blocks += actions(_offers(answer, setting))
    if setting.preview:
        blocks += [*context([_ONLY_YOU[language]]), *share_buttons(answer.answer_id, language)]
    return blocks + _feedback(answer, language)


def share_buttons(id: str, language: Language) -> list[Block]:
    """Return the buttons under what only one person sees."""
    return actions(
        [
            button(_SHARE[language], ids.SHARE, id, style="primary"),
            button(_KEEP[language], ids.KEEP_PRIVATE, id),
        ]
    )


def fallback(markdown: str) -> str:
    """Return the text of a notification: safe, and as short as Slack advises."""
    start = shortened(markdown, MESSAGE_TEXT)
    said = " ".join(part for found in parts(start) if isinstance(found, Prose) for part in sections(found, {}))
    if length(said) <= MESSAGE_TEXT and said:
        return said
    return fitted(markdown, MESSAGE_TEXT) or "…"


def _sign(answer: AnswerBody) -> str:
    if answer.status != "abstained" or answer.reason is None or answer.intent == Intent.SMALLTALK:
        return ""
    return f"{_ABSTAINED[answer.reason]} "


def _conflict_paragraphs(answer: AnswerBody) -> list[str]:
    if not answer.conflicts:
        return []
    return [one for one in answer.answer.split("\n\n") if _CONFLICT_HEAD.match(one)]


def _without_conflicts(answer: AnswerBody) -> str:
    """Return the text without what is shown side by side below it."""
    beside = _conflict_paragraphs(answer)
    return "\n\n".join(one for one in answer.answer.split("\n\n") if one not in beside)


def _disagreements(answer: AnswerBody, known: Addresses, language: Language) -> list[Block]:
    paragraphs = _conflict_paragraphs(answer)
    blocks: list[Block] = []
    for number, conflict in enumerate(answer.conflicts[:_CONFLICTS]):
        blocks.append(section(f"*{_CONFLICT[language].format(topic=fitted(conflict.topic, 200))}*"))
        # The text says more than the claim: what a side holds for.
        sides = _ITEM.split(paragraphs[number])[1:] if number < len(paragraphs) else _claims(conflict)
        shown = [_side(side, known) for side in sides[:_SIDES]]
        for at in range(0, len(shown), 2):
            blocks.append(fields(shown[at : at + 2]))
    return blocks


def _claims(conflict: ConflictBody) -> list[str]:
    return [f"{inert(side.claim)} [{side.citation}]" for side in conflict.sides]


def _side(markdown: str, known: Addresses) -> str:
    pieces = [text for part in parts(markdown) if isinstance(part, Prose) for text in sections(part, known, _SIDE)]
    return pieces[0] if pieces else "—"


def _choices(answer: AnswerBody) -> list[Block]:
    """Return a button for each choice; labels that do not fit on one stand above as a list."""
    numbered = any(length(choice.label) > BUTTON_TEXT for choice in answer.choices)
    blocks: list[Block] = []
    if numbered:
        told = "\n".join(
            f"{number}. {fitted(choice.label, 120)}" for number, choice in enumerate(answer.choices[:10], 1)
        )
        blocks.append(section(told))
    buttons = [
        button(
            f"{number + 1}" if numbered else choice.label,
            f"{ids.CHOICE}{number}",
            ids.value(answer.answer_id, number),
            told=choice.label if numbered else None,
        )
        for number, choice in enumerate(answer.choices[:10])
    ]
    return [*blocks, *actions(buttons)]


def _offers(answer: AnswerBody, setting: Setting) -> list[Block]:
    language, id = setting.language, answer.answer_id
    if answer.status == "clarify" or answer.intent == Intent.SMALLTALK:
        return []
    offers: list[Block] = []
    if answer.reason == "retrieval_failed":
        offers.append(button(_AGAIN[language], ids.ASK_AGAIN, id, style="primary"))
    elif answer.reason in ("not_in_knowledge", "no_permission"):
        named = _OWNER[language].format(owner=setting.owner) if setting.owner else _EXPERT[language]
        offers.append(button(named, ids.ASK_EXPERT, id, style="primary"))
    if answer.passages or answer.explanation:
        offers.append(button(_WHY[language], ids.WHY, id))
    if setting.more_private:
        offers.append(button(_MORE_PRIVATE[language], ids.FIND_PRIVATE, id))
    return offers


def _feedback(answer: AnswerBody, language: Language) -> list[Block]:
    """Ask whether it helped, where that says something of the knowledge."""
    if answer.status == "clarify" or answer.intent == Intent.SMALLTALK or answer.reason == "retrieval_failed":
        return []
    return [{"type": "context_actions", "elements": [feedback_buttons(answer.answer_id, language)]}]


def feedback_buttons(id: str, language: Language) -> Block:
    """Return the pair of buttons that ask whether something helped."""
    good = button(_GOOD[language], "", ids.value(id, "up"), told=_GOOD_TOLD[language])
    bad = button(_BAD[language], "", ids.value(id, "down"), told=_BAD_TOLD[language])
    return {
        "type": "feedback_buttons",
        "action_id": ids.FEEDBACK,
        **{
            name: {key: one[key] for key in ("text", "value", "accessibility_label")}
            for name, one in (("positive_button", good), ("negative_button", bad))
        },
    }
