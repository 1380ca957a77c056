"""Before and after → what the change does to a question."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from copilot.curating.changes.asked import Asked
from copilot.curating.changes.seen import Quoted, Seen
from knowledge.passage import Passage

#: Evidence further down is as good as lost (hit@5, DESIGN §5).
FIRST = 5

#: Tells whether one of these passages says what a quote said, in these or other words.
SaysIt = Callable[[str, Sequence[Passage]], bool]


class Verdict(StrEnum):
    """What the change does to a question."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"  #: other citations or other words
    BROKEN = "broken"  #: it had its answer and has it no more
    MENDED = "mended"  #: it had none and has one now


class Why(StrEnum):
    """Why a question is broken; the first that holds is told."""

    NO_ANSWER = "no_answer"  #: it is not answered any more
    EVIDENCE_LOST = "evidence_lost"  #: what the answer has to rest on is not among the first five passages
    QUOTE_GONE = "quote_gone"  #: the words it was answered with are gone, and no passage says as much


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A verdict; `why` only with a broken one."""

    verdict: Verdict
    why: Why | None = None


def reworded(asked: Asked, after: Seen, edited: Collection[str], says_it: SaysIt) -> Seen:
    """Count evidence as found where an edited document says the expected words in others.

    Only words that may stand anywhere are looked for so: a section is known by its headings.
    """
    if after.rank is not None and after.rank <= FIRST:
        return after
    quotes = [one.quote for one in asked.expected if one.quote is not None and one.document_id is None]
    for rank, passage in enumerate(after.passages[:FIRST], start=1):
        if passage.chunk.document_id in edited and any(says_it(quote, [passage]) for quote in quotes):
            return replace(after, rank=rank)
    return after


def judge(asked: Asked, before: Seen, after: Seen, edited: Collection[str], says_it: SaysIt) -> Judged:
    """Hold both replies against what is known of the answer; `edited` are the ids of the changed documents.

    A question that nothing answers rightly can change, but neither break nor be mended.
    """
    if asked.answerable:
        right, wrong = _fault(asked, before) is None, _fault(asked, after)
        if right:
            why = wrong or (Why.QUOTE_GONE if _quote_gone(before, after, edited, says_it) else None)
            if why is not None:
                return Judged(verdict=Verdict.BROKEN, why=why)
        elif wrong is None:
            return Judged(verdict=Verdict.MENDED)
    return Judged(verdict=Verdict.UNCHANGED if _compared(before) == _compared(after) else Verdict.CHANGED)


def _fault(asked: Asked, seen: Seen) -> Why | None:
    if not seen.answered:
        return Why.NO_ANSWER
    if asked.expected and (seen.rank is None or seen.rank > FIRST):
        return Why.EVIDENCE_LOST
    return None


def _quote_gone(before: Seen, after: Seen, edited: Collection[str], says_it: SaysIt) -> bool:
    """Look for the words that stood first in the answer; those behind them only add to it."""
    first = next((quoted for quoted in before.quotes if quoted.evidence), None)
    if first is None or first.document_id not in edited or _same(first) in map(_same, after.quotes):
        return False
    return not says_it(first.quote, after.passages)


def _same(quoted: Quoted) -> tuple[str, str]:
    return quoted.document_id, quoted.quote


def _compared(seen: Seen) -> tuple[object, ...]:
    return seen.status, seen.answer, tuple(map(_same, seen.quotes))
