"""Where the answers of a trial go: nowhere. They are no conversation, and nobody was answered."""

from __future__ import annotations

from datetime import datetime

from copilot.answering.answer import Outcome
from copilot.answering.question import Turn


class UnkeptAnswers:
    """Implements `AnswerStore`."""

    def has_conversation(self, conversation_id: str, person: str) -> bool:
        """There is none."""
        del conversation_id, person
        return False

    def save(self, reply: Outcome, at: datetime) -> None:
        """Keep nothing."""
        del reply, at

    def turns(self, conversation_id: str, person: str, limit: int) -> list[Turn]:
        """Nothing was said before."""
        del conversation_id, person, limit
        return []
