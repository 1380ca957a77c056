"""Token states after the frozen layers, computed once per text and kept in a file.

Training and judging go through the upper layers many times; what is below them never changes. Half precision takes
0.8 KB per token of the packaged model; with products in bfloat16 the vectors of 24 sections keep a cosine above 0.99999
to those of full precision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from knowledge.adapters.trainable_model import TrainableModel, need_space
from knowledge.text import sentence_spans

#: Texts are cut here: 0.6 % of the sections of the shipped corpus are longer, nine of ten are below 200.
MAX_TOKENS = 256
#: Tokens of one batch, with padding.
BATCH_TOKENS = 6144
#: A shorter "sentence" is a heading's number or a list mark, and would be near to anything.
_SENTENCE_TOKENS = 4
#: Texts that are tokenised at once: their offsets take more memory than their states.
_AT_ONCE = 1_000
#: Batches are padded to multiples of this: torch keeps prepared products for every shape it meets.
_STEP = 16


class TokenStates:
    """Rows of states: `add` gives every text its row, `padded` gives rows back."""

    def __init__(self, model: TrainableModel, folder: Path) -> None:
        self._model = model
        self._path = folder / "states.f16"
        self._path.touch()
        self._width = int(model.model.get_embedding_dimension() or 0)
        self._limit = min(MAX_TOKENS, int(model.model.max_seq_length or MAX_TOKENS))
        self._rows: dict[str, int] = {}
        self._starts: list[int] = []
        self._lengths: list[int] = []
        self._sentences: list[list[tuple[int, int]]] = []
        self._written = 0
        self._states: npt.NDArray[np.float16] = np.empty((0, self._width), np.float16)

    def add(self, texts: Sequence[str], listen: Callable[[int, int], None]) -> list[int]:
        """Return the row of each text (with its prompt); equal texts share a row. `listen` hears done and total texts.

        Raises:
            NotEnoughSpace: the states do not fit on the disk.
        """
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            # A token is a character or more, so this is never too little.
            need_space(self._path.parent, 2 * self._width * sum(min(self._limit, len(text) + 2) for text in new))
            new.sort(key=len)
            for start in range(0, len(new), _AT_ONCE):
                self._compute(new[start : start + _AT_ONCE])
                listen(min(start + _AT_ONCE, len(new)), len(new))
            self._states = np.memmap(self._path, np.float16, "r", shape=(self._written, self._width))
        return [self._rows[text] for text in texts]

    def length(self, row: int) -> int:
        """Return the number of tokens."""
        return self._lengths[row]

    def sentences(self, row: int) -> list[tuple[int, int]]:
        """Return the token spans of the sentences, at least one."""
        return self._sentences[row]

    def padded(self, rows: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return states (n, longest, width) and mask (n, longest), both float32."""
        longest = self._padded_to(max(self._lengths[row] for row in rows))
        states = np.zeros((len(rows), longest, self._width), np.float32)
        mask = np.zeros((len(rows), longest), np.float32)
        for place, row in enumerate(rows):
            start, length = self._starts[row], self._lengths[row]
            states[place, :length] = self._states[start : start + length]
            mask[place, :length] = 1
        return torch.from_numpy(states), torch.from_numpy(mask)

    def batches(self, rows: Sequence[int], tokens: int = BATCH_TOKENS) -> list[list[int]]:
        """Cut positions of `rows` into batches of similar length, each at most so many tokens with padding."""
        return cut_by_length([self._lengths[row] for row in rows], tokens)

    def _compute(self, texts: list[str]) -> None:
        tokenizer = self._model.model.tokenizer
        encoded = tokenizer(texts, truncation=True, max_length=self._limit, return_offsets_mapping=True)
        ids, offsets = encoded["input_ids"], encoded["offset_mapping"]
        with self._path.open("ab") as file:
            for batch in cut_by_length([len(one) for one in ids]):
                for place, states in zip(batch, self._below([ids[place] for place in batch]), strict=True):
                    self._rows[texts[place]] = len(self._starts)
                    self._starts.append(self._written)
                    self._lengths.append(len(ids[place]))
                    self._sentences.append(_sentences(texts[place], offsets[place]))
                    self._written += len(ids[place])
                    file.write(states[: len(ids[place])].tobytes())

    def _below(self, ids: list[list[int]]) -> npt.NDArray[np.float16]:
        longest = self._padded_to(max(map(len, ids)))
        tokens = torch.full((len(ids), longest), int(self._model.model.tokenizer.pad_token_id or 0))
        mask = torch.zeros((len(ids), longest))
        for place, one in enumerate(ids):
            tokens[place, : len(one)] = torch.tensor(one)
            mask[place, : len(one)] = 1
        embeddings = self._model.model[0].auto_model.embeddings
        with torch.inference_mode(), fast_products():
            states = through(self._model.layers[: self._model.frozen], embeddings(input_ids=tokens), mask)
        return np.asarray(states.float().numpy(), dtype=np.float16)

    def _padded_to(self, longest: int) -> int:
        return max(longest, min(self._limit, -(-longest // _STEP) * _STEP))


def cut_by_length(lengths: Sequence[int], tokens: int = BATCH_TOKENS) -> list[list[int]]:
    """Cut positions into batches of similar length, each at most `tokens` with padding; longest batch last."""
    batches: list[list[int]] = [[]]
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        if batches[-1] and (len(batches[-1]) + 1) * lengths[place] > tokens:
            batches.append([])
        batches[-1].append(place)
    return [batch for batch in batches if batch]


def fast_products() -> torch.autocast:
    """Multiply in bfloat16 where the processor has instructions for it (twice as fast), else in float32."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=_has_bfloat16())


def through(layers: Sequence[torch.nn.Module], states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Run states (n, longest, width) through layers; `mask` (n, longest) is 1 for tokens and 0 for padding."""
    wanted = torch.bfloat16 if torch.is_autocast_enabled("cpu") else states.dtype
    blocked = ((1 - mask) * -1e9)[:, None, None, :].to(wanted)
    for layer in layers:
        out = layer(states, blocked)
        states = out[0] if isinstance(out, tuple) else out
    return states


def _has_bfloat16() -> bool:
    return bool(torch.cpu.get_capabilities().get("avx512_bf16"))


def _sentences(text: str, offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Map the sentences of a text to token spans; a token belongs to a sentence that covers it (± a space before)."""
    spans = []
    for start, end in sentence_spans(text):
        inside = [token for token, (a, b) in enumerate(offsets) if b > a and a >= start - 1 and b <= end]
        if len(inside) >= _SENTENCE_TOKENS:
            spans.append((inside[0], inside[-1] + 1))
    return spans or [(0, len(offsets))]
