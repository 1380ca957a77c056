"""A chat model whose calls are timed and counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from copilot.chat_model import ChatModel, Prompt, Usage, UsageMeter, never
from copilot.telemetry.measures import Measures, ModelOutcome
from copilot.telemetry.tracing import Tracer, Untraced


class MeasuredChatModel:
    """Implements `ChatModel` by passing everything on."""

    def __init__(
        self,
        model: ChatModel,
        measures: Measures,
        meter: UsageMeter | None = None,
        tracer: Tracer | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`meter` reads what `model` alone uses; calls at the same time share what it reads, so the sums are right."""
        self.name = model.name
        self._model = model
        self._measures = measures
        self._meter = meter
        self._tracer: Tracer = tracer or Untraced()
        self._now = now

    def complete(self, prompt: Prompt) -> str:
        """Return the model's text."""
        began = self._now()
        outcome: ModelOutcome = "failed"
        try:
            text = self._model.complete(prompt)
            outcome = "answered"
        finally:
            self._told(outcome, began)
        return text

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Yield the model's text; what nobody listens to until its end counts as cancelled."""
        began = self._now()
        outcome: ModelOutcome = "failed"
        try:
            yield from self._model.stream(prompt, cancelled)
            outcome = "cancelled" if cancelled() else "answered"
        except GeneratorExit:
            outcome = "cancelled"
            raise
        finally:
            self._told(outcome, began)

    def _told(self, outcome: ModelOutcome, began: float) -> None:
        used = (self._meter.take() if self._meter else None) or Usage()
        spent = self._now() - began
        self._measures.model(outcome, spent, used.tokens_in, used.tokens_out)
        self._tracer.past("chat_model", spent)
