"""How sure is it that the passages answer the question? A logistic score over a few signals (decisions/0008).

Topic alone is no answer: near-misses hold the subject and not the fact asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.answering.answer import AbstentionReason
from copilot.answering.asked_fact import asked_fact, asked_subjects
from copilot.answering.calibration import Calibration
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.question import Question
from copilot.answering.relevance import Relevance, Standing
from copilot.answering.scaffolding import subject_text
from knowledge.passage import Citation, Passage
from knowledge.text import fold, is_chinese, terms

#: Passages read for names and subjects.
_READ = 5
#: Quotes that may hold the asked-for fact; further ones are read for completeness.
_QUOTES = 3
#: Share of the terms of a question's subject that the best passage holds, where words alone were searched.
_ENOUGH_WORDS = 0.6
_ALL_WORDS = 0.9  #: where the fact asked for does not show in the quotes
_NAME_IN_CHINESE = re.compile(r"[a-z][a-z0-9.+-]+|\d+")
_NAME_IN_ENGLISH = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z0-9]+|\d+")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """`reason` says why not to answer; None where an answer may be tried. `confidence` is a probability."""

    confidence: float
    reason: AbstentionReason | None


class Answerability:
    """Judges from the passages of a question whether to answer it."""

    def __init__(self, *, relevance: Relevance, evidence: EvidenceFinder, calibration: Calibration) -> None:
        self._relevance = relevance
        self._evidence = evidence
        self.calibration = calibration

    def judge(self, question: Question, passages: list[Passage]) -> Judgement:
        """Tell subjects the knowledge does not cover from facts it does not hold."""
        if not passages:
            return Judgement(confidence=0.0, reason=AbstentionReason.NOT_IN_KNOWLEDGE)
        if question.by_words:
            return self._judge_words(question, passages)
        standing = self._relevance.standing(question, passages)
        seen = self._signals(question, passages, standing)
        confidence = self.calibration.confidence(seen, with_questions=standing.question is not None)
        if max(standing.chunk, standing.question or standing.chunk) < self.calibration.other_subject:
            return Judgement(confidence=confidence, reason=AbstentionReason.OUT_OF_SCOPE)
        enough = confidence >= self.calibration.threshold
        return Judgement(confidence=confidence, reason=None if enough else AbstentionReason.NOT_IN_KNOWLEDGE)

    def _judge_words(self, question: Question, passages: list[Passage]) -> Judgement:
        """Judge without any nearness: by how much of the subject stands in the best passage, and what is asked for."""
        best = passages[0]
        asked = set(terms(subject_text(fold(question.text))))
        # Taking the scaffolding away cuts words too, 试用 to 试: what is left is looked for within words.
        text = fold(f"{best.title} {best.text}")
        share = sum(term in text for term in asked) / len(asked) if asked else 0.0
        # The words of a written question need not stand in the passage that answers it.
        wanted = _ENOUGH_WORDS / 2 if "question" in best.found_by else _ENOUGH_WORDS
        seen = self._signals(question, passages, Standing(chunk=0.0, question=None))
        if seen["fact_missing"]:
            wanted = _ALL_WORDS
        enough = share >= wanted and not seen["names_missing"] and not seen["subject_missing"]
        return Judgement(confidence=share / 2, reason=None if enough else AbstentionReason.NOT_IN_KNOWLEDGE)

    def signals(self, question: Question, passages: list[Passage]) -> tuple[dict[str, float], bool]:
        """Return the signals of a question with passages, and whether written questions were among them."""
        standing = self._relevance.standing(question, passages)
        return self._signals(question, passages, standing), standing.question is not None

    def _signals(self, question: Question, passages: list[Passage], standing: Standing) -> dict[str, float]:
        return signals(question, passages, self._evidence.find(question, passages), standing)


def signals(
    question: Question, passages: Sequence[Passage], citations: Sequence[Citation], standing: Standing
) -> dict[str, float]:
    """Return every one of `SIGNALS`; `passages` best first, not empty; `citations` what would be quoted."""
    read = passages[:_READ]
    text = fold(" ".join(f"{passage.title} {passage.text}" for passage in read))
    fact = asked_fact(question.text)
    quotes = " ".join(citation.quote for citation in citations[:_QUOTES])
    return {
        "near": standing.chunk,
        "asked_before": standing.question or 0.0,
        "names_missing": float(sum(name not in text for name in _names(question.text))),
        "fact_missing": float(fact is not None and not fact.stands_in(quotes, same_language=_same(question, quotes))),
        "subject_missing": float(_subject_missing(question, text)),
    }


def _names(question: str) -> set[str]:
    if is_chinese(question):
        return set(_NAME_IN_CHINESE.findall(fold(question)))
    return {fold(name) for name in _NAME_IN_ENGLISH.findall(question)}


def _same(question: Question, text: str) -> bool:
    return is_chinese(text) == is_chinese(question.text)


def _subject_missing(question: Question, text: str) -> bool:
    subjects = asked_subjects(question.text)
    return bool(subjects) and _same(question, text) and not any(subject in text for subject in subjects)
