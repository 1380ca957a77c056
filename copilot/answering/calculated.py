"""A question with figures → the computed answer, with its formula and a quote of the rule it follows.

Where the rule cannot be quoted to this reader, nothing is computed: the question is answered like any other.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from pathlib import PurePosixPath

from copilot.accounts.economics.calculator import Calculator, Inputs, Result
from copilot.accounts.economics.registry import calculator_named, run
from copilot.answering.answer import Answer, Choice, Clarification, Composition, GroundedSentence, Outcome, Reply
from copilot.answering.calculating import Calculation, asked_calculation
from copilot.answering.composer import explain
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.inert import inert
from copilot.answering.intent import Intent
from copilot.answering.question import Language, Question
from copilot.errors import InvalidInput
from knowledge.errors import IndexUnavailable
from knowledge.passage import Citation, Passage, cite
from knowledge.query import Query
from knowledge.retriever import Retriever
from knowledge.text import sentence_spans

COMPOSER = "calculator"
_RULE_PASSAGES = 10
_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "worked": "算式:{worked}",
        "rule": "规则:{quote} [1]",
        "note": "由计算器 {name} 算出;数字来自提问和公式,[1] 是规则的出处。",
        "missing": "还缺:{missing}。补上就能算。",
        "open": "打开计算器",
    },
    "en": {
        "worked": "Worked: {worked}",
        "rule": "Rule: {quote} [1]",
        "note": "Computed by the calculator {name}: its figures are yours and the formula's, [1] states the rule.",
        "missing": "Still needed: {missing}. With it this can be computed.",
        "open": "Open calculator",
    },
}

_log = logging.getLogger(__name__)


class CalculatedAnswers:
    """Answers the questions that a calculator decides."""

    def __init__(self, *, retriever: Retriever, evidence: EvidenceFinder) -> None:
        self._retriever = retriever
        self._evidence = evidence

    def reply(self, reply: Reply) -> Outcome | None:
        """Return the computed answer or what is missing for it; None for every other question."""
        asked = asked_calculation(reply.question.text)
        if asked is None:
            return None
        calculator = calculator_named(asked.name)
        rule = self._rule(calculator, reply.question)
        if rule is None:
            return None
        reply = replace(reply, intent=Intent.CALCULATOR, choices=_choices(asked, reply.question.language))
        try:
            inputs, result = run(calculator, asked.given)
        except InvalidInput as error:
            return _asked_back(reply, calculator, asked, error)
        return Answer(
            **vars(reply), composition=_composition(calculator, inputs, result, rule, reply.question.language)
        )

    def _rule(self, calculator: Calculator, question: Question) -> Citation | None:
        """Return the quote that states the rule, if this reader may see it."""
        try:
            found = self._retriever.retrieve(Query(text=calculator.asked, reader=question.reader, limit=_RULE_PASSAGES))
        except IndexUnavailable as error:
            _log.warning("the rule of %s was not looked up: %s", calculator.name, error.message)
            return None
        passages = [one for one in found if PurePosixPath(one.source).stem == calculator.playbook]
        stated = (_stated(calculator.says, passage) for passage in passages if calculator.says)
        quote = next(filter(None, stated), None)
        if quote is not None:
            return quote
        asked = replace(question, text=calculator.asked, reply_language=None)
        return next(iter(self._evidence.find(asked, passages)), None)


def _stated(says: str, passage: Passage) -> Citation | None:
    """Quote the first run of sentences that state the rule."""
    spans = list(sentence_spans(passage.text))
    states = [re.search(says, passage.text[start:end]) is not None for start, end in spans]
    if True not in states:
        return None
    first = last = states.index(True)
    while last + 1 < len(states) and states[last + 1]:
        last += 1
    return cite(1, passage, spans[first][0], spans[last][1])


def _composition(
    calculator: Calculator, inputs: Inputs, result: Result, rule: Citation, language: Language
) -> Composition:
    words = _WORDS[language]
    verdict = result.verdict.told(language)
    worked = words["worked"].format(worked=result.worked)
    further = [one.told(language) for one in (*result.change, *inputs.notes, *result.notes)]
    quote = " ".join(inert(rule.quote).split())
    text = "\n\n".join([verdict, worked, "\n".join(f"- {line}" for line in further), words["rule"].format(quote=quote)])
    computed = [
        # The rule bears the formula out, but its figures are computed and stand in no quote.
        GroundedSentence(text=one, status="partly", citations=(rule.number,))
        for one in (verdict, worked, *(one.told(language) for one in result.change))
    ]
    return Composition(
        text=text,
        explanation=explain(language, [rule], words["note"].format(name=calculator.name)),
        citations=[rule],
        grounding=[*computed, GroundedSentence(text=quote, status="grounded", citations=(rule.number,))],
        composer=COMPOSER,
    )


def _asked_back(reply: Reply, calculator: Calculator, asked: Calculation, error: InvalidInput) -> Clarification | None:
    """Ask for what is missing, or say what cannot be used; in a batch nobody is there to ask."""
    if not reply.question.may_clarify:
        return None
    language = reply.question.language
    missing = [one for one in calculator.inputs if one.required and one.name not in asked.given]
    if not missing:
        return Clarification(**vars(reply), explanation=error.message)
    named = ("、" if language == "zh" else ", ").join(one.title.told(language) for one in missing)
    return Clarification(**vars(reply), explanation=_WORDS[language]["missing"].format(missing=named))


def _choices(asked: Calculation, language: Language) -> tuple[Choice, ...]:
    payload = {"name": asked.name} | dict(asked.given)
    return (Choice(label=_WORDS[language]["open"], action="open_calculator", payload=payload),)
