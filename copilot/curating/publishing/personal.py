"""Numbers and addresses that belong to a person, as people type them; shown masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.text import fold

#: Digits in Chinese, so that a number spelled out is one too (幺 is one on the telephone).
_HAN_DIGITS = str.maketrans("零〇一幺二三四五六七八九", "001123456789")
#: What is looked for, the longest first: what was found by one is not looked at again.
_KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("e-mail address", "邮箱", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")),
    (
        "ID number",
        "身份证号",
        re.compile(
            r"(?<![\da-z])[1-9]\d{5}[ -]?(?:19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
            r"[ -]?\d{3}[\dx](?![\da-z])"
        ),
    ),
    ("card number", "银行卡号", re.compile(r"(?<![\d.])\d(?:[ -]?\d){15,18}(?![\d.])")),
    ("phone number", "手机号", re.compile(r"(?<!\d)(?:\+?86[-. ]?)?1[3-9](?:[-. ]?\d){9}(?!\d)")),
    (
        "phone number",
        "电话号码",
        re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)|\+\d{1,3}(?:[ -]?\(?\d{2,4}\)?){3,4}(?!\d)"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class PersonalDatum:
    """What was found: its kind in both languages, and as much of it as tells which one is meant."""

    kind: str
    kind_zh: str
    masked: str


def personal_data(text: str) -> Iterator[PersonalDatum]:
    """Yield what belongs to a person, each kind in the order of the text."""
    left = fold(text).translate(_HAN_DIGITS)
    for kind, kind_zh, pattern in _KINDS:
        for match in pattern.finditer(left):
            yield PersonalDatum(kind=kind, kind_zh=kind_zh, masked=masked(match.group()))
        left = pattern.sub(" ", left)


def masked(found: str) -> str:
    """Return a number as `138****8000`, an address as `l***@example.com`."""
    name, at, host = found.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    digits = "".join(character for character in found if character.isalnum())
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    return f"{digits[:3]}****{digits[-4:]}"
