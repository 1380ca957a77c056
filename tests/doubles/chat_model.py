"""A chat model that says what the test wrote down for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from copilot.chat_model import Prompt, never
from copilot.errors import ChatModelUnavailable

#: A text, a failure, or a text that depends on what was asked.
ScriptedReply = str | Exception | Callable[[Prompt], str]


class ScriptedChatModel:
    """Implements `ChatModel`: replies in order, the last one again and again; `prompts` holds what it was asked."""

    def __init__(self, *replies: ScriptedReply, name: str = "scripted") -> None:
        self.name = name
        self.prompts: list[Prompt] = []
        self._replies = list(replies) or [ChatModelUnavailable("The scripted model has no reply. Give it one.")]

    def script(self, *replies: ScriptedReply) -> None:
        """Replace what is still to be said."""
        self._replies = list(replies)

    def complete(self, prompt: Prompt) -> str:
        """Return the next reply; a failure is raised, and a blank text is one."""
        self.prompts.append(prompt)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        text = (reply if isinstance(reply, str) else reply(prompt)).strip()
        if not text:
            raise ChatModelUnavailable(f"The chat model {self.name!r} answered with nothing.")
        return text

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Yield the next reply character by character, which is as fine as any server cuts it."""
        for character in self.complete(prompt):
            if cancelled():
                return
            yield character
