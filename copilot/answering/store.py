"""Port: conversations and the replies given in them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from copilot.answering.answer import Outcome
from copilot.answering.question import Turn


class AnswerStore(Protocol):
    """Every method is one transaction."""

    def has_conversation(self, conversation_id: str, person: str) -> bool:
        """Tell whether this person holds this conversation."""
        ...

    def save(self, reply: Outcome, at: datetime) -> None:
        """Keep a reply with the passages and versions it was made from, starting its conversation when it is new.

        Raises:
            AlreadyAnswered: another reply to the same request is kept; nothing of this one is.
        """
        ...

    def turns(self, conversation_id: str, person: str, limit: int) -> list[Turn]:
        """Return the last messages of this person's conversation, oldest first, at most `limit`.

        Every reply gives two: what was asked, as it was typed, and what was replied. Empty for anybody else.
        """
        ...
