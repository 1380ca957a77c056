"""Words that a text for customers should not hold without a thought, and data that should not be in it at all."""

from __future__ import annotations

import re

#: Over-promises (C15: 靠谱 comes first).
OVER_PROMISE = re.compile(
    r"保证|绝对|百分之百|百分百|万无一失|零风险|包您满意|包(?:过|赚|成功|续)|(?<![不])一定(?!程度|要|的|时|数)|肯定(?:能|会|可以)"
    r"|\bguarantee[sd]?\b|\bdefinitely\b|\babsolutely\b|\brisk[- ]free\b|\b100\s?%\s?(?:sure|certain|safe)|\bno risk\b"
    r"|\bwe promise\b",
    re.IGNORECASE,
)
#: Price breaks (G4) and gifts (G5).
DISCOUNT = re.compile(
    r"折扣|打折|(?<![\d一二三四五六七八九.])[\d一二三四五六七八九.]{1,6}\s?折(?!叠|腾|算|中)|优惠|减免|降价|特价|赠送|赠品|返现|免费送|红包|代金券"
    r"|\bdiscounts?\b|\b\d+\s?% off\b|\bcoupons?\b|\bfree gifts?\b|\bcash ?back\b|\bprice (?:cut|break)s?\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:不|没有|没|无|别|勿|未|\bno|\bnot|\bnever|\bcannot|n't)(?:\s?[\w一-鿿]{0,3}\s?)$", re.IGNORECASE
)
_PERSONAL = (
    (
        "id_number",
        re.compile(
            r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
        ),
    ),
    ("phone_number", re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")),
    (
        "phone_number",
        re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)|\+\d{1,3}[ -]?\(?\d{2,4}\)?(?:[ -]\d{2,4}){2,3}(?!\d)"),
    ),
    ("card_number", re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")),
)
PLACEHOLDER = re.compile(
    r"\{[^{}\n]{0,40}\}|〔[^〕\n]{1,40}〕|待(?:与)?(?:客户)?(?:确认|定|补充?)|\bTBD\b|\bto be confirmed\b"
    r"|\bto confirm with\b",
    re.IGNORECASE,
)


def promises(text: str) -> list[str]:
    """Return over-promises, without those that are denied."""
    return _said(OVER_PROMISE, text)


def discounts(text: str) -> list[str]:
    """Return what offers a price break or a gift, without what refuses one."""
    return _said(DISCOUNT, text)


def personal(text: str) -> list[tuple[str, str]]:
    """Return (code, shown) of numbers that belong to a person; shown is masked."""
    found = []
    for code, pattern in _PERSONAL:
        for match in pattern.finditer(text):
            digits = match.group()
            found.append((code, f"{digits[:3]}…{digits[-2:]}"))
        text = pattern.sub(" ", text)
    return found


def denied(before: str) -> bool:
    """Tell whether what follows a text is denied by its end, as in 「先不谈」."""
    return _DENIED.search(before) is not None


#: A denial stands close before what it denies.
_BEFORE = 32


def _said(pattern: re.Pattern[str], text: str) -> list[str]:
    return [
        match.group()
        for match in pattern.finditer(text)
        if not denied(text[max(0, match.start() - 32) : match.start()])
    ]
