"""Sentences made wrong on purpose, one kind of mistake at a time, the same ones for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Change = Callable[[str, random.Random], str | None]

_DIGITS = re.compile(r"\d+")
_HAN_NUMBER = re.compile(r"([二两三四五六七八九])(?=[天周年次个种步成家块位条])")
_UNITS = (
    ("个工作日", "个月"), ("个月", "天"), ("天", "个月"), ("周", "个月"),
    ("小时", "天"), ("分钟", "小时"), ("年", "个月"),
    ("%", " 倍"), ("万元", "美元"), ("元", "万美元"), ("次", "天"), ("days", "months"), ("weeks", "months"),
    ("minutes", "days"), ("percent", "points"), ("$", "€"), ("USD", "EUR"),
)  # fmt: skip
_DENIALS = (
    ("不要", "要"), ("不能", "能"), ("不得", "可以"), ("没有", "有"), ("不是", "是"),
    ("不会", "会"), ("应该", "不应该"),
    ("可以", "不可以"), ("适合", "不适合"), ("需要", "不需要"), ("能", "不能"), ("要", "不要"), ("是", "不是"),
    ("会", "不会"), (" not ", " "), (" never ", " always "), (" is ", " is not "), (" are ", " are not "),
    (" need ", " do not need "), (" may ", " may not "), (" should ", " should not "), (" can ", " cannot "),
)  # fmt: skip
_NAMES = ("Zoho", "ACME", "TQM", "Freshworks")
_MARKED_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]+(?: [A-Z][a-z]+)*")
_PLAIN_NAMES = (("有赞", "微盟"), ("田原", "李明"), ("产品海豚湾", "产品星球"))


def number(sentence: str, dice: random.Random) -> str | None:
    """Change one number."""
    found = [*_DIGITS.finditer(sentence), *_HAN_NUMBER.finditer(sentence)]
    if not found:
        return None
    match = dice.choice(found)
    old = match.group()
    new = old
    while new == old or new in sentence:
        new = str(int(old) + dice.randint(1, 60)) if old.isdigit() else dice.choice("二三四五六七八九")
        if not old.isdigit() and all(one in sentence for one in "二三四五六七八九"):
            return None
    return sentence[: match.start()] + new + sentence[match.end() :]


def unit(sentence: str, dice: random.Random) -> str | None:
    """Change the unit of one number."""
    for old, new in _UNITS:
        pattern = rf"(?<=\d)(\s?){re.escape(old)}" if old != "$" else r"()\$(?=\d)"
        if re.search(pattern, sentence):
            return re.sub(pattern, rf"\g<1>{new}", sentence, count=1)
    return None


def denial(sentence: str, dice: random.Random) -> str | None:
    """Deny what is affirmed, or the other way round."""
    for old, new in _DENIALS:
        if old in sentence:
            return sentence.replace(old, new, 1)
    return None


def marked_name(sentence: str, dice: random.Random) -> str | None:
    """Put another Latin name in place of one."""
    found = [m for m in _MARKED_NAME.finditer(sentence) if any(c.isupper() for c in m.group()) and m.start() > 0]
    if not found:
        return None
    match = dice.choice(found)
    return sentence[: match.start()] + dice.choice(_NAMES) + sentence[match.end() :]


def plain_name(sentence: str, dice: random.Random) -> str | None:
    """Put another Chinese name in place of one; nothing marks it as a name."""
    for old, new in _PLAIN_NAMES:
        if old in sentence:
            return sentence.replace(old, new, 1)
    return None


CHANGES: dict[str, Change] = {
    "number": number,
    "unit": unit,
    "denial": denial,
    "marked name": marked_name,
    "unmarked Chinese name": plain_name,
}
