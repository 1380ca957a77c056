"""A restored copilot is asked what the backed-up one was asked, and has to find the same passages."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.backup.manifest import AskedQuestion
from copilot.backup.sources import Asker

QUESTIONS = 20
#: Passages that are remembered of a question, and how far down each may stand afterwards: an index that is built anew
#: orders what is equally near otherwise, and an approximate search passes one over now and then.
REMEMBERED, WITHIN = 5, 10
#: Part of the remembered passages that has to come back for a question, and of the questions for all together.
SAME, ENOUGH = 0.8, 0.9
_SEED = 48


@dataclass(frozen=True, kw_only=True)
class Comeback:
    """What became of a question."""

    question: str
    expected: int
    found: int

    @property
    def same(self) -> bool:
        """Whether it finds what it found."""
        return self.found >= SAME * self.expected


def chosen(kept: Sequence[str], written: Mapping[str, Sequence[str]]) -> list[str]:
    """Pick questions: those that people asked first, then written ones, each of another document."""
    chance = random.Random(_SEED)  # noqa: S311  # a sample, no secret
    documents = sorted(written)
    chance.shuffle(documents)
    picked = [*kept, *(chance.choice(written[document]) for document in documents if written[document])]
    return list(dict.fromkeys(question for question in picked if question.strip()))[:QUESTIONS]


def remembered(questions: Sequence[str], asker: Asker, entries: Sequence[str]) -> list[AskedQuestion]:
    """Ask now, and remember of each question the first passages that the copied rows have too."""
    known, found = frozenset(entries), []
    for question in questions:
        passages = [name for name in asker.passages(question, WITHIN) if name in known]
        if passages:
            found.append(AskedQuestion(text=question, passages=passages[:REMEMBERED]))
    return found


def come_back(questions: Sequence[AskedQuestion], asker: Asker) -> list[Comeback]:
    """Ask again and compare."""
    return [
        Comeback(
            question=one.text,
            expected=len(one.passages),
            found=len({*one.passages} & {*asker.passages(one.text, WITHIN)}),
        )
        for one in questions
    ]


def enough(comebacks: Sequence[Comeback]) -> bool:
    """Tell whether what was restored is what was backed up."""
    return sum(one.same for one in comebacks) >= ENOUGH * len(comebacks)
