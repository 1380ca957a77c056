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


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens of one or more requests, as the server counts them."""

    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Return the sum."""
        return Usage(tokens_in=self.tokens_in + other.tokens_in, tokens_out=self.tokens_out + other.tokens_out)


class UsageMeter(Protocol):
    """Reads what a chat model used."""

    def take(self) -> Usage | None:
        """Return what was used since the last call; None when the server reported nothing."""
        ...
