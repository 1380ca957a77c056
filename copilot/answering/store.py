"""Port: conversations and the replies given in them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from copilot.answering.answer import Abstention, Answer


class AnswerStore(Protocol):
    """Every method is one transaction."""

    def has_conversation(self, conversation_id: str, person: str) -> bool:
        """Tell whether this person holds this conversation."""
        ...

    def save(self, reply: Answer | Abstention, at: datetime) -> None:
        """Keep a reply with the passages and versions it was made from, starting its conversation when it is new."""
        ...
