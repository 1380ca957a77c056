"""Any chat model that LangChain can open, by `provider:name`."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from copilot.chat_model import ASKED_BY_A_COPILOT, Prompt, never
from copilot.errors import ChatModelUnavailable, ConfigurationError
from copilot.telemetry.context import carried

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

#: Longer answers are not answers at a glance; it also bounds a model that never stops.
_MAX_TOKENS = 600
_RETRIES = 1
_GRACE_S = 0.5  #: for the pause before the retry
#: How soon a person who went away is noticed while the model is silent.
_POLL_S = 0.1
#: How servers say that they know no schemas: bad request, unprocessable.
_REFUSED = frozenset({400, 422})

_Ask = Callable[["Runnable[Any, Any]", list[tuple[str, str]]], Iterator[str]]


class LangChainChatModel:
    """Implements `ChatModel`: a timeout and one retry, then the caller falls back.

    A prompt with a schema is sent as structured output; a server that refuses that is asked without, from then on.
    """

    def __init__(
        self, *, model: str, base_url: str | None, api_key: str | None, timeout_s: float, callbacks: Sequence[Any] = ()
    ) -> None:
        self.name = model.partition(":")[2] or model
        self._timeout_s = timeout_s
        self._model = _open(model, base_url, api_key, timeout_s, callbacks)
        self._takes_schemas = True

    def complete(self, prompt: Prompt) -> str:
        """Return the text of the model's message."""
        text = "".join(self._in_time(prompt, _whole, never)).strip()
        if not text:
            raise self._said_nothing()
        return text

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Yield the text of the model's message as it comes."""
        blank = True
        for piece in self._in_time(prompt, _pieces, cancelled):
            blank = blank and not piece.strip()
            yield piece
        if blank and not cancelled():
            raise self._said_nothing()

    def _in_time(self, prompt: Prompt, ask: _Ask, cancelled: Callable[[], bool]) -> Iterator[str]:
        events: queue.Queue[str | Exception | None] = queue.Queue()
        stopped = threading.Event()

        def work() -> None:
            try:
                for text in self._texts(prompt, ask):
                    if stopped.is_set():
                        return
                    events.put(text.encode("utf-8", "replace").decode())
                events.put(None)
            except Exception as error:  # noqa: BLE001  # every provider raises its own types: no answer, to us
                events.put(error)

        # The client's own timeout starts anew with every byte and honours Retry-After; a person's patience does not.
        threading.Thread(target=carried(work), name="chat-model", daemon=True).start()
        allowed_s = (1 + _RETRIES) * self._timeout_s + _GRACE_S
        patience_s = allowed_s if prompt.within_s is None else min(allowed_s, prompt.within_s)
        deadline = time.monotonic() + patience_s
        try:
            while not cancelled():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise self._too_slow(patience_s, allowed_s)
                try:
                    event = events.get(timeout=min(_POLL_S, left))
                except queue.Empty:
                    continue
                if event is None:
                    return
                if isinstance(event, Exception):
                    raise ChatModelUnavailable(
                        f"The chat model {self.name!r} gave no answer ({type(event).__name__}). Check "
                        "COPILOT_CHAT_BASE_URL, COPILOT_CHAT_API_KEY and that the model is running."
                    ) from event
                yield event
        finally:
            stopped.set()

    def _texts(self, prompt: Prompt, ask: _Ask) -> Iterator[str]:
        messages = [("system", prompt.system), ("human", prompt.user)]
        shaped = self._shaped(prompt)
        if shaped is not None:
            started = False
            try:
                for text in ask(shaped, messages):
                    started = True
                    yield text
                return
            except Exception as error:  # every provider raises its own types; all but a refusal go on
                cut_off = getattr(error, "completion", None)
                if cut_off is not None:  # OpenAI's client takes a full length for an error; the text is good so far
                    if not started:
                        yield str(cut_off.choices[0].message.content or "")
                    return
                if started or getattr(error, "status_code", None) not in _REFUSED:
                    raise
        yield from ask(self._model, messages)
        if shaped is not None:  # it was the schema: the same words without it were taken
            self._takes_schemas = False

    def _shaped(self, prompt: Prompt) -> Runnable[Any, Any] | None:
        from langchain_core.runnables import RunnableSequence

        if prompt.schema is None or not self._takes_schemas:
            return None
        try:
            reading = self._model.with_structured_output(dict(prompt.schema), method="json_schema", include_raw=True)
        except (NotImplementedError, TypeError, ValueError):  # this provider's client knows no schemas
            self._takes_schemas = False
            return None
        # Its first step asks, its second parses, which would hold the pieces back.
        asking: Runnable[Any, Any] = reading.first if isinstance(reading, RunnableSequence) else reading
        return asking

    def _too_slow(self, patience_s: float, allowed_s: float) -> ChatModelUnavailable:
        if patience_s < allowed_s:
            return ChatModelUnavailable(
                f"The chat model {self.name!r} did not finish in the {patience_s:.1f} s that were left of "
                "COPILOT_ANSWER_BUDGET_S. Raise that, or check that the model is running."
            )
        return ChatModelUnavailable(
            f"The chat model {self.name!r} took longer than {self._timeout_s:g} s, twice. Raise "
            "COPILOT_CHAT_TIMEOUT_S, or check that the model is running."
        )

    def _said_nothing(self) -> ChatModelUnavailable:
        return ChatModelUnavailable(f"The chat model {self.name!r} answered with nothing.")


def _whole(model: Runnable[Any, Any], messages: list[tuple[str, str]]) -> Iterator[str]:
    yield _text(model.invoke(messages))


def _pieces(model: Runnable[Any, Any], messages: list[tuple[str, str]]) -> Iterator[str]:
    for chunk in model.stream(messages):
        text = _text(chunk)
        if text:
            yield text


def _text(message: Any) -> str:
    """Return the text of a message, or of the raw message that structured output carries beside its own reading."""
    raw = message.get("raw") if isinstance(message, dict) else message
    return "" if raw is None else str(raw.text)


def _open(
    model: str, base_url: str | None, api_key: str | None, timeout_s: float, callbacks: Sequence[Any]
) -> BaseChatModel:
    os.environ.setdefault("LANGSMITH_TRACING", "false")  # nothing is sent to a third party that nobody configured
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "timeout": timeout_s,
        "max_retries": _RETRIES,
        "temperature": 0,
        "max_tokens": _MAX_TOKENS,
    }
    if callbacks:
        options["callbacks"] = list(callbacks)
    if base_url:
        options["base_url"] = base_url
        # Local servers ask for no key, but the client insists on one.
        options["api_key"] = api_key or "none"
        if model.startswith("openai:"):  # the protocol that a copilot speaks too
            options["default_headers"] = {ASKED_BY_A_COPILOT: "1"}
    elif api_key:
        options["api_key"] = api_key
    try:
        opened: BaseChatModel = init_chat_model(model, **options)
        return opened
    except Exception as error:  # an unknown provider, a missing provider package, a missing key
        raise ConfigurationError(
            f"The chat model {model!r} cannot be opened: {error}. Set COPILOT_CHAT_MODEL to provider:name, for example "
            "openai:gpt-4o-mini, and its key; or unset it to answer by quoting."
        ) from error
