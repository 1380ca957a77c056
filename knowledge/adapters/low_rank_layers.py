"""Low-rank adapters (Hu and others, LoRA, 2021) in the upper layers, and vectors through them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from knowledge.adapters.low_rank_delta import Delta
from knowledge.adapters.token_states import TokenStates, fast_products, through
from knowledge.adapters.trainable_model import TrainableModel, matrices
from knowledge.embedder import Vectors

#: The change is `_GAIN · B @ A`, as in LoRA with alpha = 2 · rank: with 1 the learning rate would have to double.
_GAIN = 2.0


class LowRankLinear(torch.nn.Module):
    """A frozen linear layer plus `strength · gain · B @ A`; B starts at zero, so nothing changes before training."""

    def __init__(self, linear: torch.nn.Linear, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        self.linear = linear
        start = torch.randn(rank, linear.in_features, generator=generator) / math.sqrt(linear.in_features)
        self.a = torch.nn.Parameter(start)
        self.b = torch.nn.Parameter(torch.zeros(linear.out_features, rank))
        self.strength = 1.0

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return (…, out) for (…, in)."""
        out: torch.Tensor = self.linear(states)
        if self.strength == 0:
            return out
        return out + (states @ self.a.T.to(states.dtype)) @ self.b.T.to(states.dtype) * (self.strength * _GAIN)


class UpperLayers:
    """The trainable half of a model, with adapters in it."""

    def __init__(self, model: TrainableModel, states: TokenStates, rank: int) -> None:
        self._states = states
        self._layers = model.layers[model.frozen :]
        self._adapters: dict[str, LowRankLinear] = {}
        self._rank = rank
        generator = torch.Generator().manual_seed(0)
        for name, linear, put in list(matrices(model)):
            self._adapters[name] = LowRankLinear(linear, rank, generator)
            put(self._adapters[name])

    def begin(self, seed: int) -> list[torch.nn.Parameter]:
        """Forget what was learnt and return what can be: the same start for the same seed."""
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for adapter in self._adapters.values():
                adapter.a.copy_(torch.randn(adapter.a.shape, generator=generator) / math.sqrt(adapter.a.shape[1]))
                adapter.b.zero_()
                adapter.strength = 1.0
        return [parameter for adapter in self._adapters.values() for parameter in (adapter.a, adapter.b)]

    def set_strength(self, strength: float) -> None:
        """Apply this share of the change from now on."""
        for adapter in self._adapters.values():
            adapter.strength = strength

    def delta(self) -> Delta:
        """Return the change at strength 1, rounded to the half precision in which it is stored."""
        pairs = {name: (adapter.a, adapter.b * _GAIN) for name, adapter in self._adapters.items()}
        return {
            name: (
                a.detach().numpy().astype(np.float16).astype(np.float32),
                b.detach().numpy().astype(np.float16).astype(np.float32),
            )
            for name, (a, b) in pairs.items()
        }

    def vectors(self, rows: Sequence[int]) -> torch.Tensor:
        """Return (n, width), L2-normalised: the mean over the tokens of each row."""
        states, mask = self._tokens(rows)
        return _unit((states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True))

    def with_sentences(self, rows: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return vectors of rows (n, width), of all their sentences (m, width), and whose each sentence is (m,)."""
        states, mask = self._tokens(rows)
        whole = _unit((states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True))
        tokens, longest = states.reshape(-1, states.shape[2]), states.shape[1]
        places: list[int] = []
        sentences: list[int] = []
        owners: list[int] = []
        for place, row in enumerate(rows):
            for start, end in self._states.sentences(row):
                places.extend(range(place * longest + start, place * longest + end))
                sentences.extend([len(owners)] * (end - start))
                owners.append(place)
        sums = torch.zeros(len(owners), states.shape[2])
        # The mean and the sum point the same way, and only the direction counts.
        sums = sums.index_add(0, torch.tensor(sentences), tokens.index_select(0, torch.tensor(places)))
        return whole, _unit(sums), torch.tensor(owners)

    def all_vectors(self, rows: Sequence[int]) -> Vectors:
        """Return (n, width) without gradients, any number of rows."""
        found = np.zeros((len(rows), self._width), np.float32)
        with torch.no_grad():
            for batch in self._states.batches(rows):
                found[batch] = self.vectors([rows[place] for place in batch]).numpy()
        return found

    @property
    def _width(self) -> int:
        return next(iter(self._adapters.values())).a.shape[1]

    def _tokens(self, rows: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        states, mask = self._states.padded(rows)
        with fast_products():
            return through(self._layers, states, mask).float(), mask


def best_sentence(questions: torch.Tensor, sentences: torch.Tensor, owners: torch.Tensor, count: int) -> torch.Tensor:
    """Return (questions, count): the cosine of each question and the nearest sentence of each of `count` texts."""
    near = questions @ sentences.T
    lowest = torch.full((len(questions), count), -1.0)
    return lowest.scatter_reduce(1, owners[None, :].expand(len(questions), -1), near, "amax", include_self=False)


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(vectors, dim=1)
