"""A chat model's checked sentences → worded answer, each claim tied to a verbatim quote."""

from __future__ import annotations

from collections.abc import Iterable

from copilot.answering.answer import Composition, GroundedSentence
from copilot.answering.composer import explain
from copilot.answering.grounding import quote_span
from copilot.answering.question import Language, Question
from knowledge.passage import Citation, Passage, cite
from knowledge.text import sentence_spans, terms

#: Behind a sentence that its sources bear out in part only, and what is said of it in the explanation. The brackets are
#: full-width: behind [1] an ASCII one makes a link in Markdown.
_DOUBT: dict[Language, str] = {"zh": "（待核对）", "en": " (to be checked)"}
_NOTE: dict[Language, str] = {
    "zh": "标“待核对”的句子与原文不完全一致,请点开出处核对。",
    "en": "Sentences marked “to be checked” differ from their source in part; open it before relying on them.",
}


def compose_worded(
    question: Question, passages: list[Passage], sentences: list[GroundedSentence], model: str
) -> Composition:
    """Join sentences that cite passage numbers into an answer whose citations are numbered as they first appear."""
    citations: dict[int, Citation] = {}
    for sentence in sentences:
        for passage_number in sentence.citations:
            if passage_number not in citations:
                passage = passages[passage_number - 1]
                start, end = _quote(passage, [s for s in sentences if passage_number in s.citations], passage_number)
                citations[passage_number] = cite(len(citations) + 1, passage, start, end)
    grounding = [
        GroundedSentence(text=s.text, status=s.status, citations=tuple(citations[n].number for n in s.citations))
        for s in sentences
    ]
    quoted = list(citations.values())
    return Composition(
        text=between(question.language).join(marked(s, s.citations, question.language) for s in grounding),
        explanation=explain(question.language, quoted, _note(question.language, grounding)),
        citations=quoted,
        grounding=grounding,
        composer=f"llm:{model}",
    )


def marked(sentence: GroundedSentence, numbers: Iterable[int], language: Language) -> str:
    """Return a sentence as it stands in an answer: with the numbers of its citations, and its doubt if there is one."""
    doubt = _DOUBT[language] if sentence.status == "partly" else ""
    return sentence.text + "".join(f" [{n}]" for n in numbers) + doubt


def between(language: Language) -> str:
    """Return what stands between two sentences of an answer."""
    return "" if language == "zh" else " "


def _note(language: Language, grounding: list[GroundedSentence]) -> str | None:
    return _NOTE[language] if any(sentence.status == "partly" for sentence in grounding) else None


def _quote(passage: Passage, claims: list[GroundedSentence], number: int) -> tuple[int, int]:
    """Return the span from the first to the last sentence that bears out a claim, with all its figures and names."""
    spans = sentence_spans(passage.text)
    found = [dict(zip(claim.citations, claim.spans, strict=False)).get(number) for claim in claims]
    best = [
        known or max(spans, key=lambda span: _carried(passage.text[slice(*span)], claim.text))
        for known, claim in zip(found, claims, strict=True)
    ]
    start, end = min(span[0] for span in best), max(span[1] for span in best)
    return quote_span([claim.text for claim in claims], passage, start, end)


def _carried(sentence: str, claim: str) -> float:
    claimed = set(terms(claim))
    return len(claimed & set(terms(sentence))) / max(1, len(claimed))
