"""Port: an embedding model that learns from written questions. And the values that go in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Section:
    """A chunk as something to learn from."""

    document: str  #: identity of its document; whole documents are held out, never parts
    origin: str
    placed: str  #: what is embedded: title and headings, then the text
    bare: str  #: the text alone, so that a model cannot lean on titles


@dataclass(frozen=True, kw_only=True)
class Example:
    """A question somebody wrote down, and the sections that may answer it: indices into `Material.sections`."""

    question: str
    sections: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Material:
    """Everything there is to learn from."""

    sections: tuple[Section, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, kw_only=True)
class JudgedSet:
    """Questions whose right passages are known: `gold[i]` holds indices into `passages`, at least one."""

    name: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    gold: tuple[frozenset[int], ...]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to train; every default was measured (copilot/decisions/0012)."""

    epochs: int = 2
    rank: int = 16
    seed: int = 1
    max_steps: int | None = None  #: an upper bound on the batches, for a trial
    learning_rate: float = 5e-4
    batch: int = 32  #: sections
    questions: int = 3  #: per section and batch, at most
    scale: float = 100.0  #: of the cosines before the softmax; a smaller one spreads them and hurts elsewhere (0012)
    sentence_share: float = 0.5  #: weight of the best sentence against the whole section
    bare_share: float = 0.4  #: how often a section is shown without its title and headings

    def steps(self, sections: int) -> int:
        """Return how many batches of all epochs hold at least two sections, within `max_steps`."""
        whole, rest = divmod(sections, self.batch)
        wanted = (whole + (rest > 1)) * self.epochs
        return wanted if self.max_steps is None else min(wanted, self.max_steps)


#: stage, done, total
StageListener = Callable[[str, int, int], None]


class Bench(Protocol):
    """A model on the bench: it can be judged, trained, judged at several strengths, and written out."""

    def fit(
        self, material: Material, examples: Sequence[Example], recipe: Recipe, listen: StageListener
    ) -> list[float]:
        """Learn the low-rank change; return the loss of every step."""
        ...

    def ranks(self, judged: JudgedSet, strength: float, listen: StageListener) -> list[int]:
        """Return the rank of the best right passage of each question, from 1, with that share of the change applied.

        Strength 0 is the model as it was loaded.
        """
        ...

    def save(self, models: Path, strength: float) -> str:
        """Write the changed model as a folder `trained-…` of `models` and return its name.

        The folder appears complete or not at all; the change alone is written beside it.
        """
        ...

    def save_change(self, path: Path) -> str:
        """Write the change alone, in half precision, and return the SHA-256 of the file."""
        ...


class Trainer(Protocol):
    """Puts models on the bench."""

    def open(self, model: Path, rank: int) -> AbstractContextManager[Bench]:
        """Load a Sentence-Transformers folder.

        Everything the bench writes meanwhile is temporary and gone at the end, or at the next start after a kill.

        Raises:
            ModelNotTrainable: it is no BERT-like model with mean pooling and one file of weights.
            NotEnoughSpace: the disk cannot hold what training needs.
        """
        ...
