"""Token counts as LangChain passes them on from the server."""

from __future__ import annotations

import threading
from typing import Any

from copilot.chat_model import Usage


class LangChainUsage:
    """Implements `UsageMeter`; `callback` is what the chat model has to be opened with."""

    def __init__(self) -> None:
        from langchain_core.callbacks import BaseCallbackHandler

        meter = self

        class Callback(BaseCallbackHandler):
            """Called by LangChain after every reply."""

            def on_llm_end(self, response: Any, **_: Any) -> None:
                meter._note(response)

        self.callback = Callback()
        self._lock = threading.Lock()
        self._seen: Usage | None = None

    def take(self) -> Usage | None:
        """Return what was used since the last call."""
        with self._lock:
            seen, self._seen = self._seen, None
            return seen

    def _note(self, response: Any) -> None:
        for generation in (one for batch in response.generations for one in batch):
            counts = getattr(getattr(generation, "message", None), "usage_metadata", None)
            if counts:
                used = Usage(tokens_in=int(counts["input_tokens"]), tokens_out=int(counts["output_tokens"]))
                with self._lock:
                    self._seen = used + (self._seen or Usage())
