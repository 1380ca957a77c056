"""A chat model that is left alone for a while after it failed several times in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from copilot.chat_model import ChatModel, Prompt, never
from copilot.errors import ChatModelUnavailable
from knowledge.breaker import Breaker


class GuardedChatModel:
    """Implements `ChatModel`: while the breaker is open nobody waits, and every caller falls back at once."""

    def __init__(self, model: ChatModel, breaker: Breaker) -> None:
        self.name = model.name
        self._model = model
        self._breaker = breaker

    def complete(self, prompt: Prompt) -> str:
        """Return the model's text."""
        self._admitted()
        try:
            text = self._model.complete(prompt)
        except ChatModelUnavailable:
            self._breaker.failed()
            raise
        except BaseException:  # ours, as a recording that is not there: it tells nothing of the model
            self._breaker.undecided()
            raise
        self._breaker.succeeded()
        return text

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Yield the model's text; who stops listening has heard that it works, or nothing at all."""
        self._admitted()
        heard = False
        try:
            for piece in self._model.stream(prompt, cancelled):
                heard = True
                yield piece
        except ChatModelUnavailable:
            self._breaker.failed()
            raise
        except BaseException:
            self._worked(heard=heard)
            raise
        self._worked(heard=heard or not cancelled())

    def _worked(self, *, heard: bool) -> None:
        if heard:
            self._breaker.succeeded()
        else:
            self._breaker.undecided()

    def _admitted(self) -> None:
        rest_s = self._breaker.admit()
        if rest_s is not None:
            raise ChatModelUnavailable(
                f"The chat model {self.name!r} keeps failing; it is tried again in {rest_s:.0f} s. Check "
                "COPILOT_CHAT_BASE_URL, COPILOT_CHAT_API_KEY and that the model is running."
            )
