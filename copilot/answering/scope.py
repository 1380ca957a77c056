"""What a statement holds for: customer size, company stage, phase of the deal, edition, channel, region, contract year.

Two statements about different customers or stages do not contradict each other, however different their numbers are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.passage import Passage
from knowledge.text import fold

Scope = Mapping[str, frozenset[str]]

#: axis → value → how it is said, in folded text. The first that matches takes its stretch of text (中小 before 中, 小).
_WORDS: dict[str, dict[str, str]] = {
    "segment": {
        "small-medium": r"中小(?:型)?|\bsmb\b|small and medium",
        "micro": r"小微|微型|夫妻店|\bmicro\b",
        "large": r"大型|大客户|头部|集团客户|\b(?:large|enterprise|big)\b",
        "medium": r"中型|腰部|\b(?:mid-?size[d]?|medium(?:-sized)?|mid-?market)\b",
        "small": r"小型|小客户|长尾|\bsmall(?:er)?\b",
        "key": r"关键客户|重点客户|\bvip\b|战略客户|高价值客户|\bkey (?:account|customer)s?\b",
        "ordinary": r"普通客户|一般客户|其他客户|普通(?=用户|账户|会员|工单)|\b(?:ordinary|regular"
        r"|standard) (?:account|customer)s?\b",
    },
    "company stage": {"pmf": r"\bpmf\b|pmf", "gtm": r"gtm", "scale": r"规模化|\bat scale\b|\bscal(?:e"
    r"|ing) stage\b", "integration": r"资源整合"},
    "deal": {
        "new": r"新签|新客|新单|首购|首次签约|\bnew (?:deal|business|customer|contract)s?\b",
        "renewal": r"续费|续约|续订|续签|到期|\brenew\w*\b",
        "expansion": r"增购|扩容|加购|升级版|\b(?:expansion|upsell)\w*\b",
    },
    "contract year": {
        "first": r"首年|第一年|第1年|第 1 年|头一年|\bfirst[- ]year\b|\bfirst year\b|\byear one\b",
        "later": r"次年|第二年|第2年|第 2 年|\bsecond[- ]year\b|\bsecond year\b|\byear two\b",
    },
    "edition": {
        "basic": r"基础版|入门版|免费版|\bbasic\b|\bfree plan\b", "standard": r"标准版|\bstandard (?:edition"
        r"|plan)\b",
        "professional": r"专业版|高级版|\bpro(?:fessional)?(?: edition| plan)\b", "flagship": r"旗舰版|企业版"
        r"|\benterprise (?:edition|plan)\b",
    },
    "channel": {
        "direct": r"直营|直销|\bdirect sales\b", "partner": r"渠道|代理|伙伴|\bpartners?\b|\breseller\w*\b",
        "online": r"线上|\bonline\b", "offline": r"线下|\boffline\b|上门|\bon-?site\b",
    },
    "role": {
        "sales": r"销售(?!额|单元|周期|团队规模|漏斗)|\bsales(?:people| reps?)\b", "csm": r"客户成功(?:经理)?"
        r"|\bcsms?\b", "support": r"客服|支持工程师|\bsupport\b",
        "management": r"管理层|高管|总监|\bexecutives?\b",
    },
    "region": {"china": r"中国|国内|大陆|\bchina\b", "us": r"美国|\bu\.?s\.?a?\b", "overseas": r"海外|国外|出海"
    r"|\boverseas\b|\babroad\b", "europe": r"欧洲|\beurope\w*\b"},
    "phase": {
        "trial": r"试用|\btrial\b", "onboarding": r"上线|引导期|新手|\bonboarding\b", "support": r"售后|维保"
        r"|\bafter-sales\b",
    },
    "urgency": {"urgent": r"紧急|严重|\burgent\b|\bp[01]\b"
    r"|\bcritical\b", "minor": r"不紧急|一般问题|普通问题|轻微|\bminor\b|\bp[234]\b"},
    "time": {"weekday": r"工作日(?!内)|\bweekdays?\b", "holiday": r"节假日|周末|\bweekends?\b|\bholidays?\b"},
}  # fmt: skip
_PATTERNS = {
    axis: re.compile("|".join(f"(?P<v{n}>{pattern})" for n, pattern in enumerate(values.values())))
    for axis, values in _WORDS.items()
}
_KEYS = {axis: tuple(values) for axis, values in _WORDS.items()}


def scope(text: str) -> dict[str, frozenset[str]]:
    """Return what a text says it holds for, by axis; an axis it says nothing about is absent."""
    folded = fold(text)
    found = {}
    for axis, pattern in _PATTERNS.items():
        values = frozenset(_KEYS[axis][int((match.lastgroup or "v0")[1:])] for match in pattern.finditer(folded))
        if values:
            found[axis] = values
    return found


def scope_of(sentence: str, passage: Passage) -> dict[str, frozenset[str]]:
    """Return the scope of a sentence; where it is silent, that of its headings, title and front matter."""
    metadata = passage.metadata
    found = scope(sentence)
    # Nearest first: a heading says more of its section than the title of the whole document does.
    for place in (*reversed(passage.chunk.span.heading_path), passage.title):
        for axis, values in scope(place).items():
            found.setdefault(axis, values)
    # On axes of their own: what a whole document is filed under makes no sentence of it an exception.
    filed = (("segments", metadata.segments), ("industries", metadata.industries), ("cities", metadata.cities))
    for axis, listed in filed:
        if listed:
            found[axis] = frozenset(listed)
    return found


def apart(one: Scope, other: Scope) -> bool:
    """Tell whether two scopes have an axis on which both speak and nothing is common."""
    return any(not values & other[axis] for axis, values in one.items() if axis in other)


def narrower(one: Scope, other: Scope) -> bool:
    """Tell whether one names customers, an edition or a year that the other does not: a rule and its exception."""
    return any((axis in one) != (axis in other) for axis in ("segment", "edition", "contract year", "urgency", "time"))
