"""Port: a chat model that words an answer. It never decides what is true; its text is checked afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What the model is told: `system` is ours, `user` contains text from outside, framed as data."""

    system: str
    user: str


class ChatModel(Protocol):
    """One question, one text back."""

    @property
    def name(self) -> str:
        """How answers name the model that worded them."""
        ...

    def complete(self, prompt: Prompt) -> str:
        """Return the model's text.

        Raises:
            ChatModelUnavailable: no usable answer within the time allowed, after one retry.
        """
        ...
