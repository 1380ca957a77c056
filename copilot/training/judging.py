"""A model on the bench against the one in use, from the strongest change to the weakest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from copilot.training.gate import compare, decide
from copilot.training.report import Trial
from knowledge.training import Bench, JudgedSet, Recipe, StageListener

#: Shares of the learnt change, tried in this order: the most that harms nothing is wanted.
STRENGTHS = (1.0, 0.8, 0.6, 0.3)


def ranks(
    bench: Bench, judged: Sequence[JudgedSet], strength: float, listen: StageListener, watch: Watch
) -> list[list[int]]:
    """Judge one strength on all sets."""
    with watch("judging"):
        return [bench.ranks(one, strength, listen) for one in judged]


def trials_of(
    bench: Bench,
    judged: Sequence[JudgedSet],
    before: Sequence[Sequence[int]],
    recipe: Recipe,
    listen: StageListener,
    watch: Watch,
) -> Iterator[Trial]:
    """Yield trials up to the first that is accepted."""
    for strength in STRENGTHS:
        after = ranks(bench, judged, strength, listen, watch)
        team, *others = [
            compare(one.name, a, b, seed=recipe.seed) for one, a, b in zip(judged, before, after, strict=True)
        ]
        decision = decide(team, others)
        yield Trial(
            strength=strength,
            team=team,
            guards=tuple(others),
            accepted=decision.accepted,
            reasons=decision.reasons,
        )
        if decision.accepted:
            return


class Watch:
    """Adds up the seconds of stages."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started = clock()
        self._spent: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Add the time until the block ends."""
        begun = self._clock()
        yield
        self._spent[stage] = self._spent.get(stage, 0.0) + self._clock() - begun

    def seconds(self) -> dict[str, float]:
        """Return the seconds of each stage so far, and `total`."""
        return {name: round(value, 1) for name, value in self._spent.items()} | {
            "total": round(self._clock() - self._started, 1)
        }
