"""What a person asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from knowledge.document import Audience
from knowledge.query import Query
from knowledge.text import is_chinese

Language = Literal["zh", "en"]


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question and who asks it."""

    text: str
    person: str
    audience: Audience = Audience.INTERNAL
    conversation_id: str | None = None
    history: tuple[Turn, ...] = field(default=())

    @property
    def language(self) -> Language:
        """The language to answer in: the one asked in."""
        return "zh" if is_chinese(self.text) else "en"

    def query(self) -> Query:
        """Return what to look for.

        Raises:
            InvalidQuery: the question is empty or too long.
        """
        return Query(text=self.text.strip(), audience=self.audience)
