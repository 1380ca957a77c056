"""Does a turn need the turns before it, and which of them does it need?

Nothing here guesses a meaning. A turn that refers (那, 它, 上面, 第二步, that, what about …) or that names too little
to be found by itself is read with the questions since the last one that stood alone. Everything else stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from copilot.answering.question import Language, Turn
from copilot.answering.scaffolding import asks, subject_han, subject_words
from copilot.answering.smalltalk import is_smalltalk
from copilot.answering.wording import wording_wish
from knowledge.text import fold, is_chinese

#: Longer turns bring their own context.
_LONGEST_FOLLOW_UP = 60
_LONGEST_FOLLOW_UP_EN = 90
#: An elliptic turn names at most this much of a subject.
_LITTLE_HAN = 4
_LITTLE_WORDS = 3
#: Earlier questions that are carried, and how much of them: the embedder reads 512 tokens, the turn's own words count.
_CARRIED_TURNS = 4
_CARRIED_CHARACTERS = 100
_LONGEST_QUESTION = 2000  #: characters of a pasted text that are read at all

_LEADS_ZH = re.compile(
    r"^(?:那么?|所以|然后|接着|另外|除此之外|除了这|反过来|如果不|要是不|"
    r"还有(?![\d一二三四五六七八九十多几哪]))"
)
_ENDS_ZH = re.compile(r"^[^,，。;；?？!！]{1,10}呢[?？!！。]*$")
#: "我不懂" stands alone; 什么/怎么 before 呢 make a whole question of it.
_WHOLE_ZH = re.compile(r"什么|怎|如何|啥|咋|吗|哪|多少|为何")
_POINTS_ZH = re.compile(
    r"它们?|[他她]们?|[这那](?!时候|种人|年|天|家店)|上述|以上|上面|前面|前者|后者|刚才|刚刚|之前说|上一[个条点步问]|下一[个条点](?!季|月)|"
    r"(?:[前后][一二两三四五几\d]|第[一二三四五六七八九十\d]+)[点条个步段句项种阶](?![月周年季])|其中"
)
_OBJECT_ZH = re.compile(
    r"(?:这|那)(?:个|些|样|种|块|边|步|条|点|么做)?(?:吗|呢|吧|了|的话|行不行|可以吗)?[?？!！。,，;；\s]*$"
)
_LEADS_EN = re.compile(
    r"^(?:and|but|so|then|also|or|ok(?:ay)?,? (?:and|so|but)|what about|how about|and what|what if (?:they|it|that)|"
    r"same for|for (?:the )?(?:other|others|rest)|why (?:not|so|is that)[?.! ]*$|how so|anything else|what else)\b"
)
_FRAGMENT_EN = re.compile(r"^(?:for|with|in|on|to|from|without|if) ")
_POINTS_EN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|those|these|this(?! (?:week|month|quarter|year|time))|that|the former|"
    r"the latter|the (?:first|second|third|fourth|fifth|last|next|previous|other|same) (?:one|step|point|part|item|"
    r"stage|phase)s?|the (?:other|same)|the above|above|previous|earlier)\b"
)
_OBJECT_EN = re.compile(r"\b(?:it|that|this|those|these|them|one|ones)[?.! ]*$")
_INNER_CLAUSE = re.compile(r"[?.!;,？。！；，] *(?=\S)|\b(?:and|or|before|after|when|if|that|which|who|than|to|as)\b")
_DEFINITE_EN = re.compile(r"\bthe (?!most|best|least|first|only|difference|right)")


_ASKED_BACK = re.compile(r"[?？]\s*$|请选择|[Pp]lease choose")
_LONGEST_ANSWER = 24


class Dependence(StrEnum):
    """How a turn stands to the turns before it."""

    NONE = "none"
    ELLIPTIC = "elliptic"  #: it names little; it may be the next question on the subject, or a new one
    REFERRING = "referring"  #: it points at what was said


def dependence(text: str) -> Dependence:
    """Tell whether a turn of a conversation can be understood without the turns before it."""
    turn = " ".join(fold(text).split())
    if is_chinese(turn):
        return _dependence_zh(turn)
    return _dependence_en(turn) if re.search("[a-z]", turn) else Dependence.NONE


def _dependence_zh(turn: str) -> Dependence:
    if len(turn) > _LONGEST_FOLLOW_UP:
        return Dependence.NONE
    if _LEADS_ZH.match(turn) or _ends_in(_OBJECT_ZH, turn):
        return Dependence.REFERRING
    if _ENDS_ZH.match(turn) and not _WHOLE_ZH.search(turn):
        return Dependence.REFERRING
    points = _POINTS_ZH.search(turn)
    # "新客户不回消息,他在想什么": what 他 points at stands before it.
    if points and _names_nothing(turn[: points.start()]):
        return Dependence.REFERRING
    little = len(subject_han(turn)) <= _LITTLE_HAN and not subject_words(turn)
    return Dependence.ELLIPTIC if little and asks(turn) else Dependence.NONE


def _dependence_en(turn: str) -> Dependence:
    if len(turn) > _LONGEST_FOLLOW_UP_EN:
        return Dependence.NONE
    words = subject_words(turn)
    if _LEADS_EN.match(turn) or _ends_in(_OBJECT_EN, turn):
        return Dependence.REFERRING
    if _FRAGMENT_EN.match(turn) and len(words) <= _LITTLE_WORDS and not asks(turn):
        return Dependence.REFERRING
    points = _POINTS_EN.search(turn)
    if points and _names_nothing(turn[: points.start()]):
        return Dependence.REFERRING
    definite = _DEFINITE_EN.search(turn) and len(words) <= _LITTLE_WORDS
    return Dependence.ELLIPTIC if asks(turn) and (definite or len(words) <= 1) else Dependence.NONE


def _ends_in(objects: re.Pattern[str], turn: str) -> bool:
    """Tell whether the turn ends in a pointing word whose antecedent is not in an earlier clause of the same turn."""
    found = objects.search(turn)
    if not found:
        return False
    clause = next(reversed([*_INNER_CLAUSE.finditer(turn, 0, found.start())]), None)
    return clause is None or _names_nothing(turn[: clause.start()])


def _names_nothing(text: str) -> bool:
    return len(subject_han(text)) < 2 and not subject_words(text)


def questions_asked(history: Sequence[Turn]) -> list[tuple[int, str]]:
    """Return the earlier questions with their places in the history; greetings and wishes for other words are none."""
    found = []
    for place, turn in enumerate(history):
        text = " ".join(turn.content[:_LONGEST_QUESTION].split())[:_CARRIED_CHARACTERS]
        if turn.role == "user" and text and not is_smalltalk(text) and not wording_wish(text).bare:
            found.append((place, text))
    return found


def carried(history: Sequence[Turn]) -> list[str]:
    """Return the questions a dependent turn is read with, oldest first: back to the last one that stood alone."""
    kept: list[str] = []
    for _, text in reversed(questions_asked(history)):
        kept.insert(0, text)
        if len(kept) == _CARRIED_TURNS or dependence(text) is Dependence.NONE:
            break
    return kept


def answers_back(text: str, history: Sequence[Turn]) -> bool:
    """Tell whether a short turn without a question answers what the last reply asked back ("请选择…", "… choose?")."""
    last = history[-1] if history else None
    if last is None or last.role != "assistant" or not _ASKED_BACK.search(last.content[-_CARRIED_CHARACTERS:]):
        return False
    turn = fold(text)
    return len(text) <= _LONGEST_ANSWER and not asks(turn) and bool(subject_han(turn) or subject_words(turn))


def in_context(text: str, before: Sequence[str], language: Language) -> str:
    """Return the turn as a person would have to ask it in a new conversation; the turn itself stays word for word."""
    if language == "zh":
        return f"关于“{'；'.join(before)}”：{text}"
    return f"About “{'; '.join(before)}”: {text}"
