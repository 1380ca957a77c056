"""What the asker may not see: whether it would have answered, and whether it has become so while answering."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from copilot.answering.answer import Answer, Outcome
from copilot.answering.answerability import Answerability
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.question import Question
from knowledge.document import Audience, DocumentId
from knowledge.reader import EVERYTHING, AccessLabel
from knowledge.retriever import Retriever


class Labels(Protocol):
    """Port: who may read which document at this moment; implemented by every `KnowledgeStore`."""

    def labels_of(self, ids: Collection[DocumentId]) -> Mapping[DocumentId, AccessLabel]:
        """Return the labels of these documents as they are now; those that are gone are left out."""
        ...


class Permission:
    """Looks beyond what a reader may see, and tells no more of it than that it is there."""

    def __init__(
        self, *, retriever: Retriever, labels: Labels, answerability: Answerability, evidence: EvidenceFinder
    ) -> None:
        self._retriever = retriever
        self._labels = labels
        self._answerability = answerability
        self._evidence = evidence

    def withheld(self, asked: Question, searches: Sequence[str]) -> bool:
        """Tell whether the question would be answered, first of all from a document that its reader may not see.

        Customers are told of nothing: that we know something is none of their business.
        """
        reader = asked.reader
        if reader.audience is Audience.CUSTOMER or reader.everything:
            return False
        if all(map(reader.may_read_label, self._retriever.labels())):
            return False
        for text in searches:
            beyond = replace(asked, text=text, reader=replace(EVERYTHING, verified_on=reader.verified_on))
            passages = self._retriever.retrieve(beyond.query())
            if self._answerability.judge(beyond, passages).reason is None:
                best = self._evidence.find(beyond, passages)[:1]
                if any(not reader.may_read(citation.passage.metadata) for citation in best):
                    return True
        return False

    def lost(self, outcome: Outcome) -> bool:
        """Tell whether a reply shows a document that its reader may not, or not any more, see."""
        passages = [*outcome.passages]
        if isinstance(outcome, Answer):
            passages += [citation.passage for citation in outcome.composition.citations]
        shown = {passage.chunk.document_id for passage in passages}
        labels = self._labels.labels_of(shown) if shown else {}
        reader = outcome.question.reader
        return any(one not in labels or not reader.may_read_label(labels[one]) for one in shown)
