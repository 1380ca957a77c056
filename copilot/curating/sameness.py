"""Do two questions ask the same? Nearness of meaning proposes it; numbers, names and a single difference forbid it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from copilot.answering.asked_fact import asked_fact
from copilot.answering.numerals import ARABIC, HAN, arabic, han
from knowledge.chunk import same_words
from knowledge.document import content_hash
from knowledge.text import fold, is_chinese

#: Cosine from which two questions of one language, or of two, may be one. Of the pairs from different documents among
#: the corpus's 7,166 questions, 2 in 100,000 come as near in one language and 3 in two (decisions/0033).
SAME_LANGUAGE = 0.90
ACROSS_LANGUAGES = 0.82

_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#.-]*[A-Za-z0-9+#]|[A-Za-z]")
_QUOTED = re.compile(r"[《「『“\"‘]([^》」』”\"’]{1,40})[》」』”\"’]")
#: Words that ask, and words between words: what they are does not tell one subject from another.
_ASKING = re.compile(
    r"什么时候|多长时间|能不能|有没有|是不是|可不可以|多少钱|什么价格|什么价|怎么样|怎么|怎样|如何|什么|多久|多少|哪些|哪个|应该|需要|可以|我们|咱们|你们"
    r"|请问|一下|到底|一般|[咋啥哪谁几吗呢啊吧的了是要该能会有]"
    r"|\b(?:what|which|how|much|many|long|when|who|where|why|is|are|was|do|does|did|the|an?|of|for|to|in|on|we|our|us|i|my"
    r"|you|your|can|could|should|please|there|be)\b"
)
_WORDS = re.compile(r"[a-z0-9.%+-]+|[\u3400-\u9fff]")
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿")
#: Characters of Chinese, words of English: longer differences say the same in other words more often than not.
_ONE_WORD = 6


def key_of(text: str) -> str:
    """Return what is equal for questions that are the same but for spaces, punctuation, case, width and script."""
    # Without its point 1.5 would read 15.
    return content_hash(f"{same_words(text)}\n{sorted(_numbers(fold(text)))}".encode())


def near_enough(cosine: float, *, same_language: bool) -> bool:
    """Tell whether two questions are so near in meaning that they may be one."""
    return cosine >= (SAME_LANGUAGE if same_language else ACROSS_LANGUAGES)


def is_about_another(one: str, other: str) -> bool:
    """Tell whether two questions that mean nearly the same are about different things.

    They are when their numbers or names differ, when they ask for different kinds of facts, and when, in one language,
    they are the same but for one place where each has a word of its own: the price of A is not the price of B.
    """
    a, b = fold(one), fold(other)
    if _numbers(a) != _numbers(b) or _ask_other_facts(one, other):
        return True
    chinese = is_chinese(one), is_chinese(other)
    if chinese[0] != chinese[1]:
        return _names_across(one, other) if chinese[0] else _names_across(other, one)
    return _names(one) != _names(other) or _differ_in_one_place(a, b)


def _numbers(folded: str) -> frozenset[str]:
    found = {str(arabic(match)) for match in re.findall(ARABIC, folded)}
    for match in re.findall(HAN, folded):
        value = han(match)
        # One and two are parts of words (一下, 两边) more often than counts.
        if value is not None and value > 2:
            found.add(str(value))
    return frozenset(found)


def _ask_other_facts(one: str, other: str) -> bool:
    a, b = asked_fact(one), asked_fact(other)
    return a is not None and b is not None and a.kind is not b.kind


def _names(text: str) -> frozenset[str]:
    """Return quoted names and, in Chinese, every Latin word; in English those in capitals behind the first."""
    names = {fold(name).strip() for name in _QUOTED.findall(text)}
    words = list(_LATIN.finditer(text))
    if not is_chinese(text):
        words = [one for one in words if _is_code(one.group()) or (one.start() > 0 and one.group()[0].isupper())]
    # I is no name.
    return frozenset(names | {one.group().lower() for one in words} - {"i"})


def _names_across(chinese: str, english: str) -> bool:
    """Tell whether a Latin word of the Chinese question is missing in the English one, or a code the other way."""
    latin = {word.lower() for word in _LATIN.findall(chinese)}
    words = _LATIN.findall(english)
    codes = {word.lower() for word in words if _is_code(word)}
    return not latin <= {word.lower() for word in words} or not codes <= latin


def _is_code(word: str) -> bool:
    return len(word) > 1 and (word.isupper() or any(c.isdigit() for c in word) or any(c.isupper() for c in word[1:]))


def _differ_in_one_place(a: str, b: str) -> bool:
    one, other = _words(a), _words(b)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if len(changes) != 1 or changes[0][0] != "replace":
        return False
    _, i1, i2, j1, j2 = changes[0]
    return max(i2 - i1, j2 - j1) <= _ONE_WORD and len(one) > i2 - i1


def _words(folded: str) -> list[str]:
    # Long texts are pasted material; comparing these word by word has no bound. Numbers have been compared by value.
    words = _WORDS.findall(_ASKING.sub(" ", folded[:400]))
    return [word for word in words if not word[0].isdigit() and word not in _NUMERALS]
