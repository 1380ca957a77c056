"""Which kind of fact does a question ask for, and does a text hold one?

A near-miss finds the right topic and not the fact: a question for days meets a text that names shares and no days.
Kinds are told by rules because they must hold for any index and any model; no rule means: not judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.text import fold


class FactKind(StrEnum):
    """What is asked for."""

    COUNT = "count"  #: of something with a measure word or unit: 多少人, how many people
    MONEY = "money"
    SHARE = "share"  #: a percentage or a fraction
    TIME = "time"  #: a date, or how long
    NAME = "name"  #: of a person, company, product or tool
    LINK = "link"


@dataclass(frozen=True, kw_only=True)
class AskedFact:
    """`unit` is what is counted, as written in the question; empty when any number will do."""

    kind: FactKind
    unit: str = ""

    def stands_in(self, text: str, *, same_language: bool = True) -> bool:
        """Tell whether a text holds such a fact; units are compared only within a language."""
        folded = fold(text)
        if self.unit and same_language:
            counted = rf"{_NUMBER}\s*[+多余来]?\s*(?:\w+ )?{re.escape(self.unit)}"
            return re.search(counted, folded) is not None
        return _HOLDS[self.kind].search(text if self.kind is FactKind.NAME else folded) is not None


_NUMBER = (
    r"(?:\d[\d.,]*(?:\s*[-~至到–]\s*\d[\d.,]*)?|[一二两三四五六七八九十百千万半]+"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)"
)
_PERIOD = r"(?:年|月|季度|周|星期|天|日|小时|分钟|秒|工作日)"
_PERIOD_EN = r"(?:years?|months?|quarters?|weeks?|days?|hours?|minutes?)"

_HOLDS = {
    FactKind.COUNT: re.compile(_NUMBER),
    FactKind.MONEY: re.compile(
        rf"{_NUMBER}\s*(?:元|块|万|亿|千|k\b|rmb|cny|usd|dollars?|yuan|折)|[$¥€£]\s*\d|免费|\bfree\b"
    ),
    FactKind.SHARE: re.compile(
        rf"\d\s*%|百分之|{_NUMBER}\s*[成倍折]|{_NUMBER}分之|\bpercent\b|\bhalf\b|一半",
    ),
    FactKind.TIME: re.compile(
        rf"{_NUMBER}\s*个?{_PERIOD}|{_NUMBER}\s*{_PERIOD_EN}\b|\b(?:19|20)\d\d\b|当[天日]|次日|每[天日周月季年]|立即|马上"
        r"|\bsame day\b|\b(?:dai|week|month|quarter)ly\b"
    ),
    FactKind.NAME: re.compile(
        r"\b[A-Z][A-Za-z]+\b|《[^》]+》|「[^」]+」|[“\"][^”\"]{2,20}[”\"]|公司|集团|老师|先生|女士",
    ),
    FactKind.LINK: re.compile(r"https?://|www\.|\.(?:com|cn|org|io)\b"),
}

#: 几 asks only alone: 十几, 好几, 这几 and 几十 are rough numbers.
_SOME = r"(?<![十百千好这那前后每第近有])几(?![十百千乎篇位])"
_SUMS = r"(?:预算|补贴|奖金|工资|提成|费用|成本|收费|保费|估值|客单价|定价|报价|罚款)"
_LINKING = r"(?:是|收|批|给|到|要|占|各|做到|能到|大概|一般|实际|现在|控制在|达到)*"

#: First match wins, so what is specific stands before what is general.
_ASKS: tuple[tuple[FactKind, re.Pattern[str]], ...] = (
    (FactKind.LINK, re.compile(r"链接|网址|下载地址|官网地址|\blink\b|\burl\b|\bdownload (?:it|page|from)\b")),
    (
        FactKind.MONEY,
        re.compile(
            rf"多少钱|啥价|什么价|价格是|单价|多少{_SUMS}|{_SUMS}{_LINKING}(?:多少|{_SOME})|{_SOME}(?:块|毛|折|万)"
            r"|\bhow much (?:does|do|is|are|will|would|should we pay)\b|\bprice of\b"
            r"|\bwhat (?:price|cost|budget|fee|salary)\b"
        ),
    ),
    (
        FactKind.SHARE,
        re.compile(
            rf"百分之几|{_SOME}成|(?:比例|占比|[\u3400-\u9fff]率){_LINKING}(?:多少|{_SOME})|多少(?:比例|百分比)"
            r"|\bwhat (?:share|percentage|percent|proportion|rate)\b|\bwhat .{0,30}\brate\b"
        ),
    ),
    (
        FactKind.TIME,
        re.compile(
            rf"哪一?[年天]|{_SOME}[号月点]|什么时候|啥时候|何时|多久|多长时间|(?:{_SOME}|多少)个?{_PERIOD}"
            rf"|\bwhen\b|\bhow long\b|\bhow many {_PERIOD_EN}\b|\bwhat (?:date|year|day|time)\b"
        ),
    ),
    (
        FactKind.NAME,
        re.compile(
            r"谁|哪[家位]|哪些公司|哪几家|点几个名|叫啥|叫什么|哪个(?:公司|平台|工具|系统|软件|品牌|供应商)"
            r"|什么(?:工具|系统|软件)|\bwho\b|\bwhose\b|\bname of\b"
            r"|\bwhich (?:tool|company|companies|vendor|person|platform|brand)\b"
        ),
    ),
    (FactKind.COUNT, re.compile(rf"多少|{_SOME}(?=[\u3400-\u9fff])|\bhow many\b|\bnumber of\b|\bwhat nps\b")),
)
_CHINESE_UNIT = re.compile(rf"(?:多少|{_SOME})个?([\u3400-\u9fff])")
_ENGLISH_UNIT = re.compile(r"\bhow many (?:more )?([a-z]+)")
#: What follows 几 or 多少 without being a measure word.
_NO_UNIT = frozenset("个种类点条步段块大小是的才能会要算合比较呢啊吗和跟到来去给客公销产续")

_ASKED = rf"(?:多少|{_SOME}(?!个)|哪一?[年天家位个]|谁|什么时候|多久|多长)"
_SUBJECT = re.compile(rf"([\u3400-\u9fff]{{2,6}}?)(?:应该|需要|有|得|报|打|定|{_LINKING[3:-2]})*{_ASKED}")
_SUBJECT_EN = re.compile(
    r"\b(?:what|which|how many|how much|who|when)\b"
    r"(?: (?:is|are|was|does|do|did|may|the|our|a|an))*((?: [a-z0-9-]+){1,3})"
)
#: Words that stand before the question word without being what is asked about.
_NO_SUBJECT = frozenset(
    ["我们", "咱们", "客户", "一般", "一个", "应该", "需要", "大概", "公司", "一次", "最多", "至少", "一年", "一月"]
)
_NO_SUBJECT_EN = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "the",
        "our",
        "a",
        "an",
        "do",
        "does",
        "did",
        "should",
        "can",
        "could",
        "may",
        "of",
        "to",
        "in",
        "for",
        "we",
        "you",
        "it",
    ]
)


#: 不知道标多少钱 tells of a doubt; what is asked follows.
_WHATEVER = re.compile(r"(?:不知道|不管|无论|不论)[^,，。;；!?！？]{0,6}(?:多少钱?|几[\u3400-\u9fff]?|谁|什么时候)")


def asked_fact(question: str) -> AskedFact | None:
    """Return the fact asked for, or None when the question asks for something else (how, why, whether)."""
    text = _WHATEVER.sub("", fold(question))
    for kind, pattern in _ASKS:
        if pattern.search(text):
            return AskedFact(kind=kind, unit=_unit(text) if kind in (FactKind.COUNT, FactKind.TIME) else "")
    return None


def asked_subjects(question: str) -> list[str]:
    """Return what is to be counted, dated or named, folded: the two characters or words next to the question word."""
    text = _WHATEVER.sub("", fold(question))
    chinese = [match.group(1)[-2:] for match in _SUBJECT.finditer(text)]
    english = [word.rstrip("s") for match in _SUBJECT_EN.finditer(text) for word in match.group(1).split()]
    return [word for word in chinese if word not in _NO_SUBJECT] + [
        word for word in english if word not in _NO_SUBJECT_EN and len(word) > 1
    ]


def _unit(text: str) -> str:
    chinese = _CHINESE_UNIT.search(text)
    if chinese and chinese.group(1) not in _NO_UNIT:
        return chinese.group(1)
    english = _ENGLISH_UNIT.search(text)
    return english.group(1).rstrip("s") if english else ""
