"""Ports: what the Slack app asks of the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from copilot.answering.service import StageListener
from copilot.interfaces.contract import AnswerBody, AskBody, DocumentBody, SearchBody
from copilot.interfaces.slack.expert_blocks import NewKnowledge
from copilot.people.caller import Caller
from knowledge.document import Audience
from knowledge.reader import Reader

#: Tells whether a reader may see a document now, by its id; a deleted one nobody may.
MayRead = Callable[[str, Reader], bool]


class Asking(Protocol):
    """The part of the copilot that answers."""

    def ask(self, body: AskBody, *, caller: Caller | None = None, listen: StageListener = ...) -> AnswerBody:
        """Answer a question."""
        ...

    def search(
        self,
        text: str,
        limit: int,
        audience: Audience,
        *,
        verified_only: bool | None = None,
        caller: Caller | None = None,
    ) -> SearchBody:
        """Return passages, best first."""
        ...

    def document(self, source_or_id: str, version: int | None = None, *, caller: Caller | None = None) -> DocumentBody:
        """Return a document."""
        ...


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """A question that goes to a person."""

    answer_id: str
    question: str
    reason: str | None
    language: str
    asker: str  #: the id of a person
    document_id: str | None  #: the nearest document, whose owner is asked


class AskExpert(Protocol):
    """Records a question that the knowledge does not answer."""

    def record(self, unanswered: Unanswered, caller: Caller) -> str:
        """Return the id of the gap, empty where it is none; the same answer again is the same gap."""
        ...


class SaveKnowledge(Protocol):
    """Keeps what somebody wants to be known until its owner confirms it."""

    def question(self, gap: str, caller: Caller) -> str:
        """Return what a gap asks; empty where the caller may not know it."""
        ...

    def save(self, knowledge: NewKnowledge, caller: Caller, *, gap: str | None) -> str:
        """Return the id of the draft; `gap` is what it answers.

        Raises:
            CopilotError: it cannot be kept; the message says why.
        """
        ...
