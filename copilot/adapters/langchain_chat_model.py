"""Any chat model that LangChain can open, by `provider:name`."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from copilot.chat_model import Prompt
from copilot.errors import ChatModelUnavailable, ConfigurationError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: Longer answers are not answers at a glance; it also bounds a model that never stops.
_MAX_TOKENS = 600
_RETRIES = 1
_GRACE_S = 0.5  #: for the pause before the retry


class LangChainChatModel:
    """Implements `ChatModel`: a timeout and one retry, then the caller falls back."""

    def __init__(
        self, *, model: str, base_url: str | None, api_key: str | None, timeout_s: float, callbacks: Sequence[Any] = ()
    ) -> None:
        self.name = model.partition(":")[2] or model
        self._timeout_s = timeout_s
        self._model = _open(model, base_url, api_key, timeout_s, callbacks)

    def complete(self, prompt: Prompt) -> str:
        """Return the text of the model's message."""
        answered: queue.Queue[str | Exception] = queue.Queue()

        def ask() -> None:
            try:
                answered.put(str(self._model.invoke([("system", prompt.system), ("human", prompt.user)]).text))
            except Exception as error:  # noqa: BLE001  # every provider raises its own types: no answer, to us
                answered.put(error)

        # The client's own timeout starts anew with every byte and honours Retry-After; a person's patience does not.
        threading.Thread(target=ask, name="chat-model", daemon=True).start()
        try:
            result = answered.get(timeout=(1 + _RETRIES) * self._timeout_s + _GRACE_S)
        except queue.Empty as error:
            raise ChatModelUnavailable(
                f"The chat model {self.name!r} took longer than {self._timeout_s:g} s, twice. Raise "
                "COPILOT_CHAT_TIMEOUT_S, or check that the model is running."
            ) from error
        if isinstance(result, Exception):
            raise ChatModelUnavailable(
                f"The chat model {self.name!r} gave no answer ({type(result).__name__}). Check COPILOT_CHAT_BASE_URL, "
                "COPILOT_CHAT_API_KEY and that the model is running."
            ) from result
        text = result.encode("utf-8", "replace").decode().strip()
        if not text:
            raise ChatModelUnavailable(f"The chat model {self.name!r} answered with nothing.")
        return text


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
