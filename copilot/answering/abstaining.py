"""What a person reads when there is no answer: the reason, and what to do next."""

from __future__ import annotations

from copilot.answering.answer import AbstentionReason
from copilot.answering.inert import inert
from copilot.answering.question import Language
from copilot.answering.smalltalk import is_greeting
from knowledge.passage import Passage

_TEXTS: dict[AbstentionReason, dict[Language, str]] = {
    AbstentionReason.OUT_OF_SCOPE: {
        "zh": "这个问题不在知识库的范围内。可以问我打法、案例、话术和客户经营方面的问题。",
        "en": "This is outside what the knowledge covers. Ask me about playbooks, cases, scripts and accounts.",
    },
    AbstentionReason.NOT_IN_KNOWLEDGE: {
        "zh": "知识库里没有找到能回答这个问题的内容。换个说法再问一次,或请负责的同事补充。",
        "en": "Nothing in the knowledge answers this. Ask in other words, or ask the owner to add it.",
    },
    AbstentionReason.NO_PERMISSION: {
        "zh": "有相关内容,但你没有查看权限。请联系管理员,由管理员把你加入可以查看的小组。",
        "en": "There is something on this, but you may not see it. Ask an admin to put you into a group that may.",
    },
    AbstentionReason.RETRIEVAL_FAILED: {
        "zh": "检索暂时不可用,所以没有回答。请稍后再问。",
        "en": "Search is not available right now, so there is no answer. Please ask again shortly.",
    },
}
_CLOSEST: dict[Language, str] = {
    "zh": "最接近的是《{title}》,但它没有直接回答。",
    "en": "The closest is “{title}”, which does not answer it.",
}

_HELLO: dict[Language, str] = {
    "zh": "你好!可以问我打法、案例、话术和客户经营方面的问题,答案会注明出处。",
    "en": "Hello! Ask me about playbooks, cases, scripts and accounts; answers name their sources.",
}
_WELCOME: dict[Language, str] = {
    "zh": "不客气,有问题随时问我。",
    "en": "You are welcome. Ask me any time.",
}


def explain_smalltalk(text: str, language: Language) -> str:
    """Return the greeting, or a reply to thanks and farewells."""
    return (_HELLO if is_greeting(text) else _WELCOME)[language]


def explain_abstention(reason: AbstentionReason, language: Language, passages: list[Passage]) -> str:
    """Return the text in the language asked; a gap names the closest document, still as an abstention."""
    text = _TEXTS[reason][language]
    if reason is AbstentionReason.NOT_IN_KNOWLEDGE and passages:
        closest = passages[0]
        title = (closest.metadata.title_en if language == "en" else None) or closest.title
        text += (" " if language == "en" else "") + _CLOSEST[language].format(title=inert(title))
    return text
