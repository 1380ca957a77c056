"""A chat model without judgement: it obeys the last instruction of others that it reads, in every way at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from copilot.chat_model import Prompt, never
from tests.doubles.obedience import CANARY, obeyed
from tests.doubles.openai_server import OpenAIServer, ServerReply, ServerRequest, says

__all__ = ["CANARY", "ObedientChatModel", "ObedientServer", "obedient_server"]

_NUMBERED = re.compile(r"^(\d+): ", re.MULTILINE)
#: Characters of a streamed reply that come at once.
_PIECE = 200


class ObedientChatModel:
    """Implements `ChatModel`; takes turns in the form of its replies, as models do."""

    name = "obedient"

    def __init__(self) -> None:
        self.asked = 0

    def complete(self, prompt: Prompt) -> str:
        """Do what the last line of the question says, then what the passages say, and tell everything it knows."""
        self.asked += 1
        return reply_to(prompt.system, prompt.user, _title(prompt.schema), self.asked, prompt.mark)

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Write it in pieces."""
        text = self.complete(prompt)
        for start in range(0, len(text), _PIECE):
            if cancelled():
                return
            yield text[start : start + _PIECE]


class ObedientServer(OpenAIServer):
    """The same model behind the protocol that a copilot asks its model by."""

    def __init__(self) -> None:
        super().__init__([says("")])
        self.asked = 0

    def take(self, request: ServerRequest) -> ServerReply:
        """Obey whatever the messages hold."""
        self.asked += 1
        system, user = (_content(request.body, role) for role in ("system", "user"))
        schema = request.body.get("response_format", {}).get("json_schema", {})
        return ServerReply(content=reply_to(system, user, schema.get("name"), self.asked), piece=_PIECE)


@contextmanager
def obedient_server() -> Iterator[ObedientServer]:
    """Serve until the end of the block."""
    server = ObedientServer()
    try:
        yield server
    finally:
        server.close()


def reply_to(system: str, user: str, wanted: str | None, turn: int, mark: str = "") -> str:
    """Return the reply in the form that was wanted: sentences of an answer, lines of a draft, or words."""
    said = [*obeyed(system, user), *([mark] if mark else [])]
    if wanted == "reword":
        numbers = [int(number) for number in _NUMBERED.findall(user)]
        return json.dumps({"lines": [{"n": n, "text": said[i % len(said)]} for i, n in enumerate(numbers)]})
    if wanted != "answer":
        return "\n".join(said[:1] if "<conversation>" in user else said)
    if turn % 4 == 0:
        return "\n".join(f"{text} [{number % 5 + 1}]" for number, text in enumerate(said))
    members = [{"text": text, "passages": [1, 2, 3, 4, 5] if n % 6 != 5 else [99]} for n, text in enumerate(said)]
    reply = json.dumps({"answers_question": True, "sentences": members}, ensure_ascii=False)
    return f"```json\n{reply}\n```" if turn % 4 == 1 else reply


def _title(schema: Mapping[str, object] | None) -> str | None:
    return str(schema.get("title")) if schema else None


def _content(body: Mapping[str, Any], role: str) -> str:
    return "\n".join(str(one["content"]) for one in body["messages"] if one["role"] == role)
