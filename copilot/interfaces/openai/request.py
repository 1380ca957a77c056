"""What a client of OpenAI's chat completions sends, and the question in it.

What would change what is answered is refused where we cannot do it; what only tunes a model's prose is ignored, since
answers here are quotes and checked sentences. Unknown names are ignored, so that newer clients go on working.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import Field

from copilot.errors import UnsupportedParameter
from copilot.interfaces.contract import AskBody, Body, Storable, TurnBody
from copilot.interfaces.openai.models import audience_of


class PartBody(Body):
    """A part of a message; only text can be read."""

    type: str
    text: str = ""


class MessageBody(Body):
    """A message; those of the system, of developers and of tools are not read."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[PartBody] | None = None


class StreamOptions(Body):
    """How a stream ends."""

    include_usage: bool = False


class ReferenceMetadata(Body):
    """What is told of the documents that are cited."""

    include: bool = False
    fields: list[str] | None = Field(None, description="Null: all there is.")


class ReferenceOptions(Body):
    """Options around citations, as RAGFlow names them."""

    reference: bool | None = Field(None, description="False leaves the citations out.")
    reference_metadata: ReferenceMetadata | None = None
    metadata_condition: dict[str, Any] | None = None


class ChatRequest(ReferenceOptions):
    """A chat completion to be made. `temperature`, `max_tokens` and their like are ignored."""

    model: str
    messages: list[MessageBody] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    metadata: dict[str, Storable] | None = Field(None, description="`account_id` and `conversation_id` are read.")
    extra_body: ReferenceOptions | None = Field(None, description="For clients that send it as it is written.")
    n: int | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    tool_choice: Any = None
    response_format: dict[str, Any] | None = None
    logprobs: bool | None = None
    modalities: list[str] | None = None
    web_search_options: dict[str, Any] | None = None

    @property
    def wants_reference(self) -> bool:
        """Whether citations go along."""
        said = self.reference if self.reference is not None else self.extra_body and self.extra_body.reference
        return said is not False

    @property
    def wanted_metadata(self) -> ReferenceMetadata:
        """What is told of the documents that are cited."""
        nested = self.extra_body.reference_metadata if self.extra_body else None
        return self.reference_metadata or nested or ReferenceMetadata()

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with a count."""
        return self.stream_options is not None and self.stream_options.include_usage


_Refused = Callable[[Any], bool]
#: Name → when it is refused, and what to do instead.
_REFUSED: Mapping[str, tuple[_Refused, str]] = {
    "n": (lambda value: value != 1, "There is one checked answer to a question. Leave n out."),
    "tools": (bool, "This model calls no tools. Leave tools out, or use the MCP server at /mcp."),
    "functions": (bool, "This model calls no functions. Leave functions out, or use the MCP server at /mcp."),
    "tool_choice": (lambda value: value not in ("none", "auto"), "This model calls no tools. Leave tool_choice out."),
    "response_format": (
        lambda value: value.get("type", "text") != "text",
        "Answers are Markdown with citations. Leave response_format out; fields stand in `frontline` and `reference`.",
    ),
    "logprobs": (bool, "Quotes have no probabilities. Leave logprobs out."),
    "modalities": (lambda value: value != ["text"], "Answers are text. Leave modalities out."),
    "web_search_options": (lambda _: True, "Answers come from the company's own knowledge. Leave it out."),
    "metadata_condition": (
        lambda value: bool(value.get("conditions")),
        "Answers cannot be narrowed by metadata; who may read what is decided by the key. Leave it out.",
    ),
}


def read_question(request: ChatRequest) -> AskBody:
    """Return the question: the last message of the user, those before as its history.

    Raises:
        UnknownModel: the model is none of ours.
        UnsupportedParameter: something is asked for that cannot be done here, or nothing is asked.
    """
    audience = audience_of(request.model)
    _refuse(request)
    turns = [
        (number, TurnBody(role=message.role, content=text))
        for number, message in enumerate(request.messages)
        if message.role in ("user", "assistant") and (text := _text(number, message))
    ]
    while turns and turns[-1][1].role != "user":  # the beginning of an answer, which nothing here goes on with
        turns.pop()
    if not turns:
        raise UnsupportedParameter("Nothing is asked. Send a message with role 'user' and a text.", "messages")
    said = request.metadata or {}
    return AskBody(
        question=turns[-1][1].content,
        history=[turn for _, turn in turns[:-1]],
        audience=audience,
        account_id=said.get("account_id"),
        conversation_id=said.get("conversation_id"),
    )


def _refuse(request: ChatRequest) -> None:
    given = {name: getattr(request, name) for name in _REFUSED}
    if request.extra_body and request.extra_body.metadata_condition:
        given["metadata_condition"] = request.extra_body.metadata_condition
    for name, value in given.items():
        refused, advice = _REFUSED[name]
        if value is not None and refused(value):
            raise UnsupportedParameter(f"{name}: {str(value)[:80]!r} is not supported. {advice}", name)


def _text(number: int, message: MessageBody) -> str:
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    for part in message.content:
        if part.type != "text" and message.role == "user":
            raise UnsupportedParameter(
                f"messages[{number}]: a part of type {part.type!r} cannot be read. Send its text.",
                f"messages[{number}].content",
            )
    return "\n".join(part.text for part in message.content if part.type == "text")
