"""Does a cited passage bear a sentence out? The plain test: its figures and most of its words stand there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.answering.answer import GroundedSentence
from copilot.answering.reading import read_claims
from knowledge.passage import Passage
from knowledge.text import fold, is_chinese, terms

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*%?")
#: Share of a sentence's own words that its passages must hold, where both are in one language.
_WORDS = 0.3
#: Words that stand in any English text and so bear nothing out.
_COMMON = frozenset(
    [
        *("a", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "do", "does", "for", "from", "had"),
        *("has", "have", "how", "i", "if", "in", "into", "is", "it", "its", "may", "me", "more", "my", "no", "not"),
        *("of", "on", "or", "our", "out", "should", "so", "than", "that", "the", "their", "them", "then", "there"),
        *("these", "they", "this", "to", "up", "was", "we", "were", "what", "when", "which", "who", "will", "with"),
        *("would", "you", "your"),
    ]
)


def figures(text: str) -> set[str]:
    """Return the numbers, percentages and dates of a text, in the form used for comparing."""
    return set(_FIGURE.findall(fold(text)))


def supported(sentences: Sequence[GroundedSentence], passages: Sequence[Passage]) -> list[GroundedSentence]:
    """Keep the sentences whose known citations bear them out; unknown numbers are left out."""
    kept = []
    for sentence in sentences:
        known = tuple(n for n in dict.fromkeys(sentence.citations) if 1 <= n <= len(passages))
        evidence = "\n".join(passages[n - 1].text for n in known)
        if known and figures(sentence.text) <= figures(evidence) and _shares_words(sentence.text, evidence):
            kept.append(GroundedSentence(text=sentence.text, status="grounded", citations=known))
    return kept


def supported_sentences(text: str, passages: Sequence[Passage]) -> list[GroundedSentence]:
    """Read a model's whole text and keep what its citations bear out."""
    return supported(
        [GroundedSentence(text=c.text, status="ungrounded", citations=c.passages) for c in read_claims(text)], passages
    )


def _shares_words(sentence: str, evidence: str) -> bool:
    said = set(terms(sentence)) - _COMMON
    shared = said & set(terms(evidence))
    # Between two languages only names and figures are spelled alike: one of them has to tie the sentence down.
    least = _WORDS * len(said) if is_chinese(sentence) == is_chinese(evidence) else 1
    return bool(said) and len(shared) >= least
