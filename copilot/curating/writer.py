"""Port: who writes questions for a passage; and the writer that asks a chat model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from copilot.chat_model import ChatModel, Usage, UsageMeter
from copilot.curating.cost import estimate
from copilot.curating.prompt import PassageText, QuestionPrompt


@dataclass(frozen=True, kw_only=True)
class Written:
    """What came back for one passage, unchecked; `usage` is None when nobody counted."""

    candidates: Sequence[str]
    usage: Usage | None


class QuestionWriter(Protocol):
    """Writes questions that a passage answers."""

    @property
    def model(self) -> str:
        """Who writes; kept with every outcome."""
        ...

    @property
    def version(self) -> str:
        """What was asked for: changes whenever the same model would be asked in other words."""
        ...

    @property
    def count(self) -> int:
        """How many questions a passage gets at most, one of them in the other language."""
        ...

    def expect(self, passage: PassageText) -> Usage:
        """Estimate what one passage costs."""
        ...

    def write(self, passage: PassageText) -> Written:
        """Write.

        Raises:
            ChatModelUnavailable: no usable reply; nothing has to be remembered.
        """
        ...


class ChatQuestionWriter:
    """Implements `QuestionWriter` with one request per passage."""

    def __init__(self, *, chat_model: ChatModel, meter: UsageMeter, count: int) -> None:
        self._chat_model = chat_model
        self._meter = meter
        self._prompt = QuestionPrompt(count=count)
        self.model = chat_model.name
        self.version = self._prompt.version
        self.count = count

    def expect(self, passage: PassageText) -> Usage:
        """Estimate what one passage costs."""
        return estimate(self._prompt.frame(passage), self.count)

    def write(self, passage: PassageText) -> Written:
        """Ask once and read the lines."""
        self._meter.take()
        reply = self._chat_model.complete(self._prompt.frame(passage))
        return Written(candidates=self._prompt.read(reply), usage=self._meter.take())
