"""Questions for people become gaps, and what people write down becomes a draft of knowledge."""

from __future__ import annotations

from typing import Protocol

from copilot.curating.miss import NOT_GAPS
from copilot.errors import InvalidRequest
from copilot.interfaces.gap_contract import GapBody
from copilot.interfaces.knowledge_contract import GapAnswerBody, GapDraftReply
from copilot.interfaces.slack.expert_blocks import NewKnowledge
from copilot.interfaces.slack.ports import Unanswered
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from knowledge.text import is_chinese

_LONGEST_TITLE = 160


class Gaps(Protocol):
    """The part of the use cases around gaps that is needed here."""

    def raise_question(
        self,
        question: str,
        *,
        language: str,
        answer_id: str | None = None,
        document_id: str | None = None,
        caller: Caller | None = None,
    ) -> GapBody:
        """Have a question answered by a person."""
        ...

    def show(self, id: str, *, caller: Caller | None = None) -> GapBody:
        """Return a gap."""
        ...


class Knowledge(Protocol):
    """The part of the use cases around approved knowledge that is needed here."""

    def answer(
        self, gap_id: str, body: GapAnswerBody, key: str | None = None, *, caller: Caller | None = None
    ) -> GapDraftReply:
        """Draft an entry from an expert's answer."""
        ...


class GapRequests:
    """Implements `AskExpert` and `SaveKnowledge`."""

    def __init__(self, gaps: Gaps, knowledge: Knowledge) -> None:
        self._gaps = gaps
        self._knowledge = knowledge

    def record(self, unanswered: Unanswered, caller: Caller) -> str:
        """Return the gap of a question; empty where the knowledge lacks nothing: an outage, a missing permission."""
        if unanswered.reason in NOT_GAPS:
            return ""
        gap = self._gaps.raise_question(
            unanswered.question,
            language=unanswered.language,
            answer_id=unanswered.answer_id,
            document_id=unanswered.document_id,
            caller=caller,
        )
        return gap.id

    def question(self, gap: str, caller: Caller) -> str:
        """Return what a gap asks, as far as the caller may know it."""
        try:
            return self._gaps.show(gap, caller=caller).question if gap else ""
        except InvalidRequest:
            return ""

    def save(self, knowledge: NewKnowledge, caller: Caller, *, gap: str | None) -> str:
        """Draft what somebody wants to be known; without a gap its question becomes one."""
        caller.need(Scope.DRAFTS_WRITE)  # before a gap is opened for somebody who may not answer it
        language = "zh" if is_chinese(knowledge.question) else "en"
        found = gap or self._gaps.raise_question(knowledge.question, language=language, caller=caller).id
        body = GapAnswerBody(answer=knowledge.answer, title=knowledge.question[:_LONGEST_TITLE])
        return self._knowledge.answer(found, body, caller=caller).id
