"""A chat model's checked sentences → worded answer, each claim tied to a verbatim quote."""

from __future__ import annotations

from copilot.answering.answer import Composition, GroundedSentence
from copilot.answering.composer import explain
from copilot.answering.question import Question
from copilot.answering.support import figures
from knowledge.passage import Citation, Passage, cite
from knowledge.text import sentence_spans, terms


def compose_worded(
    question: Question, passages: list[Passage], sentences: list[GroundedSentence], model: str
) -> Composition:
    """Join sentences that cite passage numbers into an answer whose citations are numbered as they first appear."""
    citations: dict[int, Citation] = {}
    for sentence in sentences:
        for passage_number in sentence.citations:
            claims = [s.text for s in sentences if passage_number in s.citations]
            if passage_number not in citations:
                passage = passages[passage_number - 1]
                start, end = _quote(passage, claims)
                citations[passage_number] = cite(len(citations) + 1, passage, start, end)
    grounding = [
        GroundedSentence(text=s.text, status=s.status, citations=tuple(citations[n].number for n in s.citations))
        for s in sentences
    ]
    marked = [s.text + "".join(f" [{n}]" for n in s.citations) for s in grounding]
    quoted = list(citations.values())
    return Composition(
        text=("" if question.language == "zh" else " ").join(marked),
        explanation=explain(question.language, quoted),
        citations=quoted,
        grounding=grounding,
        composer=f"llm:{model}",
    )


def _quote(passage: Passage, claims: list[str]) -> tuple[int, int]:
    """Return the span from the first to the last sentence that best carries a claim; all, if a figure is missing."""
    spans = sentence_spans(passage.text)
    best = [max(spans, key=lambda span: _carried(passage.text[slice(*span)], claim)) for claim in claims]
    start, end = min(span[0] for span in best), max(span[1] for span in best)
    needed = set().union(*(figures(claim) for claim in claims)) & figures(passage.text)
    if needed <= figures(passage.text[start:end]):
        return start, end
    return spans[0][0], spans[-1][1]


def _carried(sentence: str, claim: str) -> float:
    claimed = set(terms(claim)) | figures(claim)
    return len(claimed & (set(terms(sentence)) | figures(sentence))) / max(1, len(claimed))
