"""Does the answer depend on a fact that only the person knows? Then ask for it, with the answers to pick from.

Only where the headings of the two best passages differ by nothing but a customer size, a stage, a role or a city, and
the question names none of them. Anything less certain is answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from copilot.answering.question import Language
from knowledge.passage import Passage
from knowledge.text import fold


class Dimension(StrEnum):
    """A fact about the customer or the asker on which answers differ."""

    SEGMENT = "segment"  #: 客户规模
    STAGE = "stage"  #: 生命周期阶段
    ROLE = "role"  #: 岗位
    CITY = "city"  #: 城市


#: Value → how it is written, folded. Longer writings first: 中小 must not be read as 小.
_VALUES: dict[Dimension, dict[str, str]] = {
    Dimension.SEGMENT: {
        "大型": r"大型(?:客户|企业|商家)?|大客户?|集团客户|enterprise(?: customers?| accounts?)?|"
        r"large (?:customers?|accounts?)",
        "中型": r"中型(?:客户|企业|商家)?|mid-?market(?: customers?| accounts?)?",
        "中小": r"中小(?:型)?(?:客户|企业|商家)?|smb(?: customers?)?|small and medium(?: customers?)?",
        "小微": r"小微(?:型)?(?:客户|企业|商家)?|micro(?: customers?| businesses)?",
    },
    Dimension.STAGE: {
        "新签": r"新签(?:阶段|客户)?|new business",
        "上线": r"上线(?:阶段|期)|新手启动(?:阶段)?|onboarding(?: stage| phase)?",
        "成长": r"成长(?:阶段|期)|growth (?:stage|phase)",
        "续约": r"续[约签费](?:阶段|期)|renewal (?:stage|phase)",
    },
    Dimension.ROLE: {
        "销售": r"销售(?:人员|同事|岗)?|sales(?: reps?)?",
        "客户成功": r"客户成功(?:经理)?|客成|csms?|customer success(?: managers?)?",
        "客服": r"客服|support(?: agents?)?",
        "主管": r"主管|经理|管理者|team leads?|managers?",
    },
    Dimension.CITY: {
        city: rf"{city}市?|{english}"
        for city, english in (
            ("北京", "beijing"),
            ("上海", "shanghai"),
            ("广州", "guangzhou"),
            ("深圳", "shenzhen"),
            ("杭州", "hangzhou"),
            ("成都", "chengdu"),
            ("武汉", "wuhan"),
            ("南京", "nanjing"),
        )
    },
}
_PATTERNS = {
    dimension: re.compile("|".join(f"(?P<v{n}>{rule})" for n, rule in enumerate(values.values())))
    for dimension, values in _VALUES.items()
}
_ASKED: dict[Dimension, dict[Language, str]] = {
    Dimension.SEGMENT: {"zh": "客户规模", "en": "customer segment"},
    Dimension.STAGE: {"zh": "所处阶段", "en": "stage"},
    Dimension.ROLE: {"zh": "岗位", "en": "role"},
    Dimension.CITY: {"zh": "城市", "en": "city"},
}
_ENGLISH = {
    "大型": "large customers", "中型": "mid-size customers", "中小": "small and medium customers",
    "小微": "micro businesses", "新签": "new business", "上线": "onboarding", "成长": "growth stage",
    "续约": "renewal stage", "销售": "sales", "客户成功": "customer success", "客服": "support", "主管": "managers",
    "北京": "Beijing", "上海": "Shanghai", "广州": "Guangzhou", "深圳": "Shenzhen", "杭州": "Hangzhou",
    "成都": "Chengdu", "武汉": "Wuhan", "南京": "Nanjing",
}  # fmt: skip
#: Passages looked at for further sides of the same matter.
_LOOKED_AT = 6
_JOINTS = re.compile(r"[\s的：:，,（）()\-—·]+")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One value of the fact and the passage that answers for it."""

    value: str
    passage: Passage

    def label(self, language: Language) -> str:
        """Name the value in the language asked."""
        return self.value if language == "zh" else _ENGLISH[self.value]


@dataclass(frozen=True, kw_only=True)
class Fork:
    """The answer differs by one fact; its sides best first, one only when the fact is known."""

    dimension: Dimension
    sides: Sequence[Side]

    def name(self, language: Language) -> str:
        """Name the fact."""
        return _ASKED[self.dimension][language]

    @property
    def open(self) -> bool:
        """Whether more than one side is left."""
        return len(self.sides) > 1

    def side(self, value: str | None) -> Side | None:
        """Return the side of a known value."""
        return next((side for side in self.sides if side.value == value), None)


def find_fork(question: str, passages: Sequence[Passage]) -> Fork | None:
    """Return the fact that the two best passages disagree by; None when either answers for everybody.

    A passage speaks for one value when its innermost heading (or, without one, its title) names exactly one.
    """
    for dimension in Dimension:
        if _values(dimension, question):
            continue
        sided = [(_value_and_rest(dimension, passage), passage) for passage in passages[:_LOOKED_AT]]
        if len(sided) < 2 or sided[0][0] is None or sided[1][0] is None:
            continue
        about = sided[0][0][1]
        sides: dict[str, Side] = {}
        for named, passage in sided:
            if named is not None and named[1] == about:
                sides.setdefault(named[0], Side(value=named[0], passage=passage))
        if sided[1][0][1] == about and sided[1][0][0] != sided[0][0][0]:
            return Fork(dimension=dimension, sides=list(sides.values()))
    return None


def settled(fork: Fork, facts: Mapping[str, str]) -> Side | None:
    """Return the side that facts known of the account decide, keyed by dimension."""
    return fork.side(facts.get(fork.dimension.value))


def _values(dimension: Dimension, text: str) -> set[str]:
    names = list(_VALUES[dimension])
    return {names[int((match.lastgroup or "v0")[1:])] for match in _PATTERNS[dimension].finditer(fold(text))}


def _value_and_rest(dimension: Dimension, passage: Passage) -> tuple[str, str] | None:
    headings = passage.chunk.span.heading_path
    heading = headings[-1] if headings else passage.title
    values = _values(dimension, heading)
    if len(values) != 1:
        return None
    rest = _PATTERNS[dimension].sub("", fold(heading))
    above = "/".join(headings[:-1]) if headings else ""
    return values.pop(), f"{fold(above)}|{_JOINTS.sub('', rest)}"
