"""Is this line a question a person could type? Rules on its text alone; the index is asked in checks.py."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from copilot.curating.prompt import Language, instructions
from knowledge.chunk import same_words
from knowledge.text import is_chinese, terms


class Refusal(StrEnum):
    """Why a written question is not indexed."""

    LENGTH = "length"
    LANGUAGE = "language"
    LINK = "link"
    INSTRUCTION = "instruction"  #: it repeats ours, or gives one
    POINTS_AT_TEXT = "points_at_text"  #: "this passage": only its writer saw one
    NOT_A_QUESTION = "not_a_question"  #: code, markup, characters nobody types
    PERSONAL = "personal"  #: it holds what may be a telephone or account number
    DUPLICATE = "duplicate"
    NOT_FOUND = "not_found"  #: a search for it does not find its own section
    SURPLUS = "surplus"  #: more than were asked for


#: What people type into a chat, in characters; the longest of 1,530 questions written by hand have 41 (zh), 122 (en).
_LENGTHS: dict[Language, tuple[int, int]] = {"zh": (4, 60), "en": (10, 160)}
_LINK = re.compile(
    r"https?:|www\.|\b[\w.+-]+@[\w-]+\.\w|\b[a-z0-9-]+\.(?:com|cn|net|org|io|ru|xyz|top)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"\d(?:[ -]?\d){6,}")
_POINTS = re.compile(
    r"[这该本此上](?:一|个)?(?:段(?!时|期|路|话)|篇|文(?![件化案])|节(?![点日奏省约课]))|前文|后文|文中"
    r"|(?:段落|资料|原文|文档|材料)(?:里|中|内)?(?:提到|说|讲|写道|写明|的内容)"
    r"|\bthis (?:passage|text|section|article|document|paragraph|excerpt)\b|\bthe (?:passage|text|excerpt)\b"
    r"|\b(?:mentioned|described|listed) above\b|\baccording to the (?:author|article|document|section)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instructions?|rules?|prompt|above|previous)\b|system prompt"
    r"|\byou are now\b|\bas an ai\b|\bpassage-?[0-9a-f]{8}"
    r"|(?:忽略|无视|忘记|忘掉).{0,12}(?:指令|规则|要求|提示|以上|上面|之前)"
    r"|系统提示|提示词|作为(?:一个)?(?:AI|人工智能|语言模型)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<>{}|\\`＜＞]|\$[a-z{]|\]\(|^#|;\s*$|\b(?:select|drop)\b.+\b(?:from|table)\b", re.IGNORECASE)
#: Our own words repeated in a row: more than a question shares with the instructions by chance.
_LEAKED_TERMS = 8


def language_of(text: str) -> Language:
    """Tell which of the two languages a question is in."""
    return "zh" if is_chinese(text) else "en"


def is_hostile(text: str) -> bool:
    """Tell whether a line carries a link, an instruction or markup; its length and language do not matter."""
    hidden = any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") and c not in "\n\t\r" for c in text)
    return hidden or any(rule.search(text) for rule in (_LINK, _ORDERS, _MARKUP)) or _leaks(text)


def refuse(text: str) -> Refusal | None:
    """Return the first rule that a line breaks; None when a person could have typed it."""
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") for c in text) or _MARKUP.search(text):
        return Refusal.NOT_A_QUESTION
    shortest, longest = _LENGTHS[language_of(text)]
    if not shortest <= len(text) <= longest or len(same_words(text)) < shortest - 1:
        return Refusal.LENGTH
    if _LINK.search(text):
        return Refusal.LINK
    if _NUMBER.search(text):
        return Refusal.PERSONAL
    if _ORDERS.search(text) or _leaks(text):
        return Refusal.INSTRUCTION
    if _POINTS.search(text):
        return Refusal.POINTS_AT_TEXT
    if any(_other_script(character) for character in text):
        return Refusal.LANGUAGE
    return None


def gives_orders(text: str) -> bool:
    """Tell whether a text tells a language model what to do."""
    return _ORDERS.search(text) is not None


def _other_script(character: str) -> bool:
    """Tell letters that are neither Han nor Latin: a model that drifts into a third language."""
    return character.isalpha() and not unicodedata.name(character, "").startswith(
        ("CJK", "LATIN", "FULLWIDTH LATIN", "GREEK", "MICRO")
    )


def _leaks(text: str) -> bool:
    said = terms(text)
    runs = {tuple(said[i : i + _LEAKED_TERMS]) for i in range(len(said) - _LEAKED_TERMS + 1)}
    if not runs:
        return False
    for ours in map(terms, instructions()):
        if any(tuple(ours[i : i + _LEAKED_TERMS]) in runs for i in range(len(ours) - _LEAKED_TERMS + 1)):
            return True
    return False
