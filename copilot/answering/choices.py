"""What a person can pick instead of typing. A surface shows the actions it can carry out and leaves the others out."""

from __future__ import annotations

from copilot.answering.answer import Choice
from copilot.answering.clarifying import Fork
from copilot.answering.intent import Intent
from copilot.answering.question import Language

#: Ask `payload["question"]` in the same conversation.
ASK = "ask"

_SHORTCUTS: dict[Intent, tuple[str, dict[str, str], dict[Language, str]]] = {
    Intent.CALCULATOR: ("open_calculator", {}, {"zh": "打开计算器", "en": "Open calculator"}),
    Intent.PLAN: ("create_draft", {"kind": "success_plan"}, {"zh": "起草成功计划", "en": "Draft success plan"}),
    Intent.NEXT_ACTION: ("show_advice", {}, {"zh": "看这个客户的下一步建议", "en": "Show next best actions"}),
    Intent.CASE: ("match_cases", {}, {"zh": "按行业找案例", "en": "Find cases by industry"}),
}
_OPENERS: dict[Language, tuple[str, ...]] = {
    "zh": ("客户说太贵了怎么回?", "续约提前多久开始准备?", "新客户上线一个月还没出效果怎么办?"),
    "en": (
        "The customer says it is too expensive. What do I say?",
        "How early do we prepare a renewal?",
        "A new customer sees no result after a month. What now?",
    ),
}


def shortcuts(intent: Intent, language: Language) -> tuple[Choice, ...]:
    """Return the shortcut that an intent offers, if there is one."""
    if intent not in _SHORTCUTS:
        return ()
    action, payload, labels = _SHORTCUTS[intent]
    return (Choice(label=labels[language], action=action, payload=payload),)


def openers(language: Language) -> tuple[Choice, ...]:
    """Return questions to begin with, for those who said hello or asked for something else altogether."""
    return tuple(Choice(label=text, action=ASK, payload={"question": text}) for text in _OPENERS[language])


def sides_to_choose(fork: Fork, question: str, language: Language) -> tuple[Choice, ...]:
    """Return one choice per side; its question names the side, so that it is answered without asking back."""
    asked = question.strip()
    return tuple(
        Choice(label=label, action=ASK, payload={"question": f"{asked}({label})"})
        for label in (side.label(language) for side in fork.sides)
    )
