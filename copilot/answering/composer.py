"""Evidence → worded answer. Without a chat model the evidence itself is the answer: never silent, never invented."""

from __future__ import annotations

import re

from copilot.answering.answer import Composition, GroundedSentence
from copilot.answering.inert import inert
from copilot.answering.question import Language, Question
from knowledge.passage import Citation
from knowledge.text import is_chinese

EXTRACTIVE = "extractive"
_LIST_MARK = re.compile(r"^\s*(?:[-*+•>]|\d{1,2}[.)、](?!\d))\s+", re.MULTILINE)


def compose_extract(question: Question, citations: list[Citation], note: str | None = None) -> Composition:
    """Quote the evidence, best first; the explanation says where it stands. `note` is put in front of it."""
    first, *others = citations
    lines = [f"- {_one_line(citation.quote)} [{citation.number}]" for citation in others]
    text = "\n\n".join([f"{_as_list(inert(first.quote))} [{first.number}]", *lines])
    return Composition(
        text=text,
        explanation=explain(question.language, citations, note),
        citations=citations,
        grounding=[
            GroundedSentence(text=_one_line(citation.quote), status="grounded", citations=(citation.number,))
            for citation in citations
        ],
        composer=EXTRACTIVE,
    )


def explain(language: Language, citations: list[Citation], note: str | None = None) -> str:
    """Say where each citation stands, in the language asked."""
    parts = [note] if note else []
    places = [f"[{citation.number}] {_place(citation, language)}" for citation in citations]
    parts.append(("依据:" if language == "zh" else "Based on: ") + ("；" if language == "zh" else "; ").join(places))
    if language == "en" and any(is_chinese(citation.quote) for citation in citations):
        parts.append("The source is written in Chinese and quoted as it stands.")
    return "\n".join(parts)


def _place(citation: Citation, language: Language) -> str:
    passage = citation.passage
    title = (passage.metadata.title_en if language == "en" else None) or passage.title
    headings = [heading for heading in citation.heading_path if heading != title]
    title = " ".join(inert(title).split())
    return " › ".join([f"《{title}》" if language == "zh" else f"“{title}”", *(inert(h) for h in headings[-2:])])


def _as_list(quote: str) -> str:
    """Keep the lines of a list as lines, so that steps stay steps; join all others."""
    text = ""
    for line in filter(None, (" ".join(line.split()) for line in quote.split("\n"))):
        text += ("\n" if text and _LIST_MARK.match(line) else " " if text else "") + line
    return text


def _one_line(quote: str) -> str:
    """Join the lines of a quote, without the marks of a list; the quote itself stays as it stands."""
    return inert(" ".join(_LIST_MARK.sub("", quote).split()))
