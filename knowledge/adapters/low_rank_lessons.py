"""Sections and their questions, cut into batches; rows are those of `TokenStates`, so equal texts are equal rows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.training import Recipe


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Sections to tell apart: question i is answered by section `answers[i]` of `shown`."""

    shown: Sequence[int]  #: rows
    questions: Sequence[int]  #: rows
    answers: Sequence[int]  #: positions in `shown`
    also_right: npt.NDArray[np.bool_]  #: (questions, shown): answers it too, so it is no counter-example


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """All there is to learn."""

    placed: Mapping[int, int]  #: section → row with title and headings
    bare: Mapping[int, int]  #: section → row of the text alone
    questions: Mapping[int, Sequence[int]]  #: section → rows of its questions
    right: Mapping[int, frozenset[int] | set[int]]  #: row of a question → rows (with titles) that answer it

    def batches(self, recipe: Recipe) -> Iterator[Batch]:
        """Yield the batches of all epochs: other partners and other questions each time, the same for the same seed."""
        chance = random.Random(recipe.seed)  # noqa: S311  # no secret hangs on it
        order = sorted(self.questions)
        left = recipe.steps(len(order))
        for _ in range(recipe.epochs):
            chance.shuffle(order)
            for start in range(0, len(order) - 1, recipe.batch):  # a last section alone could teach nothing
                if left == 0:
                    return
                left -= 1
                yield self._batch(order[start : start + recipe.batch], recipe, chance)

    def _batch(self, sections: Sequence[int], recipe: Recipe, chance: random.Random) -> Batch:
        shown = [(self.bare if chance.random() < recipe.bare_share else self.placed)[section] for section in sections]
        questions: list[int] = []
        answers: list[int] = []
        for place, section in enumerate(sections):
            known = self.questions[section]
            picked = chance.sample(known, min(recipe.questions, len(known)))
            questions.extend(picked)
            answers.extend([place] * len(picked))
        rows = [self.placed[section] for section in sections]
        also_right = np.array(
            [
                [row in self.right[question] or row == rows[answer] for row in rows]
                for question, answer in zip(questions, answers, strict=True)
            ]
        )
        also_right[np.arange(len(answers)), answers] = False
        return Batch(shown=shown, questions=questions, answers=answers, also_right=also_right)


def pace(step: int, total: int, warm_up: float = 0.1) -> float:
    """Return the share of the learning rate: rising over the first part of all steps, then falling to zero."""
    return min(1.0, (step + 1) / max(1.0, total * warm_up)) * max(0.0, 1 - step / total)
