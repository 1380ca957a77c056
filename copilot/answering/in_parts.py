"""A question in several parts → one answer, each part with its own evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from copilot.answering.answer import Composition
from copilot.answering.composer import compose_extract, explain
from copilot.answering.inert import inert
from copilot.answering.merging import numbered
from copilot.answering.question import Language, Question
from knowledge.passage import Citation

#: Quotes per part, so that two parts are still an answer at a glance.
_QUOTES = 2
_END = "?？。.;；"

_UNCOVERED: dict[Language, str] = {
    "zh": "知识库里没有找到能回答这一部分的内容:{parts}",
    "en": "Nothing in the knowledge answers this part: {parts}",
}


def compose_parts(
    question: Question, parts: Sequence[tuple[str, Sequence[Citation]]], note: str | None = None
) -> Composition:
    """Quote the evidence of each part under its own question, in the order asked."""
    if len(parts) == 1:
        return compose_extract(question, list(parts[0][1]), note)
    groups = numbered([citations[:_QUOTES] for _, citations in parts])
    composed = [compose_extract(question, group) for group in groups]
    citations = [citation for group in groups for citation in group]
    return replace(
        composed[0],
        text="\n\n".join(
            f"{inert(name).rstrip(_END)}:\n\n{one.text}" for (name, _), one in zip(parts, composed, strict=True)
        ),
        explanation=explain(question.language, citations, note),
        citations=citations,
        grounding=[sentence for one in composed for sentence in one.grounding],
    )


def with_uncovered(composition: Composition, uncovered: Sequence[str], language: Language) -> Composition:
    """Say at the end which parts nothing answers."""
    if not uncovered:
        return composition
    named = ("；" if language == "zh" else "; ").join(f"“{inert(part)}”" for part in uncovered)
    return replace(composition, text=f"{composition.text}\n\n{_UNCOVERED[language].format(parts=named)}")
