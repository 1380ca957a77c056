"""Passages → the words of a chat model, each sentence checked before anybody sees it; else the sources are quoted.

The model only words. Whether there is an answer has been decided before it is asked, what it says counts sentence by
sentence and only as far as its sources bear it out, and when it fails or declines the evidence itself is the answer.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from copilot.answering.answer import Composition, GroundedSentence, ModelCall, WordingOutcome
from copilot.answering.copied import copied, letters
from copilot.answering.degraded import TOLD
from copilot.answering.grounding import SentenceCheck, context
from copilot.answering.in_parts import compose_parts
from copilot.answering.inert import inert
from copilot.answering.orders import gives_orders
from copilot.answering.prompt import answer_prompt
from copilot.answering.question import Language, Question
from copilot.answering.reading import AnswerReader, Claim
from copilot.answering.worded import between, compose_worded, marked
from copilot.chat_model import ChatModel, Prompt
from copilot.errors import AskingCancelled, ChatModelUnavailable
from knowledge.errors import ModelUnavailable
from knowledge.passage import Citation, Passage
from knowledge.text import fold, sentence_spans

#: Passages a chat model is shown: more dilutes a small model's attention and adds seconds.
_SHOWN_TO_MODEL = 5
#: An answer at a glance; the prompt asks for four sentences.
_MOST_SENTENCES = 6
_LONGEST_SENTENCE = 400
_FEWEST_LETTERS = 2  #: one letter says nothing that could be checked
#: After so many sentences that nothing bears out, the next ones are not worth waiting for.
_MOST_DROPPED = 8
#: A run of the instructions this long in a sentence is no coincidence, in letters and digits of the normal form.
_LEAK = {"zh": 12, "en": 32}
_FIRST_BRACKET = re.compile(r"\A\(")
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://[^\s，。；]+|www\.[^\s，。；]+|(?:javascript|vbscript|data)\s*:\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
)

_log = logging.getLogger(__name__)


class Viewer(Protocol):
    """Somebody who reads the answer while it is being written."""

    def show(self, text: str) -> None:
        """Take the next checked words of the answer, as they will stand in it."""
        ...

    def gone(self) -> bool:
        """Tell whether nobody is there any more."""
        ...


class CheckedWording:
    """Words answers with a chat model."""

    def __init__(self, model: ChatModel, check: SentenceCheck) -> None:
        self._model = model
        self._check = check

    def compose(
        self,
        question: Question,
        passages: Sequence[Passage],
        parts: Sequence[tuple[str, Sequence[Citation]]],
        viewer: Viewer | None = None,
        note: str | None = None,
        within_s: float | None = None,
    ) -> Composition:
        """Return the model's checked sentences about all parts at once, or quotes with a note that says why.

        `parts` names each part of the question beside its evidence; `note` is what quotes need said before them;
        `within_s` is how long the model may take.

        Raises:
            AskingCancelled: the viewer has gone; nothing is worth finishing.
        """
        shown = _for_the_model(passages)
        if not shown:
            return compose_parts(question, parts, "\n".join([_STEERED[question.language], *([note] if note else [])]))
        prompt = replace(answer_prompt(question, shown), within_s=within_s)
        draft = _Draft(question.language, viewer)
        started = time.monotonic()
        outcome = self._write(draft, prompt, shown, question.language)
        call = ModelCall(
            model=self._model.name,
            prompt=prompt.name,
            outcome=outcome,
            kept=len(draft.kept),
            dropped=draft.dropped,
            milliseconds=round((time.monotonic() - started) * 1000),
        )
        if outcome == "worded":
            return compose_worded(question, shown, draft.kept, self._model.name).with_call(call)
        notes = [_NOTES[outcome][question.language], *([note] if note else [])]
        return compose_parts(question, parts, "\n".join(notes)).with_call(call)

    def _write(self, draft: _Draft, prompt: Prompt, shown: list[Passage], language: Language) -> WordingOutcome:
        reader = AnswerReader()
        try:
            for claims in self._claims(reader, prompt, draft.viewer):
                # A verdict that comes late takes back what it comes after: the sentences answer something else.
                if reader.declined:
                    return "declined"
                for claim in claims:
                    draft.add(self._accepted(claim, prompt, shown, language))
                    if draft.full:
                        return "worded"
                    if not draft.kept and draft.dropped == _MOST_DROPPED:
                        return "unsupported"
        except ChatModelUnavailable as error:
            _log.warning("chat model unavailable: %s", error.message)
            # Half an answer may leave out the condition that matters, so it is not kept.
            return "interrupted" if draft.kept else "unavailable"
        except ModelUnavailable as error:  # the embedder's: nothing can be checked, so nothing is kept
            _log.warning("the wording cannot be checked: %s", error.message)
            return "unsupported"
        return "worded" if draft.kept else "unsupported"

    def _claims(self, reader: AnswerReader, prompt: Prompt, viewer: Viewer | None) -> Iterator[list[Claim]]:
        if viewer is None:
            yield reader.feed(self._model.complete(prompt))
        else:
            for piece in self._model.stream(prompt, viewer.gone):
                yield reader.feed(piece)
            if viewer.gone():
                raise AskingCancelled("The client went away before the answer was there.")
        yield reader.finish()

    def _accepted(
        self, claim: Claim, prompt: Prompt, shown: list[Passage], language: Language
    ) -> GroundedSentence | None:
        # Sentences are joined: behind the [1] of the one before, an ASCII bracket would make a link.
        text = _FIRST_BRACKET.sub("（", " ".join(inert(claim.text).split()))
        known = tuple(n for n in claim.passages if 1 <= n <= len(shown))
        if (
            len(letters(text)) < _FEWEST_LETTERS
            or not any(character.isalpha() for character in text)  # a bare number says nothing either
            or not known
            or len(text) > _LONGEST_SENTENCE
            or leaks(text, prompt, language)
        ):
            return None
        evidence = fold("\n".join(shown[n - 1].text for n in known))
        if any(address not in evidence for address in _ADDRESS.findall(fold(text))):
            return None
        borne_out = self._check([GroundedSentence(text=text, status="ungrounded", citations=known)], shown)
        if not borne_out:
            return None
        cited = [shown[n - 1].text for n in borne_out[0].citations]
        said = copied(text, cited, [one.text for one in shown], language)
        return replace(borne_out[0], text=said) if said is not None else None


def _for_the_model(passages: Sequence[Passage]) -> list[Passage]:
    """Return what it may word: a passage that speaks to it instead of to people stays a source to be quoted."""
    steering = [one for one in passages if gives_orders(f"{one.text}\n{context(one)}")]
    if steering:
        _log.info("not shown to the chat model, for it gives orders to one: %s", {one.source for one in steering})
    return [one for one in passages if one not in steering][:_SHOWN_TO_MODEL]


class _Draft:
    """The sentences kept so far, shown as they come with the numbers they will have in the end."""

    def __init__(self, language: Language, viewer: Viewer | None) -> None:
        self.viewer = viewer
        self.kept: list[GroundedSentence] = []
        self.dropped = 0
        self._language = language
        self._numbers: dict[int, int] = {}

    @property
    def full(self) -> bool:
        return len(self.kept) == _MOST_SENTENCES

    def add(self, sentence: GroundedSentence | None) -> None:
        """Keep a sentence; None, and one that only repeats another, is dropped."""
        if sentence is None or any(fold(sentence.text) == fold(other.text) for other in self.kept):
            self.dropped += 1
            return
        numbers = [self._numbers.setdefault(n, len(self._numbers) + 1) for n in sentence.citations]
        if self.viewer is not None:
            text = marked(sentence, numbers, self._language)
            self.viewer.show(between(self._language) + text if self.kept else text)
        self.kept.append(sentence)


def leaks(text: str, prompt: Prompt, language: Language) -> bool:
    """Tell whether a sentence repeats our instructions or the mark of the frame."""
    said, ours, length = letters(text), letters(prompt.system), _LEAK[language]
    return (
        bool(prompt.mark and prompt.mark in said)
        or said in {letters(prompt.system[start:end]) for start, end in sentence_spans(prompt.system)}
        or any(said[start : start + length] in ours for start in range(len(said) - length + 1))
    )


_STEERED: dict[Language, str] = {
    "zh": "资料里有写给对话模型的指令,所以没有交给它,以下直接引用原文。",
    "en": "The sources give orders to chat models, so none was asked; they are quoted directly.",
}
_NOTES: dict[WordingOutcome, dict[Language, str]] = {
    "unavailable": TOLD["chat_model"],
    "interrupted": {
        "zh": "对话模型中途停止响应,没写完的答案不保留,以下直接引用原文。",
        "en": "The chat model stopped midway; its unfinished answer is not kept, so the sources are quoted directly.",
    },
    "unsupported": {
        "zh": "对话模型的回答没有通过引用核对,以下直接引用原文。",
        "en": "The chat model's wording did not pass the citation check, so the sources are quoted directly.",
    },
    "declined": {
        "zh": "对话模型认为资料没有直接回答这个问题,以下是最接近的原文,请自行判断。",
        "en": "The chat model sees no direct answer in the sources; these are the nearest quotes, for you to judge.",
    },
}
