"""Numerals as people write them, in both languages: 90, 1,200, 三十, 两百五十, 1.5万, 10w, $5m, twenty-five."""

from __future__ import annotations

import re
from fractions import Fraction

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_WORDS = {word: n for n, word in enumerate([*_ONES.split(), "eighteen", "nineteen"])}
_TENS = {
    word: 10 * n
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}

#: What may stand directly behind digits and multiply them. `m` and `b` only mean millions and billions of money.
MAGNITUDES = {
    "万亿": 10**12, "千亿": 10**11, "百亿": 10**10, "十亿": 10**9, "亿": 10**8, "千万": 10**7, "百万": 10**6,
    "十万": 10**5, "万": 10**4, "千": 1000, "百": 100, "w": 10**4, "k": 1000, "hundred": 100, "thousand": 1000,
    "million": 10**6, "billion": 10**9, "bn": 10**9, "mn": 10**6, "m": 10**6, "b": 10**9,
}  # fmt: skip

#: Regular expressions over folded text.
ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)"
HAN = r"[〇零一二两三四五六七八九十百千万亿]+(?:点[零一二三四五六七八九]+)?"
_TEN_WORDS = "|".join(_TENS)
_UNIT_WORDS = "|".join(sorted(_WORDS, key=len, reverse=True))
ENGLISH = rf"\b(?:(?:{_TEN_WORDS})(?:[- ](?:{_UNIT_WORDS}))?|{_UNIT_WORDS})(?:[ -]hundred)?\b"


def arabic(text: str) -> Fraction:
    """Read digits with or without separators of thousands."""
    return Fraction(text.replace(",", ""))


def han(text: str) -> Fraction | None:
    """Read a Chinese numeral; None when the characters make no number (万一, 一一)."""
    whole, _, decimals = text.partition("点")
    if len(whole) > 1 and all(character in _DIGITS for character in whole):
        # Digit by digit, as years are written; two or three of them are an estimate (三四天) or an idiom.
        return Fraction("".join(str(_DIGITS[c]) for c in whole)) if len(whole) >= 4 else None
    total = section = Fraction(0)
    digit: int | None = None
    for character in whole:
        if character in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[character]
        elif character in _PLACES:
            section += (1 if digit is None else digit) * _PLACES[character]
            digit = None
        else:
            if not (section or digit or total):
                return None
            total = (total + section + (digit or 0)) * _MYRIADS[character]
            section, digit = Fraction(0), None
    value = total + section + (digit or 0)
    if decimals:
        value += Fraction("0." + "".join(str(_DIGITS[c]) for c in decimals))
    return value


def han_estimate(text: str) -> tuple[Fraction, Fraction] | None:
    """Read two neighbouring digits as the range they mean: 三四 is 3 to 4."""
    if len(text) == 2 and all(character in _DIGITS for character in text):
        low, high = (_DIGITS[character] for character in text)
        return (Fraction(low), Fraction(high)) if high == low + 1 and low > 0 else None
    return None


def english(text: str) -> Fraction:
    """Read a number word."""
    value = 0
    for word in re.split(r"[- ]", text):
        value = value * 100 if word == "hundred" else value + _TENS.get(word, _WORDS.get(word, 0))
    return Fraction(value)
