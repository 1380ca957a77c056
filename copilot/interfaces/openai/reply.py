"""An answer as OpenAI's chat completion, whole or in chunks, with citations where RAGFlow's clients look for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from copilot.errors import UnsupportedParameter
from copilot.interfaces.contract import AnswerBody, CitationBody
from copilot.interfaces.openai.request import ChatRequest, ReferenceMetadata

#: What can be told of a cited document, by the names that `reference_metadata.fields` uses.
_METADATA: Mapping[str, Callable[[CitationBody], Any]] = {
    "kind": lambda citation: citation.kind.value,
    "source": lambda citation: citation.source,
    "version": lambda citation: citation.version,
    "verified_until": lambda citation: citation.verified_until.isoformat() if citation.verified_until else None,
    "stale": lambda citation: citation.stale,
}
#: Stands between words that no longer hold, which were sent and cannot be taken back, and the answer.
_WITHDRAWN = {
    "zh": "\n\n---\n以上没有写完,作废。完整的回答是:\n\n",
    "en": "\n\n---\nThe above was not finished and does not hold. The whole answer:\n\n",
}


@dataclass(frozen=True, kw_only=True)
class Completion:
    """One completion in the making."""

    request: ChatRequest
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: AnswerBody) -> dict[str, Any]:
        """Return the completion."""
        content = content_of(answer)
        message = {"role": "assistant", "content": content, "refusal": None} | self._reference(answer)
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return self._common("chat.completion", [choice]) | {
            "usage": self._usage(content),
            "frontline": frontline_of(answer),
        }

    def chunk(self, delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
        """Return a chunk of a stream."""
        choice = {"index": 0, "delta": dict(delta), "finish_reason": finish, "logprobs": None}
        return self._common("chat.completion.chunk", [choice]) | ({"usage": None} if self.request.wants_usage else {})

    def last_chunk(self, answer: AnswerBody) -> dict[str, Any]:
        """Return the chunk that ends the text and holds what belongs to it; `final_content` is the text that holds."""
        delta = self._reference(answer) | {"final_content": content_of(answer)}
        return self.chunk(delta, "stop") | {"frontline": frontline_of(answer)}

    def usage_chunk(self, content: str) -> dict[str, Any]:
        """Return the chunk that counts."""
        return self._common("chat.completion.chunk", []) | {"usage": self._usage(content)}

    def check(self) -> None:
        """Refuse what could not be told at the end.

        Raises:
            UnsupportedParameter: a field is asked for that citations do not have.
        """
        for name in self.request.wanted_metadata.fields or []:
            if name not in _METADATA:
                raise UnsupportedParameter(
                    f"reference_metadata.fields: there is no {name!r}. There are {', '.join(_METADATA)}.",
                    "reference_metadata.fields",
                )

    def _common(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.request.model,
            "choices": choices,
            "system_fingerprint": None,
        }

    def _reference(self, answer: AnswerBody) -> dict[str, Any]:
        if not self.request.wants_reference:
            return {}
        return {"reference": _reference(answer.citations, self.request.wanted_metadata)}

    def _usage(self, content: str) -> dict[str, Any]:
        """Count characters and say so: which tokens there are depends on a model that may not have been asked."""
        read = sum(len(_shown(message.content)) for message in self.request.messages)
        return {
            "prompt_tokens": read,
            "completion_tokens": len(content),
            "total_tokens": read + len(content),
            "unit": "characters",
        }


def content_of(answer: AnswerBody) -> str:
    """Return the text of an answer; what can be picked stands below a question back, where there are no buttons."""
    if answer.status != "clarify" or not answer.choices:
        return answer.answer
    return "\n".join([answer.answer, "", *(f"- {choice.label}" for choice in answer.choices)])


def rest_of(answer: AnswerBody, shown: str) -> str:
    """Return what is left to send after `shown`: all of it under a line where the words sent no longer hold."""
    content = content_of(answer)
    if content.startswith(shown):
        return content[len(shown) :]
    return _WITHDRAWN[answer.language] + content


def frontline_of(answer: AnswerBody) -> dict[str, Any]:
    """Return what OpenAI's protocol has no place for."""
    told = {"answer_id", "conversation_id", "status", "reason", "intent", "explanation", "grounding", "conflicts"}
    told |= {"choices", "composer", "confidence"}
    return answer.model_dump(mode="json", include=told)


def _reference(citations: list[CitationBody], wanted: ReferenceMetadata) -> dict[str, Any]:
    named: dict[str, dict[str, Any]] = {}
    for citation in citations:
        seen = named.setdefault(
            citation.source, {"doc_name": citation.title, "doc_id": citation.document_id, "count": 0}
        )
        seen["count"] += 1
    return {"chunks": {str(citation.n): _chunk(citation, wanted) for citation in citations}, "doc_aggs": named}


def _chunk(citation: CitationBody, wanted: ReferenceMetadata) -> dict[str, Any]:
    """Return a citation under the names of RAGFlow, and under our own what those lack."""
    fields = list(_METADATA) if wanted.fields is None else wanted.fields
    metadata = {name: _METADATA[name](citation) for name in fields} if wanted.include else None
    return (
        citation.model_dump(mode="json", exclude={"quote", "title"})
        | {"id": str(citation.n), "content": citation.quote, "document_name": citation.title}
        | ({} if metadata is None else {"document_metadata": metadata})
    )


def _shown(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.text for part in content or [])
