"""Port: a chat model that words an answer. It never decides what is true; its text is checked afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

#: Header of every request that a copilot sends to its chat model where that has an address of its own: a copilot is no
#: chat model, and one that asked itself would go round in circles.
ASKED_BY_A_COPILOT = "X-Asked-By-A-Copilot"


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What the model is told: `system` is ours, `user` contains text from outside, framed as data."""

    system: str
    user: str
    name: str = ""  #: id, language and version of the prompt file, as stored with the answer
    schema: Mapping[str, object] | None = None  #: of the text wanted; not every server can promise it
    within_s: float | None = None  #: seconds its asker has left; None: as long as the settings allow
    mark: str = ""  #: the random part of the frame, which makes two requests of the same content differ


def never() -> bool:
    """Say that nobody cancels."""
    return False


class ChatModel(Protocol):
    """One question, one text back, whole or in pieces."""

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

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Yield the model's text as it is written; ends early once `cancelled` or when the iterator is closed.

        Raises:
            ChatModelUnavailable: the model fails, also midway, stays silent, or does not finish in the time allowed.
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
