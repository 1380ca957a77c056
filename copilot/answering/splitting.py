"""A question that is two questions → its parts. Only where each part would be understood alone; else it stays whole."""

from __future__ import annotations

import re

from copilot.answering.follow_up import Dependence, dependence
from copilot.answering.scaffolding import asks, subject_han, subject_words
from knowledge.text import fold, is_chinese

#: More than this is a list of questions, which no answer at a glance covers.
_MOST_PARTS = 3
_LONGEST = 300
#: A part names at least this much, or it leans on the other one.
_SUBJECT_HAN = 2
#: Without "also", "and how …" more often goes on with the same subject.
_SUBJECT_WORDS = 2

#: Words that add a second question, with the punctuation before them: "…,另外…", "… and how …".
_JOINTS = re.compile(
    r"[?？;；]+\s*(?:另外|还有|以及|同时|顺便(?:问一下|问下|问问|问)?|再问一?[下句个]?|and also |and |also )?[,，]?\s*"
    r"|[,，。、\s]+(?:另外|还有|以及|顺便(?:问一下|问下|问问|问)?|再问一?[下句个]?)[,，]?\s*"
    r"|(?:,\s*|\.\s+|\s+)(?:and also|and|also)[,]?\s+(?=(?:what|how|who|when|why|which|where)\b)",
    re.IGNORECASE,
)
_ASKS_AT_ALL_ZH = re.compile(
    r"怎|什么|如何|为啥|啥|咋|谁|哪|几|吗|多少|多久|多大|多长|区别|不同|步骤|流程|是不是|能不能|要不要|有没有|会不会"
)
_STARTS_EN = re.compile(
    r"^(?:what|how|who|whom|whose|when|why|which|where|is|are|do|does|did|can|could|should|will|would|may)\b"
)
#: They speak of what the other part named.
_SHARES = re.compile(r"\b(?:each|both|either|neither|else)\b")


def split(text: str) -> list[str]:
    """Return the parts in order, each verbatim from `text`; one part, the text itself, when in doubt."""
    whole = [text]
    if len(text) > _LONGEST or "\n" in text.strip():
        return whole
    parts: list[str] = []
    start, added = 0, False
    for joint in _JOINTS.finditer(text):
        added = added or "also" in joint.group().lower()
        if joint.end() == len(text):
            break
        parts.append(text[start : joint.start()].strip(" ,，"))
        start = joint.end()
    parts.append(text[start:].strip())
    parts = [part for part in parts if part]
    if not 2 <= len(parts) <= _MOST_PARTS or not all(
        _stands_alone(part, 1 if added else _SUBJECT_WORDS) for part in parts
    ):
        return whole
    return parts


def _stands_alone(part: str, words: int) -> bool:
    folded = " ".join(fold(part).split())
    if dependence(folded) is not Dependence.NONE and not _defines(folded, words):
        return False
    if is_chinese(folded):
        named = len(subject_han(folded)) >= _SUBJECT_HAN or bool(subject_words(folded))
        return named and bool(_ASKS_AT_ALL_ZH.search(folded)) and asks(folded)
    if _SHARES.search(folded) or not _STARTS_EN.match(folded):
        return False
    return len(subject_words(folded)) >= words


def _defines(folded: str, words: int) -> bool:
    """Short but whole: "客单价是什么", "健康分怎么算"."""
    enough = len(subject_han(folded)) >= _SUBJECT_HAN or (words == 1 and bool(subject_words(folded)))
    return enough and dependence(folded) is Dependence.ELLIPTIC
