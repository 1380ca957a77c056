"""Material and stand-ins for the tests of training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from copilot.training.report import TrainingReport
from copilot.training.shelf import ActiveModel
from knowledge.errors import ModelUnavailable
from knowledge.training import Bench, Example, JudgedSet, Material, Recipe, Section, StageListener


def material(documents: int, questions: int) -> Material:
    """Documents of one section each, every section with so many questions of its own."""
    sections = tuple(
        Section(document=f"d{n}", origin="team", placed=f"标题 {n}\n第 {n} 段", bare=f"第 {n} 段")
        for n in range(documents)
    )
    examples = tuple(
        Example(question=f"第 {n} 段的问题 {q}", sections=(n,)) for n in range(documents) for q in range(questions)
    )
    return Material(sections=sections, examples=examples)


def quiet(stage: str, done: int, total: int) -> None:
    """Listen to nothing."""


@dataclass
class ScriptedBench:
    """Implements `Bench`: the right passage has rank `before` untrained and `after[strength]` trained."""

    before: int = 4
    after: dict[float, int] = field(default_factory=dict)
    harm: dict[float, int] = field(default_factory=dict)  #: rank in every set but the first
    fails: BaseException | None = None
    learnt: Sequence[Example] = ()
    saved: list[float] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)

    def fit(
        self, material: Material, examples: Sequence[Example], recipe: Recipe, listen: StageListener
    ) -> list[float]:
        """Remember what was to be learnt."""
        if self.fails:
            raise self.fails
        self.learnt = examples
        listen("training", 1, 1)
        return [3.0, 1.0]

    def ranks(self, judged: JudgedSet, strength: float, listen: StageListener) -> list[int]:
        """Return the scripted rank for every question."""
        self.sets.append(judged.name)
        if strength == 0:
            return [self.before] * len(judged.questions)
        script = self.after if judged.name.startswith("held-out") else self.harm
        return [script.get(strength, self.before)] * len(judged.questions)

    def save(self, models: Path, strength: float) -> str:
        """Name the model after its number."""
        self.saved.append(strength)
        return f"trained-{len(self.saved):012d}"

    def save_change(self, path: Path) -> str:
        """Write nothing."""
        return ""


@dataclass
class ScriptedTrainer:
    """Implements `Trainer`; `opened` holds what was put on the bench."""

    bench: ScriptedBench
    opened: list[Path] = field(default_factory=list)

    @contextmanager
    def open(self, model: Path, rank: int) -> Iterator[Bench]:
        """Hand the bench out."""
        self.opened.append(model)
        yield self.bench


@dataclass
class InMemoryShelf:
    """Implements `ModelShelf`; `models` holds the folders that are gone."""

    models: Path = Path("models")
    state: ActiveModel | None = None
    report: TrainingReport | None = None
    gone: set[str] = field(default_factory=set)

    def current(self) -> ActiveModel | None:
        """Return the state."""
        return self.state

    def put(self, state: ActiveModel | None) -> None:
        """Keep the state."""
        self.state = state

    def folder(self, name: str) -> Path:
        """Return a path."""
        if name in self.gone:
            raise ModelUnavailable(f"{name!r} is gone")
        return self.models / name

    def keep(self, report: TrainingReport) -> None:
        """Keep the report."""
        self.report = report

    def last(self) -> TrainingReport | None:
        """Return the report."""
        return self.report

    def tidy(self) -> None:
        """Keep everything."""
