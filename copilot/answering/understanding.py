"""Question and conversation → what is really asked: the parts, in words that stand alone, and the wording wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copilot.answering.enumerated import pointed_item
from copilot.answering.follow_up import Dependence, answers_back, carried, dependence, in_context, questions_asked
from copilot.answering.intent import Intent, intent_of
from copilot.answering.question import Language, Question, Turn
from copilot.answering.rewriting import Rewriter
from copilot.answering.scaffolding import framed_in_chinese
from copilot.answering.splitting import split
from copilot.answering.wording import WordingWish, wording_wish
from knowledge.text import fold, is_chinese

#: Earlier messages that are looked at; what matters is carried from the last few.
HISTORY_TURNS = 12
#: Questions that are searched as one text when several are wanted in other words.
_CHAINED = 4


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that is asked.

    `searches` are the texts to look for; what they find is merged rank by rank, the first one's first.
    """

    standalone: str  #: as people read it
    asked: str  #: what evidence is judged against
    searches: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """What is asked, before anything is looked for."""

    parts: tuple[Part, ...]
    standalone: str  #: byte for byte the turn when it needs nothing from before
    intent: Intent
    language: Language
    wish: WordingWish


class Reader:
    """Reads a turn. Rules decide whether it needs its conversation; a chat model may word it better."""

    def __init__(self, rewriter: Rewriter | None = None) -> None:
        self._rewriter = rewriter

    def understand(self, question: Question, history: Sequence[Turn] = ()) -> Understanding:
        """Return what is asked; never raises, whatever the text."""
        text = question.text
        history = [turn for turn in history if turn.content.strip()][-HISTORY_TURNS:]
        wish = wording_wish(text)
        language = wish.language or ("zh" if framed_in_chinese(fold(text)) else question.language)
        intent = intent_of(text)
        asked = carried(history)
        if wish.bare and asked:
            parts = _referred(wish, history)
            shown = in_context(text.strip(), [part.standalone for part in parts], _spoken(text))
            return Understanding(parts=parts, standalone=shown, intent=intent, language=language, wish=wish)
        parts = tuple(self._part(part, history, asked) for part in split(text))
        if len(parts) == 1:
            standalone = parts[0].standalone
        elif any(part.searches != (part.standalone,) for part in parts):
            standalone = " ".join(part.standalone for part in parts)
        else:
            standalone = text
        return Understanding(parts=parts, standalone=standalone, intent=intent, language=language, wish=wish)

    def _part(self, text: str, history: Sequence[Turn], asked: Sequence[str]) -> Part:
        needs = dependence(text) if asked else Dependence.NONE
        if asked and answers_back(text, history):
            needs = Dependence.REFERRING
        if needs is Dependence.NONE:
            return Part(standalone=text, asked=text, searches=(text,))
        turn = _with_item(text.strip(), history)
        form = " ".join([*asked, turn])
        searches = (form,) if needs is Dependence.REFERRING else (form, turn)
        rewritten = self._rewriter.rewrite(text.strip(), history) if self._rewriter else None
        if rewritten is not None:
            return Part(standalone=rewritten, asked=rewritten, searches=(rewritten, form))
        return Part(standalone=in_context(turn, asked, _spoken(text)), asked=form, searches=searches)


def _referred(wish: WordingWish, history: Sequence[Turn]) -> tuple[Part, ...]:
    """Return the earlier questions whose evidence is wanted in other words: those counted, else the last."""
    asked = questions_asked(history)
    chain = " ".join(text for _, text in asked[-_CHAINED:])
    asked = asked[: wish.first] if wish.first else asked[-(wish.last or 1) :]
    parts = []
    for position, text in asked:
        before = carried(history[:position]) if dependence(text) is not Dependence.NONE else []
        own = " ".join([*before, text])
        # Questions asked one after the other are about one matter; together they find what none of them names alone.
        searches = (chain, own) if len(asked) > 1 else (own,)
        parts.append(Part(standalone=text, asked=own, searches=searches))
    return tuple(parts)


def _with_item(turn: str, history: Sequence[Turn]) -> str:
    """Name what an ordinal points at in the last answer: "第二步" → "第二步(培训)"."""
    last = next((one.content for one in reversed(history) if one.role == "assistant"), "")
    pointed = pointed_item(turn, last)
    if pointed is None:
        return turn
    end, item = pointed
    return f"{turn[:end]}({item}){turn[end:]}"


def _spoken(text: str) -> Language:
    return "zh" if is_chinese(text) else "en"
