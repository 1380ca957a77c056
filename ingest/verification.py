"""Is a set of vectors what it should be? Counted in full, and a sample of it asked for itself."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from knowledge.chunk import ChunkId
from knowledge.embedder import Embedder, Vectors
from knowledge.index import Field, VectorSet
from knowledge.reader import AccessLabel, Reader

#: Chunks and as many questions embedded once more; all of them where there are fewer.
SAMPLE = 50
#: A text embedded twice by one model on one machine (DESIGN §6); batches and 16-bit rounding stay well above.
SAME = 0.999
#: How far down the own chunk of an entry may be found.
WITHIN = 10
#: Part of the sample that may be passed over: an approximate search misses one now and then, a wrong set nearly all.
MISSED = 0.02


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a set should have an entry for."""

    text: str  #: as it is embedded
    chunk: ChunkId  #: the chunk it leads to
    label: AccessLabel


class Verification:
    """Checks sets with a model, on a sample that the source of randomness decides."""

    def __init__(self, embedder: Embedder, chance: random.Random) -> None:
        self._embedder = embedder
        self._chance = chance

    def problem(
        self,
        found: VectorSet,
        wanted: Mapping[Field, Mapping[str, Entry]],
        doubtful: Mapping[Field, Collection[str]],
    ) -> str | None:
        """Return what is wrong, naming the entry; None when nothing is. The sample is taken of the doubtful ones."""
        for field, entries in wanted.items():
            sampled = {name: entries[name] for name in doubtful[field] if name in entries}
            problem = _miscounted(field, found, entries) or self._mistaken(field, found, sampled)
            if problem:
                return problem
        return None

    def _mistaken(self, field: Field, found: VectorSet, entries: Mapping[str, Entry]) -> str | None:
        if not entries:
            return None
        names = self._chance.sample(sorted(entries), min(SAMPLE, len(entries)))
        texts = [entries[name].text for name in names]
        fresh = self._embedder.embed_passages(texts) if field == "chunk" else self._embedder.embed_queries(texts)
        stored = found.vectors(field, names)
        missed: list[str] = []
        for name, vector in zip(names, fresh, strict=True):
            if name not in stored:
                return f"the {field} {name!r} has no vector"
            cosine = _cosine(stored[name], vector)
            if cosine < SAME:
                return f"the {field} {name!r} embedded again has a cosine of {cosine:.4f}, not {SAME}"
            label = entries[name].label
            reader = Reader(audience=label.audience, groups=frozenset(label.groups))
            near = found.search(field, vector, WITHIN, reader)
            # Of many equal texts only some are among the first: all of those are as near as the one looked for.
            if vector.any() and entries[name].chunk not in near and min(near.values(), default=-1.0) < SAME:
                missed.append(name)
        if len(missed) > MISSED * len(names):
            return f"{len(missed)} of {len(names)} {field}s do not find their own chunk, {missed[0]!r} among them"
        return None


def _miscounted(field: Field, found: VectorSet, entries: Mapping[str, Entry]) -> str | None:
    there = Counter(found.entries(field).values())
    should = Counter(entry.label for entry in entries.values())
    for label in sorted({*there, *should}):
        if there[label] != should[label]:
            return f"there are {there[label]} {field}s under {str(label)!r}, not {should[label]}"
    return None


def _cosine(one: Vectors, other: Vectors) -> float:
    if not one.any() and not other.any():  # a text without a single term, on an embedder that only knows terms
        return 1.0
    lengths = float((one @ one) ** 0.5 * (other @ other) ** 0.5)
    return float(one @ other) / lengths if lengths else 0.0
