"""The trainer of low-rank changes. Loads torch only when a model is put on the bench."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.adapters.work_folder import work_folder
from knowledge.training import Bench


class LowRankTrainer:
    """Implements `Trainer`; `folder` is where the temporary states may lie."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def open(self, model: Path, rank: int) -> Iterator[Bench]:
        """Load a Sentence-Transformers folder."""
        from knowledge.adapters.low_rank_bench import LowRankBench
        from knowledge.adapters.low_rank_layers import UpperLayers
        from knowledge.adapters.token_states import TokenStates
        from knowledge.adapters.trainable_model import load_trainable

        trainable = load_trainable(model)
        with work_folder(self._folder, ".training-") as work:
            states = TokenStates(trainable, work)
            yield LowRankBench(trainable, states, UpperLayers(trainable, states, rank))
