"""Second stage: vectors of passages and written questions, a few texts at a time, whatever document they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

import numpy as np

from ingest.prepared import Embedded, Prepared, Readable
from ingest.preparing import internal_error
from knowledge.chunk import embedded_sentences, embedded_text
from knowledge.embedder import Embedder, PassageVectors, Vectors
from knowledge.errors import KnowledgeError

_T = TypeVar("_T")

#: Texts of a call: the last of each leaves a core idle, and a run stops only between two (decisions/0023).
AT_ONCE = 16


class Embedding:
    """Embeds prepared items; small documents share a call."""

    def __init__(self, embedder: Embedder, at_once: int = AT_ONCE) -> None:
        self._embedder = embedder
        self._at_once = at_once

    def run(self, batches: Iterable[Sequence[Prepared]], stopped: Callable[[], bool]) -> Iterator[Embedded]:
        """Yield everything in order; what could not be embedded is refused. Ends early when it is `stopped`.

        Raises:
            KnowledgeError: the model embeds nothing at all.
        """
        for batch in batches:
            yield from self._batch(batch, stopped)
            if stopped():
                return

    def _batch(self, batch: Sequence[Prepared], stopped: Callable[[], bool]) -> Iterator[Embedded]:
        try:
            made = self._embedded(batch, stopped)
        except KnowledgeError:
            raise
        except Exception as error:  # noqa: BLE001  # the boundary of one item: the others must still get in
            if len(batch) == 1:
                refused = internal_error(batch[0].item, error, "embed")
                made = [Embedded(prepared=replace(batch[0], content=refused))]
            else:
                made = [each for one in batch for each in self._batch([one], stopped)]
        yield from made

    def _embedded(self, batch: Sequence[Prepared], stopped: Callable[[], bool]) -> list[Embedded]:
        """Embed a batch as a whole; nothing of it comes out when it is stopped."""
        contents = [content for one in batch if isinstance(content := one.content, Readable) and content.spans]
        passages = [passage for content in contents for passage in _passages(content)]
        asked = [question.text for content in contents for question in content.document.questions]
        vectors: list[tuple[Vectors, Vectors]] = []
        questions: list[Vectors] = []
        for some in self._slices(passages):
            if stopped():
                return []
            made = self._embedder.embed_sentences([text for text, _ in some], [spans for _, spans in some])
            vectors += zip(made.whole, made.sentences, strict=True)
        for texts in self._slices(asked):
            if stopped():
                return []
            questions += list(self._embedder.embed_queries(texts))
        return list(_handed_out(batch, iter(vectors), iter(questions)))

    def _slices(self, values: list[_T]) -> Iterator[list[_T]]:
        return (values[start : start + self._at_once] for start in range(0, len(values), self._at_once))


def _passages(content: Readable) -> Iterator[tuple[str, Sequence[tuple[int, int]]]]:
    place = content.document.title, content.document.metadata.context
    return ((embedded_text(*place, span), embedded_sentences(*place, span)) for span in content.spans)


def _handed_out(
    batch: Sequence[Prepared], vectors: Iterator[tuple[Vectors, Vectors]], questions: Iterator[Vectors]
) -> Iterator[Embedded]:
    for one in batch:
        if not isinstance(one.content, Readable) or not one.content.spans:
            yield Embedded(prepared=one)
            continue
        mine = list(islice(vectors, len(one.content.spans)))
        asked = list(islice(questions, len(one.content.document.questions)))
        whole = np.stack([whole for whole, _ in mine])
        yield Embedded(
            prepared=one,
            passages=PassageVectors(whole=whole, sentences=[sentences for _, sentences in mine]),
            questions=np.stack(asked) if asked else np.empty((0, whole.shape[1]), dtype=np.float32),
        )
