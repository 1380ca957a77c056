"""All wordings in memory, so that finding the gap of a question is one product of a matrix and a vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from copilot.curating.gap import GapId
from copilot.curating.sameness import is_about_another, key_of, near_enough
from copilot.curating.wording_store import Wording, WordingStore
from copilot.transaction import Transaction, Transactions
from knowledge.embedder import Embedder, Vectors
from knowledge.text import is_chinese

#: The nearest wordings that the rules are asked about.
_TRIED = 8
#: The wording most like all others is looked for among the first of a gap.
_COMPARED = 24
_RENEWED = 64


class KnownWordings:
    """Read from the store as they come; what another process adds is seen at the next look."""

    def __init__(self, *, store: WordingStore, embedder: Embedder, transactions: Transactions) -> None:
        self._store = store
        self._embedder = embedder
        self._transactions = transactions
        self.forget()

    def forget(self) -> None:
        """Read everything again at the next look: a transaction may have been rolled back."""
        self._known: list[Wording] = []
        self._of_gap: dict[GapId, list[int]] = {}
        self._vectors: Vectors = np.empty((0, 0), dtype=np.float32)
        self._seen = 0

    def meanings(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors of texts; renews some of those that another model made."""
        if not texts:
            return {}
        self._renew()
        return dict(zip(texts, self._embedder.embed_queries(list(texts)), strict=True))

    def find(self, transaction: Transaction, text: str, vector: Vectors) -> GapId | None:
        """Return the gap that asks the same: in the same words, else nearly the same and not of something else."""
        known = self._store.gap(transaction, key_of(text))
        if known is not None:
            return known
        self._read(transaction)
        if not self._known:
            return None
        near = self._vectors[: len(self._known)] @ vector
        chinese = is_chinese(text)
        for row in np.argsort(near)[::-1][:_TRIED]:
            wording = self._known[int(row)]
            same = near_enough(float(near[row]), same_language=is_chinese(wording.text) == chinese)
            if same and not is_about_another(text, wording.text):
                return wording.gap
        return None

    def keep(self, transaction: Transaction, gap: GapId, text: str, vector: Vectors) -> bool:
        """Keep a wording of a gap; False when it is kept already."""
        key = key_of(text)
        if self._store.gap(transaction, key) is not None:
            return False
        self._store.keep(
            transaction, Wording(number=0, key=key, gap=gap, text=text, model=self._model(), vector=vector)
        )
        return True

    def most_like_all(self, transaction: Transaction, gap: GapId) -> str | None:
        """Return the wording of a gap that is most like its others; of equals the first."""
        self._read(transaction)
        rows = self._of_gap.get(gap, [])[:_COMPARED]
        if not rows:
            return None
        vectors = self._vectors[rows]
        likeness = (vectors @ vectors.T).sum(axis=1)
        return self._known[rows[int(np.argmax(likeness))]].text

    def _read(self, transaction: Transaction) -> None:
        for wording in self._store.after(transaction, self._seen, self._model()):
            row = len(self._known)
            if row >= len(self._vectors):
                grown = np.zeros((max(64, 2 * row), len(wording.vector)), dtype=np.float32)
                grown[:row] = self._vectors[:row] if row else 0
                self._vectors = grown
            self._vectors[row] = wording.vector
            self._known.append(wording)
            self._of_gap.setdefault(wording.gap, []).append(row)
            self._seen = wording.number

    def _renew(self) -> None:
        """A changed model makes vectors that do not meet the old ones; some are renewed at a time."""
        old = self._store.of_other_models(self._model(), _RENEWED)
        if not old:
            return
        vectors = self._embedder.embed_queries([one.text for one in old])
        renewed = [replace(one, model=self._model(), vector=v) for one, v in zip(old, vectors, strict=True)]
        with self._transactions.begin() as transaction:
            self._store.renew(transaction, renewed)

    def _model(self) -> str:
        identity = self._embedder.identity
        return f"{identity.model}@{identity.dimension}.{identity.normal_form}"
