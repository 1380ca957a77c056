"""The replies that answer nothing: a question back, and an abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from copilot.answering.abstaining import explain_abstention, explain_smalltalk
from copilot.answering.answer import Abstention, AbstentionReason, Clarification, Outcome, Reply
from copilot.answering.choices import openers, shortcuts, sides_to_choose
from copilot.answering.clarifying import Fork
from copilot.answering.intent import Intent
from copilot.answering.question import Language
from knowledge.document import Audience

_VERIFIED_ONLY: dict[Language, str] = {
    "zh": "只查找了已核实的文档。",
    "en": " Only verified documents were looked at.",
}
_ASK_BACK: dict[Language, str] = {
    "zh": "答案因{fact}而不同。请选择:{sides}。",
    "en": "The answer differs by {fact}. Please choose: {sides}.",
}


def clarification(reply: Reply, fork: Fork) -> Clarification:
    """Ask for the fact; every side found is a choice."""
    language = reply.question.language
    choices = sides_to_choose(fork, reply.standalone_question, language)
    sides = ("、" if language == "zh" else ", ").join(choice.label for choice in choices)
    return Clarification(
        **vars(reply) | {"choices": choices},
        explanation=_ASK_BACK[language].format(fact=fork.name(language), sides=sides),
    )


def withheld(outcome: Outcome) -> Abstention:
    """Take back a reply whose sources its reader may no longer see, with everything that came from them."""
    customer = outcome.question.reader.audience is Audience.CUSTOMER
    common = {name: getattr(outcome, name) for name in (one.name for one in fields(Reply))}
    reply = Reply(**common | {"passages": [], "choices": [], "confidence": 0.0})
    return abstention(reply, [AbstentionReason.NOT_IN_KNOWLEDGE if customer else AbstentionReason.NO_PERMISSION])


def abstention(reply: Reply, reasons: Sequence[AbstentionReason | None]) -> Abstention:
    """Say why; of several parts' reasons the one that people can do something about."""
    order = list(AbstentionReason)
    reason = min((one or AbstentionReason.NOT_IN_KNOWLEDGE for one in reasons), key=order.index)
    language = reply.question.language
    choices = shortcuts(reply.intent, language)
    if reason is AbstentionReason.OUT_OF_SCOPE:
        customer = reply.question.reader.audience is Audience.CUSTOMER
        choices = choices or (() if customer else openers(language))  # they are questions of our own people
    if reply.intent is Intent.SMALLTALK:
        explanation = explain_smalltalk(reply.question.text, language)
    else:
        explanation = explain_abstention(reason, language, list(reply.passages))
        if reply.question.reader.verified_on is not None:
            explanation += _VERIFIED_ONLY[language]
    return Abstention(**vars(reply) | {"choices": choices}, reason=reason, explanation=explanation)
