"""Where in a text stands what belongs to a person: telephone, identity and card numbers, passports, addresses of mail.

Mainland forms first, as people type them: with blanks and dashes, in full width, spelled out in Chinese digits. Numbers
that are given to things (orders, invoices, companies, times, our own ids) are not a person's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from copilot.privacy.checksums import has_issuer, has_place_and_birthday, is_card_number, is_id_number


class Kind(StrEnum):
    """What was found; the value names it in placeholders."""

    MAIL = "MAIL"
    ID = "ID"
    CARD = "CARD"
    PASSPORT = "PASSPORT"  #: also permits for Hong Kong, Macau and Taiwan
    PHONE = "PHONE"
    LANDLINE = "LANDLINE"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One datum: `text[start:end]`; `plain` is its signs as they are compared, without separators."""

    kind: Kind
    start: int
    end: int
    plain: str


#: One character for one, so that places stay the same. 幺 is one on the telephone.
_DIGITS = str.maketrans("零〇一幺二三四五六七八九", "001123456789")
#: As many as a telephone number has at least; fewer are words: 一二三线城市.
_SPELLED = re.compile("[零〇一幺二三四五六七八九](?:[- ]?[零〇一幺二三四五六七八九]){6,}")
#: Between two of these stands nothing that is a number of its own.
_BEFORE, _AFTER = r"(?<![\w])(?<!\d[.,])", r"(?![\w])(?!\.\d)"
_GAP = "[-. ]?"

_MAIL = re.compile(
    # Begun where a run of its signs begins, so that a long run is looked through once.
    r"(?<![a-z0-9._%+-])[a-z0-9._%+-]+@(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,24}(?![a-z0-9-])"
)
_ID = re.compile(
    rf"{_BEFORE}[1-9]\d{{5}}[ -]?(?:19|20)\d{{2}}[ -]?(?:0[1-9]|1[0-2])[ -]?(?:[0-2]\d|3[01])[ -]?\d{{3}}[\dx]{_AFTER}",
    re.ASCII,
)
_OLD_ID = re.compile(rf"{_BEFORE}[1-9]\d{{7}}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{{3}}{_AFTER}", re.ASCII)
_CARD = re.compile(rf"{_BEFORE}\d(?:[ -]?\d){{14,18}}(?![ -]?\d){_AFTER}", re.ASCII)
_PASSPORT = re.compile(rf"{_BEFORE}(?:[egdsp]\d{{8}}|e[a-hj-np-z]\d{{7}}|[hmct]\d{{8,10}}){_AFTER}", re.ASCII)
_PHONE = re.compile(
    rf"(?:{_BEFORE}|(?<=tel)|(?<=phone)|(?<=mobile))(?:(?:\+|00)?86{_GAP})?1[3-9](?:{_GAP}\d){{9}}{_AFTER}", re.ASCII
)
_ABROAD = re.compile(r"(?<![\w+])\+(?!86)[1-9]\d{0,2}(?:[ -]?\(?\d{2,4}\)?){3,4}(?![\d])", re.ASCII)
_AREA = r"(?:10|2\d|[3-9]\d{2})"
_LANDLINE = re.compile(
    rf"(?<![\w.])(?:\(0{_AREA}\) ?|(?:\+?86[- ]?)?\(?0{_AREA}\)?[- ]|\+86[- ]?{_AREA}[- ]?)[2-9]\d{{2,3}}[- ]?\d{{4}}"
    rf"(?:(?:-|转| ?ext\.? ?)\d{{1,6}})?{_AFTER}",
    re.ASCII,
)
_BARE_LANDLINE = re.compile(rf"{_BEFORE}0{_AREA}[2-9]\d{{6,7}}{_AFTER}", re.ASCII)

#: How far before a number its name is looked for.
_NEAR = 14
_THINGS = re.compile(
    r"(?:订单|單號|单号|运单|工单|流水|合同|协议|发票|票据|凭证|快递|物流|信用代码|税号|纳税人|许可证|版本|型号|批次|商品|条码|sku|isbn|uscc"
    r"|order|invoice|ticket|tracking|contract|version|batch|transaction|request)"
    r"[a-z _-]{0,8}(?:号码|编号|号|编码|no\.?|number|id|#)?[ 为是:#=]{0,3}$"
)
_CARD_CUE = re.compile(r"(?:卡|银行|账号|账户|賬號|帳號|汇款|打款|转账|card|account|iban)[^,。;\n]{0,10}$")
_CARD_AFTER = re.compile(r"^[^,。;\n]{0,4}卡")
_ID_CUE = re.compile(r"(?:身份证|身分证|身份證|证件|id card|id number|id no)[^,。;\n]{0,8}$")
_PASSPORT_CUE = re.compile(r"(?:护照|護照|通行证|通行證|台胞证|回乡证|passport|permit)[^,。;\n]{0,10}$")
_PHONE_CUE = re.compile(r"(?:电话|電話|座机|传真|致电|热线|打|tel|phone|fax|call)[^,。;\n]{0,8}$")
#: Names of files such as `logo@2x.png` and of remotes such as `git@host` look like addresses.
_NO_MAIL = re.compile(r"^git@|\.(?:png|jpe?g|gif|webp|svg|css|js|md|py|html?)$")


def find(text: str, *, unchecked: bool = False) -> list[Found]:
    """Return what stands in a text, in its order, nothing twice; time grows with the text and no faster.

    `unchecked` also takes what only has the form: for texts that many will read, where a typing error in somebody's
    number does not make it less theirs.
    """
    seen = _seen(text)
    seen = seen.translate(_DIGITS) if unchecked else _SPELLED.sub(lambda run: run.group().translate(_DIGITS), seen)
    taken: list[Found] = []
    free = bytearray(b"\1" * len(text))
    for found in _all(seen, unchecked=unchecked):
        if all(free[found.start : found.end]):
            free[found.start : found.end] = bytes(found.end - found.start)
            taken.append(found)
    return sorted(taken, key=lambda one: one.start)


def _all(text: str, *, unchecked: bool) -> Iterator[Found]:
    """Yield what may be meant, the surest kinds first."""
    for match in _MAIL.finditer(text):
        if not _NO_MAIL.search(match.group()):
            yield Found(kind=Kind.MAIL, start=match.start(), end=match.end(), plain=match.group())
    for kind, start, end in _numbers(text, unchecked=unchecked):
        yield Found(kind=kind, start=start, end=end, plain=_plain(text[start:end]))


def _numbers(text: str, *, unchecked: bool) -> Iterator[tuple[Kind, int, int]]:
    for match in _ID.finditer(text):
        number, before = _plain(match.group()), _before(text, match)
        if is_id_number(number) or (has_place_and_birthday(number) and (unchecked or _ID_CUE.search(before))):
            yield Kind.ID, *match.span()
    for match in _OLD_ID.finditer(text):
        if _ID_CUE.search(_before(text, match)):
            yield Kind.ID, *match.span()
    for match in _CARD.finditer(text):
        if _is_card(match.group(), _before(text, match), text[match.end() : match.end() + 6], unchecked=unchecked):
            yield Kind.CARD, *match.span()
    for match in _PASSPORT.finditer(text):
        if _PASSPORT_CUE.search(_before(text, match)):
            yield Kind.PASSPORT, *match.span()
    for kind, pattern in ((Kind.LANDLINE, _LANDLINE), (Kind.PHONE, _PHONE), (Kind.PHONE, _ABROAD)):
        for match in pattern.finditer(text):
            if unchecked or not _THINGS.search(_before(text, match)):
                yield kind, *match.span()
    for match in _BARE_LANDLINE.finditer(text):
        if _PHONE_CUE.search(_before(text, match)):
            yield Kind.LANDLINE, *match.span()


def _is_card(written: str, before: str, after: str, *, unchecked: bool) -> bool:
    digits = _plain(written)
    if unchecked and len(digits) >= 16:
        return True
    if _THINGS.search(before) or not has_issuer(digits):
        return False
    named = bool(_CARD_CUE.search(before) or _CARD_AFTER.search(after))
    return is_card_number(digits) or named or re.fullmatch(r"(?:\d{4}[ -]){3,4}\d{1,4}", written) is not None


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _NEAR) : match.start()]


def _plain(written: str) -> str:
    return "".join(character for character in written if character.isalnum())


def _seen(text: str) -> str:
    """Return a text as it is looked through, narrow and small; as long as it was."""
    return text.lower() if text.isascii() else "".join(map(_sign, text))


@lru_cache(maxsize=4096)
def _sign(character: str) -> str:
    if character.isascii():
        return character.lower()
    category = unicodedata.category(character)
    if category in ("Pd", "Cf"):  # every dash; and what cannot be seen and only keeps digits apart
        return "-"
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character
