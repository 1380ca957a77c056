"""Risks that the facts of an account show, each with the fact and a counter-move (C6, C16, D5, D8, E1, E3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from copilot.drafting.composer import Language
from copilot.drafting.plan import Risk
from copilot.drafting.plan_facts import MANY_TICKETS, SILENT_DAYS, Course, PlanFacts, Tier

_EXECUTIVE = re.compile(
    r"总|董事|老板|创始人|店主|校长|院长|\b(?:c[etfiom]o|vp|chief|president|owner|founder)\b", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class _Rule:
    shown: Callable[[PlanFacts], bool]
    name: Mapping[Language, str]
    basis: Mapping[Language, str]
    counter: Mapping[Language, str]
    alone: Mapping[Language, str] | None = None  #: the counter-move where nobody comes by (A5)


def risks_of(facts: PlanFacts) -> tuple[Risk, ...]:
    """Return them, most urgent first."""
    language, phrases = facts.language, facts.phrases()
    found = []
    for rule in _RULES:
        if rule.shown(facts):
            counter = rule.alone if rule.alone and facts.tier is Tier.SELF_SERVICE else rule.counter
            found.append(
                Risk(
                    name=rule.name[language].format_map(phrases),
                    basis=rule.basis[language].format_map(phrases),
                    counter=counter[language].format_map(phrases),
                )
            )
    return tuple(found)


def has_executive(facts: PlanFacts) -> bool:
    """Tell whether one of the key people decides; a title is all there is to go by."""
    return any(_EXECUTIVE.search(person.title or person.name) for person in facts.people)


_RULES = (
    _Rule(
        shown=lambda facts: facts.late,
        name={"zh": "第一价值超过 30 天还没交付", "en": "First value is later than 30 days"},
        basis={"zh": "{day},第一价值未交付", "en": "{day}, first value not delivered"},
        counter={
            "zh": "本周只留{feature}一个场景,其余都停,跑出一个结果给{kp}看",
            "en": "this week only {feature}, everything else stops, one result for {kp} to see",
        },
        alone={
            "zh": "给{kp}发{feature}的最短路径,只做一笔",
            "en": "send {kp} the shortest way in {feature}, one case only",
        },
    ),
    _Rule(
        shown=lambda facts: facts.ends_soon,
        name={"zh": "到期前看不到价值", "en": "No value visible before the end of the term"},
        basis={"zh": "{end},{seats}", "en": "{end}, {seats}"},
        counter={
            "zh": "先和{kp}对一页{feature}的价值,再谈下一期;不先谈价格",
            "en": "a page of value on {feature} with {kp} first, the next term after; no talk of price before",
        },
        alone={
            "zh": "自动发全年数字和续费入口给{kp}",
            "en": "the year's figures and the renewal link go to {kp} by themselves",
        },
    ),
    _Rule(
        shown=lambda facts: facts.trend == "falling",
        name={"zh": "用量在下降", "en": "Use is falling"},
        basis={"zh": "用量下降,{seats}", "en": "Use is falling, {seats}"},
        counter={
            "zh": "信行为不信客气话:当面问{kp}{feature}停在哪里,先修再谈别的",
            "en": "trust behaviour over polite words: ask {kp} in person where {feature} stopped, fix that first",
        },
        alone={"zh": "自动问{kp}为什么停,给三个选项", "en": "ask {kp} by itself why it stopped, three choices"},
    ),
    _Rule(
        shown=lambda facts: facts.few_active and facts.trend != "falling",
        name={"zh": "多数账号没人用", "en": "Most seats are not used"},
        basis={"zh": "{seats}", "en": "{seats}"},
        counter={
            "zh": "和{kp}选一组人,看他们停在{feature}的哪一步,修好再扩",
            "en": "choose one group with {kp}, see where they stop in {feature}, fix, then widen",
        },
        alone={"zh": "给没登录的账号发{feature}短片", "en": "send the clip on {feature} to seats that never signed in"},
    ),
    _Rule(
        shown=lambda facts: (facts.tickets or 0) >= MANY_TICKETS,
        name={"zh": "问题积压", "en": "Open problems pile up"},
        basis={"zh": "{tickets}", "en": "{tickets}"},
        counter={
            "zh": "{tickets}逐条给{kp}一个答复日期,影响营业的当场升级",
            "en": "give {kp} a date for each of the {tickets}; what stops business is escalated at once",
        },
        alone={
            "zh": "{tickets}先用现成答案回,回不了的排队",
            "en": "answer the {tickets} from what exists, queue the rest",
        },
    ),
    _Rule(
        shown=lambda facts: (facts.silent or 0) >= SILENT_DAYS and facts.tier is not Tier.SELF_SERVICE,
        name={"zh": "联系断了", "en": "Contact has lapsed"},
        basis={"zh": "{silent}", "en": "{silent}"},
        counter={
            "zh": "带着{feature}的一个数字去找{kp},不空手问好",
            "en": "go to {kp} with one number on {feature}, not empty-handed",
        },
    ),
    _Rule(
        shown=lambda facts: facts.tier is Tier.KEY and bool(facts.people) and not has_executive(facts),
        name={"zh": "高层没有人认识我们", "en": "No executive knows us"},
        basis={"zh": "记录里的关键人只有{kp}一级", "en": "The record knows nobody above {kp}"},
        counter={
            "zh": "配高层赞助人,请{kp}带一次拜访,讲清这件事对他们今年目标的用处",
            "en": "name an executive sponsor, have {kp} arrange one visit about this year's goals",
        },
    ),
    _Rule(
        shown=lambda facts: len(facts.people) == 1 and facts.tier is not Tier.SELF_SERVICE,
        name={"zh": "只认识一个人,换人就断", "en": "One contact only; a change cuts us off"},
        basis={"zh": "关键人只有{kp}", "en": "{kp} is the only key person"},
        counter={
            "zh": "请{kp}介绍一位天天用{feature}的人和一位拍板的人",
            "en": "ask {kp} to introduce a daily user of {feature} and a decider",
        },
    ),
    _Rule(
        shown=lambda facts: facts.course is Course.START and not facts.late,
        name={"zh": "头一个月会有抱怨", "en": "Complaints come in the first month"},
        basis={"zh": "{day},新旧两套并行", "en": "{day}, old and new side by side"},
        counter={
            "zh": "先和{kp}的上级打好招呼,抱怨逐条列出、逐条答复",
            "en": "prepare the boss of {kp}, list complaints and answer each",
        },
        alone={"zh": "{kp}第一次卡住当天自动发对应短片", "en": "the right clip goes to {kp} the day something sticks"},
    ),
    _Rule(
        shown=lambda facts: facts.course is Course.GROW and facts.trend != "falling",
        name={"zh": "做得好却没人知道", "en": "Good results nobody hears of"},
        basis={"zh": "已经走到{done}", "en": "Reached: {done}"},
        counter={"zh": "把{done}的数字请{kp}讲给上级听", "en": "have {kp} tell the numbers of {done} upwards"},
    ),
    _Rule(
        shown=lambda facts: facts.course is Course.ADOPT and facts.trend in ("flat", "none", None),
        name={"zh": "停在原地", "en": "Standing still"},
        basis={"zh": "用到{done}之后没有变化,{seats}", "en": "No change after {done}, {seats}"},
        counter={
            "zh": "给{kp}看{feature}里还没用上的一步,能省他哪件事",
            "en": "show {kp} one unused step of {feature} and the work it saves",
        },
        alone={
            "zh": "{feature}的月报里给{kp}带一个没用过的小技巧",
            "en": "the monthly report of {feature} shows {kp} one trick not used yet",
        },
    ),
)
