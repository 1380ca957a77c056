"""What a plan offers by how much service an account gets (`Tier`: A2, A4, A5, E1, E3, E9); `{…}` as in `PlanFacts`.

The rhythms are our own defaults: the sources give none (M). People change them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copilot.drafting.composer import Language
from copilot.drafting.plan_courses import Row
from copilot.drafting.plan_facts import Tier


@dataclass(frozen=True, kw_only=True)
class TierWords:
    """The part of a plan that depends on the level of service."""

    experience: str  #: appropriate experience (C11)
    rhythm: str  #: a line of the calendar
    update: str  #: how value is told to the key person (C13)
    effort: tuple[str, ...]
    #: What replaces the proposals of the course where nobody can come by; empty: nothing.
    phases: tuple[str, ...] = ()
    milestones: tuple[Row, ...] = ()
    calendar: tuple[str, ...] = ()
    review: str = ""
    data_hook: str = ""
    outcome: str = ""
    measure: str = ""
    boss_measure: str = ""
    value: str = ""
    expansion: str = ""


TIERS: Mapping[Tier, Mapping[Language, TierWords]] = {
    Tier.KEY: {
        "zh": TierWords(
            experience="专人到场,{kp}有事直接找得到人,上线当天有人在现场",
            rhythm="每周到{name}现场一次,当面和{kp}过一遍里程碑",
            update="每两周一页数字和原话,每季由赞助人当面讲给{kp}的上级",
            effort=(
                "年费 {fee},按关键客户配足:专职客户成功、资深实施、高层赞助人,{name}的事不排普通队列",
                "重要又紧急的事按灯:{tickets}里有一件影响{name}营业,当场升级,谁负责、多久答复由主管定",
                "合同承诺是底线,逐条写在「承诺」里,{name}的计划要高于这条线",
            ),
        ),
        "en": TierWords(
            experience="people on site, {kp} reaches somebody directly, somebody is there on the day of going live",
            rhythm="once a week at {name} in person, milestones gone through with {kp}",
            update="a page of numbers and quotes every two weeks; each quarter the sponsor tells the boss of {kp}",
            effort=(
                "Annual fee {fee}: staffed as a key account with its own CSM, senior people and a sponsor; {name} "
                "waits in no common queue",
                "Pull the andon for what is important and urgent: one of the {tickets} that stops {name} is escalated "
                "at once; a manager sets owner and clock",
                "The contract is the floor, each promise stands under Promises; the plan for {name} goes beyond it",
            ),
        ),
    },
    Tier.STANDARD: {
        "zh": TierWords(
            experience="有固定的人对接{kp},关键几步当面,其余线上",
            rhythm="每两周和{kp}线上过一次,里程碑达成时当面",
            update="每月一页数字和原话",
            effort=(
                "年费 {fee}:一名客户成功兼顾,里程碑处多给时间,其余走标准做法",
                "{name}的合同承诺逐条写在「承诺」里,缺一条就不算完整",
            ),
        ),
        "en": TierWords(
            experience="a fixed contact for {kp}, the key steps in person, the rest online",
            rhythm="online with {kp} every two weeks, in person when a milestone is reached",
            update="a page of numbers and quotes each month",
            effort=(
                "Annual fee {fee}: one CSM beside other accounts, more time at milestones, standard ways otherwise",
                "Every contract promise to {name} stands under Promises; with one missing the plan is not whole",
            ),
        ),
    },
    Tier.LIGHT: {
        "zh": TierWords(
            experience="跟同类客户一起学,{kp}按场景看短片,卡住时有人接",
            rhythm="每月请{kp}参加一次同类客户的小班",
            update="每季一条数字,连同{kp}的一句话",
            effort=(
                "年费 {fee}:以一对多为主,单独投入只留给第一价值和续费",
                "守住合同承诺;{name}如果用量明显上升,报主管看要不要换档",
            ),
        ),
        "en": TierWords(
            experience="learning with similar clients, short clips by scene for {kp}, somebody there when stuck",
            rhythm="{kp} joins a small class of similar clients once a month",
            update="one number a quarter, with a sentence of {kp}",
            effort=(
                "Annual fee {fee}: mostly one to many; time alone only for first value and renewal",
                "Keep the contract's promises; if use at {name} rises clearly, a manager looks at the level again",
            ),
        ),
    },
    Tier.SELF_SERVICE: {
        "zh": TierWords(
            experience="{kp}自己照着短片做,随时能查到答案,问了当天有回音",
            rhythm="不定期拜访;{kp}做到或卡住时才联系",
            update="系统自动发:{feature}这个月办了几笔",
            effort=(
                "年费 {fee},第一年就要有利润:全年投入的人力不超过{cap}",
                "不做定制、不上门;{kp}要的做法先从现成的{feature}里找",
                "合同承诺必须兑现,这是底线;{name}如果突然用得多,报主管看是不是好苗子",
            ),
            phases=(
                "先(薄):{kp}照短片在{feature}里自己办成一笔",
                "后(厚):{feature}每周都有单,再推第二个短片",
            ),
            milestones=(
                (
                    "自己办成一笔",
                    "{feature}里有一笔{kp}自己录的单",
                    "{kp}打开{feature}三天还没办成",
                    "自动发{feature}的一分钟短片",
                    "them",
                ),
                (
                    "每周都在用",
                    "{feature}连续四周有单",
                    "{feature}一周没有单",
                    "自动问{kp}卡在哪一步,选一个选项就行",
                    "them",
                ),
                (
                    "续不续自己说了算",
                    "{feature}全年办了几笔已发给{kp}",
                    "{kp}点开全年的数",
                    "发续费链接,不打电话",
                    "us",
                ),
            ),
            calendar=("头 30 天:{kp}收到三条短片,按做到哪一步发", "到 90 天:{feature}没有单才由人看一眼"),
            review="不开会;{feature}用得多就请{kp}留一句话",
            data_hook="{kp}自己看{feature}的月报",
            outcome="{kp}每周自己用{feature}办成几笔,不用等我们",
            measure="{feature}每周有几笔单({seats})",
            boss_measure="老板就是{kp},看同一个数",
            value="{kp}自己在{feature}里办成的一笔单",
            expansion="{name}每周都有单了,再在系统里提示一次{other}",
        ),
        "en": TierWords(
            experience="{kp} follows clips alone, finds answers at any time, gets a reply the same day",
            rhythm="no regular visits; contact when {kp} gets somewhere or gets stuck",
            update="sent by the system: cases done in {feature} this month",
            effort=(
                "Annual fee {fee}, to be profitable in year one: all work of the year costs no more than {cap}",
                "Nothing custom, no visits; look for what {kp} wants in {feature} as it is",
                "Contract promises are kept, that is the floor; if {name} suddenly uses much more, tell a manager: it "
                "may be a rising star",
            ),
            phases=(
                "First (thin): {kp} gets one case done in {feature} alone, by the clip",
                "Then (thick): a second clip once {feature} has cases every week",
            ),
            milestones=(
                (
                    "A case done alone",
                    "{feature} holds a case entered by {kp}",
                    "{kp} has opened {feature} for three days without a case",
                    "the one-minute clip on {feature} goes out by itself",
                    "them",
                ),
                (
                    "Used every week",
                    "{feature} has cases four weeks in a row",
                    "{feature} has no case for a week",
                    "ask {kp} by itself where it stopped, one choice to pick",
                    "them",
                ),
                (
                    "Renewal as the client likes",
                    "the year's cases in {feature} are sent to {kp}",
                    "{kp} opens the year's figures",
                    "send the renewal link, no call",
                    "us",
                ),
            ),
            calendar=(
                "First 30 days: {kp} gets three clips, each by the step reached",
                "Up to day 90: a person looks only if {feature} has no cases",
            ),
            review="no meeting; if {feature} is used much, ask {kp} for a sentence",
            data_hook="{kp} reads the monthly report of {feature} alone",
            outcome="{kp} gets several cases done in {feature} every week without waiting for us",
            measure="cases in {feature} per week ({seats})",
            boss_measure="{kp} is the boss and looks at the same number",
            value="one case that {kp} gets done in {feature} alone",
            expansion="once {name} has cases every week, the system mentions {other} once",
        ),
    },
}
#: Of the first year's fee, what may be spent at most without a number of people: margin 1 of H5 is 60 % or more.
MARGIN = 0.6
CAP: Mapping[str, Mapping[Language, str]] = {
    "hours": {"zh": " {n} 小时", "en": "{n} hours"},
    "money": {"zh": "年费的毛利({n} 元,按毛利率 60% 计)", "en": "the fee's margin ({n} yuan at a margin of 60 %)"},
    "unknown": {"zh": "年费的毛利", "en": "the fee's margin"},
}
