"""Question → passages → answer, or an abstention with its reason."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from copilot.answering.abstaining import explain_abstention
from copilot.answering.answer import Abstention, AbstentionReason, Answer, Composition
from copilot.answering.composer import compose_extract
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.question import Question
from copilot.answering.relevance import Relevance
from copilot.answering.store import AnswerStore
from copilot.answering.support import supported
from copilot.answering.wording import SentenceCheck, Viewer, Wording
from copilot.chat_model import ChatModel
from copilot.errors import UnknownConversation
from knowledge.errors import IndexUnavailable
from knowledge.passage import Citation, Passage
from knowledge.retriever import Retriever

Stage = Literal["searching", "reading", "wording"]
StageListener = Callable[[Stage], None]

_log = logging.getLogger(__name__)


class AnsweringService:
    """One path for every surface."""

    def __init__(
        self,
        *,
        retriever: Retriever,
        relevance: Relevance,
        evidence: EvidenceFinder,
        store: AnswerStore,
        chat_model: ChatModel | None = None,
        check: SentenceCheck = supported,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._retriever = retriever
        self._relevance = relevance
        self._evidence = evidence
        self._store = store
        self._wording = Wording(chat_model, check) if chat_model else None
        self._now = now
        self._new_id = new_id

    def ask(
        self, question: Question, listen: StageListener = lambda _: None, viewer: Viewer | None = None
    ) -> Answer | Abstention:
        """Answer from the knowledge, or say why not; the reply is stored before it is returned.

        Raises:
            AskingCancelled: the viewer has gone; nothing is stored.
            InvalidQuery: the question is empty or too long.
            NothingIngested: there is no index yet.
            UnknownConversation: the conversation does not exist or belongs to somebody else.
        """
        query = question.query()
        clock = _Clock()
        conversation = question.conversation_id or self._new_id()
        if question.conversation_id and not self._store.has_conversation(conversation, question.person):
            raise UnknownConversation(
                f"There is no conversation {conversation!r} of yours. Leave conversation_id out to start a new one."
            )
        listen("searching")
        reason: AbstentionReason | None = None
        try:
            passages = self._retriever.retrieve(query)
            clock.lap("retrieve")
            reason = self._why_abstain(question, passages)
            clock.lap("relevance")
        except IndexUnavailable as error:
            _log.warning("retrieval failed: %s", error.message)
            passages, reason = [], AbstentionReason.RETRIEVAL_FAILED
        reply: Answer | Abstention | None = None
        if reason is None:
            listen("reading")
            citations = self._evidence.find(question, passages)
            clock.lap("evidence")
            if citations:
                composition = self._compose(question, passages, citations, listen, viewer)
                clock.lap("compose")
                reply = Answer(
                    id=self._new_id(),
                    conversation_id=conversation,
                    question=question,
                    passages=passages,
                    timings_ms=clock.laps,
                    composition=composition,
                )
        if reply is None:
            reason = reason or AbstentionReason.NOT_IN_KNOWLEDGE
            reply = Abstention(
                id=self._new_id(),
                conversation_id=conversation,
                question=question,
                passages=passages,
                timings_ms=clock.laps,
                reason=reason,
                explanation=explain_abstention(reason, question.language, passages),
            )
        self._store.save(reply, self._now())
        return reply

    def _why_abstain(self, question: Question, passages: list[Passage]) -> AbstentionReason | None:
        margin = self._relevance.margin(question, passages)
        if margin >= self._relevance.thresholds.related:
            return None
        if margin < self._relevance.thresholds.other_subject:
            return AbstentionReason.OUT_OF_SCOPE
        return AbstentionReason.NOT_IN_KNOWLEDGE

    def _compose(
        self,
        question: Question,
        passages: list[Passage],
        citations: list[Citation],
        listen: StageListener,
        viewer: Viewer | None,
    ) -> Composition:
        if self._wording is None:
            return compose_extract(question, citations)
        listen("wording")
        return self._wording.compose(question, passages, citations, viewer)


class _Clock:
    """Milliseconds per stage."""

    def __init__(self) -> None:
        self.laps: dict[str, int] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.laps[name] = round((now - self._last) * 1000)
        self._last = now
