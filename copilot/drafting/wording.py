"""Lines of a first text → the words of a chat model, each line checked against ours; what fails stays as we wrote it.

Only lines that are ours alone are shown for rewording: no facts, tables, quotes or open questions. A new line may add
no number, date or name that neither facts nor quotes have, may lose none of the old line's, and must mean the same.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace

from copilot.answering.answer import GroundedSentence
from copilot.answering.checked_wording import leaks
from copilot.answering.claims import denied_otherwise, unsupported
from copilot.answering.grounding import SentenceCheck
from copilot.answering.inert import inert
from copilot.chat_model import ChatModel, Prompt
from copilot.drafting import account_facts, words
from copilot.drafting.composer import Composed, Language, Order
from copilot.drafting.draft import Finding
from copilot.drafting.kind_fields import judgement_findings
from copilot.drafting.reword_prompt import read_reply, reword_prompt
from copilot.errors import ChatModelUnavailable
from knowledge.chunk import Chunk, ChunkId, Span
from knowledge.document import DocumentId, Metadata
from knowledge.passage import Passage
from knowledge.text import fold, sentence_spans

#: More lines than these are not sent: the first ones set the tone.
_MOST_LINES = 30
#: A line may grow by this factor and these characters.
_GROWTH, _GRACE = 1.5, 40
_BULLET = re.compile(r"^\s*(?:[-*+•]\s+)?")
#: What is more than words: addresses, markers, cells, headings.
_MORE_THAN_WORDS = re.compile(
    r"://|www\.|\S@\S|[|`<>{}〔〕]|\[\d|^\s*[#=-]|\*\*|(?:javascript|data|vbscript)\s*:", re.IGNORECASE
)

_log = logging.getLogger(__name__)


class Wording:
    """Rewords with a chat model."""

    def __init__(self, model: ChatModel, check: SentenceCheck) -> None:
        self._model, self._check = model, check

    def worded(self, composed: Composed, order: Order) -> Composed:
        """Return the text with the lines that passed, and findings that name them and those that did not."""
        lines = composed.content.split("\n")
        ours = {n: _BULLET.sub("", lines[n - 1]) for n in composed.wordable[:_MOST_LINES]}
        if not ours:
            return composed
        facts = "\n".join(account_facts.shared(order.account, order.language))
        quotes = "\n".join(one.quote for one in composed.quotes)
        prompt = reword_prompt(ours, facts=facts, quotes=quotes, language=order.language)
        try:
            said = read_reply(self._model.complete(prompt))
        except ChatModelUnavailable as error:
            _log.warning("chat model unavailable: %s", error.message)
            return _with(composed, "wording_unavailable", order.language, {})
        if said is None:
            return _with(composed, "wording_rejected", order.language, ours)
        passed, failed = self._passed(said, ours, f"{facts}\n{quotes}", prompt, order)
        for number, text in passed.items():
            bullet = _BULLET.match(lines[number - 1])
            lines[number - 1] = f"{bullet.group() if bullet else ''}{text}"
        made = replace(composed, content="\n".join(lines))
        if failed:
            made = _with(made, "wording_rejected", order.language, failed)
        return _with(made, "worded_by_model", order.language, passed, self._model.name) if passed else made

    def _passed(
        self, said: Mapping[int, str], ours: Mapping[int, str], evidence: str, prompt: Prompt, order: Order
    ) -> tuple[dict[int, str], dict[int, str]]:
        passed: dict[int, str] = {}
        failed: dict[int, str] = {}
        for number, old in ours.items():
            raw = " ".join(said.get(number, "").split())
            new = " ".join(inert(raw).split())
            if not new or new == old:
                continue
            fits = raw == new and _fits(new, old, evidence, prompt, order) and self._means(new, old, evidence)
            (passed if fits else failed)[number] = new
        return passed, failed

    def _means(self, new: str, old: str, evidence: str) -> bool:
        """Check every sentence as one of an answer, and the whole against the line it replaces."""
        passages = [_passage(f"{old}\n{evidence}", 1), _passage(old, 2)]
        texts = [new[start:end].strip() for start, end in sentence_spans(new)]
        claims = [GroundedSentence(text=one, status="ungrounded", citations=(1,)) for one in texts if one]
        whole = GroundedSentence(text=new, status="ungrounded", citations=(2,))
        return len(self._check([*claims, whole], passages)) == len(claims) + 1


def _fits(new: str, old: str, evidence: str, prompt: Prompt, order: Order) -> bool:
    added = any(len(found(new)) > len(found(old)) for found in (words.promises, words.discounts, words.personal, _open))
    return not (
        added
        or _MORE_THAN_WORDS.search(new)
        or len(new) > _GROWTH * len(old) + _GRACE
        or leaks(new, prompt, order.language)
        or unsupported(new, f"{old}\n{evidence}")
        or unsupported(old, new)
        or denied_otherwise(new, [old])
        or any(judgement_findings(new, order.account))
        or (fold(order.person.name) in fold(old) and fold(order.person.name) not in fold(new))
    )


def _open(text: str) -> list[str]:
    return words.PLACEHOLDER.findall(text)


def _passage(text: str, number: int) -> Passage:
    span = Span(start=0, end=len(text), text=text, heading_path=())
    chunk = Chunk(id=ChunkId(f"draft.{number}"), document_id=DocumentId("draft"), version=1, ordinal=number, span=span)
    return Passage(chunk=chunk, source="draft", title="", metadata=Metadata(), score=0.0, similarity=0.0, found_by=())


def _with(composed: Composed, code: str, language: Language, lines: Mapping[int, str], model: str = "") -> Composed:
    named = ", ".join(map(str, lines))
    message = _MESSAGES[code][language].format(lines=named, model=model)
    place = f"line {min(lines)}" if lines else None
    finding = Finding(code=code, severity="warning", message=message, place=place)
    return replace(composed, findings=(*composed.findings, finding))


_MESSAGES: Mapping[str, Mapping[Language, str]] = {
    "worded_by_model": {
        "zh": "第 {lines} 行由 {model} 润色,已核对;定稿前请读一遍。",
        "en": "Lines {lines} were worded by {model} and checked. Read them before you decide.",
    },
    "wording_rejected": {
        "zh": "对话模型对第 {lines} 行的写法没有通过核对,保留了原来的文字。",
        "en": "What the chat model made of lines {lines} did not pass the check; they stay as they were.",
    },
    "wording_unavailable": {
        "zh": "对话模型没有响应,文字没有润色。",
        "en": "The chat model did not respond; nothing was reworded.",
    },
}
