"""Names, as far as a rule can tell them: Latin words in Chinese, capitals in English, titles, quoted words, 王总.

A Chinese company or product name without any mark looks like every other word and is left to the check of meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from copilot.answering.units import is_unit
from knowledge.text import fold, is_chinese

Kind = Literal["term", "capitalised", "title", "quoted", "person", "speaker"]


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name; `key` is what has to occur in the source: folded, letters and digits only."""

    kind: Kind
    text: str
    key: str


_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:['’&./_+-][A-Za-z0-9]+)*(?:\+{1,2}(?![A-Za-z0-9]))?")
_VERSION = re.compile(r"(?<![\d.])v?\d+(?:\.\d+){2,}(?![\d.])", re.IGNORECASE)
_TITLE = re.compile(r"《([^《》]{1,60})》|〈([^〈〉]{1,60})〉")
_QUOTED = re.compile(r"“([^“”]{1,200})”|「([^「」]{1,200})」|『([^『』]{1,200})』|\"([^\"\n]{1,200})\"")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛"
    "叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔"
    "贺赖龚文"
)
_PERSON = re.compile(
    rf"(?<![一-鿿])?([{_SURNAMES}](?:[一-鿿]{{1,2}})?(?:先生|女士|小姐)"
    rf"|[{_SURNAMES}](?:总(?![是会共之能量额的要体])|董(?!事)|老师|经理|主管))"
)
#: Whoever is said to hold something: the part of a Chinese sentence where a swapped name does most harm.
_SPEAKER = re.compile(
    r"(?:^|[,，。;；:：\s])([一-鿿]{2,8}?)(?:则|也|还|都|曾|自己|明确|反复|特别|一直|在[^,，。]{1,12})?"
    r"(?:认为|主张|指出|说(?![明法服清话])|建议|表示|强调|要求|的(?:观点|说法|看法|主张|建议)(?=[是:：,，]))"
)
#: 有赞手册 at the head of a clause: who says it, also without a verb of saying.
_BOOK = re.compile(r"(?:^|[,，。;；:：\s])([一-鿿]{2,6}手册)")
_ANYBODY = re.compile(
    r"(?:我们?|你|他|她|它|大家|有人|谁|客户|对方|公司|老板|销售|本手册|手册|资料|原文|文章|作者|来源|书中|文中"
    r"|笔者|专家|这|那|其|该|一般|通常|可以|所以|因此|如果|就是|也就是|换句话|具体来|总的来|简单)"
)
#: Latin words that carry no name inside a Chinese sentence.
_ORDINARY = frozenset(
    [
        "usd",
        "eur",
        "cny",
        "rmb",
        "hkd",
        "jpy",
        "gbp",
        "ok",
        "vs",
        "etc",
        "eg",
        "ie",
        "and",
        "or",
        "the",
        "of",
        "a",
        "an",
        "to",
        "in",
        "for",
        "is",
        "app",
        "web",
        "pc",
        "id",
        "no",
    ]
)
_CAPITALISED = re.compile(r"[A-Z]")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;。！？：；\n“”\"'(（]\s*)$")
_MONTH_OR_DAY = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|q[1-4]|[0-9]+(?:st|nd|rd|th))$"
)
_NUMBER_WITH_LETTER = re.compile(r"\d[\d.,]*$")


def names(text: str) -> list[Name]:
    """Return the names of an original (not folded) text, in order of kind."""
    found = [_name("title", one or other) for one, other in _TITLE.findall(text)]
    found += [_name("quoted", next(filter(None, parts))) for parts in _QUOTED.findall(text)]
    found += [_name("person", one) for one in _PERSON.findall(text)]
    found += [
        _name("speaker", one) for one in [*_SPEAKER.findall(text), *_BOOK.findall(text)] if not _ANYBODY.match(one)
    ]
    found += [_name("term", one) for one in _VERSION.findall(text)]
    latin = _in_chinese(text) if is_chinese(text) else _in_english(text)
    return list(dict.fromkeys(name for name in [*found, *latin] if name.key))


def key(text: str) -> str:
    """Return the form names are compared in."""
    return "".join(character for character in fold(text) if character.isalnum() or character == "+")


def _name(kind: Kind, text: str) -> Name:
    return Name(kind=kind, text=text.strip(), key=key(text))


def _words(text: str) -> list[tuple[str, int]]:
    return [
        (match.group(), match.start())
        for match in _LATIN.finditer(text)
        if not _MONTH_OR_DAY.match(match.group().lower())
        and not ((match.group().islower() or match.group().isupper()) and is_unit(match.group().lower()))
        and not (_NUMBER_WITH_LETTER.search(text[: match.start()]) and len(match.group()) <= 2)
    ]


def _in_chinese(text: str) -> list[Name]:
    """In a Chinese sentence every Latin word is a term that a paraphrase keeps."""
    return [_name("term", word) for word, _ in _words(text) if word.lower() not in _ORDINARY and len(word) > 1]


def _in_english(text: str) -> list[Name]:
    """In an English one: acronyms, words with capitals or digits inside, and capitals that begin no sentence."""
    found = []
    for word, start in _words(text):
        if len(word) < 2 or word.lower() in _ORDINARY or word.startswith(("I'", "I’")):
            continue
        inner = word[1:]
        if any(c.isupper() or c.isdigit() for c in inner):
            bare = re.sub(r"['’]s?$", "", word)
            found.append(_name("term", bare.removesuffix("s") if bare[:-1].isupper() else bare))
        elif _CAPITALISED.match(word) and not _SENTENCE_START.search(text[:start]):
            found.append(_name("capitalised", re.sub(r"['’]s$", "", word)))
    return found
